"""Positions in Parquet: this package's own, and tables of any known layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from monitor.core.errors import DataError
from monitor.core.instants import TimeStyle, date_orders, settle_order
from monitor.core.limits import Limits
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.rows import Parsed, to_rows
from monitor.sources.tabular.cells import by_field
from monitor.sources.tabular.layouts import LayoutBook
from monitor.sources.tabular.parquet import parquet_schema, parquet_tables, text_cells

_BATCH = 200_000
_OWN = ("mmsi", "t", "lon", "lat")
_NUMBERS = ("mmsi", "lon", "lat", "sog_kn", "cog_deg", "heading_deg", "nav_status", "length_m", *DIMENSIONS)


def read_parquet(path: Path, book: LayoutBook, style: TimeStyle, limits: Limits) -> tuple[str, Iterator[Parsed]]:
    """The layout's name and raw rows, batch by batch.

    Parameters
    ----------
    path : Path
        The file.
    book : LayoutBook
        The known layouts.
    style : TimeStyle
        What the user says of times.
    limits : Limits
        What the file may unpack to.

    Raises
    ------
    DataError
        No layout has its columns, this package's own `t` has no time zone, or the file is damaged.
    """
    schema = parquet_schema(path)
    if set(_OWN) <= set(schema.names) and pa.types.is_timestamp(schema.field("t").type):
        if schema.field("t").type.tz is None:
            raise DataError(f"{path}: column t has no time zone; write it as UTC")
        return "parquet", (_own(table.to_pandas(), path) for table in parquet_tables(path, _BATCH, limits))
    layout = book.find([str(name).lower() for name in schema.names], f"{path}: Parquet")
    return f"{layout.name}, parquet", _foreign(path, book, style, limits)


def _foreign(path: Path, book: LayoutBook, style: TimeStyle, limits: Limits) -> Iterator[Parsed]:
    settled: TimeStyle | None = None
    for table in parquet_tables(path, _BATCH, limits):
        cells = text_cells(table)
        layout = book.find(list(cells.columns), str(path))
        fields = by_field(cells, layout)
        if settled is None:
            order = settle_order(date_orders(fields.words("t")), style.order or layout.time.order, str(path))
            settled = TimeStyle(pattern=layout.time.pattern, order=order, zone=layout.time.zone or style.zone)
        yield to_rows(fields, settled, bad_lines=0, where=str(path), placeless_static=False)


def _own(frame: pd.DataFrame, path: Path) -> Parsed:
    try:
        raw = pd.DataFrame({"t": frame["t"].dt.tz_convert("UTC").astype("datetime64[us, UTC]")})
        for name in _NUMBERS:
            raw[name] = pd.to_numeric(frame[name]).astype("float64") if name in frame else np.nan
    except (ValueError, TypeError) as error:
        raise DataError(f"{path}: a column is not what POSITIONS has ({error})") from error
    raw["receiver"] = frame["receiver"].astype("str").fillna("") if "receiver" in frame else ""
    raw["kind"] = ""
    return Parsed(raw, pd.DataFrame(), rows=len(frame))
