"""Dense maps -> hulls as oriented boxes with scores, and stacks as masks. numpy and scipy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats, Pixels
from monitor.detect.yolo.rules import DecodeRule, RunRule

OFFSET_PX = 8.0
"""Pixels that a value of 1 in the offset maps stands for; training draws its targets with the same."""

SIZE_PX = 10.0
"""Pixels that a value of 0 in the log length and log width maps stands for."""


@dataclass(frozen=True, slots=True)
class Hulls:
    """Hulls in pixels, one entry each, best score first.

    `x`, `y` (column, row, corner based) is the centre, `angle` the long side from +x towards +y, modulo pi.
    """

    x: Floats
    y: Floats
    length_px: Floats
    width_px: Floats
    angle: Floats
    score: Floats

    def __len__(self) -> int:
        """How many."""
        return len(self.x)

    @classmethod
    def empty(cls) -> Hulls:
        """No hulls."""
        return cls(*(np.zeros(0) for _ in fields(cls)))

    def take(self, index: npt.NDArray[np.generic]) -> Hulls:
        """The entries under an index or mask."""
        return Hulls(*(getattr(self, each.name)[index] for each in fields(self)))

    def corners(self) -> Floats:
        """(n, 4, 2) corners as column, row."""
        along = np.stack([np.cos(self.angle), np.sin(self.angle)], axis=1) * self.length_px[:, None] / 2
        across = np.stack([-np.sin(self.angle), np.cos(self.angle)], axis=1) * self.width_px[:, None] / 2
        centre = np.stack([self.x, self.y], axis=1)
        return np.stack(
            [centre + along + across, centre + along - across, centre - along - across, centre - along + across], axis=1
        )


def _sigmoid(x: Pixels) -> Pixels:
    out = np.clip(x, -30, 30)
    np.negative(out, out=out)
    np.exp(out, out=out)
    out += 1
    return np.asarray(np.reciprocal(out, out=out), dtype=np.float32)


def probabilities(maps: Pixels, *, out: Pixels | None = None) -> Pixels:
    """Logits of hull, core, stack and centre turned into probabilities; the other maps as they are.

    In a new array, or in `out`, which may be `maps` itself where nobody needs the logits any more.
    """
    turned = maps.astype(np.float32, copy=True) if out is None else out
    for index in (0, 1, 2, 5):
        turned[index] = _sigmoid(maps[index])
    return turned


def votes(maps: Pixels, rule: DecodeRule) -> Pixels:
    """(row, col): how much hull points at each place as its centre, smoothed."""
    shape = maps.shape[1:]
    rows, cols = np.nonzero(maps[0] > rule.hull)
    heap = np.zeros(shape, dtype=np.float32)
    if rows.size == 0:
        return heap
    x = cols + 0.5 + maps[8, rows, cols] * OFFSET_PX
    y = rows + 0.5 + maps[9, rows, cols] * OFFSET_PX
    area = np.exp(maps[6, rows, cols] + maps[7, rows, cols]) * SIZE_PX**2
    weight = maps[0, rows, cols] / np.maximum(area, 4.0)
    c, r = np.floor(x).astype(int), np.floor(y).astype(int)
    keep = (c >= 0) & (r >= 0) & (c < shape[1]) & (r < shape[0])
    np.add.at(heap, (r[keep], c[keep]), weight[keep])
    return np.asarray(ndimage.gaussian_filter(heap, rule.vote_sigma_px), dtype=np.float32)


def decode_hulls(maps: Pixels, rule: DecodeRule) -> Hulls:
    """Hulls of maps that went through `probabilities`."""
    heap = votes(maps, rule)
    peak = 1 / (2 * np.pi * rule.vote_sigma_px**2)
    pointed = heap > 0
    evidence = np.zeros_like(heap)
    evidence[pointed] = np.clip(heap[pointed] / peak, 0, 1) ** (1 - rule.heat) * maps[5][pointed] ** rule.heat
    top = (evidence == ndimage.maximum_filter(evidence, size=3)) & (evidence > rule.least_score)
    rows, cols = np.nonzero(top)
    if rows.size == 0:
        return Hulls.empty()
    hulls = _scored(maps, _measured(maps, _hulls_at(maps, evidence, rows, cols), rule), rule)
    return _suppress(hulls, rule)


def _hulls_at(maps: Pixels, evidence: Pixels, rows: npt.NDArray[np.intp], cols: npt.NDArray[np.intp]) -> Hulls:
    """Hulls from the maps around each peak, weighted by hull probability."""
    shape = maps.shape[1:]
    offsets = np.array([(dr, dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)])
    r = np.clip(rows[:, None] + offsets[:, 0], 0, shape[0] - 1)
    c = np.clip(cols[:, None] + offsets[:, 1], 0, shape[1] - 1)
    weight = maps[0, r, c] + 1e-3
    weight = weight / weight.sum(1, keepdims=True)

    def mean(values: Pixels) -> Floats:
        return np.asarray((values[r, c] * weight).sum(1), dtype=np.float64)

    heat = evidence[r, c] / evidence[r, c].sum(1, keepdims=True)
    x = (heat * (c + 0.5)).sum(1)
    y = (heat * (r + 0.5)).sum(1)
    angle = 0.5 * np.arctan2(mean(maps[4]), mean(maps[3])) % np.pi
    length, width = SIZE_PX * np.exp(mean(maps[6])), SIZE_PX * np.exp(mean(maps[7]))
    hulls = Hulls(
        x=x.astype(float),
        y=y.astype(float),
        length_px=length,
        width_px=np.minimum(width, length),
        angle=angle,
        score=evidence[rows, cols].astype(float),
    )
    return hulls.take(np.argsort(-hulls.score, kind="stable"))


def hull_runs(maps: Pixels, hulls: Hulls, *, rule: RunRule | None = None) -> Floats:
    """(n, 2): how far hull goes on along each hull's axis from its centre, backwards and forwards, in pixels.

    Parameters
    ----------
    maps : array (map, row, col)
        After `probabilities`.
    hulls : Hulls
    rule : RunRule, optional

    Notes
    -----
    Along three lines, one on the axis and one a quarter of the width to each side; hull goes on while their mean
    probability is at least `RunRule.least` and it does not point to a centre further on, as the next hull's would. Both
    are 0 where the box's centre is no hull.
    """
    rule = rule or RunRule()
    if not len(hulls):
        return np.zeros((0, 2))
    reach = float(np.max(hulls.length_px)) + rule.further_px
    steps = np.arange(-math.ceil(reach / rule.step_px), math.ceil(reach / rule.step_px) + 1)
    along = (steps * rule.step_px)[None, :, None]
    across = np.array([-0.25, 0.0, 0.25])[None, None, :] * np.maximum(hulls.width_px, 1.5)[:, None, None]
    cos, sin = np.cos(hulls.angle)[:, None, None], np.sin(hulls.angle)[:, None, None]
    x = hulls.x[:, None, None] + along * cos - across * sin - 0.5
    y = hulls.y[:, None, None] + along * sin + across * cos - 0.5
    hull = ndimage.map_coordinates(maps[0], [y, x], order=1, mode="constant").mean(axis=2) >= rule.least
    onwards = (_along_axis(maps[8], x, y) * cos[:, :, 0] + _along_axis(maps[9], x, y) * sin[:, :, 0]) * np.sign(steps)
    hull &= onwards * OFFSET_PX < rule.onwards_px
    middle = len(steps) // 2
    forwards = np.cumprod(hull[:, middle:], axis=1).sum(axis=1)
    backwards = np.cumprod(hull[:, middle::-1], axis=1).sum(axis=1)
    return np.stack([np.maximum(backwards - 1, 0), np.maximum(forwards - 1, 0)], axis=1) * rule.step_px


def _along_axis(values: Pixels, x: Floats, y: Floats) -> Floats:
    middle = [y[:, :, 1], x[:, :, 1]]
    return np.asarray(ndimage.map_coordinates(values, middle, order=1, mode="constant"), dtype=np.float64)


def _measured(maps: Pixels, hulls: Hulls, rule: DecodeRule) -> Hulls:
    """Hulls with their length from the length map and the run of hull together, moved to the middle of that run."""
    if not len(hulls) or (rule.length_fit == DecodeRule().length_fit and not rule.recentre):
        return hulls
    runs = hull_runs(maps, hulls, rule=rule.run)
    run = np.maximum(runs.sum(axis=1), 1.0)
    mapped = np.log(np.maximum(hulls.length_px, 0.5))
    followed = np.clip(np.log(run), mapped - rule.run.trust, mapped + rule.run.trust)
    constant, by_map, by_run = rule.length_fit
    length = np.exp(constant + by_map * mapped + by_run * followed)
    move = rule.recentre * np.clip((runs[:, 1] - runs[:, 0]) / 2, -length / 2, length / 2)
    return replace(
        hulls,
        x=hulls.x + move * np.cos(hulls.angle),
        y=hulls.y + move * np.sin(hulls.angle),
        length_px=length,
        width_px=np.minimum(hulls.width_px, length),
    )


def hull_share(maps: Pixels, hulls: Hulls) -> Floats:
    """(n,) mean hull probability over each box, a little within its edges."""
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(-0.45, 0.45, 15), np.linspace(-0.4, 0.4, 5)))
    along, across = hulls.length_px[:, None] * u, hulls.width_px[:, None] * v
    cos, sin = np.cos(hulls.angle)[:, None], np.sin(hulls.angle)[:, None]
    x = hulls.x[:, None] + along * cos - across * sin - 0.5
    y = hulls.y[:, None] + along * sin + across * cos - 0.5
    inside = ndimage.map_coordinates(maps[0], [y, x], order=1, mode="constant")
    return np.asarray(inside.mean(axis=1), dtype=np.float64)


def _scored(maps: Pixels, hulls: Hulls, rule: DecodeRule) -> Hulls:
    """Hulls with their final score, best first."""
    if not len(hulls):
        return hulls
    score = hulls.score
    if rule.share > 0:
        score = score ** (1 - rule.share) * hull_share(maps, hulls) ** rule.share
    level, steep = rule.calibration
    if rule.calibration != DecodeRule().calibration:
        odds = np.log(np.clip(score, 1e-6, None) / np.clip(1 - score, 1e-6, None))
        score = 1 / (1 + np.exp(-(level + steep * odds)))
    return replace(hulls, score=score).take(np.argsort(-score, kind="stable"))


def _suppress(hulls: Hulls, rule: DecodeRule) -> Hulls:
    """Drop a hull whose centre lies inside a better one, or the reverse."""
    keep: list[int] = []
    for index in range(len(hulls)):
        if keep:
            k = np.array(keep)
            dx, dy = hulls.x[index] - hulls.x[k], hulls.y[index] - hulls.y[k]
            if _inside(dx, dy, hulls.angle[k], hulls.length_px[k], hulls.width_px[k], rule).any():
                continue
            mine = np.full(len(k), 1.0)
            if _inside(
                dx, dy, hulls.angle[index] * mine, hulls.length_px[index] * mine, hulls.width_px[index] * mine, rule
            ).any():
                continue
        keep.append(index)
    return hulls.take(np.array(keep, dtype=int))


def _inside(
    dx: Floats, dy: Floats, angle: Floats, length: Floats, width: Floats, rule: DecodeRule
) -> npt.NDArray[np.bool_]:
    along = np.abs(dx * np.cos(angle) + dy * np.sin(angle))
    across = np.abs(-dx * np.sin(angle) + dy * np.cos(angle))
    return np.asarray((along < rule.same_along * length) & (across < np.maximum(rule.same_across * width, 1.0)))
