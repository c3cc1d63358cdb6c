"""Outlines of labelled regions of pixels."""

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
