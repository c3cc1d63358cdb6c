"""Tables and evidence for other programs and other people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.tables import DARK_EVENTS, DETECTIONS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange, isoformat
from monitor.io.atomic import write_bytes
from monitor.pipeline import snapshot
from monitor.pipeline.freshness import FINDINGS, Ports
from monitor.report.export.evidence import EvidenceInput, write_evidence
from monitor.report.export.formats import export as write_export
from monitor.report.export.formats import safe_csv
from monitor.report.export.layers import Content
from monitor.store import findings
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore


def export_tables(
    archive: Archive,
    store: PositionStore,
    ports: Ports,
    out: Path,
    *,
    format: str,  # noqa: A002
    period: TimeRange | None = None,
) -> list[Path]:
    """Write the tables of some ports in a format of `report.exports.FORMATS`; the files written."""
    tables = snapshot.tables(archive, store, ports).within(period)
    passes = snapshot.acquisitions(archive, ports, period)
    return write_export(Content(ports.aois, passes, tables, snapshot.software()), out, format=format)


def write_csv(table: pd.DataFrame, out: Path) -> Path:
    """A table as CSV that no spreadsheet takes for formulas."""
    return write_bytes(out, safe_csv(table))


def pack_evidence(archive: Archive, store: PositionStore, ports: Ports, id: str, out: Path) -> Path:  # noqa: A002
    """The zip of everything behind one detection, event or finding.

    Raises
    ------
    DataError
        Nothing has that id, or it rests on no detection.
    """
    tables = snapshot.tables(archive, store, ports, everything=True)
    finding = next((f for f in findings.from_text(archive.read_note(FINDINGS)) if f.id == id), None)
    name = _detection_behind(id, tables, finding)
    row = tables[DETECTIONS][tables[DETECTIONS]["detection_id"] == name].iloc[0]
    scene = archive.scene(str(row["scene_id"]))
    aoi = next(aoi for aoi in ports.aois if aoi.id == scene.acquisition.aoi_id)
    day = TimeRange(scene.acquisition.start, scene.acquisition.end + timedelta(seconds=1))
    given = EvidenceInput(
        id,
        name,
        aoi,
        scene.acquisition,
        archive.read_raster(scene.id),
        tables,
        snapshot.provenance(archive, store, ports, day),
        _bytes(scene.path / "request.json"),
        _bytes(scene.path / "item.json"),
        finding,
        _reviews(archive, {id, name}),
    )
    return write_evidence(given, out)


def _detection_behind(id: str, tables: TableSet, finding: Finding | None) -> str:  # noqa: A002
    known = set(tables[DETECTIONS]["detection_id"])
    events = dict(zip(tables[DARK_EVENTS]["event_id"], tables[DARK_EVENTS]["detection_id"], strict=True))
    names = [id, *(finding.evidence if finding else ())]
    for name in names:
        behind = str(events.get(name, name))
        if behind in known:
            return behind
    if finding is not None:
        raise DataError(
            f"{id}: this finding rests on no single detection; ask for one of {', '.join(finding.evidence)}"
        )
    raise DataError(f"{id}: no detection, event or finding has this id; `monitor export --format csv` lists them")


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _reviews(archive: Archive, subjects: set[str]) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Who decided what of these, as plain pairs."""
    rows = [r for r in archive.records("review") if str(r.body.get("subject")) in subjects]
    return tuple((("at", isoformat(r.at)), *((key, str(value)) for key, value in sorted(r.body.items()))) for r in rows)
