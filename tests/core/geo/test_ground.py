from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from monitor.core.errors import DataError
from monitor.core.geo import geodesy
from monitor.core.geo.grid import Grid

RAJIN = (130.285, 42.229)


def test_rajin_and_dunai_lie_in_different_zones() -> None:
    assert geodesy.utm_epsg(*RAJIN) == 32652
    assert geodesy.utm_epsg(132.36, 42.896) == 32653
    assert geodesy.utm_epsg(118.6, -20.3) == 32750
    assert geodesy.utm_epsg(5.3, 60.4) == 32632


def test_there_is_no_zone_at_the_pole() -> None:
    with pytest.raises(DataError, match="outside UTM"):
        geodesy.utm_epsg(0, 88)


def test_a_nautical_mile_along_the_meridian() -> None:
    north = geodesy.distance_m(130, 42, 130, 42 + 1 / 60)
    assert float(north) == pytest.approx(1851.0, abs=2.0)


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-79, 79), azimuth=st.floats(0, 360), distance=st.floats(1, 500_000))
def test_going_there_and_measuring_back_agree(lon: float, lat: float, azimuth: float, distance: float) -> None:
    there = geodesy.destination(lon, lat, azimuth, distance)
    back_azimuth, back = geodesy.inverse(lon, lat, *there)
    assert float(back) == pytest.approx(distance, rel=1e-6)
    assert np.cos(np.radians(float(back_azimuth) - azimuth)) == pytest.approx(1, abs=1e-6)


def test_an_unknown_place_has_no_distance() -> None:
    assert np.isnan(geodesy.distance_m(np.nan, 42, 130, 42))


def test_grid_north_leans_east_of_true_north_at_rajin() -> None:
    """Rajin lies east of its zone's central meridian, 129° E."""
    assert geodesy.convergence_deg(*RAJIN, 32652) == pytest.approx(0.87, abs=0.02)


@pytest.mark.parametrize("epsg", [32652, 32653])
def test_pixels_and_places_go_round(epsg: int) -> None:
    grid = Grid.covering(box(130.266, 42.203, 130.314, 42.2425), epsg=epsg)
    rows, cols = np.array([0.5, 17.25, 300.0]), np.array([0.5, 40.0, 222.75])
    back = grid.rowcol(*grid.lonlat(rows, cols))
    np.testing.assert_allclose(back[0], rows, atol=1e-5)
    np.testing.assert_allclose(back[1], cols, atol=1e-5)


def test_a_covering_grid_has_edges_on_multiples_of_its_pixel_and_leaves_nothing_out() -> None:
    area = box(130.266, 42.203, 130.314, 42.2425)
    grid = Grid.covering(area, epsg=32652, gsd_m=10)
    assert all(edge % 10 == 0 for edge in grid.bounds)
    assert grid.footprint().buffer(1e-6).covers(area)


def test_a_window_is_where_the_whole_says_it_is() -> None:
    grid = Grid.covering(box(130.266, 42.203, 130.314, 42.2425), epsg=32652)
    part = grid.window(slice(100, 150), slice(30, 90))
    np.testing.assert_allclose(part.lonlat(2.0, 3.0), grid.lonlat(102.0, 33.0))


@pytest.mark.parametrize("gsd_m", [10.0, 1.0])
def test_a_mask_that_is_written_to_changes_no_later_one(gsd_m: float) -> None:
    grid = Grid.covering(box(130.27, 42.22, 130.30, 42.24), epsg=32652, gsd_m=gsd_m)
    quay = box(130.28, 42.225, 130.283, 42.227)
    first = grid.mask(quay)
    before = first.copy()
    first[:] = True
    assert before.any()
    assert (grid.mask(quay) == before).all()


def test_a_mask_covers_what_the_geometry_covers() -> None:
    grid = Grid.covering(box(130.266, 42.203, 130.314, 42.2425), epsg=32652)
    assert grid.mask(grid.footprint()).all()
    assert not grid.mask(box(120, 40, 120.1, 40.1)).any()
    quay = box(130.283, 42.2256, 130.2853, 42.2281)
    measured = grid.mask(quay).sum() * 100
    assert measured == pytest.approx(geodesy.area_m2(quay), rel=0.03)
