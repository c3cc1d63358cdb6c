"""What a table is: its columns with units, its key, its CRS, and the instants by which a row lies in a period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import geopandas as gpd
import pandas as pd

from monitor.core.errors import DataError
from monitor.core.text import is_plain, plain
from monitor.core.timerange import TimeRange

UTC = "datetime64[us, UTC]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its dtype, the unit of its values ("" for text, flags, counts and shares), and a sentence."""

    dtype: str
    unit: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """Columns, the key that is unique, and the CRS where a table has geometry.

    Attributes
    ----------
    name : str
        Of the table, in the archive and on the command line.
    text : str
        What a row is, in a sentence or two.
    columns : mapping of str to Column
        In order. A column of dtype ``geometry`` is in `crs`.
    key : tuple of str
        The columns that name a row; empty where rows may repeat.
    crs : str, optional
        Of the geometry; None without one.
    time : tuple of str, optional
        The two columns in which a row begins and ends, one twice for an instant. A missing instant is unknown, so
        the row is open on that side. None: rows of this table have no time of their own.
    absent : mapping of str to object
        Columns that may be missing, as tables that older versions wrote lack them, and what then stands there.
    """

    name: str
    text: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    crs: str | None = None
    time: tuple[str, str] | None = None
    absent: Mapping[str, object] = field(default_factory=dict)

    @property
    def dtypes(self) -> dict[str, str]:
        """Column to dtype, in order."""
        return {name: column.dtype for name, column in self.columns.items()}

    @property
    def headline(self) -> str:
        """The part of `text` before its first stop of any kind."""
        return re.split(r"[.:;](?: |$)", self.text)[0]

    def empty(self) -> pd.DataFrame:
        """The table without rows, with every column and dtype."""
        return _empty(self).copy()

    def conform(self, df: pd.DataFrame) -> pd.DataFrame:
        """The table's columns in order and cast; others are dropped. The argument stays as it is.

        Text comes out of somebody's file: what moves a terminal, reverses a line or cannot be encoded becomes �, here
        and for every way out.

        Raises
        ------
        DataError
            A column is missing, a value does not fit its dtype, an instant has no zone, or a key repeats.
        """
        lacking = [column for column in self.columns if column not in df]
        missing = [column for column in lacking if column not in self.absent]
        if missing:
            raise DataError(f"{self.name}: column {', '.join(missing)} missing; there are {', '.join(map(str, df))}")
        df = df.assign(**{column: self.absent[column] for column in lacking}) if lacking else df
        holes = {column: value for column, value in self.absent.items() if value == value and df[column].isna().any()}
        df = df.assign(**{column: df[column].fillna(value) for column, value in holes.items()}) if holes else df
        cast = {name: self._cast(df[name], column.dtype) for name, column in self.columns.items()}
        table = pd.DataFrame(cast).reset_index(drop=True)
        if self.crs:
            table = gpd.GeoDataFrame(table, geometry="geometry", crs=self.crs)
        if self.key and table.duplicated(list(self.key)).any():
            first = table.loc[table.duplicated(list(self.key)), list(self.key)].iloc[0].to_dict()
            raise DataError(f"{self.name}: key {first} appears twice")
        return table

    def join(self, parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
        """The rows of several tables in one, in their order; empty when none has a row.

        Raises
        ------
        DataError
            As `conform`.
        """
        filled = [part for part in parts if len(part)]
        return self.conform(pd.concat(filled, ignore_index=True)) if filled else self.empty()

    def within(self, df: pd.DataFrame, period: TimeRange | None) -> pd.DataFrame:
        """The rows that share an instant with a period, unknown ends open; all of them without a period or a time.

        The one meaning of "in this period", for Python, exports, the local page and the brief.
        """
        if period is None or self.time is None:
            return df
        start, end = df[self.time[0]], df[self.time[1]]
        before = start.isna() | (start < period.end)
        after = end.isna() | (end > period.start) | (start >= period.start)
        return df[before & after].reset_index(drop=True)

    def _cast(self, values: pd.Series, dtype: str) -> pd.Series:
        if dtype == "geometry" or (dtype != "str" and values.dtype == dtype):
            return values
        if dtype == UTC and len(values) and getattr(values.dtype, "tz", None) is None and values.notna().any():
            raise DataError(f"{self.name}.{values.name}: instants without a time zone; localise them to UTC")
        try:
            if dtype == UTC and len(values) and values.notna().any():
                return values.dt.tz_convert("UTC").astype(UTC)
            return (_cleaned(values) if dtype == "str" else values).astype(dtype)
        except (TypeError, ValueError) as error:
            raise DataError(f"{self.name}.{values.name}: {error}") from error


@lru_cache(maxsize=256)
def _empty(schema: Schema) -> pd.DataFrame:
    """The one that is copied, since pandas takes long over each column."""
    return schema.conform(pd.DataFrame({column: [] for column in schema.columns}))


def _cleaned(values: pd.Series) -> pd.Series:
    texts = [text for text in values.tolist() if isinstance(text, str)]
    if is_plain("\n".join(texts)):
        return values
    return values.replace({text: plain(text) for text in texts if not is_plain(text)})
