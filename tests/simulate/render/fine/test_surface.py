"""Faces seen from above: what hides what, and where shadows fall."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from shapely.geometry import box

from monitor.core.geo.grid import Grid
from monitor.simulate.render.fine.surface import Face, painted, shaded
from monitor.simulate.render.optical import light_of

WEST, NORTH = 500_000.0, 4_700_000.0
GREY, WHITE = (np.full(4, value, np.float32) for value in (1000.0, 3000.0))


def grid_of(gsd_m: float, rows: int = 120, cols: int = 120) -> Grid:
    return Grid(32633, Affine(gsd_m, 0.0, WEST, 0.0, -gsd_m, NORTH), (rows, cols))


def square(
    west: float, south: float, east: float, north: float, colour=WHITE, *, top_m: float = 0.0, wet=False
) -> Face:
    return Face(box(WEST + west, NORTH - south, WEST + east, NORTH - north), colour, top_m, wet)


def show(*faces: Face, gsd_m: float = 0.5):
    grid = grid_of(gsd_m)
    base = np.repeat(GREY[:, None], grid.shape[0] * grid.shape[1], axis=1).reshape(4, *grid.shape)
    return painted(faces, base, grid, light_of(180.0, 45.0))


@pytest.mark.parametrize("gsd_m", [0.5, 1.0, 3.0])
def test_a_face_covers_its_area_and_nothing_else(gsd_m: float) -> None:
    colour, _ = show(square(11.3, 29.9, 34.6, 20.2), gsd_m=gsd_m)
    covered = (colour[0] - 1000.0).sum() / 2000.0 * gsd_m**2
    assert covered == pytest.approx(23.3 * 9.7, rel=0.03)


def test_a_later_face_hides_an_earlier_one() -> None:
    colour, _ = show(square(10, 30, 40, 10), square(20, 25, 30, 15, GREY * 2))
    assert colour[0, 40, 50] == 2000.0
    assert colour[0, 40, 24] == 3000.0


def test_a_shadow_falls_away_from_the_sun_as_long_as_the_sun_is_low() -> None:
    grid = grid_of(0.25)
    height = np.zeros(grid.shape, np.float32)
    height[80:84, 40:80] = 5.0
    for elevation, length_m in ((45.0, 5.0), (30.0, 8.66)):
        dark = shaded(height, light_of(180.0, elevation), 0.25)
        north, south = dark[:80, 60], dark[84:, 60]
        assert north.sum() * 0.25 == pytest.approx(length_m, abs=0.5)
        assert not south.any()


def test_a_tall_thing_outside_a_block_shades_into_it() -> None:
    """Pictures are painted in blocks; a shadow does not stop at their edges."""
    grid = grid_of(0.5, rows=540, cols=80)
    base = np.full((4, *grid.shape), 1000.0, np.float32)
    tower = square(5, 262, 35, 258, GREY, top_m=20.0)
    colour, _ = painted([tower], base, grid, light_of(180.0, 45.0))
    column = colour[0, :, 40]
    assert (column[478:514] < 500.0).all()
    assert (column[:470] == 1000.0).all()


def test_the_share_of_water_is_told() -> None:
    _, wet = show(square(0, 60, 30, 0, wet=True))
    assert wet[:, :59].min() == 1.0
    assert wet[:, 61:].max() == 0.0
