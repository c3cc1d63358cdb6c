"""A port's own past beside one scene: what it looks like when no ship lies there, and what of the scene is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from shapely import STRtree
from shapely.geometry import Polygon

from monitor.core.arrays import Floats, Mask, Pixels
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes, Detector

_WATER = {"B02": 0.06, "B03": 0.055, "B04": 0.035, "B08": 0.02, "B11": 0.015}
"""Reflectance of calm water in each band, before which what is new is shown; a typical port's."""
_INFRARED = ("B08", "B11")


@dataclass(frozen=True, slots=True)
class PastRule:
    """How a port's past is read.

    Attributes
    ----------
    least, most : int
        Clear observations of a pixel without which its past is not used, and the most that are read, the nearest in
        the season first. Chosen.
    most_px : int
        Scenes of more pixels are not compared: a past of them would not fit into memory.
    empty : float
        Quantile of a pixel's past that stands for its being empty: a berth may be occupied most of the time, and a
        ship is brighter in the infrared than the water. Chosen.
    noise : float
        Least spread of a pixel in reflectance: sun and haze.
    shift_px : float
        Misregistration between two observations, which adds to the spread at edges (chosen; Sentinel-2's is less than
        half a pixel).
    apart : float
        Spreads from which a pixel is new, in the near or the shortwave infrared.
    new_share, water_share : float
        Least shares of a hull's box that are new, and that were water before: land that changes is no ship.
    overlap : float
        Share of the smaller of two boxes from which they are one hull.
    """

    least: int = 3
    most: int = 12
    most_px: int = 6_000_000
    empty: float = 0.3
    noise: float = 0.012
    shift_px: float = 0.4
    apart: float = 3.0
    new_share: float = 0.5
    water_share: float = 0.6
    overlap: float = 0.3


PAST = PastRule()


def new_hulls(raster: Raster, past: Sequence[Raster], detector: Detector, rule: PastRule = PAST) -> Boxes:
    """Vessels that a detector finds in what is new against the port's own past.

    Parameters
    ----------
    raster : Raster
        Reflectance, with B03 and an infrared band.
    past : sequence of Raster
        Of the same place. Those on another grid do not count.
    detector : Detector
        That reads reflectance.
    rule : PastRule, optional

    Returns
    -------
    Boxes
        Empty where too few observations show the place clear.

    Raises
    ------
    DetectorError
        As the detector's.

    Notes
    -----
    What did not change is painted over with calm water, what is new is laid upon it by as much as it differs: a grey
    hull at a grey pier becomes a hull on open water, and the pier is gone.
    """
    usable = comparable(raster, past, rule)
    infrared = [band for band in _INFRARED if raster.has(band)]
    if not usable:
        return Boxes.empty()
    bands = [band for band in _WATER if raster.has(band)]
    known = np.stack([_clear(one) for one in usable])
    enough = (known.sum(axis=0) >= rule.least) & raster.valid
    level, away = {}, np.full(raster.grid.shape, -np.inf, dtype=np.float32)
    data = np.zeros((len(bands), *raster.grid.shape), dtype=np.float32)
    for index, band in enumerate(bands):
        now = raster.band(band)
        then = np.stack(
            [_like(one.band(band), now, clear & raster.valid) for one, clear in zip(usable, known, strict=True)]
        )
        level[band], spread = _settle(then, known, rule)
        data[index] = now - level[band]
        if band in infrared:
            away = np.maximum(away, data[index] / spread)
    new = enough & (away > rule.apart)
    if not new.any():
        return Boxes.empty()
    for index, band in enumerate(bands):
        data[index] = np.where(new, np.maximum(data[index], 0.0), 0.0) + _WATER[band]
    stored = np.clip(data / raster.scale, 1, 65535).round().astype(np.uint16)
    shown = replace(raster, data=stored, bands=tuple(bands), valid=raster.valid & enough, offset=0.0, tags={})
    water = _was_water(level, infrared)
    return _standing(detector(shown), new, water, rule)


def comparable(raster: Raster, past: Sequence[Raster], rule: PastRule = PAST) -> list[Raster]:
    """The first rasters of a past that lie on a scene's grid and have its bands; none where there are too few.

    Parameters
    ----------
    raster : Raster
        None are comparable with one that is too large, or lacks B03 or every infrared band.
    past : sequence of Raster
    rule : PastRule, optional
    """
    if raster.valid.size > rule.most_px or not raster.has("B03") or not any(raster.has(band) for band in _INFRARED):
        return []
    alike = [
        one
        for one in past
        if one.grid.shape == raster.grid.shape
        and one.grid.epsg == raster.grid.epsg
        and np.allclose(tuple(one.grid.transform), tuple(raster.grid.transform))
        and set(raster.bands) <= set(one.bands)
    ]
    return alike[: rule.most] if len(alike) >= rule.least else []


def _clear(raster: Raster) -> Mask:
    return raster.valid if raster.cloud is None else raster.valid & ~raster.cloud


def _like(then: Pixels, now: Pixels, known: Mask) -> Pixels:
    """Another day's band with the haze and the sun of today: its dark and its middle level moved to today's."""
    if not known.any():
        return then
    (low, middle), (low_now, middle_now) = (np.percentile(band[known][::7], (2, 60)) for band in (then, now))
    gain = np.clip((middle_now - low_now) / max(float(middle - low), 1e-3), 0.6, 1.7)
    return np.asarray((then - low) * gain + low_now, dtype=np.float32)


def _settle(then: Pixels, known: Mask, rule: PastRule) -> tuple[Pixels, Pixels]:
    """Level and spread (row, col) of the empty place."""
    ordered = np.sort(np.where(known, then, np.inf), axis=0)
    count = known.sum(axis=0)
    place = np.floor(rule.empty * np.maximum(count - 1, 0)).astype(int)
    level = np.take_along_axis(ordered, place[None], axis=0)[0]
    level = np.where(np.isfinite(level), level, 0.0).astype(np.float32)
    below = np.take_along_axis(ordered, np.zeros_like(place)[None], axis=0)[0]
    spread = np.maximum(np.where(np.isfinite(below), level - below, 0.0), rule.noise)
    edge = np.hypot(*np.gradient(level)) if min(level.shape) > 1 else 0.0
    return level, np.asarray(spread + rule.shift_px * edge, dtype=np.float32)


def _was_water(level: dict[str, Pixels], infrared: Sequence[str]) -> Mask:
    """Where the empty place is darker in the infrared than in green, in any of the bands."""
    return np.asarray(np.logical_or.reduce([level[band] < level["B03"] for band in infrared]), dtype=bool)


def _standing(found: Boxes, new: Mask, water: Mask, rule: PastRule) -> Boxes:
    """The vessels that are mostly new, where there was water."""
    keep = []
    for index, ring in enumerate(found.rings):
        if found.class_name[index] != VESSEL:
            continue
        rows, cols = _points(ring, new.shape)
        if new[rows, cols].mean() >= rule.new_share and water[rows, cols].mean() >= rule.water_share:
            keep.append(index)
    return found.take(keep)


def _points(ring: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Rows and columns of 15 x 5 pixels within a box."""
    u, v = (share.ravel() for share in np.meshgrid(np.linspace(0.05, 0.95, 15), np.linspace(0.1, 0.9, 5)))
    points = ring[0] + u[:, None] * (ring[1] - ring[0]) + v[:, None] * (ring[3] - ring[0])
    rows, cols = (np.clip(points[:, axis].astype(int), 0, shape[1 - axis] - 1) for axis in (1, 0))
    return rows, cols


def with_new(boxes: Boxes, found: Boxes, rule: PastRule = PAST) -> Boxes:
    """Boxes of a scene, and those of its new hulls that are none of them.

    Parameters
    ----------
    boxes : Boxes
    found : Boxes
        Of `new_hulls`.
    rule : PastRule, optional
    """
    seen = [Polygon(ring) for ring, name in zip(boxes.rings, boxes.class_name, strict=True) if name == VESSEL]
    tree, more = STRtree(seen), []
    for index, ring in enumerate(found.rings):
        shape = Polygon(ring)
        near = [seen[number] for number in tree.query(shape, predicate="intersects")]
        if all(shape.intersection(one).area < rule.overlap * min(shape.area, one.area) for one in near):
            more.append(index)
    return boxes.plus(found.take(more))
