"""What stands behind a made-up quay and is no ship: warehouses, sheds, tanks, roads with vehicles, and the ground."""

from __future__ import annotations

from math import ceil

import numpy as np
from affine import Affine
from scipy import ndimage
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.render.fine.containers import Container
from monitor.simulate.render.fine.equipment import car, scattered, truck
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.picture import resampled
from monitor.simulate.render.fine.surface import FINE_BANDS, Face
from monitor.simulate.render.ground import make_ground
from monitor.simulate.render.rasterize import cover
from monitor.simulate.render.spectra import ASPHALT, BRIDGE, CONCRETE, ROOF_WHITE

_COARSE_M, _AROUND_PX = 10.0, 16
_LARGE_M = ((35.0, 130.0), (14.0, 40.0))
_TANK_M = (4.0, 16.0)


def ashore(
    rng: np.random.Generator, land: BaseGeometry, along: Frame, *, ground_m: float
) -> tuple[list[Face], list[Container]]:
    """Buildings, tanks and roads on a piece of land, and the containers that trucks carry there.

    Parameters
    ----------
    rng : np.random.Generator
    land : BaseGeometry
        Where they may stand.
    along : Frame
        Its axis is the one that most of them follow.
    ground_m : float
        Height above the water of what they stand on.
    """
    faces: list[Face] = []
    loads: list[Container] = []
    free: BaseGeometry = land
    for _ in range(int(rng.integers(0, 3))):
        parts, boxes, strip = _road(rng, free, along, ground_m=ground_m)
        faces, loads, free = faces + parts, loads + boxes, free.difference(strip)
    for _ in range(int(rng.integers(0, 4))):
        parts, yard = _tanks(rng, free, along, ground_m=ground_m)
        faces, free = faces + parts, free.difference(yard)
    large = list(scattered(rng, free, along.axis, count=int(rng.integers(0, 30)), ground_m=ground_m, size_m=_LARGE_M))
    for face in large:
        free = free.difference(face.outline.buffer(5.0))
    small = scattered(rng, free, along.axis, count=int(rng.integers(10, 90)), ground_m=ground_m)
    return [*faces, *large, *small], loads


def _road(
    rng: np.random.Generator, land: BaseGeometry, along: Frame, *, ground_m: float
) -> tuple[list[Face], list[Container], Polygon]:
    """A strip of asphalt with a line in its middle and what drives on it, along the quay or away from it."""
    spot = _spot(rng, land, along.axis + float(rng.choice([0.0, np.pi / 2])) + float(rng.normal(0.0, 0.05)))
    half = float(rng.uniform(3.0, 7.0))
    strip = spot.rectangle(-1_000.0, 1_000.0, -half, half)
    paint = ASPHALT[:4] * np.float32(rng.uniform(0.6, 1.2))
    line = spot.rectangle(-1_000.0, 1_000.0, -0.15, 0.15)
    faces = [Face(strip.intersection(land), paint.astype(np.float32), ground_m)]
    faces.append(Face(line.intersection(land), ROOF_WHITE[:4] * np.float32(0.8), ground_m))
    loads: list[Container] = []
    ahead, least = -250.0, float(rng.uniform(5.0, 60.0))
    while ahead < 250.0:
        ahead += 17.0 + float(rng.exponential(least))
        side = half / 2 * float(rng.choice([-1.0, 1.0]))
        lane = spot.moved(ahead, side, turn=0.0 if side > 0 else np.pi)
        if not land.contains(lane.rectangle(0.0, 16.0, -1.3, 1.3)):
            continue
        if rng.random() < 0.6:
            faces.append(car(rng, lane, ground_m=ground_m))
            continue
        parts, boxes = truck(rng, lane, ground_m=ground_m)
        faces, loads = faces + parts, loads + boxes
    return [face for face in faces if not face.outline.is_empty], loads, strip


def _tanks(
    rng: np.random.Generator, land: BaseGeometry, along: Frame, *, ground_m: float
) -> tuple[list[Face], Polygon]:
    """Rows of round tanks of one size, each with a rim and a hatch."""
    radius, top = float(rng.uniform(*_TANK_M)), ground_m + float(rng.uniform(5.0, 14.0))
    step, (rows, cols) = 2.0 * radius + float(rng.uniform(3.0, 10.0)), rng.integers(1, 4, 2)
    corner = _spot(rng, land, along.axis)
    paint = (BRIDGE if rng.random() < 0.6 else CONCRETE)[:4] * np.float32(rng.uniform(0.6, 1.05))
    faces = []
    for row, col in np.ndindex(int(rows), int(cols)):
        centre = Point(*corner.at(row * step, col * step))
        if not land.contains(centre.buffer(radius + 1.0)):
            continue
        faces.append(Face(centre.buffer(radius), paint * np.float32(0.75), top))
        faces.append(Face(centre.buffer(radius - 0.6), paint, top + 0.2))
        hatch = Point(centre.x + 0.4 * radius, centre.y).buffer(0.8)
        faces.append(Face(hatch, paint * np.float32(0.6), top + 0.8))
    return faces, corner.rectangle(-radius, rows * step, -radius, cols * step).buffer(3.0)


def _spot(rng: np.random.Generator, land: BaseGeometry, axis: float) -> Frame:
    west, south, east, north = land.bounds if not land.is_empty else (0.0, 0.0, 0.0, 0.0)
    return Frame(float(rng.uniform(west, east)), float(rng.uniform(south, north)), axis)


def ground_under(rng: np.random.Generator, grid: Grid, *, water: BaseGeometry, deck: BaseGeometry) -> Pixels:
    """(4, row, col) reflectance × 10 000 of the land as seasons draw it at 10 m, on a finer grid.

    Parameters
    ----------
    rng : np.random.Generator
    grid : Grid
    water, deck : BaseGeometry
        In the grid's CRS: the sea, and the quay at whose sides a town begins.
    """
    west, _, _, north = grid.bounds
    rows, cols = (ceil(size * grid.gsd_m / _COARSE_M) + 2 * _AROUND_PX for size in grid.shape)
    start = _AROUND_PX * _COARSE_M
    coarse = Grid(grid.epsg, Affine(_COARSE_M, 0.0, west - start, 0.0, -_COARSE_M, north + start), (rows, cols))
    wet, pier = (cover(shape, coarse, epsg=grid.epsg) for shape in (water, deck))
    land = make_ground(rng, coarse, water=np.minimum(wet, 1.0 - pier), pier=pier).land[: len(FINE_BANDS)]
    smooth = ndimage.gaussian_filter(land, (0.0, 1.0, 1.0))
    made: Pixels = np.stack([resampled(band, coarse, grid) for band in smooth])
    return made
