"""The hull's centre, from the antenna that AIS gives the place of."""

import numpy as np
import pandas as pd
import pytest

from monitor.core.geo.geodesy import destination
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import DIMENSIONS
from monitor.fuse import match
from monitor.fuse.matching.places import two_normals
from tests.fuse.conftest import Found, Track

PLACE = (130.3, 42.2)


def _off(bearing: float, metres: float) -> tuple[float, float]:
    lon, lat = destination(*PLACE, bearing, metres)
    return float(lon), float(lat)


def _sized(track: pd.DataFrame, *sizes: float, heading: float = 30.0) -> pd.DataFrame:
    return track.assign(heading_deg=heading, **dict(zip(DIMENSIONS, sizes, strict=True)))


def test_the_detection_lies_where_the_dimensions_put_the_hull(optical: Acquisition, track: Track, found: Found) -> None:
    """260 m ahead and 10 m astern: the centre is 125 m ahead; 20 m of beam to port: 10 m to port."""
    positions = _sized(track(1, *PLACE, length=270.0), 260.0, 10.0, 20.0, 0.0)
    lon, lat = destination(*_off(30.0, 125.0), 300.0, 10.0)
    ahead = match(found((float(lon), float(lat)), length_m=260.0, axis_deg=30.0), positions, scene=optical).iloc[0]
    assert ahead["status"] == "matched"
    assert ahead["distance_m"] < 5.0
    astern = match(found(_off(210.0, 125.0), length_m=260.0, axis_deg=30.0), positions, scene=optical).iloc[0]
    assert astern["probability"] < ahead["probability"]


def test_ships_end_to_end_are_told_apart_by_their_antennas(optical: Acquisition, track: Track, found: Found) -> None:
    """The two antennas lie 40 m apart, at the ends that face one another."""
    fore = _sized(track(1, *_off(30.0, 20.0), length=200.0), 190.0, 10.0, 15.0, 15.0)
    aft = _sized(track(2, *_off(210.0, 20.0), length=200.0), 10.0, 190.0, 15.0, 15.0)
    ships = found(_off(30.0, 110.0), _off(210.0, 110.0), length_m=200.0, axis_deg=30.0, zone="berth")
    rows = match(ships, pd.concat([fore, aft]), scene=optical)
    assert rows["status"].tolist() == ["matched", "matched"]
    assert rows["mmsi"].tolist() == [1, 2]


@pytest.mark.parametrize("sizes", [(np.nan,) * 4, (0.0, 200.0, 0.0, 30.0)])
def test_an_unknown_antenna_may_stand_anywhere_along_the_hull(
    optical: Acquisition, track: Track, found: Found, sizes: tuple[float, ...]
) -> None:
    positions = _sized(track(1, *PLACE, length=200.0), *sizes)
    along, abeam = (
        match(found(_off(bearing, 66.0), length_m=200.0, axis_deg=30.0), positions, scene=optical).iloc[0]
        for bearing in (30.0, 120.0)
    )
    assert along["status"] == "matched"
    assert abeam["probability"] < along["probability"]


def test_the_axis_stands_for_a_heading_that_is_missing(optical: Acquisition, track: Track, found: Found) -> None:
    positions = _sized(track(1, *PLACE, length=200.0), 180.0, 20.0, 15.0, 15.0, heading=np.nan)
    for bearing in (30.0, 210.0):
        row = match(found(_off(bearing, 80.0), length_m=200.0, axis_deg=30.0), positions, scene=optical).iloc[0]
        assert row["status"] == "matched"


def test_the_course_stands_for_the_heading_of_a_ship_under_way(
    optical: Acquisition, track: Track, found: Found
) -> None:
    positions = _sized(track(1, *PLACE, 10.0, 30.0, length=200.0), 180.0, 20.0, 15.0, 15.0, heading=np.nan)
    assert match(found(_off(30.0, 80.0)), positions, scene=optical)["distance_m"].iloc[0] < 15.0


def test_a_silent_ship_at_rest_is_still_there(optical: Acquisition, track: Track, found: Found) -> None:
    positions = track(1, *PLACE, 0.2, 70.0, length=120.0, hours=(-8.0, -4.0))
    rested = positions.assign(lon=PLACE[0], lat=PLACE[1])
    assert match(found(PLACE, length_m=115.0), rested, scene=optical)["status"].iloc[0] == "matched"


def test_a_silent_ship_under_way_may_be_the_detection_where_it_would_be_now(
    optical: Acquisition, track: Track, found: Found
) -> None:
    positions = track(1, *PLACE, 12.0, 60.0, hours=(-8.0, -4.0))
    row = match(found(PLACE, zone="open"), positions, scene=optical).iloc[0]
    assert (row["status"], row["mmsi"]) == ("potential", 1)
    assert "244 min" in row["reason"]
    fits = match(found(PLACE, zone="open", length_m=120.0), positions.assign(length_m=120.0), scene=optical).iloc[0]
    assert fits["status"] == "potential"
    assert fits["probability"] > row["probability"]


def test_a_probability_takes_all_assignments_into_account(optical: Acquisition, track: Track, found: Found) -> None:
    positions = pd.concat([track(1, 130.3, 42.2001), track(2, 130.3, 42.1999)])
    row = match(found(PLACE), positions, scene=optical).iloc[0]
    assert row["probability"] == pytest.approx(0.5, abs=0.05)
    assert row["explained"] > 0.95


def test_a_scenes_own_shift_is_learnt(optical: Acquisition, track: Track, found: Found) -> None:
    east = [float(destination(130.3, 42.2, 90.0, 900.0 * i)[0]) for i in range(8)]
    ships = [_sized(track(i, lon, 42.2, length=150.0), 75.0, 75.0, 12.0, 12.0) for i, lon in enumerate(east, 1)]
    moved = [tuple(float(v) for v in destination(lon, 42.2, 140.0, 30.0)) for lon in east]
    rows = match(found(*moved, length_m=150.0, axis_deg=30.0), pd.concat(ships), scene=optical)
    assert (rows["status"] == "matched").all()
    assert rows["distance_m"].max() < 20.0


def test_two_normals_hold_what_the_radii_say() -> None:
    r50, r90 = np.array([2.2, 2.4, 59_000.0]), np.array([5.0, 50_000.0, 138_000.0])
    core, tail = two_normals(r50, r90)

    def within(radius: np.ndarray) -> np.ndarray:
        return 1.0 - 0.8 * np.exp(-0.5 * (radius / core) ** 2) - 0.2 * np.exp(-0.5 * (radius / tail) ** 2)

    np.testing.assert_allclose(within(r50), 0.5, atol=1e-3)
    np.testing.assert_allclose(within(r90), 0.9, atol=1e-3)
