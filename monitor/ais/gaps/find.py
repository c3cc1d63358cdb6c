"""Silences: two consecutive positions of one MMSI too far apart in time, or a last one too long ago."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from monitor.ais.sorting import Ordered, in_order, instant_micros
from monitor.core.arrays import Ints
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import GAPS
from monitor.core.timerange import utc

TWELVE_HOURS = timedelta(hours=12)
_MICROS_PER_HOUR = 3_600_000_000
_WINDOW = 12 * _MICROS_PER_HOUR


def find_gaps(
    positions: pd.DataFrame,
    *,
    at_least: timedelta = TWELVE_HOURS,
    until: datetime | None = None,
    open: pd.DataFrame | None = None,  # noqa: A002
) -> pd.DataFrame:
    """Silences of one MMSI strictly longer than `at_least`.

    Parameters
    ----------
    positions : DataFrame
        `mmsi` and `t` (time-zone aware), any order, several MMSI at once. `lon` and `lat` may be absent or missing:
        then distance and speed are missing too.
    at_least : timedelta
        A silence of exactly this long is no gap.
    until : datetime, optional
        Makes open gaps of vessels whose last position is more than `at_least` before this instant.
    open : GAPS table, optional
        Open gaps of an earlier batch. One that a position here ends comes back closed under the same `gap_id`; the
        others come back open. Closed rows in it are passed over.

    Returns
    -------
    GAPS table
        In order of start, then MMSI; empty when nobody was silent that long. `distance_m` is geodesic (WGS 84);
        `implied_kn` is distance over duration; `positions_before_12h` counts positions in the 12 hours up to the last
        one before the silence, that one included. `gap_id` comes from the MMSI and the instant the silence starts.

    Raises
    ------
    DataError
        A column is missing, `t` has no time zone or holds no instant, or `at_least` is not positive.

    Notes
    -----
    The definition is Global Fishing Watch's (pipe-gaps). 12 h as in Welch et al. 2022 (doi:10.1126/sciadv.abq2109). An
    MMSI is a number, not a ship: silences are searched over all its positions, whatever their segment, since leaving
    some out would make false gaps; see `ais.segments` for MMSI that two ships share. For daily batches use
    `gaps_by_batch`, which also carries what the counts need.
    """
    if at_least <= timedelta(0):
        raise DataError(f"at_least is {at_least}; it must be positive")
    carried = _carried(open)
    rows = in_order(positions, carried)
    limit = round(at_least / timedelta(microseconds=1))
    closed = _closed(rows, limit)
    parts = [_describe(rows, closed, closed + 1, None)]
    silent_until = None if until is None else instant_micros(until)
    trailing = _trailing(rows, limit, silent_until)
    if silent_until is not None:
        parts.append(_describe(rows, trailing, None, silent_until))
    elif carried is not None:
        parts.append(carried[carried["gap_id"].isin(gap_ids(rows.mmsi[trailing], rows.t[trailing]))])
    gaps = pd.concat([part for part in parts if len(part)] or [GAPS.empty()], ignore_index=True)
    if carried is not None:
        gaps = _keep_counts(gaps, carried)
    return GAPS.conform(gaps.sort_values(["start", "mmsi"], kind="stable"))


def gaps_by_batch(
    batches: Iterable[tuple[pd.DataFrame, datetime]], *, at_least: timedelta = TWELVE_HOURS
) -> Iterator[pd.DataFrame]:
    """Gaps closed in each of a run of batches; the last batch adds those still open.

    Parameters
    ----------
    batches : iterable of (positions, until)
        In order of time; `until` is the instant at which the batch ends. No batch holds positions from before the end
        of the one before it.
    at_least : timedelta
        As in `find_gaps`.

    Yields
    ------
    GAPS table
        All of them together equal `find_gaps` over all positions at once with the last `until`. Only the tail of each
        batch (`at_least` and 12 hours) and its open gaps are kept in memory.
    """
    tail: pd.DataFrame | None = None
    waiting = GAPS.empty()
    for positions, until in batches:
        end = utc(until)
        slim = positions[[c for c in ("mmsi", "t", "lon", "lat") if c in positions]]
        work = slim if tail is None else pd.concat([tail, slim], ignore_index=True)
        gaps = find_gaps(work, at_least=at_least, until=end, open=waiting)
        new = gaps["is_closed"] & (gaps["end"] >= (slim["t"].min() if len(slim) else pd.Timestamp(end)))
        yield GAPS.conform(gaps[new])
        waiting = GAPS.conform(gaps[~gaps["is_closed"]])
        tail = work[work["t"] >= pd.Timestamp(end) - at_least - TWELVE_HOURS]
    yield waiting


def gap_ids(mmsi: Ints, micros: Ints) -> list[str]:
    """``gap-<mmsi>-<first silent instant>``: the same silence has the same id however often it is found."""
    stamps = np.datetime_as_string(micros.astype("datetime64[us]"), unit="us")
    short = [s[:19].replace("-", "").replace(":", "") + (s[19:] if s[20:].strip("0") else "") for s in stamps]
    return [f"gap-{m}-{s}Z" for m, s in zip(mmsi.tolist(), short, strict=True)]


def _carried(gaps: pd.DataFrame | None) -> pd.DataFrame | None:
    if gaps is None:
        return None
    table = GAPS.conform(gaps)
    return table[~table["is_closed"]].reset_index(drop=True)


def _closed(rows: Ordered, limit: int) -> Ints:
    """Indices of the positions after which a silence begins that a later position ends."""
    silent = np.diff(rows.t) > limit
    silent &= rows.mmsi[1:] == rows.mmsi[:-1]
    return np.flatnonzero(silent)


def _trailing(rows: Ordered, limit: int, until: int | None) -> Ints:
    """Indices of each vessel's last position, where it is too long ago."""
    if not len(rows.t):
        return np.zeros(0, dtype=np.int64)
    last = np.flatnonzero(np.append(rows.mmsi[1:] != rows.mmsi[:-1], True))
    if until is not None:
        return last[until - rows.t[last] > limit]
    return last


def _describe(rows: Ordered, off: Ints, on: Ints | None, until: int | None) -> pd.DataFrame:
    start = rows.t[off]
    end = rows.t[on] if on is not None else np.full(len(off), until, dtype=np.int64)
    hours = (end - start) / _MICROS_PER_HOUR
    missing = np.full(len(off), np.nan)
    end_lon, end_lat = (rows.lon(on), rows.lat(on)) if on is not None else (missing, missing)
    start_lon, start_lat = rows.lon(off), rows.lat(off)
    distance = distance_m(start_lon, start_lat, end_lon, end_lat) if len(off) else missing
    return GAPS.conform(
        pd.DataFrame(
            {
                "gap_id": gap_ids(rows.mmsi[off], start),
                "mmsi": rows.mmsi[off],
                "start": _stamps(start),
                "end": _stamps(end) if on is not None else _stamps(end).where(np.zeros(len(off), dtype=bool)),
                "is_closed": on is not None,
                "duration_h": hours,
                "distance_m": distance,
                "implied_kn": distance / METRES_PER_NAUTICAL_MILE / hours,
                "start_lon": start_lon,
                "start_lat": start_lat,
                "end_lon": end_lon,
                "end_lat": end_lat,
                "positions_before_12h": _positions_before(rows, off),
            }
        )
    )


def _positions_before(rows: Ordered, off: Ints) -> Ints:
    """Positions of the vessel within 12 hours before each of its positions `off`, that one included."""
    if not len(off):
        return np.zeros(0, dtype=np.int64)
    heads = np.flatnonzero(np.append(True, rows.mmsi[1:] != rows.mmsi[:-1]))
    low = heads[np.searchsorted(heads, off, side="right") - 1]
    high = off.copy()
    wanted = rows.t[off] - _WINDOW
    while (searching := low < high).any():
        middle = (low + high) // 2
        early = rows.t[middle] < wanted
        low = np.where(searching & early, middle + 1, low)
        high = np.where(searching & ~early, middle, high)
    return np.asarray(off - low + 1, dtype=np.int64)


def _keep_counts(gaps: pd.DataFrame, carried: pd.DataFrame) -> pd.DataFrame:
    """The count of an earlier batch, where it saw more of the hours before the silence than this one."""
    before = gaps["gap_id"].map(carried.set_index("gap_id")["positions_before_12h"]).fillna(0).astype("int64")
    return gaps.assign(positions_before_12h=np.maximum(gaps["positions_before_12h"], before))


def _stamps(micros: Ints) -> pd.Series:
    return pd.Series(micros.astype("datetime64[us]")).dt.tz_localize("UTC")
