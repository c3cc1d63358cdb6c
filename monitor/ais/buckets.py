"""The functions of this room over groups of vessels at once, on any pool, with the bytes of a single call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd

from monitor.core.errors import DataError
from monitor.core.parallel import each
from monitor.core.schema import Schema

Rows = Callable[[pd.DataFrame], pd.DataFrame]


def by_bucket(
    rows_of: Rows,
    positions: pd.DataFrame,
    schema: Schema,
    *,
    order: Sequence[str],
    buckets: int,
    pool: Executor | None = None,
) -> pd.DataFrame:
    """The rows of every vessel, worked out for `buckets` groups of vessels.

    Parameters
    ----------
    rows_of : callable
        Takes POSITIONS, gives a table; it must look at one vessel at a time, as `find_gaps`, `port_calls` and
        `track_at` do. Picklable when `pool` crosses processes: give it its other arguments by `functools.partial`.
    positions : POSITIONS table
        Any order.
    schema : Schema
        Of the table.
    order : sequence of columns
        The order of the table's rows, e.g. ``("start", "mmsi")`` for gaps.
    buckets : int
        A vessel's bucket is its MMSI modulo this.
    pool : Executor, optional
        As in `core.parallel.each`; the result has the same bytes on any pool and with any number of buckets.

    Raises
    ------
    DataError
        `buckets` is not positive.
    MonitorError
        Whatever `rows_of` raises.
    """
    if buckets < 1:
        raise DataError(f"buckets is {buckets}; it must be 1 or more")
    bucket = positions["mmsi"].to_numpy().astype(np.int64) % buckets
    parts = [positions[bucket == i] for i in range(buckets)]
    tables = []
    for outcome in each(partial(_run, rows_of), [part for part in parts if len(part)], pool):
        if outcome.error is not None:
            raise outcome.error
        assert outcome.value is not None
        tables.append(outcome.value)
    tables = [table for table in tables if len(table)]
    if not tables:
        return schema.empty()
    return schema.conform(pd.concat(tables, ignore_index=True).sort_values(list(order), kind="stable"))


def _run(rows_of: Rows, positions: pd.DataFrame) -> pd.DataFrame:
    return rows_of(positions)
