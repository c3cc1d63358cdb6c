"""What happens in a season, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange
from monitor.simulate.land.places import places
from monitor.simulate.land.storage import storage_flows
from monitor.simulate.land.tankers import tankers
from monitor.simulate.land.world import Departure, LandWorld, build_land
from monitor.simulate.rng import generator
from monitor.simulate.traffic.background import harbour_craft, honest_ships
from monitor.simulate.traffic.fixtures import fixtures_of
from monitor.simulate.traffic.fleet import Flow, World
from monitor.simulate.traffic.rafting import number_sharer, rafted_ships
from monitor.simulate.traffic.routes import HARBOUR
from monitor.simulate.traffic.shuttle import shuttle_flows, shuttle_ships
from monitor.simulate.traffic.silent_callers import silent_callers

DEFAULT_PERIOD = "2023-08-14/2023-10-23"
LAND_PERIOD = "2022-09-01/2024-01-01"
"""Sixteen months: ground needs a past, with a winter in it."""
_DAY = 86_400.0
_HOUR = 3_600.0
STATIONS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"tumen mouth": (130.66, 42.38), "dunai hill": (132.38, 42.93), "vladivostok": (131.90, 43.08)}
)
"""AIS receivers on land (made up): longitude and latitude."""
_LANDED = "dunai_yard_deck"
"""Where the shuttle's containers are landed."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What differs between seasons.

    Attributes
    ----------
    about : str
        One sentence.
    shuttles : bool
        Whether the two silent ships sail at all.
    silent_callers : tuple of str
        Ports at which two other silent ships each call, of like length and as often, that go to no other watched port.
    partner : str
        The port that the shuttle sails to: ``dunai``, or ``east`` for one that is not watched.
    lull : tuple of float
        Part of the period (0–1, 0–1) in which the shuttle lies still elsewhere.
    outage_share : float
        Share of the period without any AIS feed.
    spoofer : bool
        Whether a ship's AIS claims a place where it is not.
    frozen : bool
        Whether ice lies in the harbours.
    rafts : bool
        Whether ships lie abreast, two and three at a berth.
    shared_mmsi : bool
        Whether two ships send one number at the same time.
    decoys : bool
        Whether islets, ends of breakwaters and floating docks that are no ships lie in the water.
    shifted : bool
        Whether some scenes lie up to a pixel and a half off the map.
    late : bool
        Whether a part of the AIS arrives days after the rest.
    land : str
        What happens at the made-up places beyond the quay: ``changing``, ``quiet`` (trains and goods come and go by
        chance, and no ground changes), or ``""`` where they are not watched.
    period : str
        What the season spans unless another period is asked for.
    """

    about: str
    shuttles: bool = True
    silent_callers: tuple[str, ...] = ()
    partner: str = "dunai"
    lull: tuple[float, float] = (1.0, 1.0)
    outage_share: float = 0.01
    spoofer: bool = False
    frozen: bool = False
    rafts: bool = False
    shared_mmsi: bool = False
    decoys: bool = False
    shifted: bool = False
    late: bool = False
    land: str = ""
    period: str = DEFAULT_PERIOD


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "shuttle-2023": Scenario("Two ships carry containers from Rajin to Dunai and back, silent near both ports."),
        "moved-2024": Scenario("The shuttle sails from Rajin to a port outside the watched ones.", partner="east"),
        "lull": Scenario("The shuttle stops for the middle of the season.", lull=(0.3, 0.7)),
        "honest-liner": Scenario("No silent ships: what calls, calls with AIS on.", shuttles=False),
        "no-shuttle": Scenario(
            "As many silent calls by ships of like length, each between one watched port and elsewhere.",
            shuttles=False,
            silent_callers=("rajin", "dunai"),
        ),
        "one-port": Scenario(
            "Silent ships at Rajin alone; Dunai has ships with AIS on.", shuttles=False, silent_callers=("rajin",)
        ),
        "spoofing": Scenario("One shuttle's AIS claims to lie off Nakhodka while it loads.", spoofer=True),
        "feed-outage": Scenario("The AIS feed is down for a third of the season.", outage_share=0.35),
        "ice": Scenario("The shuttle in winter: snow on land, ice in the harbours.", frozen=True),
        "crowded": Scenario(
            "Ships abreast, two that send one number, and fixed objects that resemble ships.",
            rafts=True,
            shared_mmsi=True,
            decoys=True,
        ),
        "untidy": Scenario(
            "A third of the scenes lie off the map, and a part of the AIS arrives late.", shifted=True, late=True
        ),
        "depot": Scenario(
            "The shuttle's goods go on by rail to a made-up depot that expands; tankers call at a made-up terminal.",
            lull=(0.35, 0.55),
            land="changing",
            period=LAND_PERIOD,
        ),
        "depot-quiet": Scenario(
            "The same places with harvest, snow, floods, smoke and trains by chance, and no ground that changes.",
            land="quiet",
            period=LAND_PERIOD,
        ),
    }
)


def scenario(name: str) -> Scenario:
    """The scenario of that name.

    Raises
    ------
    DataError
        There is none.
    """
    try:
        return SCENARIOS[name]
    except KeyError as error:
        raise DataError(f"no scenario {name!r}; use one of {', '.join(SCENARIOS)}") from error


def build(seed: int, period: TimeRange, aois: Sequence[Aoi], name: str) -> World:
    """Ships, containers and outages of a season; it begins ten days before the period, so that ships are under way.

    Made-up places that are watched without the ports have no other ships than the shuttle and the tankers.

    Parameters
    ----------
    seed : int
    period : TimeRange
    aois : sequence of Aoi
    name : str
        Of the scenario.
    """
    chosen = scenario(name)
    start, end = period.start.timestamp() - 10 * _DAY, period.end.timestamp() + 2 * _DAY
    silent = shuttle_ships(seed, aois, start, end, partner=chosen.partner, lull=chosen.lull, spoofer=chosen.spoofer)
    silent = silent if chosen.shuttles else silent_callers(seed, aois, start, end, ports=chosen.silent_callers)
    others = not chosen.land or any(aoi.id in HARBOUR for aoi in aois)
    ships = (
        *silent,
        *(honest_ships(seed, aois, start, end) if others else ()),
        *(harbour_craft(seed, aois, start, end) if others else ()),
        *(rafted_ships(seed, aois, start, end) if chosen.rafts else ()),
        *((number_sharer(seed, aois, start, end),) if chosen.shared_mmsi else ()),
    )
    flows = shuttle_flows(seed, silent, start, end)
    land = _land(seed, flows, period, start, chosen) if chosen.land else None
    return World(
        (*ships, *(tankers(seed, aois, start, end) if chosen.land else ())),
        (*flows, *(storage_flows(seed, land, places(), start, end) if land is not None else ())),
        _outages(seed, period, chosen.outage_share),
        fixtures_of(seed, aois) if chosen.decoys else (),
        land,
    )


def _land(seed: int, flows: Sequence[Flow], period: TimeRange, start_s: float, chosen: Scenario) -> LandWorld:
    """What happens on land: the lots that leave Dunai go on."""
    left = [Departure("dunai", flow.yard_id, float(flow.t_s[-1])) for flow in flows if flow.yard_id == _LANDED]
    season = (period.start.timestamp(), period.end.timestamp())
    return build_land(
        seed, sorted(left, key=lambda d: d.left_s), season, start_s=start_s, changing=chosen.land == "changing"
    )


def _outages(seed: int, period: TimeRange, share: float) -> tuple[tuple[str, float, float], ...]:
    rng = generator(seed, "outages")
    start, length = period.start.timestamp(), period.duration.total_seconds()
    outages: list[tuple[str, float, float]] = []
    left = share * length
    while left > _HOUR:
        hours = float(np.clip(rng.lognormal(2.3, 0.6), 3.0, 60.0)) * (1.0 if share < 0.1 else 2.5)
        begin = start + float(rng.uniform(0, length))
        outages.append(("*", begin, begin + hours * _HOUR))
        left -= hours * _HOUR
    for station in STATIONS:
        for _ in range(max(int(length / _DAY / 14), 1)):
            begin = start + float(rng.uniform(0, length))
            outages.append((station, begin, begin + float(rng.uniform(1.0, 10.0)) * _HOUR))
    return tuple(sorted(outages, key=lambda item: item[1]))
