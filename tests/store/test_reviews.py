from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.errors import DataError
from monitor.store.archive import Archive
from monitor.store.reviews import ReviewStore, standing

NOW = datetime(2023, 10, 20, 9, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def book(tmp_path: Path) -> ReviewStore:
    return ReviewStore(Archive(tmp_path / "archive"))


def test_a_decision_is_kept_with_who_and_when(book: ReviewStore) -> None:
    book.add("ship-1", "reject", who="Kim", now=NOW, note="a crane", detections=("ship-1",))
    row = book.table().iloc[0]
    assert (row["subject"], row["decision"], row["who"], row["note"]) == ("ship-1", "reject", "Kim", "a crane")
    assert row["at"].to_pydatetime() == NOW
    assert row["stands"]


def test_a_later_decision_takes_the_place_of_the_earlier_and_both_rows_stay(book: ReviewStore) -> None:
    book.add("ship-1", "reject", who="Kim", now=at(0))
    book.add("ship-1", "keep", who="Lee", now=at(1))
    table = book.table()
    assert list(table["decision"]) == ["reject", "keep"]
    assert list(table["stands"]) == [False, True]


def test_taking_back_is_a_row_and_the_earlier_decision_holds_again(book: ReviewStore) -> None:
    book.add("ship-1", "keep", who="Kim", now=at(0))
    last = book.add("ship-1", "reject", who="Kim", now=at(1))
    undone = book.undo(who="Kim", now=at(2))
    assert undone.undoes == last.id
    table = book.table()
    assert list(table["decision"]) == ["keep", "reject", "undo"]
    assert list(table["stands"]) == [True, False, False]


def test_nobody_takes_back_what_another_person_decided(book: ReviewStore) -> None:
    book.add("ship-1", "keep", who="Kim", now=at(0))
    with pytest.raises(DataError, match="no decision by Lee"):
        book.undo(who="Lee", now=at(1))


def test_a_decision_of_one_subject_can_be_taken_back(book: ReviewStore) -> None:
    book.add("ship-1", "keep", who="Kim", now=at(0))
    book.add("ship-2", "keep", who="Kim", now=at(1))
    book.undo(who="Kim", now=at(2), subject="ship-1")
    assert [row.subject for row in standing(book.rows())] == ["ship-2"]


def test_reviews_survive_the_loss_of_the_index(book: ReviewStore) -> None:
    book.add("ship-1", "keep", who="김", now=at(0), note='two lines\nof "quotes"')
    book.add("ship-2", "fixed", who="Kim", now=at(1))
    book.undo(who="Kim", now=at(2))
    before = book.rows()
    book.archive.index.discard()
    book.archive.reindex()
    assert book.rows() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [({"decision": "maybe"}, "no decision"), ({"who": " "}, "name of who"), ({"note": "x" * 2001}, "shorten")],
)
def test_a_row_that_says_nothing_clear_is_refused(book: ReviewStore, change: dict[str, str], said: str) -> None:
    given = {"decision": "keep", "who": "Kim", "note": ""} | change
    with pytest.raises(DataError, match=said):
        book.add("ship-1", given["decision"], who=given["who"], now=NOW, note=given["note"])
    assert book.rows() == []
