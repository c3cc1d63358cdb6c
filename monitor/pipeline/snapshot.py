"""Everything the archive holds of some ports, as the report's tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.revisit import find_passes, missed_coverage
from monitor.core.scene import Acquisition
from monitor.core.tables import (
    BERTH_STATES,
    CHANGES,
    COUNTS,
    COVERAGE,
    DARK_EVENTS,
    DETECTIONS,
    GAP_CALLS,
    GAP_CANDIDATES,
    GAP_RULES,
    GAPS,
    MATCHES,
    NULL_TESTS,
    POSITIONS,
    SHUTTLES,
    STACKS,
    VESSELS,
    VISITS,
    VOYAGE_LINKS,
    VOYAGES,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.core.version import VERSION
from monitor.fuse import latest
from monitor.fuse.reviews import without
from monitor.pipeline.correlate import detections_of, review_decisions, scene_tables
from monitor.pipeline.freshness import Ports
from monitor.report.page.model import ErrorFigure, InputFile, Provenance, SceneRecord
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore
from monitor.store.searches import SearchStore


def tables(archive: Archive, store: PositionStore, ports: Ports, *, everything: bool = False) -> TableSet:
    """The tables of some ports; derived ones as `correlate` left them.

    Detections that reviewers set aside are left out, unless `everything` is asked for.
    """
    found = detections_of(archive, ports)
    mine = {aoi.id for aoi in ports.aois}

    def derived(name: str, schema: object) -> pd.DataFrame:
        table = archive.read_table(name, schema)  # type: ignore[arg-type]
        return table[table["aoi_id"].isin(mine)].reset_index(drop=True) if "aoi_id" in table else table

    return TableSet(
        {
            COVERAGE: _coverage(archive, ports),
            COUNTS: derived("counts", COUNTS),
            DETECTIONS: found if everything else without(found, review_decisions(archive, found)),
            MATCHES: latest(derived("matches", MATCHES)),
            DARK_EVENTS: derived("dark_events", DARK_EVENTS),
            GAPS: derived("gaps", GAPS),
            GAP_CANDIDATES: derived("gap_candidates", GAP_CANDIDATES),
            GAP_RULES: derived("gap_rules", GAP_RULES),
            GAP_CALLS: derived("gap_calls", GAP_CALLS),
            BERTH_STATES: derived("berth_states", BERTH_STATES),
            STACKS: derived("stacks", STACKS),
            VISITS: derived("visits", VISITS),
            VOYAGES: derived("voyages", VOYAGES),
            VOYAGE_LINKS: derived("voyage_links", VOYAGE_LINKS),
            SHUTTLES: derived("shuttles", SHUTTLES),
            CHANGES: derived("changes", CHANGES),
            NULL_TESTS: derived("null_tests", NULL_TESTS),
            POSITIONS: store.read(bounds=around(ports.aois)),
            VESSELS: store.vessels(),
        }
    )


def _coverage(archive: Archive, ports: Ports) -> pd.DataFrame:
    """What the scenes showed, and the passes that were looked for and not seen."""
    seen, book = scene_tables(archive, ports, "coverage", COVERAGE), SearchStore(archive)
    searched, tried = book.searched(), book.tried()
    instants = [t for s in searched for t in (s.period.start, s.period.end)] + [attempt.start for attempt in tried]
    if not instants:
        return seen
    mine = {aoi.id for aoi in ports.aois}
    passes = find_passes(
        [observation for observation in archive.acquisitions() if observation.aoi_id in mine],
        TimeRange(min(instants), max(instants) + timedelta(seconds=1)),
        now=datetime.now(UTC),
        searched=searched,
        tried=[attempt for attempt in tried if attempt.aoi_id in mine],
    )
    missed = [rows for aoi in ports.aois if len(rows := missed_coverage(passes, aoi))]
    return COVERAGE.conform(pd.concat([seen, *missed], ignore_index=True)) if missed else seen


def around(aois: Sequence[Aoi], margin_deg: float = 1.0) -> tuple[float, float, float, float]:
    """(west, south, east, north) around some ports, for the tracks that a map draws."""
    bounds = [aoi.geometry.bounds for aoi in aois]
    return (
        min(b[0] for b in bounds) - margin_deg,
        min(b[1] for b in bounds) - margin_deg,
        max(b[2] for b in bounds) + margin_deg,
        max(b[3] for b in bounds) + margin_deg,
    )


def acquisitions(archive: Archive, ports: Ports, period: TimeRange | None = None) -> tuple[Acquisition, ...]:
    """The acquisitions of the archived scenes of some ports."""
    return tuple(a for aoi in ports.aois for a in archive.acquisitions(aoi.id, period))


def provenance(archive: Archive, store: PositionStore, ports: Ports, period: TimeRange) -> Provenance:
    """Where everything came from: software, weights, scenes with their requests, AIS files, thresholds."""
    scenes = [scene for aoi in ports.aois for scene in archive.scenes(aoi.id, period)]
    by_sensor = {sensor: detector.key for sensor, detector in ports.detectors.items()}
    records = tuple(
        SceneRecord(
            scene.id,
            sha256(scene.path / "request.json"),
            sha256(scene.path / "pixels.tif"),
            by_sensor.get(scene.acquisition.sensor, ""),
        )
        for scene in scenes
    )
    inputs = tuple(InputFile(done.file, done.key, f"{done.positions} positions") for done in store.ingested())
    return Provenance(software(), weights(ports), records, inputs, thresholds(ports), errors(ports))


def software() -> str:
    """Name and version of the code."""
    return f"maritime-monitor {VERSION}"


def weights(ports: Ports) -> tuple[InputFile, ...]:
    """The model files in use, with their hashes."""
    found = []
    for detector in ports.detectors.values():
        entry = getattr(detector, "weights", None)
        if entry is not None:
            found.append(InputFile(entry.path.name, entry.sha256, detector.key))
    return tuple(found)


def errors(ports: Ports) -> tuple[ErrorFigure, ...]:
    """What was measured of the model files in use."""
    entries = [getattr(detector, "weights", None) for detector in ports.detectors.values()]
    return tuple(
        ErrorFigure(f"{e.name}: {what}", value, sample)
        for e in entries
        if e is not None
        for what, value, sample in e.measured
    )


def thresholds(ports: Ports) -> tuple[tuple[str, str], ...]:
    """Each detector's least score."""
    return tuple(
        (d.key, f"least score {getattr(d, 'least_score', float('nan')):.2f}") for d in ports.detectors.values()
    )


def sha256(path: Path) -> str:
    """The hash of a file, "" when it is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
