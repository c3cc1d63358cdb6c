"""Hulls side by side that pixels of 10 m do not tell apart: how many of them one box may stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from monitor.core.arrays import Floats, Pixels
from monitor.detect.yolo.decode import Hulls

_ALONG = np.linspace(-0.3, 0.3, 5)
"""Places along a hull, in its lengths, over which hull is averaged before its run across is followed."""


@dataclass(frozen=True, slots=True)
class RaftRule:
    """When hull goes on so far across a box that it is a raft, and of how many.

    Attributes
    ----------
    least : float
        Mean hull probability along the box from which a place across it is hull.
    step_m, reach_m : float
        Distance between places across, and how far from the box's axis they go.
    shown_m : float
        A run of hull this much wider than the box, and by half a beam at least, is a raft; that of one hull alone was
        8 m wider at most (23 rendered hulls of 30-95 m).
    beam_m, beam_share : float
        Beam of a hull, by its length: `beam_m` and this share of the length (28 ships of 24-200 m in AIS).
    hulls : tuple of float
        Least and most hulls for each beam that the run is wider than the box: of 108 rafts of 2-7 rendered hulls, 5 %
        had fewer and 10 % more.
    """

    least: float = 0.5
    step_m: float = 2.5
    reach_m: float = 200.0
    shown_m: float = 10.0
    beam_m: float = 4.5
    beam_share: float = 1 / 9
    hulls: tuple[float, float] = (0.9, 4.0)


RAFT = RaftRule()


def hulls_abreast(maps: Pixels, hulls: Hulls, gsd_m: float, *, rule: RaftRule = RAFT) -> Floats:
    """Fewest and most hulls that lie side by side where each box lies; 1 and 1 for a hull alone.

    Parameters
    ----------
    maps : array (map, row, col)
        After `probabilities`.
    hulls : Hulls
        The boxes, in pixels. Those within one raft stand for the same hulls.
    gsd_m : float
        Size of a pixel, metres.
    rule : RaftRule, optional

    Returns
    -------
    array (n, 2)
        Whole numbers. The fewest are at least the boxes found within the raft.
    """
    out = np.ones((len(hulls), 2))
    if not len(hulls):
        return out
    steps = np.arange(0.0, rule.reach_m, rule.step_m) / gsd_m
    left, right = (_run(maps[0], hulls, side * steps, rule.least) for side in (-1, 1))
    wider_m = (left + right - hulls.width_px) * gsd_m
    beam = rule.beam_m + rule.beam_share * hulls.length_px * gsd_m
    for index in np.flatnonzero(wider_m >= np.maximum(rule.shown_m, beam / 2)):
        found = _within(hulls, int(index), float(left[index]), float(right[index]))
        few, many = (1 + share * wider_m[index] / beam[index] for share in rule.hulls)
        out[index] = max(np.floor(few), 2, found), max(np.ceil(many), found)
    return out


def _run(hull: Pixels, hulls: Hulls, steps: Floats, least: float) -> Floats:
    """(n,) how far hull goes on from each axis to one side, in pixels."""
    cos, sin = np.cos(hulls.angle)[:, None, None], np.sin(hulls.angle)[:, None, None]
    along, across = (hulls.length_px[:, None] * _ALONG)[:, None, :], steps[None, :, None]
    x = hulls.x[:, None, None] + along * cos - across * sin - 0.5
    y = hulls.y[:, None, None] + along * sin + across * cos - 0.5
    is_hull = ndimage.map_coordinates(hull, [y, x], order=1, mode="constant").mean(axis=2) >= least
    last = np.cumprod(is_hull, axis=1).sum(axis=1) - 1
    return np.asarray(np.abs(steps[np.maximum(last, 0)]), dtype=np.float64)


def _within(hulls: Hulls, index: int, left: float, right: float) -> int:
    """Boxes with their centre in the run of hull across one of them, itself among them."""
    dx, dy = hulls.x - hulls.x[index], hulls.y - hulls.y[index]
    cos, sin = np.cos(hulls.angle[index]), np.sin(hulls.angle[index])
    along, across = dx * cos + dy * sin, -dx * sin + dy * cos
    inside = (np.abs(along) <= hulls.length_px[index] / 2) & (across >= -left) & (across <= right)
    return int(inside.sum())
