"""Ships with their AIS off near a port that go to no other watched one: what a shuttle must not be confused with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.aoi import Aoi
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import MMSI_BASE, Interval, Ship, silence_except
from monitor.simulate.traffic.itinerary import Itinerary, Voyager
from monitor.simulate.traffic.routes import HARBOUR, OPEN_SEA, HullPlace, LonLat, afloat, berth, way_out

_HOUR = 3_600.0
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class _Caller:
    """A silent ship of one port: its berth, the way to the sea, and hours in port and elsewhere.

    As the two shuttles lie, sail and send, so that neither port alone shows the difference.
    """

    name: str
    length_m: float
    width_m: float
    port: str
    berth_id: str
    harbour: slice
    sea: str
    stay_h: Interval
    elsewhere_h: Interval


_RAJIN_H, _DUNAI_H = (40.0, 92.0), (34.0, 84.0)
_CALLERS = (
    _Caller("SIM CALLER A", 119.0, 20.0, "rajin", "rajin_b2_sw", slice(1, 5), "rajin-south", _RAJIN_H, _DUNAI_H),
    _Caller("SIM CALLER B", 115.0, 19.0, "rajin", "rajin_b2_ne", slice(1, 5), "rajin-south", _RAJIN_H, _DUNAI_H),
    _Caller("SIM CALLER C", 121.0, 20.0, "dunai", "dunai_ba_n", slice(1, 3), "dunai-east", _DUNAI_H, _RAJIN_H),
    _Caller("SIM CALLER D", 113.0, 19.0, "dunai", "dunai_ba_s", slice(1, 3), "dunai-east", _DUNAI_H, _RAJIN_H),
)


def silent_callers(
    seed: int, aois: Sequence[Aoi], start_s: float, end_s: float, *, ports: Sequence[str]
) -> tuple[Ship, ...]:
    """Two silent ships of each port named, each between that port and places that are not watched.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
        Ports that are missing have their ships at fixed places.
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    ports : sequence of str
        Among ``rajin`` and ``dunai``.
    """
    made = []
    for number, caller in enumerate(_CALLERS):
        if caller.port not in ports:
            continue
        rng = generator(seed, "silent caller", number)
        quay = berth(aois, caller.port, caller.berth_id, width_m=caller.width_m, along=float(rng.uniform(-0.5, 0.5)))
        itinerary, on = _round_trips(rng, aois, caller, quay, (start_s - float(rng.uniform(0, 6)) * _DAY, end_s))
        made.append(
            Ship(
                mmsi=MMSI_BASE + 11 + number,
                name=caller.name,
                kind="general cargo",
                role="silent caller",
                length_m=caller.length_m,
                width_m=caller.width_m,
                ais_class="A",
                ship_type=70,
                itinerary=itinerary,
                silent=silence_except(on, itinerary.t_s[0], itinerary.t_s[-1]),
            )
        )
    return tuple(made)


def _round_trips(
    rng: np.random.Generator, aois: Sequence[Aoi], caller: _Caller, quay: HullPlace, span: Interval
) -> tuple[Itinerary, list[Interval]]:
    """Calls at the port until the span ends, and the intervals far from it in which AIS is on."""
    path: list[LonLat] = [*way_out(aois, quay), *HARBOUR[caller.port][caller.harbour], *OPEN_SEA[caller.sea]]
    away = afloat(caller.port, path[-1])
    voyager, on = Voyager(span[0]), list[Interval]()
    while voyager.now_s < span[1]:
        voyager.stay(quay, float(rng.uniform(*caller.stay_h)), heading_deg=quay.axis_deg + 180.0 * (rng.random() < 0.4))
        left = voyager.now_s
        voyager.sail(path, float(rng.uniform(10.2, 11.8)))
        _send(rng, left + _hours(rng), voyager.now_s, on)
        voyager.stay(away, float(rng.uniform(*caller.elsewhere_h)), heading_deg=float(rng.uniform(0, 360)))
        left = voyager.now_s
        voyager.sail(path[::-1], float(rng.uniform(10.2, 11.8)))
        _send(rng, left, voyager.now_s - _hours(rng), on)
    return voyager.done(), on


def _hours(rng: np.random.Generator) -> float:
    """How long before and after the port it is silent, in seconds."""
    return float(rng.uniform(2.5, 4.5)) * _HOUR


def _send(rng: np.random.Generator, begin: float, finish: float, on: list[Interval]) -> None:
    """AIS comes on in two passages of three, hours from the port."""
    if rng.random() < 0.65 and finish - begin > 0.5 * _HOUR:
        on.append((begin, finish))
