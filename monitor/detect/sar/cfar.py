"""Radar pixels that stand out from the water around them, at a constant rate of false alarms."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage, stats

from monitor.core.arrays import Mask, Pixels
from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import Raster

log = logging.getLogger(__name__)


_LEAST_POWER = 1e-7
_LEAST_SHAPE, _MOST_SHAPE = 0.7, 60.0


@dataclass(frozen=True, slots=True)
class CfarRule:
    """Which radar pixels are bright. The detector's key is made of these fields: a new one changes it.

    Attributes
    ----------
    false_alarms : float
        Share of water pixels that may pass by accident.
    background_m : float
        Half the side of the square from which the local clutter is read.
    shore_m : float
        Water nearer than this to land is not searched: the quay's own echo, blurred by the sensor, and the error of
        the outline fall there. A hull alongside is 16 m and more wide and reaches beyond it.
    """

    false_alarms: float = 1e-7
    background_m: float = 600.0
    shore_m: float = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Bright:
    """Pixels that are brighter than the water around them.

    Attributes
    ----------
    mask : Mask
        (row, col) True where the power passes the threshold.
    contrast : Pixels
        Power over the local mean of the water, all bands together.
    power : Pixels
        Sum of the bands (linear).
    """

    mask: Mask
    contrast: Pixels
    power: Pixels


def bright_pixels(raster: Raster, water: Mask, rule: CfarRule | None = None) -> Bright:
    """Pixels of a radar raster of linear power that are brighter than the water around them.

    Parameters
    ----------
    raster : Raster
        VV, VH or both, linear power.
    water : Mask
        (row, col) where to search; the clutter is read there alone, so that land does not raise it.
    rule : CfarRule, optional

    Raises
    ------
    DetectorError
        The raster has no radar band, or holds negative numbers: decibels, not power.

    Notes
    -----
    Two passes: what stands out in the first is left out of the second pass's statistics, so that ships at anchor side
    by side do not hide one another. The clutter is gamma distributed with the shape that its own mean and variance
    give, the two first moments of K-distributed sea.
    """
    rule = rule or CfarRule()
    bands = [linear_power(raster, band) for band in ("VV", "VH") if raster.has(band)]
    if not bands:
        raise DetectorError(f"no radar band among {', '.join(raster.bands)}; this detector needs VV or VH")
    sea = water & raster.valid
    power: Pixels = np.sum(bands, axis=0, dtype=np.float32)
    if not sea.any():
        return Bright(np.zeros(sea.shape, dtype=bool), np.ones(sea.shape, np.float32), power)
    search = _off_shore(sea, raster.valid, raster.grid.gsd_m, rule.shore_m)
    calm, passed = sea, np.zeros_like(sea)
    contrast = np.ones(sea.shape, dtype=np.float32)
    for _ in range(2):
        contrast = np.mean([band / _local_mean(band, calm, raster, rule) for band in bands], axis=0, dtype=np.float32)
        passed = search & (contrast > _threshold(contrast, calm, raster, rule))
        calm = sea & ~ndimage.binary_dilation(passed, iterations=2)
        if not calm.any():
            break
    return Bright(mask=passed, contrast=contrast, power=power)


def as_power(raster: Raster) -> Raster:
    """The raster in linear power: itself, or turned from decibels where the middle of its valid numbers is negative.

    Power is never negative, and sigma nought in decibels is, over any scene with water in it.
    """
    if not raster.valid.any() or float(np.median(raster.band(raster.bands[0])[raster.valid])) >= 0:
        return raster
    log.info("radar raster holds decibels; turned to linear power")
    stored = raster.data.astype(np.float32) * np.float32(raster.scale) + np.float32(raster.offset)
    return replace(raster, data=np.power(np.float32(10), stored / np.float32(10)), scale=1.0, offset=0.0)


def linear_power(raster: Raster, band: str) -> Pixels:
    """(row, col) one band as linear power, without the zeros of missing data.

    Raises
    ------
    DetectorError
        Negative numbers: the band is in decibels.
    """
    values = raster.band(band)
    if raster.valid.any() and float(np.quantile(values[raster.valid], 0.05)) < 0:
        raise DetectorError(
            f"band {band} holds negative numbers, probably decibels; use linear power (10 ** (dB / 10))"
        )
    return np.maximum(values, np.float32(_LEAST_POWER))


def _off_shore(sea: Mask, valid: Mask, gsd_m: float, shore_m: float) -> Mask:
    """Water away from land; the edge of the data is no shore."""
    land = valid & ~sea
    if not land.any():
        return sea
    far: Mask = sea & (ndimage.distance_transform_edt(~land) * gsd_m > shore_m)
    return far


def _mean_over(values: Pixels, where: Mask, side: int) -> tuple[Pixels, Pixels]:
    """Local mean over a square, of the pixels in `where`, and their share of the square."""
    share = ndimage.uniform_filter(where.astype(np.float32), side, mode="constant")
    total = ndimage.uniform_filter(np.where(where, values, np.float32(0)), side, mode="constant")
    return total / np.maximum(share, np.float32(1e-6)), share


def _side(raster: Raster, rule: CfarRule) -> int:
    return max(5, round(2.0 * rule.background_m / raster.grid.gsd_m) | 1)


def _local_mean(band: Pixels, calm: Mask, raster: Raster, rule: CfarRule) -> Pixels:
    """Mean power of the water around each pixel; the whole scene's where too little of it is near."""
    local, share = _mean_over(band, calm, _side(raster, rule))
    whole = np.float32(np.median(band[calm]))
    return np.maximum(np.where(share > 0.01, local, whole), np.float32(_LEAST_POWER))


def _threshold(contrast: Pixels, calm: Mask, raster: Raster, rule: CfarRule) -> Pixels:
    """The contrast that water passes once in `1 / false_alarms` pixels, by the water's own texture."""
    side = _side(raster, rule)
    clipped = np.minimum(contrast, np.float32(20.0))
    mean, share = _mean_over(clipped, calm, side)
    square, _ = _mean_over(clipped**2, calm, side)
    shape = mean**2 / np.maximum(square - mean**2, np.float32(1e-6))
    typical = float(np.median(shape[calm])) if calm.any() else 4.0
    shape = np.clip(np.where(share > 0.01, shape, typical), _LEAST_SHAPE, _MOST_SHAPE)
    table = np.geomspace(_LEAST_SHAPE, _MOST_SHAPE, 64)
    factor = stats.gamma.isf(rule.false_alarms, table) / table
    out: Pixels = (mean * np.interp(shape, table, factor)).astype(np.float32)
    return out
