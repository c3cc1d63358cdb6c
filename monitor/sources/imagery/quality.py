"""Valid pixels, cloud and ice from the masks that come with Sentinel-2; pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask

MASKS = ("SCL", "CLM", "dataMask")
_SCL_CLOUD = (3, 8, 9, 10)
_SCL_ICE = 11
_CLM_NONE = 255

Numbers = npt.NDArray[np.generic]


def seen(data: Numbers, masks: Mapping[str, Numbers], *, nodata: float | None) -> Mask:
    """(row, col) bool: the pixels that the sensor observed.

    ``dataMask`` decides where there is one, and ``SCL`` 0 is no data. Without either a pixel counts as observed when
    some band is neither NaN nor the file's no-data value (0 for integers when the file names none).

    Parameters
    ----------
    data : array
        (band, row, col).
    masks : mapping of str to array
        (row, col) by name, of `MASKS`; may be empty.
    nodata : float or None
        The file's no-data value.
    """
    if "dataMask" in masks:
        valid: Mask = masks["dataMask"] != 0
    else:
        empty = nodata if nodata is not None and not np.isnan(nodata) else (0 if data.dtype.kind in "ui" else np.nan)
        known = np.isfinite(data) if data.dtype.kind == "f" else np.ones(data.shape, bool)
        if not np.isnan(empty):
            known &= data != empty
        valid = np.asarray(known.any(axis=0), dtype=bool)
    return valid & (masks["SCL"] != 0) if "SCL" in masks else valid


def cloud(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: cloud, cloud shadow (SCL 3) and cirrus (8, 9, 10), or CLM 1; None without either mask."""
    found: list[Mask] = []
    if "SCL" in masks:
        found.append(np.isin(masks["SCL"], _SCL_CLOUD))
    if "CLM" in masks and (masks["CLM"] != _CLM_NONE).any():
        found.append(masks["CLM"] == 1)
    return np.logical_or.reduce(found) if found else None


def ice(masks: Mapping[str, Numbers]) -> Mask | None:
    """(row, col) bool: snow or ice (SCL 11); None without SCL."""
    return masks["SCL"] == _SCL_ICE if "SCL" in masks else None
