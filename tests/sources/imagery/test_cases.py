"""Small inputs that once were misread, each with its right value (`tests/cases`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.core.aoi import parse_aoi
from monitor.core.errors import DataError, DetectorError
from monitor.core.scenes.sensors import S2_BANDS
from monitor.detect.yolo.detector import YoloDetector
from monitor.io.vectors import read_outlines
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.item import read_sidecar
from monitor.sources.imagery.local.reading import Reading

CASES = Path(__file__).parents[2] / "cases"
PICTURES = sorted((CASES / "imagery" / "read").glob("*.tif"))
OUTLINES = [path for path in sorted((CASES / "aoi" / "read").iterdir()) if path.suffix not in (".shx", ".dbf", ".prj")]
GDYNIA = (18.45, 54.5, 18.6, 54.58)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_the_same_however_it_is_written(path: Path) -> None:
    _, plain = read_image(CASES / "imagery" / "read" / "plain.tif")
    _, raster = read_image(path)
    assert raster.bands == S2_BANDS
    assert raster.grid == plain.grid
    assert (raster.valid == plain.valid).all()
    assert raster.valid.sum() == 12 * 16 - 4 * 5
    differ = np.abs(raster.data.astype(int) - plain.data.astype(int))
    assert differ.max() <= (1 if path.stem == "scale_offset" else 0)  # what an offset takes to zero becomes 1


@pytest.mark.parametrize(
    "name, sensor, message",
    [
        ("names_two_of_five", "s2", "no band is named B03, B04, B11, and band 2 \\(x\\), 3 \\(y\\), 5 \\(z\\)"),
        ("radar_raw", "s1", "calibrate it to sigma nought .* --unit"),
        ("radar_db_times_100", "s1", "calibrate it to sigma nought .* --unit"),
        ("radar_power_times_1000", "s1", "in linear power has 1e-06 to 1; calibrate it"),
        ("coverage_service", "s2", "not a readable GeoTIFF"),
    ],
)
def test_a_picture_that_cannot_be_read_rightly_is_refused(name: str, sensor: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_image(CASES / "imagery" / "refused" / f"{name}.tif", Reading(sensor=sensor))


def test_linear_power_that_is_said_to_be_decibels_is_refused() -> None:
    path = CASES / "imagery" / "refused" / "radar_power.tif"
    with pytest.raises(DataError, match=r"in decibels has -60 to 0; calibrate it .* --unit"):
        read_image(path, Reading(sensor="s1", unit="db"))
    _, raster = read_image(path, Reading(sensor="s1"))
    assert np.median(raster.data[0]) == pytest.approx(10**-1.7, rel=0.1)


@pytest.mark.weights
def test_a_picture_of_8_bits_is_kept_as_it_is_and_never_given_to_a_network_for_reflectance() -> None:
    _, raster = read_image(CASES / "imagery" / "pictures" / "eight_bits.tif")
    assert raster.is_picture
    assert raster.grid.gsd_m == 10.0
    with pytest.raises(DetectorError, match=r"8-bit numbers are a picture for the eye.* by --weights FILE"):
        YoloDetector()(raster)


@pytest.mark.parametrize("path", OUTLINES, ids=lambda path: path.name)
def test_an_outline_is_the_same_port_in_any_format(path: Path) -> None:
    assert parse_aoi(read_outlines(path), id="gdynia").geometry.bounds == pytest.approx(GDYNIA, abs=1e-6)


@pytest.mark.parametrize(
    "name, message",
    [
        ("antimeridian.geojson", "give each side a file of its own"),
        ("linked_crs.geojson", "reproject it to EPSG:4326"),
        ("outlines_without_kinds.geojson", "no kind, and it is not the only outline"),
        ("swapped.geojson", "latitude and longitude look swapped"),
        ("network_link.kml", "names other files to load"),
    ],
)
def test_an_outline_that_is_no_port_is_told_what_to_do(name: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_aoi(read_outlines(CASES / "aoi" / "refused" / name), id="x")


@pytest.mark.parametrize(
    "name, scale, offset",
    [
        ("offset_applied", 1e-4, 0.0),
        ("baseline_alone", None, -0.1),
        ("old_baseline", None, 0.0),
        ("bands_of_1_1", 1e-4, -0.1),
        ("common_names", None, None),
    ],
)
def test_an_item_says_what_the_numbers_mean(name: str, scale: float | None, offset: float | None) -> None:
    item = read_sidecar(CASES / "stac" / f"{name}.tif")
    assert item is not None
    assert (item.scale, item.offset) == (scale, offset)
    assert item.bands == S2_BANDS
    assert json.loads((CASES / "stac" / f"{name}.json").read_text())["id"] == item.id
