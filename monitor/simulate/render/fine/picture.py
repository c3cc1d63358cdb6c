"""From faces to the numbers of a picture: waves, grain, haze, clouds, blur and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.render import spectra
from monitor.simulate.render.clouds import Sky
from monitor.simulate.render.fine.surface import FINE_BANDS, Face, painted
from monitor.simulate.render.hulls import Light
from monitor.simulate.render.noise import fractal, swell
from monitor.simulate.render.optical import SeaSurface

Stored = npt.NDArray[np.uint16]

BLUR_PX = 0.45
"""Standard deviation of the point spread, pixels (chosen)."""

_WAVE_M = (4.0, 14.0)
_GLINT = np.array([1.0, 1.0, 0.95, 0.9], dtype=np.float32)[:, None, None]
_NOISE = np.array([18.0, 18.0, 18.0, 22.0], dtype=np.float32)[:, None, None]


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """What lies between and on the things drawn: `sky` on a grid of its own, `sea`, `light`."""

    sky: Sky
    sky_grid: Grid
    sea: SeaSurface
    light: Light


def water_colour(sea: SeaSurface) -> Pixels:
    """(4,) reflectance × 10 000 of the day's water."""
    clean = spectra.CLEAR_WATER * (1 - sea.green) + spectra.GREEN_WATER * sea.green
    made: Pixels = (clean * (1 - sea.turbid) + spectra.TURBID_WATER * sea.turbid)[: len(FINE_BANDS)]
    return made.astype(np.float32)


def picture(rng: np.random.Generator, faces: Sequence[Face], base: Pixels, grid: Grid, weather: Weather) -> Stored:
    """(4, row, col) uint16 reflectance × 10 000 in `FINE_BANDS`, never 0.

    Parameters
    ----------
    rng : np.random.Generator
    faces : sequence of Face
        From below to above.
    base : array of float
        (4, row, col) what shows where no face lies.
    grid : Grid
    weather : Weather
    """
    shape = grid.shape
    image, wet = painted(faces, base, grid, weather.light)
    grain = 0.035 * rng.standard_normal(shape, dtype=np.float32) + 0.03 * fractal(rng, shape, slope=1.4, longest_px=40)
    image *= 1.0 + grain * (1.0 - wet)
    image += _waves(rng, grid, weather.sea) * wet * _GLINT
    image = _under_sky(image, weather, grid)
    for band in image:
        ndimage.gaussian_filter(band, BLUR_PX, output=band)
    image += _NOISE * rng.standard_normal(image.shape, dtype=np.float32)
    return np.clip(np.rint(image), 1, 65_535).astype(np.uint16)


def _waves(rng: np.random.Generator, grid: Grid, sea: SeaSurface) -> Pixels:
    patches = 14.0 * sea.wind * fractal(rng, grid.shape, slope=2.4, longest_px=500.0 / grid.gsd_m)
    length = float(np.clip(sea.swell_px, *_WAVE_M))
    waves = swell(rng, grid.shape, wave_px=max(length / grid.gsd_m, 2.5), towards_deg=sea.swell_deg)
    made: Pixels = np.maximum(sea.glint + patches + (8.0 + 16.0 * sea.wind) * waves, -60.0).astype(np.float32)
    return made


def _under_sky(image: Pixels, weather: Weather, grid: Grid) -> Pixels:
    sky, path, cloud = weather.sky, spectra.PATH_RADIANCE[:4, None, None], spectra.CLOUD[:4, None, None]
    made = image + path * (0.25 * resampled(sky.haze, weather.sky_grid, grid))
    if sky.thickness.max() > 0.0 or sky.shadow.max() > 0.0:
        thick, dim, tops = (resampled(f, weather.sky_grid, grid) for f in (sky.thickness, sky.shadow, sky.tops))
        made = made * (1.0 - 0.6 * dim) * (1.0 - thick) + cloud * tops * (0.7 + 0.3 * thick) * thick
    result: Pixels = made.astype(np.float32)
    return result


def resampled(field: Pixels, of: Grid, to: Grid) -> Pixels:
    """(row, col) a coarse field on a finer grid of the same CRS, bilinear; its edges go on beyond it.

    Parameters
    ----------
    field : array of float
        (row, col).
    of, to : Grid
        Where it lies, and where it is wanted.
    """
    back = ~of.transform @ to.transform
    scale = (back.e, back.a)
    offset = (back.f + 0.5 * back.e - 0.5, back.c + 0.5 * back.a - 0.5)
    made = ndimage.affine_transform(field, scale, offset=offset, output_shape=to.shape, order=1, mode="nearest")
    result: Pixels = made.astype(np.float32)
    return result
