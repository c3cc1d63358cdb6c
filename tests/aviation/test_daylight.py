"""Words for the light at an airfield."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from monitor.aviation.daylight import light
from monitor.core.geo.solar import sun_elevation_deg


def test_the_day_at_the_equinox_lasts_a_little_over_twelve_hours() -> None:
    t = pd.date_range("2024-03-20", periods=1440, freq="min", tz="UTC")
    words = [light(float(elevation)) for elevation in sun_elevation_deg(0.0, 0.0, t)]
    assert words.count("day") == pytest.approx(12 * 60 + 7, abs=1)


def test_half_past_two_at_vladivostok_in_march_is_night() -> None:
    assert light(sun_elevation_deg(132.15, 43.4, datetime.fromisoformat("2024-03-21T02:30+10:00"))) == "night"


def test_words_change_at_the_horizon_and_at_civil_twilight() -> None:
    assert [light(e) for e in (10.0, -0.8, -0.9, -6.0, -6.1, np.nan)] == [
        "day",
        "day",
        "twilight",
        "twilight",
        "night",
        "",
    ]
