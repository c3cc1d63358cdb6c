"""Ships abreast of each other at one berth, and a ship that sends another ship's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import destination
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import MMSI_BASE, Ship
from monitor.simulate.traffic.itinerary import Itinerary, Voyager
from monitor.simulate.traffic.routes import HARBOUR, OPEN_SEA, HullPlace, LonLat, afloat, berth, way_out

_HOUR, _DAY = 3_600.0, 86_400.0
_GAP_M = 2.0
_KNOTS = 9.5
_SHARED = MMSI_BASE + 23
"""The coaster that calls at Dunai (``SIM COASTER 2``): another ship at Rajin sends the same number."""


@dataclass(frozen=True, slots=True)
class _Raft:
    """Ships that lie abreast, the innermost first: name, length, width, AIS class."""

    port: str
    zone_id: str
    sea: str
    mmsi: int
    ships: tuple[tuple[str, float, float, str], ...]


_RAFTS = (
    _Raft(
        "rajin",
        "rajin_b3_sw",
        "rajin-south",
        MMSI_BASE + 110,
        (("SIM ABREAST 1", 88.0, 14.0, "A"), ("SIM ABREAST 2", 79.0, 12.5, "A"), ("SIM ABREAST 3", 71.0, 12.0, "")),
    ),
    _Raft(
        "dunai",
        "dunai_bb_s",
        "dunai-east",
        MMSI_BASE + 120,
        (("SIM ABREAST 4", 84.0, 13.5, "A"), ("SIM ABREAST 5", 76.0, 12.0, "A")),
    ),
)


def rafted_ships(seed: int, aois: Sequence[Aoi], start_s: float, end_s: float) -> tuple[Ship, ...]:
    """Three ships abreast at Rajin, the outermost without AIS, and two at Dunai; the inner comes first, goes last.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
        Ports that are missing have their ships at fixed places.
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    """
    return tuple(ship for raft in _RAFTS for ship in _abreast(seed, raft, aois, start_s, end_s))


def _abreast(seed: int, raft: _Raft, aois: Sequence[Aoi], start_s: float, end_s: float) -> list[Ship]:
    stays = _stays(generator(seed, "raft", raft.zone_id), start_s, end_s)
    made, inner = [], berth(aois, raft.port, raft.zone_id, width_m=raft.ships[0][2])
    for number, (name, length, width, ais) in enumerate(raft.ships):
        if number:
            inner = _alongside(inner, (raft.ships[number - 1][2] + width) / 2 + _GAP_M)
        sooner = [(a + 4.0 * number * _HOUR, b - 4.0 * number * _HOUR) for a, b in stays]
        way = _calls(raft.port, raft.sea, inner, sooner, way_out(aois, inner), start_s)
        made.append(
            Ship(
                mmsi=raft.mmsi + number,
                name=name,
                kind="general cargo",
                role="rafted",
                length_m=length,
                width_m=width,
                ais_class=ais,
                ship_type=70,
                itinerary=way,
            )
        )
    return made


def _stays(rng: np.random.Generator, start_s: float, end_s: float) -> list[tuple[float, float]]:
    stays, now = [], start_s + float(rng.uniform(1.5, 3.0)) * _DAY
    while now < end_s:
        stays.append((now, now + float(rng.uniform(2.5, 6.0)) * _DAY))
        now = stays[-1][1] + float(rng.uniform(2.5, 5.0)) * _DAY
    return stays


def _alongside(inner: HullPlace, metres: float) -> HullPlace:
    lon, lat = (float(v) for v in destination(inner.lon, inner.lat, inner.seaward_deg, metres))
    return replace(inner, lon=lon, lat=lat)


def _calls(
    port: str, sea: str, place: HullPlace, stays: Sequence[tuple[float, float]], out: Sequence[LonLat], start_s: float
) -> Itinerary:
    """Comes alongside and leaves at those instants; waits at sea between."""
    path = [*out, *HARBOUR[port][1 : 3 if port == "dunai" else 5], *OPEN_SEA[sea]]
    needs = Voyager(0.0).sail(path[::-1], _KNOTS).now_s
    away, voyager = afloat(port, path[-1]), Voyager(start_s)
    for arrive, leave in stays:
        voyager.stay(away, max((arrive - needs - voyager.now_s) / _HOUR, 0.1))
        voyager.sail(path[::-1], _KNOTS)
        voyager.stay(place, (leave - arrive) / _HOUR)
        voyager.sail(path, _KNOTS)
    return voyager.done()


def number_sharer(seed: int, aois: Sequence[Aoi], start_s: float, end_s: float) -> Ship:
    """A coaster that calls at Rajin and always sends the number of one that calls at Dunai.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
        Ports that are missing have their ships at fixed places.
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    """
    place = berth(aois, "rajin", "rajin_b23_head", width_m=13.0)
    stays = _stays(generator(seed, "number sharer"), start_s, end_s)
    way = _calls("rajin", "rajin-south", place, stays, way_out(aois, place), start_s)
    return Ship(
        mmsi=MMSI_BASE + 130,
        name="SIM SAME NUMBER",
        kind="general cargo",
        role="number sharer",
        length_m=81.0,
        width_m=13.0,
        ais_class="A",
        ship_type=70,
        itinerary=way,
        as_mmsi=_SHARED,
    )
