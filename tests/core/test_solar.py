"""The sun's height against published positions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.solar import sun_elevation_deg


@pytest.mark.parametrize(
    ("lon", "lat", "at", "elevation"),
    [
        (0.0, 51.4779, datetime(2024, 6, 20, 12, 2, tzinfo=UTC), 61.96),  # Greenwich, noon of the solstice
        (0.0, 0.0, datetime(2024, 3, 20, 12, 7, 26, tzinfo=UTC), 90.0),  # the equator, noon of the equinox
        (0.0, 90.0, datetime(2024, 6, 20, 20, 51, tzinfo=UTC), 23.44),  # the pole: the tilt of the axis
        (130.28, 42.23, datetime(2023, 12, 21, 15, 30, tzinfo=UTC), -71.1),  # Rajin, about midnight
    ],
)
def test_the_sun_stands_where_almanacs_put_it(lon: float, lat: float, at: datetime, elevation: float) -> None:
    assert sun_elevation_deg(lon, lat, at) == pytest.approx(elevation, abs=0.25)


def test_the_hour_of_a_sentinel_2_pass_is_broad_daylight() -> None:
    assert 35.0 < sun_elevation_deg(130.28, 42.23, datetime(2023, 10, 5, 2, 16, 9, tzinfo=UTC)) < 45.0
