"""The brief of what the archive holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from monitor.core.tables import DETECTIONS, STACKS, VISITS
from monitor.core.timerange import TimeRange
from monitor.pipeline import brief_history, correlate, snapshot
from monitor.pipeline.aviation.derive import flights
from monitor.pipeline.aviation.section import flights_part, timeline_rows
from monitor.pipeline.freshness import FINDINGS, Ports, brief_basis, brief_note
from monitor.pipeline.ledger import with_ledger
from monitor.report import Brief, BriefInput, write_html, write_pdf
from monitor.report import build_brief as build
from monitor.report.charts.timeline import timeline_chart
from monitor.report.page.blocks import Section
from monitor.store import findings
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore


def write_brief(
    archive: Archive,
    store: PositionStore,
    ports: Ports,
    period: TimeRange,
    out: Path,
    *,
    pdf: bool = False,
    distribution: str = "",
) -> list[Path]:
    """Write the brief of some ports over a period as HTML, and as PDF when asked for; the files written.

    `distribution` is a line for the header, such as who may read it.

    Raises
    ------
    ArchiveError
        The archive cannot be read, or the file not written.
    """
    given = replace(brief_input(archive, store, ports, period), distribution=distribution)
    made = with_flights(build(given, archive.read_raster), archive, given)
    made = with_ledger(made, archive, ports, given)
    out.parent.mkdir(parents=True, exist_ok=True)
    written = [write_html(made, out)]
    if pdf:
        written.append(write_pdf(made, out.with_suffix(".pdf")))
    archive.write_note(brief_note(out), brief_basis(archive))
    brief_history.note_issue(archive, ports, given.findings, given.issued_at)
    return written


def with_flights(made: Brief, archive: Archive, given: BriefInput) -> Brief:
    """The brief with one timeline of everything, and with its part on flights where any were read in."""
    found = flights(archive)
    until = pd.Timestamp(given.period.end)
    rows = timeline_rows(archive, found, given.tables[VISITS], given.tables[STACKS], until=until)
    parts = [Section("timeline", "One timeline", (timeline_chart("timeline-chart", rows, given.period),))]
    if not found.nothing:
        parts.append(flights_part(found, given.period, simulated=given.is_simulated))
    place = next((i for i, section in enumerate(made.sections) if section.id == "corrections"), len(made.sections))
    return replace(made, sections=(*made.sections[:place], *parts, *made.sections[place:]))


def brief_input(archive: Archive, store: PositionStore, ports: Ports, period: TimeRange) -> BriefInput:
    """Everything that a brief of these ports may state."""
    tables = snapshot.tables(archive, store, ports)
    now = datetime.now(UTC).replace(microsecond=0)
    cut_off = min(now, period.end)
    told = findings.from_text(archive.read_note(FINDINGS))
    ids = {aoi.id for aoi in ports.aois}
    inside = tuple(f for f in told if f.aoi_id in ids and period.overlaps(f.start, f.end))
    who, known = brief_history.reviewers(archive, inside)
    set_aside = correlate.review_decisions(archive, tables[DETECTIONS]).set_aside
    since = brief_history.last_issue(archive, ports)
    return BriefInput(
        ports.aois,
        period,
        now,
        cut_off,
        snapshot.acquisitions(archive, ports),
        tables,
        snapshot.provenance(archive, store, ports, period),
        inside,
        brief_history.corrections(archive, since, told, set_aside, now),
        reviewed_by=who,
        draft=f"{known} of {len(inside)} findings reviewed" if known else "not reviewed",
    )
