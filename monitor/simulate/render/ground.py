"""A port without ships and weather: sea, shore, hills, woods, town and piers, in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.render import spectra
from monitor.simulate.render.noise import fractal
from monitor.simulate.render.rasterize import cover
from monitor.simulate.rng import generator

_ROOFS = ((spectra.ROOF_WHITE, 0.0, 0.02), (spectra.ROOF_BLUE, 0.02, 0.05), (spectra.ASPHALT, 0.05, 0.12))


@dataclass(frozen=True, slots=True, eq=False)
class PortGround:
    """A port without ships, stacks and weather.

    Attributes
    ----------
    grid : Grid
    water, pier : array of float
        (row, col) share of the pixel, 0–1.
    land : array of float
        (5, row, col) reflectance × 10 000 in summer.
    leaf : array of float
        (row, col) share of deciduous leaf, 0–1, which turns in autumn.
    height_m : array of float
        (row, col) height of the terrain.
    shore_m : array of float
        (row, col) distance from land, 0 on land.
    slope_east, slope_north : array of float
        (row, col) rise of the terrain per metre.
    seen : array of float, optional
        (5, row, col) reflectance × 10 000 of real land and water, which then shows in place of what is drawn.
    """

    grid: Grid
    water: Pixels
    pier: Pixels
    land: Pixels
    leaf: Pixels
    height_m: Pixels
    shore_m: Pixels
    slope_east: Pixels
    slope_north: Pixels
    seen: Pixels | None = None


@lru_cache(maxsize=4)
def ground_of(aoi: Aoi, seed: int) -> PortGround:
    """The ground of a port on its own grid; kept for the next scene. Without water zones the whole AOI is water."""
    grid = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    piers = unary_union([zone.geometry for zone in aoi.of_kind("pier")])
    pier = cover(piers, grid)
    wet = cover(aoi.water if aoi.water is not None else aoi.geometry, grid)
    wet = _beyond(wet, cover(aoi.geometry, grid) > 0.99)
    return make_ground(generator(seed, "ground", aoi.id), grid, water=np.minimum(wet, 1.0 - pier), pier=pier)


def make_ground(rng: np.random.Generator, grid: Grid, *, water: Pixels, pier: Pixels) -> PortGround:
    """Ground for a given outline of water and piers: hills behind the shore, a town near the piers.

    Parameters
    ----------
    rng : np.random.Generator
    grid : Grid
    water, pier : array of float
        (row, col) share of the pixel, 0–1.
    """
    shape, gsd = grid.shape, grid.gsd_m
    inland_m = (ndimage.distance_transform_edt(water < 0.5) * gsd).astype(np.float32)
    shore_m = (ndimage.distance_transform_edt(water >= 0.5) * gsd).astype(np.float32)
    hills = fractal(rng, shape, slope=3.2, longest_px=160.0)
    height = np.clip(hills + 0.2, 0.0, None) * 70.0 * np.clip(inland_m / 700.0, 0.0, 1.0)
    height += np.minimum(inland_m, 60.0) * 0.05
    to_pier = _distance_m(pier > 0.5, gsd)
    urban = 1.3 - to_pier / 900.0 + 0.6 * fractal(rng, shape, slope=2.4, longest_px=90.0) - height / 45.0
    town = np.clip(urban * 2.0, 0.0, 1.0).astype(np.float32)
    wood = np.clip(0.5 + 0.9 * fractal(rng, shape, slope=2.0, longest_px=80.0) + height / 60.0, 0.0, 1.0)
    land = _cover_land(rng, shape, town, wood.astype(np.float32))
    land = _buildings(rng, land, town * (inland_m > 25) * (pier < 0.5))
    land = _piers(rng, land, pier, np.clip(1.0 - inland_m / 90.0, 0, 1) * np.clip(2.0 - to_pier / 150.0, 0, 1))
    north, east = np.gradient(ndimage.gaussian_filter(height, 2.0), gsd)
    leaf = ((1.0 - town) * (0.4 + 0.6 * wood) * (pier < 0.5)).astype(np.float32)
    return PortGround(
        grid=grid,
        water=water,
        pier=pier,
        land=land,
        leaf=leaf,
        height_m=height.astype(np.float32),
        shore_m=shore_m,
        slope_east=east.astype(np.float32),
        slope_north=(-north).astype(np.float32),
    )


def _beyond(wet: Pixels, known: npt.NDArray[np.bool_]) -> Pixels:
    """The grid reaches beyond the AOI: there the nearest pixel inside it decides."""
    if known.all() or not known.any():
        return wet
    nearest = ndimage.distance_transform_edt(~known, return_distances=False, return_indices=True)
    made: Pixels = wet[tuple(nearest)]
    return made


def _distance_m(mask: npt.NDArray[np.bool_], gsd: float) -> Pixels:
    if not mask.any():
        return np.full(mask.shape, 1e4, dtype=np.float32)
    made: Pixels = (ndimage.distance_transform_edt(~mask) * gsd).astype(np.float32)
    return made


def _cover_land(rng: np.random.Generator, shape: tuple[int, int], town: Pixels, wood: Pixels) -> Pixels:
    green = spectra.GRASS[:, None, None] * (1 - wood) + spectra.FOREST[:, None, None] * wood
    bare = np.clip(fractal(rng, shape, slope=1.8, longest_px=40.0) - 1.3, 0.0, 1.0)
    green = green * (1 - bare) + spectra.SOIL[:, None, None] * bare
    grain = 1.0 + 0.10 * fractal(rng, shape, slope=1.2, longest_px=30.0)
    land = (green * (1 - town) + spectra.TOWN[:, None, None] * town) * np.clip(grain, 0.5, 1.6)
    made: Pixels = np.asarray(land, dtype=np.float32)
    return made


def _buildings(rng: np.random.Generator, land: Pixels, town: Pixels) -> Pixels:
    """Roofs and streets: blocks of 1–4 pixels in a town, each its own colour."""
    rows, cols = town.shape
    blocks = rng.standard_normal((5, rows // 2 + 1, cols // 2 + 1)).astype(np.float32)
    shared = rng.standard_normal((1, rows // 2 + 1, cols // 2 + 1)).astype(np.float32)
    texture = np.repeat(np.repeat(0.95 * shared + 0.22 * blocks, 2, axis=1), 2, axis=2)[:, :rows, :cols]
    fine = rng.standard_normal((1, rows, cols)).astype(np.float32)
    land = land * (1.0 + town * np.clip(0.22 * texture + 0.14 * fine, -0.55, 0.9))
    spots = rng.random((rows // 3 + 1, cols // 3 + 1))
    for colour, low, high in _ROOFS:
        chosen = np.repeat(np.repeat((spots >= low) & (spots < high), 3, axis=0), 3, axis=1)[:rows, :cols]
        share = 0.75 * chosen * np.clip(town * 1.5 - 0.3, 0, 1)
        land = land * (1 - share) + colour[:, None, None] * share
    made: Pixels = land.astype(np.float32)
    return made


def _piers(rng: np.random.Generator, land: Pixels, pier: Pixels, apron: Pixels) -> Pixels:
    """Concrete decks and aprons with lanes, sheds and patches."""
    shape = pier.shape
    patch = fractal(rng, shape, slope=1.6, longest_px=25.0)
    share = np.clip(np.maximum(pier * 1.5, apron), 0.0, 1.0)
    deck = spectra.CONCRETE[:, None, None] * np.clip(1.0 + 0.05 * patch, 0.8, 1.3)[None]
    dark = np.clip(fractal(rng, shape, slope=1.8, longest_px=15.0) - 0.9, 0.0, 0.7)[None]
    deck = deck * (1 - dark) + spectra.ASPHALT[:, None, None] * dark
    made: Pixels = (land * (1 - share) + deck * share).astype(np.float32)
    return made
