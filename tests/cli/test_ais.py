from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.workspace.workspace import Workspace


@pytest.fixture(autouse=True)
def ingested(workspace: Path, ais_file: Path) -> None:
    Workspace.open(workspace).ingest(ais_file)


def test_every_vessel_has_a_place_at_an_instant(document: Callable[..., Any]) -> None:
    points = document("ais", "at", "2023-10-01T01:30:00Z")
    assert {point["mmsi"] for point in points} == {273000001, 273000002}
    assert all(point["r50_m"] < point["r90_m"] for point in points)


def test_reception_counts_vessels_by_cell_and_hour(printed: Callable[..., str], tmp_path: Path) -> None:
    out = tmp_path / "reception.csv"
    assert f"written to {out}" in printed("ais", "reception", "2023-10-01", "--aoi", "rajin", "--out", out)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert rows
    assert "mmsi" not in rows[0]


@pytest.mark.parametrize(
    ("name", "counted"), [("flags", "odd stretches"), ("calls", "port calls"), ("voyages", "voyages")]
)
def test_the_number_of_rows_comes_first(name: str, counted: str, printed: Callable[..., str]) -> None:
    number, rest = printed("ais", name, "2023-10").split("\n")[0].split(" ", 1)
    assert int(number) >= 0
    assert rest == counted


def test_without_scenes_none_is_to_be_matched_again(printed: Callable[..., str]) -> None:
    assert printed("ais", "late") == "no scene is to be matched again\n"


def test_a_wrong_instant_or_port_is_wrong_use(refused: Callable[..., str]) -> None:
    assert "noon" in refused("ais", "at", "noon")
    assert "no port 'atlantis'" in refused("ais", "reception", "--aoi", "atlantis")
