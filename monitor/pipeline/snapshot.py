"""The tables of a workspace as they are, read once a step; after it everything is pure until the step writes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pandas as pd

from monitor.core.parts import Parts, each_part, joined
from monitor.core.scenes.revisit import find_passes, missed_coverage
from monitor.core.scenes.scene import Scene
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
from monitor.pipeline.freshness import port_digests
from monitor.store.alerts import AlertStore
from monitor.store.archive import Archive
from monitor.store.parts import PartStore
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


OBSERVED = (DETECTIONS, COVERAGE, BERTH_PROFILES, LAND_PROFILES)
"""What the scenes of a port show, together."""


@dataclass(frozen=True, slots=True)
class _Port:
    """A port's scenes, and the names under which detectors stored the tables of each."""

    archive: Archive
    scenes: tuple[Scene, ...]
    keys: tuple[str, ...]


def read(context: Context, parts: Parts | None = None, pool: Executor | None = None) -> TableSet:
    """Every table of the workspace as it is; each is read from disk when it is first asked for.

    DETECTIONS and COVERAGE are those of the context's ports by the detectors and zones in force; COVERAGE has the
    passes that were searched for and not found too. MATCHES holds all versions. Detections that
    a reviewer rejected are still in: see `accepted`.

    Parameters
    ----------
    context : Context
    parts : Parts, optional
        Keeps what the scenes of each port show; what the last correlation kept is read in any case.
    pool : Executor, optional
        Takes ports side by side.
    """
    archive = context.archive
    observed = _Once(partial(_observed, context, parts or PartStore(archive, is_written=False), pool))
    derived: dict[Schema, Callable[[], pd.DataFrame]] = {
        schema: partial(archive.read_table, schema.name, schema) for schema in DERIVED
    }
    tables = TableSet(
        {
            **derived,
            **{schema: partial(observed, schema) for schema in OBSERVED},
            POSITIONS: context.positions.read,
            VESSELS: context.positions.vessels,
            REVIEWS: ReviewStore(archive).table,
            ALERTS: AlertStore(archive).table,
            AIR_POSITIONS: lambda: stored_positions(archive)[0],
            AIR_CLAIMS: partial(archive.read_table, AIR_CLAIMS.name, AIR_CLAIMS),
        }
    )
    return tables | {COVERAGE: lambda: _with_missed(context, tables[COVERAGE])}


class _Once:
    """A set of tables that is made when one of them is first asked for."""

    def __init__(self, make: Callable[[], TableSet]) -> None:
        self._make, self._made = make, TableSet()

    def __call__(self, schema: Schema) -> pd.DataFrame:
        if schema not in self._made:
            self._made = self._make()
        return self._made[schema]


def _observed(context: Context, parts: Parts, pool: Executor | None) -> TableSet:
    """`OBSERVED` of all ports, in their order."""
    archive, keys = context.archive.absolute(), dict[str, list[str]]()
    for aoi, _, key in context.table_keys():
        keys.setdefault(aoi.id, []).append(key)
    ports = {
        aoi.id: _Port(
            archive,
            tuple(scene for scene in context.scenes if scene.acquisition.aoi_id == aoi.id),
            tuple(keys.get(aoi.id, ())),
        )
        for aoi in context.aois
    }
    basis = port_digests(context)
    made = each_part(
        _observe, ports, step="observed", schemas=OBSERVED, parts=parts, basis=basis, pool=pool, progress="read, ports"
    )
    return joined(made, OBSERVED)


def _observe(port: _Port) -> TableSet:
    """DETECTIONS carry what all scenes of the port tell of them: fixed objects, classes, ships that are shown twice."""
    kinds = dict(zip(("detections", "coverage", "berths", "land"), OBSERVED, strict=True))
    read = TableSet(
        {
            schema: schema.join([port.archive.read_scene_tables(kind, key, schema, port.scenes) for key in port.keys])
            for kind, schema in kinds.items()
        }
    )
    found = mark_size_class(mark_fixed(read[DETECTIONS], read[COVERAGE]), port.scenes)
    return read | {DETECTIONS: mark_same_ships(found, observed_together(port.scenes))}


def decisions(tables: TableSet) -> ReviewDecisions:
    """What reviewers decided of the detections and of what was stated."""
    return decisions_of(tables[REVIEWS], tables[DETECTIONS])


def accepted(tables: TableSet) -> TableSet:
    """The tables without the detections that reviewers set aside."""
    return tables | {DETECTIONS: lambda: without(tables[DETECTIONS], decisions(tables))}


def current(tables: TableSet) -> TableSet:
    """The tables with the matches that stand alone, not their earlier versions."""
    return tables | {MATCHES: lambda: latest(tables[MATCHES])}


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
