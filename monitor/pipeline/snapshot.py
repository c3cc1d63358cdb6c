"""The tables of a workspace as they are, read once a step; after it everything is pure until the step writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pandas as pd

from monitor.core.scenes.revisit import find_passes, missed_coverage
from monitor.core.schema import Schema
from monitor.core.tables import (
    AIR_CLAIMS,
    AIR_POSITIONS,
    ALERTS,
    BERTH_STATES,
    CHAIN_LINKS,
    CHAINS,
    CHANGES,
    CONTAINER_COUNTS,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTABILITY,
    DETECTIONS,
    GAP_CALLS,
    GAP_CANDIDATES,
    GAP_RULES,
    GAPS,
    IDENTITY,
    LAND_CHANGES,
    LAND_STATES,
    MATCHES,
    NULL_TESTS,
    OCCUPANCY,
    PORT_CALLS,
    POSITIONS,
    RATES,
    REVIEWS,
    SHIPS_AND_STACKS,
    SHUTTLES,
    STACKS,
    VESSELS,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.detect.context.infrastructure import mark_fixed
from monitor.detect.land.profiles import LAND_PROFILES
from monitor.fuse import latest
from monitor.fuse.identity.size_class import mark_size_class
from monitor.fuse.reviews import ReviewDecisions, without
from monitor.fuse.reviews import decisions as decisions_of
from monitor.fuse.series.same_ships import mark_same_ships
from monitor.fuse.series.together import observed_together
from monitor.pipeline.aviation.ingest import stored_positions
from monitor.pipeline.context import Context
from monitor.store.alerts import AlertStore
from monitor.store.reviews import ReviewStore
from monitor.store.searches import SearchStore

DERIVED = (
    BERTH_STATES,
    STACKS,
    CONTAINER_COUNTS,
    GAPS,
    GAP_RULES,
    GAP_CALLS,
    PORT_CALLS,
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
    LAND_STATES,
    LAND_CHANGES,
    CHAINS,
    CHAIN_LINKS,
)
"""What `correlate` makes: one file each, under the schema's name."""

SCORED = (
    MATCHES,
    DARK_EVENTS,
    GAP_CANDIDATES,
    IDENTITY,
    BERTH_STATES,
    STACKS,
    VISITS,
    VOYAGES,
    SHUTTLES,
    COUNTS,
    DETECTIONS,
    LAND_STATES,
    LAND_CHANGES,
    CHAINS,
    CHAIN_LINKS,
)
"""The tables that a season's truth is held against."""


def read(context: Context) -> TableSet:
    """Every table of the workspace as it is; each is read from disk when it is first asked for.

    DETECTIONS and COVERAGE are those of the context's ports by the detectors and zones in force; COVERAGE has the
    passes that were searched for and not found too. MATCHES holds all versions. Detections that
    a reviewer rejected are still in: see `accepted`.
    """
    archive = context.archive
    derived: dict[Schema, Callable[[], pd.DataFrame]] = {
        schema: partial(archive.read_table, schema.name, schema) for schema in DERIVED
    }
    tables = TableSet(
        {
            **derived,
            COVERAGE: partial(_of_scenes, context, "coverage", COVERAGE),
            BERTH_PROFILES: partial(_of_scenes, context, "berths", BERTH_PROFILES),
            LAND_PROFILES: partial(_of_scenes, context, "land", LAND_PROFILES),
            POSITIONS: context.positions.read,
            VESSELS: context.positions.vessels,
            REVIEWS: ReviewStore(archive).table,
            ALERTS: AlertStore(archive).table,
            AIR_POSITIONS: lambda: stored_positions(archive)[0],
            AIR_CLAIMS: partial(archive.read_table, AIR_CLAIMS.name, AIR_CLAIMS),
        }
    )
    return tables | {
        DETECTIONS: lambda: _marked(context, tables[COVERAGE]),
        COVERAGE: lambda: _with_missed(context, tables[COVERAGE]),
    }


def _marked(context: Context, coverage: pd.DataFrame) -> pd.DataFrame:
    """DETECTIONS with what the whole archive tells of them: fixed objects, classes, ships that are shown twice."""
    found = mark_fixed(_of_scenes(context, "detections", DETECTIONS), coverage)
    return mark_same_ships(mark_size_class(found, context.scenes), observed_together(context.scenes))


def decisions(tables: TableSet) -> ReviewDecisions:
    """What reviewers decided of the detections and of what was stated."""
    return decisions_of(tables[REVIEWS], tables[DETECTIONS])


def accepted(tables: TableSet) -> TableSet:
    """The tables without the detections that reviewers set aside."""
    return tables | {DETECTIONS: lambda: without(tables[DETECTIONS], decisions(tables))}


def current(tables: TableSet) -> TableSet:
    """The tables with the matches that stand alone, not their earlier versions."""
    return tables | {MATCHES: lambda: latest(tables[MATCHES])}


def _of_scenes(context: Context, kind: str, schema: Schema) -> pd.DataFrame:
    """One kind of table over all scenes, in order of port, sensor and time."""
    parts = []
    for aoi, _, key in context.table_keys():
        mine = [scene for scene in context.scenes if scene.acquisition.aoi_id == aoi.id]
        parts.append(context.archive.read_scene_tables(kind, key, schema, mine))
    return schema.join(parts)


def _with_missed(context: Context, seen: pd.DataFrame) -> pd.DataFrame:
    """COVERAGE of the scenes, and of the passes that were searched for and not found."""
    store = SearchStore(context.archive)
    searched, tried = store.searched(), store.tried()
    instants = [t for s in searched for t in (s.period.start, s.period.end)] + [attempt.start for attempt in tried]
    if not instants:
        return seen
    passes = find_passes(
        context.acquisitions,
        TimeRange(min(instants), max(instants) + timedelta(seconds=1)),
        now=context.now,
        searched=searched,
        tried=[attempt for attempt in tried if attempt.aoi_id in context.ids],
    )
    missed = [rows for aoi in context.aois if len(rows := missed_coverage(passes, aoi))]
    return COVERAGE.join([seen, *missed]) if missed else seen
