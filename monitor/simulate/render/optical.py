"""Sentinel-2 pixels from ground, sea, stacks, hulls and sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Pixels
from monitor.simulate.render import spectra
from monitor.simulate.render.clouds import Sky
from monitor.simulate.render.ground import PortGround
from monitor.simulate.render.hulls import DrawnHull, Light, paint_hull
from monitor.simulate.render.noise import fractal, smooth, swell

Stored = npt.NDArray[np.uint16]

PSF_PX = 0.5
"""Standard deviation of the point spread in the 10 m bands, pixels."""

_STACK_HEIGHT_M = 5.0
_GLINT = np.array([1.0, 1.0, 0.95, 0.9, 0.6], dtype=np.float32)[:, None, None]


@dataclass(frozen=True, slots=True)
class SeaSurface:
    """The state of the water on one day.

    Attributes
    ----------
    green, turbid : float
        Shares of these colours, 0–1.
    glint : float
        Added to every band, reflectance × 10 000.
    wind : float
        Strength of patches.
    swell_px, swell_deg : float
        Length of waves in pixels, and where they run.
    """

    green: float
    turbid: float
    glint: float
    wind: float
    swell_px: float
    swell_deg: float


@dataclass(frozen=True, slots=True)
class Year:
    """What the season does to land and water: `autumn` 0–1, `snow` 0–1, `ice` 0–1."""

    autumn: float = 0.0
    snow: float = 0.0
    ice: float = 0.0


def sea_of(rng: np.random.Generator) -> SeaSurface:
    """A day's water, within what real scenes show."""
    return SeaSurface(
        green=float(rng.uniform(0, 1)),
        turbid=float(rng.beta(1.2, 6.0)),
        glint=float(rng.gamma(1.2, 25.0)),
        wind=float(rng.gamma(2.0, 0.4)),
        swell_px=float(rng.uniform(4.0, 14.0)),
        swell_deg=float(rng.uniform(0, 360)),
    )


def light_of(sun_azimuth_deg: float, sun_elevation_deg: float) -> Light:
    """Where shadows fall, on a grid whose rows run south."""
    azimuth = np.radians(sun_azimuth_deg)
    return Light(float(np.cos(azimuth)), float(-np.sin(azimuth)), float(1.0 / np.tan(np.radians(sun_elevation_deg))))


def render_optical(
    rng: np.random.Generator,
    ground: PortGround,
    hulls: Sequence[DrawnHull],
    stacks: Pixels,
    *,
    sky: Sky,
    sea: SeaSurface,
    sun: tuple[float, float],
    year: Year,
) -> Stored:
    """(5, row, col) uint16 reflectance × 10 000 in B02 B03 B04 B08 B11, never 0.

    Parameters
    ----------
    rng : np.random.Generator
    ground : PortGround
    hulls : sequence of DrawnHull
    stacks : array of float
        (row, col) share of the pixel under container stacks, 0–1.
    sky : Sky
    sea : SeaSurface
    sun : tuple of float
        Azimuth and elevation, degrees.
    year : Year
    """
    light = light_of(*sun)
    image = _drawn(rng, ground, sea, year, sun) if ground.seen is None else _real(rng, ground, ground.seen, sea, year)
    _paint_stacks(image, stacks, ground, light)
    for hull in hulls:
        paint_hull(image, hull, light, water=ground.water)
    image = image * (1.0 - 0.6 * sky.shadow) + spectra.PATH_RADIANCE[:, None, None] * (0.25 * sky.haze)
    cloud = spectra.CLOUD[:, None, None] * (sky.tops * (0.7 + 0.3 * sky.thickness))
    image = image * (1.0 - sky.thickness) + cloud * sky.thickness
    return _sense(rng, image)


def _drawn(
    rng: np.random.Generator, ground: PortGround, sea: SeaSurface, year: Year, sun: tuple[float, float]
) -> Pixels:
    wet = ground.water[None]
    made: Pixels = _land(ground, year, sun) * (1 - wet) + _water(rng, ground, sea, year) * wet
    return made


def _real(rng: np.random.Generator, ground: PortGround, seen: Pixels, sea: SeaSurface, year: Year) -> Pixels:
    """Land, piers and water as they are in real pixels, with the day's glint, snow and ice on them."""
    wet = ground.water[None]
    shown = seen + max(sea.glint, 0.0) * _GLINT * wet
    land, water = _snowed(shown, ground, year), _iced(rng, shown, ground, year)
    made: Pixels = np.maximum(land * (1 - wet) + water * wet, 1.0).astype(np.float32)
    return made


def _land(ground: PortGround, year: Year, sun: tuple[float, float]) -> Pixels:
    azimuth, elevation = np.radians(sun[0]), np.radians(sun[1])
    lean = (ground.slope_east * np.sin(azimuth) + ground.slope_north * np.cos(azimuth)) / np.tan(elevation)
    turned = (0.7 * year.autumn * ground.leaf)[None]
    land = ground.land * (1 - turned) + spectra.AUTUMN[:, None, None] * turned
    land = _snowed(land, ground, year)
    made: Pixels = (land * np.clip(1.0 - lean, 0.35, 1.7)[None]).astype(np.float32)
    return made


def _snowed(land: Pixels, ground: PortGround, year: Year) -> Pixels:
    if year.snow <= 0:
        return land
    lies = np.clip(year.snow * (0.75 + 0.25 * ground.leaf) * (1.0 - 0.5 * ground.pier), 0, 0.9)[None]
    made: Pixels = land * (1 - lies) + spectra.SNOW[:, None, None] * lies
    return made


def _near(ground: PortGround) -> Pixels:
    made: Pixels = np.exp(-ground.shore_m / 180.0)
    return made


def _iced(rng: np.random.Generator, water: Pixels, ground: PortGround, year: Year) -> Pixels:
    if year.ice <= 0:
        return water
    field = smooth(rng, ground.grid.shape, length_px=12.0) + 1.2 * _near(ground) + 2.2 * year.ice - 1.9
    lies = np.clip(field * 1.5, 0.0, 0.95)[None]
    made: Pixels = np.asarray(water * (1 - lies) + spectra.ICE[:, None, None] * lies, dtype=np.float32)
    return made


def _water(rng: np.random.Generator, ground: PortGround, sea: SeaSurface, year: Year) -> Pixels:
    shape = ground.grid.shape
    turbid = np.clip(sea.turbid * (1 + 0.5 * smooth(rng, shape, length_px=25.0)) + 0.25 * _near(ground), 0.0, 1.0)[None]
    clean = spectra.CLEAR_WATER * (1 - sea.green) + spectra.GREEN_WATER * sea.green
    water = clean[:, None, None] * (1 - turbid) + spectra.TURBID_WATER[:, None, None] * turbid
    patches = sea.wind * 14.0 * fractal(rng, shape, slope=2.4, longest_px=120.0)
    waves = 5.0 * (0.5 + sea.wind) * swell(rng, shape, wave_px=sea.swell_px, towards_deg=sea.swell_deg)
    grain = 5.0 * (0.5 + sea.wind) * rng.standard_normal(shape, dtype=np.float32)
    glint = np.maximum(sea.glint + patches + waves * np.clip(ground.shore_m / 300.0, 0.2, 1.0) + grain, -60.0)
    water = _iced(rng, water + glint[None] * _GLINT, ground, year)
    made: Pixels = np.maximum(water, 20.0).astype(np.float32)
    return made


def _paint_stacks(image: Pixels, stacks: Pixels, ground: PortGround, light: Light) -> None:
    if not stacks.any():
        return
    step = _STACK_HEIGHT_M * light.per_height / ground.grid.gsd_m
    shade = ndimage.shift(stacks, (light.rows * step, light.cols * step), order=1)
    image *= 1.0 - 0.4 * np.clip(shade - stacks, 0.0, 1.0)
    west, _, _, north = ground.grid.bounds
    rows, cols = stacks.shape
    boxes = np.random.default_rng(abs(int(west) * 31 + int(north)))
    colours = np.stack(spectra.STACK_COLOURS)[boxes.integers(len(spectra.STACK_COLOURS), size=(rows, cols))]
    worn = boxes.uniform(0.8, 1.15, size=(rows, cols, 1))
    texture = np.moveaxis((colours * worn).astype(np.float32), 2, 0)
    image *= 1.0 - stacks
    image += texture * stacks


def _sense(rng: np.random.Generator, image: Pixels) -> Stored:
    """Point spread, 20 m sampling of B11, noise, and whole numbers."""
    seen = np.empty_like(image)
    for band in range(4):
        ndimage.gaussian_filter(image[band], PSF_PX, output=seen[band], mode="nearest")
    seen[4] = _coarse(image[4])
    noise = rng.standard_normal(image.shape, dtype=np.float32)
    noise[4] = np.repeat(np.repeat(noise[4, ::2, ::2], 2, axis=0), 2, axis=1)[: image.shape[1], : image.shape[2]]
    seen += noise * (spectra.NOISE[:, None, None] + 0.006 * seen)
    made: Stored = np.clip(np.rint(seen), 1, 16000).astype(np.uint16)
    return made


def _coarse(band: Pixels) -> Pixels:
    rows, cols = band.shape
    padded = np.pad(band, ((0, rows % 2), (0, cols % 2)), mode="edge")
    half = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2).mean(axis=(1, 3))
    half = ndimage.gaussian_filter(half, PSF_PX, mode="nearest")
    made: Pixels = np.repeat(np.repeat(half, 2, axis=0), 2, axis=1)[:rows, :cols]
    return made
