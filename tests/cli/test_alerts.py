from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run
from monitor.core.findings import Finding
from monitor.fuse import alerts
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive

AT = datetime(2023, 10, 5, tzinfo=UTC)


@pytest.fixture
def raised(workspace: Path) -> AlertStore:
    """The workspace's alerts: one, on a dark event, that waits to be sent."""
    finding = Finding("dark|d1", "dark_event", "rajin", AT, AT, "A vessel lay there.", "likely", "low")
    store = AlertStore(Archive(workspace / "archive"))
    store.write(alerts([finding], now=AT), now=AT)
    return store


def test_without_alerts_it_prints_so(printed: Callable[..., str]) -> None:
    assert printed("alerts") == "no alerts\n"


@pytest.mark.usefixtures("raised")
def test_alerts_are_listed_and_what_waits_is_printed_and_not_sent(
    printed: Callable[..., str], document: Callable[..., Any]
) -> None:
    out = printed("alerts")
    assert "2023-10-05 00:00  new        dark_event  A vessel lay there. Likelihood: likely." in out
    assert "1 to send; dry run" in out
    assert "Rajin (라진): vessel that AIS does not explain" in out
    shown = document("alerts", "--state", "new")
    assert [row["state"] for row in shown["alerts"]] == ["new"]
    assert shown["sent"] is None
    assert shown["to_send"][0]["alert_id"] == "dark_event|dark|d1"


def test_sending_without_a_target_fails_and_names_the_setting(raised: AlertStore, printed: Callable[..., str]) -> None:
    assert "MONITOR_ALERTS__URLS" in printed("alerts", "--send", code=1)
    assert raised.table()["state"].tolist() == ["new"]


@pytest.mark.usefixtures("raised")
def test_what_is_asked_for_limits_what_waits(document: Callable[..., Any], printed: Callable[..., str]) -> None:
    assert document("alerts", "--state", "sent")["to_send"] == []
    assert document("alerts", "2022-10")["to_send"] == []
    assert document("alerts", "--aoi", "dunai")["to_send"] == []
    assert len(document("alerts", "2023-10", "--aoi", "rajin")["to_send"]) == 1
    assert "to send" not in printed("alerts", "--state", "old")


def test_a_state_that_there_is_not_is_a_usage_error(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", "--state", "foo", "-w", str(workspace)]) == 2
    assert "no state 'foo' of alerts; there are new, quiet, old, sent, failed, withdrawn" in capsys.readouterr().err
