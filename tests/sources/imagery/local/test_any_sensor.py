"""The folder source with images of any sensor, and tiles of one pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from pyproj import Transformer

from monitor.core.timerange import TimeRange
from monitor.sources.imagery.local.source import IN_FOLDER, FolderSource
from tests.sources.imagery.local.pictures import NORTH, WEST, harbour, write_picture
from tests.sources.imagery.local.test_vendor import planet_metadata, usable
from tests.sources.places import aoi_over

PERIOD = TimeRange.parse("2023-09")
SIZE = 200  # pixels of 3 m over 600 m


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    return FolderSource(tmp_path / "scenes")


@pytest.fixture
def aoi():
    """600 m × 600 m; the pictures reach 300 m further east and south."""
    return aoi_over(WEST, NORTH - 600, WEST + 600, NORTH)


def at(col: int, row: int, gsd: float = 3.0) -> Affine:
    """A picture that begins so many pixels into the port."""
    return Affine(gsd, 0, WEST + col * gsd, 0, -gsd, NORTH - row * gsd)


def test_a_planet_scene_is_an_observation_at_its_own_pixel_size(source, aoi) -> None:
    scene = "20230905_021609_34_2416"
    write_picture(source.root / f"{scene}_3B_AnalyticMS_SR.tif", harbour(4, 100, "uint16"))
    usable(source.root / f"{scene}_3B_udm2.tif", 100)
    planet_metadata(source.root / f"{scene}_metadata.json")
    found = source.survey(aoi, PERIOD)
    assert found.account == "1 read: 1 over the port, 0 outside"
    [acquisition] = found.acquisitions
    assert (acquisition.id, acquisition.sensor, acquisition.is_exact) == (f"{scene}_port", "planet", True)
    raster = source.fetch(acquisition, aoi)
    assert raster.grid.gsd_m == 3.0
    assert raster.grid.shape == (100, 100)  # where the picture lies, not all over the port
    assert raster.cloud is not None
    assert raster.cloud.sum() == 15 * 100


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_an_image_in_another_crs_is_warped_at_its_own_pixel_size(source, aoi, crs) -> None:
    side = {"EPSG:4326": 3.0 / 95_000, "EPSG:3857": 3.0 / 0.741}[crs]
    west, north = Transformer.from_crs(32652, crs, always_xy=True).transform(WEST, NORTH)
    placed = {"crs": crs, "transform": Affine(side, 0, west, 0, -side, north)}
    write_picture(source.root / "port_20230905T021609.tif", harbour(3, 400, "uint8"), **placed)
    lenient = FolderSource(source.root, replace(IN_FOLDER, sensor="hires"))
    [acquisition] = lenient.search(aoi, PERIOD)
    raster = lenient.fetch(acquisition, aoi)
    assert raster.grid.epsg == aoi.epsg
    assert raster.grid.gsd_m == pytest.approx(3.0, abs=0.5)
    assert raster.valid.mean() > 0.9


def test_a_sensor_of_ones_own_name_and_a_pattern_of_names_come_from_the_settings(source, aoi) -> None:
    write_picture(source.root / "flight_05092023_0216.png", harbour(3, 100, "uint8"))
    (source.root / "flight_05092023_0216.pgw").write_text(f"3\n0\n0\n-3\n{WEST + 1.5}\n{NORTH - 1.5}\n")
    assert "give it by [source] crs in monitor.toml" in source.problems(aoi, PERIOD)[0].reason
    given = replace(IN_FOLDER, crs="EPSG:32652")
    assert "[source] name_pattern in monitor.toml" in FolderSource(source.root, given).problems(aoi, PERIOD)[0].reason
    own = FolderSource(source.root, replace(given, sensor="drone-2", name_pattern="flight_%d%m%Y_%H%M"))
    [acquisition] = own.search(aoi, PERIOD)
    assert (acquisition.sensor, acquisition.platform) == ("drone-2", "")
    assert acquisition.start == acquisition.end == datetime(2023, 9, 5, 2, 16, tzinfo=UTC)
    raster = own.fetch(acquisition, aoi)
    assert raster.bands == ("B02", "B03", "B04")
    assert raster.data.dtype == np.uint8


def test_a_folder_of_bands_is_one_observation(source, aoi) -> None:
    folder = source.root / "T52TEM_20230905"
    for band in ("B02", "B03", "B04", "B08", "B11"):
        gsd = 20.0 if band == "B11" else 10.0
        write_picture(folder / f"T52TEM_20230905T021601_{band}.tif", harbour(1, 60, "uint16"), gsd=gsd, nodata=0)
    [acquisition] = source.search(aoi, PERIOD)
    assert acquisition.id == "T52TEM_20230905T021601_port"
    assert len(acquisition.product_ids) == 5
    raster = source.fetch(acquisition, aoi)
    assert raster.bands == ("B02", "B03", "B04", "B08", "B11")
    assert raster.grid.gsd_m == 10.0
    assert raster.valid.all()


def test_json_that_is_no_item_is_noted_and_hides_nothing(source, aoi) -> None:
    path = write_picture(source.root / "port_20230905.tif", harbour(3, 100, "uint8"))
    path.with_suffix(".json").write_text('{"reviewed": true}')
    found = source.survey(aoi, PERIOD)
    assert len(found.acquisitions) == 1
    [note] = found.problems
    assert (note.where, note.is_fault) == ("port_20230905.json", False)
    assert note.reason == "JSON that is no STAC item, so it is not used"


# one pass, several files


def test_tiles_of_one_pass_are_one_observation_of_their_union(source, aoi) -> None:
    whole = harbour(3, SIZE, "uint8")
    for row in range(0, SIZE, 50):
        for col in range(0, SIZE, 50):
            part = whole[:, row : row + 50, col : col + 50]
            seconds = row // 50 * 10 + col // 50
            name = f"20230905_0216{seconds:02d}_ssc4d{1 + col // 100}_{row // 50:02d}{col // 50:02d}_visual.tif"
            write_picture(source.root / name, part, transform=at(col, row), nodata=0)
    found = source.survey(aoi, PERIOD)
    [acquisition] = found.acquisitions
    assert found.account == "16 read: 16 over the port, 0 outside"
    assert len(acquisition.product_ids) == 16
    assert acquisition.is_exact
    raster = source.fetch(acquisition, aoi)
    assert raster.grid.shape == (SIZE, SIZE)
    assert raster.valid.all()
    assert np.array_equal(raster.data, whole[::-1])


@pytest.mark.parametrize(
    "second, passes",
    [
        ("20230905_021700_34_2416", 1),  # the next frame of one satellite
        ("20230905_021700_34_2440", 2),  # another satellite, minutes apart
        ("20230905_034700_34_2416", 2),  # the same satellite on its next orbit
        ("20230906_021609_34_2416", 2),
    ],
)
def test_what_is_one_pass(source, aoi, second: str, passes: int) -> None:
    for scene, col in (("20230905_021609_34_2416", 0), (second, 100)):
        part = harbour(4, 100, "uint16")
        write_picture(source.root / f"{scene}_3B_AnalyticMS_SR.tif", part, transform=at(col, 0), nodata=0)
    assert len(source.search(aoi, PERIOD)) == passes


def test_a_scene_processed_anew_supersedes_the_older_one(source, aoi) -> None:
    scene = "20230905_021609_34_2416"
    for folder, number, published in (("old", 500, "2023-09-05T08:00:00Z"), ("new", 700, "2023-09-09T08:00:00Z")):
        data = np.full((4, 100, 100), number, np.uint16)
        write_picture(source.root / folder / f"{scene}_3B_AnalyticMS_SR.tif", data)
        planet_metadata(source.root / folder / f"{scene}_metadata.json", published=published)
    write_picture(source.root / "old" / f"{scene}_3B_Visual.tif", harbour(3, 100, "uint8"))
    [acquisition] = source.search(aoi, PERIOD)
    assert len(acquisition.product_ids) == 3
    raster = source.fetch(acquisition, aoi)
    assert (raster.data == 700).all()


def test_real_chips_of_one_day_are_one_observation_of_all_that_they_show(shared_data: Path) -> None:
    chips = FolderSource(shared_data / "s2_ais" / "chips")
    aoi = aoi_over(560_000, 6_000_000, 590_000, 6_040_000, epsg=32632)
    found = chips.survey(aoi, TimeRange.parse("2022-08"))
    [acquisition] = found.acquisitions
    assert len(acquisition.product_ids) > 5
    raster = chips.fetch(acquisition, aoi)
    areas = [float((FolderSource(chips.root).fetch(one, aoi)).valid.sum()) for one in _one_by_one(acquisition)]
    assert max(areas) < float(raster.valid.sum()) <= sum(areas)


def _one_by_one(acquisition):
    return [replace(acquisition, product_ids=(name,)) for name in acquisition.product_ids]


def test_screenshots_of_a_folder_lie_where_the_settings_place_each(source, aoi) -> None:
    for day in (5, 6):
        write_picture(source.root / f"shot_202309{day:02d}T021600.png", harbour(3, 100, "uint8"))
    why = source.problems(aoi, PERIOD)[0].reason
    assert '"FILE NAME" = [WEST, SOUTH, EAST, NORTH] below [source.corners] in monitor.toml' in why
    to_lonlat = Transformer.from_crs(32652, 4326, always_xy=True).transform
    west, south = to_lonlat(WEST, NORTH - 300)
    east, north = to_lonlat(WEST + 300, NORTH)
    placed = FolderSource(
        source.root,
        replace(IN_FOLDER, sensor="hires"),
        corners={"shot_20230905T021600.png": (west, south, east, north), "gone.png": (west, south, east, north)},
    )
    survey = placed.survey(aoi, PERIOD)
    [acquisition] = survey.acquisitions
    assert acquisition.start == datetime(2023, 9, 5, 2, 16, tzinfo=UTC)
    reasons = {problem.where: problem.reason for problem in survey.problems}
    assert "no picture of that name" in reasons["gone.png"]
    assert "nothing states its place" in reasons["shot_20230906T021600.png"]
    raster = placed.fetch(acquisition, aoi)
    bright = np.argwhere(raster.data[0] > 150).mean(axis=0)
    lon, lat = raster.grid.lonlat(*bright)
    assert (float(lon), float(lat)) == pytest.approx(to_lonlat(WEST + 3 * 62.5, NORTH - 3 * 52), abs=3e-5)


def test_the_settings_state_what_number_means_nothing_was_seen(source, aoi) -> None:
    data = harbour(3, 100, "uint8")
    data[:, 60:] = 0
    write_picture(source.root / "port_20230905T021609.tif", data)
    shares = {}
    for nodata in (None, "none", 100.0):
        own = FolderSource(source.root, replace(IN_FOLDER, sensor="hires", nodata=nodata))
        [acquisition] = own.search(aoi, PERIOD)
        shares[nodata] = own.fetch(acquisition, aoi).valid.mean()
    assert shares[None] == pytest.approx(0.6, abs=0.01)
    assert shares["none"] == 1.0
    assert shares[100.0] < 1.0
