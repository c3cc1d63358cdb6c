"""A brief over a port that Sentinel-2 and finer pictures of one's own showed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from monitor.core.aoi import Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster, Scene
from monitor.core.tables import CONTAINER_COUNTS, COUNTS, COVERAGE, DETECTIONS
from monitor.core.tableset import TableSet
from monitor.fuse.series.containers import container_counts
from monitor.fuse.series.counts import count
from monitor.report import Brief, BriefInput, build_brief
from monitor.report.render.html import page
from monitor.report.tiles.observations import choose, observations_of
from monitor.report.tiles.stretch import measure
from tests.report.made import SCENES, brief_input, coverage, detections, port, read_pixels

EPSG, PIXEL_M = 32652, 1.0
DAYS = (SCENES[1] - timedelta(days=1), SCENES[1] + timedelta(minutes=20))


def _fine(at: datetime) -> Acquisition:
    return Acquisition(f"sky_{at:%Y%m%d}", "rajin", "skysat", "SkySat-3", at, at, port().geometry, source="folder")


def _yard() -> Zone:
    return Zone("y1", "yard", "Yard one", box(130.279, 42.230, 130.283, 42.232))


def _boxes(number: int) -> list[Polygon]:
    corner = reproject(box(130.280, 42.231, 130.2805, 42.2312), WGS84, EPSG).bounds
    places = [(corner[0] + 6.5 * (i % 10), corner[1] + 2.9 * (i // 10)) for i in range(number)]
    return [reproject(box(x, y, x + 6.06, y + 2.44), EPSG, WGS84) for x, y in places]


def _found(scene: Acquisition, number: int) -> pd.DataFrame:
    ship = detections(scene).iloc[[0]].assign(sensor="skysat", width_m=18.0, size_class="Seawaymax, slender")
    rest = [
        {
            **ship.iloc[0].to_dict(),
            "detection_id": f"{scene.id}-{kind}{i}",
            "class_name": kind,
            "zone": "inshore",
            "zone_id": "",
            "axis_deg": np.nan,
            "size_class": "",
            "geometry": shape,
        }
        for kind, shapes in (("container", _boxes(number)), ("storage_tank", [box(130.289, 42.233, 130.2893, 42.2332)]))
        for i, shape in enumerate(shapes)
    ]
    return DETECTIONS.conform(gpd.GeoDataFrame(pd.concat([ship, pd.DataFrame(rest)]), geometry="geometry", crs=4326))


def _given() -> BriefInput:
    coarse = brief_input()
    aoi = replace(coarse.aois[0], zones=(*coarse.aois[0].zones, _yard()))
    fine = tuple(_fine(at) for at in DAYS)
    found = [_found(scene, number) for scene, number in zip(fine, (40, 60), strict=True)]
    seen = pd.DataFrame([row for scene in fine for row in coverage(scene, "observed")]).assign(sensor="skysat")
    yards = seen[seen["kind"] == "berth"].assign(zone_id="y1", kind="yard")
    every = COVERAGE.conform(pd.concat([coarse.tables[COVERAGE], seen, yards]))
    grid = Grid.covering(aoi.geometry, epsg=EPSG, gsd_m=PIXEL_M)
    scenes = [Scene(scene, grid, ("B04", "B03", "B02"), 1.0, 1.0, None) for scene in fine]  # type: ignore[arg-type]
    ships = DETECTIONS.conform(pd.concat([coarse.tables[DETECTIONS], *found]))
    ships.loc[ships["detection_id"] == "s2_20231010-0", "same_ship"] = f"{fine[1].id}-0"
    together = [(fine[1].id, "s2_20231010")]
    tables = coarse.tables | {
        COVERAGE: every,
        DETECTIONS: ships,
        COUNTS: count(ships, every, together=together),
        CONTAINER_COUNTS: container_counts(aoi, scenes, detections=pd.concat(found), coverage=every),
    }
    return replace(coarse, aois=(aoi,), acquisitions=(*coarse.acquisitions, *fine), tables=TableSet(tables))


def _pixels(scene_id: str) -> Raster:
    if scene_id.startswith("s2"):
        return read_pixels(scene_id)
    grid = Grid.covering(port().geometry, epsg=EPSG, gsd_m=PIXEL_M)
    data = np.random.default_rng(3).integers(20, 90, (3, *grid.shape), dtype=np.uint8)
    return Raster(data, ("B04", "B03", "B02"), np.ones(grid.shape, bool), grid)


@pytest.fixture(scope="module")
def brief() -> Brief:
    return build_brief(_given(), _pixels)


@pytest.fixture(scope="module")
def text(brief: Brief) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page(brief, paper=False))))


def test_every_sensor_gets_a_tile_and_the_pair_is_of_one_sensor(text: str) -> None:
    given = _given()
    chosen = choose(observations_of(given, "rajin"), given.period)
    assert chosen.latest is not None
    assert chosen.before is not None
    assert (chosen.latest.sensor, chosen.before.sensor) == ("skysat", "skysat")
    assert [other.sensor for other in chosen.others] == ["s2"]
    assert "objects on sky_20231010" in text
    assert "objects on s2_20231010" in text


def test_boxes_are_stated_by_yard_with_bounds_change_and_what_was_not_measured(text: str) -> None:
    assert "Rajin 라진 <b>: container boxes by yard and observation" in text
    assert "Yard one 2023-10-10 02:36 UTC, skysat 60 0 60–60 60–180 +20 (+20 to +20) not measured" in text
    assert "no error with single boxes was measured for the model of skysat" in text
    assert "tiers below the top one cannot be seen" in text


def test_single_boxes_are_not_listed_one_by_one_and_other_classes_keep_their_name(text: str) -> None:
    assert "sky_20231010-container" not in text.split("Appendix")[0]
    assert "storage tank" in text
    assert "1 other object is marked" in text


def test_a_ship_shows_its_beam_and_class_and_a_box_without_axis_says_so(text: str) -> None:
    assert "18 m, Seawaymax, slender" in text
    assert "cannot tell" in text


def test_both_providers_are_credited(brief: Brief) -> None:
    assert "Contains modified Copernicus Sentinel data 2023" in brief.header.credit
    assert "provider's licence applies 2023" in brief.header.credit


def test_an_eight_bit_picture_is_not_called_reflectance() -> None:
    stretch = measure("skysat", [_pixels("sky_20231010")])
    assert stretch.text.endswith("of 255")
    assert measure("s2", [read_pixels("s2_20231010")]).text.endswith("reflectance")
    assert not stretch.fits(read_pixels("s2_20231010"))


def test_the_ship_that_both_show_within_the_hour_counts_once(text: str) -> None:
    counts = _given().tables[COUNTS].set_index("scene_id")
    assert counts.loc["s2_20231010", "counted_in"] == "sky_20231010"
    assert counts.loc["sky_20231010", "vessels"] == 2
    assert pd.isna(counts.loc["s2_20231010", "vessels"])
    assert "SKYSAT" in text
