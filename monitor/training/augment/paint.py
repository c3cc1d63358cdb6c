"""Other paint on the hulls of training chips: ports differ in the colours of their ships more than in anything else."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from monitor.core.arrays import Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.training.augment.targets import local_frame

PAINTS = np.array(
    [
        (0.64, 0.65, 0.65, 0.62, 0.45),  # bright white
        (0.44, 0.45, 0.45, 0.44, 0.34),  # white
        (0.28, 0.28, 0.28, 0.26, 0.20),  # light grey
        (0.25, 0.26, 0.24, 0.17, 0.11),  # blue grey
        (0.19, 0.14, 0.09, 0.10, 0.08),  # blue
        (0.09, 0.15, 0.10, 0.13, 0.11),  # green
        (0.07, 0.09, 0.18, 0.22, 0.24),  # red oxide
        (0.09, 0.14, 0.33, 0.38, 0.36),  # orange
        (0.13, 0.13, 0.13, 0.15, 0.16),  # dull grey
        (0.05, 0.05, 0.06, 0.07, 0.07),  # black
    ],
    dtype=np.float32,
)
"""Reflectance of decks in B02 B03 B04 B08 B11 above the scene's dark end; round figures, read off the brighter hulls of
the labelled ports."""

_PROBABILITIES = np.array([0.1, 0.14, 0.12, 0.14, 0.08, 0.1, 0.14, 0.06, 0.08, 0.04])
_HATCH_PX = (2.0, 5.0)
_BLUR_PX = (0.5, 0.9)


def paint_hulls(reflectance: Pixels, hulls: Sequence[Hull], probability: float, rng: np.random.Generator) -> None:
    """Other paint on some sure hulls, in place: one colour or two, hatches or none, with their own light and shade.

    Parameters
    ----------
    reflectance : Pixels
        (5, row, col), changed in place.
    hulls : sequence of Hull
        In its pixels.
    probability : float
        That a hull is painted.
    rng : np.random.Generator
    """
    for hull in hulls:
        if hull.sure and rng.random() < probability:
            _paint(reflectance, hull, rng)


def _paint(reflectance: Pixels, hull: Hull, rng: np.random.Generator) -> None:
    frame = local_frame(hull, reflectance.shape[1:], 1.5)
    if frame is None:
        return
    rows, cols, along, across = frame
    u, v = np.abs(along), np.abs(across)
    alpha = np.clip(hull.length_px / 2 + 0.5 - u, 0, 1) * np.clip(max(hull.width_px, 1.2) / 2 + 0.5 - v, 0, 1)
    if not (alpha > 0.5).any():
        return
    window = reflectance[:, rows, cols]
    level = window.mean(axis=0)
    shade = np.clip(level / max(float(level[alpha > 0.5].mean()), 1e-3), 0.4, 2.0) ** rng.uniform(0.2, 1.0)
    deck = _deck(along, across, hull, rng) * shade
    share = alpha * rng.uniform(0.4, 0.95)
    window[:] = np.clip(window * (1 - share) + deck * share, 0, 1)


def _deck(along: Pixels, across: Pixels, hull: Hull, rng: np.random.Generator) -> Pixels:
    """(5, row, col): the main deck, hatches on it, a bright rim, a bridge of another paint at one end."""
    gain = np.exp(rng.normal(-0.1, 0.3, size=(3, 1)))
    main, hatch, bridge = PAINTS[rng.choice(len(PAINTS), size=3, p=_PROBABILITIES)] * gain
    deck = np.broadcast_to(main[:, None, None], (5, *along.shape)).astype(np.float32)
    if rng.random() < 0.4:
        period = rng.uniform(*_HATCH_PX)
        wave = np.sin(2 * math.pi * along / period + rng.uniform(0, 2 * math.pi)) > rng.uniform(-0.5, 0.5)
        inner = np.abs(across) < hull.width_px * rng.uniform(0.2, 0.45)
        hatch = main + (hatch - main) * np.float32(rng.uniform(0.2, 0.8))
        deck = np.where(wave & inner & (np.abs(along) < 0.42 * hull.length_px), hatch[:, None, None], deck)
    if rng.random() < 0.25:
        edge = np.minimum(hull.width_px / 2 - np.abs(across), hull.length_px / 2 - np.abs(along))
        rim = edge < rng.uniform(0.5, 1.2)
        deck = np.where(rim, PAINTS[int(rng.integers(3))][:, None, None], deck)
    if rng.random() < 0.5:
        bridge = PAINTS[1] * np.float32(rng.uniform(0.7, 1.4)) if rng.random() < 0.6 else bridge
        end = along * rng.choice([-1.0, 1.0]) > hull.length_px * rng.uniform(0.28, 0.42)
        deck = np.where(end, bridge[:, None, None], deck)
    sigma = rng.uniform(*_BLUR_PX)
    return np.stack([cv2.GaussianBlur(np.ascontiguousarray(band), (0, 0), sigma) for band in deck])
