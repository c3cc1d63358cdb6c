"""What each visit of a port says of a nameless ship: that it is the ship's, and not another one's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.voyages.odds import lengths_here, normal, population
from monitor.fuse.voyages.rules import SightingRule
from monitor.fuse.voyages.sightings import Sightings


@dataclass(frozen=True, slots=True, eq=False)
class VisitOdds:
    """How much likelier a port's visits are of a ship than of another one, sighting by sighting.

    Attributes
    ----------
    missed : array of float
        (observations,) probability that one does not show the ship though it is there.
    first : array of float
        (lengths and rates, sightings) of each, if it is the first of its visit; rates of others vary fastest.
    again : array of float
        (sightings,) of each, if it is not.
    gone : array of float
        (sightings,) of the visit being no longer seen after each.
    log_rate : array of float
        (rates,) log of how much likelier the port's visits are at that rate of others than at the rate of them all.
    """

    missed: Floats
    first: Floats
    again: Floats
    gone: Floats
    log_rate: Floats


def visit_odds(seen: Sightings, lengths: Floats, rule: SightingRule) -> VisitOdds:
    """How much likelier a port's visits are of a ship of each length than of another ship.

    Parameters
    ----------
    seen : Sightings
        Of the port.
    lengths : array of float
        (lengths,) natural logs of metres, evenly spaced; each stands for those about it.
    rule : SightingRule
        Recall, usual stays, and which share of a port's visits may be others'.

    Notes
    -----
    Others come as a Poisson process at the port's own rate and with its own lengths, or at a lower rate where some
    visits are the ship's: a port whose visits are mostly one ship's has few others. What is regular in one port then
    speaks for a ship, and does so as much with the other port moved in time, which is the null. A visit is one ship's:
    its length counts once, and each of its sightings by how likely another ship, which leaves after a usual stay, would
    have been seen again then, or not again after the last.
    """
    missed = 1.0 - rule.recall * seen.clear
    rates = np.asarray(rule.others_of_nameless)
    log_rate = seen.visits * (1.0 - rates + np.log(rates))
    if not len(seen.visit):
        none = np.zeros(0)
        return VisitOdds(missed, np.zeros((len(lengths) * len(rates), 0)), none, none, log_rate)
    gap = np.diff(seen.hours, prepend=seen.hours[0] - rule.stay_h)
    fresh = np.maximum(seen.clear * -np.expm1(-gap / rule.stay_h), 1e-3)
    new = np.maximum(seen.visits * fresh / fresh.sum(), rule.least_rate)
    apart = lengths[1] - lengths[0] if len(lengths) > 1 else 0.0
    off = seen.log_length[None, :] - lengths[:, None]
    spread = np.hypot(seen.spread, apart / 12**0.5)
    density = (1.0 - rule.outlier) * normal(off, spread[None, :]) + rule.outlier * population(seen, rule)
    own = np.where(np.isfinite(off), density / lengths_here(seen, rule), 1.0) * seen.cargo
    first = rule.recall * seen.clear[seen.at] * own / new[seen.at]
    first = (first[:, None] / rates[:, None]).reshape(-1, len(seen.visit))
    again = np.exp(np.nan_to_num(seen.since_h) / rule.stay_h)
    after = np.array([_unseen_after(seen, k, missed, rule.stay_h) for k in range(len(seen.hours))])
    return VisitOdds(missed, first, again, 1.0 / after[seen.at], log_rate)


def _unseen_after(seen: Sightings, k: int, missed: Floats, stay_h: float) -> float:
    """Probability that a ship seen by an observation is seen by none after it."""
    there, gone = 1.0, 0.0
    for hours, miss in zip(np.diff(seen.hours[k:]), missed[k + 1 :], strict=True):
        stays = np.exp(-hours / stay_h)
        gone += there * (1.0 - stays)
        there *= stays * miss
        if there < 1e-6:
            break
    return float(gone + there)
