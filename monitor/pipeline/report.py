"""The brief of what the archive holds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pandas as pd

from monitor.core import progress
from monitor.core.scenes.scene import Raster
from monitor.core.tables import LEDGER, POSITIONS, TIMELINE
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.aviation.derive import Flights, flights
from monitor.pipeline.aviation.section import flights_part, timeline_rows
from monitor.pipeline.brief import history
from monitor.pipeline.brief.ledger import compare_ledger
from monitor.pipeline.brief.provenance import provenance
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import FINDINGS, brief_basis, brief_note
from monitor.report import Brief, BriefInput, write_html, write_pdf
from monitor.report import build_brief as build
from monitor.report.charts.timeline import timeline_chart
from monitor.report.page.blocks import Section
from monitor.report.page.model import ReadPixels
from monitor.report.sections.ledger import ledger_part
from monitor.store import findings

_MAP_MARGIN_DEG = 1.0


def write_brief(context: Context, period: TimeRange, out: Path, *, pdf: bool = False) -> list[Path]:
    """Write the brief of the context's ports over a period as HTML, and as PDF when asked for; the files written.

    Parameters
    ----------
    context : Context
        Its ports are what the brief is about.
    period : TimeRange
        What it is about; tables may reach further back.
    out : Path
        The HTML file.
    pdf : bool
        Write a PDF beside it.

    Raises
    ------
    ArchiveError
        The archive cannot be read, or the file not written.
    """
    tables, found = snapshot.read(context), flights(context.archive)
    given = brief_input(context, tables, period)
    made = compose(context, given, tables, found)
    written = [write_html(made, out)]
    if pdf:
        written.append(write_pdf(made, out.with_suffix(".pdf")))
    context.archive.write_note(brief_note(out), brief_basis(context.archive))
    history.note_issue(context, given.findings)
    return written


def compose(context: Context, given: BriefInput, tables: TableSet, found: Flights) -> Brief:
    """The brief with one timeline of everything, its parts on flights and on what others saw where there are any.

    Parameters
    ----------
    context : Context
        The archive gives pixels and published observations.
    given : BriefInput
        What the brief may state.
    tables : TableSet
        As `snapshot.read` gives them.
    found : Flights
        What traces and claims show.
    """
    names = {aoi.id: aoi.name or aoi.id for aoi in given.aois}
    mine = given.tables
    until = pd.Timestamp(given.period.end)
    rows = timeline_rows(found, mine, given.aois, until=until, elsewhere=given.elsewhere)
    parts = [Section("timeline", "One timeline", (timeline_chart("timeline-chart", rows, given.period),))]
    if not found.nothing:
        parts.append(flights_part(found, given.period, simulated=given.is_simulated))
    known = compare_ledger(context, tables)
    ledger = ledger_part(known, names, given.period, simulated=given.is_simulated)
    parts += [] if ledger is None else [ledger]
    stated = replace(given, tables=mine | {TIMELINE: rows, LEDGER: known})
    return build(stated, _counted(context.archive.read_raster), tuple(parts))


def _counted(read: ReadPixels) -> ReadPixels:
    """The same, which reports how many scenes were read."""
    number = itertools.count(1)

    def read_one(scene_id: str) -> Raster:
        progress.report("report, scenes drawn", next(number), 0)
        return read(scene_id)

    return read_one


def brief_input(context: Context, tables: TableSet, period: TimeRange) -> BriefInput:
    """Everything that a brief of the context's ports may state.

    Parameters
    ----------
    context : Context
        Its ports are what the brief is about.
    tables : TableSet
        As `snapshot.read` gives them.
    period : TimeRange
        What the brief is about.
    """
    stated = findings.from_text(context.archive.read_note(FINDINGS))
    inside = tuple(f for f in stated if f.aoi_id in context.ids and period.overlaps(f.start, f.end))
    who, reviewed = history.reviewers(tables, inside)
    now = context.now.replace(microsecond=0)
    return BriefInput(
        aois=context.aois,
        period=period,
        issued_at=now,
        cut_off=min(now, period.end),
        acquisitions=context.acquisitions,
        tables=shown(context, tables),
        provenance=provenance(context, period),
        findings=inside,
        corrections=history.corrections(context, tables, stated),
        reviewed_by=who,
        draft=f"{reviewed} of {len(inside)} findings reviewed" if reviewed else "not reviewed",
        distribution=context.rules.distribution,
        false_alarms_per_year=context.rules.false_alarms_per_year,
        elsewhere=context.elsewhere,
    )


def shown(context: Context, tables: TableSet) -> TableSet:
    """What a brief draws on: accepted detections, matches that stand, tracks around the context's ports."""
    near = tables | {POSITIONS: lambda: context.positions.read(bounds=_around(context))}
    return snapshot.current(snapshot.accepted(near)).of(context.ids)


def _around(context: Context) -> tuple[float, float, float, float]:
    """(west, south, east, north) around the ports, for the tracks that a map draws."""
    west, south, east, north = zip(*(aoi.geometry.bounds for aoi in context.aois), strict=True)
    margin = _MAP_MARGIN_DEG
    return min(west) - margin, min(south) - margin, max(east) + margin, max(north) + margin
