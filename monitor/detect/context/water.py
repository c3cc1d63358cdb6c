"""Which pixels are water, and which may hold a ship: from geometry where it is given, else from the scene itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.grid import Mask
from monitor.core.scene import Raster

SHIP_REACH_M = 60.0
"""How far inland of the water's edge a hull alongside may reach: the beam of the largest ships."""

_VESSEL = (420.0, 70.0, 30_000.0)
_VESSEL_RADAR = (2000.0, 250.0, 300_000.0)
"""Longest hole that is a ship, metres; its mean width; its area, m². Radar draws a cross around a strong target."""
_POND_KM2 = 0.05
_INDEX_LIMITS = (-0.2, 0.35)
_NIR_LIMITS = (0.04, 0.16)
_RADAR_LIMITS_DB = (-19.0, -9.0)
_VH_SHIFT_DB = -7.0
_OTSU_VALUES = 500_000
_BLOCK_M = 50.0

Floats = npt.NDArray[np.float32]


def water_mask(raster: Raster, *, water: BaseGeometry | None = None, land: BaseGeometry | None = None) -> Mask:
    """(row, col) bool: water, with ships afloat counted as water and never as land.

    Parameters
    ----------
    raster : Raster
        Its valid pixels alone can be water.
    water : longitude/latitude geometry, optional
        Where water is known to be; without it water is read from the pixels (`scene_water`).
    land : longitude/latitude geometry, optional
        Taken away from whatever `water` or the pixels say.

    Notes
    -----
    Given geometry is off by 15–60 m in most ports: use `ship_domain` before a ship is thrown away for lying on land.
    """
    mask = raster.grid.mask(water) & raster.valid if water is not None else scene_water(raster)
    return mask & ~raster.grid.mask(land) if land is not None else mask


def ice_mask(raster: Raster) -> Mask:
    """(row, col) bool: snow or ice by the normalised difference snow index; all False without B03, B08 and B11.

    Hall's thresholds (NDSI over 0.42, infrared over 0.11), and green over 0.15: water is darker, and decks, quays and
    cloud are bright in B11 where ice is dark.
    """
    if not all(raster.has(band) for band in ("B03", "B08", "B11")):
        return np.zeros(raster.grid.shape, dtype=bool)
    green, swir = raster.band("B03"), raster.band("B11")
    icy: Mask = (green > 0.15) & raster.valid
    if icy.any():
        icy &= (raster.band("B08") > 0.11) & (green - swir > 0.42 * (green + swir))
    return icy


def ship_domain(water: Mask, *, gsd_m: float, reach_m: float = SHIP_REACH_M) -> Mask:
    """(row, col) bool: water and what lies within `reach_m` of it, so that hulls alongside are inside.

    A hull at a quay reads as land in every water index; its outer side touches water all the same.
    """
    if not water.any():
        return water.copy()
    distance = ndimage.distance_transform_edt(~water) * gsd_m
    near: Mask = distance <= reach_m
    return near


def scene_water(raster: Raster) -> Mask:
    """(row, col) bool: water as the scene's own pixels show it; all False when there is none.

    Optical scenes use the normalised difference of B03 with B11 and with B08 (whichever are there) and the darkness
    of B08 or B11; radar scenes the smoothed co-polarised power. Thresholds are Otsu's, kept within the range that
    water has in any scene. Holes no larger than a ship are filled, ponds under 5 ha are dropped.

    Raises
    ------
    DataError
        The raster has none of the bands that tell water from land.
    """
    optical = raster.has("B08") or raster.has("B11")
    if optical:
        wet = _optical_water(raster)
    elif raster.has("VV") or raster.has("VH"):
        wet = _radar_water(raster)
    else:
        raise DataError(f"no band tells water from land among {', '.join(raster.bands)}: give a water or land polygon")
    return _tidy(wet & raster.valid, raster.valid, raster.grid.gsd_m, _VESSEL if optical else _VESSEL_RADAR)


def otsu(values: npt.NDArray[np.floating], *, low: float, high: float) -> float:
    """The threshold that best splits `values` in two (Otsu 1979), kept within ``[low, high]``.

    With no finite values the middle of the limits comes back. Of many values every n-th is looked at.
    """
    thin = values.ravel()[:: max(1, values.size // _OTSU_VALUES)]
    finite = thin[np.isfinite(thin)]
    if finite.size == 0:
        return (low + high) / 2
    span = np.quantile(finite, [0.005, 0.995])
    if span[1] <= span[0]:
        return float(np.clip(span[0], low, high))
    counts, edges = np.histogram(finite, bins=128, range=(float(span[0]), float(span[1])))
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts).astype(np.float64)
    above = below[-1] - below
    moment = np.cumsum(counts * centres)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (moment / below - (moment[-1] - moment) / above) ** 2
    best = np.nan_to_num(between)
    # the middle of a flat top: between two well parted groups any threshold is as good, the middle is the safest
    top = np.flatnonzero(best >= best.max() * 0.999)
    return float(np.clip(edges[round(float(top.mean())) + 1], low, high))


def _optical_water(raster: Raster) -> Mask:
    """Dark in the infrared and greener than infrared: both, so that shadows and bright roofs fall out."""
    votes: list[Mask] = []
    for infrared in ("B11", "B08"):
        if not raster.has(infrared):
            continue
        dark = raster.band(infrared)
        votes.append(dark < otsu(dark[raster.valid], low=_NIR_LIMITS[0], high=_NIR_LIMITS[1]))
        if raster.has("B03"):
            green = raster.band("B03")
            with np.errstate(invalid="ignore", divide="ignore"):
                index = (green - dark) / (green + dark)
            votes.append(
                np.nan_to_num(index, nan=-1.0) > otsu(index[raster.valid], low=_INDEX_LIMITS[0], high=_INDEX_LIMITS[1])
            )
    needed = (len(votes) + 2) // 2
    enough: Mask = np.sum(votes, axis=0) >= needed
    return enough


def _radar_water(raster: Raster) -> Mask:
    """Low power, or decibels (negative): block means of decibels, in which a hull weighs little, then medians."""
    band = "VV" if raster.has("VV") else "VH"
    step = max(1, round(_BLOCK_M / raster.grid.gsd_m))
    values = raster.band(band)
    in_decibels = raster.valid.any() and float(np.median(values[raster.valid])) < 0
    level = values if in_decibels else 10.0 * np.log10(np.maximum(values, 1e-6))
    rows, cols = level.shape
    padded = np.pad(level, ((0, -rows % step), (0, -cols % step)), mode="edge")
    blocks = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step).mean(axis=(1, 3))
    smooth = ndimage.median_filter(blocks, size=3 if step > 1 else 5)
    seen = raster.valid[::step, ::step]
    low, high = (limit + (0.0 if band == "VV" else _VH_SHIFT_DB) for limit in _RADAR_LIMITS_DB)
    dark = smooth < otsu(smooth[: seen.shape[0], : seen.shape[1]][seen], low=low, high=high)
    whole: Mask = np.repeat(np.repeat(dark, step, axis=0), step, axis=1)[:rows, :cols]
    return whole


def _tidy(wet: Mask, valid: Mask, gsd_m: float, vessel: tuple[float, float, float]) -> Mask:
    """Ponds out, holes of a ship's size in."""
    labels, count = ndimage.label(wet, np.ones((3, 3)))
    if count:
        sizes = np.bincount(labels.ravel())
        keep = sizes * gsd_m**2 >= min(_POND_KM2 * 1e6, 0.5 * sizes[1:].max() * gsd_m**2)
        keep[0] = False
        wet = keep[labels]
    dry, count = ndimage.label(~wet & valid)
    if count == 0:
        return wet
    areas = np.bincount(dry.ravel()) * gsd_m**2
    fill = np.zeros(count + 1, dtype=bool)
    for number, box in enumerate(ndimage.find_objects(dry), 1):
        rows, cols = box[0].stop - box[0].start, box[1].stop - box[1].start
        on_edge = box[0].start == 0 or box[1].start == 0 or box[0].stop == wet.shape[0] or box[1].stop == wet.shape[1]
        long_m = float(np.hypot(rows, cols)) * gsd_m
        longest, wide, largest = vessel
        fill[number] = not on_edge and long_m <= longest and areas[number] <= min(largest, long_m * wide)
    filled: Mask = wet | fill[dry]
    return filled
