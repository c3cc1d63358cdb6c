"""One ship that two sensors show within an hour, and AIS."""

from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import read_aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import COVERAGE, DARK_EVENTS, DETECTIONS, POSITIONS
from monitor.core.tableset import TableSet
from monitor.fuse import correlate
from monitor.fuse.series.same_ships import mark_same_ships
from monitor.fuse.series.together import observed_together
from tests.fuse.conftest import AT, BAY, Track

LATER = AT + timedelta(minutes=30)
PLACE = (130.29, 42.20)
SCENES = [
    Acquisition("s2_a", "rajin", "s2", "Sentinel-2A", AT, AT, BAY),
    Acquisition("sky_a", "rajin", "hires", "SkySat-3", LATER, LATER, BAY),
]


def _detections() -> gpd.GeoDataFrame:
    rows = [
        {
            "detection_id": f"{scene.id}-v",
            "scene_id": scene.id,
            "aoi_id": "rajin",
            "acquired_at": pd.Timestamp(scene.acquired_at),
            "sensor": scene.sensor,
            "class_name": "vessel",
            "score": 0.95,
            "length_m": 140.0,
            "length_low_m": 130.0,
            "length_high_m": 150.0,
            "axis_deg": 0.0,
            "area_m2": float("nan"),
            "zone": "open",
            "zone_id": "",
            "detector": "d",
            "motion": "not moving",
            "geometry": Point(*PLACE).buffer(4e-4),
        }
        for scene in SCENES
    ]
    table = DETECTIONS.conform(gpd.GeoDataFrame(rows, crs="EPSG:4326"))
    return mark_same_ships(table, observed_together(SCENES))


def _events(positions: pd.DataFrame, detections: pd.DataFrame) -> pd.DataFrame:
    aoi = read_aoi(Path(__file__).resolve().parents[2] / "aoi" / "rajin.geojson")
    empty = POSITIONS.empty()
    lacking = {name: empty[name].reindex(positions.index) for name in empty if name not in positions}
    coverage = pd.DataFrame(
        [
            {
                "scene_id": scene.id,
                "aoi_id": "rajin",
                "acquired_at": pd.Timestamp(scene.acquired_at),
                "sensor": scene.sensor,
                "zone_id": "rajin",
                "kind": "water",
                "state": "observed",
                "observed_fraction": 1.0,
                "reason": "",
            }
            for scene in SCENES
        ]
    )
    tables = TableSet(
        {
            DETECTIONS: detections,
            COVERAGE: COVERAGE.conform(coverage),
            POSITIONS: POSITIONS.conform(positions.assign(**lacking)),
        }
    )
    return correlate(tables, (aoi,), scenes=SCENES)[0][DARK_EVENTS]


@pytest.fixture
def others(track: Track) -> pd.DataFrame:
    """Four ships that lie elsewhere in the bay and are received all the while."""
    return pd.concat([track(500 + n, 130.23 + 0.02 * n, 42.15) for n in range(4)], ignore_index=True)


def test_a_ship_that_no_ais_explains_is_one_event_though_two_scenes_show_it(others: pd.DataFrame) -> None:
    assert len(_events(others, _detections())) == 1
    assert len(_events(others, _detections().assign(same_ship=""))) == 2


def test_a_ship_that_ais_explains_at_one_of_the_scenes_is_no_event(others: pd.DataFrame, track: Track) -> None:
    """By its AIS it had left by the later scene, which alone would find a ship that nothing explains."""
    under_way = track(777, *PLACE, sog=10.0, length=140.0)
    received = pd.concat([others, under_way], ignore_index=True)
    assert _events(received, _detections()).empty
    assert len(_events(received, _detections().assign(same_ship=""))) == 1
