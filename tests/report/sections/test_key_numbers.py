"""The numbers at the top of a brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import COUNTS
from monitor.core.timerange import TimeRange
from monitor.report.sections.key_numbers import ObservedRate, Windows, key_numbers, observed_rate, probability_of_more
from monitor.report.sections.summary import statements
from tests.report.made import PERIOD, brief_input


def counts(rows: Sequence[tuple[str, int | None, float]]) -> pd.DataFrame:
    made = [
        {
            "aoi_id": "rajin",
            "scene_id": f"s{i}",
            "acquired_at": pd.Timestamp(day, tz="UTC"),
            "sensor": "s2",
            "state": "observed" if share else "not observed",
            "observed_fraction": share,
            "vessels": seen,
            "berth": seen,
            "anchorage": 0,
            "open": 0,
            "stacks": None,
            "unmatched": 0,
        }
        for i, (day, seen, share) in enumerate(rows)
    ]
    return COUNTS.conform(pd.DataFrame(made))


def test_a_observation_seen_in_half_counts_for_half() -> None:
    made = observed_rate(counts([("2023-10-10", 2, 0.5), ("2023-10-12", None, 0.0)]), "vessels", PERIOD)
    assert made == ObservedRate(2, 0.5, 1)
    assert made.rate == 4.0


def test_no_observation_is_told_as_not_observed() -> None:
    assert ObservedRate(0, 0.0, 0).text() == "not observed"
    assert ObservedRate(0, 3.0, 3).text() == "0.0 (0.0–1.2), 3 observations"


def test_twice_as_full_over_many_observations_is_almost_certain_and_equal_is_even() -> None:
    assert probability_of_more(ObservedRate(60, 10, 10), ObservedRate(90, 30, 30)) > 0.99
    assert probability_of_more(ObservedRate(30, 10, 10), ObservedRate(90, 30, 30)) == pytest.approx(0.5, abs=0.05)
    assert np.isnan(probability_of_more(ObservedRate(3, 1, 1), ObservedRate(0, 0, 0)))


def test_a_long_period_is_judged_by_its_last_week() -> None:
    end = datetime(2023, 10, 16, tzinfo=UTC)
    windows = Windows.of(TimeRange(end - timedelta(weeks=26), end))
    assert windows.is_long
    assert windows.week == PERIOD
    assert windows.back(1).end == PERIOD.start
    assert not Windows.of(PERIOD).is_long


def test_length_classes_stand_under_all_vessels() -> None:
    rows = {row[0].text: row[1].text for row in key_numbers(brief_input()).blocks[0].rows}  # type: ignore[union-attr]
    assert rows["Vessels, all"].startswith("2.0 ")
    assert rows["… 60 to 119 m"].startswith("2.0 ")
    assert rows["… 200 m or longer"].startswith("0.0 ")


def test_a_fuller_week_is_said_with_its_likelihood_and_confidence_apart() -> None:
    given = brief_input()
    past = [(f"2023-09-{day:02d}", 1, 1.0) for day in range(1, 29, 3)]
    now = [("2023-10-10", 6, 1.0), ("2023-10-12", 7, 1.0), ("2023-10-14", 8, 1.0)]
    stated = statements(replace(given, tables=given.tables | {COUNTS: counts(past + now)}))
    assert len(stated) == 3
    assert "fuller than before" in stated[1].claim
    assert stated[1].likelihood == "almost certain"
    assert stated[1].confidence == "moderate"
    assert stated[1].likelihood not in stated[1].claim


def test_a_port_without_a_past_gets_no_comparison() -> None:
    assert not any("before" in s.claim for s in statements(brief_input(("not observed", "observed"))))


def test_a_difference_of_less_than_very_likely_is_no_clear_difference() -> None:
    given = brief_input()
    past = [(f"2023-09-{day:02d}", 2, 1.0) for day in range(1, 29, 3)]
    stated = statements(replace(given, tables=given.tables | {COUNTS: counts([*past, ("2023-10-10", 3, 1.0)])}))
    assert "there is no clear difference" in stated[1].claim
    assert "fuller" not in stated[1].claim
