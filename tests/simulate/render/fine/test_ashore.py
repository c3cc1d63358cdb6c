"""What stands behind a made-up quay: buildings, tanks and roads, on land alone."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from shapely import unary_union
from shapely.geometry import box

from monitor.core.geo.grid import Grid
from monitor.simulate.render.fine.ashore import ashore, ground_under
from monitor.simulate.render.fine.frame import Frame

LAND = box(500_000, 4_000_000, 500_400, 4_000_250)


@pytest.mark.parametrize("seed", range(4))
def test_buildings_and_vehicles_stand_on_the_land_and_none_in_the_sea(seed: int) -> None:
    along = Frame(500_200.0, 4_000_250.0, np.pi / 2)
    faces, loads = ashore(np.random.default_rng(seed), LAND, along, ground_m=2.5)
    assert len(faces) > 20
    assert all(LAND.buffer(0.5).contains(face.outline) for face in faces)
    assert all(LAND.contains(load.outline) and load.stands_on == "truck" for load in loads)
    roofs = [face.outline for face in faces if face.top_m > 6.4]
    assert unary_union(roofs).area > 0.02 * LAND.area


def test_the_ground_is_green_and_grey_and_as_large_as_the_picture() -> None:
    grid = Grid(32633, Affine(0.5, 0.0, 500_000.0, 0.0, -0.5, 4_000_250.0), (120, 200))
    sea = box(500_000, 4_000_000, 500_050, 4_000_250)
    quay = box(500_050, 4_000_000, 500_070, 4_000_250)
    ground = ground_under(np.random.default_rng(1), grid, water=sea, deck=quay)
    assert ground.shape == (4, 120, 200)
    assert 100 < ground.min() < ground.max() < 6000
    assert ground.std(axis=(1, 2)).min() > 20
