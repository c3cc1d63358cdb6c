"""Outlines of labelled regions of pixels, and their long side."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely import box, union_all
from shapely.geometry import Polygon

from monitor.core.arrays import Floats

LEAST_PX = 6
"""Smaller regions (under 600 m2 at 10 m) are left out: one row of 20-ft boxes is thinner than a pixel."""


def outlines(labels: npt.NDArray[np.int32]) -> list[Floats | None]:
    """For each region 1, 2, … its outer ring (n, 2) of column and row; None for one that is too small."""
    return [
        outline(labels[rows, cols] == index, rows.start, cols.start)
        for index, (rows, cols) in enumerate(ndimage.find_objects(labels), start=1)
    ]


def outline(mask: npt.NDArray[np.bool_], row: int = 0, col: int = 0) -> Floats | None:
    """The outer ring (n, 2) of the largest part of a mask, column and row; None for one that is too small.

    Parameters
    ----------
    mask : Mask
        (row, col) bool.
    row, col : int
        Where its first pixel lies.
    """
    if int(mask.sum()) < LEAST_PX:
        return None
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    north, west = np.nonzero(edges > 0)
    east = np.nonzero(edges < 0)[1]
    shape = union_all(box(west + col, north + row, east + col, north + row + 1)).simplify(0.75)
    parts = [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    return np.asarray(largest.exterior.coords, dtype=np.float64)[:-1]


def long_side(ring: Floats) -> tuple[float, float]:
    """Length and angle of the long side of the smallest rectangle around a ring with a side along one of the ring's.

    Not the least-area rectangle, which lies along a side of the convex hull: on 62 stacks of three ports 30 would be up
    to 2.6 pixels longer or shorter by that, and every archived length of a stack rests on this one.
    """
    best = (np.inf, 0.0, 0.0)
    edges = np.diff(np.concatenate([ring, ring[:1]]), axis=0)
    for angle in np.unique(np.round(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2), 6)):
        along = ring @ np.array([np.cos(angle), np.sin(angle)])
        across = ring @ np.array([-np.sin(angle), np.cos(angle)])
        sides = np.ptp(along), np.ptp(across)
        if sides[0] * sides[1] < best[0]:
            turned = angle if sides[0] >= sides[1] else angle + np.pi / 2
            best = (float(sides[0] * sides[1]), float(max(sides)), float(turned % np.pi))
    return best[1], best[2]
