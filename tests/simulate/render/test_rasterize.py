"""How much of each pixel an outline covers."""

from __future__ import annotations

import numpy as np
from shapely.geometry import MultiPolygon, Polygon, box

from monitor.simulate.render.rasterize import cover
from tests.simulate.render.conftest import grid_of

WEST, NORTH = 500_000.0, 4_700_000.0


def test_the_covered_area_is_that_of_the_outline() -> None:
    outline = box(WEST + 23.0, NORTH - 88.0, WEST + 147.0, NORTH - 31.0)
    made = cover(outline, grid_of(20, 20), epsg=32633)
    assert outline.area <= made.sum() * 100.0 <= outline.buffer(2.5, join_style="mitre").area
    assert made.max() == 1.0


def test_holes_stay_open_and_parts_add_up() -> None:
    ring = box(WEST + 20, NORTH - 120, WEST + 120, NORTH - 20).difference(
        box(WEST + 50, NORTH - 90, WEST + 90, NORTH - 50)
    )
    parts = MultiPolygon([ring, box(WEST + 150, NORTH - 170, WEST + 190, NORTH - 150)])
    made = cover(parts, grid_of(20, 20), epsg=32633)
    assert made[6, 6] == 0.0
    assert made[16, 16] == 1.0


def test_an_empty_outline_covers_nothing() -> None:
    assert not np.any(cover(Polygon(), grid_of(4, 5), epsg=32633))
