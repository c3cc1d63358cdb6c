"""What there is to review, and what one decision holds for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.tables import DETECTIONS, QUEUE, REVIEWS, VISITS
from monitor.core.tableset import TableSet
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import FINDINGS
from monitor.store import findings
from monitor.store.reviews import Review, ReviewStore

_FIRST = ("dark_event", "shuttle", "voyage", "visit", "stack", "count", "gap", "coverage", "air_call")
_EVENT = "dark|"


def review_queue(context: Context, tables: TableSet) -> pd.DataFrame:
    """QUEUE: findings, the graver kinds first and the newest first within each, then the other detections."""
    stated = findings.from_text(context.archive.read_note(FINDINGS))
    return queue_of(stated, tables[DETECTIONS], tables[REVIEWS])


def queue_of(stated: Sequence[Finding], found: pd.DataFrame, reviews: pd.DataFrame) -> pd.DataFrame:
    """QUEUE of some findings and DETECTIONS, with what the REVIEWS decide of each.

    Parameters
    ----------
    stated : sequence of Finding
        What is stated now.
    found : DETECTIONS table
        All of them.
    reviews : REVIEWS table
        All rows; those that hold give the decisions.
    """
    stand = reviews[reviews["stands"]].set_index("subject")
    rows = {str(row["detection_id"]): row for row in found.drop(columns="geometry").to_dict("records")}
    ranked = sorted(stated, key=lambda f: (_FIRST.index(f.kind) if f.kind in _FIRST else 99, -f.end.timestamp(), f.id))
    made = {subject_of(f.id): _from_finding(f, rows) for f in ranked}
    others = sorted(rows.values(), key=lambda row: (row["acquired_at"], str(row["detection_id"])), reverse=True)
    for row in others:
        made.setdefault(str(row["detection_id"]), _from_detection(row))
    for subject, row in stand.iterrows():
        made.setdefault(str(subject), _withdrawn(str(subject), row))
    if not made:
        return QUEUE.empty()
    table = pd.DataFrame(list(made.values()))
    for column in ("decision", "who"):
        decided = stand[column].to_dict()
        table[column] = [str(decided.get(subject, "")) for subject in table["subject"]]
    table["at"] = table["at"].astype("datetime64[us, UTC]")
    return QUEUE.conform(table)


def subject_of(id: str) -> str:  # noqa: A002
    """The subject under which a decision on this id is recorded: a dark event is its detection."""
    return id.removeprefix(_EVENT)


def record_review(
    context: Context,
    tables: TableSet,
    id: str,  # noqa: A002
    decision: str,
    *,
    who: str,
    note: str,
) -> Review:
    """Record a decision on a detection, dark event, visit or other finding; the row.

    Parameters
    ----------
    context : Context
        Of all ports; its `now` is when the decision was made.
    tables : TableSet
        DETECTIONS, VISITS and REVIEWS.
    id : str
        Of what was reviewed.
    decision : str
        One of `store.reviews.DECISIONS`.
    who : str
        Who decided.
    note : str
        Why; may be empty.

    Raises
    ------
    DataError
        Nothing has that id, or there is no such decision.
    """
    subject = subject_of(id)
    covered: tuple[str, ...] = ()
    if subject in set(tables[DETECTIONS]["detection_id"]):
        covered = (subject,)
    elif subject not in _known(context, tables):
        raise DataError(f"{id}: no detection or finding has this id; `monitor review` lists them")
    elif decision == "fixed":
        covered = _behind(tables[VISITS], subject)
    return ReviewStore(context.archive).add(subject, decision, who=who, now=context.now, note=note, detections=covered)


def _known(context: Context, tables: TableSet) -> set[str]:
    stated = {f.id for f in findings.from_text(context.archive.read_note(FINDINGS))}
    return stated | set(tables[REVIEWS]["subject"])


def _behind(visits: pd.DataFrame, subject: str) -> tuple[str, ...]:
    ids = visits.loc[visits["visit_id"] == subject, "detection_ids"]
    names = tuple(name for text in ids for name in str(text).split())
    if not names:
        raise DataError(f"{subject}: rests on no detection that could be a fixed object; use keep, reject or unsure")
    return names


def _from_finding(finding: Finding, rows: Mapping[str, Mapping[object, object]]) -> dict[str, object]:
    names = [name for name in (subject_of(finding.id), *finding.evidence) if name in rows]
    best = max(names, key=lambda name: float(str(rows[name]["score"])), default="")
    if finding.kind not in ("dark_event", "visit"):
        best = ""
    scene = str(rows[best]["scene_id"]) if best else (finding.evidence[0] if finding.kind == "stack" else "")
    return {
        "subject": subject_of(finding.id),
        "kind": finding.kind,
        "aoi_id": finding.aoi_id,
        "at": pd.Timestamp(finding.end if finding.kind == "visit" else finding.start),
        "claim": finding.claim,
        "likelihood": finding.likelihood,
        "confidence": finding.confidence,
        "detection_id": best,
        "scene_id": scene,
        "score": float(str(rows[best]["score"])) if best else float("nan"),
    }


def _from_detection(row: Mapping[object, object]) -> dict[str, object]:
    what = "A vessel" if row["class_name"] == "vessel" else "A container stack"
    length = float(str(row["length_m"]))
    size = f" about {length:.0f} m long" if length == length else ""
    return {
        "subject": row["detection_id"],
        "kind": "detection",
        "aoi_id": row["aoi_id"],
        "at": row["acquired_at"],
        "claim": f"{what}{size} was marked by the detector, score {float(str(row['score'])):.2f}.",
        "likelihood": "",
        "confidence": "",
        "detection_id": row["detection_id"],
        "scene_id": row["scene_id"],
        "score": row["score"],
    }


def _withdrawn(subject: str, decision: pd.Series) -> dict[str, object]:
    """What was decided and is stated no more, so that it can be found and taken back."""
    return {
        "subject": subject,
        "kind": "withdrawn",
        "aoi_id": "",
        "at": decision["at"],
        "claim": "No longer stated: it was rejected, or what it rested on has changed.",
        "likelihood": "",
        "confidence": "",
        "detection_id": "",
        "scene_id": "",
        "score": float("nan"),
    }
