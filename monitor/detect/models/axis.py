"""Which way an object lies within a box that has no axis: from its mask, or from the pixels where they allow it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats
from monitor.detect.models.windows import least_box


@dataclass(frozen=True, slots=True)
class AxisRule:
    """When the pixels of an upright box show an axis (chosen).

    Attributes
    ----------
    least_px : float
        Least short side of the box.
    contrast : float
        The object stands out from the box's border by this many of the border's own standard deviations.
    least_share : float
        Least share of the box that stands out in one blob.
    slim : float
        Least ratio of the blob's long side to its short one.
    fits : float
        Most that a side of the upright box around the blob's own box may differ from the given one, as a share of it.
    """

    least_px: float = 5.0
    contrast: float = 3.0
    least_share: float = 0.08
    slim: float = 1.8
    fits: float = 0.25


AXIS = AxisRule()


def mask_box(pixels: npt.NDArray[np.int64]) -> Floats | None:
    """(4, 2) corners of the smallest box around the pixels of a mask; None where they have no extent.

    Parameters
    ----------
    pixels : array (n, 2)
        Column and row of each.
    """
    if not len(pixels):
        return None
    corners = (pixels[:, None, :] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])[None]).reshape(-1, 2)
    return least_box(np.unique(corners, axis=0).astype(np.float64))


def pixel_box(window: npt.NDArray[np.uint8], box: Floats, rule: AxisRule = AXIS) -> Floats | None:
    """(4, 2) corners of the box along what stands out within an upright box; None where nothing tells an axis.

    Parameters
    ----------
    window : array (band, row, col)
    box : Floats
        West, north, east, south in the window's pixels.
    rule : AxisRule, optional
    """
    x1, y1, x2, y2 = box
    if min(x2 - x1, y2 - y1) < rule.least_px:
        return None
    margin = 2
    rows = slice(max(int(y1) - margin, 0), int(np.ceil(y2)) + margin)
    cols = slice(max(int(x1) - margin, 0), int(np.ceil(x2)) + margin)
    part = window[:, rows, cols].astype(np.float64)
    edge = np.ones(part.shape[1:], dtype=bool)
    edge[margin:-margin, margin:-margin] = False
    level = np.median(part[:, edge], axis=1)
    spread = 1.4826 * np.median(np.abs(part[:, edge] - level[:, None]), axis=1) + 2.0
    stands_out = (np.abs(part - level[:, None, None]) / spread[:, None, None]).max(axis=0) > rule.contrast
    labels, count = ndimage.label(stands_out)
    if not count:
        return None
    sizes = np.bincount(labels.ravel())[1:]
    if sizes.max() < rule.least_share * (x2 - x1) * (y2 - y1):
        return None
    places = np.argwhere(labels == 1 + int(sizes.argmax()))[:, ::-1] + np.array([cols.start, rows.start])
    ring = mask_box(places)
    assert ring is not None
    sides = np.hypot(*np.diff(ring[:3], axis=0).T)
    upright = np.ptp(ring, axis=0) / np.array([x2 - x1, y2 - y1])
    fits = bool((np.abs(upright - 1) <= rule.fits).all()) and max(sides) >= rule.slim * max(min(sides), 1e-9)
    return ring if fits else None
