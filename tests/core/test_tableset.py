"""Tables as one value, and what lies in a period."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest

from monitor.core.schema import UTC, Column, Schema
from monitor.core.tables import GAPS, VISITS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange

STAYS = Schema(
    name="stays",
    text="Stays with ends that may be unknown.",
    columns={
        "id": Column("str", "", "name"),
        "aoi_id": Column("str", "", "where"),
        "start": Column(UTC, "UTC", "begin"),
        "end": Column(UTC, "UTC", "end"),
    },
    key=("id",),
    time=("start", "end"),
)
SEPTEMBER = TimeRange.parse("2023-09")


def stays(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    names, starts, ends = zip(*rows, strict=True)
    table = pd.DataFrame({"id": names, "aoi_id": ["dunai" if name == "d" else "rajin" for name in names]})
    for column, instants in (("start", starts), ("end", ends)):
        table[column] = pd.to_datetime(pd.Series(instants), utc=True)
    return STAYS.conform(table)


@pytest.mark.parametrize(
    ("start", "end", "is_in"),
    [
        ("2023-08-30", "2023-09-02", True),
        ("2023-09-30", "2023-10-02", True),
        ("2023-08-01", "2023-10-30", True),
        (None, "2023-09-02", True),
        ("2023-09-29", None, True),
        (None, None, True),
        ("2023-08-01", "2023-09-01", False),
        ("2023-10-01", "2023-10-02", False),
        ("2023-10-01", None, False),
        (None, "2023-08-31", False),
        ("2023-09-01", "2023-09-01", True),
    ],
)
def test_a_row_is_in_a_period_that_it_shares_an_instant_with(start: str | None, end: str | None, is_in: bool) -> None:
    assert len(STAYS.within(stays(("a", start, end)), SEPTEMBER)) == is_in


def test_a_set_chooses_by_period_and_by_place_and_stays_as_it_was() -> None:
    table = stays(("a", "2023-08-02", "2023-08-03"), ("b", "2023-09-02", "2023-09-03"), ("d", "2023-09-02", None))
    tables = TableSet({STAYS: table})
    assert list(tables.within(SEPTEMBER)[STAYS]["id"]) == ["b", "d"]
    assert list(tables.of("rajin").within(SEPTEMBER)[STAYS]["id"]) == ["b"]
    assert list(tables.of(None)[STAYS]["id"]) == list(tables.within(None)[STAYS]["id"]) == ["a", "b", "d"]
    assert len(tables[STAYS]) == 3


def test_a_table_that_was_not_given_is_empty() -> None:
    assert list(TableSet()[VISITS].columns) == list(VISITS.columns)
    assert VISITS not in TableSet()


def test_a_table_given_as_a_function_is_made_once_and_only_when_asked_for() -> None:
    made: list[str] = []

    def make() -> pd.DataFrame:
        made.append("stays")
        return stays(("a", "2023-09-02", None))

    tables = TableSet({STAYS: make}) | {GAPS: GAPS.empty()}
    chosen = tables.of("rajin").within(SEPTEMBER)
    assert made == []
    assert len(chosen[STAYS]) == len(tables[STAYS]) == len(chosen[STAYS]) == 1
    assert made == ["stays"]
    assert {schema.name for schema in tables} == {"stays", "gaps"}


def test_the_later_of_two_tables_stands() -> None:
    both = TableSet({STAYS: stays(("a", None, None))}) | TableSet({STAYS: stays(("b", None, None))})
    assert list(both[STAYS]["id"]) == ["b"]


def test_what_crosses_processes_is_the_chosen_rows_alone() -> None:
    table = (
        VISITS.empty().reindex(range(1000)).assign(aoi_id=["a"] + ["b"] * 999, visit_id=[f"{n}" for n in range(1000)])
    )
    sent = pickle.dumps(TableSet({VISITS: lambda: table}).of("a"))
    assert len(pickle.loads(sent)[VISITS]) == 1
    assert len(sent) < len(pickle.dumps(TableSet({VISITS: table}))) / 5
