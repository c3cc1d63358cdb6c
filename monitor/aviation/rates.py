"""How unusual calls are: against the field's own past, and beside dated events. Co-occurrence, never cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from scipy.stats import chi2, nbinom

from monitor.aviation.wording import CO_OCCURRENCE
from monitor.core.errors import DataError
from monitor.core.geodesy import distance_m
from monitor.core.tables.aviation import AIR_CALLS, AIR_RECEPTION
from monitor.core.timerange import TimeRange


@dataclass(frozen=True, slots=True)
class CallRate:
    """Calls in a period against the field's past.

    Attributes
    ----------
    calls, days : in the period; days are those on which the field was covered
    rate, low, high : calls a day with the exact (Garwood) 95 % interval; NaN without covered days
    past_calls, past_days : the baseline
    expected : calls that the past lets expect in the period
    p_value : probability of as many calls or more, with the past's own doubt (gamma prior of Jeffreys, so a negative
        binomial); NaN without covered past days
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
    """The UTC days on which anyone was heard within `radius_m` of a field: the days that count as exposure.

    Notes
    -----
    400 km is what one station hears of aircraft at cruising height: a flight into the field would have been heard on
    its way. A day on which nobody was heard is not a day without calls.
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
    """Calls at a field in `period`, per covered day, against all covered days before it.

    Calls on days that are not covered do not count on either side.
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
    tail = float(nbinom.sf(n - 1, past_n + 0.5, p)) if past_days and days else np.nan
    expected = past_n / past_days * days if past_days else np.nan
    return CallRate(airfield_id, n, days, n * per, low * per, high * per, past_n, past_days, expected, tail)


def poisson_interval(n: int, *, share: float = 0.95) -> tuple[float, float]:
    """The exact interval of a Poisson mean from one count (Garwood 1936)."""
    half = (1.0 - share) / 2.0
    return (float(chi2.ppf(half, 2 * n)) / 2.0 if n else 0.0), float(chi2.ppf(1.0 - half, 2 * n + 2)) / 2.0


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """Dated events with a call near them, and how many chance would give.

    Attributes
    ----------
    events, hits : events on covered days, and those with a call within `days`
    expected, low, high : hits when the events are moved together round the covered days: mean and middle 95 %
    p_value : share of those shifts with as many hits or more
    not_covered : events whose days were not covered; they count nowhere
    claim : the fixed wording
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
    events : table with `start` and `end`, instants with a zone
    covered : covered days, as `covered_days` gives them

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
        len(first), hits, days, expected, low, high, float((shifts >= hits).mean()), int((~known).sum()), claim
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
