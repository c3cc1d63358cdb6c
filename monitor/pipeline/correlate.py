"""Put detections and AIS together, for all ports at once: a shuttle has two ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial

import pandas as pd

from monitor.ais import find_gaps, port_calls, voyages
from monitor.ais.gaps.disabling import gap_rules
from monitor.ais.gaps.reachability import gap_calls, usual_speeds
from monitor.ais.sea.coastline import shipped_shore
from monitor.ais.sea.routes import shipped_sea
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
from monitor.pipeline.freshness import AIR_NOTE, FINDINGS, NOTE, made_from
from monitor.store import findings


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


def correlate_all(context: Context, *, pool: Executor | None = None) -> TableSet:
    """Derive every table from what the archive holds, and write it there; those that put detections and AIS together.

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
    before = snapshot.read(context)
    tables = given(context, before)
    made, stated = correlate(
        tables,
        context.aois,
        scenes=tuple(context.scenes),
        sea=shipped_sea(),
        as_of=context.now,
        reviews=snapshot.decisions(before),
        again=again,
        rules=rules_of(context),
        pool=pool,
    )
    derived = tables | made
    for schema in snapshot.DERIVED:
        context.archive.write_table(schema.name, derived[schema])
    context.archive.write_note(FINDINGS, findings.to_text(stated))
    context.archive.write_note(rematch.MATCHED, note)
    context.archive.write_note(NOTE, basis)
    return made


def given(context: Context, tables: TableSet) -> TableSet:
    """What a correlation starts from: accepted detections with berth states and stacks, and the tables from AIS alone.

    COVERAGE is that of the archived scenes alone.
    """
    known = snapshot.accepted(tables)
    scenes = {scene.id for scene in context.scenes}
    seen = tables[COVERAGE]
    coverage = seen[seen["scene_id"].isin(scenes)].reset_index(drop=True)
    states = states_of(context, known | {COVERAGE: coverage})
    points, positions = port_points(context.aois), tables[POSITIONS]
    gaps = find_gaps(positions, at_least=context.rules.gap, until=_received_until(positions))
    calls = port_calls(positions, points)
    return (known | states | land_of(context, known)) | {
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


def states_of(context: Context, tables: TableSet) -> TableSet:
    """BERTH_STATES, STACKS and CONTAINER_COUNTS of every observation of every port, each berth against its own past.

    An observation by a detector that does not mark stacks, or boxes, has no row in that table.
    """
    found = tables[DETECTIONS]
    marked = {
        kind: finds(detector) | set(found.loc[found["sensor"] == kind, "class_name"])
        for kind, detector in context.detectors.items()
    }
    cards = {kind: measured(detector) for kind, detector in context.detectors.items()}
    errors = {kind: error for kind, card in cards.items() if (error := BoxError.of(card)) is not None}
    at_berth = {kind: share for kind, card in cards.items() if (share := recall_at_berth(card)) is not None}
    berths, stacks, boxes = [], [], []
    for aoi in context.aois:
        scenes = [scene for scene in context.scenes if scene.acquisition.aoi_id == aoi.id]
        mine = tables.of(aoi.id)
        found, seen = mine[DETECTIONS], mine[COVERAGE]
        passes = [scene.acquisition for scene in scenes]
        berths.append(
            berth_states(aoi, passes, detections=found, coverage=seen, profiles=mine[BERTH_PROFILES], finds=at_berth)
        )
        of_stacks, of_boxes = (
            [scene for scene in scenes if kind in marked.get(scene.acquisition.sensor, ())]
            for kind in (CONTAINER_STACK, CONTAINER)
        )
        pixels = {scene.id: scene.grid.gsd_m for scene in of_stacks}
        passes = [scene.acquisition for scene in of_stacks]
        stacks.append(stack_states(aoi, passes, detections=found, coverage=seen, pixel_m=pixels))
        boxes.append(container_counts(aoi, of_boxes, detections=found, coverage=seen, errors=errors))
    return TableSet(
        {
            BERTH_STATES: BERTH_STATES.join(berths),
            STACKS: STACKS.join(stacks),
            CONTAINER_COUNTS: CONTAINER_COUNTS.join(boxes),
        }
    )


def land_of(context: Context, tables: TableSet) -> TableSet:
    """LAND_STATES and LAND_CHANGES of every place with land zones, each against its own past.

    Parameters
    ----------
    context : Context
        Its places and rules.
    tables : TableSet
        With LAND_PROFILES.
    """
    rule = LandRule.of(context.rules.land_change_ha, context.rules.land_false_alarms_per_year)
    states, changes = [], []
    for aoi in context.aois:
        if has_land(aoi):
            profiles = tables.of(aoi.id)[LAND_PROFILES]
            states.append(land_states(aoi, profiles))
            changes.append(land_changes(aoi, profiles, rule))
    return TableSet({LAND_STATES: LAND_STATES.join(states), LAND_CHANGES: LAND_CHANGES.join(changes)})


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


def summary(tables: TableSet, late: Sequence[str] = ()) -> str:
    """What came of it, in one line; `late` are the scenes that were matched again because AIS came late."""
    dark = int((tables[DARK_EVENTS]["status"] == "dark").sum())
    text = f"{dark} dark events, {len(tables[VISITS])} visits, {len(tables[VOYAGES])} voyages"
    if not late:
        return text
    return f"{text}; AIS came late for {len(late)} scenes, matched again: {', '.join(late[:5])}" + (
        f" and {len(late) - 5} more" if len(late) > 5 else ""
    )
