"""The pixels of a described picture together with the mask of usable data that lies beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.validity import valid_pixels
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.described import Described
from monitor.sources.imagery.local.header import read_header
from monitor.sources.imagery.local.pixels import Numbers, Pixels, read_pixels
from monitor.sources.imagery.quality import UDM2, unseen

_UDM2_BANDS = 8


def read_with_masks(described: Described, grid: Grid | None = None) -> Pixels:
    """The bands of a picture that its sensor has, with its masks; what a mask has outside the picture is not seen.

    Parameters
    ----------
    described : Described
        The picture.
    grid : Grid, optional
        What the pixels are put on; the picture's own without it.

    Raises
    ------
    NoData
        The picture does not reach the grid.
    DataError
        The picture or its mask is damaged.
    """
    pixels = read_pixels(described.header, described.bands, grid=grid, masks=described.masks)
    beside = _usable(described, pixels.grid)
    outside = unseen({**pixels.masks, **beside})
    if not beside and outside is None:
        return pixels
    seen = pixels.valid if outside is None else pixels.valid & ~outside
    data, valid = valid_pixels(pixels.data, seen=seen)
    return replace(pixels, data=data, valid=valid, masks={**pixels.masks, **beside})


def _usable(described: Described, grid: Grid) -> Mapping[str, Numbers]:
    """Planet's mask of usable data on a grid, by the names of `quality.UDM2`; empty without one."""
    path = described.item.mask
    if path is None:
        return {}
    header = read_header(path, described.given)
    if len(header.bands) != _UDM2_BANDS:
        raise DataError(
            f"{path}: {len(header.bands)} bands, and a mask of usable data (udm2) has {_UDM2_BANDS}; replace or remove "
            "it"
        )
    named = replace(header, bands=tuple(_NAMES.get(number, "") for number in range(1, _UDM2_BANDS + 1)), nodata=None)
    try:
        return dict(read_pixels(named, (), grid=grid, masks=tuple(UDM2)).masks)
    except NoData:
        return {name: np.zeros(grid.shape, np.uint8) for name in UDM2}


_NAMES = {number: name for name, number in UDM2.items()}
