"""Columns that a table may lack, and places of geometries: what lets the room take sparse tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.timerange import isoformat


def require(df: pd.DataFrame, columns: Iterable[str], table: str) -> None:
    """Nothing, when the columns are there.

    Parameters
    ----------
    df : DataFrame
        What was given.
    columns : iterable of str
        What it must have; more are allowed.
    table : str
        Its name, for the message.

    Raises
    ------
    DataError
        One is missing; the message names the table and the columns.
    """
    missing = [column for column in columns if column not in df]
    if missing:
        raise DataError(f"{table}: column {', '.join(missing)} missing; there are {', '.join(map(str, df.columns))}")


def floats(df: pd.DataFrame, column: str) -> Floats:
    """(n,) float64 of a column, NaN where the column or the value is missing."""
    if column not in df:
        return np.full(len(df), np.nan)
    if df[column].dtype == np.float64:
        return np.asarray(df[column].to_numpy())
    return np.asarray(_numbers(df[column]))


def _numbers(values: pd.Series) -> Floats:
    numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
    return np.asarray(numbers.to_numpy(np.float64, na_value=np.nan))


def texts(df: pd.DataFrame, column: str) -> list[str]:
    """The column as text, "" where the column or the value is missing."""
    if column not in df:
        return [""] * len(df)
    return [value if isinstance(value, str) else "" for value in df[column].astype(object)]


def lonlat(df: pd.DataFrame) -> tuple[Floats, Floats]:
    """Degrees east and north of the rows' geometries (their centroids), or of columns ``lon`` and ``lat``.

    Raises
    ------
    DataError
        The table has neither.
    """
    if "geometry" in df:
        centres = shapely.centroid(np.asarray(df["geometry"], dtype=object))
        return shapely.get_x(centres), shapely.get_y(centres)
    require(df, ("lon", "lat"), "detections")
    return floats(df, "lon"), floats(df, "lat")


def vessels_only(detections: pd.DataFrame) -> pd.DataFrame:
    """The rows of class ``vessel``; all rows when no class is given."""
    if "class_name" not in detections or detections.empty:
        return detections.reset_index(drop=True)
    return detections[detections["class_name"] == "vessel"].reset_index(drop=True)


def stamp(instant: datetime | pd.Timestamp) -> str:
    """``2023-10-05T02:16:09Z`` of any instant with a zone."""
    return isoformat(pd.Timestamp(instant).to_pydatetime())


def naive(values: pd.Series) -> npt.NDArray[np.datetime64]:
    """A column of instants in UTC as (n,) datetime64 without a zone, to the microsecond: what searches fast."""
    return np.asarray(values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]"))


def instants(values: Iterable[object]) -> pd.Series:
    """A column of instants in UTC; None and NaT become NaT."""
    return pd.Series(pd.to_datetime(list(values), utc=True)).astype("datetime64[us, UTC]")
