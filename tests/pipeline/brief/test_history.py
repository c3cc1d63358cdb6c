from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from monitor.core.findings import Finding
from monitor.core.tables import DETECTIONS, MATCHES, REVIEWS
from monitor.pipeline import snapshot
from monitor.pipeline.brief.history import corrections as corrections_of
from monitor.pipeline.brief.history import last_issue, note_issue, reviewers
from monitor.pipeline.freshness import NOTE
from monitor.pipeline.review.queue import queue_of
from monitor.report.page.model import Correction
from monitor.store.archive import Archive
from monitor.store.reviews import ReviewStore
from tests.pipeline.contexts import context
from tests.report import made

FIRST = datetime(2023, 10, 16, 6, 0, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)
PORT = made.port()


def corrections(archive: Archive, stated: Sequence[Finding]) -> tuple[Correction, ...]:
    """What a brief made at `LATER` corrects."""
    found = context(archive, PORT, now=LATER)
    return corrections_of(found, snapshot.read(found), stated)


def finding(name: str, claim: str, kind: str = "visit") -> Finding:
    return Finding(name, kind, "rajin", FIRST, FIRST, claim, "likely", "moderate")


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive whose brief was issued once, and whose tables were then made anew."""
    kept = Archive(tmp_path / "archive")
    kept.write_note(NOTE, "tables of the first issue")
    found_now = (
        finding("v1", "A ship lay there."),
        finding("v2", "A ship lay here."),
        finding("dark|d1", "Dark.", "dark_event"),
    )
    note_issue(context(kept, PORT, now=FIRST), found_now)
    kept.write_note(NOTE, "tables of now")
    return kept


def test_the_first_issue_corrects_nothing(tmp_path: Path) -> None:
    assert last_issue(context(Archive(tmp_path / "archive"), PORT)) is None
    assert corrections(Archive(tmp_path / "archive"), ()) == ()


def test_a_claim_that_changed_and_one_that_is_gone_are_corrections(archive: Archive) -> None:
    found_now = (finding("v1", "Two ships lay there."), finding("dark|d1", "Dark.", "dark_event"))
    found = corrections(archive, found_now)
    assert [c.what for c in found] == [
        "No longer stated: A ship lay here.",
        "Was: A ship lay there. Is now: Two ships lay there.",
    ]


def test_writing_the_same_issue_again_keeps_what_it_corrects(archive: Archive) -> None:
    note_issue(context(archive, PORT, now=LATER), (finding("v1", "Two ships lay there."),))
    again = last_issue(context(archive, PORT))
    assert again is not None
    assert again.at == FIRST


def test_a_review_says_what_no_longer_holds_and_who_said_so(archive: Archive) -> None:
    ReviewStore(archive).add("d1", "reject", who="Kim", now=LATER, note="a crane", detections=("d1",))
    found = corrections(archive, ())
    assert ("Dark. (d1)", "rejected by Kim: a crane") in [(c.what, c.why) for c in found]
    assert len([c for c in found if "Dark." in c.what]) == 1


def test_a_review_after_the_issue_counts_though_the_clock_was_set_back(archive: Archive) -> None:
    before = FIRST - timedelta(days=3650)
    ReviewStore(archive).add("d1", "reject", who="Kim", now=before, note="a crane", detections=("d1",))
    assert ("Dark. (d1)", "rejected by Kim: a crane") in [(c.what, c.why) for c in corrections(archive, ())]
    note_issue(context(archive, PORT, now=before), ())
    archive.write_note(NOTE, "tables of the third")
    assert corrections(archive, ()) == ()


def test_what_was_decided_and_taken_back_is_no_correction(archive: Archive) -> None:
    review_store = ReviewStore(archive)
    review_store.add("d1", "reject", who="Kim", now=LATER, detections=("d1",))
    review_store.undo(who="Kim", now=LATER + timedelta(minutes=1))
    found_now = (
        finding("v1", "A ship lay there."),
        finding("v2", "A ship lay here."),
        finding("dark|d1", "Dark.", "dark_event"),
    )
    assert corrections(archive, found_now) == ()


def test_ais_that_came_later_says_what_it_changed(archive: Archive) -> None:
    scene = made.acquisition(made.SCENES[0])
    rows = made.tables((scene,), ("observed",))[MATCHES]
    first = rows[rows["status"] == "unmatched"].assign(detection_id="d1", as_of=pd.Timestamp(FIRST))
    second = first.assign(version=2, status="matched", mmsi=445000009, as_of=pd.Timestamp(LATER))
    second["mmsi"] = second["mmsi"].astype("Int64")
    archive.write_table("matches", MATCHES.conform(pd.concat([first, second], ignore_index=True)))
    found = corrections(archive, ())
    late = next(c for c in found if c.what.startswith("Dark."))
    assert late.why == "AIS that came later: was unmatched, is matched (MMSI 445000009)"
    assert late.when == LATER


def test_many_corrections_are_counted_not_listed(archive: Archive) -> None:
    archive.write_note(NOTE, "third")
    note_issue(context(archive, PORT, now=LATER), [finding(f"v{n}", f"Ship {n}.") for n in range(60)])
    archive.write_note(NOTE, "fourth")
    found = corrections(archive, ())
    assert len(found) == 41
    assert found[-1].what == "20 more changes"


def test_a_brief_is_released_by_those_who_kept_every_finding(archive: Archive) -> None:
    found_now, review_store = (finding("v1", "A."), finding("dark|d1", "B.", "dark_event")), ReviewStore(archive)
    assert reviewers(snapshot.read(context(archive, PORT)), found_now) == ("", 0)
    review_store.add("d1", "keep", who="Kim", now=FIRST, detections=("d1",))
    review_store.add("v1", "unsure", who="Lee", now=FIRST)
    assert reviewers(snapshot.read(context(archive, PORT)), found_now) == ("", 2)
    review_store.add("v1", "keep", who="Lee", now=LATER)
    assert reviewers(snapshot.read(context(archive, PORT)), found_now) == ("Kim, Lee", 2)
    assert reviewers(snapshot.read(context(archive, PORT)), ()) == ("", 0)


def test_the_queue_has_findings_first_and_what_is_no_longer_said_last(archive: Archive) -> None:
    found = made.detections(made.acquisition(made.SCENES[0]))
    name = str(found["detection_id"].iloc[0])
    review_store = ReviewStore(archive)
    review_store.add("gone", "reject", who="Kim", now=FIRST)
    found_now = (finding("v1", "A."), finding(f"dark|{name}", "B.", "dark_event"))
    queue = queue_of(found_now, found, review_store.table())
    assert list(queue["kind"]) == ["dark_event", "visit", "detection", "detection", "withdrawn"]
    assert queue["subject"].iloc[0] == name
    assert queue["decision"].iloc[-1] == "reject"
    assert queue_of((), DETECTIONS.empty(), REVIEWS.empty()).empty
