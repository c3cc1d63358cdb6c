"""What is no hull in the water of training chips: bars, islets, breakwaters, piers, wakes, foam, rags of cloud."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from monitor.core.arrays import Mask, Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.training.augment.shores import GROUNDS, noise_field, soft_line

FOAM_COLOUR = np.array([0.34, 0.34, 0.32, 0.26, 0.10], dtype=np.float32)
"""Reflectance of dense foam in B02 B03 B04 B08 B11: white, and dark in the short-wave infrared."""

CLOUD_COLOUR = np.array([0.95, 0.93, 0.92, 0.97, 0.70], dtype=np.float32)
"""Reflectance of cloud in the same bands, relative to its brightest: white, and darker in the short-wave infrared."""

_SILT = GROUNDS[[1, 2, 3, 5]]
_STONE = GROUNDS[[0, 1, 3, 6, 7]]
_CLEAR_PX = 3.0
_OPEN_PX = 5.0


def _offsets(size: int, x: float, y: float, angle: float) -> tuple[Pixels, Pixels]:
    rows, cols = np.mgrid[0:size, 0:size].astype(np.float32)
    dx, dy = cols + 0.5 - x, rows + 0.5 - y
    return dx * math.cos(angle) + dy * math.sin(angle), -dx * math.sin(angle) + dy * math.cos(angle)


def _blob(size: int, x: float, y: float, rng: np.random.Generator) -> Pixels:
    """0..1: one long, uneven patch."""
    length, share = float(rng.uniform(4, 28)), float(rng.uniform(0.12, 0.7))
    along, across = _offsets(size, x, y, float(rng.uniform(0, math.pi)))
    across = across + rng.normal(0, 0.02) * along**2
    reach = np.hypot(along / (length / 2), across / max(length * share / 2, 0.7))
    return np.asarray(np.clip((1.2 - reach + 0.2 * noise_field(size, rng)) * 2, 0, 1), dtype=np.float32)


def _bar(size: int, x: float, y: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """A bank of mud or sand, partly under water."""
    soft = cv2.GaussianBlur(_blob(size, x, y, rng), (0, 0), float(rng.uniform(0.5, 1.8)))
    return soft * np.float32(rng.uniform(0.3, 1.0)), _SILT[int(rng.integers(len(_SILT)))]


def _islet(size: int, x: float, y: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Rock, sand or green."""
    soft = cv2.GaussianBlur(_blob(size, x, y, rng), (0, 0), float(rng.uniform(0.4, 0.8)))
    return soft, GROUNDS[int(rng.integers(len(GROUNDS)))] * np.float32(rng.uniform(0.5, 1.2))


def _breakwaters(size: int, x: float, y: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """One to five rods of stone in a row."""
    angle, out = float(rng.uniform(0, math.pi)), np.zeros((size, size), np.float32)
    length, width = float(rng.uniform(5, 16)), float(rng.uniform(0.5, 2.2))
    for _ in range(int(rng.integers(1, 6))):
        out = np.maximum(out, soft_line(size, (x, y), angle + rng.normal(0, 0.05), length, width))
        step = length + float(rng.uniform(2, 7))
        x, y = x + step * math.cos(angle), y + step * math.sin(angle)
    return out, _STONE[int(rng.integers(len(_STONE)))] * np.float32(rng.uniform(0.5, 1.2))


def _streak(size: int, x: float, y: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Foam in a line that fades to one end."""
    return _wake(size, (x, y), float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(0.5, 2.0)), rng), FOAM_COLOUR


def _rag(size: int, x: float, y: float, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """A rag of cloud no larger than a ship, soft and half transparent."""
    along, across = _offsets(size, x, y, float(rng.uniform(0, math.pi)))
    length, share = float(rng.uniform(2, 16)), float(rng.uniform(0.25, 1.0))
    across = across + rng.normal(0, 0.03) * along**2
    reach = np.hypot(along / (length / 2), across / max(length * share / 2, 0.8)) + 0.15 * noise_field(size, rng)
    soft = cv2.GaussianBlur(np.clip(1.5 - reach, 0, 1).astype(np.float32), (0, 0), float(rng.uniform(0.5, 1.5)))
    return soft * np.float32(rng.uniform(0.15, 1.0)), CLOUD_COLOUR * np.float32(rng.uniform(0.3, 0.95))


def _wake(size: int, stern: tuple[float, float], angle: float, width: float, rng: np.random.Generator) -> Pixels:
    """0..1: broken water from a stern onwards in the direction of `angle`, wider and fainter with distance."""
    along, across = _offsets(size, *stern, angle)
    length = float(rng.uniform(6, 40))
    half = width / 2 + np.maximum(along, 0) * rng.uniform(0.0, 0.06)
    inside = np.clip(along + 0.5, 0, 1) * np.clip(half + 0.5 - np.abs(across), 0, 1)
    fade = np.exp(-np.maximum(along, 0) / length) * np.exp(0.3 * noise_field(size, rng, 0.4))
    return np.asarray(np.clip(inside * fade * rng.uniform(0.2, 1.0), 0, 1), dtype=np.float32)


_KINDS: tuple[Callable[[int, float, float, np.random.Generator], tuple[Pixels, Pixels]], ...] = (
    _bar,
    _islet,
    _breakwaters,
    _streak,
    _rag,
    _rag,
)


def add_decoys(reflectance: Pixels, water: Mask, keep_clear: Mask, rng: np.random.Generator) -> Mask:
    """Where one to four decoys were drawn into the water of a chip, in place; all False where there is hardly water.

    Parameters
    ----------
    reflectance : Pixels
        (5, size, size), changed in place.
    water : Mask
        (size, size) bool.
    keep_clear : Mask
        (size, size) where nothing may be drawn: hulls.
    rng : np.random.Generator
    """
    size = len(water)
    covered = np.zeros((size, size), dtype=np.bool_)
    clear = cv2.distanceTransform((~keep_clear).astype(np.uint8), cv2.DIST_L2, 3)
    rows, cols = np.nonzero(water & (clear > _CLEAR_PX + 1))
    if rows.size < size:
        return covered
    room = np.clip((clear - _CLEAR_PX) / 2, 0, 1) * water
    for _ in range(int(rng.integers(1, 5))):
        pick = int(rng.integers(rows.size))
        opacity, colour = _KINDS[int(rng.integers(len(_KINDS)))](size, float(cols[pick]), float(rows[pick]), rng)
        opacity = opacity * room
        grain = np.exp(0.12 * rng.standard_normal((size, size)))
        reflectance += opacity * (colour[:, None, None] * grain - reflectance)
        covered |= opacity > 0.2
    return covered


def add_fingers(reflectance: Pixels, water: Mask, quays: Pixels, keep_clear: Mask, rng: np.random.Generator) -> Mask:
    """Where narrow piers were drawn that run out from some of the quays, in place.

    Thin, bright, as long as a small ship and joined to a quay: taken for one that lies stern to it.

    Parameters
    ----------
    reflectance : Pixels
        (5, size, size), changed in place.
    water : Mask
        (size, size) bool.
    quays : Pixels
        (n, 4) places, as of `ground.quay_places`.
    keep_clear : Mask
        (size, size) where nothing may be drawn: hulls.
    rng : np.random.Generator
    """
    size = len(water)
    out = np.zeros((size, size), np.float32)
    if not len(quays):
        return out > 0
    clear = cv2.distanceTransform((~keep_clear).astype(np.uint8), cv2.DIST_L2, 3)
    for _ in range(int(rng.integers(1, 4))):
        x, y, nx, ny = (float(v) for v in quays[int(rng.integers(len(quays)))])
        angle = math.atan2(ny, nx) + float(rng.normal(0, 0.1))
        start = (x - 1.5 * math.cos(angle) - 0.5, y - 1.5 * math.sin(angle) - 0.5)
        line = soft_line(size, start, angle, float(rng.uniform(5, 18)), float(rng.uniform(0.4, 1.6)))
        out = np.maximum(out, line * np.float32(rng.uniform(0.5, 1.0)))
    out = out * np.clip((clear - _CLEAR_PX) / 2, 0, 1)
    stone = _STONE[int(rng.integers(len(_STONE)))] * np.float32(rng.uniform(0.5, 1.4))
    grain = np.exp(0.25 * rng.standard_normal((size, size)))
    reflectance += out * (stone[:, None, None] * grain - reflectance)
    return np.asarray(out > 0.2, dtype=np.bool_)


def add_wakes(reflectance: Pixels, water: Mask, hulls: Sequence[Hull], rng: np.random.Generator) -> None:
    """Foam behind some of the hulls that lie in open water, in place.

    Parameters
    ----------
    reflectance : Pixels
        (5, size, size), changed in place.
    water : Mask
        (size, size) bool.
    hulls : sequence of Hull
        In pixels of the chip.
    rng : np.random.Generator
    """
    size = len(water)
    room = cv2.distanceTransform(water.astype(np.uint8), cv2.DIST_L2, 3)
    for hull in hulls:
        end = float(rng.choice([-1.0, 1.0]))
        angle = hull.angle if end > 0 else hull.angle + math.pi
        stern = (
            hull.x + math.cos(angle) * (hull.length_px / 2 + 0.5),
            hull.y + math.sin(angle) * (hull.length_px / 2 + 0.5),
        )
        beyond = stern[0] + _OPEN_PX * math.cos(angle), stern[1] + _OPEN_PX * math.sin(angle)
        col, row = int(beyond[0]), int(beyond[1])
        if not (0 <= col < size and 0 <= row < size) or room[row, col] < _OPEN_PX:
            continue
        if rng.random() < 0.5:
            foam = _wake(size, stern, angle, hull.width_px * float(rng.uniform(0.4, 1.2)), rng) * water
            reflectance += foam * (FOAM_COLOUR[:, None, None] - reflectance)
