"""Moving or not: Sentinel-2 sees its bands one after the other, and what moves stands elsewhere in each."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from monitor.core.geodesy import KNOT_MS
from monitor.core.scene import Raster

Floats = npt.NDArray[np.float64]

BAND_LAG_S = {("B02", "B08"): 0.264, ("B02", "B03"): 0.527, ("B02", "B04"): 1.005}
"""Seconds from the first band to the second, from the mission's handbook; real lags vary by 2 % (Binet 2022)."""

_NOISE_PX = 0.2
_MARGIN_M = 60.0


@dataclass(frozen=True, slots=True)
class Motion:
    """How far an object moved between two bands.

    `is_moving` is None where it cannot be told. `offset_m` is the displacement and `noise_m` its standard deviation;
    `speed_kn` is what they amount to, a hint and no measure. `course_deg` is clockwise from grid north, NaN when the
    object is not moving.
    """

    is_moving: bool | None
    offset_m: float
    noise_m: float
    speed_kn: float
    course_deg: float


_UNKNOWN = Motion(None, float("nan"), float("nan"), float("nan"), float("nan"))


def band_motion(raster: Raster, outline: BaseGeometry, *, sigmas: float = 2.0) -> Motion:
    """Whether the object in an outline moved between the bands of one look.

    Parameters
    ----------
    raster : Sentinel-2 in its native bands
        A mosaic or a resampled product has no lag left to see.
    outline : longitude/latitude polygon of the object
    sigmas : how many standard deviations of displacement mean movement

    Notes
    -----
    The widest pair of bands that the raster has is used: with B02 and B04 a second passes, 10 kn are half a pixel, and
    with registration good to 0.2 pixel movement shows from some 8 kn. Wakes drag the measure backwards. The object's
    displacement is taken against the water around it; at a berth it means passing traffic or misregistration.
    """
    pairs = [(lag, pair) for pair, lag in BAND_LAG_S.items() if raster.has(pair[0]) and raster.has(pair[1])]
    rows, cols = np.nonzero(raster.grid.mask(outline))
    if not pairs or rows.size < 2:
        return _UNKNOWN
    lag_s, (first, second) = max(pairs)
    grow = round(_MARGIN_M / raster.grid.gsd_m)
    place = (
        slice(max(int(rows.min()) - grow, 0), int(rows.max()) + grow + 1),
        slice(max(int(cols.min()) - grow, 0), int(cols.max()) + grow + 1),
    )
    if not raster.valid[place].all():
        return _UNKNOWN
    before, after = _middle(raster.band(first)[place]), _middle(raster.band(second)[place])
    if before is None or after is None:
        return _UNKNOWN
    gsd_m = raster.grid.gsd_m
    east, south = (after[1] - before[1]) * gsd_m, (after[0] - before[0]) * gsd_m
    offset_m, noise_m = hypot(east, south), _NOISE_PX * gsd_m
    moving = bool(offset_m > sigmas * noise_m)
    course = float(np.degrees(np.arctan2(east, -south)) % 360.0) if moving else float("nan")
    return Motion(moving, offset_m, noise_m, offset_m / lag_s / KNOT_MS, course)


def _middle(chip: npt.NDArray[np.float32]) -> tuple[float, float] | None:
    """Row and column of the centre of what stands out from the water; None when nothing does."""
    level = float(np.median(chip))
    spread = 1.4826 * float(np.median(np.abs(chip - level)))
    stands_out = np.maximum(chip.astype(np.float64) - level - 5.0 * max(spread, 1e-4), 0.0)
    total = float(stands_out.sum())
    if total <= 0.01:
        return None
    rows, cols = np.mgrid[0 : chip.shape[0], 0 : chip.shape[1]]
    return float((rows * stands_out).sum() / total), float((cols * stands_out).sum() / total)
