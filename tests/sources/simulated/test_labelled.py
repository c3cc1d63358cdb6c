"""Labelled scene folders of made-up ports and of a season's fine pictures."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from shapely.geometry import box, shape

from monitor.core.aoi import read_aois
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.timerange import TimeRange
from monitor.detect.evaluation.reader import image_of, labelled_folders
from monitor.simulate import Season
from monitor.sources.imagery.local.source import FolderSource
from monitor.sources.simulated.files import write_season
from monitor.sources.simulated.labels import season_labels
from monitor.sources.simulated.ports import PortPlan, write_ports

PLAN = PortPlan(count=3, seed=5, size_px=160)


def _features(folder):
    return json.loads((folder / "labels.geojson").read_text())["features"]


def _kinds(folder):
    return Counter(feature["properties"]["kind"] for feature in _features(folder))


def test_made_up_ports_are_labelled_scene_folders(tmp_path):
    made = write_ports(PLAN, tmp_path)
    folders = labelled_folders(tmp_path)
    assert [folder.name for folder in folders] == [f"made_up_5_{number:04d}" for number in range(3)]
    assert sum((_kinds(folder) for folder in folders), Counter()) == made.kinds
    assert made.text().startswith(f"{tmp_path}: 3 SIMULATED labelled scenes with ")
    with rasterio.open(image_of(folders[0]), driver="GTiff") as image:
        assert image.descriptions == ("B02", "B03", "B04", "B08")
        assert image.tags()["SIMULATED"] == "YES"
        assert image.res == (0.5, 0.5)
    item = json.loads((folders[0] / "item.json").read_text())
    assert item["properties"]["monitor:simulated"] is True
    assert item["properties"]["gsd"] == 0.5


def test_drawing_side_by_side_writes_the_same_bytes(tmp_path):
    write_ports(PLAN, tmp_path / "one")
    with ThreadPoolExecutor(2) as pool:
        write_ports(PLAN, tmp_path / "two", pool=pool)
    for path in (tmp_path / "one").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


def test_ports_of_sentinel_2_are_drawn_at_10_m(tmp_path):
    write_ports(PortPlan(sensor="s2", count=1, size_px=160), tmp_path)
    with rasterio.open(image_of(labelled_folders(tmp_path)[0]), driver="GTiff") as image:
        assert image.res == (10.0, 10.0)
        assert image.count == 6


def test_radar_has_no_made_up_ports(tmp_path):
    with pytest.raises(DataError, match="drawn for hires and s2"):
        write_ports(PortPlan(sensor="s1"), tmp_path)


@pytest.mark.parametrize(("gsd_m", "singly"), [(1.0, True), (3.0, False)])
def test_a_season_labels_containers_where_pixels_show_them(tmp_path, repository, gsd_m, singly):
    rajin = tuple(aoi for aoi in read_aois(repository / "aoi") if aoi.id == "rajin")
    period = TimeRange.parse("2023-09-24/2023-09-27")
    season = Season.make(aois=rajin, seed=9, period=period, sensors=("hires",), hires_gsd_m=gsd_m)
    write_season(season, tmp_path)
    (folder,) = labelled_folders(tmp_path / "scenes" / "rajin")
    kinds = _kinds(folder)
    assert kinds["container_stack"] > 0
    assert (kinds["container"] > 0) == singly
    for feature in _features(folder):
        assert feature["properties"]["source"] == "SIMULATED"
        if feature["properties"]["kind"] == "container":
            assert shape(feature["geometry"]).area > 0
            assert feature["properties"]["length_m"] in (6.1, 12.2)
            assert 0 <= feature["properties"]["axis_deg"] < 180


@pytest.mark.parametrize("gsd_m", [2.0, 3.0])
def test_a_fine_scene_from_a_folder_is_of_the_sensor_it_was_made_for(tmp_path, repository, gsd_m):
    rajin = next(aoi for aoi in read_aois(repository / "aoi") if aoi.id == "rajin")
    period = TimeRange.parse("2023-09-24/2023-09-27")
    season = Season.make(aois=(rajin,), seed=9, period=period, sensors=("hires",), hires_gsd_m=gsd_m)
    write_season(season, tmp_path)
    source = FolderSource(tmp_path / "scenes")
    (found,) = source.search(rajin, period)
    assert (found.sensor, found.simulated) == ("hires", True)
    assert source.fetch(found, rajin).grid.gsd_m == pytest.approx(gsd_m, rel=1e-3)


@pytest.mark.parametrize(("shown", "kind"), [(0.9, "vessel"), (0.7, "vessel"), (0.4, "ignore")])
def test_a_vessel_of_which_the_picture_shows_little_is_not_scored(shown, kind):
    grid = Grid(32652, Affine(0.5, 0, 500_000, 0, -0.5, 4_600_000), (400, 400))
    raster = Raster(np.zeros((1, 400, 400), dtype=np.uint16), ("B04",), np.ones((400, 400), dtype=bool), grid)
    hull = box(500_200 - 50 * shown, 4_599_880, 500_200 + 50 * (1 - shown), 4_599_890)
    row = {"length_m": 50.0, "width_m": 10.0, "axis_deg": 90.0, "visible": True, "situation": "open", "mmsi": 1}
    vessels = pd.DataFrame([{**row, "geometry": reproject(hull, 32652, WGS84)}])
    (feature,) = season_labels(raster, vessels, pd.DataFrame(), ())["features"]
    assert feature["properties"]["kind"] == kind
