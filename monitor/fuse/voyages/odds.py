"""What each sighting of a port says of one more ship: with it, and by the port's other ships alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.rules import SightingRule
from monitor.fuse.voyages.sightings import Flags, Indices, Sightings


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """How much likelier a port's observations are with a ship in port than without it.

    Attributes
    ----------
    missed : array of float
        (observations,) probability that one does not show the ship though it is there.
    claim : array of float
        (lengths, rates, sightings) odds that a sighting is the ship's, times the probability to see it.
    log_rate : array of float
        (rates,) log of how much likelier the port's visits are at that rate of others than at the rate of them all.
    """

    missed: Floats
    claim: Floats
    log_rate: Floats

    @property
    def by_case(self) -> Floats:
        """(lengths and rates, sightings) `claim` with one axis for both."""
        lengths, rates, count = self.claim.shape
        return self.claim.reshape(lengths * rates, count)


def odds(seen: Sightings, lengths: Floats, rule: SightingRule) -> Odds:
    """What a port's sightings say of a ship of each length.

    Parameters
    ----------
    seen : Sightings
        Of the port.
    lengths : array of float
        (lengths,) natural logs of metres.
    rule : SightingRule
        Recall, usual stays, and which share of a port's visits may be others'.

    Notes
    -----
    Others come as a Poisson process at the port's own rate and with its own lengths, or at a lower rate when some
    visits are the ship's. Who was seen is likely seen again: further sightings of one visit say little.
    """
    missed = 1.0 - rule.recall * seen.clear
    rates = np.asarray(rule.others)
    count = seen.visits
    log_rate = count * (1.0 - rates + np.log(rates))
    if not len(seen.visit):
        return Odds(missed, np.zeros((len(lengths), len(rates), 0)), log_rate)
    gap = np.diff(seen.hours, prepend=seen.hours[0] - rule.stay_h)
    fresh = np.maximum(seen.clear * -np.expm1(-gap / rule.stay_h), 1e-3)
    new = count * fresh / fresh.sum()
    again = rule.recall * np.exp(-seen.since_h / rule.stay_h)
    is_first = np.isnan(seen.since_h)
    others = np.maximum(np.where(is_first, new[seen.at], again), rule.least_rate)
    off = seen.log_length[None, :] - lengths[:, None]
    density = (1.0 - rule.outlier) * normal(off, seen.spread[None, :]) + rule.outlier * population(seen, rule)
    own = (np.where(np.isfinite(off), density / lengths_here(seen, rule), 1.0) * seen.cargo) ** seen.share[None, :]
    own = own * (seen.mmsi == 0)
    rate = np.where(is_first[None, :], rates[:, None], 1.0)
    claim = rule.recall * own[:, None, :] / (others[None, None, :] * rate[None, :, :])
    return Odds(missed, claim, log_rate)


def normal(off: Floats, spread: Floats) -> Floats:
    """Density of a normal distribution so far off its middle; NaN where that is not known."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.exp(-0.5 * (off / spread) ** 2) / (spread * np.sqrt(2.0 * np.pi)))


def population(seen: Sightings, rule: SightingRule) -> Floats:
    """(sightings,) density of a length among all ships."""
    return normal(seen.log_length - np.log(rule.typical_m), np.hypot(rule.lengths, seen.spread))


def lengths_here(seen: Sightings, rule: SightingRule) -> Floats:
    """(sightings,) density of a visit's length at this port: of its visits and of ships in general."""
    first = np.isnan(seen.since_h) & np.isfinite(seen.log_length) & (seen.mmsi == 0)
    centres, spread = seen.log_length[first], np.hypot(seen.spread[first], rule.kernel)
    here = normal(seen.log_length[:, None] - centres[None, :], spread[None, :]).sum(axis=1)
    return np.asarray((here + rule.general * population(seen, rule)) / (len(centres) + rule.general))


def log_weights(seen: Sightings, known: Odds, claim: Floats) -> Floats:
    """How much likelier each of a port's observations is with a ship there than without: (cases, observations) logs.

    Parameters
    ----------
    seen : Sightings
        Of the port.
    known : Odds
        Of its observations.
    claim : array of float
        (cases, sightings) as `Odds.claim`, or less where a sighting is another ship's.
    """
    of = (seen.at[:, None] == np.arange(len(known.missed))[None, :]).astype(np.float64)
    return np.asarray(np.log(known.missed[None, :] + (claim * seen.clear[seen.at]) @ of))


def on_grid(weight: Floats, at: Indices, steps: int) -> Floats:
    """The sum of what observations say, by step of the grid: (..., steps).

    Parameters
    ----------
    weight : array of float
        (..., observations) as `log_weights` gives it.
    at : array of int
        (observations,) the step in which each lies.
    steps : int
        Length of the grid.
    """
    return np.asarray(weight @ (at[:, None] == np.arange(steps)[None, :]).astype(np.float64))


def claimed(seen: Sightings, known: Odds, claim: Floats, present: Flags, rng: np.random.Generator) -> Flags:
    """Which sightings were the ship's own, one draw a row: (rows, sightings).

    Parameters
    ----------
    seen : Sightings
        Of the port.
    known : Odds
        Of its observations.
    claim : array of float
        (rows, sightings) as for `log_weights`.
    present : array of bool
        (rows, observations) whether the ship was in port.
    rng : Generator
    """
    rows = len(present)
    made = np.zeros((rows, len(seen.visit)), dtype=np.bool_)
    for k in np.unique(seen.at):
        here: Indices = np.flatnonzero(seen.at == k)
        weight = np.concatenate([np.full((rows, 1), known.missed[k]), claim[:, here] * seen.clear[k]], axis=1)
        options = np.where(present[:, k, None], weight, np.eye(1, len(here) + 1))
        upto = np.cumsum(options, axis=1)
        chosen = (upto < rng.random((rows, 1)) * upto[:, -1:]).sum(axis=1)
        hit = np.flatnonzero(chosen)
        made[hit, here[chosen[hit] - 1]] = True
    return made
