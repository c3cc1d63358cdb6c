"""At a berth, inshore or in the open."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.placement import place

SIDE = 120
GRID = Grid(32652, Affine(10, 0, 600_000, 0, -10, 4_670_000), (SIDE, SIDE))
WATER, LAND, HULL = (450, 420, 300, 150, 80), (900, 1100, 1300, 2600, 2400), (1500, 1500, 1500, 1500, 1500)


def sea(*, land: tuple[slice, ...] = (), hull: tuple[slice, slice]) -> Raster:
    """Water with land in some columns and a hull that reads as land."""
    data = np.tile(np.array(WATER, np.uint16)[:, None, None], (1, SIDE, SIDE))
    for cols in land:
        data[:, :, cols] = np.array(LAND, np.uint16)[:, None, None]
    data[:, hull[0], hull[1]] = np.array(HULL, np.uint16)[:, None, None]
    return Raster(data, S2_BANDS, np.ones(GRID.shape, bool), GRID, None, 1e-4)


def zone(raster: Raster, rows: tuple[int, int], cols: tuple[int, int]) -> str:
    ring = np.array([[cols[0], rows[0]], [cols[1], rows[0]], [cols[1], rows[1]], [cols[0], rows[1]]], float)
    one = np.array([10.0 * (rows[1] - rows[0])])
    boxes = Boxes((VESSEL,), (ring,), np.array([0.9]), one, one, one, np.array([np.pi / 2]))
    _, (found,) = place(boxes, raster, None)
    return found


@pytest.mark.parametrize("rows", [(50, 66), (0, 16), (104, 120)])
def test_a_ship_in_water_without_land_is_in_the_open(rows: tuple[int, int]) -> None:
    assert zone(sea(hull=(slice(*rows), slice(60, 63))), rows, (60, 63)) == "open"


def test_a_ship_at_a_quay_is_at_berth() -> None:
    assert zone(sea(land=(slice(0, 40),), hull=(slice(50, 66), slice(40, 43))), (50, 66), (40, 43)) == "berth"


@pytest.mark.parametrize("west, east", [(54, 69), (55, 68)])
def test_a_ship_in_the_middle_of_a_canal_is_not_at_its_banks(west: int, east: int) -> None:
    raster = sea(land=(slice(0, west), slice(east, SIDE)), hull=(slice(50, 66), slice(60, 63)))
    assert zone(raster, (50, 66), (60, 63)) == "inshore"
