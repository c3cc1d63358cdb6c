"""How unusual calls are: against the field's own past, and beside dated events. Co-occurrence, never cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.aviation.wording import CO_OCCURRENCE
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m
from monitor.core.statistics import poisson_interval, scipy_stats
from monitor.core.tables.aviation import AIR_CALLS, AIR_RECEPTION
from monitor.core.timerange import TimeRange


@dataclass(frozen=True, slots=True)
class CallRate:
    """Calls in a period against the field's past.

    Attributes
    ----------
    calls : int
        In the period.
    days : float
        Days of the period on which the field was covered.
    rate, low, high : float
        Calls a day with the exact (Garwood) 95 % interval; NaN without covered days.
    past_calls : int
        Calls before the period.
    past_days : float
        Covered days before the period.
    expected : float
        Calls in the period at the past's rate.
    p_value : float
        Probability of as many calls or more, with the past's own uncertainty (gamma prior of Jeffreys, so a negative
        binomial); NaN without covered past days.
    """

    airfield_id: str
    calls: int
    days: float
    rate: float
    low: float
    high: float
    past_calls: int
    past_days: float
    expected: float
    p_value: float


def covered_days(reception: pd.DataFrame, lon: float, lat: float, *, radius_m: float = 400000.0) -> pd.DatetimeIndex:
    """The UTC days on which any aircraft was received near a field: the days that count as exposure.

    Parameters
    ----------
    reception : AIR_RECEPTION table
    lon, lat : float
        The field.
    radius_m : float
        400 km is what one station receives of aircraft at cruising height: a flight into the field would have been
        received on its way.

    Notes
    -----
    A day on which no aircraft was received is not a day without calls.
    """
    reception = AIR_RECEPTION.conform(reception)
    metres = distance_m(lon, lat, reception["lon"].to_numpy(), reception["lat"].to_numpy())
    return pd.DatetimeIndex(reception.loc[metres <= radius_m, "hour"].dt.floor("D").unique()).sort_values()


def call_days(calls: pd.DataFrame, airfield_id: str) -> pd.DatetimeIndex:
    """One instant a call (landed or consistent) that names the field: the earliest it can have begun."""
    calls = AIR_CALLS.conform(calls)
    names = calls["candidates"].str.split().map(lambda fields: airfield_id in fields)
    own = calls[names & calls["status"].isin(("landed", "consistent"))]
    times = own[["arrived_not_before", "arrived_not_after", "departed_not_before"]]
    return pd.DatetimeIndex(times.bfill(axis=1).iloc[:, 0].dropna()).sort_values()


def call_rate(calls: pd.DataFrame, airfield_id: str, *, period: TimeRange, covered: pd.DatetimeIndex) -> CallRate:
    """Calls at a field in a period, per covered day, against all covered days before it.

    Parameters
    ----------
    calls : AIR_CALLS table
    airfield_id : str
    period : TimeRange
    covered : pd.DatetimeIndex
        As `covered_days` gives them. Calls on other days do not count on either side.
    """
    when = call_days(calls, airfield_id)
    when = when[when.floor("D").isin(covered)]
    inside = (covered >= pd.Timestamp(period.start)) & (covered < pd.Timestamp(period.end))
    hit = (when >= pd.Timestamp(period.start)) & (when < pd.Timestamp(period.end))
    n, days = int(hit.sum()), float(inside.sum())
    begin = pd.Timestamp(period.start)
    past_n, past_days = int((when < begin).sum()), float((covered < begin).sum())
    low, high = poisson_interval(n)
    per = 1.0 / days if days else np.nan
    p = past_days / (past_days + days) if past_days else np.nan
    tail = float(scipy_stats().nbinom.sf(n - 1, past_n + 0.5, p)) if past_days and days else np.nan
    expected = past_n / past_days * days if past_days else np.nan
    return CallRate(
        airfield_id=airfield_id,
        calls=n,
        days=days,
        rate=n * per,
        low=low * per,
        high=high * per,
        past_calls=past_n,
        past_days=past_days,
        expected=expected,
        p_value=tail,
    )


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Dated events with a call near them, and how many coincidence would give.

    Attributes
    ----------
    events, hits : int
        Events on covered days, and those with a call within `days`.
    days : float
    expected : float
        Mean of the hits when the events are moved together round the covered days.
    low, high : int
        Middle 95 % of the same.
    p_value : float
        Share of those shifts with as many hits or more.
    not_covered : int
        Events whose days were not covered; they count nowhere.
    claim : str
        The fixed wording.
    """

    events: int
    hits: int
    days: float
    expected: float
    low: int
    high: int
    p_value: float
    not_covered: int
    claim: str


def near_events(
    calls: pd.DataFrame, airfield_id: str, events: pd.DataFrame, *, covered: pd.DatetimeIndex, within: timedelta
) -> CoOccurrence:
    """How many dated events have a call at a field within a span, with the base rate.

    Parameters
    ----------
    calls : AIR_CALLS table
    airfield_id : str
    events : DataFrame
        `start` and `end`, instants with a zone.
    covered : pd.DatetimeIndex
        As `covered_days` gives them.
    within : timedelta
        Longest time between a call and an event.

    Notes
    -----
    The base rate keeps the calls as they are and shifts all events together round the ring of covered days, one day at
    a time, so that calls that come in pairs and events that come in runs stay so.

    Raises
    ------
    DataError
        `events` lacks a column.
    """
    if not {"start", "end"} <= set(events):
        raise DataError("events: columns start and end are needed, instants with a zone")
    when = call_days(calls, airfield_id)
    place = {day: k for k, day in enumerate(covered)}
    starts = events["start"].dt.tz_convert("UTC").dt.floor("D")
    ends = (events["end"] - pd.Timedelta(microseconds=1)).dt.tz_convert("UTC").dt.floor("D")
    known = starts.isin(covered)
    span = int(np.ceil(within / timedelta(days=1)))
    busy = np.zeros(len(covered), dtype=bool)
    for day in when.floor("D"):
        k = place.get(day)
        if k is not None:
            busy[k] = True
    lengths = (ends - starts).dt.days.to_numpy()[known.to_numpy()]
    first = np.array([place[day] for day in starts[known]], dtype=int)
    near = [_near(busy, length, span) for length in lengths]
    hits = _hits(near, first, 0)
    shifts = np.array([_hits(near, first, s) for s in range(len(covered))]) if len(covered) else np.array([0])
    low, high = (int(v) for v in np.percentile(shifts, [2.5, 97.5], method="nearest"))
    days, expected = within / timedelta(days=1), float(shifts.mean())
    claim = CO_OCCURRENCE.format(hits=hits, events=len(first), days=f"{days:g}", expected=expected, low=low, high=high)
    return CoOccurrence(
        events=len(first),
        hits=hits,
        days=days,
        expected=expected,
        low=low,
        high=high,
        p_value=float((shifts >= hits).mean()),
        not_covered=int((~known).sum()),
        claim=claim,
    )


def _near(
    busy: np.ndarray[tuple[int], np.dtype[np.bool_]], length: int, span: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """For each first day of an event of that length, whether a call lies within the span; the days are a ring."""
    near = np.zeros_like(busy)
    for shift in range(-span, length + span + 1):
        near |= np.roll(busy, -shift)
    return near


def _hits(
    near: list[np.ndarray[tuple[int], np.dtype[np.bool_]]], first: np.ndarray[tuple[int], np.dtype[np.int_]], shift: int
) -> int:
    return sum(bool(row[(k + shift) % len(row)]) for row, k in zip(near, first, strict=True))
