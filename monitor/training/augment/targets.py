"""Labels -> the dense maps the network learns: hulls, their cores and centres, stacks, axes, sizes, offsets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Pixels
from monitor.detect.evaluation.dataset import Hull
from monitor.detect.yolo.decode import OFFSET_PX, SIZE_PX

MAPS = ("hull", "core", "stack", "cos2", "sin2", "centre", "log_length", "log_width", "dx", "dy")
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network should give for one chip.

    Attributes
    ----------
    maps : Pixels
        (len(MAPS), row, col).
    vessel_weight, stack_weight : Pixels
        (row, col), 0 where nothing is known.
    """

    maps: Pixels
    vessel_weight: Pixels
    stack_weight: Pixels


def fill(shape: tuple[int, int], rings: Sequence[Pixels]) -> npt.NDArray[np.uint8]:
    """1 inside any of the rings (column, row, corner based), 0 elsewhere."""
    mask = np.zeros(shape, dtype=np.uint8)
    for ring in rings:
        points = np.round((np.asarray(ring, dtype=np.float64) - 0.5) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [points], 1, shift=_SHIFT)
    return mask


def corners(hull: Hull, grow_px: float = 0.0) -> Pixels:
    """The four corners of a hull's box, columns and rows, grown on every side."""
    along = np.array([math.cos(hull.angle), math.sin(hull.angle)]) * (hull.length_px / 2 + grow_px)
    across = np.array([-math.sin(hull.angle), math.cos(hull.angle)]) * (hull.width_px / 2 + grow_px)
    centre = np.array([hull.x, hull.y])
    return np.array(
        [centre + along + across, centre + along - across, centre - along - across, centre - along + across],
        dtype=np.float32,
    )


def local_frame(hull: Hull, shape: tuple[int, int], margin: float) -> tuple[slice, slice, Pixels, Pixels] | None:
    """The window around a hull with each pixel's distance along and across it; None when outside.

    Rows, columns, distance along, distance across.

    Parameters
    ----------
    hull : Hull
    shape : tuple of int
        Rows and columns of the chip.
    margin : float
        Pixels around the hull's box.
    """
    box = corners(hull, margin)
    x0, y0 = np.floor(box.min(axis=0)).astype(int)
    x1, y1 = np.ceil(box.max(axis=0)).astype(int)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, shape[1]), min(y1, shape[0])
    if x0 >= x1 or y0 >= y1:
        return None
    dx = np.arange(x0, x1, dtype=np.float32)[None, :] + 0.5 - hull.x
    dy = np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5 - hull.y
    along = dx * math.cos(hull.angle) + dy * math.sin(hull.angle)
    across = -dx * math.sin(hull.angle) + dy * math.cos(hull.angle)
    return slice(y0, y1), slice(x0, x1), along.astype(np.float32), across.astype(np.float32)


def _draw_hull(maps: Pixels, weight: Pixels, hull: Hull, nearest: Pixels) -> None:
    frame = local_frame(hull, maps.shape[1:], 3.0)
    if frame is None:
        return
    rows, cols, along, across = frame
    length, width = hull.length_px, max(hull.width_px, 1.2)
    u, v = np.abs(along), np.abs(across)
    inside = (u <= length / 2) & (v <= width / 2)
    core = (u <= length / 2 - min(1.5, 0.15 * length)) & (v <= max(0.6, width / 4))
    heat = np.exp(-0.5 * (along / max(1.2, 0.12 * length)) ** 2 - 0.5 * (across / max(0.8, width / 4)) ** 2)
    window = maps[:, rows, cols]
    window[5] = np.maximum(window[5], heat)
    window[1] = np.maximum(window[1], core)
    distance = (along / length) ** 2 + (across / width) ** 2
    mine = inside & (distance < nearest[rows, cols])
    nearest[rows, cols][mine] = distance[mine]
    window[0][mine] = 1.0
    values = (math.cos(2 * hull.angle), math.sin(2 * hull.angle))
    window[3][mine], window[4][mine] = values
    window[6][mine] = math.log(length / SIZE_PX)
    window[7][mine] = math.log(width / SIZE_PX)
    dx = -(along * math.cos(hull.angle) - across * math.sin(hull.angle)) / OFFSET_PX
    dy = -(along * math.sin(hull.angle) + across * math.cos(hull.angle)) / OFFSET_PX
    window[8][mine], window[9][mine] = dx[mine], dy[mine]
    gain = float(np.clip(math.sqrt(60.0 / (length * width)), 0.7, 2.5))
    weight[rows, cols][inside] = gain


def render_targets(
    shape: tuple[int, int],
    hulls: Sequence[Hull],
    *,
    stacks: Sequence[Pixels] = (),
    doubtful_stacks: Sequence[Pixels] = (),
    ignore: Sequence[Pixels] = (),
    small_craft: Sequence[Pixels] = (),
    valid: npt.NDArray[np.bool_] | None = None,
) -> Targets:
    """Dense maps and weights of one chip.

    A sure hull wins over an ignore area, and a doubtful one has no weight. Small craft are background that is shown,
    in an ignore area or not.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    hulls : sequence of Hull
    stacks, doubtful_stacks, ignore, small_craft : sequence of Pixels
        Rings (n, 2), column and row.
    valid : Mask, optional
        Elsewhere nothing has weight.
    """
    maps = np.zeros((len(MAPS), *shape), dtype=np.float32)
    ignored = fill(shape, ignore)
    ignored[fill(shape, small_craft) > 0] = 0
    vessel_weight = (1 - ignored).astype(np.float32)
    stack_weight = vessel_weight.copy()
    maps[2] = fill(shape, stacks)
    stack_weight[fill(shape, doubtful_stacks) > 0] = 0.0
    doubtful = fill(shape, [corners(hull, 1.5) for hull in hulls if not hull.sure])
    vessel_weight[doubtful > 0] = 0.0
    nearest = np.full(shape, np.inf, dtype=np.float32)
    for hull in hulls:
        if hull.sure:
            _draw_hull(maps, vessel_weight, hull, nearest)
    stack_weight[maps[0] > 0] = 0.0
    if valid is not None:
        vessel_weight *= valid
        stack_weight *= valid
    return Targets(maps=maps, vessel_weight=vessel_weight, stack_weight=stack_weight)
