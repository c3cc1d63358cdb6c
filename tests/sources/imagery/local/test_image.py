"""Single images of any sensor, pixel size, CRS and format."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp
from rasterio.rpc import RPC
from rasterio.warp import Resampling, reproject, transform_bounds

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.sources.imagery.local.image import UNKNOWN_START, read_image
from monitor.sources.imagery.local.reading import Reading, parse_at, parse_corners, parse_nodata
from tests.sources.imagery.local.pictures import EPSG, NORTH, WEST, harbour, write_picture

RGB = ("B02", "B03", "B04")
LONLAT = Transformer.from_crs(EPSG, 4326, always_xy=True).transform


def hull(raster: Raster) -> tuple[float, float]:
    """The middle of the bright hull, in the metres of UTM zone 52."""
    band = raster.band("B03")
    rows, cols = np.nonzero(band >= 0.7 * band.max())
    lon, lat = raster.grid.lonlat(rows.mean() + 0.5, cols.mean() + 0.5)
    x, y = Transformer.from_crs(4326, EPSG, always_xy=True).transform(lon, lat)
    return float(x), float(y)


@pytest.mark.parametrize("gsd, sensor", [(0.5, "hires"), (3.0, "optical"), (10.0, "s2"), (30.0, "optical")])
@pytest.mark.parametrize("suffix", [".tif", ".jp2"])
def test_a_colour_picture_of_any_pixel_size_is_kept_as_it_is(
    tmp_path: Path, gsd: float, sensor: str, suffix: str
) -> None:
    data = harbour(3, 90, "uint8")
    acquisition, raster = read_image(write_picture(tmp_path / f"a{suffix}", data, gsd=gsd))
    assert acquisition.sensor == sensor
    assert raster.grid.gsd_m == gsd
    assert raster.is_picture
    assert raster.bands == RGB
    assert np.array_equal(raster.data, data[::-1])
    assert raster.valid.all()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_red_green_blue_and_near_infrared_by_their_colours(tmp_path: Path, dtype: str) -> None:
    data = harbour(4, 60, dtype)
    path = write_picture(tmp_path / "a.tif", data, gsd=0.5, photometric="RGB", alpha="unspecified")
    _, raster = read_image(path)
    assert raster.bands == (*RGB, "B08")
    assert np.array_equal(raster.data, data[[2, 1, 0, 3]])


def test_a_band_that_the_file_calls_alpha_may_be_named(tmp_path: Path) -> None:
    data = harbour(4, 60, "uint8")
    data[3, :20] = 0
    path = write_picture(tmp_path / "a.tif", data, gsd=0.5)  # GDAL takes the fourth of 8 bits as alpha
    with rasterio.open(path) as source:
        assert source.colorinterp[3] == ColorInterp.alpha
    assert read_image(path)[1].bands == RGB
    assert not read_image(path)[1].valid[:20].any()
    _, named = read_image(path, Reading(bands=("red", "green", "blue", "nir")))
    assert named.bands == (*RGB, "B08")
    assert named.valid.all()


def warped(tmp_path: Path, data: np.ndarray, *, crs: str, transform: Affine | None = None, size: int = 0) -> Path:
    """The harbour at 3 m in another CRS or on a turned grid."""
    own = Affine(3.0, 0, WEST, 0, -3.0, NORTH)
    if transform is None:
        bounds = (WEST, NORTH - 3 * data.shape[1], WEST + 3 * data.shape[2], NORTH)
        west, south, east, north = transform_bounds(f"EPSG:{EPSG}", crs, *bounds)
        side = (east - west) / data.shape[2]
        rows, cols = round((north - south) / side), data.shape[2]
        transform = Affine(side, 0, west, 0, -side, north)
    else:
        rows = cols = size
    out = np.zeros((len(data), rows, cols), data.dtype)
    reproject(
        data,
        out,
        src_transform=own,
        src_crs=f"EPSG:{EPSG}",
        dst_transform=transform,
        dst_crs=crs,
        src_nodata=0,
        dst_nodata=0,
        resampling=Resampling.nearest,
    )
    return write_picture(tmp_path / "w.tif", out, crs=crs, transform=transform, nodata=0)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32653", "turned"])
def test_any_grid_shows_the_hull_where_it_is_at_its_own_pixel_size(tmp_path: Path, crs: str) -> None:
    data = harbour(4, 200, "uint16")
    _, plain = read_image(write_picture(tmp_path / "p.tif", data))
    if crs == "turned":
        middle = Affine.translation(WEST + 300, NORTH - 300)
        turned = middle @ Affine.rotation(25) @ Affine.scale(3, -3) @ Affine.translation(-150, -150)
        path = warped(tmp_path, data, crs=f"EPSG:{EPSG}", transform=turned, size=300)
    else:
        path = warped(tmp_path, data, crs=crs)
    _, raster = read_image(path)
    assert raster.grid.gsd_m == pytest.approx(3.0, rel=0.2)
    assert raster.bands == plain.bands
    assert hull(raster) == pytest.approx(hull(plain), abs=3.0)
    area_m2 = float(raster.valid.sum()) * raster.grid.gsd_m**2
    assert area_m2 == pytest.approx(600.0**2, rel=0.02)


def test_a_south_up_picture_of_points_is_read_by_its_points(tmp_path: Path) -> None:
    data = harbour(4, 100, "uint16")
    _, plain = read_image(write_picture(tmp_path / "p.tif", data))
    places = [(row, col) for row in (0, 50, 100) for col in (0, 50, 100)]
    points = [GroundControlPoint(row=r, col=c, x=WEST + 3 * c, y=NORTH - 300 + 3 * r) for r, c in places]
    path = write_picture(tmp_path / "g.tif", data[:, ::-1], gcps=(points, f"EPSG:{EPSG}"))
    _, raster = read_image(path)
    assert raster.grid.gsd_m == pytest.approx(3.0)
    assert hull(raster) == pytest.approx(hull(plain), abs=3.0)


# pictures without a place


def corner_lonlat() -> list[tuple[float, float]]:
    size = 3 * 100
    return [LONLAT(WEST + x, NORTH - y) for x, y in ((0, 0), (size, 0), (size, size), (0, size))]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_a_screenshot_lies_where_its_corners_are_given(tmp_path: Path, suffix: str) -> None:
    data = harbour(3, 100, "uint8")
    _, plain = read_image(write_picture(tmp_path / "p.tif", data))
    given = {} if suffix != ".tif" else {"crs": None, "transform": None}
    path = write_picture(tmp_path / f"s{suffix}", data, **given)
    with pytest.raises(DataError, match=r"nothing states its place; .* --corners WEST,SOUTH,EAST,NORTH"):
        read_image(path)
    text = ",".join(f"{lon:.7f},{lat:.7f}" for lon, lat in corner_lonlat())
    _, raster = read_image(path, Reading(corners=parse_corners(text)))
    assert raster.grid.gsd_m == pytest.approx(3.0, rel=0.02)
    assert hull(raster) == pytest.approx(hull(plain), abs=3.0)
    assert raster.valid.mean() > 0.95


@pytest.mark.parametrize("name", ["s.pgw", "s.pngw", "s.PGW", "s.wld"])
def test_a_world_file_places_a_picture(tmp_path: Path, name: str) -> None:
    data = harbour(3, 100, "uint8")
    path = write_picture(tmp_path / "s.png", data)
    (tmp_path / name).write_text(f"3.0\n0.0\n0,0\n-3.0\n{WEST + 1.5}\n{NORTH - 1.5}\n")
    with pytest.raises(DataError, match=r"no CRS, so its place is unknown; give it by --crs EPSG:"):
        read_image(path)
    _, raster = read_image(path, Reading(crs="EPSG:32652"))
    assert raster.grid.bounds == (WEST, NORTH - 300, WEST + 300, NORTH)
    assert np.array_equal(raster.data, data[::-1])
    with rasterio.open(write_picture(tmp_path / "p.tif", data)) as source:
        (tmp_path / "s.prj").write_text(source.crs.to_wkt())
    assert read_image(path)[1].grid == raster.grid


def test_a_world_file_in_degrees_needs_no_crs(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "s.png", harbour(3, 100, "uint8"))
    (tmp_path / "s.pgw").write_text("0.00003\n0\n0\n-0.00003\n129.0\n42.18\n")
    _, raster = read_image(path)
    assert raster.grid.epsg == 32652
    assert raster.grid.footprint().bounds == pytest.approx((129.0, 42.177, 129.003, 42.18), abs=1e-4)


def test_a_palette_is_read_as_colours(tmp_path: Path) -> None:
    numbers = (np.indices((1, 40, 40)).sum(axis=0) % 2).astype(np.uint8)
    path = tmp_path / "p.tif"
    placed = {"crs": f"EPSG:{EPSG}", "transform": Affine(1, 0, WEST, 0, -1, NORTH)}
    with rasterio.open(path, "w", driver="GTiff", height=40, width=40, count=1, dtype="uint8", **placed) as out:
        out.write(numbers)
        out.write_colormap(1, {0: (10, 20, 30, 255), 1: (200, 100, 50, 255)})
    _, raster = read_image(path)
    assert raster.bands == RGB
    assert raster.data[:, 0, 1].tolist() == [50, 100, 200]


# what the numbers mean, and what was not seen


def test_black_counts_as_not_seen_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    data = harbour(3, 60, "uint8")
    data[:, 40:] = 0
    path = write_picture(tmp_path / "a.tif", data, gsd=0.5)
    assert read_image(path)[1].valid.sum() == 40 * 60
    assert read_image(path, Reading(nodata=parse_nodata("none")))[1].valid.all()
    assert read_image(path, Reading(nodata=parse_nodata("100")))[1].valid.sum() < 40 * 60


def test_an_inner_mask_lets_black_be_black(tmp_path: Path) -> None:
    data = harbour(3, 60, "uint8")
    data[:, 40:] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write_picture(tmp_path / "a.tif", data, gsd=0.5)
        with rasterio.open(path, "r+") as out:
            out.write_mask(np.where(np.arange(60)[:, None] < 50, 255, 0).repeat(60, axis=1).astype(np.uint8))
    _, raster = read_image(path)
    assert raster.valid.sum() == 50 * 60


def test_numbers_of_16_bits_are_kept_and_floats_become_reflectance(tmp_path: Path) -> None:
    data = harbour(4, 60, "uint16")
    names = ("blue", "green", "red", "nir")
    _, raster = read_image(write_picture(tmp_path / "a.tif", data, gsd=0.5, names=names))
    assert np.array_equal(raster.data, data)
    _, floats = read_image(write_picture(tmp_path / "b.tif", (data * 1e-4).astype(np.float32), gsd=0.5, names=names))
    assert np.array_equal(floats.data, data)


def test_one_band_is_panchromatic(tmp_path: Path) -> None:
    _, raster = read_image(write_picture(tmp_path / "a.tif", harbour(1, 60, "uint16"), gsd=0.5))
    assert raster.bands == ("PAN",)


def test_two_bands_that_nothing_names_are_refused_with_the_flag(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.tif", harbour(2, 60, "uint16"), gsd=0.5)
    with pytest.raises(DataError, match=r"2 bands without names.* give them in order by --bands .* --sensor s1"):
        read_image(path)


# when, and by what


@pytest.mark.parametrize(
    "name, tags, given, start, hours, stated_by",
    [
        ("a", {}, {"at": parse_at("2023-09-05T02:16Z")}, (2023, 9, 5, 2, 16), 0, "given"),
        ("a", {}, {"at": parse_at("2023-09-05")}, (2023, 9, 5), 24, "given"),
        ("a_20230905T021609", {}, {}, (2023, 9, 5, 2, 16, 9), 0, "file name"),
        ("a_20230905", {}, {}, (2023, 9, 5), 24, "file name"),
        ("a", {"ACQUISITIONDATETIME": "2023-09-05T02:16:09Z"}, {}, (2023, 9, 5, 2, 16, 9), 0, "tag of the file"),
        ("a", {"TIFFTAG_DATETIME": "2023:09:05 02:16:09"}, {}, (2023, 9, 5, 2, 16, 9), 0, "date and time tag"),
        ("a_20230905", {"TIFFTAG_DATETIME": "2023:09:05 02:16:09"}, {}, (2023, 9, 5, 2, 16, 9), 0, "date and time tag"),
        ("a_20230905", {"TIFFTAG_DATETIME": "2024:01:11 10:00:00"}, {}, (2023, 9, 5), 24, "file name"),
        ("ship_05092023_0216", {}, {"name_pattern": "ship_%d%m%Y_%H%M"}, (2023, 9, 5, 2, 16), 0, "pattern"),
        ("05Sep23-port", {}, {"name_pattern": "%d%b%y"}, (2023, 9, 5), 24, "pattern"),
    ],
)
def test_the_instant_comes_from_what_states_it_best(tmp_path: Path, name, tags, given, start, hours, stated_by) -> None:
    path = write_picture(tmp_path / f"{name}.tif", harbour(3, 30, "uint8"), tags=tags)
    acquisition, raster = read_image(path, Reading(**given))
    assert acquisition.start == datetime(*start, tzinfo=UTC)
    assert round((acquisition.end - acquisition.start).total_seconds() / 3600) == hours
    assert stated_by in raster.tags["instant_from"]


def test_without_any_date_the_instant_is_unknown(tmp_path: Path) -> None:
    acquisition, raster = read_image(write_picture(tmp_path / "a.tif", harbour(3, 30, "uint8")))
    assert acquisition.start == UNKNOWN_START
    assert "instant_from" not in raster.tags


def test_the_sensor_is_the_users_word_or_that_of_the_item(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.tif", harbour(3, 30, "uint8"))
    assert read_image(path, Reading(sensor="drone-2"))[0].sensor == "drone-2"
    with pytest.raises(DataError, match="cannot name a sensor"):
        read_image(path, Reading(sensor="My Drone"))
    item = {"type": "Feature", "id": "x", "geometry": None, "assets": {}, "links": []}
    item["properties"] = {"datetime": "2023-09-05T02:16:09Z", "platform": "worldview-03", "eo:cloud_cover": 12}
    path.with_suffix(".json").write_text(json.dumps(item))
    acquisition, _ = read_image(path)
    assert (acquisition.sensor, acquisition.platform, acquisition.cloud_cover) == ("hires", "worldview-03", 0.12)
    assert acquisition.id == "x"


def test_json_beside_an_image_that_is_no_item_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write_picture(tmp_path / "a_20230905.tif", harbour(3, 30, "uint8"))
    path.with_suffix(".json").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    acquisition, _ = read_image(path)
    assert acquisition.id == "a_20230905"
    assert "a_20230905.json: no STAC item" in caplog.text


@pytest.mark.parametrize(
    "parse, text, message",
    [
        (parse_at, "yesterday", "--at yesterday: give an instant as 2023-09-05T02:16Z"),
        (parse_corners, "1,2,3", "--corners 1,2,3: give west,south,east,north"),
        (parse_corners, "5,2,3,4", "--corners 5,2,3,4: give west"),
        (parse_nodata, "black", "--nodata black: give a number, or none"),
    ],
)
def test_a_flag_that_cannot_be_read_says_what_it_takes(parse, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse(text)


# a file a band


def test_a_folder_of_bands_is_one_image_at_its_finest_pixels(tmp_path: Path) -> None:
    folder = tmp_path / "scene_20230905"
    data = harbour(4, 100, "uint16")
    for band, numbers in zip(("B02", "B03", "B04", "B08"), data, strict=True):
        write_picture(folder / f"{band}.tif", numbers[None], gsd=10.0, nodata=0)
    coarse = data[0].reshape(50, 2, 50, 2).mean(axis=(1, 3)).astype(np.uint16)
    write_picture(folder / "B11.tif", coarse[None], gsd=20.0, nodata=0)
    acquisition, raster = read_image(folder)
    assert (acquisition.id, acquisition.sensor) == ("scene_20230905", "s2")
    assert acquisition.start == datetime(2023, 9, 5, tzinfo=UTC)
    assert raster.bands == ("B02", "B03", "B04", "B08", "B11")
    assert raster.grid.gsd_m == 10.0
    assert np.array_equal(raster.data[:4], data)
    assert raster.valid.all()


def test_a_folder_of_several_images_is_told_to_name_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_picture(tmp_path / f"{name}.tif", harbour(3, 30, "uint8"))
    with pytest.raises(DataError, match="2 images in it; name one"):
        read_image(tmp_path)


# places that are stated by RPCs alone


def _with_rpcs(path: Path) -> Path:
    """A picture of 0.5 m whose RPCs are plain: line and sample grow with latitude and longitude, 42.24 N 130.3 E."""
    ones, line, sample = ([0.0] * 20 for _ in range(3))
    ones[0], line[2], sample[1] = 1.0, -1.0, 1.0
    rpcs = RPC(
        height_off=25.0,
        height_scale=100.0,
        lat_off=42.24,
        lat_scale=50.0 / 111_000.0,
        long_off=130.3,
        long_scale=75.0 / 82_500.0,
        line_off=100.0,
        line_scale=100.0,
        samp_off=150.0,
        samp_scale=150.0,
        line_num_coeff=line,
        line_den_coeff=ones,
        samp_num_coeff=sample,
        samp_den_coeff=ones,
        err_bias=0.0,
        err_rand=0.0,
    )
    data = np.full((3, 200, 300), 40, np.uint8)
    data[:, 95:105, 125:175] = 220
    return write_picture(path, data, crs=None, transform=None, rpcs=rpcs)


def test_the_command_for_a_picture_with_rpcs_alone_gives_one_that_is_read(tmp_path: Path) -> None:
    path = _with_rpcs(tmp_path / "port 20230905T021600.tif")
    with pytest.raises(DataError, match=r"stated by RPCs alone.*gdalwarp -rpc") as refused:
        read_image(path)
    command = str(refused.value).split("warp it first: ")[1].split(" (RPC_HEIGHT")[0]
    words = shlex.split(command)
    assert words[1:5] == ["-rpc", "-to", "RPC_HEIGHT=25", "-t_srs"]
    if shutil.which(words[0]) is None:
        pytest.skip("gdalwarp is not installed")
    subprocess.run(words, check=True, capture_output=True)
    _, raster = read_image(Path(words[-1]))
    row, col = np.argwhere(raster.data[0] > 150).mean(axis=0)
    lon, lat = raster.grid.lonlat(row, col)
    assert raster.grid.gsd_m == pytest.approx(0.5, rel=0.02)
    assert (float(lon), float(lat)) == (pytest.approx(130.3, abs=1e-5), pytest.approx(42.24, abs=1e-5))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.RPB", "BEGIN_GROUP = IMAGE\n\tlatOffset = -33.9;\n\tlongOffset = +18.43;\n\theightOffset = 31;\n"),
        ("a_RPC.TXT", "LINE_OFF: +100.00 pixels\nLAT_OFF: -33.9 degrees\nLONG_OFF: 18.43\nHEIGHT_OFF: +31.0 meters\n"),
    ],
)
def test_rpcs_in_a_file_beside_a_picture_are_named_too(tmp_path: Path, name: str, text: str) -> None:
    path = write_picture(tmp_path / "a.tif", harbour(3, 60, "uint8"), crs=None, transform=None)
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=r"RPC_HEIGHT=31 -t_srs EPSG:32734 .*a\.tif .*a_utm\.tif"):
        read_image(path)
