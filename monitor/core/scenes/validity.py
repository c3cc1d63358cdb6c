"""Which pixels a sensor saw: the one answer for every reader of pictures; pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask

Numbers = npt.NDArray[np.generic]
Kind = TypeVar("Kind", bound=np.generic)
_NO_MASKS: Mapping[str, Numbers] = MappingProxyType({})


def valid_pixels(
    data: npt.NDArray[Kind],
    *,
    nodata: float | None = None,
    seen: Mask | None = None,
    masks: Mapping[str, Numbers] = _NO_MASKS,
) -> tuple[npt.NDArray[Kind], Mask]:
    """The numbers with 0 for each that is unknown, and (row, col) bool: the pixels that the sensor saw.

    A pixel was seen when some band of it is known and nothing stated says otherwise; all of it is 0 where it was not,
    so that no level and no statistic depends on what the file keeps there.

    Parameters
    ----------
    data : array
        (band, row, col). A number is known when it is finite and neither `nodata` nor 0: Sentinel-2 has no reflectance
        and Sentinel-1 no power of 0.
    nodata : float or None
        The file's own value for no data; None when it states none.
    seen : Mask, optional
        (row, col) False where the file's mask or alpha says that nothing was seen.
    masks : mapping of str to array
        (row, col) by name. ``dataMask`` decides in place of the bands' numbers; ``SCL`` 0 is no data.
    """
    empty = _representable(nodata, data.dtype)
    if "dataMask" in masks:
        valid: Mask = np.asarray(masks["dataMask"] != 0, dtype=bool)
    else:
        valid = np.zeros(data.shape[1:], dtype=bool)
        for band in data:  # one at a time: a whole tile has 600 million numbers
            valid |= _known(band, empty)
    if seen is not None:
        valid &= seen
    if "SCL" in masks:
        valid &= masks["SCL"] != 0
    is_clean = data.dtype.kind in "ui" and empty is None and seen is None and not masks
    return (data, valid) if is_clean else (_cleaned(data, empty, valid), valid)


def _representable(nodata: float | None, dtype: np.dtype[np.generic]) -> float | None:
    """The no-data value as the numbers' own type has it; None where it is 0, not a number, or none of that type."""
    if nodata is None or np.isnan(nodata) or nodata == 0:
        return None
    if dtype.kind in "ui":
        limits = np.iinfo(str(dtype))
        return int(nodata) if nodata == int(nodata) and limits.min <= nodata <= limits.max else None
    return float(np.asarray(nodata, dtype=dtype))


def _known(band: Numbers, empty: float | None) -> Mask:
    known = np.asarray(band != 0, dtype=bool)
    if band.dtype.kind == "f":
        known &= np.isfinite(band)
    if empty is not None:
        known &= band != empty
    return known


def _cleaned(data: npt.NDArray[Kind], empty: float | None, valid: Mask) -> npt.NDArray[Kind]:
    clean = data.copy()
    for band in clean:
        band[~(_known(band, empty) & valid)] = 0
    return clean
