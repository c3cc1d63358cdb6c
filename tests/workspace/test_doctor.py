"""What the doctor reports of alerts; the rest is tested on the walks."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.tables import VISITS
from monitor.store.archive import Archive
from monitor.workspace.doctor import Check, examine
from monitor.workspace.settings import read_settings


def _alerts(root: Path) -> list[Check]:
    settings = read_settings(root / "monitor.toml")
    return [check for check in examine(root, settings) if check.name == "alerts"]


def test_where_no_alerts_are_sent_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert _alerts(tmp_path) == []


def test_sending_without_a_target_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_ALERTS__SEND", "true")
    [check] = _alerts(tmp_path)
    assert not check.ok
    assert "MONITOR_ALERTS__URLS" in check.remedy


def test_targets_are_named_without_their_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_ALERTS__URLS", "ntfy://user:hush@host/topic")
    [check] = _alerts(tmp_path)
    assert check.ok
    assert check.what.startswith("ntfy://***")
    assert "hush" not in check.what


def test_a_table_of_an_older_version_is_found(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "monitor.toml")
    archive = Archive(tmp_path / "archive")
    archive.write_table("visits", VISITS.empty())
    [check] = [check for check in examine(tmp_path, settings) if check.name == "tables"]
    assert check.ok
    archive.write_table("visits", VISITS.empty().rename(columns={"visit_id": "id"}))
    [check] = [check for check in examine(tmp_path, settings) if check.name == "tables"]
    assert not check.ok
    assert "visits.parquet" in check.what
    assert check.remedy == "monitor run --due"
