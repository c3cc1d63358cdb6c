"""Legs between ports that one ship made, and ships that go to and fro."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.columns import instants, naive
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE
from monitor.core.parts import Parts
from monitor.core.tables import PORT_CALLS, SHUTTLES, VOYAGE_LINKS, VOYAGES
from monitor.fuse.voyages.at_sea import underway_fixes
from monitor.fuse.voyages.distances import Waters, between_ports, middle_of
from monitor.fuse.voyages.rules import LinkRule
from monitor.fuse.voyages.ships import Distances, Season, ships_between
from monitor.fuse.voyages.sightings import sightings
from monitor.fuse.voyages.told import Link, Shuttle, shuttle_row

Span = tuple[pd.Timestamp, pd.Timestamp]
Instants = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """VOYAGES, VOYAGE_LINKS (competing ones kept) and SHUTTLES."""

    voyages: pd.DataFrame = field(default_factory=VOYAGES.empty)
    links: pd.DataFrame = field(default_factory=VOYAGE_LINKS.empty)
    shuttles: pd.DataFrame = field(default_factory=SHUTTLES.empty)


def link_voyages(
    visits: pd.DataFrame,
    aois: tuple[Aoi, ...],
    *,
    stacks: pd.DataFrame | None = None,
    port_calls: pd.DataFrame | None = None,
    positions: pd.DataFrame | None = None,
    ais_voyages: pd.DataFrame | None = None,
    berth_states: pd.DataFrame | None = None,
    distances_m: Distances | None = None,
    sea: Waters | None = None,
    rule: LinkRule | None = None,
    parts: Parts | None = None,
    pool: Executor | None = None,
) -> Linked:
    """Legs between ports, what competes with them, and ships that go to and fro.

    Parameters
    ----------
    visits : VISITS table
        Of all ports.
    aois : tuple of Aoi
        The ports.
    stacks : STACKS table, optional
        A visit over which the port's stacks changed is a little likelier of a ship that carries cargo to and fro.
    port_calls : PORT_CALLS table, optional
        When ships that AIS names were in port.
    positions : POSITIONS table, optional
        Where ships that AIS names were received: in port, under way between two ports, or elsewhere.
    ais_voyages : VOYAGES table, optional
        Legs that AIS shows whole; they are kept, and an image leg of the same ship and time becomes ``both``.
    berth_states : BERTH_STATES table, optional
        When each port was observed; without it, at the instants that bound the visits.
    distances_m : mapping of frozenset to float, optional
        Two port ids to metres by water.
    sea : Waters, optional
        Gives the distances that `distances_m` does not; without either they are the geodesic's with a detour.
    rule : LinkRule, optional
        The prior, speeds, stays, and how the null is made.
    parts : Parts, optional
        Keeps the evidence of each two ports, as long as nothing is new at either.
    pool : Executor, optional
        Takes pairs of ports side by side (`monitor.core.parallel.each`).

    Returns
    -------
    Linked
        Legs and ships at the rule's least probability and above; all links, chosen or not.

    Notes
    -----
    Ships that AIS names come first, then at most two without a name between each two ports, where pairs of ports that
    would explain the same visits compete (`monitor.fuse.voyages.nameless.competing`); what none of them explains are
    other ships, which belong to one port. A ship moves by `monitor.fuse.voyages.motion`; its visits are weighed against
    the port's other ships by `monitor.fuse.voyages.nameless.odds`; whether there is such a ship at all is decided
    against the ports moved in time (`monitor.fuse.voyages.nameless.evidence`). All that is told of a ship comes from
    the same draws. Ships that lie in three ports and more are elsewhere while they are in the third.
    """
    rule = rule or LinkRule()
    visits = visits.reset_index(drop=True)
    ais = VOYAGES.empty() if ais_voyages is None else ais_voyages
    if visits.empty or not aois:
        return Linked(voyages=VOYAGES.conform(ais))
    known = _known(visits, berth_states, aois)
    received = None if positions is None or positions.empty else np.sort(naive(positions["t"]))
    zero = _span(tuple(known.values()), received)[0]
    ways = dict(between_ports(aois, sea, detour=rule.detour))
    ways |= {frozenset(k): float(v) for k, v in (distances_m or {}).items()}
    places = {aoi.id: middle_of(aoi) for aoi in aois}
    fixes = [] if positions is None or positions.empty else underway_fixes(positions, places, rule=rule.underway)
    season = Season(
        visits,
        {
            aoi.id: sightings(aoi.id, visits, berth_states, stacks=stacks, zero=zero, rule=rule.sightings)
            for aoi in aois
        },
        ways,
        places,
        zero,
        {
            frozenset(two): _steps(zero, _span((known[two[0]], known[two[1]]), received)[1], rule)
            for two in combinations(known, 2)
        },
        PORT_CALLS.empty() if port_calls is None else port_calls,
        ais,
        positions,
        fixes,
    )
    found, ships = ships_between(season, rule, parts=parts, pool=pool)
    table, told = _links(found, visits, ways, rule)
    made = _voyages(told, visits, zero)
    if len(ais):
        made = _with_ais(made, ais, rule)
    rows = list(_shuttles(ships, made, told, visits, zero, rule))
    names = {name: str(row["shuttle_id"]) for row in rows for name in str(row["voyage_ids"]).split()}
    made["shuttle_id"] = [names.get(v, s) for v, s in zip(made["voyage_id"], made["shuttle_id"], strict=True)]
    return Linked(VOYAGES.conform(made), table, _table(rows))


def _known(visits: pd.DataFrame, berth_states: pd.DataFrame | None, aois: tuple[Aoi, ...]) -> dict[str, Instants]:
    """The instants of each port's observations, in order; without them, those that bound its visits."""
    if berth_states is not None and len(berth_states):
        table = berth_states[["aoi_id", "acquired_at"]]
    else:
        bounds = ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after")
        table = pd.concat([visits[["aoi_id", name]].set_axis(["aoi_id", "acquired_at"], axis=1) for name in bounds])
    table = table.dropna().sort_values("acquired_at", kind="stable")
    return {aoi.id: naive(table.loc[table["aoi_id"] == aoi.id, "acquired_at"]) for aoi in aois}


def _span(ports: Sequence[Instants], received: Instants | None) -> Span:
    """First and last instant that anything is known of: of the observations of some ports, and of AIS next to them.

    AIS counts as far before the first observation, and after the last, as two of them are apart at most.
    """
    known = np.sort(np.concatenate(ports))
    if not len(known):
        return pd.Timestamp(0, tz="UTC"), pd.Timestamp(0, tz="UTC")
    first, last = known[0], known[-1]
    if received is not None and len(known) > 1:
        apart = np.diff(known).max()
        low, high = np.searchsorted(received, first - apart), np.searchsorted(received, last + apart, side="right")
        if low < high:
            first, last = min(first, received[low]), max(last, received[high - 1])
    return pd.Timestamp(first, tz="UTC"), pd.Timestamp(last, tz="UTC")


def _steps(zero: pd.Timestamp, end: pd.Timestamp, rule: LinkRule) -> int:
    return max(int((end - zero) / timedelta(hours=rule.motion.step_h)), 0) + 1


def _links(
    found: list[Link], visits: pd.DataFrame, ways: Distances, rule: LinkRule
) -> tuple[pd.DataFrame, dict[str, Link]]:
    """VOYAGE_LINKS, and the links that are told by voyage id."""
    best: dict[tuple[str, int], Link] = {}
    for link in found:
        for end in (("from", link.from_visit), ("to", link.to_visit)):
            if end not in best or link.probability > best[end].probability:
                best[end] = link
    rows, told = [], {}
    for link in found:
        left, came = visits.loc[link.from_visit], visits.loc[link.to_visit]
        chosen = best["from", link.from_visit] is link and best["to", link.to_visit] is link
        way = ways[frozenset((left["aoi_id"], came["aoi_id"]))]
        longest = (came["arrived_not_after"] - left["departed_not_before"]) / timedelta(hours=1)
        name = f"{left['visit_id']}>{came['visit_id']}"
        rows.append(
            {
                "link_id": f"{name}|{link.mmsi}" if link.mmsi else name,
                "from_visit": left["visit_id"],
                "to_visit": came["visit_id"],
                "from_port": left["aoi_id"],
                "to_port": came["aoi_id"],
                "is_chosen": chosen,
                "probability": link.probability,
                "by_chance": link.by_chance,
                "longest_h": longest,
                "distance_m": way,
                "required_kn": way / METRES_PER_NAUTICAL_MILE / longest if longest > 0 else np.inf,
                "reason": "" if chosen else "another link of these visits is likelier",
            }
        )
        if chosen and link.probability >= rule.least_probability:
            told[f"leg|{name}"] = link
    return VOYAGE_LINKS.conform(pd.DataFrame(rows)) if rows else VOYAGE_LINKS.empty(), told


def _voyages(told: Mapping[str, Link], visits: pd.DataFrame, zero: pd.Timestamp) -> pd.DataFrame:
    rows = []
    for name, link in told.items():
        left, came = visits.loc[link.from_visit], visits.loc[link.to_visit]
        out = max(zero + timedelta(hours=link.left_h), left["departed_not_before"])
        back = max(min(zero + timedelta(hours=link.came_h), came["arrived_not_after"]), out)
        kinds = {left["evidence"], came["evidence"]}
        rows.append(
            {
                "voyage_id": name,
                "mmsi": link.mmsi or pd.NA,
                "from_port": left["aoi_id"],
                "to_port": came["aoi_id"],
                "departed_at": out.floor("min"),
                "arrived_at": back.floor("min"),
                "duration_h": (back - out) / timedelta(hours=1),
                "evidence": kinds.pop() if len(kinds) == 1 else "both",
                "probability": link.probability,
                "shuttle_id": "",
                "from_visit": left["visit_id"],
                "to_visit": came["visit_id"],
                "silent_h": np.nan,
                "by_chance": link.by_chance,
            }
        )
    if not rows:
        return VOYAGES.empty()
    table = pd.DataFrame(rows)
    table["mmsi"] = table["mmsi"].astype("Int64")
    table["departed_at"], table["arrived_at"] = instants(table["departed_at"]), instants(table["arrived_at"])
    return VOYAGES.conform(table.sort_values(["departed_at", "voyage_id"], kind="stable"))


def _shuttles(
    ships: list[tuple[Shuttle, int]],
    made: pd.DataFrame,
    told: Mapping[str, Link],
    visits: pd.DataFrame,
    zero: pd.Timestamp,
    rule: LinkRule,
) -> Iterator[dict[str, object]]:
    for ship, which in ships:
        if ship.probability < rule.least_probability or not len(ship.crossings):
            continue
        between_them = made["from_port"].isin(ship.ports) & made["to_port"].isin(ship.ports)
        if ship.mmsi:
            own = made[between_them & (made["mmsi"] == ship.mmsi)]
        else:
            mine = {name for name, link in told.items() if not link.mmsi and link.ship == which}
            own = made[between_them & made["voyage_id"].isin(mine)]
        yield shuttle_row(ship, which, visits, own, zero)


def _table(rows: list[dict[str, object]]) -> pd.DataFrame:
    if not rows:
        return SHUTTLES.empty()
    table = pd.DataFrame(rows).astype({"mmsi": "Int64", "legs_high": "Int64"})
    return SHUTTLES.conform(table)


def _with_ais(made: pd.DataFrame, ais: pd.DataFrame, rule: LinkRule) -> pd.DataFrame:
    """AIS legs beside image legs; where both show one passage the AIS instants stand, and the evidence is both."""
    slack, taken, rows = rule.same_leg, set[str](), []
    for leg in ais.to_dict("records"):
        same = made[
            (made["from_port"] == leg["from_port"])
            & (made["to_port"] == leg["to_port"])
            & (made["mmsi"].isna() | (made["mmsi"] == leg["mmsi"]))
            & ((made["departed_at"] - leg["departed_at"]).abs() <= slack)
            & ((made["arrived_at"] - leg["arrived_at"]).abs() <= slack)
            & ~made["voyage_id"].isin(taken)
        ]
        if len(same):
            first = same.iloc[0]
            taken.add(first["voyage_id"])
            leg |= {"evidence": "both", "from_visit": first["from_visit"], "to_visit": first["to_visit"]}
        rows.append(leg)
    rest = made[~made["voyage_id"].isin(taken)]
    both = VOYAGES.join([VOYAGES.conform(pd.DataFrame(rows)), rest])
    return both.sort_values(["departed_at", "voyage_id"], kind="stable", ignore_index=True)
