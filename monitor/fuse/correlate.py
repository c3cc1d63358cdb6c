"""Everything that is derived from detections and AIS together for a set of ports, in one pure function."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import numpy as np
import pandas as pd

from monitor.ais.static import with_static
from monitor.core.aoi import Aoi
from monitor.core.columns import naive
from monitor.core.findings import Finding
from monitor.core.parts import Parts, each_part, joined
from monitor.core.progress import report
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import (
    BERTH_STATES,
    CHAIN_LINKS,
    CHAINS,
    CHANGES,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTABILITY,
    DETECTIONS,
    GAP_CANDIDATES,
    GAPS,
    IDENTITY,
    MATCHES,
    NULL_TESTS,
    OCCUPANCY,
    PORT_CALLS,
    POSITIONS,
    RATES,
    SHIPS_AND_STACKS,
    SHUTTLES,
    STACKS,
    VESSEL_WATCHLIST,
    VESSELS,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.fuse.chains.find import find_chains
from monitor.fuse.chains.rule import ChainRule
from monitor.fuse.dark.candidates import gap_candidates
from monitor.fuse.dark.events import dark_events, stated_lengths
from monitor.fuse.dark.fixed import fixed_objects
from monitor.fuse.dark.rules import DarkRule
from monitor.fuse.findings.build import findings
from monitor.fuse.findings.rules import FindingRule
from monitor.fuse.identity.identify import identify
from monitor.fuse.matching.compared import not_compared, why_not_compared
from monitor.fuse.matching.match import match
from monitor.fuse.matching.model import DEFAULT_MODEL, MatchModel
from monitor.fuse.matching.projection import acquisition_of
from monitor.fuse.matching.versions import latest, null_test, revise
from monitor.fuse.reviews import ReviewDecisions
from monitor.fuse.series.changes import ChangeRule, change_points
from monitor.fuse.series.counts import count, moving_on_ais
from monitor.fuse.series.rates import RateRule, rates
from monitor.fuse.series.ships_and_stacks import ships_and_stacks
from monitor.fuse.series.together import explained, observed_together, once, scenes_with_small_craft
from monitor.fuse.stays.berth_observations import states_from_coverage
from monitor.fuse.stays.rules import VisitRule
from monitor.fuse.stays.visits import detectability, visits_and_occupancy
from monitor.fuse.voyages.distances import Waters
from monitor.fuse.voyages.links import link_voyages
from monitor.fuse.voyages.rules import LinkRule

CORRELATED = (
    MATCHES,
    NULL_TESTS,
    DARK_EVENTS,
    GAP_CANDIDATES,
    VISITS,
    DETECTABILITY,
    OCCUPANCY,
    VOYAGES,
    VOYAGE_LINKS,
    SHUTTLES,
    IDENTITY,
    COUNTS,
    RATES,
    CHANGES,
    SHIPS_AND_STACKS,
    CHAINS,
    CHAIN_LINKS,
)
"""The tables that `correlate` makes."""


@dataclass(frozen=True, slots=True)
class CorrelateRules:
    """The rules of every step.

    Attributes
    ----------
    null_shift : timedelta
        By how much AIS is moved to count pairs by chance. Chosen: a day keeps the hour of the traffic.
    """

    match: MatchModel = DEFAULT_MODEL
    dark: DarkRule = field(default_factory=DarkRule)
    visits: VisitRule = field(default_factory=VisitRule)
    links: LinkRule = field(default_factory=LinkRule)
    findings: FindingRule = field(default_factory=FindingRule)
    rates: RateRule = field(default_factory=RateRule)
    changes: ChangeRule = field(default_factory=ChangeRule)
    chains: ChainRule = field(default_factory=ChainRule)
    null_shift: timedelta = timedelta(days=1)


def correlate(
    tables: TableSet,
    aois: tuple[Aoi, ...],
    *,
    scenes: Sequence[Acquisition | Scene],
    sea: Waters | None = None,
    period: TimeRange | None = None,
    as_of: datetime | None = None,
    reviews: ReviewDecisions | None = None,
    again: Collection[str] | None = None,
    rules: CorrelateRules | None = None,
    parts: Parts | None = None,
    pool: Executor | None = None,
) -> tuple[TableSet, tuple[Finding, ...]]:
    """Matches, dark events, visits, voyages, counts, changes and chains of a set of ports, and what may be stated.

    Pure: nothing is read, written or asked of a clock. Empty tables give empty tables, never zeros.

    Parameters
    ----------
    tables : TableSet
        DETECTIONS (those that still count), COVERAGE, BERTH_STATES, STACKS, POSITIONS, GAPS, GAP_CALLS, PORT_CALLS,
        VESSELS (lengths and antennas that positions lack), VOYAGES (from port calls on AIS), VESSEL_WATCHLIST,
        LAND_STATES, LAND_CHANGES, AIR_CALLS and AIR_RECEPTION (for chains), and from the correlation before: MATCHES
        (all versions) and NULL_TESTS. What is missing counts as empty.
    aois : tuple of Aoi
        The ports.
    scenes : sequence of Acquisition or Scene
        Those of all ports, in any order.
    sea : Waters, optional
        Distances by water; without it they are geodesic, which are lower bounds.
    period : TimeRange, optional
        What findings and rates are about; the days of the scenes when not given. Tables may reach beyond it.
    as_of : datetime, optional
        When the AIS had come in: stands on the matches that change. Without it all matches are new.
    reviews : ReviewDecisions, optional
        What reviewers decided.
    again : collection of str, optional
        Ids of the scenes to match; MATCHES and NULL_TESTS of the others stay as they were. All when not given.
    rules : CorrelateRules, optional
    parts : Parts, optional
        Stays, series and rates of each port, and the evidence for ships between each two, are taken from here where
        their own input is as it was, and kept here.
    pool : Executor, optional
        Takes ports, and pairs of them, side by side.

    Returns
    -------
    TableSet
        Those of `CORRELATED`; MATCHES in all versions (see `latest`).
    tuple of Finding
        Without those that a reviewer rejected.
    """
    rules, reviews = rules or CorrelateRules(), reviews or ReviewDecisions()
    made = TableSet({schema: schema.empty() for schema in CORRELATED})
    if not scenes:
        return made | {MATCHES: tables[MATCHES], VOYAGES: tables[VOYAGES]}, ()
    period = period or _span(scenes)
    made |= _by_scene(tables, scenes, again=again, as_of=as_of, rules=rules)
    report("correlate", 1, 6)
    made |= _dark(tables, made[MATCHES], reviews, sea, rules)
    report("correlate", 2, 6)
    now = latest(made[MATCHES])
    made |= _stays(tables, now, reviews.statements, rules.visits, parts, pool)
    made |= TableSet(
        {IDENTITY: identify(made[VISITS], tables[VESSEL_WATCHLIST], positions=tables[POSITIONS], aois=aois)}
    )
    report("correlate", 3, 6)
    made |= _voyages(
        tables, made[VISITS], aois, sea=sea, refused=reviews.statements, rule=rules.links, parts=parts, pool=pool
    )
    report("correlate", 4, 6)
    made |= _series(tables, now, made[VISITS], scenes=scenes, rules=rules, parts=parts, pool=pool)
    made |= _rates(tables, made[COUNTS], period, rules.rates, parts, pool)
    made |= find_chains(tables | made, aois, rule=rules.chains)
    report("correlate", 5, 6)
    stated = findings(aois, tables | made, period=period, rule=rules.findings)
    report("correlate", 6, 6)
    return made, tuple(finding for finding in stated if finding.id not in reviews.statements)


def _by_scene(
    tables: TableSet,
    scenes: Sequence[Acquisition | Scene],
    *,
    again: Collection[str] | None,
    as_of: datetime | None,
    rules: CorrelateRules,
) -> TableSet:
    """MATCHES and NULL_TESTS."""
    detections, positions = tables[DETECTIONS], tables[POSITIONS]
    if not positions["t"].is_monotonic_increasing:
        positions = positions.sort_values("t", kind="stable", ignore_index=True)
    times = naive(positions["t"])
    of_scene = dict(tuple(detections.groupby("scene_id"))) if len(detections) else {}
    none = DETECTIONS.empty()
    reach = timedelta(hours=rules.match.longest_silence_h) + rules.null_shift
    found, nulls = [], []
    due = [scene for scene in scenes if again is None or scene.id in again]
    for number, scene in enumerate(sorted(due, key=lambda s: (acquisition_of(s).acquired_at, s.id)), 1):
        report("correlate, scenes matched", number, len(due))
        at = acquisition_of(scene).acquired_at
        low, high = np.searchsorted(times, naive(pd.Series([pd.Timestamp(at - reach), pd.Timestamp(at + reach)])))
        near = with_static(positions.iloc[low:high], tables[VESSELS])
        ships = of_scene.get(scene.id, none)
        rows = match(ships, near, scene=scene, model=rules.match)
        silence = why_not_compared(near, acquisition_of(scene))
        found.append(not_compared(rows, silence) if silence else rows)
        if len(ships) and not silence:
            nulls.append(null_test(ships, near, scene=scene, matches=rows, shift=rules.null_shift, model=rules.match))
    matched, now = MATCHES.join(found), {scene.id for scene in due}
    if as_of is not None:
        matched = revise(tables[MATCHES], matched, as_of=as_of, scenes=sorted(now))
    rest = [scene.id for scene in scenes if scene.id not in now]
    return TableSet({MATCHES: matched, NULL_TESTS: _nulls(nulls, tables[NULL_TESTS], rest)})


def _nulls(made: list[pd.DataFrame], before: pd.DataFrame, kept: Collection[str]) -> pd.DataFrame:
    """The NULL_TESTS made now and, of scenes that were not matched again, those of before; in order of time."""
    table = NULL_TESTS.join([before[before["scene_id"].isin(kept)], *made])
    return table.sort_values(["acquired_at", "scene_id"], kind="stable", ignore_index=True)


def _dark(
    tables: TableSet, matches: pd.DataFrame, reviews: ReviewDecisions, sea: Waters | None, rules: CorrelateRules
) -> TableSet:
    """DARK_EVENTS, one for each ship however many scenes of the hour show it, and the GAP_CANDIDATES of each."""
    detections, positions = once(tables[DETECTIONS], preferred=explained(latest(matches))), tables[POSITIONS]
    dark = DARK_EVENTS.empty()
    if len(detections):
        ports = detections.groupby("aoi_id")
        fixed = {name for _, ships in ports for name in fixed_objects(ships, rule=rules.dark)}
        received = positions if len(positions) else None
        dark = dark_events(detections, matches, received, fixed=fixed, confirmed=reviews.kept, rule=rules.dark)
    candidates = gap_candidates(dark, tables[GAPS], lengths=stated_lengths(positions), sea=sea)
    by_event = candidates.groupby("event_id")["gap_id"].agg(" ".join) if len(candidates) else {}
    dark = dark.assign(gap_ids=[str(by_event.get(event, "")) for event in dark["event_id"]])
    return TableSet({DARK_EVENTS: DARK_EVENTS.conform(dark), GAP_CANDIDATES: candidates})


def _stays(
    tables: TableSet,
    now: pd.DataFrame,
    refused: Collection[str],
    rule: VisitRule,
    parts: Parts | None,
    pool: Executor | None,
) -> TableSet:
    """VISITS in order of time, and OCCUPANCY; each port by itself."""
    states, seen = tables[BERTH_STATES], tables[DETECTIONS]
    if states.empty:
        states = states_from_coverage(seen, tables[COVERAGE])
    given = TableSet({BERTH_STATES: states, DETECTIONS: seen, COVERAGE: tables[COVERAGE], MATCHES: now})
    calls = tables[PORT_CALLS]
    ports = {port: (given.of(port), calls[calls["port_id"] == port].reset_index(drop=True)) for port in _ports(states)}
    schemas = (VISITS, OCCUPANCY)
    made = joined(
        each_part(
            partial(_stays_of, rule=rule),
            ports,
            step="stays",
            schemas=schemas,
            parts=parts,
            basis={port: (item, rule) for port, item in ports.items()},
            pool=pool,
            progress="correlate, ports",
        ),
        schemas,
    )
    stays = made[VISITS].sort_values(["arrived_not_after", "visit_id"], kind="stable", ignore_index=True)
    return made | {VISITS: _less(stays, "visit_id", refused)}


def _stays_of(port: tuple[TableSet, pd.DataFrame], *, rule: VisitRule) -> TableSet:
    tables, calls = port
    stays, ships = visits_and_occupancy(
        tables[BERTH_STATES],
        tables[DETECTIONS],
        tables[MATCHES],
        coverage=tables[COVERAGE],
        port_calls=calls,
        rule=rule,
    )
    return TableSet({VISITS: stays, OCCUPANCY: ships})


def _ports(table: pd.DataFrame) -> list[str]:
    """The ports of a table's rows, by id."""
    return sorted({str(port) for port in table["aoi_id"]})


def _voyages(
    tables: TableSet,
    stays: pd.DataFrame,
    aois: tuple[Aoi, ...],
    *,
    sea: Waters | None,
    refused: Collection[str],
    rule: LinkRule,
    parts: Parts | None,
    pool: Executor | None,
) -> TableSet:
    """VOYAGES, VOYAGE_LINKS and SHUTTLES."""
    linked = link_voyages(
        stays,
        tuple(aoi for aoi in aois if aoi.has_water),
        stacks=tables[STACKS],
        port_calls=tables[PORT_CALLS],
        positions=tables[POSITIONS],
        ais_voyages=tables[VOYAGES],
        berth_states=tables[BERTH_STATES],
        sea=sea,
        rule=rule,
        parts=parts,
        pool=pool,
    )
    return TableSet(
        {
            VOYAGES: _less(linked.voyages, "voyage_id", refused),
            VOYAGE_LINKS: linked.links,
            SHUTTLES: _less(linked.shuttles, "shuttle_id", refused),
        }
    )


def _series(
    tables: TableSet,
    now: pd.DataFrame,
    stays: pd.DataFrame,
    *,
    scenes: Sequence[Acquisition | Scene],
    rules: CorrelateRules,
    parts: Parts | None,
    pool: Executor | None,
) -> TableSet:
    """COUNTS, CHANGES and SHIPS_AND_STACKS; each port by itself."""
    given = TableSet({schema: tables[schema] for schema in (DETECTIONS, COVERAGE, STACKS, BERTH_STATES)})
    given |= TableSet({MATCHES: now, VISITS: stays})
    moving = moving_on_ais(now, tables[POSITIONS])
    of_port: dict[str, list[Acquisition | Scene]] = {}
    for scene in scenes:
        of_port.setdefault(acquisition_of(scene).aoi_id, []).append(scene)
    ports = {}
    for port in _ports(tables[COVERAGE]):
        own, shown = given.of(port), of_port.get(port, [])
        ports[port] = _Seen(
            own,
            has_stacks=len(tables[STACKS]) > 0,
            moving=moving & frozenset(own[DETECTIONS]["detection_id"]),
            together=observed_together(shown),
            small_craft_in=frozenset(scenes_with_small_craft(shown)),
            rule=rules.changes,
        )
    schemas = (COUNTS, CHANGES, SHIPS_AND_STACKS)
    made = each_part(
        _series_of, ports, step="series", schemas=schemas, parts=parts, pool=pool, progress="correlate, series"
    )
    return joined(made, schemas)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the series of a port are made from; `has_stacks` is whether stacks were measured at any port."""

    tables: TableSet
    has_stacks: bool
    moving: frozenset[str]
    together: tuple[tuple[str, ...], ...]
    small_craft_in: frozenset[str]
    rule: ChangeRule


def _series_of(port: _Seen) -> TableSet:
    tables = port.tables
    counted = count(
        tables[DETECTIONS],
        tables[COVERAGE],
        matches=tables[MATCHES],
        stacks=tables[STACKS] if port.has_stacks else None,
        moving=port.moving,
        berth_states=tables[BERTH_STATES],
        together=port.together,
        small_craft_in=port.small_craft_in,
    )
    return TableSet(
        {
            COUNTS: counted,
            CHANGES: change_points(counted, rule=port.rule),
            SHIPS_AND_STACKS: ships_and_stacks(tables[STACKS], counted, tables[VISITS]),
        }
    )


def _rates(
    tables: TableSet,
    counted: pd.DataFrame,
    period: TimeRange,
    rule: RateRule,
    parts: Parts | None,
    pool: Executor | None,
) -> TableSet:
    """RATES, and the DETECTABILITY of stays; each port by itself, and all anew once the period has another day."""
    given = TableSet({COUNTS: counted, BERTH_STATES: tables[BERTH_STATES]})
    named = sorted({*_ports(counted), *_ports(tables[BERTH_STATES])})
    ports = {port: (given.of(port), period, rule) for port in named}
    schemas = (RATES, DETECTABILITY)
    made = each_part(
        _rates_of, ports, step="rates", schemas=schemas, parts=parts, pool=pool, progress="correlate, rates"
    )
    return joined(made, schemas)


def _rates_of(port: tuple[TableSet, TimeRange, RateRule]) -> TableSet:
    tables, period, rule = port
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    return TableSet(
        {
            RATES: rates(tables[COUNTS], period=period, rule=rule),
            DETECTABILITY: detectability(tables[BERTH_STATES], start=start, end=end),
        }
    )


def _less(table: pd.DataFrame, key: str, refused: Collection[str]) -> pd.DataFrame:
    return table[~table[key].isin(list(refused))].reset_index(drop=True) if refused else table


def _span(scenes: Sequence[Acquisition | Scene]) -> TimeRange:
    at = [acquisition_of(scene).acquired_at for scene in scenes]
    start, end = (pd.Timestamp(instant).floor("D").to_pydatetime() for instant in (min(at), max(at)))
    return TimeRange(start, end + timedelta(days=1))
