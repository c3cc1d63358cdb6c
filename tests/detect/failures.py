"""Small made-up places where detectors go wrong, painted in reflectance x 10 000 at 10 m."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from affine import Affine
from scipy import ndimage

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS
from monitor.simulate.render import spectra
from monitor.simulate.render.hulls import DrawnHull, Light, paint_hull

SIDE, SHORE, QUAY = 192, 60, 64
"""Pixels a side; land lies above row `SHORE`, a concrete quay between it and row `QUAY`, water below."""
GRID = Grid(32652, Affine(10, 0, 600_000, 0, -10, 4_670_000), (SIDE, SIDE))
LIGHT = Light(-0.8, 0.6, 1.2)

Paint = Callable[[np.ndarray, np.random.Generator], None]


def ship(row: float, col: float, *, length_m: float = 150.0, speed_kn: float = 0.0, livery: str = "red") -> DrawnHull:
    """A ship that heads east."""
    return DrawnHull(row, col, length_m / 10, 2.4, np.pi / 2, "bulk", livery, 0.9, speed_kn, 5)


def water(image: np.ndarray) -> np.ndarray:
    """(row, col) share of water of a harbour."""
    wet = np.ones(image.shape[1:], dtype=np.float32)
    wet[:QUAY] = 0
    return wet


def harbour(*paints: Paint, hulls: Sequence[DrawnHull] = (), shore: bool = True, seed: int = 1) -> Raster:
    """Land, quay, water, what is painted upon them, hulls, then the sensor's blur and noise."""
    rng = np.random.default_rng(seed)
    image = np.repeat(np.repeat(spectra.CLEAR_WATER[:, None, None], SIDE, axis=1), SIDE, axis=2).astype(np.float32)
    wet = np.ones((SIDE, SIDE), dtype=np.float32)
    if shore:
        patches = ndimage.gaussian_filter(rng.standard_normal((SHORE, SIDE)), 4.0) > 0
        image[:, :SHORE] = np.where(patches, spectra.FOREST[:, None, None], spectra.TOWN[:, None, None])
        image[:, :SHORE] *= 1 + 0.25 * rng.standard_normal((SHORE, SIDE)).astype(np.float32)
        image[:, SHORE:QUAY] = spectra.CONCRETE[:, None, None]
        wet[:QUAY] = 0
    for paint in paints:
        paint(image, rng)
    for hull in hulls:
        paint_hull(image, hull, LIGHT, water=wet)
    seen = np.stack([ndimage.gaussian_filter(band, 0.5 if n < 4 else 1.0) for n, band in enumerate(image)])
    seen += spectra.PATH_RADIANCE[:, None, None] * 0.3
    seen += rng.standard_normal(seen.shape) * (spectra.NOISE[:, None, None] + 0.006 * seen)
    data = np.clip(np.rint(seen), 1, 16000).astype(np.uint16)
    return Raster(data, S2_BANDS, np.ones(GRID.shape, dtype=bool), GRID, None, 1e-4)


def rectangle(colour: np.ndarray, rows: slice, cols: slice) -> Paint:
    """One flat colour."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        image[:, rows, cols] = np.asarray(colour)[:, None, None]

    return paint


def veil(reflectance: float) -> Paint:
    """Thin cloud of uneven thickness over everything."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        uneven = ndimage.gaussian_filter(rng.standard_normal(image.shape[1:]), 20.0)
        thick = reflectance * np.clip(1.0 + 0.5 * uneven / uneven.std(), 0.1, 2.0)
        image += (thick[None] * np.array([1.0, 0.97, 0.95, 0.9, 0.5])[:, None, None] * 10_000).astype(np.float32)

    return paint


def whitecaps(share: float) -> Paint:
    """Foam on single pixels of the water, a pixel or two long along the wind."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        rows, cols = np.nonzero(rng.random((SIDE - QUAY, SIDE - 1)) < share)
        strength = rng.uniform(0.2, 1.0, len(rows))
        for step in (0, 1):
            image[:, rows + QUAY, cols + step] += spectra.FOAM[:, None] * strength * (1.0 if step == 0 else 0.5)

    return paint


def glint(strength: float, length_px: float = 9.0) -> Paint:
    """Sun on the swell: bright lines alike in every band."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        rows, cols = np.mgrid[0:SIDE, 0:SIDE]
        waves = np.sin(
            2 * np.pi * (rows * 0.9 + cols * 0.45) / length_px
            + ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 6) * 12
        )
        image[:, QUAY:] += (strength * 10_000 * np.clip(waves, 0, 1) ** 3)[None, QUAY:]

    return paint


def ice(share: float) -> Paint:
    """Floes on the water."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        field = ndimage.gaussian_filter(rng.standard_normal((SIDE, SIDE)), 3.0)
        floes = field > np.quantile(field, 1 - share)
        floes[:QUAY] = False
        image[:, floes] = spectra.ICE[:, None]

    return paint


def aeroplane(row: int, col: int) -> Paint:
    """A jet in flight: each band shows it elsewhere, as the bands are recorded one after the other."""

    def paint(image: np.ndarray, rng: np.random.Generator) -> None:
        for band, ahead in ((0, 0), (3, 6), (1, 12), (2, 23), (4, 30)):
            image[band, row - 2 : row + 3, col + ahead : col + ahead + 2] = 4500
            image[band, row : row + 1, col + ahead - 3 : col + ahead + 4] = 4500

    return paint
