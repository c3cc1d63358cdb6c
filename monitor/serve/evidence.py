"""Everything behind one detection or finding, for its page."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.tables import DARK_EVENTS, DETECTIONS, GAPS, MATCHES
from monitor.core.wording import coordinates, measured_length, minute, number, zone_word
from monitor.pipeline.brief.provenance import sha256
from monitor.report.page.blocks import Block, Cell, Table
from monitor.report.page.wording import short
from monitor.serve.cache import PageCache, PageContent
from monitor.serve.request import row_when
from monitor.store.reviews import ReviewStore, review_table

_DECIDED = {"keep": "kept", "reject": "rejected", "fixed": "fixed object", "unsure": "unsure", "undo": "taken back"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the page shows. `row` is the queue's row of the subject; `finding` is None for a bare detection."""

    subject: str
    row: dict[str, object]
    finding: Finding | None
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]


def subject_evidence(cache: PageCache, content: PageContent, subject: str, queue: pd.DataFrame) -> Evidence:
    """The chain behind one subject of the queue.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    subject : str
        Id of a detection or finding.
    queue : QUEUE table

    Raises
    ------
    DataError
        There is no such subject.
    """
    subject = subject.removeprefix("dark|")
    rows = queue[queue["subject"] == subject]
    if rows.empty:
        raise DataError(f"{subject}: no detection or finding has this id; it may have been rejected or taken back")
    row = rows.iloc[0].to_dict()
    finding = next((f for f in content.findings if f.id.removeprefix("dark|") == subject), None)
    detection = str(row["detection_id"])
    made: list[Block] = [] if not detection else [_matches(cache, detection), *_candidates(content, detection)]
    made += [_reviews(cache, {subject, detection}), *_origin(cache, content, str(row["scene_id"]))]
    return Evidence(subject=subject, row=row, finding=finding, facts=_facts(content, row), blocks=tuple(made))


def _facts(content: PageContent, row: dict[str, object]) -> tuple[tuple[str, str], ...]:
    found = content.every.tables[DETECTIONS]
    found = found[found["detection_id"] == row["detection_id"]]
    port = next((a.name or a.id for a in content.context.aois if a.id == row["aoi_id"]), "–")
    zones = {zone.id: zone.name or zone.id for aoi in content.context.aois for zone in aoi.zones}
    facts = [("Port", port), ("When", row_when(content, row))]
    for d in found.itertuples():
        place = d.geometry.envelope.centroid
        facts += [
            ("Class", "vessel" if d.class_name == "vessel" else "container stack"),
            ("Score", f"{d.score:.2f}"),
            ("Length (90 %)", measured_length(d.length_m, d.length_low_m, d.length_high_m)),
            ("Axis", number(d.axis_deg, 0) + ("" if pd.isna(d.axis_deg) else "°")),
            ("Place", coordinates(place.x, place.y)),
            ("Zone", zones.get(str(d.zone_id), str(d.zone_id)) or zone_word(str(d.zone), "") or "–"),
            ("Detector", str(d.detector)),
        ]
    return (*facts, ("Scene", str(row["scene_id"]) or "–"), ("Detection", str(row["detection_id"]) or "–"))


def _matches(cache: PageCache, detection_id: str) -> Table:
    table = cache.workspace.archive.read_table("matches", MATCHES)
    mine = table[table["detection_id"] == detection_id].sort_values("version")
    rows = tuple(
        (
            Cell(str(r.version)),
            Cell(minute(r.as_of)),
            Cell(str(r.status)),
            Cell("none" if pd.isna(r.mmsi) else f"MMSI {r.mmsi}"),
            Cell(number(r.distance_m, 0, "m")),
            Cell(number(r.cost_position, 1)),
            Cell(number(r.cost_length, 1)),
            Cell(number(r.cost_heading, 1)),
            Cell(number(r.margin, 1)),
            Cell("–" if pd.isna(r.runner_up_mmsi) else f"MMSI {r.runner_up_mmsi}"),
            Cell(number(r.probability, 2)),
            Cell(str(r.reason) or "–"),
        )
        for r in mine.itertuples()
    )
    return Table(
        "What AIS shows of it, version by version",
        (
            "Version",
            "As of",
            "Status",
            "Vessel",
            "Distance",
            "Cost of place",
            "Of length",
            "Of heading",
            "Margin",
            "Runner-up",
            "Probability",
            "Reason",
        ),
        rows,
        "Costs and margin are natural log odds; a later version came with AIS that came later.",
        numeric=(4, 5, 6, 7, 8, 10),
        empty="It was not compared with AIS.",
        compact=True,
    )


def _candidates(content: PageContent, detection_id: str) -> tuple[Table, ...]:
    events = content.given.tables[DARK_EVENTS]
    ids = {gap for text in events.loc[events["detection_id"] == detection_id, "gap_ids"] for gap in str(text).split()}
    found = content.given.tables[GAPS]
    found = found[found["gap_id"].isin(list(ids))]
    if found.empty:
        return ()
    rows = tuple(
        (
            Cell(f"MMSI {r.mmsi}"),
            Cell(minute(r.start)),
            Cell(minute(r.end) if r.is_closed else "open"),
            Cell(number(r.duration_h, 1, "h")),
            Cell(str(r.gap_id)),
        )
        for r in found.sort_values("duration_h").itertuples()
    )
    return (
        Table(
            "Silent vessels that could have been there; none is picked",
            ("Vessel", "Last position", "Next position", "Lasted", "Gap"),
            rows,
            "A gap says nothing of intent.",
            numeric=(3,),
            compact=True,
        ),
    )


def _reviews(cache: PageCache, subjects: set[str]) -> Table:
    rows = [r for r in ReviewStore(cache.workspace.archive).rows() if subjects & {r.subject, *r.detections}]
    return decisions("What was decided", review_table(rows))


def decisions(caption: str, reviews: pd.DataFrame) -> Table:
    """REVIEWS as a table for people, newest first."""
    rows = tuple(
        (
            Cell(minute(r.at)),
            Cell(r.who),
            Cell(_DECIDED[r.decision]),
            Cell("stands" if r.stands else "–"),
            Cell(r.note or "–"),
            Cell(r.subject),
        )
        for r in reviews.iloc[::-1].itertuples()
    )
    return Table(
        caption, ("When", "Who", "Decision", "Now", "Note", "Of"), rows, empty="Nobody has decided.", compact=True
    )


def _origin(cache: PageCache, content: PageContent, scene_id: str) -> tuple[Table, ...]:
    known = {a.id: a for a in content.given.acquisitions}
    if scene_id not in known:
        return ()
    archive, passed = cache.workspace.archive, known[scene_id]
    source, detectors = content.given.provenance, content.context.detectors
    key = detectors[passed.sensor].key if passed.sensor in detectors else ""
    request, pixels = (sha256(archive.scene_file(scene_id, name)) for name in ("request.json", "pixels.tif"))
    rows = [
        ("Scene", scene_id, ""),
        ("Source", passed.source or "unknown", ""),
        ("Products", ", ".join(passed.product_ids) or "–", ""),
        ("Request SHA-256", short(request), request),
        ("Pixels SHA-256", short(pixels), pixels),
        *((f"Weights of {w.note}", f"{w.name} {short(w.sha256)}", w.sha256) for w in source.weights if w.note == key),
        ("Software", source.software, ""),
    ]
    cells = tuple((Cell(name), Cell(value, "hash" if whole else "", whole)) for name, value, whole in rows)
    note = "monitor evidence ID --out FILE.zip packs all of this with the pixels and a manifest."
    return (Table("Where it came from", ("What", "Value"), cells, note, compact=True),)
