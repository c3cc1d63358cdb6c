"""Scenes with a registration error: shifted against the map by up to a pixel and a half."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import ndimage

from monitor.core.scenes.scene import Raster
from monitor.simulate.rng import generator

MOST_PX = 1.5
"""The longest shift, in pixels of 10 m."""

_SHARE = 0.35
_LEAST_PX = 0.4


def shift_of(seed: int, scene_id: str) -> tuple[float, float]:
    """Rows and columns (south, east) by which everything in a scene lies off, ``(0, 0)`` in two scenes of three."""
    rng = generator(seed, "registration", scene_id)
    if rng.random() >= _SHARE:
        return 0.0, 0.0
    length, angle = float(rng.uniform(_LEAST_PX, MOST_PX)), float(rng.uniform(0.0, 2.0 * np.pi))
    return round(length * float(np.sin(angle)), 2), round(length * float(np.cos(angle)), 2)


def misplaced(raster: Raster, rows: float, cols: float) -> Raster:
    """A raster whose content is moved on an unmoved grid, resampled bilinearly.

    Parameters
    ----------
    raster : Raster
    rows, cols : float
        Pixels to the south and east.

    Notes
    -----
    Pixels that the swath's edge reaches into become invalid; beyond the raster's own edge its last pixels go on.
    """
    if rows == 0.0 and cols == 0.0:
        return raster
    move = (rows, cols)
    valid = ndimage.shift(raster.valid.astype(np.float32), move, order=1, mode="nearest") > 0.999
    moved = np.stack([ndimage.shift(b.astype(np.float32), move, order=1, mode="nearest") for b in raster.data])
    if np.issubdtype(raster.data.dtype, np.integer):
        moved = np.clip(np.rint(moved), 1, None)
    data = (moved * valid[None]).astype(raster.data.dtype)
    cloud = None
    if raster.cloud is not None:
        cloud = ndimage.shift(raster.cloud.astype(np.float32), move, order=0, mode="nearest").astype(bool) & valid
    return replace(raster, data=data, valid=valid, cloud=cloud)
