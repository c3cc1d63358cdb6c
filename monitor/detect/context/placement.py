"""Where a detector's boxes can be, and in which zone: at a berth, inshore, in the open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from affine import Affine
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats, Mask
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.water import ice_mask, water_mask


@dataclass(frozen=True, slots=True)
class PlacementRule:
    """Where objects can be, and the bounds of the zones.

    Attributes
    ----------
    berth_reach_m : float
        A hull is alongside when land lies within this of its outline; the edges of quays are known to a pixel or two.
    shore_m2 : float
        A patch of land beside hulls is shore when more than this of it lies outside of them: what is left is the hull
        itself, its wake, or a dolphin (chosen: half a hectare).
    inshore_m : float
        Furthest inshore water from land (chosen).
    stack_reach_m : float
        A stack is at a berth when water lies within this (chosen).
    aground_m : float
        A hull further than this from any water is a roof. On seven held-out ports: no true hull, 3 % of the false.
    """

    berth_reach_m: float = 30.0
    shore_m2: float = 5000.0
    inshore_m: float = 2000.0
    stack_reach_m: float = 200.0
    aground_m: float = 40.0


PLACEMENT = PlacementRule()
_MOST_PIXELS = 4_000_000
_BLOCK_M = 100.0


def place(boxes: Boxes, raster: Raster, water: BaseGeometry | None) -> tuple[Boxes, list[str]]:
    """The boxes that can be where they are, and the zone of each: ``berth`` | ``inshore`` | ``open``.

    Parameters
    ----------
    boxes : Boxes
    raster : Raster
        That the boxes were found in.
    water : BaseGeometry, optional
        Longitude/latitude polygons of known water; without them it is read from the raster.

    Notes
    -----
    Vessels further than `PlacementRule.aground_m` from any water are dropped (where the raster shows water at all), and
    so are those that are ice for the larger part: floes. Alongside is land within `berth_reach_m` of the outline,
    inshore within `inshore_m` (to 100 m). Stacks are ashore and are ``berth`` where water is within `stack_reach_m`,
    else ``inshore``.
    """
    if not len(boxes):
        return boxes, []
    thin, step = _thinned(raster)
    wet = water_mask(thin, water=water)
    any_water, gsd_m = bool(wet.any()), thin.grid.gsd_m
    hulls = [ring / step for name, ring in zip(boxes.class_name, boxes.rings, strict=True) if name == VESSEL]
    land = _shore(~wet & thin.valid, hulls, gsd_m)
    reach_m, aground_m = max(PLACEMENT.berth_reach_m, gsd_m), max(PLACEMENT.aground_m, gsd_m)
    coast = _Coast(land, gsd_m)
    kept, out = [], []
    for index, (name, ring) in enumerate(zip(boxes.class_name, boxes.rings, strict=True)):
        points = _along(ring) / step
        dry = _nearest_m(wet, points, gsd_m, reach_m=aground_m if name == VESSEL else PLACEMENT.stack_reach_m)
        if name == VESSEL and ((any_water and dry > aground_m) or _is_ice(raster, ring)):
            continue
        ashore = _nearest_m(land, points, gsd_m, reach_m=reach_m) if name == VESSEL else 0.0
        if ashore > reach_m:
            ashore = max(coast.nearest_m(points), np.nextafter(reach_m, np.inf))
        kept.append(index)
        out.append(_zone(name, dry, ashore, reach_m))
    return boxes.take(kept), out


def _shore(land: Mask, hulls: list[Floats], gsd_m: float) -> Mask:
    """The land without the patches that are ships: in open water a hull reads as land."""
    labels, count = ndimage.label(land, np.ones((3, 3)))
    if not count or not hulls:
        return land
    near = _boxes_mask(hulls, land.shape, margin_px=ceil(PLACEMENT.berth_reach_m / gsd_m))
    outside = np.bincount(labels[~near], minlength=count + 1) * gsd_m**2
    touched = np.bincount(labels[near], minlength=count + 1) > 0
    is_ship = touched & (outside <= PLACEMENT.shore_m2)
    is_ship[0] = False
    shore: Mask = land & ~is_ship[labels]
    return shore


def _boxes_mask(rings: list[Floats], shape: tuple[int, ...], *, margin_px: float) -> Mask:
    """(row, col) bool: the pixels within a margin of oriented boxes given as columns and rows."""
    mask = np.zeros(shape, dtype=bool)
    for ring in rings:
        middle, sides = ring.mean(axis=0), np.diff(ring[:3], axis=0)
        halves = np.maximum(np.hypot(sides[:, 0], sides[:, 1]), 1e-9) / 2
        reach = int(np.ceil(np.hypot(*(halves + margin_px)))) + 1
        c0, r0 = np.maximum(middle.astype(int) - reach, 0)
        part = mask[r0 : int(middle[1]) + reach + 1, c0 : int(middle[0]) + reach + 1]
        rows, cols = np.indices(part.shape)
        away = np.stack([cols + c0 + 0.5 - middle[0], rows + r0 + 0.5 - middle[1]], axis=-1)
        along = [
            np.abs(away @ (side / (2 * half))) <= half + margin_px for side, half in zip(sides, halves, strict=True)
        ]
        part |= along[0] & along[1]
    return mask


def _is_ice(raster: Raster, ring: Floats) -> bool:
    """Whether the larger part of a box is snow or ice, read at a grid of points within it."""
    corner, side, end = ring[0], ring[1] - ring[0], ring[-1] - ring[0]
    u, v = (share.ravel() for share in np.meshgrid(np.linspace(0.1, 0.9, 9), np.linspace(0.1, 0.9, 9)))
    points = corner + u[:, None] * side + v[:, None] * end
    rows = np.clip(points[:, 1].astype(int), 0, raster.grid.shape[0] - 1)
    cols = np.clip(points[:, 0].astype(int), 0, raster.grid.shape[1] - 1)
    at = replace(
        raster,
        data=raster.data[:, rows, cols][:, None],
        valid=raster.valid[rows, cols][None],
        cloud=None,
        grid=replace(raster.grid, shape=(1, len(rows))),
    )
    return bool(ice_mask(at).mean() > 0.5)


def _nearest_m(there: Mask, points: Floats, gsd_m: float, *, reach_m: float) -> float:
    """Metres from the nearest of some points (column, row) to the nearest pixel of a mask; inf beyond `reach_m`."""
    margin = ceil(reach_m / gsd_m) + 1
    shape = np.array(there.shape[::-1])
    cells = np.clip(points.astype(int), 0, shape - 1)
    low, high = np.maximum(cells.min(axis=0) - margin, 0), np.minimum(cells.max(axis=0) + margin + 1, shape)
    part = there[low[1] : high[1], low[0] : high[0]]
    if not part.any():
        return np.inf
    far = ndimage.distance_transform_edt(~part) * gsd_m
    nearest = float(far[cells[:, 1] - low[1], cells[:, 0] - low[0]].min())
    return nearest if nearest <= reach_m else np.inf


class _Coast:
    """Land in blocks of some 100 m: how far the shore is, to a block."""

    def __init__(self, land: Mask, gsd_m: float) -> None:
        self._block = max(1, round(_BLOCK_M / gsd_m))
        self._land, self._gsd_m = land, gsd_m
        self._far: Floats | None = None

    def nearest_m(self, points: Floats) -> float:
        """Metres from the nearest of some points (column, row) to land; inf without any."""
        if self._far is None:
            n = self._block
            rows, cols = (-(-size // n) * n for size in self._land.shape)
            whole = np.zeros((rows, cols), dtype=bool)
            whole[: self._land.shape[0], : self._land.shape[1]] = self._land
            blocks = whole.reshape(rows // n, n, cols // n, n).any(axis=(1, 3))
            self._far = _distance_m(np.logical_not(blocks), self._gsd_m * n)
        cells = np.clip((points / self._block).astype(int), 0, np.array(self._far.shape[::-1]) - 1)
        return float(self._far[cells[:, 1], cells[:, 0]].min())


def _zone(name: str, to_water_m: float, to_land_m: float, reach_m: float) -> str:
    if name != VESSEL:
        return "berth" if to_water_m <= PLACEMENT.stack_reach_m else "inshore"
    if to_land_m <= reach_m:
        return "berth"
    return "inshore" if to_land_m <= PLACEMENT.inshore_m else "open"


def _along(ring: Floats) -> Floats:
    """Points on a ring, corners and quarters of its sides."""
    after = np.roll(ring, -1, axis=0)
    return np.concatenate([ring + (after - ring) * share for share in (0.0, 0.25, 0.5, 0.75)])


def _distance_m(inside: Mask, gsd_m: float) -> Floats:
    if inside.all():
        return np.full(inside.shape, np.inf)
    return np.asarray(ndimage.distance_transform_edt(inside) * gsd_m, dtype=np.float64)


def _thinned(raster: Raster) -> tuple[Raster, int]:
    """Every n-th pixel of a large raster, with its grid, and n."""
    step = int(np.ceil(np.sqrt(raster.valid.size / _MOST_PIXELS)))
    if step <= 1:
        return raster, 1
    data, valid = raster.data[:, ::step, ::step], raster.valid[::step, ::step]
    grid = Grid(raster.grid.epsg, raster.grid.transform @ Affine.scale(step), (data.shape[1], data.shape[2]))
    return replace(raster, data=data, valid=valid, grid=grid, cloud=None), step
