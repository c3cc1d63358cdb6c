"""Made-up quays in pixels of 0.3 to 5 m, with labels: for training and for tests of detectors of fine pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from affine import Affine
from shapely import unary_union
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.simulate.render.clouds import make_sky
from monitor.simulate.render.fine.ashore import ashore, ground_under
from monitor.simulate.render.fine.containers import (
    BAY_GAP_M,
    LONG_M,
    ROW_GAP_M,
    WIDE_M,
    Container,
    block,
    container_faces,
    yard_blocks,
)
from monitor.simulate.render.fine.equipment import car, jib_crane, shed, truck
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.picture import Weather, picture, water_colour
from monitor.simulate.render.fine.ships import fine_ship
from monitor.simulate.render.fine.shores import Shore, random_shore
from monitor.simulate.render.fine.surface import FINE_BANDS, Face
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.optical import SeaSurface, light_of, sea_of
from monitor.simulate.render.spectra import ASPHALT, CONCRETE, DECKS
from monitor.simulate.training_ports import Label, PortScene

_EPSG = 32633
_WEST, _NORTH = 500_000.0, 4_700_000.0
_QUAY_M, _FAR_M, _LANE_M, _LEAST_LARGE_M = 2.5, 2_000.0, 7.0, 40.0
LEAST_SHOWN = 0.6
"""Of what the picture's edge cuts, the share from which it is labelled (chosen)."""
_CLOSE_M, _APART_M, _CLOSE = (1.0, 6.0), (6.0, 50.0), 0.4
"""Water between ships one behind the other, and the share of those that lie close (chosen)."""
_GAPS = (0.15, 0.4, 0.9)
"""How often a stretch of quay is empty, one of these in each picture (chosen)."""
_SHIFT = (-0.4, 0.7)
"""How far the quay's edge lies from the picture's middle, in shares of its reach: most of a picture may be land."""
_NARROW_M, _WIDE_M, _NARROW = (2.0, 30.0), (60.0, 200.0), 0.35
"""Depth of quays with buildings close behind, of container quays, and the share of the former (chosen)."""
_SHEDS = 0.3
"""Share of the free places of a yard on which a warehouse stands (chosen)."""
_LARGE = ("general cargo", "bulk", "container", "tanker", "container", "naval")
_SMALL = ("tug", "fishing", "launch")
_HEIGHT_M = {"container": 12.0, "tug": 3.0, "fishing": 2.0, "launch": 1.5}


def random_fine_scene(rng: np.random.Generator, size: tuple[int, int] = (384, 384), *, gsd_m: float = 0.5) -> PortScene:
    """A made-up quay: container blocks, cranes, vehicles, ships alongside and afloat, buildings ashore, in any light.

    Parameters
    ----------
    rng : np.random.Generator
        The same state draws the same quay.
    size : tuple of int
        Rows and columns.
    gsd_m : float
        Side of a pixel.

    Returns
    -------
    PortScene
        uint16 reflectance × 10 000 in B02 B03 B04 B08, tagged SIMULATED, and labels of the kinds ``vessel``,
        ``container`` and ``container_stack``, ``ignore`` for what the edge cuts off; containers on decks and trucks
        are labelled, too.
    """
    grid = Grid(_EPSG, Affine(gsd_m, 0.0, _WEST, 0.0, -gsd_m, _NORTH), size)
    reach = 0.75 * max(size) * gsd_m
    east, north = (float(v) for v in grid.xy(size[0] / 2, size[1] / 2))
    quay = Frame(east, north, float(rng.uniform(0, 2 * np.pi))).moved(0.0, float(rng.uniform(*_SHIFT)) * reach)
    sea, depth = sea_of(rng), float(rng.uniform(*(_NARROW_M if rng.random() < _NARROW else _WIDE_M)))
    colour = water_colour(sea)
    shore = random_shore(rng, quay, reach=reach, depth=depth)
    behind = quay.rectangle(-1.2 * reach, 1.2 * reach, -depth - 2.0 * reach, 2.0 * reach)
    behind = behind.difference(unary_union([shore.sea, quay.rectangle(-_FAR_M, _FAR_M, -depth, 0.0)]).buffer(4.0))
    base = ground_under(rng, grid, water=shore.sea, deck=shore.deck)
    yard, driving, cranes = _yard(rng, quay, reach, depth, shore.sea)
    standing, loads = ashore(rng, behind, quay, ground_m=_QUAY_M)
    labels = [label for label in _ships(rng, quay, reach) if shore.free.contains(label.outline)]
    ships = [fine_ship(_hull(rng, label, grid), grid, colour) for label in labels]
    faces = [
        Face(shore.sea, colour, 0.0, wet=True),
        *(face for ship in ships for face in ship.wake),
        *_decks(rng, shore),
        *standing,
        *(*driving, *container_faces((*yard, *loads)), *(face for ship in ships for face in ship.faces), *cranes),
    ]
    boxes = (*yard, *loads, *(b for ship in ships for b in ship.containers))
    found = [*labels, *(_boxed(b) for b in boxes), *(Label("container_stack", b) for b in yard_blocks(yard))]
    return PortScene(_raster(rng, faces, base, grid, sea), _shown(found, box(*grid.bounds)))


def _shown(labels: list[Label], picture_box: Polygon) -> tuple[Label, ...]:
    """What lies in the picture; of what its edge cuts, less than 60 % inside is ``ignore``."""
    made = []
    for label in labels:
        share = label.outline.intersection(picture_box).area / label.outline.area
        if share > 0.0:
            made.append(label if share >= LEAST_SHOWN else replace(label, kind="ignore"))
    return tuple(made)


def _raster(rng: np.random.Generator, faces: list[Face], base: Pixels, grid: Grid, sea: SeaSurface) -> Raster:
    light = light_of(float(rng.uniform(0, 360)), float(rng.uniform(25, 70)))
    away = (light.rows, light.cols)
    sky = make_sky(rng, grid.shape, 0.0, gsd_m=10.0, away_from_sun=away, shadow_per_height=light.per_height)
    data = picture(rng, faces, base, grid, Weather(sky, grid, sea, light))
    valid, tags = np.ones(grid.shape, dtype=bool), {"SIMULATED": "YES", "season": "random quay"}
    return Raster(data, FINE_BANDS, valid, grid, None, SENSORS["hires"].scale, 0.0, tags)


def _decks(rng: np.random.Generator, shore: Shore) -> list[Face]:
    """The quay and the jetties, of one stuff; the land without its deck stands as high."""
    colour = _deck_colour(rng)
    return [Face(part, colour, _QUAY_M) for part in (shore.deck, *shore.jetties) if not part.is_empty]


def _deck_colour(rng: np.random.Generator) -> Pixels:
    dark = float(rng.uniform(0.0, 1.0))
    made: Pixels = (CONCRETE * (1 - dark) + ASPHALT * dark)[:4] * np.float32(rng.uniform(0.8, 1.3))
    return made.astype(np.float32)


def _yard(
    rng: np.random.Generator, quay: Frame, reach: float, depth: float, sea: BaseGeometry
) -> tuple[list[Container], list[Face], list[Face]]:
    """Containers in blocks and on trucks, vehicles in the lanes between, cranes at the edge; all clear of the sea."""
    bays, rows = int(rng.integers(1, 5)), int(rng.integers(2, 9))
    size = bays * (LONG_M + BAY_GAP_M) - BAY_GAP_M, rows * (WIDE_M + ROW_GAP_M) - ROW_GAP_M
    made: list[Container] = []
    faces: list[Face] = []
    filled = float(rng.choice([0.0, 0.4, 0.8, 0.95]))
    for side in np.arange(-22.0 - size[1], -depth, -size[1] - _LANE_M):
        for ahead in np.arange(-reach, reach, size[0] + float(rng.uniform(2.0, 9.0))):
            if rng.random() < filled:
                corner = quay.moved(float(ahead), float(side), turn=float(rng.normal(0.0, 0.004)))
                length = size[0] * (1.0 if rng.random() < 0.7 else float(rng.uniform(0.3, 1.0)))
                filling = (length, size[1])
                made += block(rng, corner, size_m=filling, stands_on="yard", bottom_m=_QUAY_M, whole_m=size)
            elif rng.random() < _SHEDS:
                faces += shed(rng, quay.moved(float(ahead), float(side)), size_m=size, ground_m=_QUAY_M)
        for ahead in rng.uniform(-reach, reach, int(rng.poisson(reach / 50.0))):
            lane = quay.moved(float(ahead), float(side) - _LANE_M / 2, turn=float(rng.choice([0.0, np.pi])))
            if rng.random() < 0.4:
                faces.append(car(rng, lane, ground_m=_QUAY_M))
                continue
            parts, loads = truck(rng, lane, ground_m=_QUAY_M)
            faces, made = faces + parts, made + loads
    cranes = [
        face
        for ahead in np.arange(-reach, reach, float(rng.uniform(45.0, 110.0)))
        if rng.random() < 0.6 and not sea.intersects(quay.rectangle(float(ahead) - 6, float(ahead) + 6, -15.0, -3.0))
        for face in jib_crane(rng, quay.moved(float(ahead), -9.0), deck_m=_QUAY_M)
    ]
    edge = sea.buffer(2.0)
    dry = [found for found in made if not edge.intersects(found.outline)]
    return dry, [face for face in faces if not edge.intersects(face.outline)], cranes


def _boxed(found: Container) -> Label:
    corners = np.asarray(found.outline.exterior.coords)
    east, north = corners[1] - corners[0]
    axis = float(np.degrees(np.arctan2(east, north))) % 180.0
    return Label("container", found.outline, found.length_m, WIDE_M, axis)


def _ships(rng: np.random.Generator, quay: Frame, reach: float) -> list[Label]:
    """Large ones and small ones alongside, one or more abreast, and others afloat, none over another."""
    made: list[Label] = []
    gaps = float(rng.choice(_GAPS))
    ahead = -reach + float(rng.uniform(-60.0, 60.0))
    while ahead < reach:
        if rng.random() < gaps:
            ahead += float(rng.uniform(20.0, 70.0))
            continue
        length, width = _size(rng, small=bool(rng.random() < 0.35))
        right = width / 2 + float(rng.uniform(1.0, 5.0))
        made.append(_vessel(quay.moved(ahead + length / 2, right), length, width, "berthed"))
        if rng.random() < 0.15:
            beside = right + width + float(rng.uniform(0.5, 3.0))
            made.append(_vessel(quay.moved(ahead + length / 2, beside), length, width, "berthed"))
        ahead += length + float(rng.uniform(*(_CLOSE_M if rng.random() < _CLOSE else _APART_M)))
    for _ in range(int(rng.integers(0, 7))):
        length, width = _size(rng, small=bool(rng.random() < 0.6))
        spot = quay.moved(float(rng.uniform(-reach, reach)), float(rng.uniform(30.0, 1.6 * reach)))
        turned = Frame(spot.east, spot.north, float(rng.uniform(0, 2 * np.pi)))
        label = _vessel(turned, length, width, "open" if rng.random() < 0.5 else "anchored")
        land = quay.rectangle(-_FAR_M, _FAR_M, -_FAR_M, 2.0)
        if all(label.outline.distance(other) > 8.0 for other in (land, *(known.outline for known in made))):
            made.append(label)
    return made


def _size(rng: np.random.Generator, *, small: bool) -> tuple[float, float]:
    if small:
        length = float(rng.uniform(12.0, 36.0))
        return length, length / float(rng.uniform(2.8, 4.0))
    length = float(np.clip(rng.lognormal(4.7, 0.3), 60.0, 220.0))
    return length, length / float(rng.uniform(5.6, 7.2)) + 2.0


def _vessel(place: Frame, length: float, width: float, situation: str) -> Label:
    outline = place.rectangle(-length / 2, length / 2, -width / 2, width / 2)
    return Label("vessel", outline, length, width, float(np.degrees(place.axis)) % 360.0, situation)


def _hull(rng: np.random.Generator, label: Label, grid: Grid) -> DrawnHull:
    col, row = ~grid.transform @ (label.outline.centroid.x, label.outline.centroid.y)
    kinds = _SMALL if label.length_m < _LEAST_LARGE_M else _LARGE
    kind = kinds[int(rng.integers(len(kinds)))]
    liveries = [name for name in DECKS if (name == "naval") == (kind == "naval")]
    return DrawnHull(
        row=float(row),
        col=float(col),
        length=label.length_m / grid.gsd_m,
        width=label.width_m / grid.gsd_m,
        bow=float(np.radians(label.axis_deg)) + (np.pi if rng.random() < 0.5 else 0.0),
        kind=kind,
        livery=liveries[int(rng.integers(len(liveries)))],
        height_px=_HEIGHT_M.get(kind, 7.0) / grid.gsd_m,
        speed_kn=float(rng.uniform(3, 14)) if label.situation == "open" else 0.0,
        seed=int(rng.integers(2**31)),
    )
