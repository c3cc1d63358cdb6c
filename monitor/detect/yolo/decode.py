"""Dense maps -> hulls as oriented boxes with scores, and stacks as masks. numpy and scipy alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats

Pixels = npt.NDArray[np.float32]

OFFSET_PX = 8.0
SIZE_PX = 10.0
RUN_LEAST = 0.5
_RUN_STEP_PX = 0.5
_RUN_FURTHER_PX = 12.0
_RUN_TRUST = 0.7
_RUN_ONWARDS_PX = 6.0


@dataclass(frozen=True, slots=True)
class Boxes:
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

    def take(self, index: npt.NDArray[np.generic]) -> Boxes:
        """The entries under an index or mask."""
        return Boxes(*(getattr(self, name)[index] for name in self.__slots__))

    def corners(self) -> Floats:
        """(n, 4, 2) corners as column, row."""
        along = np.stack([np.cos(self.angle), np.sin(self.angle)], axis=1) * self.length_px[:, None] / 2
        across = np.stack([-np.sin(self.angle), np.cos(self.angle)], axis=1) * self.width_px[:, None] / 2
        centre = np.stack([self.x, self.y], axis=1)
        return np.stack(
            [centre + along + across, centre + along - across, centre - along - across, centre - along + across], axis=1
        )


@dataclass(frozen=True, slots=True)
class DecodeRule:
    """How maps become objects; tuned on held-out ports, and kept with the weights.

    `length_fit` is (a, b, c) in log length = a + b log(length map) + c log(run of hull along the axis), in pixels;
    a hull moves by `recentre` of the way to the middle of that run. The score is the evidence at the centre, to the
    power of 1 - `share`, times the mean hull probability over the box, to that of `share`; `calibration` is (a, b) in
    logit score = a + b logit of that, so that a score of 0.7 is right seven times in ten.
    """

    hull: float = 0.3
    vote_sigma_px: float = 1.2
    least_score: float = 0.15
    same_along: float = 0.45
    same_across: float = 0.75
    heat: float = 0.5
    length_fit: tuple[float, float, float] = (0.0, 1.0, 0.0)
    recentre: float = 0.0
    share: float = 0.0
    calibration: tuple[float, float] = (0.0, 1.0)


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


def decode_hulls(maps: Pixels, rule: DecodeRule) -> Boxes:
    """Hulls of maps that went through `probabilities`."""
    heap = votes(maps, rule)
    peak = 1 / (2 * np.pi * rule.vote_sigma_px**2)
    pointed = heap > 0
    evidence = np.zeros_like(heap)
    evidence[pointed] = np.clip(heap[pointed] / peak, 0, 1) ** (1 - rule.heat) * maps[5][pointed] ** rule.heat
    top = (evidence == ndimage.maximum_filter(evidence, size=3)) & (evidence > rule.least_score)
    rows, cols = np.nonzero(top)
    if rows.size == 0:
        return empty_boxes()
    boxes = _judged(maps, _measured(maps, _boxes_at(maps, evidence, rows, cols), rule), rule)
    return _suppress(boxes, rule)


def empty_boxes() -> Boxes:
    """No hulls."""
    return Boxes(*(np.zeros(0) for _ in range(6)))


def _boxes_at(maps: Pixels, evidence: Pixels, rows: npt.NDArray[np.intp], cols: npt.NDArray[np.intp]) -> Boxes:
    """Boxes from the maps around each peak, weighted by hull probability."""
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
    boxes = Boxes(
        x.astype(float), y.astype(float), length, np.minimum(width, length), angle, evidence[rows, cols].astype(float)
    )
    return boxes.take(np.argsort(-boxes.score, kind="stable"))


def hull_runs(maps: Pixels, boxes: Boxes) -> Floats:
    """(n, 2): how far hull goes on along each box's axis from its centre, backwards and forwards, in pixels.

    Along three lines, one on the axis and one a quarter of the width to each side; hull goes on while their mean
    probability is at least `RUN_LEAST` and it does not point to a centre further on, as the next hull's would. Both are
    0 where the box's centre is no hull.
    """
    if not len(boxes):
        return np.zeros((0, 2))
    reach = float(np.max(boxes.length_px)) + _RUN_FURTHER_PX
    steps = np.arange(-math.ceil(reach / _RUN_STEP_PX), math.ceil(reach / _RUN_STEP_PX) + 1)
    along = (steps * _RUN_STEP_PX)[None, :, None]
    across = np.array([-0.25, 0.0, 0.25])[None, None, :] * np.maximum(boxes.width_px, 1.5)[:, None, None]
    cos, sin = np.cos(boxes.angle)[:, None, None], np.sin(boxes.angle)[:, None, None]
    x = boxes.x[:, None, None] + along * cos - across * sin - 0.5
    y = boxes.y[:, None, None] + along * sin + across * cos - 0.5
    hull = ndimage.map_coordinates(maps[0], [y, x], order=1, mode="constant").mean(axis=2) >= RUN_LEAST
    onwards = (_along_axis(maps[8], x, y) * cos[:, :, 0] + _along_axis(maps[9], x, y) * sin[:, :, 0]) * np.sign(steps)
    hull &= onwards * OFFSET_PX < _RUN_ONWARDS_PX
    middle = len(steps) // 2
    forwards = np.cumprod(hull[:, middle:], axis=1).sum(axis=1)
    backwards = np.cumprod(hull[:, middle::-1], axis=1).sum(axis=1)
    return np.stack([np.maximum(backwards - 1, 0), np.maximum(forwards - 1, 0)], axis=1) * _RUN_STEP_PX


def _along_axis(values: Pixels, x: Floats, y: Floats) -> Floats:
    middle = [y[:, :, 1], x[:, :, 1]]
    return np.asarray(ndimage.map_coordinates(values, middle, order=1, mode="constant"), dtype=np.float64)


def _measured(maps: Pixels, boxes: Boxes, rule: DecodeRule) -> Boxes:
    """Boxes with their length from the length map and the run of hull together, moved to the middle of that run."""
    if not len(boxes) or (rule.length_fit == DecodeRule().length_fit and not rule.recentre):
        return boxes
    runs = hull_runs(maps, boxes)
    run = np.maximum(runs.sum(axis=1), 1.0)
    said = np.log(np.maximum(boxes.length_px, 0.5))
    seen = np.clip(np.log(run), said - _RUN_TRUST, said + _RUN_TRUST)
    constant, by_map, by_run = rule.length_fit
    length = np.exp(constant + by_map * said + by_run * seen)
    move = rule.recentre * np.clip((runs[:, 1] - runs[:, 0]) / 2, -length / 2, length / 2)
    return replace(
        boxes,
        x=boxes.x + move * np.cos(boxes.angle),
        y=boxes.y + move * np.sin(boxes.angle),
        length_px=length,
        width_px=np.minimum(boxes.width_px, length),
    )


def hull_share(maps: Pixels, boxes: Boxes) -> Floats:
    """(n,) mean hull probability over each box, a little within its edges."""
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(-0.45, 0.45, 15), np.linspace(-0.4, 0.4, 5)))
    along, across = boxes.length_px[:, None] * u, boxes.width_px[:, None] * v
    cos, sin = np.cos(boxes.angle)[:, None], np.sin(boxes.angle)[:, None]
    x = boxes.x[:, None] + along * cos - across * sin - 0.5
    y = boxes.y[:, None] + along * sin + across * cos - 0.5
    inside = ndimage.map_coordinates(maps[0], [y, x], order=1, mode="constant")
    return np.asarray(inside.mean(axis=1), dtype=np.float64)


def _judged(maps: Pixels, boxes: Boxes, rule: DecodeRule) -> Boxes:
    """Boxes with their final score, best first."""
    if not len(boxes):
        return boxes
    score = boxes.score
    if rule.share > 0:
        score = score ** (1 - rule.share) * hull_share(maps, boxes) ** rule.share
    level, steep = rule.calibration
    if rule.calibration != DecodeRule().calibration:
        odds = np.log(np.clip(score, 1e-6, None) / np.clip(1 - score, 1e-6, None))
        score = 1 / (1 + np.exp(-(level + steep * odds)))
    return replace(boxes, score=score).take(np.argsort(-score, kind="stable"))


def _suppress(boxes: Boxes, rule: DecodeRule) -> Boxes:
    """Drop a hull whose centre lies inside a better one, or the reverse."""
    keep: list[int] = []
    for index in range(len(boxes)):
        if keep:
            k = np.array(keep)
            dx, dy = boxes.x[index] - boxes.x[k], boxes.y[index] - boxes.y[k]
            if _inside(dx, dy, boxes.angle[k], boxes.length_px[k], boxes.width_px[k], rule).any():
                continue
            mine = np.full(len(k), 1.0)
            if _inside(
                dx, dy, boxes.angle[index] * mine, boxes.length_px[index] * mine, boxes.width_px[index] * mine, rule
            ).any():
                continue
        keep.append(index)
    return boxes.take(np.array(keep, dtype=int))


def _inside(
    dx: Floats, dy: Floats, angle: Floats, length: Floats, width: Floats, rule: DecodeRule
) -> npt.NDArray[np.bool_]:
    along = np.abs(dx * np.cos(angle) + dy * np.sin(angle))
    across = np.abs(-dx * np.sin(angle) + dy * np.cos(angle))
    return np.asarray((along < rule.same_along * length) & (across < np.maximum(rule.same_across * width, 1.0)))


def long_side(ring: Floats) -> tuple[float, float]:
    """Length and angle of the long side of a ring's smallest enclosing rectangle."""
    best = (np.inf, 0.0, 0.0)
    edges = np.diff(np.concatenate([ring, ring[:1]]), axis=0)
    for angle in np.unique(np.round(np.arctan2(edges[:, 1], edges[:, 0]) % (np.pi / 2), 6)):
        along = ring @ np.array([np.cos(angle), np.sin(angle)])
        across = ring @ np.array([-np.sin(angle), np.cos(angle)])
        sides = np.ptp(along), np.ptp(across)
        if sides[0] * sides[1] < best[0]:
            turned = angle if sides[0] >= sides[1] else angle + np.pi / 2
            best = (float(sides[0] * sides[1]), float(max(sides)), float(turned % np.pi))
    return best[1], best[2]
