"""Put detections and AIS together, for all ports at once: a shuttle has two ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd

from monitor.ais import find_gaps, port_calls, voyages
from monitor.ais.coastline import shipped_shore
from monitor.ais.disabling import gap_rules
from monitor.ais.gap_reachability import gap_calls, usual_speeds
from monitor.ais.sea_routes import shipped_sea
from monitor.core.scene import Scene
from monitor.core.schema import Schema
from monitor.core.tables import (
    BERTH_STATES,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    GAP_CALLS,
    GAP_RULES,
    GAPS,
    MATCHES,
    NULL_TESTS,
    PORT_CALLS,
    POSITIONS,
    STACKS,
    VESSEL_WATCHLIST,
    VISITS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.detect.berths.occupancy import berth_states
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.detect.context.infrastructure import mark_fixed
from monitor.detect.stacks import stack_states
from monitor.fuse import CorrelateRules, DarkRule, correlate, latest, read_watchlist
from monitor.fuse.reviews import ReviewDecisions, decisions, without
from monitor.pipeline.ais_tables import port_points
from monitor.pipeline.freshness import FINDINGS, NOTE, Ports, made_from
from monitor.pipeline.rematch import note_matched, to_match
from monitor.store import findings
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore
from monitor.store.reviews import ReviewStore

DARK = DarkRule(score=0.6, real=((0.4, 0.15), (0.5, 0.3), (0.6, 0.62), (0.7, 0.82), (0.9, 0.93)))
"""When a detection of the shipped weights may be called dark. In a simulated season 13 of 16 unmatched detections of
score 0.6 or more were ships, and 6 of 21 of those below; set a little lower, since real ports are harder."""


def scene_tables(
    archive: Archive, ports: Ports, kind: str, schema: Schema, period: TimeRange | None = None
) -> pd.DataFrame:
    """One kind of per-scene table over all ports, in order of time."""
    parts = [
        archive.read_scene_tables(kind, key, schema, aoi_id=aoi.id, period=period) for aoi, key in ports.table_keys()
    ]
    return _joined(parts, schema)


def detections_of(archive: Archive, ports: Ports, period: TimeRange | None = None) -> pd.DataFrame:
    """DETECTIONS over all ports, in order of time, with what the whole archive says of fixed objects."""
    found = scene_tables(archive, ports, "detections", DETECTIONS)
    marked = mark_fixed(found, scene_tables(archive, ports, "coverage", COVERAGE))
    if period is None:
        return marked
    return marked[[at.to_pydatetime() in period for at in marked["acquired_at"]]].reset_index(drop=True)


def correlate_all(archive: Archive, store: PositionStore, ports: Ports, gap: timedelta) -> TableSet:
    """Derive every table from what the archive holds, and keep it there."""
    current, began = made_from(archive, ports, gap), datetime.now(UTC)
    scenes = [s for s in archive.scenes() if s.acquisition.aoi_id in {aoi.id for aoi in ports.aois}]
    detected = detections_of(archive, ports)
    told = review_decisions(archive, detected)
    detections = without(detected, told)
    coverage = scene_tables(archive, ports, "coverage", COVERAGE)
    states, stacks = states_of(scenes, ports, archive, detections, coverage)
    positions = store.read()
    gaps = find_gaps(positions, at_least=gap, until=_heard_until(positions))
    calls = port_calls(positions, port_points(ports.aois))
    legs = telling(voyages(calls), gap)
    given = TableSet(
        {
            DETECTIONS: detections,
            COVERAGE: coverage,
            BERTH_STATES: states,
            STACKS: stacks,
            POSITIONS: positions,
            GAPS: gaps,
            GAP_CALLS: gap_calls(gaps, port_points(ports.aois), sea=shipped_sea(), speeds_kn=usual_speeds(positions)),
            PORT_CALLS: calls,
            VOYAGES: legs,
            MATCHES: archive.read_table("matches", MATCHES),
            NULL_TESTS: archive.read_table("null_tests", NULL_TESTS),
            VESSEL_WATCHLIST: read_watchlist(),
        }
    )
    made, stated = correlate(
        given,
        ports.aois,
        scenes=scenes,
        sea=shipped_sea(),
        as_of=began,
        reviews=told,
        again=to_match(archive, store, ports, gap, scenes),
        rules=CorrelateRules(dark=DARK),
    )
    also = {schema: given[schema] for schema in (GAPS, PORT_CALLS, BERTH_STATES, STACKS, GAP_CALLS)}
    derived = made | also | {GAP_RULES: gap_rules(gaps, positions, land=shipped_shore())}
    for schema in derived:
        archive.write_table(schema.name, derived[schema])
    archive.write_note(FINDINGS, findings.to_text(stated))
    archive.write_note(NOTE, current)
    note_matched(archive, ports, gap, began)
    return made


def review_decisions(archive: Archive, detections: pd.DataFrame) -> ReviewDecisions:
    """What reviewers decided, of these detections and of what was stated."""
    return decisions(ReviewStore(archive).table(), detections)


def telling(legs: pd.DataFrame, gap: timedelta) -> pd.DataFrame:
    """The voyages that say something: between two ports, or back to the same one after a long silence."""
    silent = legs["silent_h"] >= gap.total_seconds() / 3600.0
    return legs[(legs["from_port"] != legs["to_port"]) | silent].reset_index(drop=True)


def states_of(
    scenes: Sequence[Scene], ports: Ports, archive: Archive, detections: pd.DataFrame, coverage: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """BERTH_STATES and STACKS of every observation at every port, each berth against its own past."""
    profiles = scene_tables(archive, ports, "berths", BERTH_PROFILES)
    berths, stacks = [BERTH_STATES.empty()], [STACKS.empty()]
    for aoi in ports.aois:
        observations = [scene.acquisition for scene in scenes if scene.acquisition.aoi_id == aoi.id]
        mine, seen = detections[detections["aoi_id"] == aoi.id], coverage[coverage["aoi_id"] == aoi.id]
        past = profiles[profiles["aoi_id"] == aoi.id]
        berths.append(berth_states(aoi, observations, detections=mine, coverage=seen, profiles=past))
        stacks.append(stack_states(aoi, observations, detections=mine, coverage=seen))
    return _joined(berths, BERTH_STATES), _joined(stacks, STACKS)


def _joined(parts: Sequence[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    some = [part for part in parts if len(part)]
    return schema.conform(pd.concat(some, ignore_index=True)) if some else schema.empty()


def _heard_until(positions: pd.DataFrame) -> datetime | None:
    """The last instant at which the feed is known to have run: that of its last position."""
    return positions["t"].max().to_pydatetime() if len(positions) else None


def standing(matches: pd.DataFrame) -> pd.DataFrame:
    """MATCHES as they now stand, of all versions."""
    return latest(matches)


def summary(result: TableSet, late: Sequence[str] = ()) -> str:
    """What came of it, in one line; `late` are the scenes that were matched again because AIS came late."""
    dark = int((result[DARK_EVENTS]["status"] == "dark").sum())
    text = f"{dark} dark events, {len(result[VISITS])} visits, {len(result[VOYAGES])} voyages"
    if not late:
        return text
    return f"{text}; AIS came late for {len(late)} scenes, matched again: {', '.join(late[:5])}" + (
        f" and {len(late) - 5} more" if len(late) > 5 else ""
    )
