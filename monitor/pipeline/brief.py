"""The brief of what the archive holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from monitor.core.instants import TimeRange
from monitor.core.tables import SHUTTLES
from monitor.pipeline import correlate, findings, gather, issues
from monitor.pipeline.aircraft import flights, flights_part
from monitor.pipeline.keys import FINDINGS, NOTE, Ports, brief_note
from monitor.report import Brief, BriefInput, write_html, write_pdf
from monitor.report import build_brief as build
from monitor.report.timeline import shuttle_rows, stack_rows, visit_rows
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore


def write_brief(
    archive: Archive, store: PositionStore, ports: Ports, period: TimeRange, out: Path, *, pdf: bool = False
) -> list[Path]:
    """Write the brief of some ports over a period as HTML, and as PDF when asked for; the files written.

    Raises
    ------
    ArchiveError
        The archive cannot be read.
    DataError
        The file cannot be written.
    """
    given = brief_input(archive, store, ports, period)
    made = with_flights(build(given, archive.read_raster), archive, given)
    out.parent.mkdir(parents=True, exist_ok=True)
    written = [write_html(made, out)]
    if pdf:
        written.append(write_pdf(made, out.with_suffix(".pdf")))
    archive.write_note(brief_note(out), archive.read_note(NOTE))
    issues.note_issue(archive, ports, given.findings, given.issued_at)
    return written


def with_flights(made: Brief, archive: Archive, given: BriefInput) -> Brief:
    """The brief with its part on flights before the corrections, where traces or claims were read in."""
    found = flights(archive)
    if found.tracks.empty and found.claims.empty:
        return made
    until = pd.Timestamp(given.period.end)
    shuttles = shuttle_rows(archive.read_table("shuttles", SHUTTLES))
    beside = (visit_rows(given.tables.visits, until=until), shuttles, stack_rows(given.tables.stacks))
    part = flights_part(found, given.period, beside=beside, simulated=given.is_simulated)
    place = next((i for i, section in enumerate(made.sections) if section.id == "corrections"), len(made.sections))
    return replace(made, sections=(*made.sections[:place], part, *made.sections[place:]))


def brief_input(archive: Archive, store: PositionStore, ports: Ports, period: TimeRange) -> BriefInput:
    """Everything that a brief of these ports may state."""
    tables = gather.tables(archive, store, ports)
    now = datetime.now(UTC).replace(microsecond=0)
    cut_off = min(now, period.end)
    told = findings.from_text(archive.read_note(FINDINGS))
    ids = {aoi.id for aoi in ports.aois}
    inside = tuple(f for f in told if f.aoi_id in ids and period.overlaps(f.start, f.end))
    who, known = issues.reviewers(archive, inside)
    set_aside = correlate.told_of(archive, tables.detections).set_aside
    since = issues.last_issue(archive, ports)
    return BriefInput(
        ports.aois, period, now, cut_off, gather.acquisitions(archive, ports), tables,
        gather.provenance(archive, store, ports, period), inside,
        issues.corrections(archive, since, told, set_aside, now), reviewed_by=who,
        draft=f"{known} of {len(inside)} findings reviewed" if known else "not reviewed",
    )  # fmt: skip
