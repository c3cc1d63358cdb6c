from datetime import UTC, datetime, timedelta

import pandas as pd

from monitor.core.findings import Finding
from monitor.core.tables import ALERTS
from monitor.fuse import alerts

NOW = datetime(2023, 10, 6, tzinfo=UTC)


def _finding(name: str, kind: str = "dark_event", aoi: str = "rajin") -> Finding:
    return Finding(name, kind, aoi, NOW, NOW, "A vessel lay there.", "likely", "low")


def test_a_finding_is_told_once() -> None:
    first = alerts([_finding("a")], now=NOW)
    assert first["state"].tolist() == ["new"]
    assert alerts([_finding("a")], first, now=NOW + timedelta(days=30)).empty


def test_the_next_of_the_same_kind_stays_quiet_until_the_cool_down_ends() -> None:
    first = alerts([_finding("a"), _finding("b")], now=NOW, cool_down=timedelta(days=3))
    assert first["state"].tolist() == ["new", "quiet"]
    early = alerts([_finding("c")], first, now=NOW + timedelta(days=2))
    assert early["state"].tolist() == ["quiet"]
    late = alerts([_finding("d")], pd.concat([first, early]), now=NOW + timedelta(days=4))
    assert late["state"].tolist() == ["new"]


def test_another_port_is_told_at_once() -> None:
    table = alerts([_finding("a"), _finding("b", aoi="dunai")], now=NOW)
    assert table["state"].tolist() == ["new", "new"]


def test_plain_visits_raise_no_alert() -> None:
    assert list(alerts([_finding("a", kind="visit")], now=NOW)) == list(ALERTS.columns)
