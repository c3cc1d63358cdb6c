"""How likely what the observations of a place show is, with one ship there throughout and with none."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from monitor.core.arrays import Bools, Floats
from monitor.fuse.stays.model import KIND_SHARES, Habits, Lengths, Place, normal
from monitor.fuse.stays.rules import OccupancyRule

_MOST_MISSED = 0.5
"""A berth's state raises the chance that a ship there was missed to no more. Chosen."""


def alone_log(
    place: Place, lengths: Lengths, habits: Habits, slots: int, rule: OccupancyRule
) -> list[tuple[float, Floats]]:
    """How likely what each observation shows is with no ship there: (observations,) logs, each with its log prior.

    First for false ships of any length now and then; then for a fixed object, as long as the port's ships, that is
    taken for one in a greater share of the observations.

    Parameters
    ----------
    place : Place
    lengths : Lengths
        Of the port's ships.
    habits : Habits
        Of the berth.
    slots : int
        Places over which the berth's false ships are spread.
    rule : OccupancyRule
    """
    named = np.where(place.mmsi > 0, rule.false_named, (1.0 - rule.false_named) / (1.0 - habits.named))
    doubt, false = np.log(place.doubt * habits.doubt * named), place.shown * habits.false / slots
    wrong = np.log(false) + doubt + _false_length(place, rule)
    found = [(float(np.log1p(-rule.fixed)), np.where(place.seen, wrong, np.log1p(-false)))]
    if place.seen.sum() < rule.fixed_sightings:
        return found
    off = place.log_length[:, None] - lengths.grid[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        length = np.log(normal(off, place.spread[:, None]) @ lengths.share)
    length = np.where(np.isfinite(length), length, 0.0)
    prior = float(np.log(rule.fixed / len(rule.fixed_seen)))
    for share in rule.fixed_seen:
        seen = share * place.shown
        found.append((prior, np.where(place.seen, np.log(seen) + doubt + length, np.log1p(-seen))))
    return found


def sums(values: Floats | Bools) -> Floats:
    """(observations, observations) sum of the values from one to another.

    Parameters
    ----------
    values : array of float or bool
        (observations,).
    """
    upto = np.append(0.0, np.cumsum(values))
    return np.asarray(upto[None, 1:] - upto[:-1, None])


def one_ship_log(place: Place, habits: Habits, lengths: Lengths, rule: OccupancyRule) -> Floats:
    """(observations, observations) log probability of what one shows to another if one ship lay there throughout.

    Over the ship's length, which says how well it is seen, over how well ships of that length are, and over whether
    AIS names it.

    Parameters
    ----------
    place : Place
    habits : Habits
        Of the berth.
    lengths : Lengths
        Of the port's ships.
    rule : OccupancyRule
    """
    known = place.seen & np.isfinite(place.log_length)
    off = np.where(known, place.log_length, 0.0)[None, :] - lengths.grid[:, None]
    fit = (1.0 - rule.outlier) * normal(off, place.spread) + rule.outlier * normal(off, rule.false_lengths)
    upto = np.cumsum(np.where(known, np.log(fit), 0.0), axis=1)
    upto = np.concatenate([np.zeros((len(lengths.grid), 1)), upto], axis=1)
    each = upto[:, None, 1:] - upto[:, :-1, None]
    found = []
    for part, _, middle in lengths.bands(rule):
        top = each[part].max(axis=0)
        size = top + np.log(np.tensordot(lengths.share[part], np.exp(each[part] - top), axes=1))
        seen = [sums(_shows(place, float(r), habits.recall)) for r in habits.recalls(np.array([middle]), rule)[0]]
        found.append(size + logsumexp(np.array(seen), axis=0, b=KIND_SHARES[:, None, None]))
    return np.asarray(logsumexp(np.array(found), axis=0)) + _names(place, habits, rule)


def _names(place: Place, habits: Habits, rule: OccupancyRule) -> Floats:
    """(observations, observations) log probability that AIS names, or does not, what was seen as one ship.

    Over that of a ship without AIS: a nameless ship that comes again and again is no rarer than one that stays.
    """
    named, nameless = sums(place.mmsi > 0), sums(place.seen & (place.mmsi == 0))
    on_ais = np.log(habits.named) + named * np.log1p(-rule.unnamed) + nameless * np.log(rule.unnamed)
    alone = np.logaddexp(on_ais, np.log1p(-habits.named)) - np.log1p(-habits.named)
    return np.asarray(np.where(named > 0, on_ais, alone))


def _shows(place: Place, recall: float, usual: float) -> Floats:
    """(observations,) log probability of a sighting, or of none, of a ship with that recall that lies there."""
    own = np.where(np.isfinite(place.missed), place.missed / (1.0 - usual), 1.0)
    missed = np.minimum((1.0 - recall) * own, max(1.0 - recall, _MOST_MISSED))
    return np.asarray(np.log(np.where(place.seen, recall * place.shown, 1.0 - place.shown * (1.0 - missed))))


def _false_length(place: Place, rule: OccupancyRule) -> Floats:
    """(observations,) log density of a false ship's length."""
    whole = np.hypot(rule.false_lengths, place.spread)
    off = (place.log_length - np.log(rule.false_m)) / whole
    return np.where(np.isfinite(off), -0.5 * off**2 - np.log(whole * np.sqrt(2.0 * np.pi)), 0.0)
