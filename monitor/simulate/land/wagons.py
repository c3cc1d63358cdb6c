"""Trains on a grid: wagons three metres wide in pixels of ten, by the area that they cover, and their shade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import LineString

from monitor.core.arrays import Floats, Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.land.trains import COUPLING_M, HIGH_M, WAGON_M, WIDE_M, Train, wagon_colours
from monitor.simulate.render.hulls import Light

_STEP_M = 0.5
"""Apart from each other lie the points that stand for the area of wagons; a thousandth of a pixel each."""


@dataclass(frozen=True, slots=True, eq=False)
class Rolling:
    """Wagons in pixels.

    Attributes
    ----------
    share : array of float
        (row, col) of the pixel under wagons.
    colour : array of float
        (5, row, col) reflectance × 10 000 times that share.
    shade : array of float
        (row, col) of the pixel in the wagons' shade.
    """

    share: Pixels
    colour: Pixels
    shade: Pixels


def rolling_stock(
    trains: Sequence[Train], lines: dict[str, tuple[LineString, ...]], grid: Grid, light: Light
) -> Rolling:
    """Trains on a grid.

    Parameters
    ----------
    trains : sequence of Train
        Those that stand there at the instant.
    lines : dict of str to tuple of LineString
        Tracks by rail zone, in the grid's CRS.
    grid : Grid
    light : Light
        Where shadows fall.
    """
    rows, cols = grid.shape
    share, shade = np.zeros(rows * cols), np.zeros(rows * cols)
    colour = np.zeros((5, rows * cols))
    point_m2 = _STEP_M**2 / grid.gsd_m**2
    for train in trains:
        start, along = _axis(lines[train.zone_id][train.track])
        across = np.array([along[1], -along[0]])
        ahead, paint = _points(train)
        sides = np.arange(-WIDE_M / 2 + _STEP_M / 2, WIDE_M / 2, _STEP_M)
        widen = WIDE_M / (len(sides) * _STEP_M)
        spots = start + ahead[:, None, None] * along + sides[None, :, None] * across
        index, inside = _pixels(spots, grid)
        np.add.at(share, index[inside], point_m2 * widen)
        for band in range(5):
            values = np.broadcast_to(paint[:, band, None], index.shape)
            np.add.at(colour[band], index[inside], (point_m2 * widen * values)[inside])
        _add_shade(shade, start + ahead[:, None] * along, across, grid, light)
    full = np.maximum(share, 1.0)
    return Rolling(
        (share / full).reshape(rows, cols).astype(np.float32),
        (colour / full).reshape(5, rows, cols).astype(np.float32),
        np.clip(shade, 0.0, 1.0).reshape(rows, cols).astype(np.float32),
    )


def _axis(line: LineString) -> tuple[Floats, Floats]:
    """Start and direction of a straight track."""
    ends = np.asarray(line.coords)[[0, -1]]
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    return ends[0], along


def _points(train: Train) -> tuple[Floats, Pixels]:
    """Distances along the track of points on wagons, not in the gaps between them, and the colour at each."""
    one = np.arange(_STEP_M / 2, WAGON_M, _STEP_M)
    ahead = train.from_m + np.arange(train.wagons)[:, None] * (WAGON_M + COUPLING_M) + one[None, :]
    return ahead.ravel(), np.repeat(wagon_colours(train), len(one), axis=0)


def _add_shade(shade: Floats, axis: Floats, across: Floats, grid: Grid, light: Light) -> None:
    """Shadows fall beside the wagons by their height over the sun's; what falls along the train is on the train."""
    fall = HIGH_M * light.per_height * np.array([light.cols, -light.rows])
    reach = float(fall @ across)
    steps = np.arange(_STEP_M / 2, abs(reach), _STEP_M)
    side = np.sign(reach) * (WIDE_M / 2 + steps)
    spots = axis[:, None, :] + side[None, :, None] * across
    index, inside = _pixels(spots, grid)
    np.add.at(shade, index[inside], _STEP_M**2 / grid.gsd_m**2)


def _pixels(spots: Floats, grid: Grid) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Flat index of the pixel of each spot, and whether it is one of the grid's."""
    back = ~grid.transform
    col = np.floor(back.a * spots[..., 0] + back.c).astype(np.int64)
    row = np.floor(back.e * spots[..., 1] + back.f).astype(np.int64)
    inside = (row >= 0) & (row < grid.shape[0]) & (col >= 0) & (col < grid.shape[1])
    return row * grid.shape[1] + col, inside
