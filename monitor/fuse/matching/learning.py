"""Costs of a scene's pairs, with what those pairs themselves say of the image and its lengths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats, Mask
from monitor.core.columns import floats
from monitor.fuse.matching.likelihood import Costs, Pairs, pair_costs, pairs_within_reach, residuals_m
from monitor.fuse.matching.marginals import marginals
from monitor.fuse.matching.model import Learnt, MatchModel

_SHIFT_M = 8.0
"""Standard deviation of an image's place: Sentinel-2 and Sentinel-1 state some 10 m. Chosen."""
_LEAST, _MOST = 0.5, 3.0
"""Bounds on how far a scene changes the model's standard errors. Chosen."""
_EXACT_M = 50.0
"""Ships whose place AIS gives no better say nothing of the image. Chosen."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The pairs of a scene, weighed: their costs and their probabilities, (detections, vessels)."""

    costs: Costs
    probability: Floats


def weigh(
    detections: pd.DataFrame, points: pd.DataFrame, expected: Mask, *, model: MatchModel, sensor: str = ""
) -> Weighed:
    """Costs and probabilities of all pairs of a scene.

    Parameters
    ----------
    detections : DETECTIONS table
        Vessels alone.
    points : TRACK_POINTS table
        With the columns of `projection.IMAGE_COLUMNS`, and ``p_seen`` as `likelihood.pair_costs` has it.
    expected : (vessels,) bool
        Vessels that AIS places where the image should show them.
    model : MatchModel
    sensor : str
        Key of the sensor.

    Notes
    -----
    Empirical Bayes: the pairs are weighed, the scene's shift, errors, share of strangers and share of ships seen are
    estimated from the weighed pairs with the model as a prior worth so many pairs, and the pairs are weighed again.
    """
    pairs = pairs_within_reach(detections, points, model, sensor=sensor)
    learnt = Learnt(strangers=model.strangers_share[0])
    for _ in range(model.rounds):
        costs = pair_costs(pairs, points, model, learnt)
        probability = marginals(np.exp(-costs.total))
        if not costs.feasible.any():
            break
        learnt = _learn(pairs, points, probability, expected, model, learnt)
    return Weighed(costs, probability)


def _learn(
    pairs: Pairs, points: pd.DataFrame, probability: Floats, expected: Mask, model: MatchModel, before: Learnt
) -> Learnt:
    weight = probability[pairs.detection, pairs.vessel]
    exact = weight * (pairs.spread.core_m < _EXACT_M) * (pairs.spread.doubt_m < _EXACT_M)
    floor_m = np.where(pairs.at_berth, model.floor_m[1], model.floor_m[0])
    east_m, north_m = _shift(pairs, exact * pairs.centre.stated, floor_m * before.floor)
    now = Learnt(east_m=east_m, north_m=north_m)
    bias, scale = _length_error(pairs, weight, model)
    guess, worth = model.strangers_share
    seen = floats(points, "p_seen") * expected
    rows = pairs.shape[0]
    found = float(probability.sum(axis=0)[expected].sum())
    return Learnt(
        east_m=east_m,
        north_m=north_m,
        floor=_floor(pairs, exact * pairs.centre.headed, floor_m, model, now),
        length_bias=bias,
        length_scale=scale,
        strangers=float((guess * worth + rows - probability.sum()) / (worth + rows)),
        seen=min((model.seen_pairs + found) / (model.seen_pairs + float(seen.sum())), 1.05),
    )


def _shift(pairs: Pairs, weight: Floats, error_m: Floats) -> tuple[float, float]:
    """By how much the image lies east and north of AIS, from pairs whose antenna is known."""
    bow = np.radians(pairs.centre.bow_deg)
    ahead, right = pairs.centre.ahead_m[0], pairs.centre.right_m[0]
    east = pairs.east_m - ahead * np.sin(bow) - right * np.cos(bow)
    north = pairs.north_m - ahead * np.cos(bow) + right * np.sin(bow)
    worth = weight / np.square(error_m)
    total = float(worth.sum()) + 1.0 / _SHIFT_M**2
    return float((worth * east).sum()) / total, float((worth * north).sum()) / total


def _floor(pairs: Pairs, weight: Floats, floor_m: Floats, model: MatchModel, now: Learnt) -> float:
    """Standard error of a centre over the model's, from how far centres lie abeam of the antenna's line."""
    _, right = residuals_m(pairs, now)
    known = np.square(pairs.spread.core_m) + np.square(pairs.spread.doubt_m) + pairs.centre.right_m2[0]
    off = np.minimum(np.square(right - pairs.centre.right_m[0]), np.square(4.0 * floor_m))
    ratio = (off - known) / np.square(floor_m)
    scale = (model.length_pairs + float((weight * ratio).sum())) / (model.length_pairs + float(weight.sum()))
    return float(np.clip(np.sqrt(max(scale, 0.0)), _LEAST, _MOST))


def _length_error(pairs: Pairs, weight: Floats, model: MatchModel) -> tuple[float, float]:
    """Mean log of measured over broadcast length, and its spread over the stated one."""
    known = np.isfinite(pairs.log_ratio)
    weight, ratio, spread = weight[known], pairs.log_ratio[known], pairs.log_spread[known]
    near = np.abs(ratio) < 4.0 * spread
    weight = weight * near
    prior = model.length_pairs
    bias = float((weight * ratio).sum()) / (float(weight.sum()) + prior)
    squares = float((weight * np.square((ratio - bias) / spread)).sum())
    scale = np.sqrt((prior + squares) / (prior + float(weight.sum())))
    return bias, float(np.clip(scale, _LEAST, _MOST))
