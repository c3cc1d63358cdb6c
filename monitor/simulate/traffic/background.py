"""The rest of the traffic: liners with AIS on, ships at anchor, tugs and launches, fishing boats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.aoi import Aoi
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import MMSI_BASE, Ship
from monitor.simulate.traffic.itinerary import Voyager
from monitor.simulate.traffic.routes import HARBOUR, OPEN_SEA, HullPlace, LonLat, afloat, anchorage, berth, way_out

_HOUR = 3_600.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class _Caller:
    """A ship that calls repeatedly, with AIS on: hours in port, days away."""

    name: str
    kind: str
    length_m: float
    width_m: float
    ship_type: int
    port: str
    zone_id: str
    sea: str
    stay_h: tuple[float, float]
    away_d: tuple[float, float]
    knots: float


_CALLERS = (
    _Caller(
        "SIM FEEDER 1", "container", 145.0, 23.0, 72, "rajin", "rajin_b1_ne", "rajin-south", (20, 44), (4, 8), 13.0
    ),
    _Caller("SIM BULKER 1", "bulk", 169.0, 27.0, 70, "rajin", "rajin_b3_ne", "rajin-south", (50, 110), (5, 10), 11.5),
    _Caller(
        "SIM COASTER 1", "general cargo", 98.0, 16.0, 70, "rajin", "rajin_b1_sw", "rajin-south", (30, 70), (5, 9), 10.5
    ),
    _Caller(
        "SIM COASTER 2", "general cargo", 92.0, 15.0, 70, "dunai", "dunai_bch_s", "dunai-east", (24, 60), (4, 9), 10.0
    ),
    _Caller(
        "SIM TANKER 1", "tanker", 124.0, 20.0, 80, "dunai", "dunai_anch_strelok", "dunai-east", (30, 96), (3, 7), 11.0
    ),
    _Caller(
        "SIM BULKER 2", "bulk", 153.0, 25.0, 70, "dunai", "dunai_anch_strelok", "dunai-east", (40, 120), (4, 9), 12.0
    ),
    _Caller(
        "SIM BULKER 3", "bulk", 140.0, 22.0, 70, "rajin", "rajin_anch_inner", "rajin-south", (30, 90), (6, 12), 11.0
    ),
)


def honest_ships(seed: int, aois: Sequence[Aoi], start_s: float, end_s: float) -> tuple[Ship, ...]:
    """Ships that call with AIS on, and a silent naval hulk that never moves.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
        Ports that are missing have their ships at fixed places.
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    """
    ships = [_caller(seed, number, caller, aois, start_s, end_s) for number, caller in enumerate(_CALLERS)]
    hulk = Voyager(start_s).stay(berth(aois, "dunai", "dunai_bch_n", width_m=14.0), (end_s - start_s) / _HOUR)
    ships.append(
        Ship(
            mmsi=MMSI_BASE + 90,
            name="SIM HULK",
            kind="naval",
            role="laid up",
            length_m=104.0,
            width_m=14.0,
            ais_class="",
            ship_type=35,
            itinerary=hulk.done(),
        )
    )
    return tuple(ships)


def _caller(seed: int, number: int, caller: _Caller, aois: Sequence[Aoi], start_s: float, end_s: float) -> Ship:
    rng = generator(seed, "caller", caller.name)
    if "anch" in caller.zone_id:
        place = anchorage(
            aois, caller.port, caller.zone_id, u=float(rng.uniform(0.25, 0.75)), v=0.3 + 0.25 * (number % 2)
        )
    else:
        place = berth(aois, caller.port, caller.zone_id, width_m=caller.width_m, along=float(rng.uniform(-0.6, 0.6)))
    path = [*way_out(aois, place), *HARBOUR[caller.port][1 : 3 if caller.port == "dunai" else 5], *OPEN_SEA[caller.sea]]
    away = afloat(caller.port, path[-1])
    voyager = Voyager(start_s - float(rng.uniform(0, 6)) * _DAY)
    while voyager.now_s < end_s:
        voyager.stay(away, float(rng.uniform(*caller.away_d)) * 24.0, heading_deg=float(rng.uniform(0, 360)))
        voyager.sail(path[::-1], caller.knots)
        bow = float(rng.uniform(0, 360)) if place.kind == "anchorage" else place.axis_deg + 180.0 * (rng.random() < 0.5)
        voyager.stay(place, float(rng.uniform(*caller.stay_h)), heading_deg=bow)
        voyager.sail(path, caller.knots)
    role = "anchored" if place.kind == "anchorage" else "liner"
    return Ship(
        mmsi=MMSI_BASE + 20 + number,
        name=caller.name,
        kind=caller.kind,
        role=role,
        length_m=caller.length_m,
        width_m=caller.width_m,
        ais_class="A",
        ship_type=caller.ship_type,
        itinerary=voyager.done(),
    )


_BASES = {"rajin": "rajin_b12_head", "dunai": "dunai_bc"}
_CRAFT = (
    ("TUG", "tug", 28.0, 9.0, "A", 52),
    ("TUG", "tug", 30.0, 10.0, "A", 52),
    ("PILOT", "launch", 16.0, 5.0, "A", 50),
    ("BOAT", "fishing", 22.0, 6.0, "B", 30),
    ("BOAT", "fishing", 18.0, 5.0, "B", 30),
    ("BOAT", "fishing", 24.0, 6.5, "B", 30),
    ("BOAT", "fishing", 14.0, 4.0, "", 30),
    ("BOAT", "fishing", 17.0, 5.0, "", 30),
)


_ABREAST = 4
"""Harbour craft lie in fours: in one row they would lie over one another, since the quays are shorter than they are."""
_BETWEEN_M = 1.0
"""Water between two craft abreast (chosen: their fenders)."""


def _along(number: int) -> float:
    """Where along the quay's face a craft lies, as `berth` takes it."""
    return -1.0 + 2.0 * (number // _ABREAST) / ((len(_CRAFT) - 1) // _ABREAST)


def _beam_from_quay(number: int) -> float:
    """The width as `berth` takes it: of an outer craft so much that its middle lies beyond the inner ones."""
    inner = [_CRAFT[other][3] + _BETWEEN_M for other in range(number - number % _ABREAST, number)]
    return _CRAFT[number][3] + 2.0 * sum(inner)


def harbour_craft(seed: int, aois: Sequence[Aoi], start_s: float, end_s: float) -> tuple[Ship, ...]:
    """Tugs, a pilot launch and fishing boats of both ports; small, at sea a few hours a day, most of them on AIS.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
        Ports that are missing have their ships at fixed places.
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    """
    ships = []
    for p, port in enumerate(("rajin", "dunai")):
        for n, (name, kind, length, width, ais, number) in enumerate(_CRAFT):
            base = berth(aois, port, _BASES[port], width_m=_beam_from_quay(n), along=_along(n))
            rng = generator(seed, "craft", port, n)
            trips = _days_at_sea if kind == "fishing" else _errands
            voyager = trips(rng, way_out(aois, base), base, start_s, end_s)
            ships.append(
                Ship(
                    mmsi=MMSI_BASE + 200 + 50 * p + n,
                    name=f"SIM {port.upper()} {name} {n + 1}",
                    kind=kind,
                    role="fishing" if kind == "fishing" else "harbour",
                    length_m=length,
                    width_m=width,
                    ais_class=ais,
                    ship_type=number,
                    itinerary=voyager.done(),
                )
            )
    return tuple(ships)


def _errands(rng: np.random.Generator, out: list[LonLat], base: HullPlace, start_s: float, end_s: float) -> Voyager:
    voyager = Voyager(start_s)
    farther: Callable[[int], tuple[LonLat, ...]] = lambda steps: HARBOUR[base.port][1 : 1 + steps]  # noqa: E731
    while voyager.now_s < end_s:
        voyager.stay(base, float(rng.uniform(3, 20)))
        path = [*out, *farther(int(rng.integers(0, 3)))]
        voyager.sail(path, 8.0)
        voyager.stay(afloat(base.port, path[-1]), float(rng.uniform(0.3, 2.0)), heading_deg=float(rng.uniform(0, 360)))
        voyager.sail(path[::-1], 8.0)
    return voyager


def _days_at_sea(rng: np.random.Generator, out: list[LonLat], base: HullPlace, start_s: float, end_s: float) -> Voyager:
    voyager = Voyager(start_s)
    while voyager.now_s < end_s:
        voyager.stay(base, float(rng.uniform(10, 20) if rng.random() < 0.75 else rng.uniform(30, 60)))
        last = HARBOUR[base.port][-1]
        ground = (last[0] + float(rng.uniform(-0.02, 0.02)), last[1] - float(rng.uniform(0.0, 0.05)))
        path = [*out, *HARBOUR[base.port][1:], ground]
        voyager.sail(path, 8.0)
        drift = (ground[0] + float(rng.uniform(-0.02, 0.02)), ground[1] - float(rng.uniform(0.0, 0.02)))
        voyager.sail([ground, drift], float(rng.uniform(1.0, 2.5)))
        voyager.sail([drift, *path[::-1][1:]], 8.0)
    return voyager
