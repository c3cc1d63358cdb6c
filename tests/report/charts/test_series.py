"""The weekly series: an axis that fits the data, nothing drawn where nothing was seen."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import CHANGES, RATES
from monitor.report.charts.series import weekly_series
from monitor.report.page.blocks import Chart


def chart(observed: dict[int, float], weeks: int = 26) -> Chart:
    """A series of `weeks` weeks, of which some were observed with a rate."""
    start = pd.Timestamp("2023-04-17", tz="UTC")
    rows = pd.DataFrame(
        {
            "aoi_id": "rajin",
            "what": "vessels",
            "start": [start + timedelta(weeks=n) for n in range(weeks)],
            "end": [start + timedelta(weeks=n + 1) for n in range(weeks)],
            "observations": [int(n in observed) for n in range(weeks)],
            "exposure": [float(n in observed) for n in range(weeks)],
            "rate": [observed.get(n, np.nan) for n in range(weeks)],
            "rate_low": [observed.get(n, np.nan) - 0.5 for n in range(weeks)],
            "rate_high": [observed.get(n, np.nan) + 1.5 for n in range(weeks)],
            "expected_low": np.nan,
            "expected_high": np.nan,
            "seen": [observed.get(n, 0.0) for n in range(weeks)],
            "expected": np.nan,
            "model": "",
            "p_value": np.nan,
            "is_change": False,
        }
    )
    return weekly_series("series", RATES.conform(rows), CHANGES.empty(), "Rajin")


def test_one_observation_in_26_weeks_is_not_drawn_as_25_question_marks() -> None:
    made = chart({12: 3.0})
    assert "?" not in re.sub(r"<title>.*?</title>", "", made.svg)
    assert made.svg.count("<circle") == 1
    assert "22 weeks before or after were not observed and are not drawn" in made.caption
    assert "in 26 weeks, 1 of them observed" in made.alt
    assert len(made.details.rows) == 26


def test_the_axis_runs_from_the_first_observed_week_to_the_last_and_one_more() -> None:
    dots = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', chart({10: 2.0, 15: 4.0}).svg)]
    week = (900 - 168 - 16) / 8
    assert dots == pytest.approx([168 + 1.5 * week, 168 + 6.5 * week], abs=0.1)


def test_nothing_joins_dots_across_weeks_that_were_not_observed() -> None:
    svg = chart({10: 2.0, 15: 4.0}).svg
    assert "polyline" not in svg
    assert "4 weeks from 2023-07-03: not observed" in svg
    assert ">not observed</text>" in svg


def test_few_dots_all_carry_their_values_and_many_only_the_telling_ones() -> None:
    few = chart({n: 1.0 + n for n in range(4)}).svg
    assert [f">{1.0 + n:.1f}</text>" in few for n in range(4)] == [True] * 4
    many = chart({n: 5.3 if n == 9 else 2.1 if n == 3 else 4.2 for n in range(26)}).svg
    assert (many.count(">5.3</text>"), many.count(">2.1</text>"), many.count(">4.2</text>")) == (1, 1, 1)


def test_a_season_without_an_observation_says_so_on_a_short_axis() -> None:
    made = chart({})
    assert made.svg.count("<circle") == 0
    assert "4 weeks from" in made.svg
    assert "not observed throughout" in made.alt
