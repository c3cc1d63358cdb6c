"""Splitting a grid into windows that a service accepts, and putting the pieces together again; pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.core.grid import Grid

Window = tuple[slice, slice]


def split(grid: Grid, side_px: int) -> list[Window]:
    """(rows, cols) of the fewest near-equal windows of at most `side_px` a side, row by row; one when it fits."""
    rows, cols = (_cuts(length, side_px) for length in grid.shape)
    return [(r, c) for r in rows for c in cols]


def merge(grid: Grid, windows: Sequence[Window], pieces: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    """(band, row, col) of the whole grid from the pieces of its windows."""
    if len(pieces) == 1:
        return pieces[0]
    whole = np.zeros((pieces[0].shape[0], *grid.shape), pieces[0].dtype)
    for (rows, cols), piece in zip(windows, pieces, strict=True):
        whole[:, rows, cols] = piece
    return whole


def _cuts(length: int, side: int) -> list[slice]:
    parts = -(-length // side)
    edges = [round(length * part / parts) for part in range(parts + 1)]
    return [slice(a, b) for a, b in pairwise(edges)]
