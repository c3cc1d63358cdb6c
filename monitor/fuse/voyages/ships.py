"""The ships of a season between each two ports near enough: those that AIS names, then those without a name."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.parallel import each, values
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.distances import Place
from monitor.fuse.voyages.named import NamedShip, between, named_ships
from monitor.fuse.voyages.nameless.competing import Weighed, explained
from monitor.fuse.voyages.nameless.evidence import evidence
from monitor.fuse.voyages.pair import pair_of
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.sightings import Sightings
from monitor.fuse.voyages.told import Link, Shuttle, links, named, nameless

Distances = Mapping[frozenset[str], float]


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """What is known of all ports together.

    Attributes
    ----------
    visits : VISITS table
    seen : mapping of str to Sightings
        By port.
    ways : mapping of frozenset to float
        Two port ids to metres by water.
    places : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    zero : Timestamp
        From when the grid is counted.
    steps : int
        Length of the grid.
    calls, legs : PORT_CALLS and VOYAGES tables
        From AIS.
    positions : POSITIONS table, optional
    fixes : list of UnderwayFix
    """

    visits: pd.DataFrame
    seen: Mapping[str, Sightings]
    ways: Distances
    places: Mapping[str, Place]
    zero: pd.Timestamp
    steps: int
    calls: pd.DataFrame
    legs: pd.DataFrame
    positions: pd.DataFrame | None
    fixes: list[UnderwayFix]


@dataclass(frozen=True, slots=True, eq=False)
class _Ports:
    """Two ports near one another, and what AIS says of the ships that it names between them."""

    seen: tuple[Sightings, Sightings]
    way_m: float
    ships: list[int]
    positions: pd.DataFrame | None
    calls: pd.DataFrame
    fixes: list[UnderwayFix]


def ships_between(
    season: Season, rule: LinkRule, *, pool: Executor | None = None
) -> tuple[list[Link], list[tuple[Shuttle, int]]]:
    """The links of every two ports, and the ships that go to and fro with their number among those without a name.

    Parameters
    ----------
    season : Season
    rule : LinkRule
        Which ports are near enough, and the prior, which is shared among the pairs.
    pool : Executor, optional
        Takes the pairs of ports side by side.
    """
    near = [
        _between(season, ports, rule)
        for ports in combinations(sorted(season.seen), 2)
        if _is_near(season.ways[frozenset(ports)], rule)
    ]
    prior = rule.prior / max(len(near), 1)
    weigh = partial(_weighed, places=season.places, zero=season.zero, steps=season.steps, prior=prior, rule=rule)
    found: list[Link] = []
    ships: list[tuple[Shuttle, int]] = []
    weighed: list[Weighed] = []
    for on_ais, alone in values(each(weigh, near, pool, step="correlate, pairs of ports")):
        weighed.append(alone)
        for ship in on_ais:
            told = named(alone.pair, ship, rule)
            ships.append((told, 0))
            if not told.is_withheld:
                exists = rule.most_probability
                found += links(alone.pair, [[ship.paths]], exists=exists, by_chance=np.nan, mmsi=ship.mmsi, rule=rule)
    for one in explained(weighed, prior=prior, rule=rule):
        exists = min(one.known.probability, rule.most_probability)
        found += links(one.pair, one.drawn, exists=exists, by_chance=one.known.by_chance, mmsi=0, rule=rule)
        ships += [(ship, n) for n, ship in enumerate(nameless(one.pair, one.drawn, one.known, prior, rule))]
    return found, ships


def _is_near(way_m: float, rule: LinkRule) -> bool:
    return way_m / METRES_PER_NAUTICAL_MILE / rule.usual_kn <= rule.longest_passage_h


def _between(season: Season, ports: tuple[str, str], rule: LinkRule) -> _Ports:
    """What bears on ships between two ports."""
    ships = between(ports, season.visits, season.calls, season.legs, season.fixes, least=rule.least_legs)
    seen, way, positions = (season.seen[ports[0]], season.seen[ports[1]]), season.ways[frozenset(ports)], None
    if ships and season.positions is not None:
        positions = season.positions[season.positions["mmsi"].isin(ships)]
    calls = season.calls[season.calls["mmsi"].isin(ships)]
    return _Ports(seen, way, ships, positions, calls, [fix for fix in season.fixes if fix.mmsi in ships])


def _weighed(
    ports: _Ports, *, places: Mapping[str, Place], zero: pd.Timestamp, steps: int, prior: float, rule: LinkRule
) -> tuple[list[NamedShip], Weighed]:
    """The ships between two ports that AIS names, and the evidence for others in what is none of theirs."""
    pair = pair_of(ports.seen, way_m=ports.way_m, steps=steps, rule=rule)
    on_ais, free = named_ships(
        pair,
        ports.ships,
        positions=ports.positions,
        calls=ports.calls,
        fixes=ports.fixes,
        places=places,
        zero=zero,
        rule=rule,
    )
    return on_ais, Weighed(pair, free, evidence(pair, prior=prior, free=free, rule=rule))
