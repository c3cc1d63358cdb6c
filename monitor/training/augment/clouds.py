"""Made-up clouds and their shadows on training chips, so that a small cloud is not taken for a ship."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Pixels
from monitor.training.augment.decoys import CLOUD_COLOUR


def cloud_field(size: int, rng: np.random.Generator) -> Pixels:
    """(size, size) opacity 0–1 of scattered cumulus: puffs from a few pixels to a third of the chip."""
    field = np.zeros((size, size), np.float32)
    for cells in (3, 6, 12, 24, 48):
        if cells >= size:
            break
        noise = rng.random((cells, cells)).astype(np.float32)
        field += cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC) * np.float32(1.6 / cells**0.55)
    level = np.quantile(field, 1.0 - rng.beta(1.2, 6.0))
    edge = max(float(field.std()) * rng.uniform(0.15, 0.8), 1e-3)
    opacity: Pixels = np.clip((field - level) / edge, 0.0, 1.0).astype(np.float32)
    return opacity


def add_clouds(reflectance: Pixels, rng: np.random.Generator) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """A (5, rows, cols) chip under scattered clouds with shadows, and where they hide the ground."""
    opacity = cloud_field(reflectance.shape[1], rng)
    thickness = opacity * rng.uniform(0.75, 1.0)
    bright = (CLOUD_COLOUR * np.float32(rng.uniform(0.35, 0.95)))[:, None, None] * (0.85 + 0.15 * opacity)
    reach, angle = rng.uniform(3, 40), rng.uniform(0, 2 * np.pi)
    move = np.array([[1, 0, reach * np.cos(angle)], [0, 1, reach * np.sin(angle)]], np.float32)
    shadow = cv2.warpAffine(opacity, move, opacity.shape[::-1]) * np.float32(rng.uniform(0.2, 0.6))
    dimmed = reflectance * (1.0 - shadow * (1.0 - opacity))
    out = dimmed * (1.0 - thickness) + bright * thickness
    return out.astype(np.float32), opacity > 0.35
