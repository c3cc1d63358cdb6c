"""Reflectance -> the input of the network, and rectangles that cover a raster with overlap."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Mask, Pixels
from monitor.core.geo.grid import Grid

DARK_PERCENTILE = 1.0
"""Percentile of a band that counts as its dark end; the network was trained with it."""
DARK_LEVEL = 0.01
"""Reflectance that the dark end is moved to."""
CHANNELS = 7
_SEAM_PX = 128


def dark_levels(reflectance: Pixels, valid: Mask) -> Pixels:
    """The dark end (1st percentile) of each band over the valid pixels; zeros when nothing is valid."""
    if not valid.any():
        return np.zeros(len(reflectance), dtype=np.float32)
    step = max(1, int(np.sqrt(valid.size / 1_000_000)))
    step = step if valid[::step, ::step].any() else 1
    known = valid[::step, ::step]
    thin = reflectance[:, ::step, ::step]
    bands = thin.reshape(len(thin), -1) if known.all() else (band[known] for band in thin)
    return np.array([np.percentile(band, DARK_PERCENTILE) for band in bands], dtype=np.float32)


def subtract_dark(reflectance: Pixels, dark: Pixels) -> Pixels:
    """Reflectance with the dark end of every band moved to `DARK_LEVEL` (haze and product offsets go)."""
    shift = (dark - DARK_LEVEL).astype(np.float32)
    clear: Pixels = reflectance - shift[:, None, None]
    return np.asarray(np.clip(clear, 0.0, 1.0, out=clear), dtype=np.float32)


def _index(a: Pixels, b: Pixels) -> Pixels:
    return (0.5 + 0.5 * (a - b) / (a + b + 1e-3)).astype(np.float32)


def network_input(reflectance: Pixels, has: Sequence[bool], valid: Mask | None = None) -> Pixels:
    """Seven channels in 0–1: square roots of B02 B03 B04 B08 B11, NDWI and MNDWI.

    Parameters
    ----------
    reflectance : Pixels
        (5, row, col) after `subtract_dark`.
    has : sequence of bool
        Which bands are there. One that is missing, and an index that needs it, is 0, a value that no observed index
        takes.
    valid : Mask, optional
        Invalid pixels are 0 too.
    """
    out = np.zeros((CHANNELS, *reflectance.shape[1:]), dtype=np.float32)
    for index, there in enumerate(has):
        if there:
            np.sqrt(reflectance[index], out=out[index])
    if has[1] and has[3]:
        out[5] = _index(reflectance[1], reflectance[3])
    if has[1] and has[4]:
        out[6] = _index(reflectance[1], reflectance[4])
    if valid is not None:
        out *= valid
    return out


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a raster: what is read, and which part of it counts (its core), both in the raster's pixels."""

    rows: slice
    cols: slice
    core_rows: slice
    core_cols: slice


def first_pixel(grid: Grid) -> tuple[int, int]:
    """Row and column of a raster's first pixel on the grid of its CRS, whose first pixel lies at the CRS's origin.

    However a scene is cut, its pixels keep their rows and columns there.
    """
    col, row = (~grid.transform) @ (0.0, 0.0)
    return -round(row), -round(col)


def cut_windows(
    shape: tuple[int, int], *, core: tuple[int, int] = (512, 512), margin: int = 48, first: tuple[int, int] = (0, 0)
) -> Iterator[Window]:
    """Windows whose cores partition a raster.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns of the raster.
    core : tuple of int
        Rows and columns of a core, about. A raster that is little larger than one is read in one piece.
    margin : int
        Pixels that are read around a core where there are any.
    first : tuple of int
        Row and column of the raster's first pixel on a grid that does not depend on the cut, as of `first_pixel`.

    Notes
    -----
    Cores meet on multiples of 128 of that grid: two cuts of a scene that are a few pixels apart mostly meet at the same
    places, and the network's coarsest cells, of 16 pixels, lie the same in every window.
    """

    def spans(size: int, wanted: int, begin: int) -> list[tuple[slice, slice]]:
        count = max(1, round(size / wanted))
        edges = ((np.linspace(0, size, count + 1) + begin) / _SEAM_PX).round().astype(int) * _SEAM_PX - begin
        edges[0], edges[-1] = 0, size
        return [
            (slice(max(int(a) - margin, 0), min(int(b) + margin, size)), slice(int(a), int(b)))
            for a, b in itertools.pairwise(edges)
        ]

    for read_rows, core_rows in spans(shape[0], core[0], first[0]):
        for read_cols, core_cols in spans(shape[1], core[1], first[1]):
            yield Window(read_rows, read_cols, core_rows, core_cols)
