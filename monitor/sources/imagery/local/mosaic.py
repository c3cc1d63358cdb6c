"""Rasters of one pass made one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from monitor.core.arrays import Mask
from monitor.core.scenes.scene import Raster


def mosaic(parts: Iterable[Raster | None]) -> Raster | None:
    """The first raster, and where it shows nothing the next of the same bands and numbers that shows something.

    Parameters
    ----------
    parts : iterable of Raster or None
        On one grid, the preferred first; None is no raster. One at a time is in memory beside the result, which is
        None where there is no raster.
    """
    first: Raster | None = None
    is_own = False
    for other in parts:
        if first is None or other is None:
            first = other if first is None else first
            continue
        if not _is_alike(first, other):
            continue
        new = other.valid & ~first.valid
        if not new.any():
            continue
        data = first.data if is_own else first.data.copy()
        data[:, new] = other.data[:, new]
        tags = {**first.tags, "source_file": f"{first.tags['source_file']} {other.tags['source_file']}"}
        cloud = _both_clouds(first, other, new)
        first, is_own = replace(first, data=data, valid=first.valid | new, cloud=cloud, tags=tags), True
    return first


def _is_alike(first: Raster, other: Raster) -> bool:
    numbers = (first.data.dtype, first.scale, first.bands) == (other.data.dtype, other.scale, other.bands)
    return numbers and first.grid == other.grid


def _both_clouds(first: Raster, other: Raster, new: Mask) -> Mask | None:
    """The cloud mask of two rasters where the second fills the first; None unless both have one."""
    if first.cloud is None or other.cloud is None:
        return None
    return np.where(new, other.cloud, first.cloud)
