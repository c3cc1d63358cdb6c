"""A season's port at one overpass, face by face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import ndimage
from shapely import box as rectangle
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.arrays import Pixels
from monitor.core.geo.geodesy import WGS84, convergence_deg, reproject, transformer
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.simulate.orbits import Pass, sun
from monitor.simulate.render.clouds import processor_mask
from monitor.simulate.render.fine.containers import Container, block, container_faces
from monitor.simulate.render.fine.equipment import car, jib_crane, scattered, truck
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.picture import Weather, picture, resampled, water_colour
from monitor.simulate.render.fine.ships import fine_ship
from monitor.simulate.render.fine.surface import FINE_BANDS, Face
from monitor.simulate.render.ground import ground_of
from monitor.simulate.render.optical import SeaSurface, light_of, sea_of
from monitor.simulate.render.scene import hulls_at, sky_at
from monitor.simulate.render.spectra import ASPHALT, CONCRETE, GRASS, SOIL
from monitor.simulate.render.stacks import SLOT_M, Stack, stacks_at
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import World
from monitor.simulate.traffic.routes import berth

QUAY_M, LAND_M = 2.5, 3.0
"""Height of quays and of the land behind them above the water (chosen)."""

_MARGIN_M = 120.0
_CRANE_EVERY_M, _CRANE_INLAND_M = 90.0, 12.0


@lru_cache(maxsize=8)
def fine_grid(aoi: Aoi, gsd_m: float) -> Grid:
    """The part of a port that a fine picture shows: piers and berths with 120 m around, inside the AOI's bounds.

    A port without any is shown whole.

    Parameters
    ----------
    aoi : Aoi
    gsd_m : float
        Side of a pixel.
    """
    zones = [zone.geometry for zone in (*aoi.of_kind("pier"), *aoi.berths)]
    whole = reproject(aoi.geometry, WGS84, aoi.epsg)
    near = reproject(unary_union(zones), WGS84, aoi.epsg).buffer(_MARGIN_M) if zones else whole
    shown = rectangle(*near.bounds).intersection(rectangle(*whole.bounds))
    return Grid.covering(reproject(shown, aoi.epsg, WGS84), epsg=aoi.epsg, gsd_m=gsd_m)


def fine_containers(seed: int, world: World, aoi: Aoi, t_s: float) -> tuple[Container, ...]:
    """The uppermost containers in a port's yards at an instant.

    Parameters
    ----------
    seed : int
    world : World
    aoi : Aoi
    t_s : float
        Seconds since 1970.
    """
    return tuple(found for stack in stacks_at(world, aoi, t_s) for found in _of_stack(seed, aoi, stack))


def _of_stack(seed: int, aoi: Aoi, stack: Stack) -> list[Container]:
    corner, ahead, _, right = np.asarray(stack.outline.exterior.coords)[:4]
    along, across = ahead - corner, right - corner
    axis = float(np.arctan2(along[0], along[1]))
    frame = Frame(float(corner[0]), float(corner[1]), axis, mirrored=float(along @ (-across[1], across[0])) > 0)
    rng = generator(seed, "containers", aoi.id, *(round(float(v)) for v in corner))
    size = float(np.hypot(*along)), float(np.hypot(*across))
    return block(rng, frame, size_m=size, stands_on="yard", bottom_m=QUAY_M, whole_m=SLOT_M, yard_id=stack.yard_id)


@dataclass(frozen=True, slots=True, eq=False)
class FineView:
    """What one fine picture shows: faces from below to above, and the containers among them."""

    faces: tuple[Face, ...]
    containers: tuple[Container, ...]


@lru_cache(maxsize=2)
def fine_view(seed: int, world: World, item: Pass, aoi: Aoi, *, gsd_m: float) -> FineView:
    """Ships, containers, cranes and vehicles of a port at an overpass, on water, quays and land.

    Parameters
    ----------
    seed : int
    world : World
    item : Pass
    aoi : Aoi
    gsd_m : float
        Side of a pixel.
    """
    grid, t_s = fine_grid(aoi, gsd_m), item.at.timestamp()
    rng = generator(seed, "quay", item.id)
    yards = fine_containers(seed, world, aoi, t_s)
    driving, loads = _vehicles(rng, aoi, yards)
    water = Face(_water(aoi), water_colour(_sea(seed, item)), 0.0, wet=True)
    ships = [fine_ship(hull, grid, water.colour) for _, hull in hulls_at(world, grid, t_s)]
    faces = [
        water,
        *(face for ship in ships for face in ship.wake),
        *_standing(aoi, seed),
        *_fixtures(world, aoi),
        *driving,
        *container_faces((*yards, *loads)),
        *(face for ship in ships for face in ship.faces),
        *_cranes(rng, aoi),
    ]
    return FineView(tuple(faces), (*yards, *loads, *(c for ship in ships for c in ship.containers)))


def _axis(aoi: Aoi) -> float:
    """Grid direction of the longest pier, radians."""
    piers = [reproject(zone.geometry, WGS84, aoi.epsg) for zone in aoi.of_kind("pier")]
    if not piers:
        return 0.0
    corners = np.asarray(max(piers, key=lambda p: p.length).minimum_rotated_rectangle.exterior.coords)
    side = max(np.diff(corners, axis=0), key=lambda s: float(np.hypot(*s)))
    return float(np.arctan2(side[0], side[1]))


def _sea(seed: int, item: Pass) -> SeaSurface:
    return sea_of(generator(seed, "fine sea", item.id))


def _water(aoi: Aoi) -> BaseGeometry:
    return reproject(aoi.geometry if aoi.water is None else aoi.water, WGS84, aoi.epsg)


@lru_cache(maxsize=4)
def _standing(aoi: Aoi, seed: int) -> tuple[Face, ...]:
    """Piers, yards and sheds: the same at every overpass."""
    local = {kind: [reproject(z.geometry, WGS84, aoi.epsg) for z in aoi.of_kind(kind)] for kind in ("pier", "yard")}
    whole = reproject(aoi.geometry, WGS84, aoi.epsg)
    piers, yards = unary_union(local["pier"]), unary_union(local["yard"])
    rng = generator(seed, "sheds", aoi.id)
    dark = (0.6 * CONCRETE[:4] + 0.4 * ASPHALT[:4]).astype(np.float32)
    near = rectangle(*fine_grid(aoi, 10.0).bounds)
    land = near.intersection(whole).difference(unary_union([_water(aoi), piers, yards]).buffer(4.0))
    faces = [Face(piers, CONCRETE[:4], QUAY_M)]
    faces += [Face(yard.intersection(piers), dark, QUAY_M) for yard in local["yard"]]
    faces += scattered(rng, land, _axis(aoi), count=250, ground_m=LAND_M)
    return tuple(face for face in faces if not face.outline.is_empty)


def _fixtures(world: World, aoi: Aoi) -> Iterator[Face]:
    """Islets, ends of breakwaters and floating docks of a season that has them."""
    rock = (0.65 * SOIL[:4] + 0.35 * GRASS[:4]).astype(np.float32)
    for fixture in world.fixtures:
        if fixture.aoi_id == aoi.id:
            colour = rock if fixture.kind == "islet" else CONCRETE[:4]
            yield Face(reproject(fixture.outline, WGS84, aoi.epsg), colour, QUAY_M)


def _vehicles(rng: np.random.Generator, aoi: Aoi, boxes: tuple[Container, ...]) -> tuple[list[Face], list[Container]]:
    """Trucks and cars on the piers where nothing stands."""
    faces: list[Face] = []
    loads: list[Container] = []
    taken: BaseGeometry = unary_union([box.outline for box in boxes]).buffer(1.0) if boxes else Polygon()
    axis = _axis(aoi)
    for zone in aoi.of_kind("pier"):
        deck = reproject(zone.geometry, WGS84, aoi.epsg).buffer(-10.0)
        if deck.is_empty:
            continue
        free = deck.difference(taken)
        for _ in range(int(rng.poisson(deck.area / 4_000.0))):
            west, south, east, north = deck.bounds
            turn = axis + float(rng.choice([0.0, np.pi / 2, np.pi, 3 * np.pi / 2]))
            frame = Frame(float(rng.uniform(west, east)), float(rng.uniform(south, north)), turn)
            if not free.contains(frame.rectangle(0.0, 16.0, -1.4, 1.4)):
                continue
            if rng.random() < 0.5:
                faces.append(car(rng, frame, ground_m=QUAY_M))
            else:
                parts, load = truck(rng, frame, ground_m=QUAY_M)
                faces, loads = faces + parts, loads + load
            free = free.difference(frame.rectangle(-1.0, 17.0, -2.0, 2.0))
    return faces, loads


def _cranes(rng: np.random.Generator, aoi: Aoi) -> Iterator[Face]:
    """Portal cranes along the quay faces."""
    for zone in aoi.berths:
        count = int((zone.length_m or 0.0) / _CRANE_EVERY_M)
        for along in np.linspace(-1.0, 1.0, count) if count > 1 else ():
            if rng.random() < 0.4:
                continue
            place = berth((aoi,), aoi.id, zone.id, width_m=0.0, along=float(along + rng.normal(0.0, 0.1)))
            east, north = transformer(WGS84, aoi.epsg).transform(place.lon, place.lat)
            turn = convergence_deg(place.lon, place.lat, aoi.epsg)
            inland = np.radians(place.seaward_deg - turn + 180.0)
            quay = Frame(float(east), float(north), float(inland)).moved(_CRANE_INLAND_M, 0.0)
            yield from jib_crane(
                rng, Frame(quay.east, quay.north, float(np.radians(place.axis_deg - turn))), deck_m=QUAY_M
            )


def fine_raster(
    seed: int, world: World, item: Pass, aoi: Aoi, *, gsd_m: float, share: float, tags: Mapping[str, str]
) -> Raster:
    """A SIMULATED picture of a port's quays at an overpass.

    Parameters
    ----------
    seed : int
    world : World
    item : Pass
    aoi : Aoi
    gsd_m : float
        Side of a pixel.
    share : float
        Of the sky that is cloud.
    tags : mapping of str to str
    """
    grid, centre = fine_grid(aoi, gsd_m), aoi.geometry.centroid
    rng = generator(seed, "fine", item.id)
    sky = sky_at(seed, item, aoi, share)
    coarse = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    view = fine_view(seed, world, item, aoi, gsd_m=gsd_m)
    land = ndimage.gaussian_filter(ground_of(aoi, seed).land[: len(FINE_BANDS)], (0.0, 1.0, 1.0))
    base: Pixels = np.stack([resampled(band, coarse, grid) for band in land])
    light = light_of(*sun(item.at, centre.x, centre.y))
    data = picture(rng, view.faces, base, grid, Weather(sky, coarse, _sea(seed, item), light))
    dry = np.zeros(coarse.shape, dtype=bool)
    cloud = resampled(processor_mask(rng, sky, dry).astype(np.float32), coarse, grid) > 0.5
    valid = np.ones(grid.shape, dtype=bool)
    return Raster(data, FINE_BANDS, valid, grid, cloud, SENSORS["hires"].scale, 0.0, dict(tags))
