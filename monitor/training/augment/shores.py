"""Made-up shores on training chips: beaches, mud, mangroves, surf, groynes and breakwaters, where no hull lies.

Harbours have few natural shores, so a network that learns from harbours alone takes surf and groynes for hulls.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from monitor.core.arrays import Mask, Pixels

GROUNDS = np.array(
    [
        (0.18, 0.24, 0.30, 0.36, 0.44),  # dry sand
        (0.09, 0.12, 0.15, 0.17, 0.14),  # wet sand
        (0.06, 0.08, 0.10, 0.11, 0.09),  # mud
        (0.07, 0.09, 0.11, 0.15, 0.19),  # rock
        (0.02, 0.05, 0.03, 0.35, 0.17),  # wood and grass
        (0.02, 0.04, 0.02, 0.24, 0.08),  # mangrove
        (0.17, 0.19, 0.21, 0.24, 0.26),  # concrete
        (0.10, 0.15, 0.21, 0.28, 0.37),  # dry earth
    ],
    dtype=np.float32,
)
"""Typical reflectance of bare and grown ground in B02 B03 B04 B08 B11."""

_SHALLOW = np.array([0.030, 0.045, 0.025, 0.004, 0.0], dtype=np.float32)
_CLEAR_PX = 4.0


def noise_field(size: int, rng: np.random.Generator, roughness: float = 0.9) -> Pixels:
    """(size, size) smooth noise with detail at every scale, mean near 0.

    Parameters
    ----------
    size : int
    rng : np.random.Generator
    roughness : float
        The smaller, the more fine detail.
    """
    field = np.zeros((size, size), np.float32)
    for cells in (2, 4, 8, 16, 32, 64):
        if cells > size:
            break
        noise = rng.standard_normal((cells, cells)).astype(np.float32)
        part = cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC)
        field += part * np.float32(2.0 / cells**roughness)
    return field


def soft_line(size: int, start: tuple[float, float], angle: float, length: float, width: float) -> Pixels:
    """(size, size) 0–1: a straight strip with soft edges.

    Parameters
    ----------
    size : int
    start : tuple of float
        Column and row of one end.
    angle : float
        Radians from +column towards +row.
    length, width : float
        Pixels.
    """
    rows, cols = np.mgrid[0:size, 0:size].astype(np.float32)
    dx, dy = cols - start[0], rows - start[1]
    along = dx * math.cos(angle) + dy * math.sin(angle)
    across = np.abs(-dx * math.sin(angle) + dy * math.cos(angle))
    ends = np.minimum(along + 0.5, length + 0.5 - along)
    return np.asarray(np.clip(ends, 0, 1) * np.clip(width / 2 + 0.5 - across, 0, 1), dtype=np.float32)


def _works(land: Mask, offshore: Pixels, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Opacity of groynes, jetties and breakwaters, and places along the jetties.

    Groynes and jetties run out from the shore, breakwaters lie before it. Places are (n, 4): x, y, and the unit normal
    towards the water.
    """
    size = len(land)
    out, sides = np.zeros((size, size), np.float32), [np.zeros((0, 4), np.float32)]
    rows, cols = np.nonzero((offshore > 0.5) & (offshore < 1.6))
    if rows.size == 0:
        return out, sides[0]
    slope_x, slope_y = cv2.Sobel(offshore, cv2.CV_32F, 1, 0), cv2.Sobel(offshore, cv2.CV_32F, 0, 1)
    for _ in range(int(rng.poisson(2.0))):
        pick = int(rng.integers(rows.size))
        row, col = int(rows[pick]), int(cols[pick])
        seaward = math.atan2(slope_y[row, col], slope_x[row, col]) + rng.normal(0, 0.25)
        length, width = float(rng.uniform(3, 22)), float(rng.uniform(0.4, 1.8))
        start = (col - 1.5 * math.cos(seaward), row - 1.5 * math.sin(seaward))
        kind = rng.random()
        if kind < 0.2:
            away = float(rng.uniform(4, 12))
            start = (col + away * math.cos(seaward), row + away * math.sin(seaward))
            seaward += math.pi / 2
        elif kind < 0.55:
            length, width = float(rng.uniform(20, 80)), float(rng.uniform(0.6, 3.0))
            sides.append(_beside_line(start, seaward, length, width))
        out = np.maximum(out, soft_line(size, start, seaward, length, width))
    return out, np.concatenate(sides)


def _beside_line(start: tuple[float, float], angle: float, length: float, width: float) -> Pixels:
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    at = np.array(start) + np.arange(8.0, max(length - 2.0, 9.0), 2.0)[:, None] * along
    places = [
        np.concatenate([at + sign * (width / 2 + 0.5) * across, np.tile(sign * across, (len(at), 1))], axis=1)
        for sign in (-1.0, 1.0)
    ]
    return np.concatenate(places).astype(np.float32)


def _ground(inland: Pixels, rng: np.random.Generator) -> Pixels:
    """Colours of the land: a strip along the water, then something else, with texture."""
    size = len(inland)
    strip, behind = GROUNDS[rng.integers(len(GROUNDS), size=2)]
    width = float(rng.uniform(0.5, 8)) * np.exp(0.5 * noise_field(size, rng))
    mix = np.clip(inland - width, 0, 1)[None]
    colour = strip[:, None, None] * (1 - mix) + behind[:, None, None] * mix
    texture = np.exp(rng.uniform(0.05, 0.25) * noise_field(size, rng, 0.5))
    return np.asarray(colour * texture * np.exp(rng.normal(0, 0.2)), dtype=np.float32)


def _surf(offshore: Pixels, rng: np.random.Generator) -> Pixels:
    """Opacity of broken white lines along the shore."""
    size = len(offshore)
    out = np.zeros((size, size), np.float32)
    wobble = noise_field(size, rng) * 0.8
    for _ in range(int(rng.integers(0, 4))):
        line = np.clip(rng.uniform(0.4, 1.2) - np.abs(offshore - rng.uniform(0.5, 9) + wobble), 0, 1)
        out = np.maximum(out, line * (noise_field(size, rng, 0.4) > rng.uniform(-0.5, 2.0)))
    return out * np.float32(rng.uniform(0.2, 1.0))


def add_shores(reflectance: Pixels, water: Mask, keep_clear: Mask, rng: np.random.Generator) -> tuple[Mask, Pixels]:
    """Where land was drawn into the water of a chip, in place, and places along its jetties where a hull could lie.

    Parameters
    ----------
    reflectance : Pixels
        (5, size, size), changed in place.
    water : Mask
        (size, size) bool.
    keep_clear : Mask
        (size, size) where nothing may be drawn: hulls.
    rng : np.random.Generator

    Returns
    -------
    tuple of Mask and Pixels
        (size, size), all False when there is little water; (n, 4) as of `ground.quay_places`.
    """
    size = len(water)
    covered = np.zeros((size, size), dtype=np.bool_)
    if water.mean() < 0.3:
        return covered, np.zeros((0, 4), dtype=np.float32)
    field = noise_field(size, rng, float(rng.uniform(0.7, 1.2)))
    land = field > np.quantile(field, 1 - rng.beta(1.6, 2.4))
    offshore = cv2.distanceTransform((~land).astype(np.uint8), cv2.DIST_L2, 3)
    inland = cv2.distanceTransform(land.astype(np.uint8), cv2.DIST_L2, 3)
    clear = cv2.distanceTransform((~keep_clear).astype(np.uint8), cv2.DIST_L2, 3)
    room = np.clip((clear - _CLEAR_PX) / 2, 0, 1) * water
    shallow = np.exp(-offshore / rng.uniform(1, 15)) * rng.uniform(0, 1.2) * room
    reflectance += _SHALLOW[:, None, None] * shallow
    foam = _surf(offshore, rng) * room
    reflectance += foam * (np.float32(rng.uniform(0.1, 0.4)) - reflectance)
    edge = cv2.GaussianBlur(land.astype(np.float32), (0, 0), float(rng.uniform(0.4, 0.9))) * room
    reflectance += edge * (_ground(inland, rng) - reflectance)
    works, places = _works(land, offshore, rng)
    works = works * room
    stone = GROUNDS[[1, 3, 6, 7][int(rng.integers(4))]] * np.float32(rng.uniform(0.6, 1.3))
    grain = np.exp(0.15 * rng.standard_normal((size, size)))
    reflectance += works * (stone[:, None, None] * grain - reflectance)
    covered |= (edge > 0.2) | (works > 0.2) | (foam > 0.2)
    return covered, places
