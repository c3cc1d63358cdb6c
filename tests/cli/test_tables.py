from __future__ import annotations

from collections.abc import Callable
from typing import Any

from monitor.core.tables import TABLES


def test_without_a_name_every_table_has_a_line(printed: Callable[..., str]) -> None:
    assert [line.split()[0] for line in printed("tables").splitlines()] == list(TABLES)


def test_a_table_is_described_column_by_column(document: Callable[..., Any]) -> None:
    shown = document("tables", "gaps")
    assert shown["columns"]["duration_h"]["unit"] == "h"
    assert list(shown["columns"]) == list(TABLES["gaps"].columns)


def test_an_unknown_table_is_wrong_use(refused: Callable[..., str]) -> None:
    assert "no table 'chairs'; there are detections, coverage" in refused("tables", "chairs")
