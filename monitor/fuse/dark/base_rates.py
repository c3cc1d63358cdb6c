"""A port's base rates, learnt from its own data, and with them what each unmatched detection is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from monitor.core.arrays import Bools, Floats, Ints
from monitor.fuse.dark.evidence import Evidence
from monitor.fuse.dark.rules import BaseRatePrior, DarkRule

WITHOUT, UNRECEIVED, OVERLOOKED, FALSE, ASTRAY, LASTING = range(6)
"""What an unmatched detection is: a ship without AIS; one whose AIS was not received; one whose AIS was there and was
not matched; a false hull where ships are; one anywhere; one of those that are seen at the same spot again and again."""

_CHANCE = 0.05
"""Repeats by chance at the spot of a false hull that is none of the lasting ones. Chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class BaseRates:
    """The posterior of one port.

    Attributes
    ----------
    kinds : (n, 6) float
        Probability of each kind of unmatched detection, in the order of the names above.
    without_ais : (2, 3) float
        Share of ships without AIS, small and large: mean and bounds of the 90 % interval.
    false_per_scene : float
        False hulls a scene.
    unmatched : float
        Share of the detected ships with AIS that went unmatched.
    """

    kinds: Floats
    without_ais: Floats
    false_per_scene: float
    unmatched: float


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """One draw: rates a scene, by size where a pair; shares; histograms of score, and of length of the large ones."""

    ships: Floats
    without: Floats
    no_trace: float
    overlooked: float
    false: Floats
    astray: Floats
    lasting: float
    ship_scores: Floats
    false_scores: Floats
    ship_lengths: Floats
    false_lengths: Floats


def base_rates(evidence: Evidence, received: Floats, rule: DarkRule) -> BaseRates:
    """The base rates of a port and the kinds of its unmatched detections, by Gibbs sampling from a fixed seed.

    Parameters
    ----------
    evidence : Evidence
        Of the port.
    received : (n,) float
        Probability that AIS was received at the place and instant of each unmatched detection.
    rule : DarkRule
        Whose `prior` holds before the data.

    Notes
    -----
    A Poisson mixture. Ships a scene, by size; a share of them without AIS; of the others a share whose AIS leaves no
    trace, and one whose AIS is there and stays without its detection (as likely near such ships' places as these lie
    to the detection against chance); false hulls, one at a time or lasting, which point anywhere, but along the quay
    at a berth. Ships lie where the port's ships lie and point as they do (`monitor.fuse.dark.traffic`). The scores and
    lengths of ships are learnt from those that AIS matched, those of false hulls from the rest. Probabilities are
    means over the draws of each detection's conditional ones.
    """
    prior = rule.prior
    rng = np.random.default_rng(prior.seed)
    scores = _score_priors(rule)
    state = _start(evidence, prior, scores)
    kinds = np.zeros((len(evidence.size), LASTING + 1))
    shares, false, lost = [], [], []
    for sweep in range(prior.sweeps):
        chances = _kinds(state, evidence, received, rule, scores[1] / scores[1].sum())
        drawn = (chances.cumsum(axis=1) < rng.random(len(chances))[:, None]).sum(axis=1)
        if sweep >= prior.burn_in:
            kinds += chances
            shares.append(state.without)
            false.append(float((state.false + state.astray).sum()) + state.lasting)
            ours = chances[:, [UNRECEIVED, OVERLOOKED]].sum()
            lost.append(ours / (ours + evidence.matched.sum() + 1e-9))
        state = _draw(np.minimum(drawn, LASTING), evidence, prior, rng, scores)
    low, high = np.quantile(shares, [0.05, 0.95], axis=0)
    return BaseRates(
        kinds=kinds / (prior.sweeps - prior.burn_in),
        without_ais=np.column_stack([np.mean(shares, axis=0), low, high]),
        false_per_scene=float(np.mean(false)),
        unmatched=float(np.mean(lost)),
    )


def _start(evidence: Evidence, prior: BaseRatePrior, scores: tuple[Floats, Floats]) -> _State:
    """The means of the prior."""
    ship, false = (counts / counts.sum() for counts in scores)
    even = _length_prior(prior) / prior.length_weight
    return _State(
        ships=_usual(prior),
        without=np.array([_mean(prior.small_without_ais), _mean(prior.without_ais)]),
        no_trace=_no_trace(evidence, prior),
        overlooked=_mean(prior.overlooked),
        false=np.full(2, _once(prior) / 4.0),
        astray=np.full(2, _once(prior) / 4.0),
        lasting=prior.lasting * prior.false_per_scene,
        ship_scores=np.stack([ship, ship]),
        false_scores=false,
        ship_lengths=even,
        false_lengths=even,
    )


def _usual(prior: BaseRatePrior) -> Floats:
    """Ships a scene, small and large, before the data."""
    return np.array([prior.ships_per_scene / 3.0, prior.ships_per_scene])


def _once(prior: BaseRatePrior) -> float:
    """False hulls a scene that are not of the lasting spots, before the data."""
    return (1.0 - prior.lasting) * prior.false_per_scene


def _no_trace(evidence: Evidence, prior: BaseRatePrior) -> float:
    return prior.no_trace + prior.no_trace_of_silent * evidence.silent


def _mean(counts: tuple[float, float]) -> float:
    return counts[0] / sum(counts)


def _length_prior(prior: BaseRatePrior) -> Floats:
    """Prior counts of the bins of length, of ships and of false hulls alike."""
    bins = len(prior.length_edges) + 1
    return np.full(bins, prior.length_weight / bins)


def _tally(evidence: Evidence, part: Bools) -> Floats:
    """Detections of a part in each bin of length."""
    bins = evidence.length_bin[part & (evidence.length_bin >= 0)]
    return np.bincount(bins, minlength=len(evidence.lengths)).astype(np.float64)


def _score_priors(rule: DarkRule) -> tuple[Floats, Floats]:
    """Prior counts of the bins of score, of ships and of false hulls: below the least score there are none."""
    prior = rule.prior
    edges = np.asarray(prior.score_edges)
    middle = (np.maximum(edges[:-1], rule.score) + edges[1:]) / 2.0
    points, real = zip(*rule.real, strict=True)
    chance = np.interp(middle, points, real)
    part = np.clip((edges[1:] - rule.score) / np.diff(edges), 1e-3, 1.0)
    ship = np.asarray(prior.ship_scores) * part
    false = ship * (1.0 - chance) / chance
    return prior.ship_weight * ship / ship.sum(), prior.false_weight * false / false.sum()


def _kinds(state: _State, evidence: Evidence, received: Floats, rule: DarkRule, stated: Floats) -> Floats:
    """(n, 6) probability of each kind, given a draw.

    A lasting false target has one score and length again and again: its scores are those `stated`, its length any.
    """
    size, known = evidence.size, evidence.score_bin >= 0
    bare = (1.0 - rule.real_without_score) / rule.real_without_score
    as_ship = np.where(known, state.ship_scores[size, evidence.score_bin], 1.0)
    as_false = np.where(known, state.false_scores[evidence.score_bin], bare)
    long = evidence.length_bin >= 0
    as_ship = as_ship * np.where(long, state.ship_lengths[evidence.length_bin], 1.0)
    as_false = as_false * np.where(long, state.false_lengths[evidence.length_bin], 1.0)
    without, ships = state.without[size], state.ships[size]
    lost = state.no_trace + (1.0 - state.no_trace) * (1.0 - received)
    expected = evidence.others + np.where(evidence.berth, rule.prior.berth_recurrence, rule.prior.recurrence)
    returns = _repeats(evidence.repeats, expected.astype(np.float64), without / (1.0 - without))
    again = as_ship * returns
    chance = _repeats(evidence.repeats, rule.prior.recurrence, _CHANCE)
    once = as_false * np.where(evidence.berth, np.maximum(chance, returns / rule.prior.berth_returns), chance)
    first = np.where(known, stated[evidence.score_bin], bare) / (evidence.times + 1.0)
    first = first * np.where(long, 1.0 / len(state.false_lengths), 1.0)
    lasting = np.where(evidence.berth | (evidence.times < 1), 0.0, first)
    rates = np.column_stack(
        [
            ships * without * again,
            ships * (1.0 - without) * lost * again,
            state.overlooked * evidence.near_ais * again,
            state.false[size] * once / np.where(evidence.berth, 1.0, evidence.turned),
            state.astray[size] * once / evidence.place,
            state.lasting * lasting,
        ]
    )
    return np.asarray(rates / rates.sum(axis=1, keepdims=True))


def _repeats(times: Ints, shape: Floats | float, odds: Floats | float) -> Floats:
    """Probability of so many repeats at a spot: a negative binomial of that shape and those odds."""
    log_p, log_q = np.log(odds) - np.log1p(odds), -np.log1p(odds)
    ways = gammaln(times + shape) - gammaln(shape) - gammaln(times + 1.0)
    return np.asarray(np.exp(ways + shape * log_q + times * log_p))


def _draw(
    drawn: Ints, evidence: Evidence, prior: BaseRatePrior, rng: np.random.Generator, scores: tuple[Floats, Floats]
) -> _State:
    """The rates, given what each detection is."""
    count, scenes = np.zeros((2, LASTING + 1)), float(evidence.scenes)
    np.add.at(count, (evidence.size, drawn), 1.0)
    with_ais = evidence.matched + count[:, UNRECEIVED] + count[:, OVERLOOKED]
    priors = np.array([prior.small_without_ais, prior.without_ais])
    ship_scores, false_scores = scores[0] + evidence.scores, scores[1].copy()
    known = evidence.score_bin >= 0
    real, once = drawn <= OVERLOOKED, (drawn == FALSE) | (drawn == ASTRAY)
    np.add.at(ship_scores, (evidence.size[real & known], evidence.score_bin[real & known]), 1.0)
    np.add.at(false_scores, evidence.score_bin[once & known], 1.0)
    lengths = _length_prior(prior) + np.stack([_tally(evidence, real) + evidence.lengths, _tally(evidence, once)])
    shape, rate = prior.false_shape * (1.0 - prior.lasting) / 4.0, prior.false_shape / prior.false_per_scene + scenes
    over = count[:, OVERLOOKED].sum()
    left = max(evidence.unseen - over, 0.0)
    return _State(
        ships=rng.gamma(1.0 + with_ais + count[:, WITHOUT], 1.0 / (1.0 / _usual(prior) + scenes)),
        without=np.clip(rng.beta(priors[:, 0] + count[:, WITHOUT], priors[:, 1] + with_ais), 1e-6, 1.0 - 1e-6),
        no_trace=float(
            rng.beta(1.0 + count[:, UNRECEIVED].sum(), 1.0 / _no_trace(evidence, prior) + evidence.matched.sum() + over)
        ),
        overlooked=float(rng.beta(prior.overlooked[0] + over, prior.overlooked[1] + left)),
        false=rng.gamma(shape + count[:, FALSE], 1.0 / rate),
        astray=rng.gamma(shape + count[:, ASTRAY], 1.0 / rate),
        lasting=float(rng.gamma(prior.false_shape * prior.lasting + count[:, LASTING].sum(), 1.0 / rate)),
        ship_scores=np.stack([rng.dirichlet(counts) for counts in ship_scores]),
        false_scores=rng.dirichlet(false_scores),
        ship_lengths=rng.dirichlet(lengths[0]),
        false_lengths=rng.dirichlet(lengths[1]),
    )
