from __future__ import annotations

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.schema import UTC, Column, Schema
from monitor.core.tables import GAPS, POSITIONS, TABLES

SCHEMAS = list(TABLES.values())
KEYED = Schema(
    name="keyed",
    text="Numbers with a name and an instant.",
    columns={"id": Column("str", "", "name"), "t": Column(UTC, "UTC", "when"), "n": Column("int64", "", "how many")},
    key=("id",),
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: s.name)
def test_an_empty_table_has_every_column_and_survives_itself(schema: Schema) -> None:
    empty = schema.empty()
    assert list(empty.columns) == list(schema.columns)
    assert len(schema.conform(empty)) == 0
    if schema.crs:
        assert str(empty.crs) == schema.crs


def row(**change: object) -> pd.DataFrame:
    return pd.DataFrame([{"id": "a", "t": pd.Timestamp("2023-10-05T02:16Z"), "n": 1, **change}])


def test_one_row_keeps_its_values_and_drops_what_the_schema_does_not_know() -> None:
    given = row(extra="x")
    table = KEYED.conform(given)
    assert list(table.columns) == ["id", "t", "n"]
    assert table.t.iloc[0] == pd.Timestamp("2023-10-05T02:16Z")
    assert list(given.columns) == ["id", "t", "n", "extra"]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="keyed: column n missing"):
        KEYED.conform(row().drop(columns="n"))


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(DataError, match="without a time zone"):
        KEYED.conform(row(t=pd.Timestamp("2023-10-05T02:16")))


def test_a_value_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match=r"keyed\.n"):
        KEYED.conform(row(n="many"))


def test_a_key_that_repeats_is_shown() -> None:
    with pytest.raises(DataError, match="'a'"):
        KEYED.conform(pd.concat([row(), row()]))


def test_local_instants_become_utc() -> None:
    local = row(t=pd.Timestamp("2023-10-05T11:16", tz="Asia/Pyongyang"))
    assert str(KEYED.conform(local).t.iloc[0]) == "2023-10-05 02:16:00+00:00"


def test_an_open_gap_has_no_end() -> None:
    assert GAPS.dtypes["end"] == UTC
    assert POSITIONS.key == ()


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: s.name)
def test_a_time_names_columns_of_instants(schema: Schema) -> None:
    assert schema.time is None or {schema.dtypes[column] for column in schema.time} == {UTC}
