from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.aviation.rendering import Leg, draw, local, write_traces

OUT, BACK = Leg("UHWW", "ZKPY", local("2024-09-20T10:00")), Leg("ZKPY", "UHWW", local("2024-09-20T15:00"))


@pytest.fixture
def traces(tmp_path: Path) -> list[Path]:
    """One aircraft from Vladivostok to Pyongyang and back."""
    (tmp_path / "traces").mkdir()
    return write_traces(tmp_path / "traces", "15521f", "RA-86559", [draw(OUT), draw(BACK)], every=6)


def test_without_traces_there_are_no_calls_and_nothing_to_compare(printed: Callable[..., str]) -> None:
    assert printed("flights", "calls") == "no calls\n"
    assert "nothing can be compared" in printed("flights", "unusual")


def test_an_airfield_holds_beside_a_watchlist(document: Callable[..., Any], traces: list[Path], tmp_path: Path) -> None:
    watchlist = tmp_path / "mine.csv"
    watchlist.write_text("icao24,registration,type\n15521f,RA-86559,IL62\n")
    document("flights", "ingest", *traces, "--watchlist", watchlist)
    listed = document("flights", "calls", "--watchlist", watchlist)
    there = document("flights", "calls", "--watchlist", watchlist, "--airfield", "ZKPY")
    assert {call["airfield_id"] for call in listed} > {"ZKPY"}
    assert [call["status"] for call in there] == ["landed"]
    assert {call["airfield_id"] for call in there} == {"ZKPY"}
    assert document("flights", "calls", "2023-01", "--watchlist", watchlist, "--airfield", "ZKPY") == []


def test_a_file_that_is_no_trace_is_reported_and_exits_with_1(printed: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    assert "notes.csv" in printed("flights", "ingest", tmp_path / "notes.csv", code=1)


def test_lists_are_copied_to_be_edited(printed: Callable[..., str], tmp_path: Path) -> None:
    paths = printed("flights", "lists", "--out", tmp_path).splitlines()
    assert {Path(path).name for path in paths} == {"watchlist.csv", "airfields.geojson"}


def test_every_aircraft_may_be_taken(document: Callable[..., Any], printed: Callable[..., str], tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text("icao24,time,lat,lon\nabcdef,10/11/2023 12:00:00,0.25,125.5\n")
    assert "--all" in printed("flights", "ingest", table)
    assert "--dates" in printed("flights", "ingest", table, "--all", code=1)
    assert document("flights", "ingest", table, "--dates", "day-first", "--all")["files"][0]["positions"] == 1


@pytest.mark.parametrize("command", ["calls", "unusual"])
def test_an_airfield_that_there_is_not_is_a_usage_error(refused: Callable[..., str], command: str) -> None:
    assert "no airfield 'XXXX'; there are" in refused("flights", command, "--airfield", "XXXX")
