"""Everything that detections and AIS together say of a set of ports, in one pure function."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.columns import naive
from monitor.core.findings import Finding
from monitor.core.scene import Acquisition, Scene
from monitor.core.schema import Schema
from monitor.core.tables import (
    BERTH_STATES,
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
    PORT_CALLS,
    POSITIONS,
    RATES,
    SHIPS_AND_STACKS,
    SHUTTLES,
    STACKS,
    VESSEL_WATCHLIST,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.timerange import TimeRange
from monitor.fuse.dark.candidates import gap_candidates
from monitor.fuse.dark.events import DarkRule, dark_events, fixed_objects, stated_lengths
from monitor.fuse.findings.build import FindingTables, findings
from monitor.fuse.identity.identify import identify
from monitor.fuse.matching.likelihood import DEFAULT_MODEL, MatchModel
from monitor.fuse.matching.match import match
from monitor.fuse.matching.projection import acquisition_of
from monitor.fuse.matching.versions import latest, null_test, revise
from monitor.fuse.reviews import Verdicts
from monitor.fuse.series.counts import count, moving_on_ais
from monitor.fuse.series.rates import change_points, rates
from monitor.fuse.series.ships_and_stacks import ships_and_stacks
from monitor.fuse.stays.continuity import VisitRule
from monitor.fuse.stays.visits import detectability, visits
from monitor.fuse.voyages.distances import Waters
from monitor.fuse.voyages.links import link_voyages
from monitor.fuse.voyages.transit import LinkRule


@dataclass(frozen=True, slots=True, eq=False)
class CorrelateInput:
    """What is known before AIS and pixels meet; tables default to empty.

    Attributes
    ----------
    aois : the ports
    scenes : acquisitions or scenes of all ports, in any order
    period : what findings and rates are about; the scenes' own when not given. Tables may reach beyond it
    previous_matches : all versions so far; `as_of` stands on what changes
    ais_voyages : VOYAGES from port calls
    watchlist : see `monitor.fuse.identity.identify.VESSEL_WATCHLIST`
    sea : distances by water; without it they are lower bounds
    reviewed : what reviewers decided; `detections` are those that still count
    again : ids of the scenes to match; the others stand as `previous_matches` and `previous_nulls` have them. All when
        not given
    """

    aois: tuple[Aoi, ...]
    scenes: tuple[Acquisition | Scene, ...]
    detections: pd.DataFrame = field(default_factory=DETECTIONS.empty)
    coverage: pd.DataFrame = field(default_factory=COVERAGE.empty)
    berth_states: pd.DataFrame = field(default_factory=BERTH_STATES.empty)
    stacks: pd.DataFrame = field(default_factory=STACKS.empty)
    positions: pd.DataFrame = field(default_factory=POSITIONS.empty)
    gaps: pd.DataFrame = field(default_factory=GAPS.empty)
    port_calls: pd.DataFrame = field(default_factory=PORT_CALLS.empty)
    ais_voyages: pd.DataFrame = field(default_factory=VOYAGES.empty)
    previous_matches: pd.DataFrame = field(default_factory=MATCHES.empty)
    watchlist: pd.DataFrame = field(default_factory=VESSEL_WATCHLIST.empty)
    sea: Waters | None = None
    period: TimeRange | None = None
    as_of: datetime | None = None
    reviewed: Verdicts = field(default_factory=Verdicts)
    again: Collection[str] | None = None
    previous_nulls: pd.DataFrame = field(default_factory=NULL_TESTS.empty)


@dataclass(frozen=True, slots=True)
class CorrelateRules:
    """The numbers of every step."""

    match: MatchModel = DEFAULT_MODEL
    dark: DarkRule = field(default_factory=DarkRule)
    visits: VisitRule = field(default_factory=VisitRule)
    links: LinkRule = field(default_factory=LinkRule)
    null_shift: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Correlation:
    """All that comes of it. `matches` holds every version; `matches_now` those that stand."""

    matches: pd.DataFrame = field(default_factory=MATCHES.empty)
    null_tests: pd.DataFrame = field(default_factory=NULL_TESTS.empty)
    dark_events: pd.DataFrame = field(default_factory=DARK_EVENTS.empty)
    gap_candidates: pd.DataFrame = field(default_factory=GAP_CANDIDATES.empty)
    visits: pd.DataFrame = field(default_factory=VISITS.empty)
    detectability: pd.DataFrame = field(default_factory=DETECTABILITY.empty)
    voyages: pd.DataFrame = field(default_factory=VOYAGES.empty)
    voyage_links: pd.DataFrame = field(default_factory=VOYAGE_LINKS.empty)
    shuttles: pd.DataFrame = field(default_factory=SHUTTLES.empty)
    identity: pd.DataFrame = field(default_factory=IDENTITY.empty)
    counts: pd.DataFrame = field(default_factory=COUNTS.empty)
    rates: pd.DataFrame = field(default_factory=RATES.empty)
    changes: pd.DataFrame = field(default_factory=CHANGES.empty)
    ships_and_stacks: pd.DataFrame = field(default_factory=SHIPS_AND_STACKS.empty)
    findings: tuple[Finding, ...] = ()

    @property
    def matches_now(self) -> pd.DataFrame:
        """MATCHES as they now stand."""
        return latest(self.matches)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Name to table, for the archive."""
        names = [name for name in self.__slots__ if name != "findings"]
        return {name: getattr(self, name) for name in names}


def correlate(inputs: CorrelateInput, *, rules: CorrelateRules | None = None) -> Correlation:
    """Matches, dark events, visits, voyages, counts, changes and findings of a set of ports.

    Pure: nothing is read, written or asked of a clock. Empty tables give empty tables, never zeros.
    """
    rules = rules or CorrelateRules()
    if not inputs.scenes:
        return Correlation(matches=inputs.previous_matches, voyages=inputs.ais_voyages)
    matched, nulls, dark = _by_scene(inputs, rules)
    candidates = gap_candidates(dark, inputs.gaps, lengths=stated_lengths(inputs.positions), sea=inputs.sea)
    dark["gap_ids"] = _best_first(dark, candidates)
    now = latest(matched)
    stays = visits(
        inputs.berth_states,
        inputs.detections,
        now,
        coverage=inputs.coverage,
        port_calls=inputs.port_calls,
        rule=rules.visits,
    )
    refused = inputs.reviewed.statements
    stays = _less(stays, "visit_id", refused)
    period = inputs.period or _span(inputs)
    linked = link_voyages(
        stays,
        inputs.aois,
        stacks=inputs.stacks,
        port_calls=inputs.port_calls,
        positions=inputs.positions,
        ais_voyages=inputs.ais_voyages,
        berth_states=inputs.berth_states,
        sea=inputs.sea,
        rule=rules.links,
    )
    moving = moving_on_ais(now, inputs.positions)
    counted = count(
        inputs.detections,
        inputs.coverage,
        matches=now,
        stacks=inputs.stacks,
        moving=moving,
        berth_states=inputs.berth_states,
    )
    made = Correlation(
        matched,
        nulls,
        dark,
        candidates,
        stays,
        detectability(inputs.berth_states, start=pd.Timestamp(period.start), end=pd.Timestamp(period.end)),
        _less(linked.voyages, "voyage_id", refused),
        linked.links,
        _less(linked.shuttles, "shuttle_id", refused),
        identify(stays, inputs.watchlist, positions=inputs.positions, aois=inputs.aois),
        counted,
        rates(counted, period=period),
        change_points(counted),
        ships_and_stacks(inputs.stacks, counted, stays),
    )
    return _with_findings(made, inputs, period)


def _less(table: pd.DataFrame, key: str, refused: Collection[str]) -> pd.DataFrame:
    return table[~table[key].isin(list(refused))].reset_index(drop=True) if refused else table


def _with_findings(made: Correlation, inputs: CorrelateInput, period: TimeRange) -> Correlation:
    tables = FindingTables(
        dark_events=made.dark_events,
        visits=made.visits,
        detectability=made.detectability,
        voyages=made.voyages,
        shuttles=made.shuttles,
        counts=made.counts,
        rates=made.rates,
        stacks=inputs.stacks,
        gaps=inputs.gaps,
        coverage=inputs.coverage,
        identity=made.identity,
        gap_candidates=made.gap_candidates,
    )
    values = {name: getattr(made, name) for name in made.__slots__}
    told = findings(inputs.aois, tables, period=period)
    return Correlation(**{**values, "findings": tuple(f for f in told if f.id not in inputs.reviewed.statements)})


def _by_scene(inputs: CorrelateInput, rules: CorrelateRules) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    positions = inputs.positions
    if not positions["t"].is_monotonic_increasing:
        positions = positions.sort_values("t", kind="stable", ignore_index=True)
    times = naive(positions["t"])
    of_scene = dict(tuple(inputs.detections.groupby("scene_id"))) if len(inputs.detections) else {}
    none = DETECTIONS.empty()
    reach = timedelta(hours=rules.match.longest_silence_h) + rules.null_shift
    found, nulls = [], []
    due = [scene for scene in inputs.scenes if inputs.again is None or scene.id in inputs.again]
    for scene in sorted(due, key=lambda s: (acquisition_of(s).acquired_at, s.id)):
        at = acquisition_of(scene).acquired_at
        low, high = np.searchsorted(times, naive(pd.Series([pd.Timestamp(at - reach), pd.Timestamp(at + reach)])))
        near = positions.iloc[low:high]
        ships = of_scene.get(scene.id, none)
        rows = match(ships, near, scene=scene, model=rules.match)
        found.append(rows)
        if len(ships):
            nulls.append(null_test(ships, near, scene=scene, matches=rows, shift=rules.null_shift, model=rules.match))
    current = _stack(found, MATCHES)
    scenes = [scene.id for scene in due]
    previous, as_of = inputs.previous_matches, inputs.as_of
    matched = current if as_of is None else revise(previous, current, as_of=as_of, scenes=scenes)
    return matched, _nulls(nulls, inputs), _dark(matched, inputs, rules)


def _nulls(made: list[pd.DataFrame], inputs: CorrelateInput) -> pd.DataFrame:
    """The NULL_TESTS made now and, of scenes that were not matched again, those of before; in order of time."""
    if inputs.again is None:
        return _stack(made, NULL_TESTS)
    before = inputs.previous_nulls
    table = _stack([before[~before["scene_id"].isin(list(inputs.again))], *made], NULL_TESTS)
    return table.sort_values(["acquired_at", "scene_id"], kind="stable", ignore_index=True)


def _dark(matched: pd.DataFrame, inputs: CorrelateInput, rules: CorrelateRules) -> pd.DataFrame:
    if inputs.detections.empty:
        return DARK_EVENTS.empty()
    ports = inputs.detections.groupby("aoi_id")
    fixed = {name for _, ships in ports for name in fixed_objects(ships, rule=rules.dark)}
    heard = inputs.positions if len(inputs.positions) else None
    kept = inputs.reviewed.kept
    return dark_events(inputs.detections, matched, heard, fixed=fixed, confirmed=kept, rule=rules.dark)


def _best_first(dark: pd.DataFrame, candidates: pd.DataFrame) -> list[str]:
    by_event = candidates.groupby("event_id")["gap_id"].agg(" ".join) if len(candidates) else {}
    return [str(by_event.get(event, "")) for event in dark["event_id"]]


def _stack(parts: list[pd.DataFrame], schema: Schema) -> pd.DataFrame:
    some = [part for part in parts if len(part)]
    return schema.conform(pd.concat(some, ignore_index=True)) if some else schema.empty()


def _span(inputs: CorrelateInput) -> TimeRange:
    at = [acquisition_of(scene).acquired_at for scene in inputs.scenes]
    start, end = (pd.Timestamp(instant).floor("D").to_pydatetime() for instant in (min(at), max(at)))
    return TimeRange(start, end + timedelta(days=1))
