"""How likely what the observations of a place show is, with one ship there throughout and with none."""

from __future__ import annotations

import numpy as np

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
    taken for one at one spot in a greater share of the observations. Its length is not asked to be one: so are those
    of a silent ship that comes again and again.

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
    shape = _usual_length(place, lengths) + _fixed_spot(place, habits, rule)
    prior = float(np.log(rule.fixed / len(rule.fixed_seen)))
    for share in rule.fixed_seen:
        seen = share * place.shown
        found.append((prior, np.where(place.seen, np.log(seen) + doubt + shape, np.log1p(-seen))))
    return found


def _usual_length(place: Place, lengths: Lengths) -> Floats:
    """(observations,) log density of the lengths among the port's ships."""
    off = place.log_length[:, None] - lengths.grid[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        length = np.log(normal(off, place.spread[:, None]) @ lengths.share)
    return np.where(np.isfinite(length), length, 0.0)


def _fixed_spot(place: Place, habits: Habits, rule: OccupancyRule) -> Floats:
    """(observations,) log odds of where a fixed object is seen, over where ships of the port lie at a place."""
    way = np.square(np.nan_to_num(place.off_m))
    narrow, wide = (np.exp(-0.5 * way / sd**2) / sd**2 for sd in (rule.fixed_m, max(habits.berthed_m, rule.fixed_m)))
    odds = np.log((1.0 - rule.astray) * narrow / wide + rule.astray)
    return np.where(np.isfinite(place.off_m), odds, 0.0)


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
    reached = np.append(0, np.cumsum(place.seen))
    found = []
    for (_, _, middle), size in zip(lengths.bands(rule), _of_one_length(place, lengths, rule), strict=True):
        by_sightings = size[np.ix_(reached[:-1], reached[1:])]
        for kind, recall in zip(KIND_SHARES, habits.recalls(np.array([middle]), rule)[0], strict=True):
            found.append(by_sightings + sums(_shows(place, float(recall), habits.recall)) + np.log(kind))
    top = np.max(found, axis=0)
    total = sum(np.exp(each - top) for each in found)
    return np.asarray(top + np.log(total)) + _names(place, habits, rule)


def _of_one_length(place: Place, lengths: Lengths, rule: OccupancyRule) -> list[Floats]:
    """By band, (sightings + 1, sightings + 1) log density of the lengths from one sighting to before another.

    For one ship whose length lies in the band. Only sightings tell of it, and they are far fewer than observations.
    """
    log_length, spread = place.log_length[place.seen], place.spread[place.seen]
    known = np.isfinite(log_length)
    off = np.where(known, log_length, 0.0)[None, :] - lengths.grid[:, None]
    fit = (1.0 - rule.outlier) * normal(off, spread) + rule.outlier * normal(off, rule.false_lengths)
    upto = np.cumsum(np.where(known, np.log(fit), 0.0), axis=1)
    upto = np.concatenate([np.zeros((len(lengths.grid), 1)), upto], axis=1)
    each = upto[:, None, :] - upto[:, :, None]
    found = []
    for part, _, _ in lengths.bands(rule):
        top = each[part].max(axis=0)
        found.append(top + np.log(np.tensordot(lengths.share[part], np.exp(each[part] - top), axes=1)))
    return found


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
