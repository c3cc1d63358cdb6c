"""Rates with exposure, and events with a base rate."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.aviation.rates import call_days, call_rate, covered_days, near_events
from monitor.core.errors import DataError
from monitor.core.statistics import poisson_interval
from monitor.core.tables.aviation import AIR_CALLS, AIR_RECEPTION
from monitor.core.timerange import TimeRange

DAYS = pd.date_range("2024-01-01", periods=200, tz="UTC")


def calls(days: list[int], status: str = "landed") -> pd.DataFrame:
    row = dict.fromkeys(AIR_CALLS.columns, "")
    numbers = {c: np.nan for c, kind in AIR_CALLS.dtypes.items() if kind == "float64"}
    rows = []
    for n, day in enumerate(days):
        t = DAYS[0] + pd.Timedelta(days=day, hours=3)
        times = {c: t for c in AIR_CALLS.columns if c.startswith(("arrived", "departed"))}
        rows.append(
            {
                **row,
                **numbers,
                **times,
                "call_id": str(n),
                "body": 0,
                "status": status,
                "icao24": "15521f",
                "candidates": "ZKWS ZKPY",
            }
        )
    return AIR_CALLS.conform(pd.DataFrame(rows)) if rows else AIR_CALLS.empty()


def test_the_exact_interval_is_garwoods() -> None:
    assert poisson_interval(0) == pytest.approx((0.0, 3.6889), abs=1e-4)
    assert poisson_interval(10) == pytest.approx((4.7954, 18.3904), abs=1e-4)


def test_a_rate_counts_covered_days_alone() -> None:
    covered = DAYS.delete(slice(10, 20))
    rate = call_rate(
        calls([1, 12, 165, 166, 195]), "ZKPY", period=TimeRange.parse("2024-06-09/2024-06-29"), covered=covered
    )
    assert (rate.calls, rate.days, rate.past_calls, rate.past_days) == (2, 20.0, 1, 150.0)
    assert rate.rate == pytest.approx(0.1)
    assert rate.expected == pytest.approx(20 / 150)
    assert rate.p_value < 0.05


def test_what_comes_after_a_period_is_not_its_past() -> None:
    rate = call_rate(calls([5, 150]), "ZKPY", period=TimeRange.parse("2024-01-01/2024-01-31"), covered=DAYS)
    assert (rate.calls, rate.past_calls, rate.past_days) == (1, 0, 0.0)
    assert np.isnan(rate.expected)


def test_without_coverage_a_rate_is_unknown_and_not_zero() -> None:
    rate = call_rate(calls([1]), "ZKPY", period=TimeRange.parse("2024-01"), covered=DAYS[100:])
    assert np.isnan(rate.rate)
    assert np.isnan(rate.p_value)


def test_the_p_value_is_about_uniform_when_nothing_changed() -> None:
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(80):
        days = np.flatnonzero(rng.random(200) < 0.1).tolist()
        rate = call_rate(calls(days), "ZKPY", period=TimeRange.parse("2024-06-09/2024-07-19"), covered=DAYS)
        hits += rate.p_value <= 0.05
    assert hits / 80 < 0.12


def events(*days: int) -> pd.DataFrame:
    start = pd.Series([DAYS[0] + pd.Timedelta(days=d) for d in days])
    return pd.DataFrame({"event": "x", "start": start, "end": start + pd.Timedelta(days=1)})


def test_events_beside_calls_come_with_what_chance_would_give() -> None:
    found = near_events(calls([10, 50, 90]), "ZKPY", events(11, 51, 120), covered=DAYS, within=timedelta(days=2))
    assert (found.events, found.hits) == (3, 2)
    assert found.expected == pytest.approx(3 * 15 / 200)
    assert "by chance 0.2 would" in found.claim
    assert "not cause" in found.claim


def test_an_event_of_several_days_is_near_from_its_first_to_its_last() -> None:
    table = events(20)
    table["end"] = table["start"] + pd.Timedelta(days=6)
    assert near_events(calls([26]), "ZKPY", table, covered=DAYS, within=timedelta(days=1)).hits == 1
    assert near_events(calls([27]), "ZKPY", table, covered=DAYS, within=timedelta(days=1)).hits == 0
    assert near_events(calls([18]), "ZKPY", table, covered=DAYS, within=timedelta(days=1)).hits == 0


def test_events_on_days_without_coverage_count_nowhere() -> None:
    found = near_events(calls([10]), "ZKPY", events(10, 11), covered=DAYS[11:], within=timedelta(days=1))
    assert (found.events, found.not_covered) == (1, 1)


def test_no_calls_and_no_events_give_no_hits() -> None:
    none = near_events(calls([]), "ZKPY", events(5), covered=DAYS, within=timedelta(days=1))
    assert (none.hits, none.expected) == (0, 0.0)
    assert (
        near_events(
            calls([1]),
            "ZKPY",
            events().astype({"start": DAYS.dtype, "end": DAYS.dtype}),
            covered=DAYS,
            within=timedelta(days=1),
        ).events
        == 0
    )
    with pytest.raises(DataError, match="start and end"):
        near_events(calls([1]), "ZKPY", pd.DataFrame({"event": ["x"]}), covered=DAYS, within=timedelta(days=1))


def test_overflights_are_no_calls() -> None:
    assert call_days(calls([1], status="overflight"), "ZKPY").empty


def test_covered_days_are_those_on_which_anyone_was_heard_near() -> None:
    rows = [("a", DAYS[0] + pd.Timedelta(hours=5), 126.0, 39.0), ("b", DAYS[1], 60.0, 55.0)]
    table = pd.DataFrame([(c, t, x, y, 1, 1, 9000.0) for c, t, x, y in rows], columns=list(AIR_RECEPTION.columns))
    assert covered_days(AIR_RECEPTION.conform(table), 125.67, 39.22).tolist() == [DAYS[0]]
