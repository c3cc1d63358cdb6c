"""A season's aircraft on disk, read back, called and scored as a user would."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest

from monitor.aviation import clean, find_calls, find_reception
from monitor.core.tables.aviation import AIR_CALLS
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.aviation.season import AIR_TRUTH
from monitor.simulate.scoring.aviation import air_figures
from monitor.sources.aviation.lists import read_aircraft_watchlist, read_airfields
from monitor.sources.simulated.aviation import air_season, write_air
from tests.sources.aviation.files import read_air_files

FIELDS, WATCH = read_airfields(), read_aircraft_watchlist()
SEASON = Season.make(aois=(), seed=3, period=TimeRange.parse("2023-08-14/2023-09-23"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root: Path = tmp_path_factory.mktemp("season")
    assert write_air(SEASON, root) == len(list((root / "air").iterdir())) > 10
    return root


@pytest.fixture(scope="module")
def positions(folder: Path) -> pd.DataFrame:
    found, claims, reports = read_air_files([folder / "air"])
    assert claims.empty
    assert not any(report.rejected for report in reports)
    return found


def test_what_was_written_is_read_back_as_it_was_heard(positions: pd.DataFrame) -> None:
    received = air_season(SEASON).positions
    assert len(positions) == len(received.drop_duplicates(["icao24", "t", "lon", "lat"]))
    mine = positions[positions["icao24"] == "15521f"]
    assert len(mine) == (received["icao24"] == "15521f").sum() > 100
    assert int(mine["on_ground"].fillna(False).sum()) > 5


def test_every_trace_says_that_it_was_made_up(folder: Path) -> None:
    for path in (folder / "air").glob("*.json"):
        assert json.loads(gzip.decompress(path.read_bytes()))["desc"] == "SIMULATED"
    assert all("SIMULATED" in path.read_text() for path in (folder / "air").glob("*.csv"))


def test_the_truth_holds_what_is_hard(folder: Path) -> None:
    truth = AIR_TRUTH.conform(pd.read_parquet(folder / "truth" / "flights.parquet"))
    assert {"landing", "overflight", "spoof", "other"} <= set(truth["kind"])
    assert not truth.loc[truth["kind"] != "landing", "observable"].any()


def test_the_calls_of_a_season_are_scored_by_precision_recall_and_wording(
    folder: Path, positions: pd.DataFrame
) -> None:
    tracks, _ = clean(positions, watchlist=WATCH)
    received = find_reception(positions, without=frozenset(WATCH["icao24"]))
    calls = find_calls(tracks, FIELDS, reception=received, watchlist=WATCH)
    truth = pd.read_parquet(folder / "truth" / "flights.parquet")
    tables = {"air_calls": calls, "air_positions": positions, "airfields": FIELDS}
    figures = {figure: value for _, figure, value, _ in air_figures(tables, truth)}
    assert figures["precision"] >= 0.95
    assert figures["recall of observable"] >= 0.90
    assert figures["landed without a position there"] == figures["worded above its status"] == 0
    none = {figure: value for _, figure, value, _ in air_figures({**tables, "air_calls": AIR_CALLS.empty()}, truth)}
    assert none["recall of observable"] == 0
    assert pd.isna(none["precision"])
    loud = calls.assign(claim="it landed there", status="overflight")
    worse = {figure: value for _, figure, value, _ in air_figures({**tables, "air_calls": loud}, truth)}
    assert worse["worded above its status"] == len(calls)
