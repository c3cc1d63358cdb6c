"""The stays at a port's berths, with what the port's own data say of its traffic and of the detector there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import distance_m
from monitor.fuse.matching.assignment import pair
from monitor.fuse.stays.berth_observations import BerthVessel, Observation
from monitor.fuse.stays.rules import OccupancyRule, VisitRule
from monitor.fuse.stays.segments import Habits, Lengths, Place, Segments, presence, present, segments

Bound: TypeAlias = pd.Timestamp | None


@dataclass(frozen=True, slots=True, eq=False)
class Stay:
    """One ship's stay at one place of a berth.

    Attributes
    ----------
    hulls : tuple of BerthVessel
        Its sightings in order of time.
    seen : tuple of Timestamp
        When each was made.
    arrived, departed : tuple of Timestamp
        Not before and not after; None where no observation bounds it.
    is_open : bool
        Whether the last clear observation shows it.
    probability : float
        That all these sightings are one stay of one ship.
    """

    aoi_id: str
    berth_id: str
    scene_id: str
    hulls: tuple[BerthVessel, ...]
    seen: tuple[pd.Timestamp, ...]
    arrived: tuple[Bound, pd.Timestamp]
    departed: tuple[pd.Timestamp, Bound]
    is_open: bool
    probability: float


def median(values: Sequence[float]) -> float:
    """The median of the values that are known; NaN when none is."""
    known = [value for value in values if np.isfinite(value)]
    return float(np.median(known)) if known else float("nan")


@dataclass(slots=True, eq=False)
class _Slot:
    """A place in a port where ships lie one after the other: what each observation showed there."""

    hulls: dict[int, BerthVessel] = field(default_factory=dict)

    @property
    def last(self) -> BerthVessel:
        return self.hulls[max(self.hulls)]

    @property
    def berth_id(self) -> str:
        berths = [hull.berth_id for hull in self.hulls.values()]
        return max(sorted(set(berths)), key=berths.count)


@dataclass(frozen=True, slots=True, eq=False)
class _Berth:
    """A berth's clear observations (by index among the port's) and its places."""

    at: npt.NDArray[np.int64]
    ships: Floats
    places: list[tuple[_Slot, Place]]


def stays_of(observations: Sequence[Observation], rule: VisitRule) -> list[Stay]:
    """The likeliest division of one port's sightings into stays.

    Parameters
    ----------
    observations : sequence of Observation
        Of one port, in order of time.
    rule : VisitRule
    """
    found: list[Stay] = []
    for name, berth, slot, place, known in _weighed(observations, rule):
        found += _stays(slot, name, berth.at, place, known, observations, rule)
    return found


def occupancy_of(observations: Sequence[Observation], rule: VisitRule) -> Iterator[dict[str, object]]:
    """Rows of OCCUPANCY of one port.

    Parameters
    ----------
    observations : sequence of Observation
        Of one port, in order of time.
    rule : VisitRule
    """
    hours = np.array([(seen.at - observations[0].at) / pd.Timedelta(hours=1) for seen in observations])
    by_berth: dict[str, list[Floats]] = {}
    for name, _, _, place, known in _weighed(observations, rule):
        by_berth.setdefault(name, []).append(present(known.probability, place.hours, hours))
    everywhere = [chance for chances in by_berth.values() for chance in chances]
    for name, chances in {"": everywhere, **by_berth}.items() if everywhere else ():
        for k, seen in enumerate(observations):
            count = _count([float(chance[k]) for chance in chances])
            low, high = np.searchsorted(np.cumsum(count), (0.05, 0.95))
            yield {
                "aoi_id": seen.aoi_id,
                "berth_id": name,
                "scene_id": seen.scene_id,
                "acquired_at": seen.at,
                "occupied": 1.0 - float(count[0]),
                "ships": float(count @ np.arange(len(count))),
                "ships_low": int(low),
                "ships_high": min(int(high), len(count) - 1),
            }


def _count(chances: Sequence[float]) -> Floats:
    """Probability of each number of ships, where each of some places has one by itself."""
    count = np.ones(1)
    for chance in chances:
        count = np.convolve(count, [1.0 - chance, chance])
    return count


def _weighed(
    observations: Sequence[Observation], rule: VisitRule
) -> Iterator[tuple[str, _Berth, _Slot, Place, Segments]]:
    """Every place of a port's berths with the sums over its divisions."""
    berths = dict(_berths(observations, rule))
    seen = [place.log_length[place.seen] for berth in berths.values() for _, place in berth.places]
    lengths = Lengths.of(np.concatenate([*seen, np.zeros(0)]), rule.occupancy)
    habits = _habits(berths, lengths, rule.occupancy)
    for name, berth in berths.items():
        for slot, place in berth.places:
            known = segments(place, berth.ships, habits[name], lengths, slots=len(berth.places), rule=rule.occupancy)
            yield name, berth, slot, place, known


def _berths(observations: Sequence[Observation], rule: VisitRule) -> Iterator[tuple[str, _Berth]]:
    zero = observations[0].at
    hours = np.array([(seen.at - zero) / pd.Timedelta(hours=1) for seen in observations])
    usual, taken = _usual_doubt(observations), _taken(observations, rule)
    by_berth: dict[str, list[_Slot]] = {}
    for slot in _slots(observations, rule):
        by_berth.setdefault(slot.berth_id, []).append(slot)
    for name, slots in sorted(by_berth.items()):
        shown = {k for slot in slots for k in slot.hulls}
        at = np.array([k for k, seen in enumerate(observations) if name in seen.occupied or k in shown], dtype=np.int64)
        ships = presence(hours[at], rule.occupancy)
        yield (
            name,
            _Berth(
                at,
                ships,
                [
                    (slot, _place(slot, at, hours, usual, _missed(name, at, observations, taken, rule), rule))
                    for slot in slots
                ],
            ),
        )


def _slots(observations: Sequence[Observation], rule: VisitRule) -> list[_Slot]:
    """The places where hulls lay; what lies within reach of a place's last hull lies there too."""
    slots: list[_Slot] = []
    for k, seen in enumerate(observations):
        cost = np.array([[_apart(slot.last, hull, rule) for slot in slots] for hull in seen.hulls])
        chosen = pair(cost.reshape(len(seen.hulls), len(slots))).column
        for hull, column in zip(seen.hulls, chosen, strict=True):
            if column < 0:
                slots.append(_Slot())
            slots[int(column) if column >= 0 else -1].hulls[k] = hull
    return slots


def _apart(last: BerthVessel, hull: BerthVessel, rule: VisitRule) -> float:
    """Cost (negative: one place) of a hull lying where another lay; inf when it does not."""
    if not np.isfinite(hull.lon) or not np.isfinite(last.lon):
        return -1.0 if hull.berth_id == last.berth_id else np.inf
    moved = float(distance_m(hull.lon, hull.lat, last.lon, last.lat))
    longest = np.nanmax([rule.same_place_m, 0.5 * hull.length_m, 0.5 * last.length_m])
    return -10.0 + moved / float(longest) if moved <= longest else np.inf


def _usual_doubt(observations: Sequence[Observation]) -> float:
    """The usual odds that a berth said to be occupied is not."""
    known = [hull.probability for seen in observations for hull in seen.hulls if 0.0 < hull.probability < 1.0]
    return float(np.median([(1.0 - p) / p for p in known])) if known else 1.0


def _taken(observations: Sequence[Observation], rule: VisitRule) -> float:
    """Odds that a berth of the port is occupied."""
    shown = sum(len({hull.berth_id for hull in seen.hulls}) for seen in observations)
    share = float(np.clip(shown / max(sum(len(seen.occupied) for seen in observations), 1), *rule.taken_range))
    return share / (1.0 - share)


def _missed(
    berth: str, at: npt.NDArray[np.int64], observations: Sequence[Observation], taken: float, rule: VisitRule
) -> Floats:
    """(observations,) probability that one of an empty berth missed a ship there, from its state's own probability."""
    known = np.array([observations[int(k)].occupied.get(berth, np.nan) for k in at])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(known / (1.0 - known) / taken, *rule.missed_range))


def _place(
    slot: _Slot, at: npt.NDArray[np.int64], hours: Floats, usual: float, missed: Floats, rule: VisitRule
) -> Place:
    hulls = [slot.hulls.get(int(k)) for k in at]
    length, low, high, sure = (
        np.array([np.nan if hull is None else getattr(hull, name) for hull in hulls], dtype=np.float64)
        for name in ("length_m", "length_low_m", "length_high_m", "probability")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        log_length = np.log(np.where(length > 0, length, np.nan))
        spread = (np.log(high) - np.log(low)) / 3.29
        doubt = np.clip((1.0 - sure) / sure / usual, *rule.doubt_range)
    numbers = rule.occupancy
    return Place(
        hours[at],
        np.array([hull is not None for hull in hulls]),
        log_length,
        np.clip(np.where(np.isfinite(spread), spread, numbers.usual_spread), numbers.least_spread, None),
        np.where((sure > 0.0) & (sure < 1.0), doubt, 1.0),
        np.array([0 if hull is None or hull.mmsi is None else hull.mmsi for hull in hulls], dtype=np.int64),
        missed,
    )


def _habits(berths: Mapping[str, _Berth], lengths: Lengths, rule: OccupancyRule) -> dict[str, Habits]:
    """Arrivals at each berth, and the port's recall and false ships, by expectation and maximisation with a prior."""
    prior = np.asarray(rule.stay_shares) * rule.arrivals_a_day / 24.0
    habits = {name: Habits(tuple(prior), rule.recall, rule.false) for name in berths}
    for _ in range(rule.rounds):
        stays, clear = {}, {}
        found = of = false = empty = 0.0
        for name, berth in berths.items():
            mine = np.zeros(len(prior))
            for _, place in berth.places:
                known = segments(place, berth.ships, habits[name], lengths, slots=len(berth.places), rule=rule)
                mine += known.stays
                inside = _inside(place, known.probability)
                found, of = found + inside[0], of + inside[1]
                free = 1.0 - np.clip(_covered(known.probability), 0.0, 1.0)
                false += float((free * place.seen).sum()) * (1.0 - known.fixed)
            empty += len(berth.at)
            stays[name], clear[name] = mine, _met(berth.ships, habits[name].recall)
        weight = rule.arrivals_weight / prior.sum()
        rates = (sum(stays.values()) + rule.arrivals_weight * prior / prior.sum()) / (sum(clear.values()) + weight)
        recall = (found + rule.recall_weight * rule.recall) / (of + rule.recall_weight)
        wrong = (false + rule.false_weight * rule.false) / (empty + rule.false_weight)
        for name in berths:
            own = (stays[name].sum() + rule.berth_weight) / ((rates * clear[name]).sum() + rule.berth_weight)
            habits[name] = Habits(tuple(own * rates), recall, wrong)
    return habits


def _met(ships: Floats, recall: float) -> Floats:
    """(means,) hours in which an arrival is met and found by an observation."""
    number = ships.shape[1]
    count = np.arange(number)[None, :] - np.arange(number)[:, None] + 1
    return np.asarray((ships * (1.0 - (1.0 - recall) ** np.maximum(count, 0))).sum(axis=(1, 2)))


def _covered(probability: Floats) -> Floats:
    """(observations,) probability that a ship was there."""
    begins, ends = probability.sum(axis=1), probability.sum(axis=0)
    return np.asarray(np.cumsum(begins) - np.append(0.0, np.cumsum(ends)[:-1]))


def _inside(place: Place, probability: Floats) -> tuple[float, float]:
    """Expected sightings, and observations, strictly between the first and the last sighting of a stay."""
    seen = np.flatnonzero(place.seen)
    upto = np.append(0, np.cumsum(place.seen))
    number = len(place.seen)
    first = seen[np.minimum(np.searchsorted(seen, np.arange(number)), len(seen) - 1)]
    last = seen[np.maximum(np.searchsorted(seen, np.arange(number), side="right") - 1, 0)]
    of = np.maximum(last[None, :] - first[:, None] - 1, 0)
    found = np.maximum(upto[last[None, :]] - upto[np.minimum(first[:, None] + 1, number)], 0)
    return float((probability * np.where(of > 0, found, 0)).sum()), float((probability * of).sum())


def _stays(
    slot: _Slot,
    berth_id: str,
    at: npt.NDArray[np.int64],
    place: Place,
    known: Segments,
    observations: Sequence[Observation],
    rule: VisitRule,
) -> Iterator[Stay]:
    times = [observations[int(k)].at for k in at]
    for n, (first, last) in enumerate(known.likeliest):
        shown = [k for k in range(first, last + 1) if place.seen[k]]
        start = known.likeliest[n - 1][1] + 1 if n else 0
        end = known.likeliest[n + 1][0] if n + 1 < len(known.likeliest) else len(times)
        sure = min(float(known.probability[: first + 1, last:].sum()), 1.0)
        if sure < rule.least_probability:
            continue
        whole = known.probability[start : first + 1, last:end]
        came = first - _within(whole.sum(axis=1)[::-1], rule.occupancy.bound)
        went = last + _within(whole.sum(axis=0), rule.occupancy.bound)
        yield Stay(
            observations[0].aoi_id,
            berth_id,
            observations[int(at[first])].scene_id,
            tuple(slot.hulls[int(at[k])] for k in shown),
            tuple(times[k] for k in shown),
            (times[came - 1] if came > 0 else None, times[first]),
            (times[last], times[went + 1] if went + 1 < len(times) else None),
            last == len(times) - 1,
            sure,
        )


def _within(weight: Floats, bound: float) -> int:
    """How many of the nearest it takes to hold a share of the weight, less one."""
    upto = np.cumsum(weight)
    return int(np.searchsorted(upto, bound * upto[-1]))
