"""What a place showed, and what is known of a berth's ships, of the detector there and of a port's lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from monitor.core.arrays import Bools, Floats, Ints
from monitor.fuse.stays.rules import OccupancyRule

_KINDS, KIND_SHARES = np.array([-1.0, 0.0, 1.0]) * np.sqrt(3.0), np.array([1.0, 4.0, 1.0]) / 6.0
"""Nodes and weights of a normal distribution (Gauss and Hermite)."""


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
    off_m : array of float
        (observations,) metres between its ship and the middle of the nameless ones; NaN where not known.
    """

    hours: Floats
    seen: Bools
    log_length: Floats
    spread: Floats
    doubt: Floats
    mmsi: Ints
    missed: Floats
    shown: Floats
    off_m: Floats


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
    berthed_m : float
        Standard deviation on either axis of where ships lie about the middle of a place.
    """

    arrivals: tuple[float, ...]
    recall: float
    false: float
    doubt: float = 1.0
    named: float = 0.5
    berthed_m: float = 10.0

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
        usual = normal(grid - np.log(rule.typical_m), rule.lengths)
        usual = usual / usual.sum()
        known = [place.seen & np.isfinite(place.log_length) for place in places]
        seen = np.concatenate([*(p.log_length[k] for p, k in zip(places, known, strict=True)), np.zeros(0)])
        spread = np.concatenate([*(p.spread[k] for p, k in zip(places, known, strict=True)), np.zeros(0)])
        weight = np.concatenate([*(w[k] for w, k in zip(ships, known, strict=True)), np.zeros(0)])[:, None]
        fit = normal(seen[:, None] - grid[None, :], np.hypot(spread, rule.kernel)[:, None])
        share = usual
        for _ in range(rule.length_rounds):
            each = fit * share
            own = (weight * each / np.maximum(each.sum(axis=1, keepdims=True), 1e-300)).sum(axis=0)
            share = (own + rule.general * usual) / (own.sum() + rule.general)
        return cls(grid, share)

    def bands(self, rule: OccupancyRule) -> list[tuple[Bools, float, float]]:
        """Bands within which ships are seen alike: which of the grid, share of the ships, mean log length."""
        band = np.digitize(self.grid, np.log(rule.length_bands_m))
        parts = [band == n for n in np.unique(band)]
        shares = [float(self.share[part].sum()) for part in parts]
        means = [float(self.share[p] @ self.grid[p]) / share for p, share in zip(parts, shares, strict=True)]
        return list(zip(parts, shares, means, strict=True))


def normal(off: Floats, spread: Floats | float) -> Floats:
    """Density of a normal distribution so far off its middle.

    Parameters
    ----------
    off : array of float
    spread : array of float or float
        Standard deviation.
    """
    return np.asarray(np.exp(-0.5 * (off / spread) ** 2) / (spread * np.sqrt(2.0 * np.pi)))
