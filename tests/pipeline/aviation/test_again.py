"""Files of aircraft that are read again, that give nothing, or that are stored with instants that cannot be."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from monitor.core.tables.aviation import AIR_POSITIONS, AIR_TRACKS
from monitor.pipeline.aviation.derive import flights, take_flights
from monitor.pipeline.aviation.ingest import POSITIONS, Reading, stored_positions, take_files
from monitor.sources.aviation.lists import read_lists
from monitor.store.archive import Archive

LISTS = read_lists()
ROWS = "icao24,time,lat,lon\n15521f,{},39.25,125.5\n"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_zone_given_later_replaces_the_first_reading(archive: Archive, tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.csv", ROWS.format("2023-10-05 12:00:00"))]
    for zone, hour in (("", 12), ("Asia/Pyongyang", 3)):
        assert len(take_files(archive, paths, LISTS, reading=Reading(time_zone=zone)).reports) == 1
        assert stored_positions(archive)[0]["t"].dt.hour.tolist() == [hour]
    again = take_files(archive, paths, LISTS, reading=Reading(time_zone="Asia/Pyongyang"))
    assert [path.name for path in again.known] == ["a.csv"]


def test_a_reading_that_gives_nothing_takes_the_first_out(archive: Archive, tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.csv", ROWS.format("2023-10-29 02:30:00"))]
    take_files(archive, paths, LISTS)
    found = take_files(archive, paths, LISTS, reading=Reading(time_zone="Europe/Berlin"))
    assert found.faults[0][1] == "a.csv: positions CSV, 1 rows, 0 positions; no time 1"
    assert stored_positions(archive)[0].empty


def test_aircraft_that_nobody_follows_are_no_fault_and_may_all_be_taken(archive: Archive, tmp_path: Path) -> None:
    paths = [
        write(tmp_path / "a.csv", ROWS.format("2023-10-05 12:00:00").replace("39.25", "0.25").replace("155", "abc"))
    ]
    found = take_files(archive, paths, LISTS)
    assert not found.faults
    assert "not on the watch list 1" in found.text()
    assert "--all" in found.text()
    assert take_files(archive, paths, LISTS, reading=Reading(everyone=True)).reports[0].positions == 1


def test_stored_instants_that_cannot_be_are_set_aside_and_counted(archive: Archive, tmp_path: Path) -> None:
    take_flights(archive, [write(tmp_path / "a.csv", ROWS.format("2023-10-05 12:00:00"))], LISTS)
    stored = archive.read_table(POSITIONS, AIR_POSITIONS)
    future = stored.assign(t=pd.Series([1_551_740_000_000_000_000], dtype="datetime64[us]").dt.tz_localize("UTC"))
    assert future["t"].dt.year.tolist() == [51142]
    archive.write_table(POSITIONS, AIR_POSITIONS.conform(pd.concat([stored, future], ignore_index=True)))
    assert len(stored_positions(archive)[0]) == 1
    found = flights(archive, LISTS)
    assert found.cleaned.dropped["impossible time"] == 1
    assert len(found.tables[AIR_TRACKS]) == 1
    done = take_flights(archive, [write(tmp_path / "b.csv", ROWS.format("2023-10-05 13:00:00"))], LISTS)
    assert "impossible time 1" in done.text()
