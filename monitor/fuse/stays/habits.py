"""What a port's own sightings teach of its traffic and of the detector there, by expectation and maximisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.core.arrays import Floats
from monitor.fuse.stays.model import KIND_SHARES, Habits, Lengths, Place
from monitor.fuse.stays.places import Berth
from monitor.fuse.stays.rules import OccupancyRule
from monitor.fuse.stays.segments import covered, firsts, segments


def learn_habits(berths: Mapping[str, Berth], rule: OccupancyRule) -> tuple[dict[str, Habits], Lengths]:
    """The habits of each berth, its own arrivals beside the port's recall and false ships, and the port's lengths.

    Parameters
    ----------
    berths : mapping of str to Berth
        Of one port; one at least.
    rule : OccupancyRule
        Whose numbers hold before the data.
    """
    places = [place for berth in berths.values() for _, place in berth.places]
    lengths = Lengths.of(places, [place.seen.astype(np.float64) for place in places], rule)
    prior = np.asarray(rule.stay_shares) * rule.arrivals_a_day / 24.0
    on_ais = any(place.mmsi.any() for berth in berths.values() for _, place in berth.places)
    names = rule.named if on_ais else rule.least_named
    spread = _berthed_m(places, rule)
    habits = {name: Habits(tuple(prior), rule.recall, rule.false, named=names, berthed_m=spread) for name in berths}
    for _ in range(rule.rounds):
        stays, clear, ships = {}, {}, []
        found = asked = of = false = shown = 0.0
        odds = np.full((2, 2), rule.doubt_weight)
        named: dict[str, Floats] = {}
        for name, berth in berths.items():
            mine, named[name] = np.zeros(len(prior)), np.zeros(2)
            for _, place in berth.places:
                known = segments(place, berth.ships, habits[name], lengths, slots=len(berth.places), rule=rule)
                mine += known.stays
                ships.append(firsts(place, known.probability))
                upto = np.append(0, np.cumsum(place.mmsi > 0))
                by_name = float((known.probability * (upto[None, 1:] > upto[:-1, None])).sum())
                named[name] += [by_name, known.probability.sum()]
                hits, whole = _inside(place, known.probability)
                found, of = found + hits, of + whole
                asked += whole * _usual_recall(place, habits[name], rule)
                there = np.clip(covered(known.probability), 0.0, 1.0)[place.seen]
                false += float((1.0 - there).sum()) * (1.0 - known.fixed)
                doubt = place.doubt[place.seen] * habits[name].doubt
                odds += [[(there * doubt).sum(), there.sum()], [((1.0 - there) / doubt).sum(), (1.0 - there).sum()]]
            shown += float(berth.places[0][1].shown.sum())
            stays[name], clear[name] = mine, _met(berth, habits[name], lengths, rule)
        weight = rule.arrivals_weight / prior.sum()
        rates = (sum(stays.values()) + rule.arrivals_weight * prior / prior.sum()) / (sum(clear.values()) + weight)
        recall = _recall(found, asked, of, next(iter(habits.values())).recall, rule)
        wrong = (false + rule.false_weight * rule.false) / (shown + rule.false_weight)
        off = odds[:, 0] / odds[:, 1]
        scale = next(iter(habits.values())).doubt * float(np.sqrt(off[1] / off[0]))
        by_port = _share(np.sum(list(named.values()), axis=0), names, rule)
        for name in berths:
            own = (stays[name].sum() + rule.berth_weight) / ((rates * clear[name]).sum() + rule.berth_weight)
            habits[name] = Habits(
                tuple(own * rates), recall, wrong, scale, _share(named[name], by_port, rule), berthed_m=spread
            )
        lengths = Lengths.of(places, ships, rule)
    return habits, lengths


def _berthed_m(places: Sequence[Place], rule: OccupancyRule) -> float:
    """How far ships lie from the middles of the port's places, on either axis, by those that AIS names."""
    off = np.concatenate([place.off_m[(place.mmsi > 0) & np.isfinite(place.off_m)] for place in places])
    before = rule.berthed_weight * rule.fixed_m**2
    return float(np.sqrt((0.5 * np.square(off).sum() + before) / (len(off) + rule.berthed_weight)))


def _share(named: Floats, before: float, rule: OccupancyRule) -> float:
    """Share of ships that AIS names, of (named, all), with what was held before."""
    return float((named[0] + rule.named_weight * before) / (named[1] + rule.named_weight))


def _recall(found: float, asked: float, of: float, now: float, rule: OccupancyRule) -> float:
    """Recall of a ship of the usual length, moved by as much as sightings exceed those that it foretells."""
    weight = rule.recall_weight
    seen, foretold = (count + weight * p for count, p in ((found, rule.recall), (asked, now)))
    moved = np.log(seen / (of + weight - seen)) - np.log(foretold / (of + weight - foretold))
    logit = np.log(now / (1.0 - now)) + moved
    return float(np.clip(1.0 / (1.0 + np.exp(-logit)), *rule.recall_range))


def _usual_recall(place: Place, habits: Habits, rule: OccupancyRule) -> float:
    """Recall of the ships at a place, by the lengths that were measured there."""
    known = place.log_length[place.seen & np.isfinite(place.log_length)]
    return float((habits.recalls(known if len(known) else np.array([np.nan]), rule) @ KIND_SHARES).mean())


def _met(berth: Berth, habits: Habits, lengths: Lengths, rule: OccupancyRule) -> Floats:
    """(means,) hours in which an arrival is met and found by an observation."""
    upto = np.append(0.0, np.cumsum(berth.places[0][1].shown))
    count = np.maximum(upto[None, 1:] - upto[:-1, None], 0.0)
    found = np.zeros(count.shape)
    for _, share, middle in lengths.bands(rule):
        for kind, recall in zip(KIND_SHARES, habits.recalls(np.array([middle]), rule)[0], strict=True):
            found += share * kind * (1.0 - (1.0 - recall) ** count)
    return np.asarray((berth.ships * found).sum(axis=(1, 2)))


def _inside(place: Place, probability: Floats) -> tuple[float, float]:
    """Expected sightings, and observations by the share they show, strictly within the sightings of a stay."""
    seen, number = np.flatnonzero(place.seen), len(place.seen)
    upto, shown = np.append(0, np.cumsum(place.seen)), np.append(0.0, np.cumsum(place.shown))
    first = seen[np.minimum(np.searchsorted(seen, np.arange(number)), len(seen) - 1)]
    last = seen[np.maximum(np.searchsorted(seen, np.arange(number), side="right") - 1, 0)]
    begin, end = np.minimum(first[:, None] + 1, number), last[None, :]
    within = end > begin
    of = np.where(within, shown[end] - shown[begin], 0.0)
    found = np.where(within, upto[end] - upto[begin], 0)
    return float((probability * found).sum()), float((probability * of).sum())
