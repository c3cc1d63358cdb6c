from __future__ import annotations

import re

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.schema import UTC, Column, Schema
from monitor.core.tables import GAPS, POSITIONS, TABLES
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.detect.land.profiles import LAND_PROFILES
from monitor.simulate.aviation.season import AIR_TRUTH

SCHEMAS = [*TABLES.values(), BERTH_PROFILES, LAND_PROFILES, AIR_TRUTH]
UNITS = {
    "lon": "°",
    "lat": "°",
    "deg": "°",
    "m": "m",
    "km": "km",
    "m2": "m²",
    "nmi": "nmi",
    "kn": "kn",
    "ms": "m/s",
    "h": "h",
    "s": "s",
    "days": "d",
    "db": "dB",
}
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


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: s.name)
def test_each_column_has_a_sentence(schema: Schema) -> None:
    short = [name for name, column in schema.columns.items() if len(re.findall(r"\w+", column.text)) < 3]
    assert short == []
    assert [name for name, column in schema.columns.items() if not column.text.endswith(".")] == []


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: s.name)
def test_a_unit_in_a_name_is_the_unit_of_the_column(schema: Schema) -> None:
    numeric = {n: c for n, c in schema.columns.items() if c.dtype.lower().startswith(("int", "float"))}
    named = {n: UNITS[n.rpartition("_")[2]] for n in numeric if n.rpartition("_")[2] in UNITS}
    assert {n: numeric[n].unit for n in named} == named
    assert {c.unit for c in schema.columns.values() if c.dtype == UTC} <= {"UTC"}
