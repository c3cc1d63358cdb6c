"""Tables and evidence for other programs and other people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.tables import DARK_EVENTS, DETECTIONS, VOYAGE_LINKS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange, isoformat
from monitor.io.atomic import write_bytes
from monitor.pipeline import snapshot
from monitor.pipeline.brief.provenance import SOFTWARE, provenance
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import FINDINGS
from monitor.pipeline.report import shown
from monitor.report.export.evidence import EvidenceInput, write_evidence
from monitor.report.export.formats import export as write_export
from monitor.report.export.formats import safe_csv
from monitor.report.export.layers import Content
from monitor.store import findings
from monitor.store.archive import Archive


def export_tables(
    context: Context,
    out: Path,
    *,
    format: str,  # noqa: A002
    period: TimeRange | None = None,
    all_links: bool = False,
) -> list[Path]:
    """Write the tables of the context's ports in a format of `report.export.formats.FORMATS`; the files written.

    Parameters
    ----------
    context : Context
        Its ports.
    out : Path
        A file or a folder, as the format has it.
    format : str
        One of `FORMATS`.
    period : TimeRange, optional
        Only rows and scenes that share an instant with it.
    all_links : bool
        Also the VOYAGE_LINKS that were not chosen, a row each feasible pair of stays.

    Raises
    ------
    DataError
        There is no such format, or nothing can be written there.
    """
    return write_export(exported(context, period, all_links=all_links), out, format=format)


def exported(context: Context, period: TimeRange | None = None, *, all_links: bool = False) -> Content:
    """What an export of the context's ports holds.

    Parameters
    ----------
    context : Context
        Its ports.
    period : TimeRange, optional
        Only rows and scenes that share an instant with it.
    all_links : bool
        Also the VOYAGE_LINKS that were not chosen.
    """
    tables = shown(context, snapshot.read(context)).within(period)
    if not all_links:
        links = tables[VOYAGE_LINKS]
        tables = tables | {VOYAGE_LINKS: links[links["is_chosen"]].reset_index(drop=True)}
    scenes = tuple(s for s in context.scenes if period is None or s.acquisition.acquired_at in period)
    passes = tuple(scene.acquisition for scene in scenes)
    return Content(context.aois, passes, tables, SOFTWARE, scenes=scenes)


def write_csv(table: pd.DataFrame, out: Path) -> Path:
    """Write a table as CSV that no spreadsheet reads as formulas; the file."""
    write_bytes(out, safe_csv(table))
    return out


def pack_evidence(context: Context, id: str, out: Path) -> Path:  # noqa: A002
    """Write the zip of everything behind one detection, event or finding; the file.

    Parameters
    ----------
    context : Context
        Of all ports.
    id : str
        Of a detection, a dark event or a finding.
    out : Path
        The zip.

    Raises
    ------
    DataError
        Nothing has that id, or it rests on no detection.
    """
    archive, tables = context.archive, snapshot.current(snapshot.read(context))
    finding = next((f for f in findings.from_text(archive.read_note(FINDINGS)) if f.id == id), None)
    name = detection_behind(id, tables, finding)
    found = tables[DETECTIONS]
    row = found[found["detection_id"] == name].iloc[0]
    scene = archive.scene(str(row["scene_id"]))
    day = TimeRange(scene.acquisition.start, scene.acquisition.end + timedelta(seconds=1))
    evidence = EvidenceInput(
        id,
        name,
        next(aoi for aoi in context.aois if aoi.id == scene.acquisition.aoi_id),
        scene.acquisition,
        archive.read_raster(scene.id),
        tables,
        provenance(context, day),
        archive.scene_file(scene.id, "request.json"),
        archive.scene_file(scene.id, "item.json"),
        finding,
        _reviews(archive, {id, name}),
    )
    return write_evidence(evidence, out)


def detection_behind(id: str, tables: TableSet, finding: Finding | None) -> str:  # noqa: A002
    """The id of the detection that an id stands for.

    Parameters
    ----------
    id : str
        Of a detection, a dark event or a finding.
    tables : TableSet
        DETECTIONS and DARK_EVENTS are read.
    finding : Finding or None
        The one of that id, if there is one.

    Raises
    ------
    DataError
        Nothing has that id, or it rests on no detection.
    """
    known, dark = set(tables[DETECTIONS]["detection_id"]), tables[DARK_EVENTS]
    events = dict(zip(dark["event_id"], dark["detection_id"], strict=True))
    for name in [id, *(finding.evidence if finding else ())]:
        behind = str(events.get(name, name))
        if behind in known:
            return behind
    if finding is not None:
        raise DataError(
            f"{id}: this finding rests on no single detection; ask for one of {', '.join(finding.evidence)}"
        )
    raise DataError(f"{id}: no detection, event or finding has this id; `monitor export --format csv` lists them")


def _reviews(archive: Archive, subjects: set[str]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Who decided what of these, as plain pairs."""
    rows = [r for r in archive.records("review") if str(r.body.get("subject")) in subjects]
    return tuple((("at", isoformat(r.at)), *((key, str(value)) for key, value in sorted(r.body.items()))) for r in rows)
