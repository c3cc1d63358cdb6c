from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from shapely.geometry import box

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import DETECTIONS
from monitor.fuse.identity.size_class import mark_size_class, size_class
from tests.fuse.conftest import AT, BAY


@pytest.mark.parametrize(
    ("length", "width", "word"),
    [
        ((224.0, 226.0), (32.0, 32.2), "Panamax, slender"),
        ((182.0, 184.0), (31.5, 32.2), "Panamax, full"),
        ((140.0, 142.0), (21.0, 22.0), "Seawaymax, slender"),
        ((28.0, 30.0), (9.5, 10.5), "coastal, broad"),
        ((398.0, 402.0), (58.0, 62.0), "over Neopanamax, slender"),
        ((290.0, 298.0), (31.0, 33.0), "Panamax or Neopanamax, slender"),
    ],
)
def test_ships_of_known_proportions(length: tuple[float, float], width: tuple[float, float], word: str) -> None:
    assert size_class(length, width) == word


def test_bounds_that_allow_for_anything_give_no_class() -> None:
    assert size_class((100.0, 180.0), (10.0, 30.0)) == ""
    assert size_class((100.0, 110.0), (np.nan, np.nan)) == ""


def test_a_beam_of_three_pixels_of_ten_metres_tells_no_class_and_one_of_sixty_of_half_a_metre_does() -> None:
    scenes = [
        Scene(
            Acquisition(name, "rajin", name, "x", AT, AT, BAY),
            Grid(32652, Affine(pixel, 0, 4e5, 0, -pixel, 4.6e6), (9, 9)),
            (),
            1.0,
            1.0,
            Path(),
        )
        for name, pixel in (("s2", 10.0), ("hires", 0.5))
    ]
    row = {
        "detection_id": "",
        "scene_id": "",
        "aoi_id": "rajin",
        "acquired_at": pd.Timestamp(AT),
        "sensor": "s2",
        "class_name": "vessel",
        "score": 0.9,
        "length_m": 190.0,
        "length_low_m": np.nan,
        "length_high_m": np.nan,
        "width_m": 32.0 - 0.5,
        "axis_deg": 0.0,
        "area_m2": np.nan,
        "zone": "berth",
        "zone_id": "",
        "detector": "d",
        "geometry": box(130, 42, 130.001, 42.001),
    }
    rows = [row | {"detection_id": scene.id, "scene_id": scene.id} for scene in scenes]
    rows.append(rows[1] | {"detection_id": "tank", "class_name": "storage_tank"})
    table = mark_size_class(DETECTIONS.conform(gpd.GeoDataFrame(rows, crs="EPSG:4326")), scenes)
    assert table["size_class"].tolist() == ["", "Panamax, full", ""]
