from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.cli.ledger import VERDICTS

NOT_OBSERVABLE, NOT_COMPARABLE = VERDICTS[3:]


def test_the_ledger_of_an_empty_archive_can_compare_nothing_and_gives_the_cause(document: Callable[..., Any]) -> None:
    shown = document("ledger", "--period", "2023-10", "--aoi", "rajin")
    assert {row["verdict"] for row in shown["rows"]} == {NOT_OBSERVABLE, NOT_COMPARABLE}
    assert {row["cause"] for row in shown["rows"]} <= {"no observation", ""}
    assert shown["simulated"] is False


def test_only_the_verdict_asked_for_is_listed(document: Callable[..., Any]) -> None:
    rows = document("ledger", "--period", "2023-10", "--verdict", NOT_OBSERVABLE)["rows"]
    assert {row["verdict"] for row in rows} == {NOT_OBSERVABLE}


def test_sightings_come_in_and_go_out_as_csv(printed: Callable[..., str], tmp_path: Path) -> None:
    mine, out = tmp_path / "mine.csv", tmp_path / "out.csv"
    mine.write_text("date,port,event,source,confidence\n2023-10-05,rajin,docked,own,high\n")
    assert "1 sightings" in printed("ledger", "add", mine)
    printed("ledger", "--period", "2023-10-05", "--out", out)
    rows = [row for row in csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()) if row["origin"] == "own"]
    assert [(row["source"], row["verdict"]) for row in rows] == [("own", NOT_OBSERVABLE)]


def test_a_wrong_verdict_or_file_is_wrong_use(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "'perhaps': use one of matched" in refused("ledger", "--verdict", "perhaps")
    assert "none.csv" in refused("ledger", "add", tmp_path / "none.csv")
