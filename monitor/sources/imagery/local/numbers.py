"""What the numbers of a file mean: reflectance × 10000, a picture for the eye, or linear power; pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask
from monitor.core.errors import DataError

Numbers = npt.NDArray[np.generic]

UNITS = ("linear", "db")
"""Of radar: sigma nought as linear power, or in decibels."""

_REFLECTANCE_MAX = 4.0
"""Floats up to this are reflectance, larger ones reflectance × 10000; chosen."""
_DECIBELS = (-60.0, 0.0)
"""Where the middle of a calibrated scene lies; water is -30 to -12 dB, and only the brightest city nears 0 dB."""
_POWER = (10.0 ** (_DECIBELS[0] / 10.0), 10.0 ** (_DECIBELS[1] / 10.0))


PICTURE_SCALE = 1.0 / 255.0
"""What turns the 8-bit numbers of a picture into brightness, 0–1; it is no reflectance."""


def picture_numbers(data: Numbers, valid: Mask) -> tuple[npt.NDArray[np.uint8], float]:
    """(band, row, col) the 8-bit numbers of a picture as they are, 0 where nothing was seen; and their scale."""
    numbers = np.asarray(data, dtype=np.uint8)
    return np.where(valid, numbers, np.uint8(0)) if not valid.all() else numbers, PICTURE_SCALE


def reflectance_numbers(
    data: Numbers, valid: Mask, *, scale: float | None, offset: float | None
) -> tuple[npt.NDArray[np.uint16], str]:
    """(band, row, col) reflectance × 10000 as uint16 with 0 for no data, and a note of how.

    What an offset takes to zero or below becomes 1, since 0 is no data.

    Parameters
    ----------
    data : array
        (band, row, col); 0 where a number is unknown.
    valid : Mask
        (row, col).
    scale, offset : float or None
        Reflectance = number × scale + offset; None where nothing states them: without a scale floats up to 4 are
        reflectance, and all else is × 10000.
    """
    shift = offset or 0.0
    if data.dtype == np.uint16 and shift == 0.0 and scale in (None, 1e-4):
        return data.astype(np.uint16, copy=False), "as stored"
    if scale is None:
        is_reflectance = data.dtype.kind == "f" and float(data.max(initial=0.0)) <= _REFLECTANCE_MAX
        scale, shift = (1.0, 0.0) if is_reflectance else (1e-4, shift)
    numbers = np.zeros(data.shape, np.uint16)
    for band, out in zip(data, numbers, strict=True):
        known = valid & (band != 0)
        reflectance = band[known].astype(np.float32) * np.float32(scale) + np.float32(shift)
        out[known] = np.clip(np.rint(reflectance * 1e4), 1, 65535)
    return numbers, f"reflectance from scale {scale:g}, offset {shift:g}"


def linear_numbers(
    data: Numbers, valid: Mask, *, unit: str | None, where: str, flag: str
) -> tuple[npt.NDArray[np.float32], str]:
    """(band, row, col) linear power as float32 with 0 for no data, and a note of how.

    Parameters
    ----------
    data : array
        (band, row, col); 0 where a number is unknown.
    valid : Mask
        (row, col).
    unit : str or None
        One of `UNITS`; None where nothing states it: then a negative middle means decibels.
    where, flag : str
        Name the file and what states the unit, in the error.

    Raises
    ------
    DataError
        The numbers lie where neither power nor decibels of a calibrated scene do, or not in the unit that is stated.
    """
    values = data.astype(np.float32)
    known = values[0][valid & (values[0] != 0)]
    middle = float(np.median(known)) if known.size else float("nan")
    unit = unit or ("db" if middle < 0 else "linear")
    low, high = _DECIBELS if unit == "db" else _POWER
    if known.size and not low <= middle <= high:
        raise DataError(
            f"{where}: its middle number is {middle:.4g}, and sigma nought in {_WORDS[unit]} has {low:g} to {high:g}; "
            f"calibrate it to sigma nought (raw numbers and scaled decibels are refused), or state its unit by {flag}"
        )
    if unit == "linear":
        return np.where(valid, values, np.float32(0)), "linear power"
    power = np.power(np.float32(10.0), values / np.float32(10.0), dtype=np.float32)
    return np.where(valid & (values != 0), power, np.float32(0)), "from dB"


_WORDS = {"linear": "linear power", "db": "decibels"}
