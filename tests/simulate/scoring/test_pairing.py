"""Which output is which true thing."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.simulate.scoring.pairing import f1, pair_intervals, pair_vessels, sent_numbers, share

METRE = 1.0 / 111_320.0
DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2023-09-01", tz="UTC")


def vessels(*north_m: float, situation="open", length_m=100.0):
    return pd.DataFrame(
        {
            "scene_id": "s",
            "mmsi": range(1, len(north_m) + 1),
            "lon": 130.0,
            "lat": [42.0 + m * METRE for m in north_m],
            "length_m": length_m,
            "situation": situation,
        }
    )


def detections(*north_m: float, class_name="vessel"):
    names = [f"d{n}" for n in range(len(north_m))]
    table = pd.DataFrame({"detection_id": names, "scene_id": "s", "class_name": class_name})
    return gpd.GeoDataFrame(table, geometry=[Point(130.0, 42.0 + m * METRE) for m in north_m], crs="EPSG:4326")


def test_each_detection_is_the_nearest_free_vessel() -> None:
    assert pair_vessels(detections(10.0, 60.0), vessels(0.0, 80.0)).to_dict() == {"d0": 1, "d1": 2}
    assert pair_vessels(detections(10.0, 20.0), vessels(0.0)).to_dict() == {"d0": 1}


@pytest.mark.parametrize(
    ("apart_m", "situation", "length_m", "paired"),
    [(95.0, "open", 100.0, 1), (110.0, "open", 100.0, 0), (45.0, "berthed", 100.0, 1), (55.0, "berthed", 100.0, 0)],
)
def test_too_far_away_is_another_thing(apart_m, situation, length_m, paired) -> None:
    true = vessels(0.0, situation=situation, length_m=length_m)
    assert len(pair_vessels(detections(apart_m), true)) == paired


def test_containers_are_no_vessels() -> None:
    assert pair_vessels(detections(0.0, class_name="container_stack"), vessels(0.0)).empty


def spans(*days: tuple[float, float], place="a"):
    return pd.DataFrame([{"begin": START + a * DAY, "finish": START + b * DAY, "place": place} for a, b in days])


def test_intervals_pair_by_their_longest_overlap_once_each() -> None:
    assert pair_intervals(spans((0, 3), (2, 9)), spans((2, 8), (0, 2)), same=()) == {0: 1, 1: 0}
    assert pair_intervals(spans((0, 1)), spans((2, 3)), same=()) == {}


def test_intervals_at_other_places_do_not_pair() -> None:
    same = (("place", "place"),)
    assert pair_intervals(spans((0, 3)), spans((0, 3), place="b"), same=same) == {}
    assert pair_intervals(spans((0, 3)), spans((0, 3)), same=same) == {0: 0}


def test_shares_of_nothing_are_not_numbers() -> None:
    assert share(1, 4) == 0.25
    assert np.isnan(share(0, 0))
    assert np.isnan(f1(0.0, 0.0))
    assert f1(1.0, 1.0) == 1.0


def test_a_shared_number_is_known_by_both_ships() -> None:
    assert sent_numbers(pd.DataFrame({"mmsi": [1, 2, 1], "sent_mmsi": [1, 1, 1]})) == {1: 1, 2: 1}
    assert sent_numbers(pd.DataFrame({"mmsi": [1, 2]})) == {1: 1, 2: 2}
