"""A season is a small value from which everything follows."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.tables import POSITIONS, VESSELS
from monitor.core.timerange import TimeRange
from monitor.simulate import SCENARIOS, Season
from monitor.simulate.orbits import sun


def _rajin(aois):
    return next(a for a in aois if a.id == "rajin")


def _digest(season, aoi):
    raster = season.render(season.acquisitions(aoi)[2], aoi)
    return hashlib.sha256(raster.data.tobytes()).hexdigest()


def test_another_process_renders_the_same_bytes(season, aois, repository):
    code = (
        "import hashlib, sys; from pathlib import Path; from monitor.core.aoi import read_aois;"
        "from monitor.core.timerange import TimeRange; from monitor.simulate import Season;"
        "aois = read_aois(Path(sys.argv[1])); a = next(x for x in aois if x.id == 'rajin');"
        "s = Season.make(aois=aois, period=TimeRange.parse('2023-08-27/2023-09-12'), sensors=('s2', 's1'));"
        "print(hashlib.sha256(s.render(s.acquisitions(a)[2], a).data.tobytes()).hexdigest())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(repository / "aoi")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "99", "PYTHONPATH": str(repository), "OMP_NUM_THREADS": "1"},
    )
    assert out.stdout.strip() == _digest(season, _rajin(aois))


def test_a_season_survives_pickling(season, aois):
    again = pickle.loads(pickle.dumps(season))
    assert again == season
    assert [a.id for a in again.acquisitions(_rajin(aois))] == [a.id for a in season.acquisitions(_rajin(aois))]


def test_another_seed_is_another_season(season, aois):
    other = Season.make(aois=aois, seed=8, period=season.period, sensors=season.sensors)
    assert _digest(other, _rajin(aois)) != _digest(season, _rajin(aois))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"scenario": "nonesuch"}, "no scenario"),
        ({"sensors": ("x",)}, "s2"),
        ({"sensors": ()}, "s2"),
        ({"seed": -1}, "seed"),
    ],
)
def test_wrong_use_is_refused_at_the_call(aois, given, says):
    with pytest.raises(DataError, match=says):
        Season.make(**{"aois": aois, **given})


def test_passes_keep_to_the_real_revisit(aois):
    season = Season.make(aois=aois)
    rajin = season.acquisitions(_rajin(aois))
    days = [a.start.date() for a in rajin if a.relative_orbit == 3]
    assert {(b - a).days for a, b in pairwise(days)} == {5}
    assert all(a.start.hour == 2 and 22 <= a.start.minute <= 24 for a in rajin if a.relative_orbit == 3)
    assert {a.platform for a in rajin} == {"sentinel-2a", "sentinel-2b"}
    assert all(a.simulated and a.is_exact and a.orbit_state == "descending" for a in rajin)


def test_a_port_without_tracks_is_offered_nothing(season, aois):
    from dataclasses import replace

    assert season.acquisitions(replace(aois[0], id="elsewhere")) == []


def test_a_foreign_acquisition_is_refused(season, aois):
    other = Season.make(aois=aois, seed=12, period=season.period)
    strange = other.acquisitions(_rajin(aois))[0]
    with pytest.raises(DataError, match="not an acquisition"):
        season.render(strange, _rajin(aois))


def test_pixels_are_tagged_and_of_the_sensors_kind(season, aois):
    aoi = _rajin(aois)
    for sensor, dtype in (("s2", "uint16"), ("s1", "float32")):
        acquisition = next(a for a in season.acquisitions(aoi) if a.sensor == sensor)
        raster = season.render(acquisition, aoi)
        assert raster.tags["SIMULATED"] == "YES"
        assert raster.data.dtype == dtype
        assert (raster.data[:, raster.valid] > 0).all()
        assert (raster.cloud is None) == (sensor == "s1")


def test_the_swath_edge_leaves_pixels_unseen_and_zero(season, aois):
    aoi = _rajin(aois)
    raster = season.render(next(a for a in season.acquisitions(aoi) if a.relative_orbit == 103), aoi)
    assert 0.5 < raster.valid.mean() < 0.95
    assert (raster.data[:, ~raster.valid] == 0).all()


def test_ais_is_a_positions_table_inside_the_season(season):
    positions = season.positions()
    assert list(positions.columns) == list(POSITIONS.columns)
    assert ((positions["t"] >= season.period.start) & (positions["t"] < season.period.end)).all()
    assert positions["t"].is_monotonic_increasing
    pd.testing.assert_frame_equal(positions, season.positions())
    assert list(season.vessels().columns) == list(VESSELS.columns)


def test_shuttles_are_not_heard_in_port(season):
    positions = season.positions()
    shuttles = {s.mmsi: s for s in season.world.ships if s.role == "shuttle"}
    assert len(shuttles) == 2
    for mmsi, ship in shuttles.items():
        t = positions.loc[positions["mmsi"] == mmsi, "t"].astype("int64").to_numpy() / 1e6
        assert (ship.itinerary.at(t).stay < 0).all()


def test_two_others_are_heard_near_each_port_in_most_hours(season, aois):
    positions = season.positions()
    hours = season.period.duration.total_seconds() / 3600
    for aoi in aois:
        west, south, east, north = aoi.geometry.bounds
        here = positions[positions["lon"].between(west, east) & positions["lat"].between(south, north)]
        received = here.groupby(here["t"].dt.floor("h"))["mmsi"].nunique()
        assert (received >= 2).sum() / hours > 0.8


def test_the_feed_has_holes(season):
    positions = season.positions()
    whole = [(a, b) for name, a, b in season.world.outages if name == "*"]
    assert whole
    t = positions["t"].astype("int64").to_numpy() / 1e6
    for start, end in whole:
        assert not ((t > start + 1) & (t < end - 1)).any()


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_builds(aois, name):
    period = TimeRange.parse("2023-09-01/2023-09-21")
    season = Season.make(aois=aois, scenario=name, period=period)
    roles = {s.role for s in season.world.ships}
    assert ("shuttle" in roles) == (name not in ("honest-liner", "no-shuttle", "one-port"))
    assert ("silent caller" in roles) == (name in ("no-shuttle", "one-port"))
    assert ("spoofer" in roles) == (name == "spoofing")


def test_the_sun_stands_in_the_south_east_before_local_noon(season, aois):
    at = season.acquisitions(_rajin(aois))[0].start
    azimuth, elevation = sun(at.replace(hour=2, minute=23), 130.3, 42.2)
    assert 140 < azimuth < 175
    assert 45 < elevation < 65


def test_speeds_at_sea_are_those_of_ships(season):
    for ship in season.world.ships:
        t = np.arange(season.period.start.timestamp(), season.period.end.timestamp(), 1800.0)
        assert ship.itinerary.at(t).sog_kn.max() < 14.0
