"""Tankers at the oil berths of the made-up terminal; no receiver hears them, so that imagery alone shows them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import destination
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import MMSI_BASE, Ship
from monitor.simulate.traffic.itinerary import Voyager
from monitor.simulate.traffic.routes import HullPlace, LonLat, afloat, berth

TERMINAL = "sim_terminal"
_DAY_S = 86_400.0
_HULLS = (
    ("SIM OIL A", 128.0, 20.5, "sim_terminal_oil_b1"),
    ("SIM OIL B", 146.0, 23.0, "sim_terminal_oil_b2"),
    ("SIM OIL C", 110.0, 17.5, "sim_terminal_oil_b2"),
)
_STAYS_H, _AWAY_DAYS, _TURN_DAYS = (26.0, 110.0), (9.0, 19.0), 2.0
"""Hours at the berth, days between a ship's calls, and days between two ships at one berth (chosen)."""
_KNOTS = 11.0


def tankers(seed: int, aois: Sequence[Aoi], start_s: float, end_s: float) -> tuple[Ship, ...]:
    """Three tankers, each with calls at its berth; none without the terminal among `aois`.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    """
    if all(aoi.id != TERMINAL for aoi in aois):
        return ()
    calls: dict[str, list[tuple[float, float]]] = {}
    return tuple(_tanker(seed, aois, number, calls, (start_s, end_s)) for number in range(len(_HULLS)))


def _tanker(
    seed: int, aois: Sequence[Aoi], number: int, calls: dict[str, list[tuple[float, float]]], span: tuple[float, float]
) -> Ship:
    name, length, width, berth_id = _HULLS[number]
    rng = generator(seed, "tanker", number)
    place = berth(aois, TERMINAL, berth_id, width_m=width, along=float(rng.uniform(-0.3, 0.3)))
    taken = calls.setdefault(berth_id, [])
    out = _way(place)
    away = afloat(TERMINAL, out[-1])
    voyager = Voyager(span[0])
    voyager.stay(away, float(rng.uniform(2.0, 12.0)) * 24.0)
    while voyager.now_s < span[1]:
        hours = float(rng.uniform(*_STAYS_H))
        _wait_for(voyager, away, taken, hours * 3600.0)
        voyager.sail(out[::-1], _KNOTS)
        taken.append((voyager.now_s, voyager.now_s + hours * 3600.0))
        voyager.stay(place, hours, heading_deg=place.axis_deg + (180.0 if rng.random() < 0.5 else 0.0))
        voyager.sail(out, _KNOTS)
        voyager.stay(away, float(rng.uniform(*_AWAY_DAYS)) * 24.0)
    return Ship(
        mmsi=MMSI_BASE + 31 + number,
        name=name,
        kind="tanker",
        role="tanker",
        length_m=length,
        width_m=width,
        ais_class="A",
        ship_type=80,
        itinerary=voyager.done(),
    )


def _way(place: HullPlace) -> list[LonLat]:
    """From the berth straight to sea, then on to where it is out of sight."""
    points = [(place.lon, place.lat)]
    for metres in (400.0, 6_000.0, 60_000.0):
        lon, lat = destination(place.lon, place.lat, place.seaward_deg, metres)
        points.append((float(lon), float(lat)))
    return points


def _wait_for(voyager: Voyager, away: HullPlace, taken: list[tuple[float, float]], needs_s: float) -> None:
    """Stay away until the berth is free for long enough, with two days before and after."""
    apart = _TURN_DAYS * _DAY_S
    passage = 60_000.0 / (_KNOTS * 0.5144)
    for begin, end in sorted(taken):
        arrives = voyager.now_s + passage
        if arrives < end + apart and begin < arrives + needs_s + apart:
            voyager.stay(away, float(np.ceil((end + apart - arrives) / 3600.0)))
