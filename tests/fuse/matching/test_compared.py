"""No AIS is not "no AIS fits"."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from shapely.geometry import box

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import POSITIONS
from monitor.fuse.matching.compared import why_not_compared

AT = datetime(2023, 6, 11, 10, 0, tzinfo=UTC)
SCENE = Acquisition("s", "gdynia", "s2", "sentinel-2a", AT, AT, box(18.45, 54.5, 18.6, 54.6))


def positions(lon: float, lat: float, at: datetime) -> pd.DataFrame:
    row = POSITIONS.conform(POSITIONS.empty().reindex([0]).assign(mmsi=1, t=[pd.Timestamp(at)], lon=lon, lat=lat))
    return row


@pytest.mark.parametrize(
    "ais, reason",
    [
        (positions(18.9, 54.6, AT + timedelta(hours=3)), ""),
        (POSITIONS.empty(), "no AIS of that day"),
        (positions(-74.0, 40.6, AT), "no AIS within 150 km and 12 h"),
        (positions(18.5, 54.5, AT - timedelta(days=150)), "no AIS within 150 km and 12 h"),
    ],
)
def test_a_scene_is_compared_only_with_ais_of_its_place_and_day(ais: pd.DataFrame, reason: str) -> None:
    assert why_not_compared(ais, SCENE) == reason


def test_a_scene_without_an_hour_is_compared_with_nothing() -> None:
    day = replace(SCENE, start=AT.replace(hour=0), end=AT.replace(hour=23))
    assert why_not_compared(positions(18.5, 54.5, AT), day) == "hour unknown"
