"""What stands at the end: corrections, method, provenance, downloads, glossary."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from monitor.core.scenes.sensors import sensor
from monitor.core.tables import CONTAINER_COUNTS, DETECTIONS
from monitor.core.timerange import isoformat
from monitor.core.wording import minute
from monitor.fuse.findings.wording import CONTENTS, GAP_CAVEAT, NAME_RULE, SNAPSHOT, UNMATCHED_CAVEAT
from monitor.io.geojson import feature, json_value
from monitor.report.export.formats import safe_csv
from monitor.report.export.layers import detections_layer
from monitor.report.page.blocks import Cell, Download, Downloads, Section, Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import (
    CONTENT_LIMIT,
    FINE_LIMIT,
    GAP_LIMIT,
    IDENTITY_LIMIT,
    SIMULATED_LINE,
    UNMATCHED_LIMIT,
    short,
    when,
)
from monitor.report.sections.land import method as land

_MOST_ERRORS = 2
_LADDER = "Likelihood words follow ICD 203."
_SHIPS_IN_FULL = (
    "Satellite passes over the port become scenes; a detector marks candidate vessels and container stacks; each is "
    "compared with where AIS puts vessels at the scene's instant; what no AIS explains is reported with its evidence."
)
_ON_LAND = (
    ("Clear observation", "a satellite pass in which the place, or the zone that is spoken of, was seen"),
    ("Lasting change", "ground that at least two clear observations in a row show to be another than before"),
    ("Share", "how much of a zone's tracks or of its area is occupied, from 0 to 1"),
)
_AFLOAT = (
    ("AIS", "automatic identification system: what ships broadcast of themselves"),
    ("Clear observation", "a satellite pass in which the water of the port was seen"),
    ("Dark event", "a detection that is likely to be a ship without AIS, where AIS is shown to be received"),
    ("Detection", "an object that the detector marked, with a score from 0 to 1; a candidate, not a certainty"),
    ("Gap", "silence in AIS longer than a threshold; it says nothing of intent"),
    ("MMSI", "nine-digit number a ship broadcasts; it can be shared, changed or false"),
    ("Stack", "a block of containers, measured by length and area"),
    ("Visit", "a stay at a berth, bounded by the observations before and after its ends"),
)


def corrections(given: BriefInput) -> Section:
    """What earlier issues stated that no longer holds."""
    rows = tuple((Cell(minute(c.when)), Cell(c.what), Cell(c.why)) for c in given.corrections)
    table = Table(
        "Corrections",
        ("When", "What changed", "Why"),
        rows,
        empty="None recorded since the last issue. AIS that arrives late can still change a status.",
    )
    return Section("corrections", "What changed since the last issue", (table,))


def method(given: BriefInput) -> Section:
    """How it was done, how wrong it can be, and what it cannot show, in half a page."""
    words, limits = list[str](), list[str]()
    if given.has_ships:
        errors = [f"{e.what.split(': ')[-1]} {e.value}" for e in given.provenance.errors][:_MOST_ERRORS]
        measured = (
            f"Measured error: {'; '.join(errors)}."
            if errors
            else "No measured error was given with the weights, so treat every count as unverified."
        )
        words += [
            "A detector marks what looks like ships and container stacks; AIS at that instant explains them or not. "
            f"{_LADDER}",
            measured,
        ]
        limits += [CONTENTS, UNMATCHED_CAVEAT, GAP_CAVEAT, NAME_RULE]
    if land.is_of_land(given):
        words += [land.HOW if given.has_ships else f"{land.HOW} {_LADDER}", land.ERROR]
        limits += land.LIMITS
    return Section("method", "Method and error", (Text(tuple(words)), Text(tuple(limits), "list")))


def method_in_full(given: BriefInput) -> Section:
    """Measured errors with their samples, settings, and the limits at length."""
    record, of_land = given.provenance, land.is_of_land(given)
    figures = (*(record.errors if given.has_ships else ()), *(land.LAND_ERRORS if of_land else ()))
    errors = Table(
        "Measured error",
        ("What", "Value", "Sample"),
        tuple((Cell(e.what), Cell(e.value), Cell(e.sample)) for e in figures),
        empty="No measured error was given with the weights; treat every count as unverified.",
    )
    used = Table(
        "Thresholds and settings",
        ("Setting", "Value"),
        tuple((Cell(name), Cell(value)) for name, value in (record.thresholds if given.has_ships else ())),
        compact=True,
        empty="None recorded.",
    )
    how = (
        *((_SHIPS_IN_FULL,) if given.has_ships else ()),
        *((land.HOW,) if of_land else ()),
        "Likelihood words follow Intelligence Community Directive 203 (likely = 55–80 %). Confidence is stated apart "
        "from likelihood, with its reasons.",
    )
    limits = (
        *((CONTENT_LIMIT, IDENTITY_LIMIT, UNMATCHED_LIMIT, GAP_LIMIT) if given.has_ships else ()),
        *(land.LIMITS if of_land else ()),
        SNAPSHOT,
        *((FINE_LIMIT,) if len(given.tables[CONTAINER_COUNTS]) else ()),
    )
    return Section("method-full", "Method, error and limits in full", (Text(how), errors, used, Text(limits, "list")))


def provenance(given: BriefInput, digest: str) -> Section:
    """The chain from every number to files: scenes, hashes, weights, software, inputs."""
    record = given.provenance
    by_scene = {r.scene_id: r for r in record.scenes}
    scenes = Table(
        "Scenes",
        ("Scene", "Place", "Instant", "Sensor, level", "Request SHA-256", "Pixels SHA-256", "Detector"),
        tuple(_scene_row(given, a.id, by_scene) for a in given.acquisitions if a.start < given.period.end),
        compact=True,
        empty="No scene.",
    )
    weights = Table(
        "Weights",
        ("Detector", "SHA-256", "Note"),
        tuple((Cell(w.name), Cell(w.sha256, "hash"), Cell(w.note)) for w in record.weights if given.has_ships),
        compact=True,
        empty="No detector's weights are recorded." if given.has_ships else "No detector is used without water.",
    )
    inputs = Table(
        "Input files",
        ("File", "SHA-256", "Taken from it"),
        tuple((Cell(i.name), Cell(i.sha256, "hash"), Cell(i.note)) for i in record.inputs),
        compact=True,
        empty="None recorded.",
    )
    credit = {sensor(a.sensor).credit + f" {a.start.year}" for a in given.acquisitions if not a.simulated}
    notices = [*sorted(credit), *sorted({aoi.attribution for aoi in given.aois if aoi.attribution})]
    if given.is_simulated:
        notices.insert(0, SIMULATED_LINE)
    facts = Table(
        "This brief",
        ("Fact", "Value"),
        (
            (Cell("Software"), Cell(record.software)),
            (Cell("SHA-256 of its input"), Cell(digest, "hash")),
            (Cell("Issued at"), Cell(minute(given.issued_at))),
            (Cell("Data cut-off"), Cell(minute(given.cut_off))),
        ),
        compact=True,
    )
    known = dict(_AFLOAT if given.has_ships else ()) | dict(_ON_LAND if land.is_of_land(given) else ())
    words = tuple((Cell(word), Cell(known[word])) for word in sorted(known))
    glossary = Table("Glossary", ("Word", "Meaning"), words, compact=True)
    return Section(
        "provenance",
        "Provenance and data",
        (facts, weights, inputs, scenes, downloads(given, digest), Text(tuple(notices), "note"), glossary),
    )


def _scene_row(given: BriefInput, scene_id: str, records: Mapping[str, object]) -> tuple[Cell, ...]:
    scene = next(a for a in given.acquisitions if a.id == scene_id)
    record = records.get(scene_id)
    request, pixels = (str(getattr(record, name, "")) for name in ("request_sha256", "pixels_sha256"))
    aoi = next((aoi for aoi in given.aois if aoi.id == scene.aoi_id), None)
    name, detector = scene.aoi_id, str(getattr(record, "detector", ""))
    if aoi is not None:
        name, detector = aoi.name or aoi.id, detector if aoi.has_water else ""
    return (
        Cell(scene.id),
        Cell(name),
        Cell(when(scene)),
        Cell(
            f"{sensor(scene.sensor).name}{', ' + scene.level if scene.level else ''}"
            + (", SIMULATED" if scene.simulated else "")
        ),
        Cell(short(request), "hash", request),
        Cell(short(pixels), "hash", pixels),
        Cell(detector or "–"),
    )


def downloads(given: BriefInput, digest: str) -> Downloads:
    """The provenance as JSON, and where ships are searched for the period's detections too, inside the page."""
    record = Download(
        "provenance.json", "application/json", _json(chain(given, digest)), "scenes, hashes, weights, inputs"
    )
    if not given.has_ships:
        return Downloads((record,))
    mine = DETECTIONS.within(given.tables[DETECTIONS], given.period)
    layer = detections_layer(given.tables | {DETECTIONS: mine})
    layer = layer.assign(simulated=given.is_simulated)
    collection = {
        "type": "FeatureCollection",
        "software": given.provenance.software,
        "simulated": given.is_simulated,
        "features": [feature("detections", row) for row in layer.to_dict("records")],
    }
    flat = pd.DataFrame(layer.drop(columns="geometry"))
    middle = [g.envelope.centroid for g in layer["geometry"]]
    flat = flat.assign(lon=[round(p.x, 6) for p in middle], lat=[round(p.y, 6) for p in middle])
    return Downloads(
        (
            Download(
                "detections.geojson",
                "application/geo+json",
                _json(collection),
                f"{len(layer)} detections of the period",
            ),
            Download("detections.csv", "text/csv", safe_csv(flat), "the same as a table, safe for spreadsheets"),
            record,
        )
    )


def chain(given: BriefInput, digest: str) -> dict[str, object]:
    """The provenance as plain JSON values."""
    record = given.provenance
    return {
        "software": record.software,
        "input_sha256": digest,
        "simulated": given.is_simulated,
        "issued_at": isoformat(given.issued_at),
        "cut_off": isoformat(given.cut_off),
        "period": str(given.period),
        "weights": [{"name": w.name, "sha256": w.sha256, "note": w.note} for w in record.weights],
        "inputs": [{"name": i.name, "sha256": i.sha256, "note": i.note} for i in record.inputs],
        "thresholds": dict(record.thresholds),
        "scenes": [
            {
                "scene_id": s.scene_id,
                "request_sha256": s.request_sha256,
                "pixels_sha256": s.pixels_sha256,
                "detector": s.detector,
            }
            for s in record.scenes
        ],
        "findings": [
            {
                "id": f.id,
                "kind": f.kind,
                "claim": f.claim,
                "likelihood": f.likelihood,
                "confidence": f.confidence,
                "evidence": list(f.evidence),
            }
            for f in given.findings
        ],
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, default=json_value) + "\n").encode()
