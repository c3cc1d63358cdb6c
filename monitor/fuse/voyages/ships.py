"""The ships of a season between each two ports near enough: those that AIS names, then those without a name."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.parallel import each, values
from monitor.core.parts import Parts, each_part
from monitor.core.tableset import TableSet
from monitor.fuse.voyages.at_sea import UnderwayFix
from monitor.fuse.voyages.distances import Place
from monitor.fuse.voyages.named import NamedShip, between, named_ships
from monitor.fuse.voyages.nameless.competing import Weighed, explained
from monitor.fuse.voyages.nameless.evidence import EVIDENCE, NONE, evidence, evidence_of, evidence_table, may_be
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
    steps : mapping of frozenset to int
        Length of the grid of two ports, by their ids.
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
    steps: Mapping[frozenset[str], int]
    calls: pd.DataFrame
    legs: pd.DataFrame
    positions: pd.DataFrame | None
    fixes: list[UnderwayFix]


@dataclass(frozen=True, slots=True, eq=False)
class _Ports:
    """Two ports near one another, and what AIS says of the ships that it names between them."""

    seen: tuple[Sightings, Sightings]
    way_m: float
    steps: int
    ships: list[int]
    positions: pd.DataFrame | None
    calls: pd.DataFrame
    fixes: list[UnderwayFix]


def ships_between(
    season: Season, rule: LinkRule, *, parts: Parts | None = None, pool: Executor | None = None
) -> tuple[list[Link], list[tuple[Shuttle, int]]]:
    """The links of every two ports, and the ships that go to and fro with their number among those without a name.

    Parameters
    ----------
    season : Season
    rule : LinkRule
        Which ports are near enough, and the prior, which is shared among the pairs.
    parts : Parts, optional
        Keeps the evidence for ships between two ports, the longest of the sums.
    pool : Executor, optional
        Takes the pairs of ports side by side.
    """
    near = [
        _between(season, ports, rule)
        for ports in combinations(sorted(season.seen), 2)
        if _is_near(season.ways[frozenset(ports)], rule)
    ]
    prior = rule.prior / max(len(near), 1)
    name = partial(_named, places=season.places, zero=season.zero, rule=rule)
    named_between = list(values(each(name, near, pool, step="correlate, pairs of ports")))
    weighed = _weighed(near, named_between, prior, rule, parts, pool)
    found: list[Link] = []
    ships: list[tuple[Shuttle, int]] = []
    for (_, on_ais, _), alone in zip(named_between, weighed, strict=True):
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
    steps = season.steps[frozenset(ports)]
    return _Ports(seen, way, steps, ships, positions, calls, [fix for fix in season.fixes if fix.mmsi in ships])


def _named(
    ports: _Ports, *, places: Mapping[str, Place], zero: pd.Timestamp, rule: LinkRule
) -> tuple[Pair, list[NamedShip], Shares]:
    """Two ports, the ships between them that AIS names, and how free each sighting is of these."""
    pair = pair_of(ports.seen, way_m=ports.way_m, steps=ports.steps, rule=rule)
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
    return pair, on_ais, free


def _weighed(
    near: list[_Ports],
    found: list[tuple[Pair, list[NamedShip], Shares]],
    prior: float,
    rule: LinkRule,
    parts: Parts | None,
    pool: Executor | None,
) -> list[Weighed]:
    """The evidence for other ships between each two ports, in what is none of those that AIS names.

    Nothing is made, or kept, of two ports that do not both show a nameless ship.
    """
    pairs, basis = dict[str, tuple[Pair, Shares]](), dict[str, object]()
    for (pair, _, free), ports in zip(found, near, strict=True):
        if may_be(pair):
            pairs[_name(pair)] = (_alone(pair), free)
            basis[_name(pair)] = (pair.seen, ports.way_m, ports.steps, free, prior, rule)
    made = each_part(
        partial(_evidence, prior=prior, rule=rule),
        pairs,
        step="pairs",
        schemas=(EVIDENCE,),
        parts=parts,
        basis=basis,
        pool=pool,
        progress="correlate, pairs of ports",
    )
    alone = {name: evidence_of(tables[EVIDENCE]) for name, tables in made.items()}
    return [Weighed(pair, free, alone.get(_name(pair), NONE)) for pair, _, free in found]


def _name(pair: Pair) -> str:
    return "/".join(pair.ports)


def _alone(pair: Pair) -> Pair:
    """The pair with its own numbers of visits and berths, which do not change with those of other ports."""
    a, b = (
        replace(
            seen,
            visit=np.unique(seen.visit, return_inverse=True)[1],
            berth=np.unique(seen.berth, return_inverse=True)[1],
        )
        for seen in pair.seen
    )
    return replace(pair, seen=(a, b))


def _evidence(pair: tuple[Pair, Shares], *, prior: float, rule: LinkRule) -> TableSet:
    return TableSet({EVIDENCE: evidence_table(evidence(pair[0], prior=prior, free=pair[1], rule=rule))})
