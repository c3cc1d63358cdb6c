"""Reviews: who decided what of a detection or finding, and when. Rows are only ever added; taking one back is a row."""

from __future__ import annotations

import getpass
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.tables import REVIEWS
from monitor.core.text import plain
from monitor.core.timerange import utc
from monitor.store.archive import Archive
from monitor.store.records import Record

DECISIONS = ("keep", "reject", "fixed", "unsure")
"""It is what it is stated to be; it is not; it is there, but is no ship; a reviewer is unsure."""

UNDO = "undo"
_KIND = "review"
_LONGEST = {"who": 80, "note": 2000, "subject": 400}


@dataclass(frozen=True, slots=True)
class Review:
    """One decision, or the taking back of one.

    Attributes
    ----------
    subject : str
        Id of the detection, event, visit or other finding that was reviewed.
    decision : str
        One of `DECISIONS`, or ``undo``.
    detections : tuple of str
        Ids of the detections that the decision holds for, beside the subject.
    undoes : str
        For ``undo``, the id of the review that no longer stands.
    """

    id: str
    at: datetime
    subject: str
    decision: str
    who: str
    note: str = ""
    detections: tuple[str, ...] = ()
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class ReviewStore:
    """The reviews of an archive: lines of ``ledger/review.jsonl``, in the order in which they were written."""

    archive: Archive

    def add(
        self, subject: str, decision: str, *, who: str, now: datetime, note: str = "", detections: Sequence[str] = ()
    ) -> Review:
        """Write a decision; a later one of the same subject takes its place.

        Parameters
        ----------
        subject : str
            Id of what was reviewed.
        decision : str
            One of `DECISIONS`.
        who : str
            The reviewer's name.
        now : datetime
        note : str
        detections : sequence of str
            Ids of the detections that the decision holds for, beside the subject.

        Raises
        ------
        DataError
            There is no such decision, nobody is named, or a text is too long.
        """
        if decision not in DECISIONS:
            raise DataError(f"{decision!r} is no decision; use {', '.join(DECISIONS)}")
        made = Review(_name(now), utc(now), subject, decision, who.strip(), note.strip(), tuple(detections))
        return self._keep(made)

    def undo(self, *, who: str, now: datetime, subject: str = "") -> Review:
        """Take back the last decision of a person that still stands, or their last one of `subject`.

        Parameters
        ----------
        who : str
            The reviewer's name.
        now : datetime
        subject : str
            Empty for any.

        Raises
        ------
        DataError
            That person has none to take back.
        """
        name = plain(who.strip())
        with self.archive.lock("review"):
            mine = [r for r in current_reviews(self.rows()) if r.who == name and subject in ("", r.subject)]
            if not mine:
                of = f" of {subject}" if subject else ""
                raise DataError(f"no decision{of} by {who} stands; `monitor review` lists what was decided")
            last = mine[-1]
            made = Review(_name(now), utc(now), last.subject, UNDO, last.who, "", last.detections, last.id)
            return self._keep(made)

    def rows(self) -> list[Review]:
        """Every row, in the order written."""
        return [_review(record) for record in self.archive.records(_KIND)]

    def table(self) -> pd.DataFrame:
        """REVIEWS: every row, and whether it still stands."""
        return review_table(self.rows())

    def state(self) -> str:
        """A text that changes with every review; "" when there is none."""
        return self.archive.records_state(_KIND)

    def _keep(self, made: Review) -> Review:
        for name, longest in _LONGEST.items():
            text = str(getattr(made, name))
            if len(text) > longest:
                raise DataError(f"review: {name} is longer than {longest} characters; shorten it")
            if text.encode("utf-8", "ignore").decode() != text:
                raise DataError(f"review: {name} holds half a character; write it anew")
        if not made.who or not made.subject:
            raise DataError("review: needs the id of what was reviewed and the name of the reviewer")
        made = replace(made, who=plain(made.who), note=plain(made.note))
        body = {
            "subject": made.subject,
            "decision": made.decision,
            "who": made.who,
            "note": made.note,
            "detections": list(made.detections),
            "undoes": made.undoes,
        }
        self.archive.record(Record(_KIND, made.id, made.at, body))
        return made


def login() -> str:
    """The name that this process runs under, ``reviewer`` where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reviewer"


def current_reviews(rows: Iterable[Review]) -> list[Review]:
    """The decisions that were not taken back, oldest first; of one person and subject the last alone."""
    rows = list(rows)
    undone = {row.undoes for row in rows if row.decision == UNDO}
    last: dict[tuple[str, str], Review] = {}
    for row in rows:
        if row.decision != UNDO and row.id not in undone:
            last.pop((row.subject, row.who), None)
            last[row.subject, row.who] = row
    return list(last.values())


def review_table(rows: Sequence[Review]) -> pd.DataFrame:
    """REVIEWS of some rows; `stands` is true for the last decision of each subject that was not taken back."""
    if not rows:
        return REVIEWS.empty()
    holds = {row.subject: row.id for row in current_reviews(rows)}
    return REVIEWS.conform(
        pd.DataFrame(
            {
                "review_id": [r.id for r in rows],
                "at": pd.to_datetime([r.at for r in rows], utc=True),
                "subject": [r.subject for r in rows],
                "decision": [r.decision for r in rows],
                "who": [r.who for r in rows],
                "note": [r.note for r in rows],
                "detection_ids": [" ".join(r.detections) for r in rows],
                "undoes": [r.undoes for r in rows],
                "stands": [holds.get(r.subject) == r.id for r in rows],
            }
        ).astype({"at": "datetime64[us, UTC]"})
    )


def _name(now: datetime) -> str:
    return f"{utc(now):%Y%m%dT%H%M%S%f}-{secrets.token_hex(3)}"


def _review(record: Record) -> Review:
    body = record.body
    ids = cast("Sequence[str]", body.get("detections") or ())
    words = {name: str(body.get(name) or "") for name in ("subject", "decision", "who", "note", "undoes")}
    return Review(id=record.id, at=record.at, detections=tuple(ids), **words)
