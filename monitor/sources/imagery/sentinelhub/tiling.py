"""Splitting a grid into windows that a service accepts, and putting the pieces together again; pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox, GeoboxTiles

from monitor.core.geo.grid import Grid

Window = tuple[slice, slice]


def split(grid: Grid, side_px: int) -> list[Window]:
    """(rows, cols) of the fewest near-equal windows of at most `side_px` a side, row by row; one when it fits."""
    sizes = tuple(tuple(map(len, np.array_split(range(n), -(-n // side_px)))) for n in grid.shape)
    tiles = GeoboxTiles(GeoBox(grid.shape, grid.transform, grid.epsg), sizes)
    return [tiles.roi[index] for index in np.ndindex(*tiles.shape.yx)]


def merge(grid: Grid, windows: Sequence[Window], pieces: Sequence[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    """(band, row, col) of the whole grid from the pieces of its windows.

    Parameters
    ----------
    grid : Grid
        The whole.
    windows : sequence of (slice, slice)
        Rows and columns of each piece in the grid; together they cover it (`split`).
    pieces : sequence of array
        (band, row, col), one for each window, all of one type and number of bands.
    """
    if len(pieces) == 1:
        return pieces[0]
    whole = np.zeros((pieces[0].shape[0], *grid.shape), pieces[0].dtype)
    for (rows, cols), piece in zip(windows, pieces, strict=True):
        whole[:, rows, cols] = piece
    return whole
