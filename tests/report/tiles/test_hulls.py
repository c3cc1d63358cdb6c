"""What is drawn around hulls, and what stays bare."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from affine import Affine
from shapely.geometry import Polygon

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.report.page.style import rc
from monitor.report.tiles.hulls import frames
from monitor.report.tiles.marks import Mark, is_numbered
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.stretch import Stretch
from monitor.report.tiles.tile import LONG_SIDE, TileText, compose
from tests.report.made import port

LEFT, TOP = 62, 92


def hull(number: int, col: float, row: float, *, length: float = 12, status: str = "unmatched") -> Mark:
    """A hull of `length` pixels, three wide, along the rows; a pixel is 10 m."""
    sides = np.array([(0, 0), (length, 0), (length, 3), (0, 3), (0, 0)], dtype=float)
    return Mark(number, status, sides + np.array((col, row)), False, 10.0 * length)


def sea(side: int) -> Raster:
    """Even dark water, `side` pixels square."""
    grid = Grid(32652, Affine(10.0, 0.0, 440000.0, 0.0, -10.0, 4680000.0), (side, side))
    data = np.full((3, *grid.shape), 300, "uint16")
    return Raster(data, ("B02", "B03", "B04"), np.ones(grid.shape, bool), grid, None, 1e-4)


def drawn(side: int, *marks: Mark, simulated: bool = False) -> np.ndarray:
    """The picture part of a tile, (row, col, 3)."""
    stretch = Stretch("s2", ("B04", "B03", "B02"), (0, 0, 0), (0.2, 0.2, 0.2), "reflectance")
    text = TileText("t", "w", (), "c", "a", simulated=simulated)
    with mpl.rc_context(rc()):
        sheet = compose(sea(side), stretch, text, Overlay(marks))
    return sheet[TOP : TOP + LONG_SIDE, LEFT : LEFT + LONG_SIDE]


@pytest.mark.parametrize("side", [100, 300, 600])
def test_no_line_or_word_covers_a_hull(side: int) -> None:
    marks = (hull(1, 30, 40), hull(2, 60, 70, length=4), hull(3, 31, 44), hull(4, 10, 10, status="dark"))
    picture, zoom = drawn(side, *marks), LONG_SIDE / side
    water = drawn(side)[300, 300]
    for mark in marks:
        (west, north), (east, south) = mark.outline.min(axis=0) * zoom, mark.outline.max(axis=0) * zoom
        inside = picture[round(north) + 1 : round(south) - 1, round(west) + 1 : round(east) - 1].reshape(-1, 3)
        changed = np.abs(inside.astype(int) - water.astype(int)).max(axis=1) > 12
        assert changed.mean() < 0.15, mark.number
    assert (picture != drawn(side)).any()


def test_a_lone_small_hull_gets_a_ring_and_rafted_ones_get_boxes() -> None:
    lone, first, second = hull(1, 100, 100), hull(2, 10, 10), hull(3, 10, 14)
    ring, *boxes = frames((lone, first, second), 1.2)
    assert len(ring.exterior.coords) > 20
    assert [len(each.exterior.coords) for each in boxes] == [5, 5]
    assert ring.contains(Polygon(lone.outline))


def test_a_long_hull_in_a_close_view_gets_a_box_with_room_between() -> None:
    mark = hull(1, 10, 10)
    (frame,) = frames((mark,), 8.0)
    assert len(frame.exterior.coords) == 5
    assert frame.exterior.distance(Polygon(mark.outline)) * 8.0 == pytest.approx(4.0)


def test_at_times_one_only_hulls_of_100_m_and_dark_events_are_numbered() -> None:
    small, large, dark = hull(1, 0, 0, length=9), hull(2, 0, 0, length=10), hull(3, 0, 0, length=4, status="dark")
    assert [is_numbered(mark, 10.0) for mark in (small, large, dark)] == [False, True, True]
    assert [is_numbered(mark, 4.0) for mark in (small, large, dark)] == [True, True, True]
    assert not is_numbered(replace(large, length_m=float("nan")), 10.0)


def test_a_tick_is_a_small_sign_where_a_number_would_be_a_large_one() -> None:
    bare = drawn(800)
    tick, number = ((drawn(800, hull(1, 300, 300, length=length)) != bare).any(axis=2).sum() for length in (9.0, 11.0))
    assert 20 < tick < number / 2


def test_the_word_across_simulated_pixels_leaves_most_of_them_bare() -> None:
    share = (drawn(200, simulated=True) != drawn(200)).any(axis=2).mean()
    assert 0.005 < share < 0.06


def test_a_port_with_its_zones_still_fits_the_legend() -> None:
    zones = port().of_kind("berth")
    with mpl.rc_context(rc()):
        text = TileText("t", "w", (), "c", "a")
        stretch = Stretch("s2", ("B04", "B03", "B02"), (0, 0, 0), (0.2, 0.2, 0.2))
        marks = (hull(1, 300, 300, length=9), hull(2, 100, 100))
        sheet = compose(sea(800), stretch, text, Overlay(marks, zones, port().geometry))
    assert (sheet[:, -6:] == 255).all()
