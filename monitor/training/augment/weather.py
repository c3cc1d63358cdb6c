"""Sun, haze, veil, noise and blur on training chips."""

from __future__ import annotations

import cv2
import numpy as np

from monitor.core.arrays import Pixels

_HAZE = np.array([1.2, 1.0, 0.8, 0.5, 0.2])
_TILT = np.array([1.0, 0.7, 0.4, 0.0, -0.3])


def weather(reflectance: Pixels, noise: float, rng: np.random.Generator) -> Pixels:
    """A chip under another sun and air: gain, tilt over the bands, haze, veil, blur, noise.

    Parameters
    ----------
    reflectance : Pixels
        (5, row, col).
    noise : float
        Most noise, reflectance.
    rng : np.random.Generator
    """
    gain = np.exp(rng.normal(-0.08, 0.3) + rng.normal(0, 0.15) * _TILT + rng.normal(0, 0.07, size=5))
    lift = rng.exponential(0.01) * _HAZE + rng.normal(0, 0.004, size=5)
    out = (reflectance * gain[:, None, None] + lift[:, None, None]).astype(np.float32)
    if rng.random() < 0.15:
        veil = cv2.resize(rng.random((4, 4)).astype(np.float32), out.shape[:0:-1], interpolation=cv2.INTER_CUBIC)
        veil = np.clip(veil - 0.3, 0, 1) * rng.uniform(0.02, 0.2)
        out = out * (1 - veil) + veil * np.array([1.0, 1.0, 1.0, 0.95, 0.5])[:, None, None]
    if rng.random() < 0.2:
        out = np.stack([cv2.GaussianBlur(band.astype(np.float32), (0, 0), rng.uniform(0.3, 0.7)) for band in out])
    out = out + rng.standard_normal(out.shape, dtype=np.float32) * np.float32(rng.uniform(0, noise))
    return np.asarray(np.clip(out, 0, 1), dtype=np.float32)
