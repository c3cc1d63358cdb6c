from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.errors import DataError
from monitor.store.archive import Archive
from monitor.store.reviews import ReviewStore, current_reviews

NOW = datetime(2023, 10, 20, 9, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def store(tmp_path: Path) -> ReviewStore:
    return ReviewStore(Archive(tmp_path / "archive"))


def test_a_decision_is_kept_with_who_and_when(store: ReviewStore) -> None:
    store.add("ship-1", "reject", who="Kim", now=NOW, note="a crane", detections=("ship-1",))
    row = store.table().iloc[0]
    assert (row["subject"], row["decision"], row["who"], row["note"]) == ("ship-1", "reject", "Kim", "a crane")
    assert row["at"].to_pydatetime() == NOW
    assert row["stands"]


def test_what_turns_or_colours_a_line_is_not_kept(store: ReviewStore) -> None:
    store.add("ship-1", "reject", who="K\x1b[31mim", now=NOW, note="a \u202ecrane\x07")
    row = store.table().iloc[0]
    assert (row["who"], row["note"]) == ("K\ufffd[31mim", "a \ufffdcrane\ufffd")
    assert store.undo(who="K\x1b[31mim", now=at(1)).who == row["who"]


def test_a_later_decision_takes_the_place_of_the_earlier_and_both_rows_stay(store: ReviewStore) -> None:
    store.add("ship-1", "reject", who="Kim", now=at(0))
    store.add("ship-1", "keep", who="Lee", now=at(1))
    table = store.table()
    assert list(table["decision"]) == ["reject", "keep"]
    assert list(table["stands"]) == [False, True]


def test_taking_back_is_a_row_and_the_earlier_decision_holds_again(store: ReviewStore) -> None:
    store.add("ship-1", "keep", who="Kim", now=at(0))
    last = store.add("ship-1", "reject", who="Kim", now=at(1))
    undone = store.undo(who="Kim", now=at(2))
    assert undone.undoes == last.id
    table = store.table()
    assert list(table["decision"]) == ["keep", "reject", "undo"]
    assert list(table["stands"]) == [True, False, False]


def test_nobody_takes_back_what_another_person_decided(store: ReviewStore) -> None:
    store.add("ship-1", "keep", who="Kim", now=at(0))
    with pytest.raises(DataError, match="no decision by Lee"):
        store.undo(who="Lee", now=at(1))


def test_a_decision_of_one_subject_can_be_taken_back(store: ReviewStore) -> None:
    store.add("ship-1", "keep", who="Kim", now=at(0))
    store.add("ship-2", "keep", who="Kim", now=at(1))
    store.undo(who="Kim", now=at(2), subject="ship-1")
    assert [row.subject for row in current_reviews(store.rows())] == ["ship-2"]


def test_reviews_survive_the_loss_of_the_index(store: ReviewStore) -> None:
    store.add("ship-1", "keep", who="김", now=at(0), note='two lines\nof "quotes"')
    store.add("ship-2", "fixed", who="Kim", now=at(1))
    store.undo(who="Kim", now=at(2))
    before = store.rows()
    store.archive.index.discard()
    store.archive.reindex()
    assert store.rows() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [({"decision": "maybe"}, "no decision"), ({"who": " "}, "name of the reviewer"), ({"note": "x" * 2001}, "shorten")],
)
def test_a_row_that_says_nothing_clear_is_refused(store: ReviewStore, change: dict[str, str], message: str) -> None:
    given = {"decision": "keep", "who": "Kim", "note": ""} | change
    with pytest.raises(DataError, match=message):
        store.add("ship-1", given["decision"], who=given["who"], now=NOW, note=given["note"])
    assert store.rows() == []
