"""Gaps of everything in the positions store, day by day and by groups of vessels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from monitor.ais import gaps_by_batch
from monitor.core.parallel import each
from monitor.core.tables import GAPS
from monitor.core.timerange import TimeRange, utc
from monitor.store.positions import PositionStore

_BUCKETS = 8


def stored_gaps(
    store: PositionStore,
    *,
    at_least: timedelta = timedelta(hours=12),
    period: TimeRange | None = None,
    until: datetime | None = None,
    pool: Executor | None = None,
    buckets: int | None = None,
) -> pd.DataFrame:
    """GAPS of all stored positions, read day by day, so that memory holds one day and no more.

    Parameters
    ----------
    store : PositionStore
    at_least : timedelta
        As in `ais.find_gaps`.
    period : TimeRange, optional
        Only positions in it.
    until : datetime, optional
        Makes open gaps; positions after it are left out.
    pool : Executor, optional
        Works on `buckets` groups of vessels at once; the result has the same bytes on any pool and in any number. The
        workers read the store by its absolute path.
    buckets : int, optional
        How many groups of vessels: 1 without a pool and 8 with one when not given.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    count = max(buckets or (_BUCKETS if pool else 1), 1)
    store = store.absolute()
    work = [_Bucket(store, at_least, period, until, (i, count)) for i in range(count)]
    tables = []
    for outcome in each(_bucket_gaps, work, pool):
        if outcome.error is not None:
            raise outcome.error
        assert outcome.value is not None
        tables.append(outcome.value)
    return GAPS.conform(pd.concat(tables, ignore_index=True).sort_values(["start", "mmsi"], kind="stable"))


@dataclass(frozen=True, slots=True)
class _Bucket:
    store: PositionStore
    at_least: timedelta
    period: TimeRange | None
    until: datetime | None
    bucket: tuple[int, int]


def _bucket_gaps(work: _Bucket) -> pd.DataFrame:
    found = list(gaps_by_batch(_batches(work), at_least=work.at_least))
    if work.until is None:
        found = [table[table["is_closed"]] for table in found]
    kept: Sequence[pd.DataFrame] = [table for table in found if len(table)]
    return GAPS.conform(pd.concat(kept, ignore_index=True)) if kept else GAPS.empty()


def _batches(work: _Bucket) -> Iterator[tuple[pd.DataFrame, datetime]]:
    last = utc(work.until) if work.until else None
    empty: pd.DataFrame | None = None
    for table, end in work.store.day_batches(work.period, bucket=work.bucket):
        if last is not None and end >= last:
            yield table[table["t"] <= last], last
            return
        yield table, end
        empty = table.iloc[:0]
    if last is not None and empty is not None:
        yield empty, last
