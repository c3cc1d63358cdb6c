"""Which sightings at one place were one ship's stay: every division of them into stays, weighed exactly.

Ships come to a place as a Poisson process and stay for a time from a mixture of gamma distributions; each observation
shows a ship that is there with the port's recall, and now and then one that is not there. A stay is a segment of the
place's observations; the sums over all ways to divide them into segments are made by forward and backward recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import logsumexp

from monitor.core.arrays import Bools, Floats
from monitor.fuse.stays.likelihood import alone_log, one_ship_log, sums
from monitor.fuse.stays.model import Habits, Lengths, Place
from monitor.fuse.stays.rules import OccupancyRule


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
        weight = np.log(expected) + one_ship_log(place, habits, lengths, rule)
    weight[~_possible(place)] = -np.inf
    priors, alone = (np.array(part) for part in zip(*alone_log(place, lengths, habits, slots, rule), strict=True))
    odds = weight - np.array([sums(values) for values in alone])
    forward, backward = _recursions(odds)
    total = forward[:, -1]
    share = np.exp((logs := priors + total + alone.sum(axis=1)) - logsumexp(logs))
    with np.errstate(under="ignore"):
        made = np.exp(forward[:, :-1, None] + odds + backward[:, None, 1:] - total[:, None, None])
    probability = np.tensordot(share, made, axes=1)
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


def _possible(place: Place) -> Bools:
    """(observations, observations) whether one stay may reach so: something was seen, and no two MMSIs."""
    seen = sums(place.seen.astype(np.float64)) > 0
    first, last = np.arange(len(place.hours))[:, None], np.arange(len(place.hours))[None, :]
    ok = seen & (first <= last)
    for a, b in pairwise(np.flatnonzero(place.mmsi)):
        if place.mmsi[a] != place.mmsi[b]:
            ok[: a + 1, b:] = False
    return ok


def _recursions(weight: Floats) -> tuple[Floats, Floats]:
    """(kinds, observations + 1) log sums over all divisions of what comes before each observation, and from it on."""
    kinds, number, _ = weight.shape
    forward, backward = np.zeros((kinds, number + 1)), np.zeros((kinds, number + 1))
    for k in range(number):
        forward[:, k + 1] = _log_sum(forward[:, : k + 1] + weight[:, : k + 1, k], forward[:, k])
    for k in range(number - 1, -1, -1):
        backward[:, k] = _log_sum(backward[:, k + 1 :] + weight[:, k, k:], backward[:, k + 1])
    return forward, backward


def _log_sum(values: Floats, more: Floats) -> Floats:
    top = np.maximum(values.max(axis=1), more)
    return np.asarray(top + np.log(np.exp(values - top[:, None]).sum(axis=1) + np.exp(more - top)))


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
