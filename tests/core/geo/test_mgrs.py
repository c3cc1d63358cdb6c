"""Grid references against published ones."""

from __future__ import annotations

import pytest

from monitor.core.errors import DataError
from monitor.core.geo.mgrs import mgrs


@pytest.mark.parametrize(
    ("lon", "lat", "reference"),
    [
        (-79.387139, 43.642567, "17TPJ 3008 3343"),  # CN Tower, 630084 E 4833439 N of zone 17
        (-77.035279, 38.889478, "18SUJ 2348 0647"),  # Washington Monument
    ],
)
def test_known_places_have_their_reference(lon: float, lat: float, reference: str) -> None:
    square, east, north = mgrs(lon, lat).split()
    known_square, known_east, known_north = reference.split()
    assert square == known_square
    assert abs(int(east) - int(known_east)) <= 1
    assert abs(int(north) - int(known_north)) <= 1


@pytest.mark.parametrize(
    ("lon", "lat", "square"),
    [
        (151.2153, -33.8568, "56HLH"),  # Sydney, south of the equator
        (5.0, 60.0, "32VKM"),  # the widened zone off Norway
        (130.2837, 42.2286, "52TFM"),  # Rajin, east of its central meridian
    ],
)
def test_squares_hold_south_of_the_equator_and_in_the_widened_zone(lon: float, lat: float, square: str) -> None:
    assert mgrs(lon, lat).split()[0] == square


def test_five_digits_refine_four() -> None:
    coarse, fine = mgrs(130.2837, 42.2286).split(), mgrs(130.2837, 42.2286, digits=5).split()
    assert [part[:4] for part in fine[1:]] == coarse[1:]


def test_the_poles_are_refused() -> None:
    with pytest.raises(DataError, match="degrees"):
        mgrs(0.0, 88.0)
