"""Which sightings at one place were one ship's stay: every division of them into stays, weighed exactly.

Ships come to a place as a Poisson process and stay for a time from a mixture of gamma distributions; each observation
shows a ship that is there with the port's recall, and now and then one that is not there. A stay is a segment of the
place's observations; the sums over all ways to divide them into segments are made by forward and backward recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logsumexp

from monitor.core.arrays import Floats
from monitor.fuse.stays.rules import OccupancyRule

_KINDS, KIND_SHARES = np.array([-1.0, 0.0, 1.0]) * np.sqrt(3.0), np.array([1.0, 4.0, 1.0]) / 6.0
"""Nodes and weights of a normal distribution (Gauss and Hermite)."""
_MOST_MISSED = 0.5
"""A berth's state raises the chance that a ship there was missed to no more. Chosen."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One place's clear observations in order of time.

    Attributes
    ----------
    hours : array of float
        (observations,) hours since any instant.
    seen : array of bool
        (observations,) whether a ship was found.
    log_length, spread : array of float
        (observations,) natural log of its length in metres, NaN when not known, and its standard error.
    doubt : array of float
        (observations,) how much likelier than usual it is false; 1 as usual.
    mmsi : array of int
        (observations,) by which AIS names it; 0: none.
    missed : array of float
        (observations,) probability that one that shows no ship missed one of the usual length; NaN: by the detector's
        recall.
    shown : array of float
        (observations,) share of the berth that it showed.
    """

    hours: Floats
    seen: Flags
    log_length: Floats
    spread: Floats
    doubt: Floats
    mmsi: npt.NDArray[np.int64]
    missed: Floats
    shown: Floats


@dataclass(frozen=True, slots=True)
class Habits:
    """What is known of a berth's ships and of the detector there.

    Attributes
    ----------
    arrivals : tuple of float
        Ships an hour, for each mean stay of the rule.
    recall : float
        Probability that an observation of the whole berth shows a ship of the usual length that is there.
    false : float
        Probability that one shows a ship that is not there.
    doubt : float
        Factor on the doubt of all sightings: how likely they are of false ships, over that of ships, is 1 in the mean
        over ships.
    named : float
        Share of the ships that AIS names.
    """

    arrivals: tuple[float, ...]
    recall: float
    false: float
    doubt: float = 1.0
    named: float = 0.5

    def recalls(self, log_length: Floats, rule: OccupancyRule) -> Floats:
        """(ships, kinds) recall of ships of these lengths, of those that are seen badly, as usual and well.

        Parameters
        ----------
        log_length : array of float
            (ships,) natural logs of metres; NaN counts as usual.
        rule : OccupancyRule
        """
        longer = np.nan_to_num(log_length - np.log(rule.typical_m))
        logit = np.log(self.recall / (1.0 - self.recall)) + rule.recall_by_length * longer
        return np.asarray(expit(logit[:, None] + rule.recall_spread * _KINDS))


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """How long a port's ships are.

    Attributes
    ----------
    grid : array of float
        (lengths,) natural logs of metres.
    share : array of float
        (lengths,) share of the ships.
    """

    grid: Floats
    share: Floats

    @classmethod
    def of(cls, places: Sequence[Place], ships: Sequence[Floats], rule: OccupancyRule) -> Lengths:
        """Those of a port and of ships in general, by EM: measured lengths stray about the ships' own.

        Parameters
        ----------
        places : sequence of Place
        ships : sequence of array of float
            (observations,) of each place: how many ships each sighting stands for, as it may be one of many of a ship.
        rule : OccupancyRule
        """
        grid = np.log(rule.typical_m) + rule.lengths * np.linspace(-3.0, 3.0, rule.length_steps)
        usual = _normal(grid - np.log(rule.typical_m), rule.lengths)
        usual = usual / usual.sum()
        known = [place.seen & np.isfinite(place.log_length) for place in places]
        seen = np.concatenate([*(p.log_length[k] for p, k in zip(places, known, strict=True)), np.zeros(0)])
        spread = np.concatenate([*(p.spread[k] for p, k in zip(places, known, strict=True)), np.zeros(0)])
        weight = np.concatenate([*(w[k] for w, k in zip(ships, known, strict=True)), np.zeros(0)])[:, None]
        fit = _normal(seen[:, None] - grid[None, :], np.hypot(spread, rule.kernel)[:, None])
        share = usual
        for _ in range(rule.length_rounds):
            each = fit * share
            own = (weight * each / np.maximum(each.sum(axis=1, keepdims=True), 1e-300)).sum(axis=0)
            share = (own + rule.general * usual) / (own.sum() + rule.general)
        return cls(grid, share)

    def bands(self, rule: OccupancyRule) -> list[tuple[Flags, float, float]]:
        """Bands within which ships are seen alike: which of the grid, share of the ships, mean log length."""
        band = np.digitize(self.grid, np.log(rule.length_bands_m))
        parts = [band == n for n in np.unique(band)]
        shares = [float(self.share[part].sum()) for part in parts]
        means = [float(self.share[p] @ self.grid[p]) / share for p, share in zip(parts, shares, strict=True)]
        return list(zip(parts, shares, means, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """What the sums say of one place.

    Attributes
    ----------
    probability : array of float
        (observations, observations) probability that one stay reached from one observation to another.
    stays : array of float
        (means,) expected number of stays of each mean.
    likeliest : list of tuple of int
        First and last observation of each stay in the likeliest division.
    fixed : float
        Probability that the sightings are a fixed object, and no ships.
    """

    probability: Floats
    stays: Floats
    likeliest: list[tuple[int, int]]
    fixed: float


def presence(hours: Floats, rule: OccupancyRule) -> Floats:
    """(means, observations, observations) expected ships that were there from one observation to another and no longer.

    Parameters
    ----------
    hours : array of float
        Of the observations, in order.
    rule : OccupancyRule
        Mean stays.

    Notes
    -----
    For one arrival an hour; 0 where the first comes after the last. The integral over all arrivals is exact.
    """
    before, after = np.append(-np.inf, hours[:-1]), np.append(hours[1:], np.inf)
    first, last = np.arange(len(hours))[:, None], np.arange(len(hours))[None, :]
    made = []
    for mean in rule.stays_h:
        inner = _rest(hours[None, :] - hours[:, None], mean)
        made.append(
            inner
            - _rest(hours[None, :] - before[:, None], mean)
            - _rest(after[None, :] - hours[:, None], mean)
            + _rest(after[None, :] - before[:, None], mean)
        )
    return np.where(first <= last, np.maximum(np.array(made), 0.0), 0.0)


def _rest(hours: Floats, mean_h: float) -> Floats:
    """Integral of the share of stays that last longer, from so many hours on; of a gamma distribution of shape 2."""
    scale = 0.5 * mean_h
    with np.errstate(over="ignore", invalid="ignore"):
        x = np.maximum(hours, 0.0) / scale
        return np.where(
            np.isfinite(x),
            scale * np.exp(-np.where(np.isfinite(x), x, 0.0)) * (2.0 + np.where(np.isfinite(x), x, 0.0)),
            0.0,
        )


def segments(
    place: Place, ships: Floats, habits: Habits, lengths: Lengths, *, slots: int, rule: OccupancyRule
) -> Segments:
    """The sums over all divisions of a place's sightings into stays.

    Parameters
    ----------
    place : Place
        With one sighting at least.
    ships : array of float
        Of `presence` at its observations.
    habits : Habits
        Of its berth.
    lengths : Lengths
        Of the port's ships.
    slots : int
        How many places the berth has: its arrivals and false ships are spread over them.
    rule : OccupancyRule
        Lengths of ships, and how often a sighting is a fixed object.
    """
    arrivals = np.asarray(habits.arrivals)
    expected = np.tensordot(arrivals, ships, axes=1) / slots
    with np.errstate(divide="ignore"):
        weight = np.log(expected) + _one_ship(place, habits, lengths, rule) + _names(place, habits, rule)
    weight[~_possible(place)] = -np.inf
    totals, made = [], []
    for prior, alone in _alone(place, lengths, habits, slots, rule):
        odds = weight - _sums(alone)
        forward, backward = _recursions(odds)
        with np.errstate(under="ignore"):
            made.append(np.exp(forward[:-1, None] + odds + backward[None, 1:] - forward[-1]))
        totals.append(prior + forward[-1] + alone.sum())
    share = np.exp(np.array(totals) - logsumexp(totals))
    probability = np.tensordot(share, np.array(made), axes=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_mean = arrivals[:, None, None] / slots * ships * np.where(expected > 0, probability / expected, 0.0)
    return Segments(probability, by_mean.sum(axis=(1, 2)), _likeliest(place, probability, rule), float(1.0 - share[0]))


def present(probability: Floats, hours: Floats, at: Floats) -> Floats:
    """Probability that a ship lay at a place at some instants.

    Parameters
    ----------
    probability : array of float
        (observations, observations) of `Segments`.
    hours : array of float
        (observations,) of the place.
    at : array of float
        (instants,) hours; between two observations a ship that left after the one, or came before the other, was still
        or already there in half of the cases.
    """
    begins, ends = probability.sum(axis=1), probability.sum(axis=0)
    there = covered(probability)
    over = there - ends
    nearest = np.searchsorted(hours, at)
    found = np.empty(len(at))
    for n, k in enumerate(nearest):
        if k < len(hours) and np.isclose(hours[k], at[n]):
            found[n] = there[k]
        else:
            through, left = (over[k - 1], ends[k - 1]) if k else (0.0, 0.0)
            came = begins[k] if k < len(hours) else 0.0
            found[n] = through + 0.5 * (left + came)
    return np.clip(found, 0.0, 1.0)


def covered(probability: Floats) -> Floats:
    """(observations,) probability that a ship was there.

    Parameters
    ----------
    probability : array of float
        (observations, observations) of `Segments`.
    """
    begins, ends = probability.sum(axis=1), probability.sum(axis=0)
    return np.asarray(np.cumsum(begins) - np.append(0.0, np.cumsum(ends)[:-1]))


def firsts(place: Place, probability: Floats) -> Floats:
    """(observations,) probability that each sighting is the first of a ship's stay.

    Parameters
    ----------
    place : Place
    probability : array of float
        (observations, observations) of `Segments`.
    """
    there = np.where(place.seen, covered(probability), 0.0)
    for a, b in pairwise(np.flatnonzero(place.seen)):
        there[b] -= probability[: a + 1, b:].sum()
    return np.clip(there, 0.0, 1.0)


def _alone(
    place: Place, lengths: Lengths, habits: Habits, slots: int, rule: OccupancyRule
) -> list[tuple[float, Floats]]:
    """How likely what each observation shows is with no ship there: (observations,) logs, each with its log prior.

    First for false ships of any length now and then; then for a fixed object, as long as the port's ships, that is
    taken for one in a greater share of the observations.
    """
    named = np.where(place.mmsi > 0, rule.false_named, (1.0 - rule.false_named) / (1.0 - habits.named))
    doubt, false = np.log(place.doubt * habits.doubt * named), place.shown * habits.false / slots
    wrong = np.log(false) + doubt + _false_length(place, rule)
    found = [(float(np.log1p(-rule.fixed)), np.where(place.seen, wrong, np.log1p(-false)))]
    if place.seen.sum() < rule.fixed_sightings:
        return found
    off = place.log_length[:, None] - lengths.grid[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        length = np.log(_normal(off, place.spread[:, None]) @ lengths.share)
    length = np.where(np.isfinite(length), length, 0.0)
    prior = float(np.log(rule.fixed / len(rule.fixed_seen)))
    for share in rule.fixed_seen:
        seen = share * place.shown
        found.append((prior, np.where(place.seen, np.log(seen) + doubt + length, np.log1p(-seen))))
    return found


def _sums(values: Floats | Flags) -> Floats:
    """(observations, observations) sum of the values from one to another."""
    upto = np.append(0.0, np.cumsum(values))
    return np.asarray(upto[None, 1:] - upto[:-1, None])


def _one_ship(place: Place, habits: Habits, lengths: Lengths, rule: OccupancyRule) -> Floats:
    """(observations, observations) log probability of what one shows to another if one ship lay there throughout.

    Over the ship's length, which says how well it is seen, and over how well ships of that length are.
    """
    known = place.seen & np.isfinite(place.log_length)
    off = np.where(known, place.log_length, 0.0)[None, :] - lengths.grid[:, None]
    fit = (1.0 - rule.outlier) * _normal(off, place.spread) + rule.outlier * _normal(off, rule.false_lengths)
    upto = np.cumsum(np.where(known, np.log(fit), 0.0), axis=1)
    upto = np.concatenate([np.zeros((len(lengths.grid), 1)), upto], axis=1)
    each = upto[:, None, 1:] - upto[:, :-1, None]
    found = []
    for part, _, middle in lengths.bands(rule):
        top = each[part].max(axis=0)
        size = top + np.log(np.tensordot(lengths.share[part], np.exp(each[part] - top), axes=1))
        seen = [_sums(_shows(place, float(r), habits.recall)) for r in habits.recalls(np.array([middle]), rule)[0]]
        found.append(size + logsumexp(np.array(seen), axis=0, b=KIND_SHARES[:, None, None]))
    return np.asarray(logsumexp(np.array(found), axis=0))


def _names(place: Place, habits: Habits, rule: OccupancyRule) -> Floats:
    """(observations, observations) log probability that AIS names, or does not, what was seen as one ship.

    Over that of a ship without AIS: a nameless ship that comes again and again is no rarer than one that stays.
    """
    named, nameless = _sums(place.mmsi > 0), _sums(place.seen & (place.mmsi == 0))
    on_ais = np.log(habits.named) + named * np.log1p(-rule.unnamed) + nameless * np.log(rule.unnamed)
    alone = np.logaddexp(on_ais, np.log1p(-habits.named)) - np.log1p(-habits.named)
    return np.asarray(np.where(named > 0, on_ais, alone))


def _shows(place: Place, recall: float, usual: float) -> Floats:
    """(observations,) log probability of a sighting, or of none, of a ship with that recall that lies there."""
    own = np.where(np.isfinite(place.missed), place.missed / (1.0 - usual), 1.0)
    missed = np.minimum((1.0 - recall) * own, max(1.0 - recall, _MOST_MISSED))
    return np.asarray(np.log(np.where(place.seen, recall * place.shown, 1.0 - place.shown * (1.0 - missed))))


def _normal(off: Floats, spread: Floats | float) -> Floats:
    return np.asarray(np.exp(-0.5 * (off / spread) ** 2) / (spread * np.sqrt(2.0 * np.pi)))


def _false_length(place: Place, rule: OccupancyRule) -> Floats:
    """(observations,) log density of a false ship's length."""
    whole = np.hypot(rule.false_lengths, place.spread)
    off = (place.log_length - np.log(rule.false_m)) / whole
    return np.where(np.isfinite(off), -0.5 * off**2 - np.log(whole * np.sqrt(2.0 * np.pi)), 0.0)


def _possible(place: Place) -> Flags:
    """(observations, observations) whether one stay may reach so: something was seen, and no two MMSIs."""
    seen = _sums(place.seen.astype(np.float64)) > 0
    first, last = np.arange(len(place.hours))[:, None], np.arange(len(place.hours))[None, :]
    ok = seen & (first <= last)
    for a, b in pairwise(np.flatnonzero(place.mmsi)):
        if place.mmsi[a] != place.mmsi[b]:
            ok[: a + 1, b:] = False
    return ok


def _recursions(weight: Floats) -> tuple[Floats, Floats]:
    """(observations + 1,) log sums over all divisions of what comes before each observation, and from it on."""
    number = len(weight)
    forward, backward = np.zeros(number + 1), np.zeros(number + 1)
    for k in range(number):
        forward[k + 1] = _log_sum(forward[: k + 1] + weight[: k + 1, k], forward[k])
    for k in range(number - 1, -1, -1):
        backward[k] = _log_sum(backward[k + 1 :] + weight[k, k:], backward[k + 1])
    return forward, backward


def _log_sum(values: Floats, more: float) -> float:
    top = max(float(values.max()), more)
    return top + float(np.log(np.exp(values - top).sum() + np.exp(more - top)))


def _likeliest(place: Place, probability: Floats, rule: OccupancyRule) -> list[tuple[int, int]]:
    """First and last sighting of each stay, in order.

    Sightings that are likelier a ship than not are joined where one stay likely made both; what is then less likely
    one stay as a whole is cut at its weakest link.
    """
    real = [int(k) for k in np.flatnonzero(place.seen) if probability[: k + 1, k:].sum() >= rule.told]
    found: list[tuple[int, int]] = []
    open_: list[list[int]] = [real] if real else []
    while open_:
        run = open_.pop()
        if len(run) == 1 or probability[: run[0] + 1, run[-1] :].sum() >= rule.whole:
            found.append((run[0], run[-1]))
            continue
        links = [float(probability[: a + 1, b:].sum()) for a, b in pairwise(run)]
        cut = int(np.argmin(links)) + 1
        open_ += [run[cut:], run[:cut]]
    return found
