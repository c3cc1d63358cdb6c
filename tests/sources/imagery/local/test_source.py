from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer

from monitor.core.aoi import parse_aoi
from monitor.core.errors import DataError, SourceError
from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.source import IN_FOLDER, FolderSource
from tests.sources.conftest import BANDS
from tests.sources.places import aoi_over

PERIOD = TimeRange.parse("2023-09")


@pytest.fixture
def source(tmp_path) -> FolderSource:
    return FolderSource(tmp_path / "scenes")


def only(source, aoi, period=PERIOD):
    [acquisition] = source.search(aoi, period)
    return acquisition


def reasons(source, aoi):
    return {problem.where: problem.reason for problem in source.problems(aoi, PERIOD)}


def test_pixels_come_as_stored_on_the_grid_of_the_aoi(source, aoi, write_scene):
    path = write_scene()
    acquisition = only(source, aoi)
    assert acquisition.id == "port_S2_20230905T021609_port"
    assert acquisition.start == acquisition.end == datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC)
    raster = source.fetch(acquisition, aoi)
    assert raster.grid == Grid.covering(aoi.geometry, epsg=32652)
    assert raster.bands == BANDS
    with rasterio.open(path) as stored:
        assert np.array_equal(raster.data, stored.read()[:, 20:70, 20:80])
    assert raster.valid.all()
    assert raster.cloud is None
    assert raster.band("B08")[0, 0] == pytest.approx(raster.data[3, 0, 0] / 10000)


def test_where_the_file_does_not_reach_is_not_seen(source, aoi, write_scene):
    write_scene(west=500_300)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.grid == Grid.covering(aoi.geometry, epsg=32652)
    assert raster.valid.mean() == 0.5
    assert not raster.data[:, ~raster.valid].any()


def test_a_day_without_hour_is_a_scene_of_uncertain_hour(source, aoi, write_scene):
    write_scene("port_S2_20230905.tif")
    acquisition = only(source, aoi)
    assert not acquisition.is_exact
    assert acquisition.start == datetime(2023, 9, 5, tzinfo=UTC)
    assert acquisition.end - acquisition.start == timedelta(hours=23, minutes=59, seconds=59)


def test_an_item_with_null_datetime_is_a_scene_of_uncertain_hour(source, aoi, write_scene):
    item = {"datetime": None, "start_datetime": "2023-09-07T00:00:00Z", "end_datetime": "2023-09-07T23:59:59Z"}
    write_scene("no_date.tif", item={**item, "platform": "sentinel-2a", "sat:relative_orbit": 3, "eo:cloud_cover": 40})
    acquisition = only(source, aoi)
    assert not acquisition.is_exact
    assert acquisition.start == datetime(2023, 9, 7, tzinfo=UTC)
    assert (acquisition.platform, acquisition.relative_orbit, acquisition.cloud_cover) == ("sentinel-2a", 3, 0.4)


def test_an_item_with_datetime_is_exact(source, aoi, write_scene):
    write_scene("no_date.tif", item={"datetime": "2023-09-07T02:16:09.5Z"})
    assert only(source, aoi).is_exact


def test_a_product_name_does_not_pretend_to_the_second(source, aoi, write_scene):
    write_scene("S2A_MSIL2A_20230905T021601_N0509_R003_T52TEM_20230905T051212.tif")
    acquisition = only(source, aoi)
    assert not acquisition.is_exact
    assert acquisition.start == datetime(2023, 9, 5, 2, 16, 1, tzinfo=UTC)
    assert (acquisition.platform, acquisition.relative_orbit, acquisition.level) == ("sentinel-2a", 3, "L2A")


def test_only_scenes_of_the_period_and_place_are_offered(source, aoi, write_scene):
    write_scene("sub/folder/in_20230905.tif")
    write_scene("out_20231005.tif")
    write_scene("elsewhere_20230905.tif", west=600_000)
    assert [a.id for a in source.search(aoi, PERIOD)] == ["in_20230905_port"]
    [problem] = source.problems(aoi, PERIOD)
    assert problem.where == "elsewhere_20230905.tif"
    assert problem.reason == "outside the AOIs"
    assert not problem.is_fault


def test_another_utm_zone_is_warped_to_the_aoi(source, write_scene):
    aoi = aoi_over(732_000, 4_670_000, 732_600, 4_670_500)
    ramp = np.add.outer(np.arange(300) * 10, np.arange(300) * 5 + 500)
    west, north = (round(v, -1) for v in _to_zone(732_300, 4_670_250, 32652, 32653))
    data = np.stack([ramp] * 5).astype(np.uint16)
    write_scene(epsg=32653, west=west - 1500, north=north + 1500, data=data)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.grid == Grid.covering(aoi.geometry, epsg=32652)
    assert raster.valid.all()
    assert raster.tags["resampling"] == "warped from EPSG:32653 (cubic, masks nearest)"
    lon, lat = raster.grid.lonlat(25.5, 30.5)
    row, col = Grid(32653, rasterio.Affine(10, 0, west - 1500, 0, -10, north + 1500), (300, 300)).rowcol(lon, lat)
    assert raster.data[0, 25, 30] == pytest.approx(500 + 10 * (row - 0.5) + 5 * (col - 0.5), abs=2)


def _to_zone(x, y, from_epsg, to_epsg):
    return Transformer.from_crs(from_epsg, to_epsg, always_xy=True).transform(x, y)


def test_what_a_warped_scene_does_not_show_is_not_seen(source, write_scene):
    aoi = aoi_over(732_000, 4_670_000, 732_600, 4_670_500)
    west, north = (round(v, -1) for v in _to_zone(732_300, 4_670_250, 32652, 32653))
    data = np.full((5, 300, 300), 700, np.uint16)
    data[:, :, 150:] = 0
    write_scene(epsg=32653, west=west - 1500, north=north + 1500, data=data)
    raster = source.fetch(only(source, aoi), aoi)
    assert 0.4 < raster.valid.mean() < 0.6
    assert (raster.data[:, raster.valid] == 700).all()
    assert not raster.data[:, ~raster.valid].any()


def test_a_grid_that_does_not_share_the_aois_edges_is_kept(source, aoi, write_scene):
    path = write_scene(west=499_803.7, north=4_670_702.2)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.grid.transform.c % 10 == pytest.approx(3.7)
    with rasterio.open(path) as stored:
        assert np.array_equal(raster.data, stored.read()[:, 20:70, 20:80])


def test_masks_in_the_file_say_what_was_seen(source, aoi, write_scene):
    data = np.full((7, 100, 100), 800, np.uint16)
    data[5] = 6
    data[5, :30], data[5, 30:40], data[5, 40:45] = 9, 3, 0
    data[6] = 1
    data[6, 60:] = 0
    write_scene(bands=(*BANDS, "SCL", "dataMask"), data=data)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.bands == BANDS
    assert raster.cloud[:20].all()
    assert not raster.cloud[20:].any()
    assert not raster.valid[20:25].any()
    assert raster.valid[25:40].all()
    assert not raster.valid[40:].any()


def test_zero_reflectance_is_seen_where_the_data_mask_says_so(source, aoi, write_scene):
    data = np.zeros((6, 100, 100), np.uint16)
    data[5] = 1
    data[0, 50, 50] = 5
    write_scene(bands=(*BANDS, "dataMask"), data=data)
    assert source.fetch(only(source, aoi), aoi).valid.all()


def test_scale_and_offset_of_the_item_are_applied(source, aoi, write_scene):
    write_scene(data=np.full((5, 100, 100), 3000, np.uint16), item={"datetime": "2023-09-05T02:16:09Z"})
    sidecar = source.root / "port_S2_20230905T021609.json"
    item = json.loads(sidecar.read_text())
    item["assets"]["data"]["raster:bands"] = [{"name": b, "scale": 0.0001, "offset": -0.1} for b in BANDS]
    sidecar.write_text(json.dumps(item))
    raster = source.fetch(only(source, aoi), aoi)
    assert (raster.data == 2000).all()
    assert (raster.scale, raster.offset) == (1e-4, 0.0)


def test_float_reflectance_becomes_the_archives_numbers(source, aoi, write_scene):
    write_scene(data=np.full((5, 100, 100), 0.2345, np.float32), nodata=None)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.data.dtype == np.uint16
    assert (raster.data == 2345).all()


def test_bands_are_known_by_many_names(source, aoi, write_scene):
    write_scene(bands=("blue", "B3", "b04 - red", "B08_10m", "swir16"))
    assert source.fetch(only(source, aoi), aoi).bands == BANDS


def test_files_without_band_names_take_those_of_the_settings(source, aoi, write_scene):
    write_scene(bands=(None,) * 5)
    assert "no names" in reasons(source, aoi)["port_S2_20230905T021609.tif"]
    named = FolderSource(source.root, replace(IN_FOLDER, bands=BANDS))
    assert named.fetch(only(named, aoi), aoi).bands == BANDS


def test_simulated_scenes_stay_simulated(source, aoi, write_scene):
    write_scene(tags={"SIMULATED": "YES"})
    acquisition = only(source, aoi)
    assert acquisition.simulated
    assert source.fetch(acquisition, aoi).tags["SIMULATED"] == "YES"


def test_radar_in_decibels_becomes_linear_power(source, aoi, write_scene):
    data = np.full((2, 100, 100), -20.0, np.float32)
    data[:, :30] = np.nan
    write_scene(
        "S1A_IW_20230905T092119.tif",
        bands=("VV", "VH"),
        data=data,
        nodata=None,
        item={"datetime": "2023-09-05T09:21:19Z", "monitor:unit": "dB", "sat:orbit_state": "ascending"},
    )
    acquisition = only(source, aoi)
    assert (acquisition.sensor, acquisition.orbit_state) == ("s1", "ascending")
    raster = source.fetch(acquisition, aoi)
    assert raster.data.dtype == np.float32
    assert raster.data[:, raster.valid] == pytest.approx(0.01)
    assert not raster.valid[:10].any()


@pytest.mark.parametrize(
    "number, dtype, unit",
    [(180, "uint16", "linear"), (-1850.0, "float32", "db"), (-18.5, "float32", "linear"), (40.0, "float32", "db")],
)
def test_radar_that_is_neither_power_nor_decibels_is_refused(source, aoi, write_scene, number, dtype, unit):
    write_scene(
        "S1A_IW_20230905T092119.tif", bands=("VV", "VH"), data=np.full((2, 100, 100), number, dtype), nodata=None
    )
    radar = FolderSource(source.root, replace(IN_FOLDER, unit=unit))
    with pytest.raises(DataError, match=r"calibrate it to sigma nought .* or state its unit by \[source\] radar_unit"):
        radar.fetch(only(radar, aoi), aoi)


def test_a_south_up_scene_is_read_like_any_other(source, aoi, write_scene):
    path = write_scene()
    with rasterio.open(path) as stored:
        data, t = stored.read(), stored.transform
    wanted = source.fetch(only(source, aoi), aoi)
    path.unlink()
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=100,
        height=100,
        count=5,
        dtype="uint16",
        crs="EPSG:32652",
        transform=Affine(t.a, 0, t.c, 0, -t.e, t.f + 100 * t.e),
        nodata=0,
    ) as target:
        target.write(data[:, ::-1])
        target.descriptions = BANDS
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.grid == wanted.grid
    assert np.array_equal(raster.data, wanted.data)


def test_a_source_crosses_processes(source):
    assert pickle.loads(pickle.dumps(source)) == source


# one overpass, one observation


@pytest.mark.parametrize(
    "first, second",
    [
        ("S2A_20230905T021609_port.tif", "S2A_20230905T021609_port (1).tif"),
        ("S2A_20230905_port.tif", "copy/S2A_20230905_port.tif"),
        ("S2_20230905_port.tif", "S2A_20230905T021609_port.tif"),
        (
            "S2A_MSIL2A_20230905T021601_N0400_R003_T52TEM_20230905T051212.tif",
            "S2A_MSIL2A_20230905T021601_N0509_R003_T52TEM_20231005T051212.tif",
        ),
    ],
)
def test_one_overpass_in_two_files_is_one_observation(source, aoi, write_scene, first, second):
    write_scene(first, data=np.full((5, 100, 100), 900, np.uint16))
    half = np.full((5, 100, 100), 700, np.uint16)
    half[:, :, 50:] = 0
    write_scene(second, data=half)
    acquisition = only(source, aoi)
    assert sorted(acquisition.product_ids) == sorted([first, second])
    raster = source.fetch(acquisition, aoi)
    assert raster.valid.all()
    assert set(np.unique(raster.data)) <= {700, 900}


def test_two_parts_of_one_overpass_are_put_together(source, aoi, write_scene):
    left, right = (np.full((5, 100, 100), number, np.uint16) for number in (700, 900))
    left[:, :, 50:], right[:, :, :50] = 0, 0
    write_scene("S2A_20230905T021609_T52TEM.tif", data=left)
    write_scene("S2A_20230905T021609_T52TEN.tif", data=right)
    raster = source.fetch(only(source, aoi), aoi)
    assert raster.valid.all()
    assert (raster.data[:, :, :30] == 700).all()
    assert (raster.data[:, :, 30:] == 900).all()


def test_two_satellites_and_two_days_are_two_observations(source, aoi, write_scene):
    for name in ("S2A_20230905T021609", "S2B_20230905T021609", "S2A_20230915T021609"):
        write_scene(f"{name}.tif")
    assert len(source.search(aoi, PERIOD)) == 3


# every file is accounted for


def test_every_file_is_accounted_for(source, aoi, write_scene):
    write_scene()
    write_scene("elsewhere_20230905.tif", west=600_000)
    write_scene("harbour.tif")
    (source.root / "look.img").touch()
    found = source.survey(aoi, PERIOD)
    assert found.account == "2 read: 1 over the port, 1 outside; 1 refused; 1 not recognised"
    assert reasons(source, aoi)["look.img"] == "not recognised: convert it to a GeoTIFF"


def test_a_port_with_longitude_and_latitude_swapped_is_known_by_its_scenes(source, write_scene):
    write_scene(epsg=32634, west=337_000, north=6_046_000)
    swapped = parse_aoi({"type": "Polygon", "coordinates": [_square(54.5, 18.5)]}, id="gdynia")
    why = reasons(source, swapped)[str(source.root)]
    assert why == "1 GeoTIFF, none touches gdynia (AOI 54.5° E 18.5° N, scenes 18.5° E 54.5° N: swapped?)"


def test_a_folder_without_a_picture_says_so(source, aoi):
    source.root.mkdir()
    assert "no GeoTIFF and no Sentinel-2 product in it" in reasons(source, aoi)[str(source.root)]


def _square(lon, lat, half=0.01):
    return [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
        [lon - half, lat - half],
    ]


# what describes a file


@pytest.mark.parametrize(
    "properties, bands, expected",
    [
        ({"earthsearch:boa_offset_applied": True}, {"scale": 0.0001, "offset": -0.1}, 3000),
        ({"s2:processing_baseline": "05.09"}, {}, 2000),
        ({"s2:processing_baseline": "02.14"}, {}, 3000),
        ({}, {"raster:scale": 0.0001, "raster:offset": -0.1}, 2000),
        ({}, {}, 3000),
    ],
)
@pytest.mark.parametrize("key", ["raster:bands", "bands"])
def test_an_item_means_the_same_as_in_a_catalog(source, aoi, write_scene, properties, bands, expected, key):
    item = {"datetime": "2023-09-05T02:16:09Z", **properties}
    write_scene(data=np.full((5, 100, 100), 3000, np.uint16), item=item)
    sidecar = source.root / "port_S2_20230905T021609.json"
    document = json.loads(sidecar.read_text())
    document["assets"]["data"][key] = [{"name": band, **bands} for band in BANDS]
    sidecar.write_text(json.dumps(document))
    assert (source.fetch(only(source, aoi), aoi).data == expected).all()


def test_names_in_eo_bands_are_read(source, aoi, write_scene):
    write_scene(bands=(None,) * 5, item={"datetime": "2023-09-05T02:16:09Z"})
    sidecar = source.root / "port_S2_20230905T021609.json"
    document = json.loads(sidecar.read_text())
    names = ("red", "green", "blue", "nir", "swir16")
    document["assets"]["data"]["eo:bands"] = [{"name": f"x{n}", "common_name": n} for n in names]
    sidecar.write_text(json.dumps(document))
    raster = source.fetch(only(source, aoi), aoi)
    with rasterio.open(source.root / "port_S2_20230905T021609.tif") as stored:
        assert np.array_equal(raster.data[2], stored.read(1)[20:70, 20:80])


def test_some_names_of_five_are_no_reason_to_guess_the_rest(source, aoi, write_scene):
    path = write_scene(bands=("B02", "B03", None, "seven", "B11"))
    why = reasons(source, aoi)[path.name]
    assert "no band is named B04, B08" in why
    assert "band 3, 4 (seven) has no name that is known" in why


# bad input


def test_a_missing_folder_is_named(tmp_path, aoi):
    with pytest.raises(SourceError, match="no such folder"):
        FolderSource(tmp_path / "none").search(aoi, PERIOD)


def test_one_bad_file_does_not_hide_the_good_ones(source, aoi, write_scene):
    write_scene()
    (source.root / "empty_20230906.tif").touch()
    (source.root / "text_20230907.tif").write_text("<html>Sign in</html>")
    assert len(source.search(aoi, PERIOD)) == 1
    found = reasons(source, aoi)
    assert "zero bytes" in found["empty_20230906.tif"]
    assert "not a readable GeoTIFF" in found["text_20230907.tif"]
    assert all(problem.is_fault for problem in source.problems(aoi, PERIOD))


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.9])
def test_a_truncated_file_is_an_error_that_names_it(source, aoi, write_scene, keep):
    path = write_scene()
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    everything = aoi_over(499_800, 4_669_700, 500_800, 4_670_700)
    offered = source.search(everything, PERIOD)
    if offered:
        with pytest.raises(DataError, match=rf"{path.name}: its pixels cannot be read"):
            source.fetch(offered[0], everything)
    else:
        assert path.name in reasons(source, everything)


def test_another_raster_format_in_disguise_is_refused(source, aoi, tmp_path, write_scene):
    path = write_scene()
    with rasterio.open(path) as scene:
        first = scene.read(1).astype(np.uint8)
    with rasterio.open(
        tmp_path / "x.png", "w", driver="PNG", width=100, height=100, count=1, dtype="uint8", transform=scene.transform
    ) as png:
        png.write(first, 1)
    path.write_bytes((tmp_path / "x.png").read_bytes())
    assert "not a readable GeoTIFF" in reasons(source, aoi)[path.name]


def test_a_scene_without_crs_is_refused(source, aoi, write_scene):
    path = write_scene(crs=False)
    assert source.search(aoi, PERIOD) == []
    assert "no CRS" in reasons(source, aoi)[path.name]


def test_missing_bands_are_named(source, aoi, write_scene):
    path = write_scene(bands=("B02", "B03", "B04"))
    assert "band B08, B11 missing" in reasons(source, aoi)[path.name]
    lenient = FolderSource(source.root, takes_missing_bands=True)
    assert lenient.fetch(only(lenient, aoi), aoi).bands == ("B02", "B03", "B04")


def test_a_band_that_is_there_twice_is_refused(source, aoi, write_scene):
    path = write_scene(bands=(*BANDS, "B11"))
    assert "B11 is there twice" in reasons(source, aoi)[path.name]


def test_a_scene_without_data_is_not_a_observation(source, aoi, write_scene):
    write_scene(data=np.zeros((5, 100, 100), np.uint16))
    with pytest.raises(NoData, match="no valid pixel over the AOI"):
        source.fetch(only(source, aoi), aoi)


def test_a_scene_whose_data_lie_beside_the_aoi_is_not_a_observation(source, aoi, write_scene):
    data = np.zeros((5, 100, 100), np.uint16)
    data[:, :10] = 500
    write_scene(data=data)
    with pytest.raises(NoData):
        source.fetch(only(source, aoi), aoi)


def test_two_passes_that_claim_one_id_are_both_refused(source, aoi, write_scene):
    write_scene("a/port.tif", item={"datetime": "2023-09-05T02:16:09Z"})
    write_scene("b/port.tif", item={"datetime": "2023-09-15T02:16:09Z"})
    write_scene("port_20230906.tif")
    assert [a.id for a in source.search(aoi, PERIOD)] == ["port_20230906_port"]
    [problem] = source.problems(aoi, PERIOD)
    assert problem.where == "a/port.tif, b/port.tif"
    assert "all claim to be scene port_port" in problem.reason


def test_a_file_without_any_date_is_refused(source, aoi, write_scene):
    path = write_scene("harbour.tif")
    assert "no date in the name" in reasons(source, aoi)[path.name]


def test_a_broken_item_is_named(source, aoi, write_scene):
    path = write_scene()
    path.with_suffix(".json").write_text('{"type": "Feature"')
    assert ".json: not readable JSON" in reasons(source, aoi)[path.name]


def test_a_file_that_vanishes_between_search_and_fetch_is_an_error(source, aoi, write_scene):
    path = write_scene()
    acquisition = only(source, aoi)
    path.unlink()
    with pytest.raises(DataError, match="is gone"):
        source.fetch(acquisition, aoi)


# real scenes


@pytest.mark.parametrize("port, epsg", [("busan", 32652), ("hedland", 32750), ("cartagena", 32618)])
def test_real_ports_are_read(shared_data: Path, port, epsg):
    scenes = FolderSource(shared_data / "s2_ports")
    item = json.loads((shared_data / "s2_ports" / port / "item.json").read_text())
    aoi = parse_aoi(item["geometry"], id=port)
    assert aoi.epsg == epsg
    found = scenes.survey(aoi, TimeRange.parse("2022-01-01/2024-01-01"))
    [acquisition] = found.acquisitions
    assert not acquisition.is_exact
    assert not any(problem.is_fault for problem in found.problems)
    raster = scenes.fetch(acquisition, aoi)
    assert raster.bands == BANDS
    with rasterio.open(shared_data / "s2_ports" / acquisition.product_ids[0]) as stored:
        rows, cols = stored.height, stored.width
        assert raster.data[:, raster.valid].sum() == pytest.approx(stored.read().astype(np.int64).sum(), rel=1e-3)
    assert abs(raster.grid.shape[0] - rows) <= 2
    assert abs(raster.grid.shape[1] - cols) <= 2


def test_real_partial_ports_are_refused_with_the_band_named(shared_data: Path):
    item = json.loads((shared_data / "s2_ports_partial" / "santos" / "item.json").read_text())
    aoi = parse_aoi(item["geometry"], id="santos")
    [problem, *_] = FolderSource(shared_data / "s2_ports_partial").problems(aoi, PERIOD)
    assert "missing" in problem.reason
