"""A made-up place at one overpass in pixels of Sentinel-2: what grows and lies there, trains, ships and weather."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS, SENSORS
from monitor.simulate.land import growth, spectra
from monitor.simulate.land.changes import Patch
from monitor.simulate.land.ground import COVERS, LandGround, area_share, ground_of_place, painted
from monitor.simulate.land.places import layouts
from monitor.simulate.land.storage import goods_at
from monitor.simulate.land.wagons import rolling_stock
from monitor.simulate.land.weather import Plume, covered, moisture, plume
from monitor.simulate.land.world import LandWorld
from monitor.simulate.orbits import Pass, sun
from monitor.simulate.render import spectra as port_spectra
from monitor.simulate.render.clouds import processor_mask
from monitor.simulate.render.ground import PortGround
from monitor.simulate.render.noise import smooth
from monitor.simulate.render.optical import Year, light_of, render_optical, sea_of
from monitor.simulate.render.scene import hulls_at, inside_swath, sky_at
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import World

_TALL_M: Mapping[str, float] = {
    "wood": 13.0,
    "conifer": 16.0,
    "roof": 7.0,
    "structure": 8.0,
    "tank": 13.0,
    "mound": 3.5,
}
"""Heights that cast shadows (chosen)."""
_SHADED, _WETTED, _SHIFT_PX = 0.5, 0.35, 0.2
"""Light that a shadow takes, reflectance that wet soil lacks, deviation of a scene's place against the map (chosen; the
last is what Copernicus states for scenes registered to the reference image)."""
_GAIN, _BAND_GAIN, _UNEVEN = 0.02, 0.008, 0.02
"""Deviations of a scene's brightness, of each band's, and of slow unevenness within it: what surface reflectance keeps
of haze and of the angles of sun and view (chosen)."""
_ROUGH, _ROUGHER, _PATCHY = 0.04, 0.05, 0.05
"""Deviation of the ground's own fine texture, what towns and woods add to it, and that of its patches: somewhat less
than in the scene of Gdynia, whose woods stand on hills."""
_STAND_M = 8.0
"""Trees left about what is felled of a stand (chosen)."""
_SNOW_ON: Mapping[str, float] = {
    "wood": 0.5, "conifer": 0.45, "ballast": 0.75, "water": 0.0, "town": 0.7, "tank": 0.8
}  # fmt: skip
"""Part of the snow that lies on a cover; all of it on the others. Wagons carry half."""
_SOIL = frozenset(("gravel", "ballast", "bare ground", "low", "burnt", "town"))


def land_shift(seed: int, scene_id: str) -> tuple[float, float]:
    """Rows and columns by which what a scene of a made-up place shows lies off the map, a fifth of a pixel or so."""
    rows, cols = generator(seed, "land registration", scene_id).normal(0.0, _SHIFT_PX, size=2)
    return round(float(rows), 2), round(float(cols), 2)


def land_raster(seed: int, world: World, item: Pass, aoi: Aoi, *, share: float, tags: Mapping[str, str]) -> Raster:
    """A Sentinel-2 raster of a made-up place at an overpass.

    Parameters
    ----------
    seed : int
    world : World
        With what happens on land.
    item : Pass
    aoi : Aoi
    share : float
        Of the sky that is cloud.
    tags : mapping of str to str
    """
    assert world.land is not None
    known, rng = ground_of_place(aoi, seed), generator(seed, "optical", item.id)
    grid, centre, t_s = known.grid, aoi.geometry.centroid, item.at.timestamp()
    light_at = sun(item.at, centre.x, centre.y)
    ground = _as_port(known, _land(rng, seed, world.land, known, item, aoi, light_at))
    sky, sea = sky_at(seed, item, aoi, share), sea_of(rng)
    data = render_optical(
        rng,
        ground,
        [hull for _, hull in hulls_at(world, grid, t_s)],
        _goods(world, aoi, grid, t_s),
        sky=sky,
        sea=replace(sea, wind=min(sea.wind, 1.0)),
        sun=light_at,
        year=Year(),
    )
    valid = inside_swath(grid, item)
    bright = (data[0] > 2300) & (data[3] < 4000) & (ground.water < 0.5)
    cloud = processor_mask(rng, sky, bright) & valid
    return Raster(data, S2_BANDS, valid, grid, cloud, SENSORS["s2"].scale, 0.0, dict(tags))


def _goods(world: World, aoi: Aoi, grid: Grid, t_s: float) -> Pixels:
    """(row, col) share under goods in open storage."""
    here = [goods_at(world.flows, aoi, zone.id, t_s) for zone in aoi.of_kind("open_storage")]
    made: Pixels = np.zeros(grid.shape, dtype=np.float32)
    for outline in (shape for lot in here for shape in lot):
        made += area_share(outline, grid)
    return made


def _as_port(known: LandGround, land: Pixels) -> PortGround:
    """The ground of one day as the renderer of ports takes it: flat, and the water beside it."""
    water = known.shares[COVERS.index("water")]
    flat = np.zeros(known.grid.shape, dtype=np.float32)
    shore_m = (ndimage.distance_transform_edt(water >= 0.5) * known.grid.gsd_m).astype(np.float32)
    return PortGround(known.grid, water, flat, land, flat, flat, shore_m, flat, flat)


def _land(
    rng: np.random.Generator,
    seed: int,
    land: LandWorld,
    known: LandGround,
    item: Pass,
    aoi: Aoi,
    light_at: tuple[float, float],
) -> Pixels:
    """(5, row, col) reflectance × 10 000 of everything but water, under the sun of that day and no sky."""
    t_s, depth = item.at.timestamp(), covered(land.spells, "snow", item.at.timestamp())
    shares = _changed(known, tuple(p for p in land.patches if p.aoi_id == aoi.id), t_s)
    texture = _texture(known, shares)
    image = _coloured(seed, known, shares, item, aoi, flood=covered(land.spells, "flood", t_s)) * texture
    image = _snowed(image, shares, depth)
    lines = dict(layouts()[aoi.id].tracks())
    standing = [train for train in land.trains if train.zone_id in lines and train.stands(t_s)]
    stock = rolling_stock(standing, lines, known.grid, light_of(*light_at))
    lit = 1.0 - _SHADED * np.maximum(_shade(shares, known.grid, light_at), stock.shade)[None]
    bed = spectra.BALLAST[:, None, None] * (1.0 - _WETTED * moisture(seed, item.at)) * texture
    bed = _whitened(bed, np.float32(_SNOW_ON["ballast"] * depth))
    roofs = stock.colour * (1.0 - 0.5 * depth) + port_spectra.SNOW[:, None, None] * (0.5 * depth) * stock.share[None]
    # wagons hide the ballast under them and nothing else of the pixel
    image = image * lit + roofs - bed * lit * stock.share[None]
    image *= 1.0 + _UNEVEN * smooth(rng, known.grid.shape, length_px=50.0)[None]
    image *= (1.0 + rng.normal(0.0, _GAIN) + rng.normal(0.0, _BAND_GAIN, size=5))[:, None, None].astype(np.float32)
    smoke = plume(seed, aoi.id, item.at)
    if smoke is not None:
        veil = _veil(smoke, known.grid)[None]
        image = image * (1.0 - veil) + spectra.SMOKE[:, None, None] * veil
    made: Pixels = np.maximum(image, 20.0).astype(np.float32)
    return made


def _changed(known: LandGround, patches: tuple[Patch, ...], t_s: float) -> Pixels:
    """The shares of each cover at an instant."""
    shares = known.shares.copy()
    for patch in patches:
        if patch.kind == "cleared":
            painted(shares, "wood", _share(patch.outline.buffer(_STAND_M), known.grid))
        there = patch.at(t_s)
        if there > 0.0:
            painted(shares, patch.kind, _share(patch.outline, known.grid) * np.float32(there))
    return shares


@lru_cache(maxsize=64)
def _share(outline: BaseGeometry, grid: Grid) -> Pixels:
    return area_share(outline, grid)


def _coloured(seed: int, known: LandGround, shares: Pixels, item: Pass, aoi: Aoi, *, flood: float) -> Pixels:
    wet = 1.0 - _WETTED * moisture(seed, item.at)
    meadow = growth.meadow_colour(seed, item.at)
    colours = {
        "meadow": meadow,
        "mound": meadow * 0.92,
        "wood": growth.wood_colour(seed, item.at),
        "conifer": spectra.CONIFER,
        "town": port_spectra.TOWN,
        "gravel": spectra.GRAVEL,
        "ballast": spectra.BALLAST,
        "roof": spectra.ROOF_RUST,
        "tank": spectra.TANK,
        "pier": port_spectra.CONCRETE,
        "low": meadow * (1.0 - flood) + port_spectra.TURBID_WATER * flood,
        "bare ground": spectra.BARE_GROUND,
        "structure": spectra.ROOF_NEW,
        "cleared": 0.6 * spectra.FELLED + 0.4 * meadow,
        "burnt": spectra.BURNT,
    }
    image = np.zeros((5, *known.grid.shape), dtype=np.float32)
    for number, cover in enumerate(COVERS):
        if cover in colours and shares[number].any():
            colour = colours[cover] * (wet if cover in _SOIL else 1.0)
            image += colour.astype(np.float32)[:, None, None] * shares[number]
    count = int(known.field.max()) + 1
    crops = np.stack([growth.field_colour(seed, aoi.id, n, item.at) for n in range(count)] + [meadow])
    crops *= np.linspace(wet, 1.0, 2)[np.minimum(crops[:, 3] > 2600, 1).astype(int)][:, None]
    made: Pixels = image + np.moveaxis(crops[known.field], 2, 0).astype(np.float32) * shares[COVERS.index("field")]
    return made


def _texture(known: LandGround, shares: Pixels) -> Pixels:
    """(1, row, col) factor: what is uneven in the ground and stays so, more in towns and woods than in fields."""
    rough = _ROUGH + _ROUGHER * (shares[COVERS.index("town")] + shares[COVERS.index("wood")])
    uneven = 1.0 + rough * known.grain + _PATCHY * known.patch
    made: Pixels = np.clip(uneven, 0.6, 1.5)[None].astype(np.float32)
    return made


def _snowed(image: Pixels, shares: Pixels, depth: float) -> Pixels:
    if depth <= 0.0:
        return image
    part = np.array([_SNOW_ON.get(cover, 1.0) for cover in COVERS], dtype=np.float32)
    return _whitened(image, np.clip(np.tensordot(part, shares, axes=1) * depth, 0.0, 0.97)[None])


def _whitened(image: Pixels, lies: Pixels | np.float32) -> Pixels:
    made: Pixels = (image * (1.0 - lies) + port_spectra.SNOW[:, None, None] * lies).astype(np.float32)
    return made


def _shade(shares: Pixels, grid: Grid, light_at: tuple[float, float]) -> Pixels:
    """(row, col) share of each pixel in the shadow of woods, roofs, tanks and banks."""
    light = light_of(*light_at)
    shade = np.zeros(grid.shape, dtype=np.float32)
    for cover, height in _TALL_M.items():
        tall = shares[COVERS.index(cover)]
        if not tall.any():
            continue
        reach = height * min(light.per_height, 4.0) / grid.gsd_m
        for step in np.linspace(0.0, reach, max(int(np.ceil(reach)), 1) + 1)[1:]:
            moved = ndimage.shift(tall, (light.rows * step, light.cols * step), order=1, mode="nearest")
            shade = np.maximum(shade, np.minimum(moved, 1.0 - tall))
    return shade


def _veil(smoke: Plume, grid: Grid) -> npt.NDArray[np.float32]:
    """(row, col) share of the light from the ground that smoke takes: thinner and wider down the wind."""
    rows, cols = grid.shape
    r, c = np.mgrid[0:rows, 0:cols].astype(np.float32)
    north, east = (smoke.row * rows - r) * grid.gsd_m, (c - smoke.col * cols) * grid.gsd_m
    angle = np.radians(smoke.drift_deg)
    ahead, side = north * np.cos(angle) + east * np.sin(angle), east * np.cos(angle) - north * np.sin(angle)
    wide = 25.0 + 0.18 * np.clip(ahead, 0.0, None)
    thick = smoke.thickness * np.exp(-ahead / smoke.length_m) * np.exp(-((side / wide) ** 2)) * (ahead > 0)
    return np.asarray(np.clip(thick, 0.0, 0.85), dtype=np.float32)
