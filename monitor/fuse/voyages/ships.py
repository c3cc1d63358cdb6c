"""The ships of a season between each two ports near enough: those that AIS names, then those without a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.distances import Place
from monitor.fuse.voyages.named import NamedShip, between, named_ships
from monitor.fuse.voyages.nameless.competing import explained
from monitor.fuse.voyages.pair import Pair, Shares, pair_of
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


def ships_between(season: Season, rule: LinkRule) -> tuple[list[Link], list[tuple[Shuttle, int]]]:
    """The links of every two ports, and the ships that go to and fro with their number among those without a name.

    Parameters
    ----------
    season : Season
    rule : LinkRule
        Which ports are near enough, and the prior, which is shared among the pairs.
    """
    found: list[Link] = []
    ships: list[tuple[Shuttle, int]] = []
    pairs: list[tuple[Pair, Shares]] = []
    for ports in combinations(sorted(season.seen), 2):
        if not _is_near(season.ways[frozenset(ports)], rule):
            continue
        pair, on_ais, free = _named(season, ports, rule)
        pairs.append((pair, free))
        for ship in on_ais:
            told = named(pair, ship, rule)
            ships.append((told, 0))
            if not told.is_withheld:
                exists = rule.most_probability
                found += links(pair, [[ship.paths]], exists=exists, by_chance=np.nan, mmsi=ship.mmsi, rule=rule)
    prior = rule.prior / max(len(pairs), 1)
    for one in explained(pairs, prior=prior, rule=rule):
        exists = min(one.known.probability, rule.most_probability)
        found += links(one.pair, one.drawn, exists=exists, by_chance=one.known.by_chance, mmsi=0, rule=rule)
        ships += [(ship, n) for n, ship in enumerate(nameless(one.pair, one.drawn, one.known, prior, rule))]
    return found, ships


def _is_near(way_m: float, rule: LinkRule) -> bool:
    return way_m / METRES_PER_NAUTICAL_MILE / rule.usual_kn <= rule.longest_passage_h


def _named(season: Season, ports: tuple[str, str], rule: LinkRule) -> tuple[Pair, list[NamedShip], Shares]:
    """Two ports, the ships between them that AIS names, and how likely each sighting is none of theirs."""
    seen = season.seen[ports[0]], season.seen[ports[1]]
    pair = pair_of(seen, way_m=season.ways[frozenset(ports)], steps=season.steps, rule=rule)
    candidates = between(ports, season.visits, season.calls, season.legs, season.fixes, least=rule.least_legs)
    on_ais, free = named_ships(
        pair,
        candidates,
        positions=season.positions,
        calls=season.calls,
        fixes=season.fixes,
        places=season.places,
        zero=season.zero,
        rule=rule,
    )
    return pair, on_ais, free
