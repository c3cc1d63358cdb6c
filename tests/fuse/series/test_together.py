from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
from affine import Affine
from shapely.geometry import Point

from monitor.core.geo.geodesy import destination
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import DETECTIONS
from monitor.fuse import count
from monitor.fuse.series.same_ships import mark_same_ships
from monitor.fuse.series.together import observed_together, once, scenes_with_small_craft
from tests.fuse.conftest import AT, BAY

COARSE, FINE = "s2_a", "fine_a"
HALF_HOUR = timedelta(minutes=30)


def _scene(name: str, sensor: str, after: timedelta = timedelta(), *, pixel_m: float, doubt: timedelta = timedelta()):
    at = AT + after
    acquisition = Acquisition(name, "rajin", sensor, sensor, at, at + doubt, BAY)
    grid = Grid(32652, Affine(pixel_m, 0, 4e5, 0, -pixel_m, 4.68e6), (10, 10))
    return Scene(acquisition, grid, ("B02",), 1.0, 1.0, Path())


def _ship(name: str, scene: str, after: timedelta, *, m: float = 0.0, length: float = 100.0, **columns: object):
    lon, lat = destination(130.3, 42.2, 90.0, m)
    return {
        "detection_id": name,
        "scene_id": scene,
        "aoi_id": "rajin",
        "acquired_at": pd.Timestamp(AT + after),
        "sensor": "s2" if scene == COARSE else "hires",
        "class_name": "vessel",
        "score": 0.9,
        "length_m": length,
        "length_low_m": 0.9 * length,
        "length_high_m": 1.1 * length,
        "axis_deg": 0.0,
        "area_m2": float("nan"),
        "zone": "open",
        "zone_id": "",
        "detector": "d",
        "geometry": Point(float(lon), float(lat)).buffer(3e-4),
        **columns,
    }


def _marked(*ships: dict[str, object]) -> gpd.GeoDataFrame:
    table = DETECTIONS.conform(gpd.GeoDataFrame(list(ships), crs="EPSG:4326"))
    return mark_same_ships(table, [(FINE, COARSE)])


def test_radar_and_fine_pixels_show_small_craft_and_sentinel_2_does_not() -> None:
    scenes = [_scene(COARSE, "s2", pixel_m=10.0), _scene(FINE, "hires", pixel_m=0.5), _scene("r", "s1", pixel_m=10.0)]
    assert scenes_with_small_craft(scenes) == (FINE, "r")


def test_scenes_of_one_port_within_an_hour_are_one_observation_with_the_finest_first() -> None:
    scenes = [_scene(COARSE, "s2", pixel_m=10.0), _scene(FINE, "hires", HALF_HOUR, pixel_m=0.5)]
    later = _scene("late", "s1", timedelta(minutes=61), pixel_m=10.0)
    assert observed_together([*scenes, later]) == ((FINE, COARSE),)


def test_a_scene_whose_hour_is_unknown_is_in_no_observation_of_others() -> None:
    dated = _scene(FINE, "hires", -timedelta(hours=12), pixel_m=0.5, doubt=timedelta(days=1))
    assert observed_together([_scene(COARSE, "s2", pixel_m=10.0), dated]) == ()


def test_a_ship_at_rest_is_one_ship_and_the_finer_picture_stands_for_it() -> None:
    table = _marked(_ship("coarse", COARSE, timedelta(), motion="not moving"), _ship("fine", FINE, HALF_HOUR, m=60.0))
    assert dict(zip(table["detection_id"], table["same_ship"], strict=True)) == {"coarse": "fine", "fine": ""}
    assert once(table)["detection_id"].tolist() == ["fine"]


def test_ships_of_other_lengths_or_too_far_apart_are_two() -> None:
    longer = _marked(_ship("coarse", COARSE, timedelta()), _ship("fine", FINE, HALF_HOUR, length=180.0))
    berthed = _marked(
        _ship("coarse", COARSE, timedelta(), zone="berth"), _ship("fine", FINE, HALF_HOUR, m=400.0, zone="berth")
    )
    assert longer["same_ship"].tolist() == berthed["same_ship"].tolist() == ["", ""]


def test_two_ships_close_together_are_paired_one_to_one() -> None:
    table = _marked(
        _ship("c1", COARSE, timedelta()),
        _ship("c2", COARSE, timedelta(), m=120.0),
        _ship("f1", FINE, HALF_HOUR, m=20.0),
        _ship("f2", FINE, HALF_HOUR, m=140.0),
    )
    assert table["same_ship"].tolist() == ["f1", "f2", "", ""]


def test_a_ship_whose_stand_in_was_rejected_counts_for_itself() -> None:
    table = _marked(_ship("coarse", COARSE, timedelta()), _ship("fine", FINE, HALF_HOUR))
    assert once(table[table["detection_id"] != "fine"])["detection_id"].tolist() == ["coarse"]


def test_the_detection_that_ais_matches_stands_for_the_ship() -> None:
    table = _marked(_ship("coarse", COARSE, timedelta()), _ship("fine", FINE, HALF_HOUR))
    assert once(table, preferred=["coarse"])["detection_id"].tolist() == ["coarse"]


def test_an_observation_by_two_sensors_counts_each_ship_once_in_one_row() -> None:
    table = _marked(
        _ship("both c", COARSE, timedelta()),
        _ship("both f", FINE, HALF_HOUR),
        _ship("small boat", FINE, HALF_HOUR, m=900.0, length=15.0),
    )
    coverage = pd.DataFrame(
        {
            "scene_id": [COARSE, FINE],
            "aoi_id": "rajin",
            "acquired_at": [pd.Timestamp(AT), pd.Timestamp(AT + HALF_HOUR)],
            "sensor": ["s2", "hires"],
            "zone_id": "rajin",
            "kind": "water",
            "state": ["observed", "partly"],
            "observed_fraction": [1.0, 0.6],
        }
    )
    pairs = pd.DataFrame(
        {
            "scene_id": [COARSE, FINE, FINE],
            "detection_id": ["both c", "both f", "small boat"],
            "status": ["unmatched", "matched", "unmatched"],
            "reason": "",
        }
    )
    counts = count(table, coverage, matches=pairs, together=[(FINE, COARSE)]).set_index("scene_id")
    assert counts["counted_in"].to_dict() == {COARSE: "", FINE: COARSE}
    assert counts.loc[COARSE, ["vessels", "unmatched"]].tolist() == [2, 1]
    assert counts.loc[FINE, ["vessels", "berth", "open", "unmatched"]].isna().all()
    alone = count(table, coverage, matches=pairs)
    assert alone["vessels"].sum() == 3


def test_a_picture_of_the_quays_alone_is_part_of_its_hours_observation() -> None:
    """It showed too little of the water to count ships there, and the berth that both showed counts once."""
    table = _marked(_ship("both c", COARSE, timedelta(), zone="berth"), _ship("both f", FINE, HALF_HOUR, zone="berth"))
    rows = [(COARSE, "rajin", "water", "observed", 1.0), (COARSE, "b1", "berth", "observed", 1.0)]
    rows += [(FINE, "rajin", "water", "not observed", 0.1), (FINE, "b1", "berth", "observed", 1.0)]
    coverage = pd.DataFrame(rows, columns=["scene_id", "zone_id", "kind", "state", "observed_fraction"])
    coverage = coverage.assign(aoi_id="rajin", acquired_at=pd.Timestamp(AT), sensor="s2")
    counts = count(table, coverage, together=[(FINE, COARSE)])
    assert counts["berth"].sum() == 1
    assert counts["vessels"].sum() == 1


def test_small_craft_that_only_fine_pixels_show_are_counted_apart() -> None:
    """Else every fine picture would look like a fuller port."""
    table = _marked(
        _ship("coarse", COARSE, timedelta()),
        _ship("fine", FINE, HALF_HOUR),
        *(_ship(f"boat {n}", FINE, HALF_HOUR, m=900.0 + 100 * n, length=15.0) for n in range(3)),
    )
    rows = [(scene, "rajin", "water", "observed", 1.0) for scene in (COARSE, FINE)]
    coverage = pd.DataFrame(rows, columns=["scene_id", "zone_id", "kind", "state", "observed_fraction"])
    coverage = coverage.assign(aoi_id="rajin", acquired_at=pd.Timestamp(AT), sensor="s2")
    pairs = table[["scene_id", "detection_id"]].assign(status="unmatched", reason="")
    apart = count(table, coverage, matches=pairs, small_craft_in=[FINE]).set_index("scene_id")
    assert apart.loc[FINE, ["vessels", "unmatched", "small_craft"]].tolist() == [1, 1, 3]
    assert pd.isna(apart.loc[COARSE, "small_craft"])
    joined = count(table, coverage, small_craft_in=[FINE], together=[(FINE, COARSE)])
    assert joined["vessels"].sum() == 1
    assert joined["small_craft"].sum() == 3
