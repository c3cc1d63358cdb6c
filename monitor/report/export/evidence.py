"""The chain of custody of one detection: pixels, pictures, tables and hashes in a zip."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rasterio.io import MemoryFile

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import DARK_EVENTS, DETECTIONS, GAP_CANDIDATES, GAPS, MATCHES
from monitor.core.tableset import TableSet
from monitor.core.wording import coordinates
from monitor.io.atomic import write_bytes
from monitor.io.geojson import feature, json_value
from monitor.report.page.blocks import Picture
from monitor.report.page.model import Provenance
from monitor.report.page.style import png
from monitor.report.page.wording import SIMULATED_LINE, acquired, platform, short
from monitor.report.tiles.frames import Frame, around, crop
from monitor.report.tiles.marks import marks, numbered, status_of
from monitor.report.tiles.overlay import Overlay
from monitor.report.tiles.stretch import measure
from monitor.report.tiles.tile import TileText, draw_tile, stamp

_EPOCH = (1980, 1, 1, 0, 0, 0)
_SIDE_M = 2000.0


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceInput:
    """What is packed.

    Attributes
    ----------
    subject : str
        Id of the finding, event or detection that was asked for.
    detection_id : str
        The detection it rests on.
    raster : Raster
        Pixels of its scene.
    tables : TableSet
        Those that speak of the scene; detections, matches, dark events, gaps and candidates are used.
    request, item : bytes, optional
        The archive's ``request.json`` and ``item.json`` as they lie there, None when there is none.
    reviews : tuple of tuple
        Rows of who decided what, as plain values.
    """

    subject: str
    detection_id: str
    aoi: Aoi
    acquisition: Acquisition
    raster: Raster
    tables: TableSet
    provenance: Provenance
    request: bytes | None = None
    item: bytes | None = None
    finding: Finding | None = None
    reviews: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def is_simulated(self) -> bool:
        """Whether the pixels are made up."""
        return self.acquisition.simulated or "SIMULATED" in self.raster.tags


def write_evidence(given: EvidenceInput, out: Path) -> Path:
    """A zip with ``MANIFEST.sha256`` that ``sha256sum -c`` accepts; the same input gives the same bytes.

    Raises
    ------
    DataError
        The detection is not in the tables.
    ArchiveError
        `out` cannot be written.
    """
    found = given.tables[DETECTIONS]
    found = numbered(found[found["scene_id"] == given.acquisition.id])
    mine = found[found["detection_id"] == given.detection_id]
    if mine.empty:
        raise DataError(f"detection {given.detection_id}: not among those of scene {given.acquisition.id}")
    place = mine.geometry.iloc[0].envelope.centroid
    frame = around(
        given.detection_id, f"{given.aoi.name or given.aoi.id}: {given.detection_id}", place.x, place.y, side_m=_SIDE_M
    )
    members = {"README.txt": _readme(given, frame), **_pictures(given, found, frame), **_chain(given, mine)}
    members["original/pixels.tif"] = geotiff(crop(given.raster, frame), simulated=given.is_simulated)
    manifest = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(members.items()))
    return write_bytes(out, zipped({**members, "MANIFEST.sha256": manifest.encode()}))


def geotiff(raster: Raster, *, simulated: bool) -> bytes:
    """The pixels as they are stored, lossless, with band names; zero where there is no data."""
    data = np.where(raster.valid, raster.data, 0).astype(raster.data.dtype)
    profile = {
        "driver": "GTiff",
        "count": len(raster.bands),
        "height": data.shape[1],
        "width": data.shape[2],
        "dtype": data.dtype.name,
        "crs": f"EPSG:{raster.grid.epsg}",
        "transform": raster.grid.transform,
        "nodata": 0,
        "compress": "deflate",
    }
    with MemoryFile() as memory:
        with memory.open(**profile) as target:
            target.write(data)
            for index, band in enumerate(raster.bands, 1):
                target.set_band_description(index, band)
            tags = {"SCALE": str(raster.scale), "OFFSET": str(raster.offset)}
            target.update_tags(**tags, **({"SIMULATED": SIMULATED_LINE} if simulated else {}))
        return bytes(memory.read())


def _pictures(given: EvidenceInput, found: pd.DataFrame, frame: Frame) -> dict[str, bytes]:
    raster = crop(given.raster, frame)
    scene, kind = given.acquisition, sensor(given.acquisition.sensor)
    stretch = measure(scene.sensor, [given.raster])
    status = status_of(found, given.tables[MATCHES], given.tables[DARK_EVENTS])
    shown = marks(found, status, raster.grid)
    record = next((r for r in given.provenance.scenes if r.scene_id == scene.id), None)
    text = TileText(
        title=frame.title,
        when=acquired(scene, given.aoi),
        lines=(
            f"{platform(scene, kind.name)} {kind.instrument} · {scene.level or 'level not recorded'} · bands "
            f"{'-'.join(dict.fromkeys(stretch.bands))}",
            f"Scene {scene.id}",
            f"request {short(record.request_sha256 if record else '')} · {given.provenance.software}",
        ),
        credit=f"{kind.credit} {scene.start.year}",
        alt=f"{frame.title}; annotated",
        simulated=given.is_simulated,
    )
    zones = given.aoi.watched
    colour = stretch.colour(raster)
    plain = png(stamp(colour) if given.is_simulated else colour, frame.title)
    annotated: Picture = draw_tile(raster, stretch, text, Overlay(shown, zones, given.aoi.geometry))
    return {"annotated.webp": annotated.data, "plain.png": plain.data}


def _chain(given: EvidenceInput, mine: pd.DataFrame) -> dict[str, bytes]:
    tables, scene = given.tables, given.acquisition
    matches = tables[MATCHES][tables[MATCHES]["detection_id"] == given.detection_id]
    events = tables[DARK_EVENTS][tables[DARK_EVENTS]["detection_id"] == given.detection_id]
    gap_ids = {gap for ids in events["gap_ids"] for gap in str(ids).split()}
    gaps = tables[GAPS][tables[GAPS]["gap_id"].isin(gap_ids)]
    candidates = tables[GAP_CANDIDATES][tables[GAP_CANDIDATES]["event_id"].isin(events["event_id"])]
    record = next((r for r in given.provenance.scenes if r.scene_id == scene.id), None)
    finding = given.finding
    made = {
        "subject": given.subject,
        "detection_id": given.detection_id,
        "simulated": given.is_simulated,
        "software": given.provenance.software,
        "scene_id": scene.id,
        "products": list(scene.product_ids),
        "request_sha256": record.request_sha256 if record else "",
        "pixels_sha256": record.pixels_sha256 if record else "",
        "weights": [{"name": w.name, "sha256": w.sha256, "note": w.note} for w in given.provenance.weights],
        "inputs": [{"name": i.name, "sha256": i.sha256, "note": i.note} for i in given.provenance.inputs],
        "thresholds": dict(given.provenance.thresholds),
        "matches": _rows(matches),
        "gaps": _rows(gaps),
        "gap_candidates": _rows(candidates),
        "dark_events": [feature("dark_events", row) for row in events.to_dict("records")],
        "reviews": [dict(row) for row in given.reviews],
        "finding": None
        if finding is None
        else {
            "id": finding.id,
            "claim": finding.claim,
            "likelihood": finding.likelihood,
            "confidence": finding.confidence,
            "reasons": list(finding.reasons),
            "alternatives": list(finding.alternatives),
            "evidence": list(finding.evidence),
        },
    }
    files = {"chain.json": _json(made), "detection.geojson": _json(feature("detections", mine.iloc[0].to_dict()))}
    kept = {"original/request.json": given.request, "original/item.json": given.item}
    return files | {name: data for name, data in kept.items() if data is not None}


def _readme(given: EvidenceInput, frame: Frame) -> bytes:
    scene = given.acquisition
    lines = [
        f"Evidence for {given.subject}",
        "",
        *([SIMULATED_LINE, ""] if given.is_simulated else []),
        f"Detection {given.detection_id}, {coordinates(frame.lon, frame.lat)}, {acquired(scene, given.aoi)}",
        *([f"Statement: {given.finding.claim}"] if given.finding else []),
        "",
        "original/pixels.tif    the scene's pixels around it, as stored (lossless)",
        "original/item.json     the archive's record of the scene",
        "original/request.json  what was asked of the source",
        "plain.png              the same pixels as a picture, nothing drawn on them",
        "annotated.webp         the tile with numbered boxes",
        "detection.geojson      the detection",
        "chain.json             hashes, weights, software, settings, matches, gaps, reviews",
        "MANIFEST.sha256        check with: sha256sum -c MANIFEST.sha256",
        "",
        "A detection is a candidate. Unmatched is not proof that AIS was switched off.",
        "",
    ]
    return "\n".join(lines).encode()


def _rows(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(k): json_value(v) for k, v in row.items()} for row in table.to_dict("records")]


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=json_value) + "\n").encode()


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of files by name, read-only, in order of names; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(members.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return out.getvalue()
