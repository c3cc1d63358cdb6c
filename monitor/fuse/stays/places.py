"""The places of a port's berths where ships lie one after the other, and what each observation shows there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from monitor.core.arrays import Floats, Ints
from monitor.core.geo.geodesy import distance_m
from monitor.fuse.matching.assignment import solve
from monitor.fuse.stays.berth_observations import BerthVessel, Observation, median
from monitor.fuse.stays.model import Place
from monitor.fuse.stays.rules import VisitRule
from monitor.fuse.stays.segments import presence

_WITHIN_REACH = 100.0
"""More than any pair within reach costs."""
_LATEST = 5
"""Hulls whose middle is where the next one is expected. Chosen."""


@dataclass(slots=True, eq=False)
class Slot:
    """The hulls that lay at one place, by number of the observation."""

    hulls: dict[int, BerthVessel] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Number of the latest observation."""
        return max(self.hulls)

    @property
    def berth_id(self) -> str:
        """The berth that most of them lay at."""
        berths = [hull.berth_id for hull in self.hulls.values()]
        return max(sorted(set(berths)), key=berths.count)


@dataclass(frozen=True, slots=True, eq=False)
class Berth:
    """A berth's observations and places.

    Attributes
    ----------
    at : array of int
        (observations,) their numbers among the port's.
    ships : array of float
        Of `presence` at them.
    places : list of (Slot, Place)
    """

    at: Ints
    ships: Floats
    places: list[tuple[Slot, Place]]


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """(observations,) of one berth: the port's numbers, hours, chance of a missed ship, share shown; usual odds."""

    at: Ints
    hours: Floats
    missed: Floats
    shown: Floats
    usual: float


def berths_of(observations: Sequence[Observation], rule: VisitRule) -> Iterator[tuple[str, Berth]]:
    """The berths of one port at which a hull was seen, in order of their ids.

    Parameters
    ----------
    observations : sequence of Observation
        Of one port, in order of time.
    rule : VisitRule
    """
    zero = observations[0].at
    hours = np.array([(seen.at - zero) / timedelta(hours=1) for seen in observations])
    usual, taken = max(_usual_doubt(observations), rule.usual_doubt), _taken(observations, rule)
    by_berth: dict[str, list[Slot]] = {}
    for slot in _slots(observations, rule):
        by_berth.setdefault(slot.berth_id, []).append(slot)
    for name, slots in sorted(by_berth.items()):
        there = {k for slot in slots for k in slot.hulls}
        at = np.array([k for k, seen in enumerate(observations) if name in seen.shown or k in there], dtype=np.int64)
        known = _Shown(
            at=at,
            hours=hours[at],
            missed=_missed(name, at, observations, taken, rule),
            shown=np.array([observations[int(k)].shown.get(name, 1.0) for k in at]),
            usual=usual,
        )
        yield (
            name,
            Berth(at, presence(hours[at], rule.occupancy), [(slot, _place(slot, known, rule)) for slot in slots]),
        )


def _slots(observations: Sequence[Observation], rule: VisitRule) -> list[Slot]:
    """The places where hulls lay; what lies within reach of a place's latest hulls lies there too.

    First the hulls that fit what lay there well, so that a false hull does not drive a ship from its place; then the
    others that are within reach of a place that is left.
    """
    slots: list[Slot] = []
    for k, seen in enumerate(observations):
        latest = [_latest(slot, observations, rule) for slot in slots]
        ages = [(seen.at - observations[slot.last].at) / timedelta(days=1) for slot in slots]
        cost = np.array(
            [[_apart(last, age, hull, rule) for last, age in zip(latest, ages, strict=True)] for hull in seen.hulls]
        ).reshape(len(seen.hulls), len(slots))
        chosen, _ = solve(cost - rule.fits)
        cost[chosen >= 0, :] = np.inf
        cost[:, chosen[chosen >= 0]] = np.inf
        chosen = np.maximum(chosen, solve(cost - _WITHIN_REACH)[0])
        for hull, column in zip(seen.hulls, chosen, strict=True):
            if column < 0:
                slots.append(Slot())
            slots[int(column) if column >= 0 else -1].hulls[k] = hull
    return slots


def _latest(slot: Slot, observations: Sequence[Observation], rule: VisitRule) -> list[BerthVessel]:
    """The hulls of a place's latest observations, as far as one ship may have made them."""
    since = observations[slot.last].at - timedelta(days=rule.one_ship_d)
    return [slot.hulls[k] for k in sorted(slot.hulls)[-_LATEST:] if observations[k].at >= since]


def _apart(latest: Sequence[BerthVessel], age_d: float, hull: BerthVessel, rule: VisitRule) -> float:
    """Cost of a hull lying where others lay, the less the better it fits; inf when it does not."""
    last = latest[-1]
    named = [other.mmsi for other in latest if other.mmsi is not None]
    name = 0.0
    if hull.mmsi is not None and named:
        name = -rule.same_name if named[-1] == hull.mmsi else rule.other_name
    if not np.isfinite(hull.lon) or not np.isfinite(last.lon):
        return name if hull.berth_id == last.berth_id else np.inf
    lon, lat, length = (median([getattr(v, name) for v in latest]) for name in ("lon", "lat", "length_m"))
    moved = float(distance_m(hull.lon, hull.lat, lon, lat))
    if moved > float(np.nanmax([rule.same_place_m, 0.5 * hull.length_m, 0.5 * length])):
        return np.inf
    longer = float(np.nan_to_num(np.log(hull.length_m / length)))
    off = 0.5 * ((moved / rule.place_m) ** 2 + min(abs(longer) / rule.length_off, 3.0) ** 2)
    return off + name + age_d / rule.forgotten_d


def _usual_doubt(observations: Sequence[Observation]) -> float:
    """The odds that a sighting is false, all together, by the states' own probabilities."""
    known = np.array([hull.probability for seen in observations for hull in seen.hulls if 0.0 < hull.probability < 1.0])
    return float((1.0 - known).sum() / known.sum()) if len(known) else 1.0


def _taken(observations: Sequence[Observation], rule: VisitRule) -> float:
    """Odds that a berth of the port is occupied."""
    shown = sum(len({hull.berth_id for hull in seen.hulls}) for seen in observations)
    share = float(np.clip(shown / max(sum(len(seen.occupied) for seen in observations), 1), *rule.taken_range))
    return share / (1.0 - share)


def _missed(berth: str, at: Ints, observations: Sequence[Observation], taken: float, rule: VisitRule) -> Floats:
    """(observations,) probability that one of an empty berth missed a ship there, from its state's own probability."""
    known = np.array([observations[int(k)].occupied.get(berth, np.nan) for k in at])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.clip(known / (1.0 - known) / taken, *rule.missed_range))


def _place(slot: Slot, berth: _Shown, rule: VisitRule) -> Place:
    hulls = [slot.hulls.get(int(k)) for k in berth.at]
    length, low, high, sure = (
        np.array([np.nan if hull is None else getattr(hull, name) for hull in hulls], dtype=np.float64)
        for name in ("length_m", "length_low_m", "length_high_m", "probability")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        log_length = np.log(np.where(length > 0, length, np.nan))
        spread = (np.log(high) - np.log(low)) / 3.29
        doubt = np.clip((1.0 - sure) / sure / berth.usual, *rule.doubt_range)
    numbers = rule.occupancy
    return Place(
        hours=berth.hours,
        seen=np.array([hull is not None for hull in hulls]),
        log_length=log_length,
        spread=np.clip(np.where(np.isfinite(spread), spread, numbers.usual_spread), numbers.least_spread, None),
        doubt=np.where((sure > 0.0) & (sure < 1.0), doubt, 1.0),
        mmsi=np.array([0 if hull is None or hull.mmsi is None else hull.mmsi for hull in hulls], dtype=np.int64),
        missed=berth.missed,
        shown=berth.shown,
        off_m=_off(hulls),
    )


def _off(hulls: Sequence[BerthVessel | None]) -> Floats:
    """(observations,) metres from the middle of the nameless sightings; NaN where a place or that is not known."""
    lon, lat = (np.array([np.nan if v is None else getattr(v, name) for v in hulls]) for name in ("lon", "lat"))
    nameless = np.array([v is not None and v.mmsi is None for v in hulls]) & np.isfinite(lon)
    if not nameless.any():
        return np.full(len(hulls), np.nan)
    middle = np.median(lon[nameless]), np.median(lat[nameless])
    return np.asarray(distance_m(lon, lat, *middle), dtype=np.float64)
