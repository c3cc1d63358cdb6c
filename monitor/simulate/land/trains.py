"""Wagons on the tracks of the made-up places: trains that stand for hours or days, and cuts that stand for weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString

from monitor.simulate.land import spectra
from monitor.simulate.rng import generator

DAY_S, HOUR_S = 86_400.0, 3_600.0
WAGON_M, COUPLING_M, WIDE_M, HIGH_M = 13.9, 1.0, 3.1, 4.2
"""Length of a wagon, gap to the next, width and height; as usual for four-axle freight wagons."""
_CLEAR_M, _SHUNTING_S = 15.0, 1.5 * HOUR_S
"""Free track between two cuts, and time between two trains at one place (chosen)."""
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Train:
    """A cut of wagons on one track.

    Attributes
    ----------
    zone_id : str
    track : int
        Number of the track in its zone.
    from_m : float
        Distance of its end from the start of the track.
    wagons : int
    came_s, left_s : float
        Seconds since 1970.
    kind : str
        A key of `spectra.WAGONS`.
    cargo : str
        What it belongs to: the name of a chain's shipment, ``""`` for other traffic.
    """

    zone_id: str
    track: int
    from_m: float
    wagons: int
    came_s: float
    left_s: float
    kind: str
    cargo: str = ""

    @property
    def length_m(self) -> float:
        """From its first buffer to its last."""
        return self.wagons * (WAGON_M + COUPLING_M) - COUPLING_M

    def stands(self, t_s: float) -> bool:
        """Whether it is there at an instant."""
        return self.came_s <= t_s < self.left_s


@dataclass(frozen=True, slots=True)
class Habit:
    """The other traffic of a rail zone; all chosen.

    Attributes
    ----------
    every_days : float
        Mean time between arrivals.
    wagons : tuple of int
        Fewest and most of a train.
    stays_h : float
        Median of the time it stands; a tenth stands three times as long or more.
    kinds : tuple of str
        Of wagons.
    """

    every_days: float
    wagons: tuple[int, int]
    stays_h: float
    kinds: tuple[str, ...]


HABITS: Mapping[str, Habit] = {
    "sim_depot_rail_siding": Habit(11.0, (12, 38), 40.0, ("covered", "covered", "open")),
    "sim_depot_rail_spur": Habit(14.0, (8, 24), 60.0, ("covered", "flat")),
    "sim_railyard_rail_a": Habit(0.5, (20, 58), 30.0, ("open", "covered", "tank", "flat")),
    "sim_railyard_rail_b": Habit(6.0, (25, 58), 18.0, ("flat", "covered")),
    "sim_railyard_rail_c": Habit(0.7, (20, 58), 36.0, ("open", "covered", "tank")),
    "sim_terminal_rail_rack": Habit(2.5, (10, 23), 24.0, ("tank",)),
}
"""By rail zone."""


class Timetable:
    """Places trains on free track, one after another."""

    def __init__(self, tracks: Mapping[str, tuple[LineString, ...]]) -> None:
        self._tracks = tracks
        self._on: dict[tuple[str, int], list[Train]] = {}

    @property
    def trains(self) -> tuple[Train, ...]:
        """All that found a place, in order of arrival."""
        placed = [train for there in self._on.values() for train in there]
        return tuple(sorted(placed, key=lambda t: (t.came_s, t.zone_id, t.track, t.from_m)))

    def place(
        self,
        rng: np.random.Generator,
        zone_id: str,
        stays: tuple[float, float],
        *,
        wagons: int,
        kind: str,
        cargo: str = "",
    ) -> Train | None:
        """A train on the first track tried that has room for it; None when none has.

        Parameters
        ----------
        rng : np.random.Generator
        zone_id : str
        stays : tuple of float
            Arrival and departure, seconds since 1970.
        wagons : int
        kind : str
        cargo : str
        """
        lines = self._tracks[zone_id]
        for attempt in range(_TRIES):
            track = int(rng.integers(len(lines)))
            fewer = max(wagons - attempt // 2, 3)
            made = Train(zone_id, track, 0.0, fewer, *stays, kind, cargo)
            spare = lines[track].length - made.length_m - 2.0
            if spare < 0:
                continue
            made = Train(zone_id, track, 1.0 + float(rng.uniform(0, spare)), fewer, *stays, kind, cargo)
            there = self._on.setdefault((zone_id, track), [])
            if not any(_collide(made, other) for other in there):
                there.append(made)
                return made
        return None

    def add_others(self, seed: int, zone_id: str, start_s: float, end_s: float) -> None:
        """Add the other traffic of a zone.

        Parameters
        ----------
        seed : int
        zone_id : str
        start_s, end_s : float
            Seconds since 1970.
        """
        habit, rng = HABITS[zone_id], generator(seed, "trains", zone_id)
        now = start_s
        while (now := now + float(rng.exponential(habit.every_days)) * DAY_S) < end_s:
            hours = float(np.clip(rng.lognormal(np.log(habit.stays_h), 0.85), 3.0, 480.0))
            wagons = int(rng.integers(habit.wagons[0], habit.wagons[1] + 1))
            kind = habit.kinds[int(rng.integers(len(habit.kinds)))]
            self.place(rng, zone_id, (now, now + hours * HOUR_S), wagons=wagons, kind=kind)


def _collide(one: Train, other: Train) -> bool:
    """Whether two trains on one track would come too near to each other."""
    if one.came_s >= other.left_s + _SHUNTING_S or other.came_s >= one.left_s + _SHUNTING_S:
        return False
    behind, before = sorted((one, other), key=lambda train: train.from_m)
    return before.from_m < behind.from_m + behind.length_m + _CLEAR_M


def occupied_share(
    trains: tuple[Train, ...], zone_id: str, lines: tuple[LineString, ...], t_s: float
) -> tuple[float, int]:
    """Share of a zone's length of track on which wagons stand at an instant, and how many wagons.

    Parameters
    ----------
    trains : tuple of Train
    zone_id : str
    lines : tuple of LineString
        The zone's tracks.
    t_s : float
        Seconds since 1970.
    """
    here = [train for train in trains if train.zone_id == zone_id and train.stands(t_s)]
    return sum(t.length_m for t in here) / sum(line.length for line in lines), sum(t.wagons for t in here)


def wagon_colours(train: Train) -> np.ndarray:
    """(wagons, 5) reflectance × 10 000 of each wagon from above: mostly of one kind, worn differently."""
    rng = generator(round(train.came_s), "wagons", train.zone_id, train.track)
    choices = np.stack(spectra.WAGONS[train.kind])
    block = rng.integers(len(choices), size=-(-train.wagons // 6)).repeat(6)[: train.wagons]
    mixed = np.where(rng.random(train.wagons) < 0.25, rng.integers(len(choices), size=train.wagons), block)
    made = choices[mixed] * rng.uniform(0.85, 1.15, size=(train.wagons, 1))
    return made.astype(np.float32)
