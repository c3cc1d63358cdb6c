"""Ships face by face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from shapely.geometry import LineString, Point
from shapely.ops import unary_union

from monitor.core.geo.grid import Grid
from monitor.simulate.render.fine.ships import fine_ship
from monitor.simulate.render.hulls import DrawnHull

GRID = Grid(32633, Affine(0.5, 0.0, 500_000.0, 0.0, -0.5, 4_700_000.0), (600, 600))
WATER = np.full(4, 300.0, np.float32)
HULL = DrawnHull(
    row=300.0,
    col=300.0,
    length=240.0,
    width=40.0,
    bow=np.pi / 2,
    kind="container",
    livery="red",
    height_px=24.0,
    speed_kn=0.0,
    seed=5,
)


@pytest.mark.parametrize("kind", ["general cargo", "bulk", "container", "tanker", "naval", "tug", "fishing", "launch"])
def test_a_hull_fills_its_length_and_width(kind: str) -> None:
    ship = fine_ship(replace(HULL, kind=kind), GRID, WATER)
    west, south, east, north = ship.faces[0].outline.bounds
    assert east - west == pytest.approx(120.0, abs=0.1)
    assert north - south == pytest.approx(20.0, abs=0.1)
    assert ship.faces[0].outline.area < 0.97 * 120 * 20


def test_the_bow_points_where_the_ship_heads() -> None:
    hull = fine_ship(HULL, GRID, WATER).faces[0].outline
    across = [
        hull.intersection(LineString([(x, 4_699_800.0), (x, 4_699_900.0)])).length for x in (500_095.0, 500_208.0)
    ]
    assert across[0] > 2.0 * across[1]


def test_deck_containers_stand_within_the_hull() -> None:
    ship = fine_ship(HULL, GRID, WATER)
    assert len(ship.containers) > 20
    assert {box.stands_on for box in ship.containers} == {"ship_deck"}
    assert all(ship.faces[0].outline.contains(box.outline) for box in ship.containers)


def test_a_wake_lies_astern_on_the_water_and_only_under_way() -> None:
    assert fine_ship(HULL, GRID, WATER).wake == ()
    wake = fine_ship(replace(HULL, speed_kn=10.0), GRID, WATER).wake
    assert all(face.wet and face.top_m == 0.0 for face in wake)
    foam = unary_union([face.outline for face in wake])
    assert foam.contains(Point(500_080.0, 4_699_850.0))
    assert foam.bounds[2] <= 500_090.01


def test_the_same_ship_looks_the_same_in_the_next_picture() -> None:
    one, two = (fine_ship(HULL, GRID, WATER) for _ in range(2))
    assert [face.outline.wkt for face in one.faces] == [face.outline.wkt for face in two.faces]
