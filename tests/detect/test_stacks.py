"""Stacks of a yard, observation by observation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from monitor.core.aoi import Aoi, Zone
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE, DETECTIONS, STACKS
from monitor.detect.stacks import stack_states, teu_interval

EPSG, X, Y = 32652, 600_000.0, 4_670_000.0
START = datetime(2023, 10, 1, 2, tzinfo=UTC)


def lonlat(west: float, south: float, east: float, north: float) -> Polygon:
    return reproject(box(X + west, Y + south, X + east, Y + north), EPSG, WGS84)


YARD = Zone("yard", "yard", "Yard", lonlat(0, 0, 300, 100))
AOI = Aoi("rajin", "Rajin", lonlat(-500, -500, 1000, 1000), (YARD,), EPSG)


def observation(day: int, sensor: str = "s2") -> Acquisition:
    at = START + timedelta(days=day)
    return Acquisition(f"{sensor}-{day}", "rajin", sensor, "x", at, at, AOI.geometry)


def seen(observations: list[Acquisition], states: list[str]) -> pd.DataFrame:
    return COVERAGE.conform(
        pd.DataFrame(
            {
                "scene_id": [a.id for a in observations],
                "aoi_id": "rajin",
                "acquired_at": [pd.Timestamp(a.acquired_at) for a in observations],
                "sensor": [a.sensor for a in observations],
                "zone_id": "yard",
                "kind": "yard",
                "state": states,
                "observed_fraction": 1.0,
                "reason": "",
            }
        )
    )


def stacks(placed: list[tuple[Acquisition, Polygon]]) -> pd.DataFrame:
    if not placed:
        return DETECTIONS.empty()
    table = gpd.GeoDataFrame(
        {
            "detection_id": [f"d{i}" for i in range(len(placed))],
            "scene_id": [a.id for a, _ in placed],
            "aoi_id": "rajin",
            "acquired_at": [pd.Timestamp(a.acquired_at) for a, _ in placed],
            "sensor": "s2",
            "class_name": "container_stack",
            "score": 0.9,
            "length_m": 1.0,
            "length_low_m": 1.0,
            "length_high_m": 1.0,
            "axis_deg": 0.0,
            "area_m2": 1.0,
            "zone": "berth",
            "zone_id": "yard",
            "detector": "t",
        },
        geometry=[shape for _, shape in placed],
        crs=WGS84,
    )
    return DETECTIONS.conform(table)


@pytest.mark.parametrize("length", [80.0, 85.0, 90.0])
def test_the_published_stacks_contain_about_three_hundred_boxes(length: float) -> None:
    assert 300 in teu_interval(length)
    assert 3.3 * length in teu_interval(length)


def test_ninety_metres_hold_fifty_six_to_three_hundred_and_thirty_six() -> None:
    bounds = teu_interval(90.0)
    assert (bounds.low, bounds.high) == (56.0, 336.0)


def test_a_longer_or_wider_stack_holds_no_fewer_boxes() -> None:
    for shorter, longer in [(20.0, 40.0), (80.0, 81.0), (6.0, 7.0)]:
        assert teu_interval(shorter).high <= teu_interval(longer).high
    assert teu_interval(90.0, width_m=10.0).high < teu_interval(90.0, width_m=20.0).high


def test_no_stack_holds_no_boxes_and_a_negative_one_is_refused() -> None:
    assert teu_interval(0.0).high == 0.0
    with pytest.raises(DataError, match="negative"):
        teu_interval(-1.0)


def test_a_stack_is_measured_and_its_interval_holds_three_hundred() -> None:
    first = observation(0)
    table = stack_states(
        AOI, [first], detections=stacks([(first, lonlat(20, 20, 110, 40))]), coverage=seen([first], ["observed"])
    )
    row = table.iloc[0]
    assert row["length_m"] == pytest.approx(90.0, abs=0.5)
    assert row["area_m2"] == pytest.approx(1800.0, rel=0.01)
    assert row["share"] == pytest.approx(1800.0 / (300 * 100), rel=0.01)
    assert row["share_low"] < 0.8 * row["share"] < 1.2 * row["share"] < row["share_high"]
    assert row["length_low_m"] < 85 < 95 < row["length_high_m"]
    assert row["teu_low"] <= 300 <= row["teu_high"]
    assert np.isnan(row["change_m2"])
    assert row["previous_scene_id"] == ""


def test_change_is_against_the_last_clear_observation_and_a_cloudy_one_says_nothing() -> None:
    observations = [observation(0), observation(5), observation(10), observation(15)]
    placed = [(observations[0], lonlat(20, 20, 110, 40)), (observations[2], lonlat(20, 20, 200, 40))]
    states = ["observed", "not observed", "observed", "observed"]
    table = stack_states(AOI, observations[::-1], detections=stacks(placed), coverage=seen(observations, states))
    assert list(table["scene_id"]) == [a.id for a in observations]
    assert np.isnan(table["area_m2"][1])
    assert np.isnan(table["teu_high"][1])
    assert table["previous_scene_id"][2] == observations[0].id
    assert table["change_m2"][2] == pytest.approx(1800.0, rel=0.01)
    assert table["area_m2"][3] == 0.0
    assert table["change_m2"][3] == pytest.approx(-3600.0, rel=0.01)


def test_what_stands_outside_the_yard_is_not_counted() -> None:
    first = observation(0)
    outside = stacks([(first, lonlat(400, 20, 490, 40)), (first, lonlat(250, 20, 350, 40))])
    row = stack_states(AOI, [first], detections=outside, coverage=seen([first], ["observed"])).iloc[0]
    assert row["length_m"] == pytest.approx(50.0, abs=0.5)


def test_radar_observations_and_ports_without_yards_give_no_rows() -> None:
    radar = observation(0, "s1")
    assert stack_states(AOI, [radar], detections=stacks([]), coverage=seen([radar], ["observed"])).empty
    bare = Aoi("rajin", "Rajin", AOI.geometry, (), EPSG)
    table = stack_states(bare, [observation(0)], detections=stacks([]), coverage=COVERAGE.empty())
    assert list(table.columns) == list(STACKS.columns)
    assert table.empty


def test_at_three_metres_a_length_holds_to_a_pixel() -> None:
    acquisition = observation(0, "planet")
    table = stack_states(
        AOI,
        [acquisition],
        detections=stacks([(acquisition, lonlat(20, 20, 110, 35))]),
        coverage=seen([acquisition], ["observed"]),
        pixel_m={acquisition.id: 3.0},
    )
    row = table.iloc[0]
    assert row["length_m"] == pytest.approx(90.0, abs=0.2)
    assert row["length_low_m"] == pytest.approx(87.0, abs=0.2)
    assert row["length_high_m"] == pytest.approx(93.0, abs=0.2)
    assert (row["teu_low"], row["teu_high"]) == (13 * 4, 15 * 7 * 3)


def test_the_change_is_against_the_same_sensor() -> None:
    passes = [observation(0), observation(1, "hires"), observation(2)]
    placed = [(passes[0], lonlat(0, 0, 100, 20)), (passes[1], lonlat(0, 0, 90, 15)), (passes[2], lonlat(0, 0, 100, 20))]
    table = stack_states(AOI, passes, detections=stacks(placed), coverage=seen(passes, ["observed"] * 3))
    changes = dict(zip(table["scene_id"], table["change_m2"], strict=True))
    assert np.isnan(changes["hires-1"])
    assert changes["s2-2"] == pytest.approx(0.0, abs=1.0)
