from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import DETECTIONS
from monitor.fuse.series.boxes import BoxError, count_boxes
from monitor.fuse.series.containers import container_counts
from tests.fuse.conftest import AT

EPSG, EAST, NORTH = 32652, 400_000.0, 4_675_000.0
ROW_M, BAY_M = 2.44 + 0.4, 6.06 + 0.4


def _lonlat(shape: BaseGeometry) -> BaseGeometry:
    return reproject(shape, EPSG, WGS84)


@pytest.fixture
def aoi() -> Aoi:
    water = _lonlat(box(EAST, NORTH - 500, EAST + 500, NORTH + 500))
    yard = Zone("yard_1", "yard", "Yard 1", _lonlat(box(EAST, NORTH, EAST + 200, NORTH + 100)))
    return Aoi("port", "Port", water, zones=(yard,), epsg=EPSG)


def _block(rows: int, bays: int, *, east: float = 20.0, north: float = 20.0, but: Collection[tuple[int, int]] = ()):
    """Boxes of 20 ft in rows and bays with the gaps that stand between real ones."""
    corners = [
        (EAST + east + bay * BAY_M, NORTH + north + row * ROW_M)
        for row in range(rows)
        for bay in range(bays)
        if (row, bay) not in but
    ]
    return [box(x, y, x + 6.06, y + 2.44) for x, y in corners]


def _scene(name: str, day: int, pixel_m: float = 0.5) -> Scene:
    at = AT + timedelta(days=day)
    acquisition = Acquisition(name, "port", "hires", "SkySat", at, at, box(130, 42, 131, 43))
    return Scene(acquisition, Grid(EPSG, Affine(pixel_m, 0, EAST, 0, -pixel_m, NORTH), (10, 10)), (), 1.0, 1.0, Path())


def _found(scene: Scene, shapes: Sequence[BaseGeometry], kind: str = "container") -> pd.DataFrame:
    rows = [
        {
            "detection_id": f"{scene.id}-{kind}{number}",
            "scene_id": scene.id,
            "aoi_id": "port",
            "acquired_at": pd.Timestamp(scene.acquisition.acquired_at),
            "sensor": "hires",
            "class_name": kind,
            "score": 0.9,
            "zone": "inshore",
            "zone_id": "",
            "detector": "own",
            "geometry": _lonlat(shape),
            **dict.fromkeys(("length_m", "length_low_m", "length_high_m", "axis_deg", "area_m2"), float("nan")),
        }
        for number, shape in enumerate(shapes)
    ]
    return DETECTIONS.conform(gpd.GeoDataFrame(rows, crs="EPSG:4326")) if rows else DETECTIONS.empty()


def _seen(*states: tuple[Scene, str, float]) -> pd.DataFrame:
    rows = [
        {"scene_id": scene.id, "zone_id": "yard_1", "kind": "yard", "state": state, "observed_fraction": share}
        for scene, state, share in states
    ]
    return pd.DataFrame(rows)


def _yards(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["kind"] == "yard"].set_index("scene_id")


def test_boxes_are_counted_by_yard_and_by_stack_and_a_bare_slot_may_hold_one_more(aoi: Aoi) -> None:
    scene = _scene("a", 0)
    shapes = [*_block(6, 10, but={(3, 4)}), *_block(3, 4, north=50.0)]
    table = container_counts(aoi, [scene], detections=_found(scene, shapes), coverage=_seen((scene, "observed", 1.0)))
    yard = _yards(table).loc["a"]
    assert (yard["boxes_seen"], yard["boxes_low"], yard["boxes_high"], yard["containers_high"]) == (71, 71, 72, 216)
    assert sorted(table.loc[table["kind"] == "stack", "boxes_seen"]) == [12, 59]
    assert table["change"].isna().all()
    assert set(table["error"]) == {"not measured"}


def test_boxes_of_40_ft_are_counted_apart(aoi: Aoi) -> None:
    scene = _scene("a", 0)
    shapes = [*_block(1, 2), box(EAST + 60, NORTH + 20, EAST + 72.19, NORTH + 22.44)]
    table = container_counts(aoi, [scene], detections=_found(scene, shapes), coverage=_seen((scene, "observed", 1.0)))
    assert _yards(table).loc["a", ["boxes_seen", "long_boxes"]].tolist() == [3, 1]


def test_a_measured_error_widens_the_bounds(aoi: Aoi) -> None:
    scene = _scene("a", 0)
    table = container_counts(
        aoi,
        [scene],
        detections=_found(scene, _block(10, 10)),
        coverage=_seen((scene, "observed", 1.0)),
        errors={"hires": BoxError(precision_low=0.95, recall_low=0.9)},
    )
    yard = _yards(table).loc["a"]
    assert 88 <= yard["boxes_low"] <= 93
    assert 115 <= yard["boxes_high"] <= 120
    assert yard["error"] == "measured"


def test_the_bounds_hold_the_true_number_nine_times_in_ten() -> None:
    """200 yards of 80 boxes by a detector that finds 90 % and is right 95 % of the time."""
    rng, held = np.random.default_rng(7), 0
    error = BoxError(precision_low=0.95, recall_low=0.9)
    for _ in range(200):
        right = rng.binomial(80, 0.9)
        seen = right + rng.poisson(right * 0.05 / 0.95)
        counted = count_boxes([box(0, 0, 6, 2)] * seen, box(0, 0, 100, 100), 0.0, error=error)
        held += counted.low <= 80 <= counted.high
    assert held >= 180


def test_change_is_against_the_last_observation_of_the_whole_yard_with_bounds(aoi: Aoi) -> None:
    first, half, last = _scene("a", 0), _scene("b", 1), _scene("c", 2)
    found = [_found(first, _block(5, 10)), _found(half, _block(5, 2)), _found(last, _block(3, 10))]
    table = container_counts(
        aoi,
        [last, first, half],
        detections=pd.concat(found),
        coverage=_seen((first, "observed", 1.0), (half, "partly", 0.6), (last, "observed", 1.0)),
    )
    yard = _yards(table)
    assert pd.isna(yard.loc["b", "change"])
    assert yard.loc["b", "boxes_high"] == 10 + int(0.4 * 20_000 / 14.8)
    assert yard.loc["c", ["change", "change_low", "change_high", "previous_scene_id"]].tolist() == [-20, -20, -20, "a"]


def test_a_stack_keeps_its_id_and_one_that_went_is_shown_once_with_no_box(aoi: Aoi) -> None:
    days = [_scene(name, day) for day, name in enumerate("abc")]
    stays, goes = _block(4, 5), _block(4, 5, north=60.0)
    found = [_found(days[0], [*stays, *goes]), _found(days[1], stays[:15]), _found(days[2], stays[:15])]
    table = container_counts(
        aoi, days, detections=pd.concat(found), coverage=_seen(*((day, "observed", 1.0) for day in days))
    )
    stacks = table[table["kind"] == "stack"].groupby("place_id")["boxes_seen"].agg(list)
    assert sorted(map(list, stacks)) == [[20, 0], [20, 15, 15]]
    assert sorted(table.loc[(table["scene_id"] == "b") & (table["kind"] == "stack"), "change"]) == [-20, -5]


def test_a_yard_that_was_not_observed_has_no_count_and_an_empty_one_has_zero(aoi: Aoi) -> None:
    cloudy, bare = _scene("a", 0), _scene("b", 1)
    table = container_counts(
        aoi,
        [cloudy, bare],
        detections=DETECTIONS.empty(),
        coverage=_seen((cloudy, "not observed", 0.0), (bare, "observed", 1.0)),
    )
    yard = _yards(table)
    assert yard.loc["a", ["boxes_seen", "boxes_low", "containers_high"]].isna().all()
    assert yard.loc["b", ["boxes_seen", "boxes_high"]].tolist() == [0, 0]


def test_pixels_of_three_metres_count_no_boxes(aoi: Aoi) -> None:
    scene = _scene("a", 0, pixel_m=3.0)
    table = container_counts(
        aoi, [scene], detections=_found(scene, _block(4, 5)), coverage=_seen((scene, "observed", 1.0))
    )
    assert table.empty


def test_boxes_outside_the_yards_stand_in_stacks_without_a_sum_and_deck_cargo_in_none(aoi: Aoi) -> None:
    scene = _scene("a", 0)
    ashore, aboard = _block(3, 3, north=150.0), _block(3, 3, north=-150.0)
    ship = box(EAST, NORTH - 160, EAST + 120, NORTH - 130)
    found = pd.concat([_found(scene, [*ashore, *aboard]), _found(scene, [ship], "vessel")])
    table = container_counts(aoi, [scene], detections=found, coverage=_seen((scene, "observed", 1.0)))
    outside = table[table["yard_id"] == ""]
    assert outside["boxes_seen"].tolist() == [9]
    assert outside["place_id"].str.startswith("elsewhere/").all()
    assert _yards(table).loc["a", "boxes_seen"] == 0


def test_a_cards_interval_over_scenes_widens_the_error_that_counts_use() -> None:
    def error(value: str) -> BoxError:
        sample = "300 labelled, 290 detected, 3 labelled scenes"
        found = BoxError.of([("precision, container", "0.95", sample), ("recall, container", value, sample)])
        assert found is not None
        return found

    assert error("0.75 (0.40–0.95)").recall_low == pytest.approx(0.40)
    assert error("0.75 (0.74–0.76)").recall_low == pytest.approx(0.705, abs=0.01)
    assert error("0.75 (one scene: no interval)").recall_low == error("0.75").recall_low
