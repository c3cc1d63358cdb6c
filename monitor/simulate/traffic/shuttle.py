"""The two ships that carry containers between ports with their AIS off, and the stacks that they move."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.core.aoi import Aoi
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import MMSI_BASE, Flow, Interval, Ship, silence_except
from monitor.simulate.traffic.itinerary import Itinerary, PlannedStay, Voyager
from monitor.simulate.traffic.routes import HARBOUR, OPEN_SEA, HullPlace, LonLat, afloat, anchorage, berth, way_out

_HOUR = 3_600.0
_DAY = 86_400.0
_HULLS = (
    ("SIM SHUTTLE A", 119.0, 20.0, "rajin_b2_sw", "dunai_ba_n"),
    ("SIM SHUTTLE B", 115.0, 19.0, "rajin_b2_ne", "dunai_ba_s"),
)
_ABROAD: LonLat = (133.40, 42.40)
_WAITING: LonLat = (131.96, 42.86)


def shuttle_ships(
    seed: int, aois: Sequence[Aoi], start_s: float, end_s: float, *, partner: str, lull: Interval, spoofer: bool
) -> tuple[Ship, ...]:
    """The two silent ships of a season.

    Parameters
    ----------
    seed : int
    aois : sequence of Aoi
    start_s, end_s : float
        Seconds since 1970; ships sail until the end.
    partner : str
        ``dunai``, or ``east`` for a port that is not watched.
    lull : Interval
        Part of the time (0–1) in which they lie still elsewhere.
    spoofer : bool
        Whether the first one's AIS is on and claims a false place.
    """
    pause = (start_s + lull[0] * (end_s - start_s), start_s + lull[1] * (end_s - start_s))
    made = []
    for number, (name, length, width, loads, lands) in enumerate(_HULLS):
        rng = generator(seed, "shuttle", number)
        rajin = berth(aois, "rajin", loads, width_m=width, along=float(rng.uniform(-0.5, 0.5)))
        far = (
            berth(aois, "dunai", lands, width_m=width, along=float(rng.uniform(-0.5, 0.5)))
            if partner == "dunai"
            else afloat("dunai", _ABROAD)
        )
        itinerary, on = _voyages(rng, aois, rajin, far, (start_s - number * 4.5 * _DAY, end_s), pause)
        spoofs = spoofer and number == 0
        made.append(
            Ship(
                mmsi=MMSI_BASE + 1 + number,
                name=name,
                kind="general cargo",
                role="spoofer" if spoofs else "shuttle",
                length_m=length,
                width_m=width,
                ais_class="A",
                ship_type=70,
                itinerary=itinerary,
                silent=() if spoofs else silence_except(on, itinerary.t_s[0], itinerary.t_s[-1]),
            )
        )
    return tuple(made)


def _voyages(
    rng: np.random.Generator, aois: Sequence[Aoi], near: HullPlace, far: HullPlace, span: Interval, pause: Interval
) -> tuple[Itinerary, list[Interval]]:
    """Round trips until the span ends, and the intervals in which AIS is on."""
    out = _path(aois, near, far)
    voyager = Voyager(span[0])
    voyager.stay(near, float(rng.uniform(8, 90)), heading_deg=_bow(rng, near))
    on: list[Interval] = []
    while voyager.now_s < span[1]:
        if pause[0] <= voyager.now_s < pause[1]:
            _wait(voyager, aois, near, (pause[1] - voyager.now_s) / _HOUR, on)
        for path, place in ((out, far), (out[::-1], near)):
            leave = voyager.now_s
            voyager.sail(path, float(rng.uniform(10.2, 11.8)))
            _send(rng, leave, voyager.now_s, on)
            if place is near and rng.random() < 0.3:
                _roads(voyager, rng, aois, near)
            voyager.stay(
                place,
                float(rng.uniform(40, 92) if place is near else rng.uniform(34, 84)),
                heading_deg=_bow(rng, place),
            )
    return voyager.done(), on


def _path(aois: Sequence[Aoi], near: HullPlace, far: HullPlace) -> list[LonLat]:
    start = [*way_out(aois, near), *HARBOUR["rajin"][1:], *OPEN_SEA["rajin-dunai"]]
    if far.kind == "sea":
        return [*start, (132.20, 42.40), (far.lon, far.lat)]
    return [*start, *HARBOUR["dunai"][:0:-1], *way_out(aois, far)[::-1]]


def _bow(rng: np.random.Generator, place: HullPlace) -> float:
    return place.axis_deg + (180.0 if rng.random() < 0.4 else 0.0)


def _send(rng: np.random.Generator, leave: float, arrive: float, on: list[Interval]) -> None:
    """AIS comes on for the middle of two legs in three, hours from either port."""
    begin = leave + float(rng.uniform(2.5, 4.5)) * _HOUR
    finish = arrive - float(rng.uniform(2.5, 4.5)) * _HOUR
    if rng.random() < 0.65 and finish - begin > 0.5 * _HOUR:
        on.append((begin, finish))


def _roads(voyager: Voyager, rng: np.random.Generator, aois: Sequence[Aoi], near: HullPlace) -> None:
    spot = anchorage(aois, "rajin", "rajin_anch_inner", u=float(rng.uniform(0.4, 0.7)), v=float(rng.uniform(0.4, 0.7)))
    goal = HARBOUR["rajin"][0]
    path = way_out(aois, near)
    voyager.sail([*path, (spot.lon, spot.lat)], 5.0)
    voyager.stay(spot, float(rng.uniform(6, 20)), heading_deg=float(rng.uniform(0, 360)))
    voyager.sail([(spot.lon, spot.lat), goal, *path[::-1][1:]], 5.0)


def _wait(voyager: Voyager, aois: Sequence[Aoi], near: HullPlace, hours: float, on: list[Interval]) -> None:
    """A lull: the ship lies in Ussuri Bay with AIS on."""
    path = [*way_out(aois, near), *HARBOUR["rajin"][1:], *OPEN_SEA["rajin-dunai"], _WAITING]
    voyager.sail(path, 11.0)
    begin = voyager.now_s
    voyager.stay(afloat("dunai", _WAITING, "anchorage"), max(hours - 24.0, 1.0), heading_deg=40.0)
    on.append((begin, voyager.now_s))
    voyager.sail(path[::-1], 11.0)


def shuttle_flows(seed: int, ships: Sequence[Ship], start_s: float, end_s: float) -> tuple[Flow, ...]:
    """Lots: gathered on Rajin's Pier 2 and loaded, landed at Dunai and taken away, empties landed at Pier 1.

    Parameters
    ----------
    seed : int
    ships : sequence of Ship
        The shuttles, or the silent ships in their place.
    start_s, end_s : float
        Seconds since 1970.
    """
    flows = [_standing(seed, start_s, end_s)]
    for ship in ships:
        for number, stay in enumerate(ship.itinerary.stays):
            rng = generator(seed, "lot", ship.mmsi, number)
            if stay.place.zone_id.startswith("rajin_b"):
                flows += _loaded(rng, stay)
            elif stay.place.zone_id.startswith("dunai_b"):
                flows.append(_landed(rng, stay))
    return tuple(flows)


def _standing(seed: int, start_s: float, end_s: float) -> Flow:
    rng = generator(seed, "standing lot")
    t = np.linspace(start_s, end_s, 9)
    return Flow("rajin_yard_b12", t, np.round(rng.uniform(0.5, 2.5, size=9), 1))


def _loaded(rng: np.random.Generator, stay: PlannedStay) -> list[Flow]:
    lot, empty = float(rng.uniform(2.5, 5.5)), float(rng.uniform(1.0, 2.5))
    begin, end = stay.start_s, stay.end_s
    share = begin + float(rng.uniform(0.3, 0.5)) * (end - begin)
    gathered = Flow(
        "rajin_yard_p2",
        np.array([begin - 3.5 * _DAY, begin - 0.3 * _DAY, share, end - 2 * _HOUR]),
        np.array([0.0, lot, lot, 0.0]),
    )
    landed = Flow(
        "rajin_yard_p1",
        np.array([begin + 2 * _HOUR, begin + 16 * _HOUR, begin + 2.5 * _DAY, begin + 5.0 * _DAY]),
        np.array([0.0, empty, empty, 0.0]),
    )
    return [gathered, landed]


def _landed(rng: np.random.Generator, stay: PlannedStay) -> Flow:
    lot = float(rng.uniform(2.0, 4.5))
    begin, end = stay.start_s, stay.end_s
    return Flow(
        "dunai_yard_deck",
        np.array([begin + _HOUR, begin + 0.4 * (end - begin), end, end + 2.0 * _DAY]),
        np.array([0.0, lot, lot, 0.0]),
    )
