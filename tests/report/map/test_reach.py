"""The area that a silence leaves open."""

from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Point

from monitor.core.geo.geodesy import area_m2, destination, distance_m
from monitor.report.map.reach import FARTHEST_M, Silence, at_sea, reach


def silence(apart_m: float, hours: float) -> Silence:
    lon, lat = (float(v) for v in destination(130.5, 42.0, 60.0, apart_m))
    return Silence(130.5, 42.0, lon, lat, hours)


@pytest.mark.parametrize("apart_m", [0.0, 5_000.0, 60_000.0])
def test_there_and_on_from_any_edge_takes_the_whole_time(apart_m: float) -> None:
    gap = silence(apart_m, 12.0)
    lon, lat = np.array(reach(gap, speed_kn=10.0).exterior.coords).T
    way = distance_m(gap.start_lon, gap.start_lat, lon, lat) + distance_m(lon, lat, gap.end_lon, gap.end_lat)
    assert way == pytest.approx(np.full(len(way), 12.0 * 18_520.0), rel=0.005)


def test_both_ends_lie_inside() -> None:
    gap = silence(40_000.0, 10.0)
    shape = reach(gap)
    assert shape.contains(Point(gap.start_lon, gap.start_lat))
    assert shape.contains(Point(gap.end_lon, gap.end_lat))


def test_a_faster_way_than_the_speed_gives_a_thin_area_and_no_error() -> None:
    shape = reach(silence(100_000.0, 1.0))
    assert 0 < area_m2(shape) < 3e9


def test_an_open_gap_is_a_circle_and_ends_at_the_farthest() -> None:
    gap = Silence(130.5, 42.0, float("nan"), float("nan"), 1e6)
    lon, lat = np.array(reach(gap).exterior.coords).T
    assert distance_m(130.5, 42.0, lon, lat) == pytest.approx(np.full(len(lon), FARTHEST_M), rel=1e-6)


def test_land_is_taken_out_where_the_coast_is_known() -> None:
    shape = reach(Silence(130.35, 42.2, 130.35, 42.2, 2.0))
    assert at_sea(shape).area < 0.9 * shape.area
    far = reach(Silence(0.0, 0.0, 0.0, 0.0, 2.0))
    assert at_sea(far).equals(far)
