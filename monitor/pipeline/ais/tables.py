"""AIS tables of everything in the positions store: track flags, reception, rules and calls of gaps, port calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pandas as pd

from monitor.ais import port_calls, track_at
from monitor.ais.clean import track_flags
from monitor.ais.gaps.disabling import gap_rules
from monitor.ais.gaps.reachability import gap_calls, usual_speeds
from monitor.ais.ports.world_ports import beyond, world_ports
from monitor.ais.reception import reception_cells
from monitor.ais.sea.coastline import Shore, shipped_shore
from monitor.ais.sea.routes import Sea, shipped_sea
from monitor.core.aoi import Aoi
from monitor.core.parallel import each
from monitor.core.schema import Schema
from monitor.core.tables import GAP_CALLS, GAP_RULES, PORT_CALLS, RECEPTION, TRACK_FLAGS, TRACK_POINTS
from monitor.core.timerange import TimeRange
from monitor.pipeline.boundary import reading
from monitor.sources.ais.ports import read_port_list
from monitor.store.position_parts import Bounds
from monitor.store.positions import PositionStore

AT_ONCE = 3_000_000
"""Positions that one piece of work holds at a time, about."""
_WINDOW = timedelta(hours=12)
_GAPS_AT_ONCE = 500


def stored_flags(
    store: PositionStore, *, period: TimeRange | None = None, pool: Executor | None = None
) -> pd.DataFrame:
    """TRACK_FLAGS of all stored positions, in order of start, then MMSI; worked out by groups of vessels.

    Parameters
    ----------
    store : PositionStore
        All positions.
    period : TimeRange, optional
        Only positions in it.
    pool : Executor, optional
        Works on several parts at once; the result has the same bytes on any.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    return _by_vessel(store, track_flags, TRACK_FLAGS, ("start", "mmsi", "segment", "flag"), period, pool)


def stored_port_calls(
    store: PositionStore, ports: pd.DataFrame, *, period: TimeRange | None = None, pool: Executor | None = None
) -> pd.DataFrame:
    """PORT_CALLS of all stored positions at anchor points (`port_points`).

    Parameters
    ----------
    store : PositionStore
        All positions.
    ports : DataFrame
        Anchor points, as `port_points` gives them.
    period : TimeRange, optional
        Only positions in it.
    pool : Executor, optional
        Works on several parts at once; the result has the same bytes on any.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    made = partial(port_calls, ports=ports)
    return _by_vessel(store, made, PORT_CALLS, ("arrived_at", "mmsi"), period, pool)


def stored_reception(
    store: PositionStore, aois: Sequence[Aoi] = (), *, period: TimeRange | None = None, pool: Executor | None = None
) -> pd.DataFrame:
    """RECEPTION of all stored positions, day by day; within a degree of some ports where they are given.

    Parameters
    ----------
    store : PositionStore
        All positions.
    aois : sequence of Aoi
        Only within a degree of these; everywhere when empty.
    period : TimeRange, optional
        Only positions in it.
    pool : Executor, optional
        Works on several parts at once; the result has the same bytes on any.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    store = store.absolute()
    bounds = _around(aois) if aois else None
    days = [_within(TimeRange(start, start + timedelta(days=1)), period) for start in _days(store, period)]
    return _stacked(RECEPTION, _values(partial(_reception_on, store, bounds), days, pool), ())


def stored_gap_rules(
    store: PositionStore, gaps: pd.DataFrame, *, shore: Shore | None = None, pool: Executor | None = None
) -> pd.DataFrame:
    """GAP_RULES of some gaps, in their order: what speaks for and against each being more than bad reception.

    The positions around the gaps are read day by day. `shore` is the world's when not given.

    Parameters
    ----------
    store : PositionStore
        All positions.
    gaps : GAPS table
        The gaps in question.
    shore : Shore, optional
        The world's when not given.
    pool : Executor, optional
        Works on several parts at once; the result has the same bytes on any.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    if gaps.empty:
        return GAP_RULES.empty()
    store = store.absolute()
    by_day = [part for _, part in gaps.groupby(gaps["start"].dt.floor("D"), sort=True)]
    rules = _stacked(GAP_RULES, _values(partial(_rules_of, store, shore), by_day, pool), ())
    return GAP_RULES.conform(rules.set_index("gap_id").loc[gaps["gap_id"]].reset_index())


def stored_gap_calls(
    store: PositionStore,
    gaps: pd.DataFrame,
    ports: pd.DataFrame,
    *,
    sea: Sea | None = None,
    pool: Executor | None = None,
) -> pd.DataFrame:
    """GAP_CALLS: whether each silence left time to call at each port (`port_points`), best first.

    Ways go by water over the shipped coast where both ends lie on it, else along the geodesic, at the speed that the
    ship itself has shown. `sea` is the shipped one when not given.

    Parameters
    ----------
    store : PositionStore
        All positions; they give each ship's own speed.
    gaps : GAPS table
        The gaps in question.
    ports : DataFrame
        Anchor points, as `port_points` gives them.
    sea : Sea, optional
        Ways by water; the shipped one when not given.
    pool : Executor, optional
        Works on several parts at once; the result has the same bytes on any.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    if gaps.empty or ports.empty:
        return GAP_CALLS.empty()
    store = store.absolute()
    parts = [gaps.iloc[i : i + _GAPS_AT_ONCE] for i in range(0, len(gaps), _GAPS_AT_ONCE)]
    return _stacked(GAP_CALLS, _values(partial(_calls_of, store, ports, sea), parts, pool), ())


def stored_track_at(store: PositionStore, instants: Sequence[datetime]) -> pd.DataFrame:
    """TRACK_POINTS: where every vessel was at some instants, from the fixes of the 12 hours on either side.

    Raises
    ------
    ArchiveError
        A part of the store is damaged.
    """
    parts = []
    for instant in instants:
        near = TimeRange(instant - _WINDOW, instant + _WINDOW + timedelta(microseconds=1))
        parts.append(track_at(store.read(near), instant))
    return _stacked(TRACK_POINTS, iter(parts), ("mmsi", "t"))


def port_points(aois: Sequence[Aoi], others: pd.DataFrame | None = None, *, berths: bool = False) -> pd.DataFrame:
    """`port_id, name, lon, lat`: the berths' middles of each port of one's own, then `others` further away.

    With `berths` each berth stands under its own id instead of its port's; a port without berths is one point.
    A place without water is no port, and has none.

    Parameters
    ----------
    aois : sequence of Aoi
        One's own ports.
    others : DataFrame, optional
        Other ports, such as the World Port Index; those beside one's own are left out.
    berths : bool
        One row a berth, under its own id, instead of a port.
    """
    rows = []
    for aoi in (aoi for aoi in aois if aoi.has_water):
        zones = aoi.berths
        points = [(zone.id if berths else aoi.id, zone.geometry.centroid) for zone in zones]
        points = points or [(aoi.id, aoi.geometry.centroid)]
        rows += [{"port_id": name, "name": aoi.name or aoi.id, "lon": p.x, "lat": p.y} for name, p in points]
    own = pd.DataFrame(rows, columns=["port_id", "name", "lon", "lat"])
    if others is None:
        return own
    return pd.concat([own, beyond(others, own)[list(own.columns)]], ignore_index=True)


def all_ports(aois: Sequence[Aoi], listed: Path | None = None) -> pd.DataFrame:
    """Anchor points of one's own ports and of the World Port Index, or of a file of ports instead of it.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    with reading(listed or "the World Port Index"):
        others = world_ports() if listed is None else read_port_list(listed)
    return port_points(aois, others)


def _by_vessel(
    store: PositionStore,
    rows_of: Callable[[pd.DataFrame], pd.DataFrame],
    schema: Schema,
    order: tuple[str, ...],
    period: TimeRange | None,
    pool: Executor | None,
) -> pd.DataFrame:
    """The rows of every vessel, some vessels at a time: the same bytes on any pool and for any number of groups."""
    store = store.absolute()
    held = sum(done.positions for done in store.ingested())
    count = max(held // AT_ONCE + 1, 8 if pool else 1)
    work = [_Group(store, period, (i, count)) for i in range(count)]
    return _stacked(schema, _values(partial(_rows_of, rows_of), work, pool), order)


@dataclass(frozen=True, slots=True)
class _Group:
    store: PositionStore
    period: TimeRange | None
    bucket: tuple[int, int]


def _rows_of(rows_of: Callable[[pd.DataFrame], pd.DataFrame], work: _Group) -> pd.DataFrame:
    return rows_of(work.store.read(work.period, bucket=work.bucket))


def _reception_on(store: PositionStore, bounds: Bounds | None, day: TimeRange) -> pd.DataFrame:
    return reception_cells(store.read(day, bounds=bounds))


def _rules_of(store: PositionStore, shore: Shore | None, gaps: pd.DataFrame) -> pd.DataFrame:
    around = TimeRange((gaps["start"].min() - _WINDOW).to_pydatetime(), (gaps["start"].max() + _WINDOW).to_pydatetime())
    near = store.read(TimeRange(around.start, around.end + timedelta(microseconds=1)))
    return gap_rules(gaps, near, land=shore or shipped_shore())


def _calls_of(store: PositionStore, ports: pd.DataFrame, sea: Sea | None, gaps: pd.DataFrame) -> pd.DataFrame:
    tracks = store.read(mmsi=sorted(set(gaps["mmsi"].tolist())))
    return gap_calls(gaps, ports, sea=sea or shipped_sea(), speeds_kn=usual_speeds(tracks))


def _around(aois: Sequence[Aoi], margin_deg: float = 1.0) -> Bounds:
    west, south, east, north = zip(*(aoi.geometry.bounds for aoi in aois), strict=True)
    return min(west) - margin_deg, min(south) - margin_deg, max(east) + margin_deg, max(north) + margin_deg


def _days(store: PositionStore, period: TimeRange | None) -> Iterator[datetime]:
    for day in store.days(period):
        yield datetime(day.year, day.month, day.day, tzinfo=UTC)


def _within(day: TimeRange, period: TimeRange | None) -> TimeRange:
    return day if period is None else TimeRange(max(day.start, period.start), min(day.end, period.end))


def _values(
    work_of: Callable[..., pd.DataFrame], items: Sequence[object], pool: Executor | None
) -> Iterator[pd.DataFrame]:
    for outcome in each(work_of, items, pool):
        if outcome.error is not None:
            raise outcome.error
        assert outcome.value is not None
        yield outcome.value


def _stacked(schema: Schema, tables: Iterator[pd.DataFrame], order: tuple[str, ...]) -> pd.DataFrame:
    some = [table for table in tables if len(table)]
    if not some:
        return schema.empty()
    table = pd.concat(some, ignore_index=True)
    return schema.conform(table.sort_values(list(order), kind="stable") if order else table)
