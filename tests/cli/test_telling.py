"""`monitor alerts` and `monitor ledger` in a workspace that has ports and nothing else yet."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.core.findings import Finding
from monitor.fuse import alerts
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive

AT = datetime(2023, 10, 5, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def told(workspace: Path) -> Path:
    finding = Finding("dark|d1", "dark_event", "rajin", AT, AT, "A vessel lay there.", "likely", "low")
    AlertStore(Archive(workspace / "archive")).write(alerts([finding], now=AT), now=AT)
    return workspace


def test_without_alerts_it_says_so(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", "-w", str(workspace)]) == 0
    assert capsys.readouterr().out == "no alerts\n"


def test_alerts_are_listed_and_what_waits_is_printed_and_not_sent(
    told: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alerts", "-w", str(told)]) == 0
    out = capsys.readouterr().out
    assert "2023-10-05 00:00  new        dark_event  A vessel lay there. Likelihood: likely." in out
    assert "1 to send; dry run" in out
    assert "Rajin (라진): vessel that AIS does not explain" in out
    assert run(["alerts", "--json", "--state", "new", "-w", str(told)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in document["alerts"]] == ["new"]
    assert document["sent"] is None
    assert document["to_send"][0]["alert_id"] == "dark_event|dark|d1"


def test_sending_without_a_target_fails_and_says_what_to_set(told: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", "--send", "-w", str(told)]) == 1
    assert "MONITOR_ALERTS__URLS" in capsys.readouterr().out
    assert AlertStore(Archive(told / "archive")).table()["state"].tolist() == ["new"]


def test_the_ledger_of_an_empty_archive_can_compare_nothing_and_says_why(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "--json", "--period", "2023-10", "--aoi", "rajin", "-w", str(workspace)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {row["verdict"] for row in document["rows"]} == {"not_observable", "not_comparable"}
    assert {row["cause"] for row in document["rows"]} <= {"no observation", ""}
    assert document["simulated"] is False


def test_sightings_come_in_and_go_out_as_csv(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = workspace / "mine.csv"
    mine.write_text("date,port,event,source,confidence\n2023-10-05,rajin,docked,own,high\n")
    assert run(["ledger", "add", str(mine), "-w", str(workspace)]) == 0
    assert "1 sightings" in capsys.readouterr().out
    out = workspace / "out.csv"
    assert run(["ledger", "--period", "2023-10-05", "--out", str(out), "-w", str(workspace)]) == 0
    rows = [row for row in csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()) if row["origin"] == "own"]
    assert [(row["source"], row["verdict"]) for row in rows] == [("own", "not_observable")]


def test_a_wrong_verdict_or_file_is_wrong_use(workspace: Path) -> None:
    assert run(["ledger", "--verdict", "perhaps", "-w", str(workspace)]) == 2
    assert run(["ledger", "add", str(workspace / "none.csv"), "-w", str(workspace)]) == 2
