"""How many departures would be followed by chance: arrivals moved in time, within their season, as observed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats, Ints
from monitor.fuse.chains.events import Arrivals, Watched

_LEAST_DAYS = 1e-3
"""Instants are intervals of a minute and a half."""
_ALIKE = 1e-9
"""Numbers of departures that differ by less are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Chance:
    """What the moved arrivals give.

    Attributes
    ----------
    mean, low, high : float
        Of the number of departures that are followed, with the 90 % range.
    p_value : float
        Share of the draws with as many or more, what was found among them.
    """

    mean: float
    low: float
    high: float
    p_value: float


def moved(arrivals: Arrivals, *, block_days: float, draws: int, seed: int) -> Floats:
    """(draws, intervals) the share of an arrival that each interval holds, zone after zone, once all are moved.

    Parameters
    ----------
    arrivals : Arrivals
        Of one place.
    block_days : float
        Least length of a block; a series that is no two of them long is one.
    draws : int
        How many times.
    seed : int
        Of the draws.

    Notes
    -----
    In each block, all arrivals are moved by one random time round the ring of the block's observed time, the same share
    of it in every zone, and each is then shown by the observations between which it falls: it is dated no better and
    no worse than the clouds there allow. How many arrivals a season has, and how near each other they come, stays as it
    is; what is tested is their place within it. Amarasingham et al. 2012 (doi:10.1152/jn.00633.2011) give the argument
    for such conditional tests of coincidence.
    """
    rng = np.random.default_rng(seed)
    filled = [zone for zone in arrivals.zones if len(zone.starts)]
    if not filled:
        return np.zeros((draws, 0))
    start, end = min(z.starts[0] for z in filled), max(z.ends[-1] for z in filled)
    blocks = max(1, int((end - start) // block_days))
    edges = np.linspace(start, end, blocks + 1)[1:-1]
    by = rng.random((draws, blocks))
    return np.concatenate([_moved_zone(zone, edges, by, rng) for zone in arrivals.zones], axis=1)


def _moved_zone(zone: Watched, edges: Floats, by: Floats, rng: np.random.Generator) -> Floats:
    draws = len(by)
    made = np.zeros((draws, len(zone.starts)))
    length, block = zone.ends - zone.starts, np.searchsorted(edges, (zone.starts + zone.ends) / 2)
    rows = np.arange(draws)
    for arrival in zone.arrivals:
        here = np.flatnonzero(block == block[arrival.first])
        upto = np.cumsum(length[here])
        at = upto[here == arrival.first][0] - length[arrival.first] * rng.random(draws)
        at = (at + by[:, block[arrival.first]] * upto[-1]) % upto[-1]
        first = np.minimum(np.searchsorted(upto, at, side="right"), len(here) - 1)
        cells = [here[np.minimum(first + more, len(here) - 1)] for more in range(arrival.last - arrival.first + 1)]
        whole = np.sum([length[cell] for cell in cells], axis=0)
        for cell in cells:
            made[rows, cell] += length[cell] / whole
    return made


def as_found(zones: Sequence[Watched]) -> Floats:
    """(1, intervals) the share of an arrival that each interval holds, zone after zone: one where it is dated by it."""
    made = [np.zeros(len(zone.starts)) for zone in zones]
    for held, zone in zip(made, zones, strict=True):
        for arrival in zone.arrivals:
            cells = slice(arrival.first, arrival.last + 1)
            length = zone.ends[cells] - zone.starts[cells]
            held[cells] += length / length.sum()
    return np.concatenate([*made, np.zeros(0)])[None, :]


def fits(left: Floats, came: Floats, low: float, high: float) -> Floats:
    """(departures, intervals) probability that an arrival in an interval is within a travel time of a departure.

    Parameters
    ----------
    left : array of float
        (departures, 2) last observation before each and first after, in days.
    came : array of float
        (intervals, 2) bounds of each interval, in days.
    low, high : float
        Shortest and longest travel time, in days.

    Notes
    -----
    Each may have been at any instant between its observations, all alike: the difference of two uniform variables.
    """
    after, before = left[:, :1], np.maximum(left[:, 1:], left[:, :1] + _LEAST_DAYS)
    start, end = came[None, :, 0], np.maximum(came[:, 1], came[:, 0] + _LEAST_DAYS)[None, :]
    corners = ((start - before, 1.0), (start - after, -1.0), (end - before, -1.0), (end - after, 1.0))

    def below(days: float) -> Floats:
        return np.asarray(sum(sign * np.maximum(days - at, 0.0) ** 2 / 2.0 for at, sign in corners))

    share: Floats = (below(high) - below(low)) / ((before - after) * (end - start))
    return np.clip(share, 0.0, 1.0)


def followed(held: Floats, fitting: Sequence[Floats]) -> tuple[Floats, Ints]:
    """How many departures arrivals follow in each draw, at the travel time that fits most, and which that is.

    Parameters
    ----------
    held : array of float
        (draws, intervals) as `moved` or `as_found`.
    fitting : sequence of array
        Of each span of travel times, (departures, intervals) as `fits`.
    """
    counts = np.stack([np.minimum(held @ one.T, 1.0).sum(axis=1) for one in fitting])
    return np.asarray(counts.max(axis=0)), np.asarray(counts.argmax(axis=0))


def chance(found: float, draws: Floats) -> Chance:
    """What draws say of a number that was found.

    Parameters
    ----------
    found : float
        Departures that were followed.
    draws : array of float
        The same with the arrivals moved.
    """
    low, high = np.quantile(draws, [0.05, 0.95], method="inverted_cdf")
    p_value = (1 + int((draws >= found - _ALIKE).sum())) / (1 + len(draws))
    return Chance(float(draws.mean()), float(low), float(high), p_value)


def holm(p_values: Floats) -> Floats:
    """P-values after Holm's correction for their number; NaN stays NaN and does not count.

    Parameters
    ----------
    p_values : array of float
        (n,) in any order.

    Notes
    -----
    Holm 1979 (Scandinavian Journal of Statistics 6, 65–70); holds however the comparisons hang together.
    """
    made = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    made[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0) if len(order) else []
    return made
