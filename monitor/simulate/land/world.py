"""What happens on land in a season: shipments by rail, other trains, changes of the ground, snow and floods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from monitor.simulate.land.changes import Patch, patches_of
from monitor.simulate.land.places import layouts
from monitor.simulate.land.trains import DAY_S, HABITS, HOUR_S, Timetable, Train
from monitor.simulate.land.weather import Spell, spells
from monitor.simulate.rng import generator

YARD, SIDING, LOT = "sim_railyard_rail_b", "sim_depot_rail_siding", "sim_depot_open_1"
"""Zones that shipments come through."""
_BY_RAIL, _TO_DEPOT = 0.85, 0.35
"""Share of lots that leave a port by rail, and of those trains that go on to the depot (chosen)."""
_TO_YARD_DAYS, _TO_SIDING_DAYS = (1.0, 3.0), (5.0, 9.0)
"""Travel times (chosen)."""
_YARD_H, _SIDING_H = (10.0, 50.0), (24.0, 80.0)
"""How long a train of a shipment stands in the yard and at the depot (chosen)."""
_WAGONS, _AT_DEPOT = (26, 58), 40
"""Wagons of a train of a shipment, and how many of them the depot's siding takes (chosen)."""
_DEPARTURES, _ARRIVALS = ("stacks left", "train left"), ("train came", "storage filled")


@dataclass(frozen=True, slots=True)
class Departure:
    """Goods that leave a port: AOI, zone, and when the last of them had left, seconds since 1970."""

    aoi_id: str
    zone_id: str
    left_s: float


@dataclass(frozen=True, slots=True)
class Event:
    """A departure or an arrival of a shipment; `kind` as in the table of chains."""

    cargo: str
    kind: str
    aoi_id: str
    zone_id: str
    t_s: float


@dataclass(frozen=True, slots=True)
class Link:
    """A departure and an arrival of the same shipment after it."""

    left: Event
    came: Event


@dataclass(frozen=True, slots=True)
class LandWorld:
    """Trains, changes of the ground, snow and floods, and what each shipment did, in order of time."""

    trains: tuple[Train, ...]
    patches: tuple[Patch, ...]
    spells: tuple[Spell, ...]
    events: tuple[Event, ...]

    @property
    def departures(self) -> tuple[Event, ...]:
        """Events that are departures."""
        return tuple(e for e in self.events if e.kind in _DEPARTURES)

    @property
    def links(self) -> tuple[Link, ...]:
        """Every departure with each later arrival of the same shipment, by the departure's time."""
        arrivals = [e for e in self.events if e.kind in _ARRIVALS]
        return tuple(
            Link(left, came)
            for left, came in product(self.departures, arrivals)
            if left.cargo == came.cargo and left.t_s <= came.t_s
        )


def build_land(
    seed: int, departures: Sequence[Departure], season: tuple[float, float], *, start_s: float, changing: bool
) -> LandWorld:
    """What happens on land.

    Parameters
    ----------
    seed : int
    departures : sequence of Departure
        Goods that leave the ports, in order of time.
    season : tuple of float
        Start and end, seconds since 1970.
    start_s : float
        Before the season: trains come from then on.
    changing : bool
        Whether trains follow the departures, and the ground changes; else as many trains come at random instants, and
        only what grows, snow, floods, rain and smoke change what is seen.
    """
    known = layouts()
    timetable = Timetable({zone: lines for layout in known.values() for zone, lines in layout.tracks().items()})
    events: list[Event] = []
    for number, departure in enumerate(departures):
        rng = generator(seed, "shipment", number)
        left_s = departure.left_s if changing else float(rng.uniform(start_s, season[1]))
        made = _shipped(rng, timetable, f"cargo {number}", left_s)
        if changing:
            events += [Event(f"cargo {number}", "stacks left", departure.aoi_id, departure.zone_id, left_s), *made]
    for zone_id in HABITS:
        timetable.add_others(seed, zone_id, start_s, season[1])
    patches = [p for layout in known.values() for p in patches_of(seed, layout, *season)] if changing else []
    return LandWorld(
        timetable.trains,
        tuple(sorted(patches, key=lambda p: p.began_s)),
        spells(seed, start_s, season[1]),
        tuple(sorted(events, key=lambda e: (e.t_s, e.cargo))),
    )


def _shipped(rng: np.random.Generator, timetable: Timetable, cargo: str, left_s: float) -> list[Event]:
    """The journey of one lot after it left the port: through the yard, and some to the depot."""
    if rng.random() >= _BY_RAIL:
        return []
    wagons = int(rng.integers(*_WAGONS))
    came = left_s + float(rng.uniform(*_TO_YARD_DAYS)) * DAY_S
    left = came + float(rng.uniform(*_YARD_H)) * HOUR_S
    first = timetable.place(rng, YARD, (came, left), wagons=wagons, kind="flat", cargo=cargo)
    if first is None:
        return []
    events = [_event(cargo, "train came", YARD, came), _event(cargo, "train left", YARD, left)]
    if rng.random() >= _TO_DEPOT:
        return events
    reached = left + float(rng.uniform(*_TO_SIDING_DAYS)) * DAY_S
    away = reached + float(rng.uniform(*_SIDING_H)) * HOUR_S
    second = timetable.place(
        rng, SIDING, (reached, away), wagons=min(first.wagons, _AT_DEPOT), kind="flat", cargo=cargo
    )
    if second is None:
        return events
    return [*events, _event(cargo, "train came", SIDING, reached), _event(cargo, "storage filled", LOT, away)]


def _event(cargo: str, kind: str, zone_id: str, t_s: float) -> Event:
    aoi_id = next(name for name in layouts() if zone_id.startswith(f"{name}_"))
    return Event(cargo, kind, aoi_id, zone_id, t_s)
