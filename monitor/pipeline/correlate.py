"""Put detections and AIS together, for all ports at once: a shuttle has two ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from monitor.ais import find_gaps, port_calls, voyages
from monitor.ais.gaps.disabling import gap_rules
from monitor.ais.gaps.reachability import gap_calls, usual_speeds
from monitor.ais.sea.coastline import shipped_shore
from monitor.ais.sea.routes import shipped_sea
from monitor.core.aoi import Aoi
from monitor.core.parts import Parts, each_part, joined
from monitor.core.scenes.scene import Scene
from monitor.core.schema import Schema
from monitor.core.tables import (
    AIR_CALLS,
    AIR_RECEPTION,
    BERTH_STATES,
    CONTAINER_COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    GAP_CALLS,
    GAP_RULES,
    GAPS,
    LAND_CHANGES,
    LAND_STATES,
    PORT_CALLS,
    POSITIONS,
    STACKS,
    VESSEL_WATCHLIST,
    VISITS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.detect.base import CONTAINER, CONTAINER_STACK, finds
from monitor.detect.berths.occupancy import berth_states
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.detect.land.layout import has_land
from monitor.detect.land.profiles import LAND_PROFILES
from monitor.detect.stacks import stack_states
from monitor.fuse import CorrelateRules, correlate, read_watchlist
from monitor.fuse.dark.rules import AS_STATED, REAL_BY_SCORE, DarkRule
from monitor.fuse.land.changes import land_changes
from monitor.fuse.land.rules import LandRule
from monitor.fuse.land.states import land_states
from monitor.fuse.series.boxes import BoxError
from monitor.fuse.series.changes import ChangeRule
from monitor.fuse.series.containers import container_counts
from monitor.fuse.series.rates import RateRule
from monitor.fuse.stays.rules import VisitRule
from monitor.fuse.voyages.rules import LinkRule
from monitor.pipeline import snapshot
from monitor.pipeline.ais import rematch
from monitor.pipeline.ais.tables import port_points
from monitor.pipeline.aviation.derive import flights
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import AIR_NOTE, FINDINGS, NOTE, made_from, port_digests
from monitor.store import findings
from monitor.store.parts import PartStore


def rules_of(context: Context) -> CorrelateRules:
    """The rules that settings and detectors decide: scores that are fitted chances are taken as they are.

    Parameters
    ----------
    context : Context
        Its rules and detectors.
    """
    stated = [getattr(found, "scores_are_chances", None) for found in context.detectors.values()]
    optical = [one for one in stated if one is not None]
    real = AS_STATED if optical and all(optical) else REAL_BY_SCORE
    return CorrelateRules(
        dark=DarkRule(real=real),
        visits=VisitRule(real=real),
        links=LinkRule(prior=context.rules.shuttle_prior),
        chains=context.rules.chains,
        rates=RateRule.of(context.rules.false_alarms_per_year),
        changes=ChangeRule.of(context.rules.false_alarms_per_year),
    )


@dataclass(frozen=True, slots=True)
class Correlated:
    """What a correlation made.

    Attributes
    ----------
    tables : TableSet
        Those that put detections and AIS together.
    anew : mapping of str to tuple of str
        By step (``observed``, ``states``, ``stays``, ``series``, ``rates``, ``pairs``), the ports or pairs of ports
        that were derived anew; the others are as they were, since nothing that they are made from has changed.
    """

    tables: TableSet
    anew: Mapping[str, tuple[str, ...]]


def correlate_all(context: Context, *, pool: Executor | None = None) -> Correlated:
    """Derive every table from what the archive holds, and write it there.

    Ports, and pairs of them, of which nothing has changed are taken from what was kept of the last time.

    Parameters
    ----------
    context : Context
    pool : Executor, optional
        Takes ports, and pairs of them, side by side.

    Raises
    ------
    ArchiveError
        A file of the archive is damaged, or cannot be written.
    """
    basis, note, again = made_from(context), rematch.matched_note(context), rematch.to_match(context)
    parts = PartStore(context.archive)
    before = snapshot.read(context, parts, pool)
    tables = given(context, before, parts, pool)
    made, stated = correlate(
        tables,
        context.aois,
        scenes=tuple(context.scenes),
        sea=shipped_sea(),
        as_of=context.now,
        reviews=snapshot.decisions(before),
        again=again,
        rules=rules_of(context),
        parts=parts,
        pool=pool,
    )
    derived = tables | made
    for schema in snapshot.DERIVED:
        context.archive.write_table(schema.name, derived[schema])
    context.archive.write_note(FINDINGS, findings.to_text(stated))
    context.archive.write_note(rematch.MATCHED, note)
    context.archive.write_note(NOTE, basis)
    parts.sweep()
    return Correlated(made, {step: tuple(sorted(names)) for step, names in parts.made.items()})


def given(context: Context, tables: TableSet, parts: Parts, pool: Executor | None = None) -> TableSet:
    """What a correlation starts from: accepted detections with berth states and stacks, and the tables from AIS alone.

    COVERAGE is that of the archived scenes alone.

    Parameters
    ----------
    context : Context
    tables : TableSet
        As `snapshot.read` gives them.
    parts : Parts
        Keeps what is stated of each port's zones.
    pool : Executor, optional
        Takes ports side by side.
    """
    known = snapshot.accepted(tables)
    scenes = {scene.id for scene in context.scenes}
    seen = tables[COVERAGE]
    coverage = seen[seen["scene_id"].isin(scenes)].reset_index(drop=True)
    points, positions = port_points(context.aois), tables[POSITIONS]
    gaps = find_gaps(positions, at_least=context.rules.gap, until=_received_until(positions))
    calls = port_calls(positions, points)
    return (known | _states(context, known | {COVERAGE: coverage}, parts, pool)) | {
        COVERAGE: coverage,
        GAPS: gaps,
        GAP_RULES: gap_rules(gaps, positions, land=shipped_shore()),
        GAP_CALLS: gap_calls(gaps, points, sea=shipped_sea(), speeds_kn=usual_speeds(positions)),
        PORT_CALLS: calls,
        VOYAGES: informative(voyages(calls), context.rules.gap),
        VESSEL_WATCHLIST: read_watchlist(),
        **_flown(context),
    }


def _flown(context: Context) -> dict[Schema, Callable[[], pd.DataFrame]]:
    """AIR_CALLS and AIR_RECEPTION; none before any trace or claim was read in."""
    if not context.archive.read_note(AIR_NOTE).strip():
        return {}
    tables = flights(context.archive).tables
    return {schema: partial(tables.__getitem__, schema) for schema in (AIR_CALLS, AIR_RECEPTION)}


def informative(legs: pd.DataFrame, gap: timedelta) -> pd.DataFrame:
    """The VOYAGES between two ports, and those back to the same one after a silence of `gap` or longer."""
    silent = legs["silent_h"] >= gap.total_seconds() / 3600.0
    return legs[(legs["from_port"] != legs["to_port"]) | silent].reset_index(drop=True)


STATES = (BERTH_STATES, STACKS, CONTAINER_COUNTS, LAND_STATES, LAND_CHANGES)
"""What is stated of a port's zones at each of its observations."""


@dataclass(frozen=True, slots=True, eq=False)
class _Zones:
    """A port with what its scenes show.

    Attributes
    ----------
    tables : TableSet
        DETECTIONS that count, COVERAGE, BERTH_PROFILES and LAND_PROFILES.
    marks : mapping of str to frozenset of str
        By sensor, the classes that its detector marks.
    errors, at_berth : mapping of str
        By sensor, where its card has them, the errors of boxes and the share of ships at berth that is found.
    """

    aoi: Aoi
    scenes: tuple[Scene, ...]
    tables: TableSet
    marks: Mapping[str, frozenset[str]]
    errors: Mapping[str, BoxError]
    at_berth: Mapping[str, float]
    land: LandRule


def _states(context: Context, tables: TableSet, parts: Parts, pool: Executor | None) -> TableSet:
    """`STATES` of every port, each berth against its own past."""
    found = tables[DETECTIONS]
    marks = {
        kind: frozenset(finds(detector)) | frozenset(found.loc[found["sensor"] == kind, "class_name"])
        for kind, detector in context.detectors.items()
    }
    cards = {kind: measured(detector) for kind, detector in context.detectors.items()}
    errors = {kind: error for kind, card in cards.items() if (error := BoxError.of(card)) is not None}
    at_berth = {kind: share for kind, card in cards.items() if (share := recall_at_berth(card)) is not None}
    land = LandRule.of(context.rules.land_change_ha, context.rules.land_false_alarms_per_year)
    digests, ports, basis = port_digests(context), dict[str, _Zones](), dict[str, object]()
    shown = TableSet({schema: tables[schema] for schema in snapshot.OBSERVED})
    for aoi in context.aois:
        scenes = tuple(scene for scene in context.scenes if scene.acquisition.aoi_id == aoi.id)
        own = shown.of(aoi.id)
        ports[aoi.id] = _Zones(aoi, scenes, own, marks, errors, at_berth, land)
        counted = frozenset(own[DETECTIONS]["detection_id"])
        basis[aoi.id] = (digests[aoi.id], counted, marks, errors, at_berth, land)
    made = each_part(
        states_of, ports, step="states", schemas=STATES, parts=parts, basis=basis, pool=pool, progress="states, ports"
    )
    return joined(made, STATES)


def states_of(port: _Zones) -> TableSet:
    """`STATES` of a port.

    An observation by a detector that does not mark stacks, or boxes, has no row in that table.
    """
    aoi, tables = port.aoi, port.tables
    found, seen = tables[DETECTIONS], tables[COVERAGE]
    of_stacks, of_boxes = (
        [scene for scene in port.scenes if kind in port.marks.get(scene.acquisition.sensor, ())]
        for kind in (CONTAINER_STACK, CONTAINER)
    )
    passes, with_stacks = ([scene.acquisition for scene in some] for some in (port.scenes, of_stacks))
    pixels = {scene.id: scene.grid.gsd_m for scene in of_stacks}
    profiles = tables[BERTH_PROFILES]
    return land_of(aoi, tables, port.land) | {
        BERTH_STATES: berth_states(
            aoi, passes, detections=found, coverage=seen, profiles=profiles, finds=dict(port.at_berth)
        ),
        STACKS: stack_states(aoi, with_stacks, detections=found, coverage=seen, pixel_m=pixels),
        CONTAINER_COUNTS: container_counts(aoi, of_boxes, detections=found, coverage=seen, errors=dict(port.errors)),
    }


def land_of(aoi: Aoi, tables: TableSet, rule: LandRule) -> TableSet:
    """LAND_STATES and LAND_CHANGES of a place, against its own past; empty without land zones.

    Parameters
    ----------
    aoi : Aoi
    tables : TableSet
        With LAND_PROFILES of the place.
    rule : LandRule
    """
    if not has_land(aoi):
        return TableSet({LAND_STATES: LAND_STATES.empty(), LAND_CHANGES: LAND_CHANGES.empty()})
    profiles = tables[LAND_PROFILES]
    return TableSet({LAND_STATES: land_states(aoi, profiles), LAND_CHANGES: land_changes(aoi, profiles, rule)})


def measured(detector: object) -> Sequence[tuple[str, str, str]]:
    """What was measured of a detector, or of its weights: what, value and sample; empty where nothing was."""
    own = detector if hasattr(detector, "measured") else getattr(detector, "weights", None)
    found: Sequence[tuple[str, str, str]] = getattr(own, "measured", ())
    return found


def recall_at_berth(card: Sequence[tuple[str, str, str]]) -> float | None:
    """The share of the ships at berth that a model finds, by its card; None where that was not measured."""
    value = next((value for what, value, _ in card if what == "recall at berth"), None)
    return None if value is None else float(value.split()[0])


def _received_until(positions: pd.DataFrame) -> datetime | None:
    """The last instant at which the feed is known to have run: that of its last position."""
    return positions["t"].max().to_pydatetime() if len(positions) else None


def summary(made: Correlated, ports: int, late: Sequence[str] = ()) -> str:
    """What came of it, in one line.

    Parameters
    ----------
    made : Correlated
    ports : int
        How many there are.
    late : sequence of str
        The scenes that were matched again because AIS came late.
    """
    tables = made.tables
    dark = int((tables[DARK_EVENTS]["status"] == "dark").sum())
    text = f"{dark} dark events, {len(tables[VISITS])} visits, {len(tables[VOYAGES])} voyages"
    anew = made.anew.get("observed", ())
    if len(anew) < ports:
        text += f"; derived anew: {_some(anew) or 'none'} ({len(anew)} of {ports} ports)"
    return f"{text}; AIS came late for {len(late)} scenes, matched again: {_some(late)}" if late else text


def _some(names: Sequence[str]) -> str:
    """The first five, and how many more there are."""
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
