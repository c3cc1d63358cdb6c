"""Which pixels are water, and which may hold a ship: from geometry where it is given, else from the scene itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Mask
from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster

SHIP_REACH_M = 60.0
"""How far inland of the water's edge a hull alongside may reach: the beam of the largest ships."""


@dataclass(frozen=True, slots=True)
class WaterRule:
    """Where thresholds between water and land may lie, and which holes and ponds are not what they seem.

    Attributes
    ----------
    index, infrared, radar_db : tuple of float
        Limits of Otsu's threshold on the normalised differences, the infrared reflectance and VV: the range that water
        has in any scene.
    vh_shift_db : float
        How far VH lies below VV.
    vessel, vessel_radar : tuple of float
        Longest hole that is a ship (m), its mean width (m) and its area (m²). Radar draws a cross around a strong
        target.
    pond_km2 : float
        Smaller waters are dropped.
    snow_index, snow_infrared, snow_green : float
        Least NDSI, B08 and B03 of ice: Hall's thresholds, and green since water is darker.
    """

    index: tuple[float, float] = (-0.2, 0.35)
    infrared: tuple[float, float] = (0.04, 0.16)
    radar_db: tuple[float, float] = (-19.0, -9.0)
    vh_shift_db: float = -7.0
    vessel: tuple[float, float, float] = (420.0, 70.0, 30_000.0)
    vessel_radar: tuple[float, float, float] = (2000.0, 250.0, 300_000.0)
    pond_km2: float = 0.05
    snow_index: float = 0.42
    snow_infrared: float = 0.11
    snow_green: float = 0.15


WATER = WaterRule()
_OTSU_VALUES = 500_000
_BLOCK_M = 50.0


def water_mask(raster: Raster, *, water: BaseGeometry | None = None, land: BaseGeometry | None = None) -> Mask:
    """(row, col) bool: water, with ships afloat counted as water and never as land.

    Parameters
    ----------
    raster : Raster
        Its valid pixels alone can be water.
    water : BaseGeometry, optional
        Longitude/latitude polygons of known water; without them water is read from the pixels (`scene_water`).
    land : BaseGeometry, optional
        Longitude/latitude polygons taken away from what `water` or the pixels give.

    Notes
    -----
    Given geometry is off by 15–60 m in most ports: use `ship_domain` before a ship is thrown away for lying on land.
    """
    mask = raster.grid.mask(water) & raster.valid if water is not None else scene_water(raster)
    return mask & ~raster.grid.mask(land) if land is not None else mask


def shows_water(raster: Raster) -> bool:
    """Whether a raster has a band that separates water from land: near or shortwave infrared, or radar."""
    return any(raster.has(band) for band in ("B08", "B11", "VV", "VH"))


def ice_mask(raster: Raster) -> Mask:
    """(row, col) bool: snow or ice by the normalised difference snow index; all False without B03, B08 and B11.

    Hall's thresholds, and a bound on green: water is darker, and decks, quays and cloud are bright in B11 where ice is
    dark.
    """
    if not all(raster.has(band) for band in ("B03", "B08", "B11")):
        return np.zeros(raster.grid.shape, dtype=bool)
    green, swir = raster.band("B03"), raster.band("B11")
    icy: Mask = (green > WATER.snow_green) & raster.valid
    if icy.any():
        icy &= (raster.band("B08") > WATER.snow_infrared) & (green - swir > WATER.snow_index * (green + swir))
    return icy


def ship_domain(water: Mask, *, gsd_m: float, reach_m: float = SHIP_REACH_M) -> Mask:
    """(row, col) bool: water and what lies within reach of it, so that hulls alongside are inside.

    Parameters
    ----------
    water : Mask
        (row, col) bool.
    gsd_m : float
        Size of a pixel.
    reach_m : float

    Notes
    -----
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
        The raster has none of the bands that separate water from land.
    """
    optical = raster.has("B08") or raster.has("B11")
    if optical:
        wet = _optical_water(raster)
    elif raster.has("VV") or raster.has("VH"):
        wet = _radar_water(raster)
    else:
        raise DataError(
            f"no band separates water from land among {', '.join(raster.bands)}: give a water or land polygon"
        )
    return _tidy(wet & raster.valid, raster.valid, raster.grid.gsd_m, WATER.vessel if optical else WATER.vessel_radar)


def otsu(values: npt.NDArray[np.floating], *, low: float, high: float) -> float:
    """The threshold that best splits `values` in two (Otsu 1979), within ``[low, high]``.

    Parameters
    ----------
    values : array
        Of many values every n-th is read; with no finite ones the middle of the limits comes back.
    low, high : float
        The limits.
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
        votes.append(dark < otsu(dark[raster.valid], low=WATER.infrared[0], high=WATER.infrared[1]))
        if raster.has("B03"):
            green = raster.band("B03")
            with np.errstate(invalid="ignore", divide="ignore"):
                index = (green - dark) / (green + dark)
            votes.append(
                np.nan_to_num(index, nan=-1.0) > otsu(index[raster.valid], low=WATER.index[0], high=WATER.index[1])
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
    blocks = _block_means(level, raster.valid, step)
    smooth = ndimage.median_filter(blocks, size=3 if step > 1 else 5)
    known = raster.valid[::step, ::step]
    low, high = (limit + (0.0 if band == "VV" else WATER.vh_shift_db) for limit in WATER.radar_db)
    dark = smooth < otsu(smooth[: known.shape[0], : known.shape[1]][known], low=low, high=high)
    whole: Mask = np.repeat(np.repeat(dark, step, axis=0), step, axis=1)[:rows, :cols]
    return whole


def _block_means(level: npt.NDArray[np.floating], valid: Mask, step: int) -> npt.NDArray[np.floating]:
    """Means over blocks of `step` by `step`, of valid pixels alone; where a block has none, of the nearest block."""
    rows, cols = level.shape
    edge = ((0, -rows % step), (0, -cols % step))
    shape = ((rows + edge[0][1]) // step, step, (cols + edge[1][1]) // step, step)
    if valid.all():
        return np.asarray(np.pad(level, edge, mode="edge").reshape(shape).mean(axis=(1, 3)))
    known = np.pad(valid, edge, mode="edge").reshape(shape)
    levels = np.pad(np.where(valid, level, 0.0), edge, mode="edge").reshape(shape)
    count = known.sum(axis=(1, 3))
    means = np.asarray(levels.sum(axis=(1, 3)) / np.maximum(count, 1))
    if (count == 0).all():
        return means
    nearest = ndimage.distance_transform_edt(count == 0, return_distances=False, return_indices=True)
    return np.asarray(means[tuple(nearest)])


def _tidy(wet: Mask, valid: Mask, gsd_m: float, vessel: tuple[float, float, float]) -> Mask:
    """Ponds out, holes of a ship's size in."""
    labels, count = ndimage.label(wet, np.ones((3, 3)))
    if count:
        sizes = np.bincount(labels.ravel())
        keep = sizes * gsd_m**2 >= min(WATER.pond_km2 * 1e6, 0.5 * sizes[1:].max() * gsd_m**2)
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
