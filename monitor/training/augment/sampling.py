"""Where a chip is cut, and where and how long the hulls are that are added to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitor.core.arrays import Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.decode import Hulls
from monitor.training.augment.ground import Affine, Cutout, Ground
from monitor.training.augment.targets import corners, fill

_LENGTHS_PX = ((4.0, 6.0), (6.0, 10.0), (10.0, 15.0), (15.0, 25.0), (25.0, 40.0))
_LENGTH_SHARES = (0.1, 0.3, 0.25, 0.2, 0.15)
_STRETCH = 1.7
_SURE_SCORE = 0.5
"""Score from which a hull counts as found."""
_AT_SMALL_CRAFT = 0.15
"""Share of the chips of a port with marinas that are cut there (chosen)."""
_NEAR_PX = 5.0
"""How far a find may lie from the hull."""


def pick_centre(ground: Ground, rng: np.random.Generator, size: int) -> tuple[float, float]:
    """Where a chip is cut: at hulls mostly, at stacks, moorings, empty quays, places once mistaken, anywhere.

    Parameters
    ----------
    ground : Ground
    rng : np.random.Generator
    size : int
        Pixels a side of the chip.
    """
    port, draw = ground.port, rng.random()
    rows, cols = port.shape
    if port.small_craft and rng.random() < _AT_SMALL_CRAFT:
        x, y = _inside(port.small_craft[rng.integers(len(port.small_craft))], rng)
    elif draw < 0.47 and port.hulls:
        missed = ground.missed if ground.missed and rng.random() < 0.4 else range(len(port.hulls))
        hull = port.hulls[missed[int(rng.integers(len(missed)))]]
        x, y = hull.x, hull.y
    elif draw < 0.58 and port.stacks:
        x, y = port.stacks[rng.integers(len(port.stacks))].mean(axis=0)
    elif draw < 0.70 and len(ground.spots):
        x, y = ground.spots[rng.integers(len(ground.spots))]
    elif draw < 0.85 and len(ground.quays):
        x, y = ground.quays[rng.integers(len(ground.quays))][:2]
    else:
        x, y = rng.uniform(0, cols), rng.uniform(0, rows)
    jitter = size * 0.35
    x, y = x + rng.uniform(-jitter, jitter), y + rng.uniform(-jitter, jitter)
    half = size * 0.45
    return float(np.clip(x, min(half, cols / 2), max(cols - half, cols / 2)) // 1), float(
        np.clip(y, min(half, rows / 2), max(rows - half, rows / 2)) // 1
    )


def _inside(ring: Pixels, rng: np.random.Generator) -> tuple[float, float]:
    """A place between two corners of a ring."""
    one, other = ring[rng.integers(len(ring), size=2)]
    x, y = one + (other - one) * rng.random()
    return float(x), float(y)


def berth_place(quays: Pixels, length: float, width: float, rng: np.random.Generator) -> Hull:
    """A hull alongside a quay, almost touching it.

    Parameters
    ----------
    quays : Pixels
        (n, 4) x, y, unit normal towards the water.
    length, width : float
        Of the hull, pixels.
    rng : np.random.Generator
    """
    x, y, nx, ny = quays[rng.integers(len(quays))]
    off = width / 2 + rng.uniform(-0.3, 0.7)
    angle = math.atan2(nx, -ny) + rng.normal(0, 0.02)
    return Hull(
        x=float(x + nx * off), y=float(y + ny * off), length_px=length, width_px=width, angle=angle % math.pi, sure=True
    )


def stern_place(quays: Pixels, length: float, width: float, rng: np.random.Generator) -> Hull:
    """A hull at a right angle to a quay, its stern almost touching it, as ferries and trawlers lie.

    Parameters
    ----------
    quays : Pixels
        (n, 4) x, y, unit normal towards the water.
    length, width : float
        Of the hull, pixels.
    rng : np.random.Generator
    """
    x, y, nx, ny = quays[rng.integers(len(quays))]
    off = length / 2 + rng.uniform(-0.3, 1.5)
    angle = math.atan2(ny, nx) + rng.normal(0, 0.04)
    return Hull(
        x=float(x + nx * off), y=float(y + ny * off), length_px=length, width_px=width, angle=angle % math.pi, sure=True
    )


def next_in_row(last: Hull, side: float, end: float, size: tuple[float, float], rng: np.random.Generator) -> Hull:
    """A hull beside the last of a row, with a narrow gap, one end in line with it.

    Parameters
    ----------
    last : Hull
    side, end : float
        1 or -1: on which side the row goes on, and which ends are in line.
    size : tuple of float
        Length and width, pixels.
    rng : np.random.Generator
    """
    length, width = size
    along = np.array([math.cos(last.angle), math.sin(last.angle)])
    across = np.array([-along[1], along[0]])
    step = across * side * ((last.width_px + width) / 2 + rng.uniform(0.1, 1.8))
    step = step - along * end * (length - last.length_px) / 2
    return Hull(
        x=float(last.x + step[0]),
        y=float(last.y + step[1]),
        length_px=length,
        width_px=width,
        angle=last.angle,
        sure=True,
    )


def beside(hull: Hull, length: float, width: float, rng: np.random.Generator) -> Hull:
    """A hull abreast of another, or bow to stern with it.

    Parameters
    ----------
    hull : Hull
        The other.
    length, width : float
        Of the hull, pixels.
    rng : np.random.Generator
    """
    sign = rng.choice([-1.0, 1.0])
    along = np.array([math.cos(hull.angle), math.sin(hull.angle)])
    across = np.array([-along[1], along[0]])
    if rng.random() < 0.5:
        step = across * sign * ((hull.width_px + width) / 2 + rng.uniform(0.1, 1.0))
        step = step + along * rng.uniform(-0.2, 0.2) * length
    else:
        step = along * sign * ((hull.length_px + length) / 2 + rng.uniform(0.8, 4.0))
        step = step + across * rng.normal(0, 0.4)
    return Hull(x=hull.x + step[0], y=hull.y + step[1], length_px=length, width_px=width, angle=hull.angle, sure=True)


def draw_size(bank: Sequence[Cutout], rng: np.random.Generator) -> tuple[Cutout, float, float]:
    """A cutout with a length and a width to draw it at: short, middling and long hulls about as often."""
    low, high = _LENGTHS_PX[rng.choice(len(_LENGTHS_PX), p=_LENGTH_SHARES)]
    length = float(np.exp(rng.uniform(math.log(low), math.log(high))))
    fits = [cutout for cutout in bank if 1 / _STRETCH < length / cutout.length_px < _STRETCH] or list(bank)
    cutout = fits[int(rng.integers(len(fits)))]
    length = float(np.clip(length, cutout.length_px / _STRETCH, cutout.length_px * _STRETCH))
    return cutout, length, cutout.width_px * (length / cutout.length_px) ** 0.8


def quays_in(quays: Pixels, matrix: Affine, size: int) -> Pixels:
    """The quay points that lie on a chip, with their normals, in its coordinates.

    Parameters
    ----------
    quays : Pixels
        (n, 4) x, y, unit normal towards the water, in the port.
    matrix : Affine
        (2, 3) from the port's to the chip's column and row.
    size : int
        Pixels a side of the chip.
    """
    if not len(quays):
        return quays
    points = quays[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    normal = quays[:, 2:] @ matrix[:, :2].T
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    keep = (points > 0).all(axis=1) & (points < size).all(axis=1)
    return np.concatenate([points, normal], axis=1)[keep].astype(np.float32)


def with_errors(ground: Ground, found: Hulls) -> Ground:
    """The ground with `spots` where `found` claims hulls that are none, and `missed` hulls that it hardly finds."""
    port = ground.port
    near = fill(port.shape, port.ignore) > 0
    near[fill(port.shape, port.small_craft) > 0] = False
    near |= fill(port.shape, [corners(hull, 2.0) for hull in port.hulls]) > 0
    rows = np.clip(found.y.astype(int), 0, port.shape[0] - 1)
    cols = np.clip(found.x.astype(int), 0, port.shape[1] - 1)
    false = ~near[rows, cols]
    spots = np.stack([found.x, found.y], axis=1)[false].astype(np.float32)
    missed = tuple(index for index, hull in enumerate(port.hulls) if hull.sure and not _is_found(hull.x, hull.y, found))
    return replace(ground, spots=spots, missed=missed)


def _is_found(x: float, y: float, found: Hulls) -> bool:
    near = np.hypot(found.x - x, found.y - y) < _NEAR_PX
    return bool((found.score[near] > _SURE_SCORE).any())
