"""The tables that a step reads, or makes, as one value."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import TypeAlias

import pandas as pd

from monitor.core.schema import Schema
from monitor.core.timerange import TimeRange

Table: TypeAlias = pd.DataFrame | Callable[[], pd.DataFrame]


class TableSet(Mapping[Schema, pd.DataFrame]):
    """Tables keyed by schema: ``tables[VISITS]``; one that was not given is empty.

    A table may be given as a function without arguments: it is then called when the table is first asked for, and once.
    The value does not change: what is added or chosen comes back as another set.

    Parameters
    ----------
    tables : mapping of Schema to DataFrame or callable
        Each with the columns of its schema; a callable makes such a table.
    """

    __slots__ = ("_schemas", "_tables")

    def __init__(self, tables: Mapping[Schema, Table] | None = None) -> None:
        given = dict(tables or {})
        self._schemas = {schema.name: schema for schema in given}
        self._tables: dict[str, Table] = {schema.name: table for schema, table in given.items()}

    def __getitem__(self, schema: Schema) -> pd.DataFrame:
        """The table of a schema; its empty one when it was not given."""
        table = self._tables.get(schema.name)
        if table is None:
            return schema.empty()
        if not isinstance(table, pd.DataFrame):
            table = self._tables[schema.name] = table()
        return table

    def __contains__(self, schema: object) -> bool:
        """Whether a table of that schema was given."""
        return isinstance(schema, Schema) and schema.name in self._tables

    def __iter__(self) -> Iterator[Schema]:
        """The schemas of the tables that were given, in their order."""
        return iter(self._schemas.values())

    def __len__(self) -> int:
        """How many tables were given."""
        return len(self._tables)

    def __reduce__(self) -> tuple[type[TableSet], tuple[dict[Schema, pd.DataFrame]]]:
        """Tables alone cross processes: those given as functions are called first."""
        return TableSet, ({schema: self[schema] for schema in self},)

    def __or__(self, other: Mapping[Schema, Table]) -> TableSet:
        """These tables and others; where both have one, the other's."""
        mine: dict[Schema, Table] = {schema: partial(self.__getitem__, schema) for schema in self}
        more = (
            {schema: partial(other.__getitem__, schema) for schema in other} if isinstance(other, TableSet) else other
        )
        named = {schema.name for schema in more}
        return TableSet({**{schema: table for schema, table in mine.items() if schema.name not in named}, **more})

    def within(self, period: TimeRange | None) -> TableSet:
        """The rows that share an instant with a period; tables without a time of their own stay whole."""
        return TableSet({schema: partial(self._within, schema, period) for schema in self})

    def of(self, aoi_id: str | Collection[str] | None) -> TableSet:
        """The rows of one AOI, or of some, with those that concern all ("").

        Tables without a column `aoi_id` stay whole, as does everything for None.
        """
        if aoi_id is None:
            return self
        ids = {aoi_id} if isinstance(aoi_id, str) else set(aoi_id)
        return TableSet({schema: partial(self._of, schema, ids) for schema in self})

    def _within(self, schema: Schema, period: TimeRange | None) -> pd.DataFrame:
        return schema.within(self[schema], period)

    def _of(self, schema: Schema, ids: Collection[str]) -> pd.DataFrame:
        table = self[schema]
        return table[table["aoi_id"].isin([*ids, ""])].reset_index(drop=True) if "aoi_id" in table else table
