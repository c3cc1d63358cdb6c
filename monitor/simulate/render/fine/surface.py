"""Faces seen from above, painted into colour and height, and the shadows that they cast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from affine import Affine
from rasterio.features import rasterize
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats, Mask, Pixels
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S2_BANDS
from monitor.simulate.render.hulls import Light

FINE_BANDS = S2_BANDS[:4]
"""Blue, green, red and near infrared."""

_LEAST_GSD_M, _MOST_GSD_M = 0.3, 5.0
_FINEST_M = 0.25
_COARSEST_STEP_M = 0.5
_BLOCK_PX = 512
_SUNLIT = np.array([0.62, 0.68, 0.73, 0.80], dtype=np.float32)[:, None, None]
"""Share of the light that comes from the sun and not from the sky; the rest still lights a shadow (chosen)."""
_LEAST_STEP_M = 0.15


def check_pixel(gsd_m: float) -> None:
    """Refuse a size that is not drawn.

    Raises
    ------
    DataError
        The side of a pixel is below 0.3 or above 5 m.
    """
    if not _LEAST_GSD_M <= gsd_m <= _MOST_GSD_M:
        raise DataError(f"pixels of {gsd_m:g} m: fine pictures have {_LEAST_GSD_M:g} to {_MOST_GSD_M:g} m; choose one")


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One flat face as seen from above; a later face hides an earlier one.

    Attributes
    ----------
    outline : BaseGeometry
        In the grid's CRS.
    colour : array of float
        (4,) reflectance × 10 000 in `FINE_BANDS`.
    top_m : float
        Height above the water.
    wet : bool
        Whether it is water, on which waves run.
    """

    outline: BaseGeometry
    colour: Pixels
    top_m: float
    wet: bool = False


def painted(faces: Sequence[Face], base: Pixels, grid: Grid, light: Light) -> tuple[Pixels, Pixels]:
    """(4, row, col) reflectance × 10 000 with shadows, and (row, col) share of water, 0–1.

    Parameters
    ----------
    faces : sequence of Face
        From below to above.
    base : array of float
        (4, row, col) what shows where no face lies.
    grid : Grid
    light : Light
    """
    over = max(ceil(grid.gsd_m / _COARSEST_STEP_M), round(grid.gsd_m / _FINEST_M) if grid.gsd_m <= 1.0 else 1)
    colour = np.empty_like(base)
    wet = np.empty(grid.shape, dtype=np.float32)
    bounds = np.array([face.outline.bounds for face in faces], dtype=np.float64).reshape(-1, 4)
    tallest = max((face.top_m for face in faces), default=0.0)
    margin = ceil((tallest * light.per_height + 1.0) / grid.gsd_m)
    for row in range(0, grid.shape[0], _BLOCK_PX):
        for col in range(0, grid.shape[1], _BLOCK_PX):
            rows = slice(row, min(row + _BLOCK_PX, grid.shape[0]))
            cols = slice(col, min(col + _BLOCK_PX, grid.shape[1]))
            wide = slice(rows.start - margin, rows.stop + margin), slice(cols.start - margin, cols.stop + margin)
            part = _fine(grid.window(*wide), over)
            near = [face for face, inside in zip(faces, _touching(bounds, part), strict=True) if inside]
            block = np.repeat(np.repeat(base[:, rows, cols], over, axis=1), over, axis=2)
            inner = slice(margin * over, -margin * over), slice(margin * over, -margin * over)
            shown, water = _block(near, block, part, inner, light)
            colour[:, rows, cols], wet[rows, cols] = _shrunk(shown, over), _shrunk(water[None], over)[0]
    return colour, wet


def _fine(grid: Grid, over: int) -> Grid:
    return Grid(grid.epsg, grid.transform @ Affine.scale(1.0 / over), (grid.shape[0] * over, grid.shape[1] * over))


def _touching(bounds: Floats, grid: Grid) -> Mask:
    west, south, east, north = grid.bounds
    made: Mask = (bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south)
    return made


def _block(
    faces: Sequence[Face], block: Pixels, grid: Grid, inner: tuple[slice, slice], light: Light
) -> tuple[Pixels, Pixels]:
    """Colour and water of the inner part of a fine grid; heights count in all of it, so that shadows fall in."""
    if not faces:
        return block, np.zeros(block.shape[1:], dtype=np.float32)
    number = rasterize(
        ((face.outline, n) for n, face in enumerate(faces, 1)),
        out_shape=grid.shape,
        transform=grid.transform,
        dtype="int32",
    )
    tops = np.array([0.0, *(face.top_m for face in faces)], dtype=np.float32)
    colours = np.stack([np.zeros(4, np.float32), *(face.colour for face in faces)], axis=1)
    wet = np.array([0.0, *(float(face.wet) for face in faces)], dtype=np.float32)
    hidden = shaded(tops[number], light, grid.gsd_m)[inner]
    seen = number[inner]
    colour = np.where(seen[None] > 0, colours[:, seen], block)
    return (colour * (1.0 - _SUNLIT * hidden[None])).astype(np.float32), wet[seen]


def shaded(height_m: Pixels, light: Light, gsd_m: float) -> Mask:
    """(row, col) bool: where something towards the sun stands in its way.

    Parameters
    ----------
    height_m : array of float
        (row, col) height of what is seen from above.
    light : Light
    gsd_m : float
        Side of a pixel.
    """
    reach, step = float(height_m.max() - height_m.min()) * light.per_height / gsd_m, 1.0
    skyline = height_m
    while step <= max(reach, 1.0):
        moved = _moved(skyline, round(step * light.rows), round(step * light.cols))
        skyline = np.maximum(skyline, moved - np.float32(step * gsd_m / light.per_height))
        step *= 2.0
    made: Mask = skyline > height_m + _LEAST_STEP_M
    return made


def _moved(field: Pixels, rows: int, cols: int) -> Pixels:
    """The field moved down and right by whole pixels; what comes in from outside is as low as can be."""
    made = np.full_like(field, -1e6)
    height, width = field.shape
    if abs(rows) < height and abs(cols) < width:
        to = slice(max(rows, 0), height + min(rows, 0)), slice(max(cols, 0), width + min(cols, 0))
        come = slice(max(-rows, 0), height + min(-rows, 0)), slice(max(-cols, 0), width + min(-cols, 0))
        made[to] = field[come]
    return made


def _shrunk(fine: Pixels, over: int) -> Pixels:
    bands, rows, cols = fine.shape
    made: Pixels = fine.reshape(bands, rows // over, over, cols // over, over).mean(axis=(2, 4), dtype=np.float32)
    return made
