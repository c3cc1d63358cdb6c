"""Clouds, their shadows, haze, and the mask that a processor would make of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from monitor.core.arrays import Mask, Pixels
from monitor.simulate.render.noise import fractal, smooth

_BASE_M = 900.0
_PUFF_PX = 5.0
_LEAST_PX = 40


@dataclass(frozen=True, slots=True, eq=False)
class Sky:
    """What stands between sensor and ground; arrays (row, col), 0–1.

    `thickness` is how much of the ground a cloud hides, `shadow` how much of the sun it takes, `haze` how strong the
    path radiance is (1 is a clear day's), `tops` how bright the cloud is (about 1).
    """

    thickness: Pixels
    shadow: Pixels
    haze: Pixels
    tops: Pixels

    @property
    def hidden(self) -> Mask:
        """Where nothing on the ground can be seen: the truth of cloud."""
        made: Mask = (self.thickness > 0.3) | (self.shadow > 0.55)
        return made


def cloudiness(rng: np.random.Generator, month: int) -> float:
    """Share of sky under cloud on one day: clear, broken or overcast, more of the last in summer."""
    overcast = 0.42 if month in (6, 7, 8) else 0.26
    broken = 0.25
    draw = float(rng.random())
    if draw < overcast:
        return float(rng.uniform(0.85, 1.0))
    if draw < overcast + broken:
        return float(rng.uniform(0.12, 0.7))
    return 0.0 if rng.random() < 0.75 else float(rng.uniform(0.01, 0.05))


def make_sky(
    rng: np.random.Generator,
    shape: tuple[int, int],
    share: float,
    *,
    gsd_m: float,
    away_from_sun: tuple[float, float],
    shadow_per_height: float,
) -> Sky:
    """A sky with clouds and their shadows.

    Parameters
    ----------
    rng : np.random.Generator
    shape : tuple of int
        Rows and columns.
    share : float
        Of the sky that is cloud, 0–1.
    gsd_m : float
    away_from_sun : tuple of float
        Unit step in rows and columns along which shadows fall.
    shadow_per_height : float
        Length of a shadow over the height of what casts it.
    """
    pad = int(_BASE_M * max(shadow_per_height, 0.3) / gsd_m) + 8
    wide = (shape[0] + 2 * pad, shape[1] + 2 * pad)
    field = ndimage.gaussian_filter(fractal(rng, wide, slope=3.2, longest_px=240.0), _PUFF_PX)
    field /= max(float(field.std()), 1e-6)
    if share <= 0.005:
        depth = np.zeros(wide, dtype=np.float32)
    elif share >= 0.97:
        depth = np.full(wide, 1.0, dtype=np.float32) + 0.1 * field
    else:
        depth = np.clip((field - float(np.quantile(field, 1.0 - share))) * 2.5, 0.0, 1.0)
        depth = _without_wisps(depth) * np.clip(0.9 + 0.15 * fractal(rng, wide, slope=2.0, longest_px=12.0), 0.4, 1.1)
    inner = (slice(pad, -pad), slice(pad, -pad))
    step = _BASE_M * shadow_per_height / gsd_m
    moved = ndimage.shift(depth, (away_from_sun[0] * step, away_from_sun[1] * step), order=1, mode="nearest")
    haze = np.clip(float(rng.gamma(2.0, 0.22)) + 0.08 * smooth(rng, shape, length_px=60.0), 0.0, 3.0)
    thickness = np.clip(depth[inner], 0.0, 1.0).astype(np.float32)
    shadow = (np.clip(moved[inner], 0.0, 1.0) * 0.75 * (1.0 - thickness)).astype(np.float32)
    tops = np.clip(1.0 + 0.2 * fractal(rng, shape, slope=2.6, longest_px=120.0), 0.5, 1.5).astype(np.float32)
    return Sky(thickness=thickness, shadow=shadow, haze=haze.astype(np.float32), tops=tops)


def _without_wisps(depth: Pixels) -> Pixels:
    """Clouds of 40 pixels and more: a single one of a ship's size is rare in the real sky."""
    labels, count = ndimage.label(depth > 0.02)
    if not count:
        return depth
    sizes = ndimage.sum_labels(np.ones_like(depth), labels, np.arange(count + 1))
    made: Pixels = np.where(sizes[labels] >= _LEAST_PX, depth, 0.0).astype(np.float32)
    return made


def processor_mask(rng: np.random.Generator, sky: Sky, bright: Mask) -> Mask:
    """The cloud mask as a processor makes it, at 20 m, wrong at thin edges and on some bright roofs.

    Parameters
    ----------
    rng : np.random.Generator
    sky : Sky
    bright : array of bool
        (row, col): pixels on land as bright as cloud.
    """
    unsure = sky.thickness + 0.12 * smooth(rng, sky.thickness.shape, length_px=6.0)
    found = (unsure > 0.38) | (sky.shadow > 0.6)
    rows, cols = found.shape
    if sky.thickness.max() > 0.05:
        found |= bright & (smooth(rng, found.shape, length_px=3.0) > 1.4)
    half = found[: rows - rows % 2, : cols - cols % 2].reshape(rows // 2, 2, cols // 2, 2).any(axis=(1, 3))
    half = ndimage.binary_opening(half, iterations=1) | (half & ndimage.binary_erosion(half))
    coarse = np.repeat(np.repeat(ndimage.binary_dilation(half), 2, axis=0), 2, axis=1)
    made: Mask = np.zeros_like(found)
    made[: coarse.shape[0], : coarse.shape[1]] = coarse
    return made
