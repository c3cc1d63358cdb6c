"""The stays at a port's berths and how many ships lay there, from the sums over all divisions of its sightings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.fuse.stays.berth_observations import BerthVessel, Observation
from monitor.fuse.stays.habits import learn_habits
from monitor.fuse.stays.model import Place
from monitor.fuse.stays.places import Berth, Slot, berths_of
from monitor.fuse.stays.rules import VisitRule
from monitor.fuse.stays.segments import Segments, present, segments

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
        That these sightings, and no others, are one stay of one ship; of two that may be one stay each counts by half.
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


@dataclass(frozen=True, slots=True, eq=False)
class WeighedPlace:
    """A place of a berth with the sums over the divisions of its sightings."""

    berth_id: str
    berth: Berth
    slot: Slot
    place: Place
    known: Segments


@dataclass(frozen=True, slots=True, eq=False)
class WeighedPort:
    """One port's observations in order of time, and every place where a hull was seen."""

    observations: tuple[Observation, ...]
    places: tuple[WeighedPlace, ...]

    @classmethod
    def of(cls, observations: Sequence[Observation], rule: VisitRule) -> WeighedPort:
        """The port of these observations."""
        berths = dict(berths_of(observations, rule))
        if not berths:
            return cls(tuple(observations), ())
        habits, lengths = learn_habits(berths, rule.occupancy)
        places = []
        for name, berth in berths.items():
            for slot, place in berth.places:
                slots = len(berth.places)
                known = segments(place, berth.ships, habits[name], lengths, slots=slots, rule=rule.occupancy)
                places.append(WeighedPlace(name, berth, slot, place, known))
        return cls(tuple(observations), tuple(places))

    def stays(self, rule: VisitRule) -> list[Stay]:
        """The likeliest division of the sightings into stays."""
        return [stay for place in self.places for stay in _stays(place, self.observations, rule)]

    def occupancy(self) -> Iterator[dict[str, object]]:
        """Rows of OCCUPANCY."""
        hours = np.array([(seen.at - self.observations[0].at) / pd.Timedelta(hours=1) for seen in self.observations])
        by_berth: dict[str, list[Floats]] = {}
        for part in self.places:
            chance = present(part.known.probability, part.place.hours, hours)
            by_berth.setdefault(part.berth_id, []).append(chance)
        everywhere = [chance for chances in by_berth.values() for chance in chances]
        for name, chances in {"": everywhere, **by_berth}.items() if everywhere else ():
            for k, seen in enumerate(self.observations):
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


def _stays(part: WeighedPlace, observations: Sequence[Observation], rule: VisitRule) -> Iterator[Stay]:
    known, at = part.known, part.berth.at
    times = [observations[int(k)].at for k in at]
    clear = [part.berth_id in observations[int(k)].occupied for k in at]
    for n, (first, last) in enumerate(known.likeliest):
        shown = [k for k in range(first, last + 1) if part.place.seen[k]]
        start = known.likeliest[n - 1][1] + 1 if n else 0
        end = known.likeliest[n + 1][0] if n + 1 < len(known.likeliest) else len(times)
        whole = known.probability[start : first + 1, last:end]
        sure = min(float(whole.sum() + known.probability[: first + 1, last:].sum()) / 2.0, 1.0)
        if sure < rule.least_probability:
            continue
        came = first - _within(whole.sum(axis=1)[::-1], rule.occupancy.bound)
        went = last + _within(whole.sum(axis=0), rule.occupancy.bound)
        yield Stay(
            observations[0].aoi_id,
            part.berth_id,
            observations[int(at[first])].scene_id,
            tuple(part.slot.hulls[int(at[k])] for k in shown),
            tuple(times[k] for k in shown),
            (times[came - 1] if came > 0 else None, times[first]),
            (times[last], times[went + 1] if went + 1 < len(times) else None),
            not any(clear[last + 1 :]),
            sure,
        )


def _within(weight: Floats, bound: float) -> int:
    """How many of the nearest it takes to hold a share of the weight, less one."""
    upto = np.cumsum(weight)
    return int(np.searchsorted(upto, bound * upto[-1]))
