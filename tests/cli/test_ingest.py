from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.workspace.workspace import Workspace


@pytest.fixture
def ingested(workspace: Path, ais_file: Path) -> Workspace:
    opened = Workspace.open(workspace)
    opened.ingest(ais_file)
    return opened


def test_a_file_is_reported_with_its_positions_and_is_read_once(document: Callable[..., Any], ais_file: Path) -> None:
    first = document("ingest", ais_file)
    assert [file["positions"] for file in first["files"]] == [10]
    assert first["late_scenes"] == []
    assert document("ingest", ais_file)["files"] == [{"path": str(ais_file), "already_in": True}]


def test_a_file_that_cannot_be_read_stops_no_other(printed: Callable[..., str], ais_file: Path, tmp_path: Path) -> None:
    shown = printed("ingest", tmp_path / "missing.csv", ais_file, code=1)
    assert "missing.csv" in shown
    assert "10" in shown


@pytest.mark.usefixtures("ingested")
def test_gaps_go_by_the_threshold_of_the_settings(
    workspace: Path, document: Callable[..., Any], printed: Callable[..., str]
) -> None:
    assert [round(gap["duration_h"]) for gap in document("gaps")] == [20, 60]
    settings = workspace / "monitor.toml"
    settings.write_text(settings.read_text().replace("\n[ais]\n", '\n[ais]\ngap = "48h"\n'))
    assert [round(gap["duration_h"]) for gap in document("gaps")] == [60]
    assert printed("gaps").startswith("1 gaps longer than 48h")
    assert len(Workspace.open(workspace).gaps()) == 1
    assert len(document("gaps", "--at-least", "12h")) == 2


@pytest.mark.usefixtures("ingested")
def test_gaps_are_written_as_csv_with_what_was_asked_for(printed: Callable[..., str], tmp_path: Path) -> None:
    out = tmp_path / "gaps.csv"
    assert printed("gaps", "--rules", "--calls", "--out", out) == f"2 gaps longer than 12h; written to {out}\n"
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["mmsi"] for row in rows} == {"273000001", "273000002"}
    assert {"others_during", "port_id", "is_feasible"} <= rows[0].keys()


def test_help_names_the_settings_threshold(printed: Callable[..., str]) -> None:
    assert "the settings', 12h" in " ".join(printed("gaps", "--help").split())


AMBIGUOUS = "mmsi,timestamp,lon,lat,speed\n440000001,10/11/2023 12:00:00,130.5,42.25,5\n"


def test_an_order_of_dates_and_a_zone_may_be_given_and_a_file_taken_out(
    workspace: Path, document: Callable[..., Any], printed: Callable[..., str], tmp_path: Path
) -> None:
    table = tmp_path / "a.csv"
    table.write_text(AMBIGUOUS)
    assert "--dates day-first or --dates month-first" in printed("ingest", table, code=1)
    document("ingest", table, "--dates", "day-first")
    document("ingest", table, "--dates", "month-first", "--time-zone", "Asia/Seoul")
    stored = Workspace.open(workspace).positions.read()
    assert stored["t"].dt.strftime("%m-%dT%H").tolist() == ["10-11T03"]
    assert document("ingest", table, "--withdraw") == {"withdrawn": [str(table)]}
    assert Workspace.open(workspace).positions.read().empty
    assert "is not in" in printed("ingest", table, "--withdraw", code=1)


def test_a_layout_of_the_users_own_stands_in_the_settings(
    workspace: Path, document: Callable[..., Any], tmp_path: Path
) -> None:
    table = tmp_path / "a.csv"
    table.write_text("ship|when|x|y|v\n440000001|10~11~2023 12|130.5|42.25|5\n")
    settings = workspace / "monitor.toml"
    mine = (
        '\n[ais.layouts.mine]\ncolumns = {mmsi = "ship", t = "when", lon = "x", lat = "y", sog_kn = "v"}\n'
        'units = {sog_kn = "m/s"}\ntime = "%d~%m~%Y %H"\n'
    )
    settings.write_text(settings.read_text() + mine)
    assert document("ingest", table)["files"][0]["format"] == "mine"
    assert Workspace.open(workspace).positions.read()["sog_kn"].tolist() == pytest.approx([9.7192], abs=1e-3)


def test_a_file_of_which_nothing_is_kept_is_a_fault_each_time(printed: Callable[..., str], tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("mmsi,timestamp,lon,lat\n440000001,soon,130.5,42.25\n")
    for _ in range(2):
        assert "bad time 1; times such as 'soon' are not understood" in printed("ingest", table, code=1)
    assert "nothing was kept of a.csv" in printed("doctor", code=1)
