"""The sun's elevation against another implementation and its own geometry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.aviation.daylight import HORIZON_DEG, light, solar_elevation_deg


@pytest.mark.parametrize(
    ("t", "lon", "lat", "elevation"),
    [
        ("2024-03-20T16:30:00Z", 132.1482, 43.3963, -43.553),
        ("2023-09-26T00:00:00Z", 125.67, 39.2241, 27.562),
        ("2024-10-27T12:45:00Z", 127.486, 39.1668, -48.088),
        ("2000-01-01T12:00:00Z", 0.0, 51.4769, 15.487),
        ("2024-06-21T00:00:00Z", -70.0, -33.0, -28.299),
    ],
)
def test_elevations_agree_with_astral(t: str, lon: float, lat: float, elevation: float) -> None:
    """Values of astral 3.2 without refraction; over 500 random instants the two differed by at most 0.004°."""
    assert solar_elevation_deg(pd.DatetimeIndex([t]), lon, lat)[0] == pytest.approx(elevation, abs=0.01)


def test_the_day_at_the_equinox_lasts_a_little_over_twelve_hours() -> None:
    t = pd.date_range("2024-03-20", periods=1440, freq="min", tz="UTC")
    up = solar_elevation_deg(t, 0.0, 0.0) >= HORIZON_DEG
    assert up.sum() == pytest.approx(12 * 60 + 7, abs=1)


def test_noon_elevation_is_ninety_less_the_way_to_the_sun() -> None:
    t = pd.date_range("2024-06-20", periods=1440, freq="min", tz="UTC")
    assert solar_elevation_deg(t, 125.67, 39.2241).max() == pytest.approx(90 - 39.2241 + 23.436, abs=0.02)
    assert solar_elevation_deg(t, 37.6, 70.0).min() > 0.0


def test_days_repeat_round_the_globe() -> None:
    t = pd.date_range("2024-09-20", periods=48, freq="h", tz="UTC")
    east, west = solar_elevation_deg(t, 179.999, 40.0), solar_elevation_deg(t, -180.001, 40.0)
    np.testing.assert_allclose(east, west, atol=1e-6)


def test_local_zones_do_not_matter() -> None:
    t = pd.DatetimeIndex(["2024-03-21T02:30+10:00"])
    assert solar_elevation_deg(t, 132.15, 43.4)[0] == solar_elevation_deg(t.tz_convert("UTC"), 132.15, 43.4)[0]
    assert light(float(solar_elevation_deg(t, 132.15, 43.4)[0])) == "night"


def test_words_change_at_the_horizon_and_at_civil_twilight() -> None:
    assert [light(e) for e in (10.0, -0.8, -0.9, -6.0, -6.1, np.nan)] == [
        "day",
        "day",
        "twilight",
        "twilight",
        "night",
        "",
    ]
