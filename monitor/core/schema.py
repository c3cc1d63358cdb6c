"""What a table is: its columns, key and CRS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import pandas as pd

from monitor.core.errors import DataError

UTC = "datetime64[us, UTC]"
WGS84 = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class Schema:
    """Columns with their dtypes, the key that is unique, and the CRS where a table has geometry.

    Units stand in the names. A column of dtype ``geometry`` is in `crs`. Columns in `absent` may be missing, as tables
    that older versions wrote lack them; they are filled with what stands there.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    crs: str | None = None
    absent: Mapping[str, object] = field(default_factory=dict)

    def empty(self) -> pd.DataFrame:
        """The table without rows, with every column and dtype."""
        return self.conform(pd.DataFrame({column: [] for column in self.columns}))

    def conform(self, df: pd.DataFrame) -> pd.DataFrame:
        """The table's columns in order and cast; others are dropped. The argument stays as it is.

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
        cast = {column: self._cast(df[column], dtype) for column, dtype in self.columns.items()}
        table = pd.DataFrame(cast).reset_index(drop=True)
        if self.crs:
            table = gpd.GeoDataFrame(table, geometry="geometry", crs=self.crs)
        if self.key and table.duplicated(list(self.key)).any():
            first = table.loc[table.duplicated(list(self.key)), list(self.key)].iloc[0].to_dict()
            raise DataError(f"{self.name}: key {first} appears twice")
        return table

    def _cast(self, values: pd.Series, dtype: str) -> pd.Series:
        if dtype == "geometry":
            return values
        if dtype == UTC and len(values) and getattr(values.dtype, "tz", None) is None and values.notna().any():
            raise DataError(f"{self.name}.{values.name}: instants without a time zone; localise them to UTC")
        try:
            if dtype == UTC and len(values) and values.notna().any():
                return values.dt.tz_convert("UTC").astype(UTC)
            return values.astype(dtype)
        except (TypeError, ValueError) as error:
            raise DataError(f"{self.name}.{values.name}: {error}") from error
