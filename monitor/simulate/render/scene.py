"""The season's ships, stacks and weather at one overpass, set in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask, Pixels
from monitor.core.geo.geodesy import convergence_deg
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS, SENSORS
from monitor.simulate.orbits import Pass, sun
from monitor.simulate.render.background import name_of, with_background
from monitor.simulate.render.clouds import Sky, make_sky, processor_mask
from monitor.simulate.render.fixtures import ground_with
from monitor.simulate.render.ground import PortGround
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.optical import Year, light_of, render_optical, sea_of
from monitor.simulate.render.rasterize import cover
from monitor.simulate.render.sar import render_radar
from monitor.simulate.render.stacks import stacks_at
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import Ship, World
from monitor.simulate.traffic.itinerary import ShipMotion

_LIVERIES: Mapping[str, tuple[str, ...]] = {
    "naval": ("naval",),
    "tug": ("red", "blue", "white"),
    "launch": ("white", "blue"),
    "fishing": ("white", "blue", "green"),
    "tanker": ("red", "red", "green"),
    "bulk": ("red", "red", "green", "grey"),
    "container": ("red", "red", "blue"),
    "general cargo": ("red", "red", "green", "blue", "red", "tan"),
}
_DECK_HEIGHT_M: Mapping[str, float] = {"container": 16.0, "tug": 4.0, "fishing": 2.5, "launch": 2.0}
_BEYOND_M = 80.0
EDGE_LEAN = 0.336
"""Degrees of longitude per degree of latitude of a Sentinel-2 swath edge at 42° N."""


def hull_in_pixels(ship: Ship, motion: ShipMotion, grid: Grid) -> DrawnHull:
    """A ship in a grid's pixels.

    Parameters
    ----------
    ship : Ship
    motion : ShipMotion
        At one instant.
    grid : Grid
    """
    lon, lat = float(motion.lon[0]), float(motion.lat[0])
    row, col = grid.rowcol(lon, lat)
    rng = generator(ship.mmsi, "livery")
    choices = _LIVERIES.get(ship.kind, ("grey",))
    livery = "red" if ship.role in ("shuttle", "silent caller", "spoofer") else choices[int(rng.integers(len(choices)))]
    bow = np.radians(float(motion.heading_deg[0]) - convergence_deg(lon, lat, grid.epsg))
    return DrawnHull(
        row=float(row),
        col=float(col),
        length=ship.length_m / grid.gsd_m,
        width=ship.width_m / grid.gsd_m,
        bow=float(bow),
        kind=ship.kind,
        livery=livery,
        height_px=_DECK_HEIGHT_M.get(ship.kind, 9.0) / grid.gsd_m,
        speed_kn=float(motion.sog_kn[0]),
        seed=int(rng.integers(2**31)),
    )


def hulls_at(world: World, grid: Grid, t_s: float) -> list[tuple[Ship, DrawnHull]]:
    """The ships whose centre lies in a grid or within 80 m of it at an instant, largest last.

    Parameters
    ----------
    world : World
    grid : Grid
    t_s : float
        Seconds since 1970.
    """
    found, beyond = [], _BEYOND_M / grid.gsd_m
    for ship in world.ships:
        motion = ship.itinerary.at(t_s)
        if not motion.present[0]:
            continue
        row, col = grid.rowcol(motion.lon, motion.lat)
        if -beyond <= row[0] < grid.shape[0] + beyond and -beyond <= col[0] < grid.shape[1] + beyond:
            found.append((ship, hull_in_pixels(ship, motion, grid)))
    return sorted(found, key=lambda pair: pair[0].length_m)


def stack_cover(world: World, aoi: Aoi, grid: Grid, t_s: float) -> Pixels:
    """(row, col) share under container stacks.

    Parameters
    ----------
    world : World
    aoi : Aoi
    grid : Grid
    t_s : float
        Seconds since 1970.
    """
    stacks = stacks_at(world, aoi, t_s)
    if not stacks:
        return np.zeros(grid.shape, dtype=np.float32)
    return cover(unary_union([s.outline for s in stacks]), grid, epsg=aoi.epsg)


def inside_swath(grid: Grid, item: Pass) -> Mask:
    """(row, col) bool: east of the swath's western edge, where there is one."""
    if item.edge_lon is None:
        return np.ones(grid.shape, dtype=bool)
    made: Mask = _leaning_lon(grid) >= item.edge_lon
    return made


@lru_cache(maxsize=4)
def _leaning_lon(grid: Grid) -> npt.NDArray[np.float64]:
    """Longitude along the swath's edge where it crosses the middle of the grid, for every pixel."""
    row, col = np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]]
    lon, lat = grid.lonlat(row + 0.5, col + 0.5)
    _, south, _, north = grid.footprint().bounds
    return np.asarray(lon - EDGE_LEAN * (lat - (south + north) / 2))


@lru_cache(maxsize=2)
def sky_at(seed: int, item: Pass, aoi: Aoi, share: float) -> Sky:
    """The sky over a port at an overpass.

    Parameters
    ----------
    seed : int
    item : Pass
    aoi : Aoi
    share : float
        Of the sky that is cloud.
    """
    centre = aoi.geometry.centroid
    light = light_of(*sun(item.at, centre.x, centre.y))
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    return make_sky(
        generator(seed, "sky", item.id),
        grid.shape,
        share,
        gsd_m=grid.gsd_m,
        away_from_sun=(light.rows, light.cols),
        shadow_per_height=light.per_height,
    )


def optical_raster(
    seed: int,
    world: World,
    item: Pass,
    aoi: Aoi,
    *,
    share: float,
    frozen: bool,
    tags: Mapping[str, str],
    background: Raster | None = None,
) -> Raster:
    """A Sentinel-2 raster of a port at an overpass.

    Parameters
    ----------
    seed : int
    world : World
    item : Pass
    aoi : Aoi
    share : float
        Of the sky that is cloud.
    frozen : bool
        Whether snow and ice lie.
    tags : mapping of str to str
    background : Raster, optional
        Real pixels in place of the drawn ground.
    """
    ground = ground_with(aoi, seed, world.fixtures)
    if background is not None:
        ground = with_background(ground, background, tuple(f for f in world.fixtures if f.aoi_id == aoi.id))
        tags = {**tags, "background": name_of(background)}
    rng = generator(seed, "optical", item.id)
    centre = aoi.geometry.centroid
    t_s = item.at.timestamp()
    sky = sky_at(seed, item, aoi, share)
    data = render_optical(
        rng,
        ground,
        [hull for _, hull in hulls_at(world, ground.grid, t_s)],
        stack_cover(world, aoi, ground.grid, t_s),
        sky=sky,
        sea=sea_of(rng),
        sun=sun(item.at, centre.x, centre.y),
        year=year_of(item.at, frozen=frozen),
    )
    valid = inside_swath(ground.grid, item)
    data[:, ~valid] = 0
    cloud = processor_mask(rng, sky, _bright(data, ground)) & valid
    return Raster(data, S2_BANDS, valid, ground.grid, cloud, SENSORS["s2"].scale, 0.0, dict(tags))


def _bright(data: npt.NDArray[np.uint16], ground: PortGround) -> Mask:
    made: Mask = (data[0] > 2300) & (data[3] < 4000) & (ground.water < 0.5)
    return made


def year_of(at: datetime, *, frozen: bool) -> Year:
    """Leaves turn from late September to November; with `frozen` there is snow, and ice along the shore."""
    day = at.timetuple().tm_yday
    autumn = float(np.clip((day - 262) / 40.0, 0.0, 1.0)) if day > 200 else float(np.clip((135 - day) / 30.0, 0.0, 1.0))
    return Year(1.0, 0.8, 0.55) if frozen else Year(autumn)


def radar_raster(seed: int, world: World, item: Pass, aoi: Aoi, *, tags: Mapping[str, str]) -> Raster:
    """A Sentinel-1 raster of a port at an overpass.

    Parameters
    ----------
    seed : int
    world : World
    item : Pass
    aoi : Aoi
    tags : mapping of str to str
    """
    ground = ground_with(aoi, seed, world.fixtures)
    t_s = item.at.timestamp()
    pairs = hulls_at(world, ground.grid, t_s)
    centre = aoi.geometry.centroid
    course = item.track.course_deg - convergence_deg(centre.x, centre.y, aoi.epsg)
    data = render_radar(
        generator(seed, "radar", item.id),
        ground,
        [hull for _, hull in pairs],
        stack_cover(world, aoi, ground.grid, t_s),
        course_deg=course,
        incidence_deg=item.track.incidence_deg,
    )
    facts = {"incidence_deg": f"{item.track.incidence_deg:.1f}", "course_deg": f"{item.track.course_deg:.1f}"}
    bands = SENSORS["s1"].bands
    return Raster(data, bands, np.ones(ground.grid.shape, dtype=bool), ground.grid, None, 1.0, 0.0, {**tags, **facts})
