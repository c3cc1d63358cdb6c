"""What is found again and again at one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.detect.context.infrastructure import mark_fixed

START = datetime(2023, 8, 1, 2, tzinfo=UTC)
OBSERVATIONS = 16
M = 1 / 111_000
BUOY, BERTH = (130.30, 42.24), (130.31, 42.24)


def day(number: int) -> pd.Timestamp:
    return pd.Timestamp(START + timedelta(days=6 * number))


def found(rows: list[tuple[int, tuple[float, float], float, str]]) -> pd.DataFrame:
    """Observation, place, length and zone of each find."""
    table = gpd.GeoDataFrame(
        {
            "detection_id": [f"d{n}" for n in range(len(rows))],
            "scene_id": [f"s2-{observation:02d}" for observation, *_ in rows],
            "aoi_id": "rajin",
            "acquired_at": [day(observation) for observation, *_ in rows],
            "sensor": "s2",
            "class_name": "vessel",
            "score": 0.7,
            "length_m": [length for *_, length, _ in rows],
            "length_low_m": 20.0,
            "length_high_m": 200.0,
            "axis_deg": 10.0,
            "area_m2": np.nan,
            "zone": [zone for *_, zone in rows],
            "zone_id": "",
            "detector": "t",
        },
        geometry=[Point(*where).buffer(20 * M) for _, where, *_ in rows],
        crs="EPSG:4326",
    )
    return DETECTIONS.conform(table)


def coverage(hidden: tuple[int, ...] = ()) -> pd.DataFrame:
    return COVERAGE.conform(
        pd.DataFrame(
            {
                "scene_id": [f"s2-{n:02d}" for n in range(OBSERVATIONS)],
                "aoi_id": "rajin",
                "acquired_at": [day(n) for n in range(OBSERVATIONS)],
                "sensor": "s2",
                "zone_id": "rajin",
                "kind": "water",
                "state": ["not observed" if n in hidden else "observed" for n in range(OBSERVATIONS)],
                "observed_fraction": 1.0,
                "reason": "",
            }
        )
    )


def jitter(number: int) -> tuple[float, float]:
    return BUOY[0] + ((number * 7) % 11 - 5) * M, BUOY[1] + ((number * 5) % 9 - 4) * M


def test_a_buoy_is_fixed_and_stays_in_the_table_with_its_observations() -> None:
    table = mark_fixed(found([(n, jitter(n), 40.0, "open") for n in range(OBSERVATIONS)]), coverage())
    assert table["is_fixed"].all()
    assert set(table["fixed_observations"]) == {OBSERVATIONS}
    assert set(table["clear_observations"]) == {OBSERVATIONS}


def test_clouded_observations_do_not_speak_against_a_buoy() -> None:
    hidden = tuple(range(1, OBSERVATIONS, 2))
    table = mark_fixed(found([(n, jitter(n), 40.0, "open") for n in range(0, OBSERVATIONS, 2)]), coverage(hidden))
    assert table["is_fixed"].all()
    assert set(table["clear_observations"]) == {OBSERVATIONS // 2}


def test_ships_that_share_an_anchorage_one_after_the_other_are_not_fixed() -> None:
    rng = np.random.default_rng(3)
    spots = [
        (n, (BUOY[0] + rng.normal(0, 200) * M, BUOY[1] + rng.normal(0, 200) * M), 120.0, "open")
        for n in range(OBSERVATIONS)
    ]
    assert not mark_fixed(found(spots), coverage())["is_fixed"].any()


def test_a_berth_used_again_and_again_by_ships_of_other_lengths_is_not_fixed() -> None:
    rows = [(n, BERTH, float(60 + 37 * (n % 5)), "berth") for n in range(OBSERVATIONS)]
    assert not mark_fixed(found(rows), coverage())["is_fixed"].any()


def test_a_berth_that_a_shuttle_keeps_coming_back_to_is_not_fixed() -> None:
    rows = [(n, BERTH, 115.0, "berth") for n in range(OBSERVATIONS) if n % 4 != 3]
    assert not mark_fixed(found(rows), coverage())["is_fixed"].any()


def test_a_hulk_that_never_leaves_its_quay_is_fixed() -> None:
    table = mark_fixed(found([(n, BERTH, 115.0 + n % 3, "berth") for n in range(OBSERVATIONS)]), coverage())
    assert table["is_fixed"].all()


@pytest.mark.parametrize("days", [3, 5])
def test_too_short_a_time_makes_nothing_fixed(days: int) -> None:
    table = mark_fixed(found([(n, jitter(n), 40.0, "open") for n in range(days)]), coverage())
    assert not table["is_fixed"].any()
    assert set(table["fixed_observations"]) == {days}


def test_a_ship_beside_a_buoy_is_a_ship() -> None:
    rows = [(n, jitter(n), 40.0, "open") for n in range(OBSERVATIONS)]
    rows.append((5, (BUOY[0] + 100 * M, BUOY[1]), 120.0, "open"))
    table = mark_fixed(found(rows), coverage())
    assert list(table["is_fixed"]) == [True] * OBSERVATIONS + [False]


def test_nothing_found_stays_nothing() -> None:
    assert mark_fixed(DETECTIONS.empty(), coverage()).empty
