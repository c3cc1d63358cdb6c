"""Tables of older versions read beside those of this one."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from monitor.core.errors import ArchiveError
from monitor.core.tables import DETECTIONS
from monitor.io.parquet import read_tables


def detections(name: str) -> gpd.GeoDataFrame:
    row = {
        "detection_id": name,
        "scene_id": "s",
        "aoi_id": "rajin",
        "acquired_at": pd.Timestamp("2023-10-05", tz="UTC"),
        "sensor": "s2",
        "class_name": "vessel",
        "score": 0.9,
        "length_m": 100.0,
        "length_low_m": 90.0,
        "length_high_m": 110.0,
        "axis_deg": 0.0,
        "area_m2": float("nan"),
        "zone": "open",
        "zone_id": "",
        "detector": "d",
        "motion": "moving",
        "speed_low_kn": 8.0,
        "speed_high_kn": 12.0,
        "is_fixed": True,
        "fixed_observations": 3,
        "clear_observations": 4,
        "geometry": box(130.0, 42.0, 130.1, 42.1),
    }
    return gpd.GeoDataFrame(DETECTIONS.conform(gpd.GeoDataFrame([row], geometry="geometry", crs=4326)))


def test_an_older_table_is_filled_with_what_says_nothing(tmp_path: Path) -> None:
    detections("new").to_parquet(tmp_path / "new.parquet")
    detections("old").drop(columns=list(DETECTIONS.absent)).to_parquet(tmp_path / "old.parquet")
    made = read_tables([tmp_path / "old.parquet", tmp_path / "new.parquet"], DETECTIONS).set_index("detection_id")
    assert made["is_fixed"].to_dict() == {"old": False, "new": True}
    assert made["motion"].to_dict() == {"old": "", "new": "moving"}
    assert pd.isna(made.loc["old", "speed_low_kn"])
    assert made["fixed_observations"].dtype == "int64"


def test_a_table_that_lacks_what_it_must_have_is_refused_by_name(tmp_path: Path) -> None:
    detections("new").drop(columns="score").to_parquet(tmp_path / "a.parquet")
    with pytest.raises(ArchiveError, match=r"a\.parquet.*column score missing"):
        read_tables([tmp_path / "a.parquet"], DETECTIONS)
