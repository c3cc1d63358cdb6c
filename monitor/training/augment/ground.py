"""Labelled ports made ready for composing: reflectance, water, quays, and their hulls cut out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Mask, Pixels
from monitor.detect.evaluation.dataset import Hull, LabelledPort
from monitor.detect.yolo.preprocess import dark_levels, subtract_dark
from monitor.training.augment.targets import corners, fill

Affine = npt.NDArray[np.float64]

LEAST_WATER_PX = 400


@dataclass(frozen=True, slots=True)
class Ground:
    """A labelled port ready for composing.

    Attributes
    ----------
    port : LabelledPort
    layers : Pixels
        (7, row, col): reflectance of five bands after dark subtraction, valid, water.
    quays : Pixels
        (n, 4): x, y of the edge, unit normal towards the water.
    spots : Pixels
        (n, 2): x, y to sample often.
    missed : tuple of int
        Hulls, by index, to show more often.
    made_up : bool
        Whether the port is simulated.
    """

    port: LabelledPort
    layers: Pixels
    quays: Pixels
    spots: Pixels = field(default_factory=lambda: np.zeros((0, 2), dtype=np.float32))
    missed: tuple[int, ...] = ()
    made_up: bool = False

    @property
    def reflectance(self) -> Pixels:
        """The five bands."""
        return self.layers[:5]

    @property
    def hulls(self) -> tuple[Hull, ...]:
        """Labelled hulls."""
        return self.port.hulls


@dataclass(frozen=True, slots=True)
class Cutout:
    """A real hull, turned so that it lies along the rows: (band, across, along) with its box in the middle."""

    pixels: Pixels
    length_px: float
    width_px: float
    alpha: Pixels


def dark_water(reflectance: Pixels, has: Sequence[bool], valid: Mask) -> Mask:
    """Dark in the infrared bands that are there: open water, cleaned of specks.

    Parameters
    ----------
    reflectance : Pixels
        (5, row, col) after dark subtraction.
    has : sequence of bool
        Which bands are there.
    valid : Mask
    """
    dark = valid.copy()
    if has[3]:
        dark &= reflectance[3] < 0.075
    if has[4]:
        dark &= reflectance[4] < 0.05
    clean = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(clean, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= LEAST_WATER_PX
    large[0] = False
    return np.asarray(large[labels], dtype=np.bool_)


def quay_places(water: Mask, land: Mask, rng: np.random.Generator, count: int = 4000) -> Pixels:
    """(n, 4) points on straight edges between land and water, with the normal towards the water: x, y, nx, ny.

    Parameters
    ----------
    water, land : Mask
        (row, col) bool.
    rng : np.random.Generator
    count : int
        Most points.
    """
    soft = cv2.GaussianBlur(water.astype(np.float32), (0, 0), 2.5)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    smooth = [cv2.GaussianBlur(a, (0, 0), 6.0) for a in (gx * gx, gy * gy, gx * gy)]
    coherence = np.hypot(smooth[0] - smooth[1], 2 * smooth[2]) / (smooth[0] + smooth[1] + 1e-9)
    edge = (cv2.dilate(land.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & water & (coherence > 0.9)
    rows, cols = np.nonzero(edge)
    if rows.size == 0:
        return np.zeros((0, 4), dtype=np.float32)
    pick = rng.choice(rows.size, size=min(count, rows.size), replace=False)
    rows, cols = rows[pick], cols[pick]
    normal = np.stack([gx[rows, cols], gy[rows, cols]], axis=1)
    size = np.linalg.norm(normal, axis=1, keepdims=True)
    keep = size[:, 0] > 0.02
    points = np.concatenate([cols[:, None] + 0.5, rows[:, None] + 0.5, normal / np.maximum(size, 1e-6)], axis=1)
    return np.asarray(points[keep], dtype=np.float32)


def prepare_ground(port: LabelledPort, rng: np.random.Generator) -> Ground:
    """A port with its dark end subtracted, its water and its quays."""
    raw: Pixels = (port.dn / np.float32(10_000)).astype(np.float32)
    valid: Mask = np.asarray((port.dn > 0).any(axis=0), dtype=np.bool_)
    reflectance = subtract_dark(raw, dark_levels(raw, valid))
    reflectance[[not there for there in port.has]] = 0.0
    water = dark_water(reflectance, port.has, valid)
    lying = fill(port.shape, [corners(hull, 2.0) for hull in port.hulls]) > 0
    land = valid & ~water & ~lying
    land = cv2.morphologyEx(land.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)).astype(bool)
    layers = np.concatenate([reflectance, valid[None], water[None]]).astype(np.float32)
    return Ground(port, layers, quay_places(water, land, rng))


def turn(pixels: Pixels, matrix: Affine, shape: tuple[int, int], *, order: int = cv2.INTER_LINEAR) -> Pixels:
    """Bands resampled by an affine map.

    Parameters
    ----------
    pixels : Pixels
        (band, row, col).
    matrix : Affine
        (2, 3) from source to target coordinates (column, row, corner based).
    shape : tuple of int
        Rows and columns of the target.
    order : int
        Interpolation, one of OpenCV's flags.
    """
    half = np.array([0.5, 0.5])
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ half - half
    out = [
        cv2.warpAffine(band, shifted, (shape[1], shape[0]), flags=order, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        for band in pixels
    ]
    return np.stack(out)


def turn_window(stack: Pixels, matrix: Affine, size: int, order: int) -> Pixels:
    """`turn`, but reading only the part of a large source that the chip shows.

    Parameters
    ----------
    stack : Pixels
        (band, row, col) of the port.
    matrix : Affine
        (2, 3) from the port's to the chip's column and row.
    size : int
        Pixels a side of the chip.
    order : int
        Interpolation, one of OpenCV's flags.
    """
    inverse = np.linalg.inv(matrix[:, :2])
    frame = np.array([[0, 0], [size, 0], [0, size], [size, size]]) - matrix[:, 2]
    back = frame @ inverse.T
    x0, y0 = np.maximum(np.floor(back.min(axis=0)).astype(int) - 2, 0)
    x1, y1 = np.ceil(back.max(axis=0)).astype(int) + 3
    part = matrix.copy()
    part[:, 2] += matrix[:, :2] @ np.array([x0, y0])
    return turn(np.ascontiguousarray(stack[:, y0:y1, x0:x1]), part, (size, size), order=order)


def cut_out(ground: Ground, hull: Hull, margin: float = 1.0) -> Cutout:
    """A hull cut from its port, along the rows, with a soft edge.

    Parameters
    ----------
    ground : Ground
    hull : Hull
        One of its hulls.
    margin : float
        Pixels around its box.
    """
    width, height = math.ceil(hull.length_px + 2 * margin + 2), math.ceil(hull.width_px + 2 * margin + 2)
    cos, sin = math.cos(hull.angle), math.sin(hull.angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    shift = np.array([width / 2, height / 2]) - rotation @ np.array([hull.x, hull.y])
    pixels = turn(ground.reflectance, np.column_stack([rotation, shift]), (height, width), order=cv2.INTER_CUBIC)
    u = np.abs(np.arange(width) + 0.5 - width / 2)[None, :]
    v = np.abs(np.arange(height) + 0.5 - height / 2)[:, None]
    alpha = np.clip(hull.length_px / 2 + 0.8 - u, 0, 1) * np.clip(hull.width_px / 2 + 0.6 - v, 0, 1)
    return Cutout(np.clip(pixels, 0, 1), hull.length_px, hull.width_px, alpha.astype(np.float32))


def hull_bank(grounds: Sequence[Ground]) -> list[Cutout]:
    """Every sure hull of the ports that have all bands."""
    return [
        cut_out(ground, hull)
        for ground in grounds
        if all(ground.port.has) and not ground.made_up
        for hull in ground.hulls
        if hull.sure and 4 <= hull.length_px <= 45
    ]
