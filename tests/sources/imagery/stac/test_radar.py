"""Sentinel-1 GRD of a catalog: a product made with a radar's own geometry over hills beside a port at sea level."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from shapely.geometry import MultiPoint, mapping

from monitor.core.geo.geodesy import destination, transformer
from monitor.core.timerange import TimeRange
from monitor.sources.errors import BadResponse, NoData, Unavailable
from monitor.sources.imagery.stac.source import StacSource
from tests.sources.places import aoi_over
from tests.standin.stac_api import StacApi

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),  # as radar files are
]
T0 = datetime(2023, 10, 5, 21, 32, 7, tzinfo=UTC)
NAME = "S1A_IW_GRDH_1SDV_20231005T213207_20231005T213232_050641_0619F1_6D2A"
HEIGHT_M, NEAR_M, HEADING_DEG = 700e3, 520e3, 192.0
LINES, SAMPLES, STEP = 4000, 4000, 500
SPACING_M = 10.0
FIRST = (130.9, 42.5)
SEA, SHIP = 0.01, 2.0


def place(line, sample, height_m=0.0):
    """Where a pixel lies if the ground has a height: all of it is at the pixel's slant range."""
    across = NEAR_M + np.asarray(sample, float) * SPACING_M
    slant2 = across**2 + HEIGHT_M**2
    moved = np.sqrt(slant2 - (HEIGHT_M - np.asarray(height_m, float)) ** 2) - NEAR_M
    lon, lat = destination(*np.broadcast_arrays(*FIRST), HEADING_DEG, np.asarray(line, float) * SPACING_M)
    return destination(lon, lat, HEADING_DEG + 90.0, moved)


def factor(line, sample):
    """What sigma nought's amplitude is multiplied by: other in every column, and a little in every line."""
    return 400.0 + 0.05 * np.asarray(sample, float) + 0.002 * np.asarray(line, float)


def annotation(heights):
    points = []
    for i, line in enumerate(range(0, LINES + 1, STEP)):
        for j, sample in enumerate(range(0, SAMPLES + 1, STEP)):
            lon, lat = place(line, sample, heights[i, j])
            angle = np.rad2deg(np.arctan2(NEAR_M + sample * SPACING_M, HEIGHT_M))
            points.append(
                f"<geolocationGridPoint><line>{line}</line><pixel>{sample}</pixel><latitude>{float(lat):.9f}</latitude>"
                f"<longitude>{float(lon):.9f}</longitude><height>{heights[i, j]:.3f}</height>"
                f"<incidenceAngle>{angle:.6f}</incidenceAngle></geolocationGridPoint>"
            )
    return f"<product><geolocationGrid>{''.join(points)}</geolocationGrid></product>"


def calibration():
    samples = np.arange(0, SAMPLES + 1, 40)
    vectors = "".join(
        f"<calibrationVector><line>{line}</line><pixel>{' '.join(map(str, samples))}</pixel>"
        f"<sigmaNought>{' '.join(f'{v:.6f}' for v in factor(line, samples))}</sigmaNought></calibrationVector>"
        for line in range(-100, LINES + 101, 700)
    )
    return f"<calibration><calibrationVectorList>{vectors}</calibrationVectorList></calibration>"


def write_product(folder: Path, ship: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    heights = rng.uniform(0, 700, (LINES // STEP + 1, SAMPLES // STEP + 1))
    (folder / "annotation").mkdir(parents=True)
    (folder / "annotation/iw-vv.xml").write_text(annotation(heights))
    (folder / "calibration.xml").write_text(calibration())
    lines, samples = np.mgrid[0:LINES, 0:SAMPLES]
    power = np.full((LINES, SAMPLES), SEA)
    power[ship[0] - 2 : ship[0] + 3, ship[1] - 2 : ship[1] + 3] = SHIP
    amplitude = np.rint(np.sqrt(power) * factor(lines, samples)).astype(np.uint16)
    for name in ("vv", "vh"):
        with rasterio.open(
            folder / f"{name}.tif",
            "w",
            driver="GTiff",
            height=LINES,
            width=SAMPLES,
            count=1,
            dtype="uint16",
            tiled=True,
        ) as target:
            target.write(amplitude, 1)


def item(**properties):
    corners = MultiPoint([tuple(map(float, place(*at))) for at in ((0, 0), (0, SAMPLES), (LINES, SAMPLES), (LINES, 0))])
    hrefs = {
        "vv": "vv.tif",
        "vh": "vh.tif",
        "schema-product-vv": "annotation/rfi/rfi-iw-vv.xml",
        "schema-calibration-vv": "calibration.xml",
        "schema-calibration-vh": "calibration.xml",
    }
    given = {"datetime": T0.isoformat(), "platform": "SENTINEL-1A", "sat:orbit_state": "descending"}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": NAME,
        "collection": "sentinel-1-grd",
        "geometry": mapping(corners.convex_hull),
        "bbox": list(corners.bounds),
        "links": [],
        "assets": {name: {"href": f"{{url}}/{path}", "type": "image/tiff"} for name, path in hrefs.items()},
        "properties": given | {"sar:instrument_mode": "IW"} | properties,
    }


SHIP_AT = (2210, 1730)


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    folder = tmp_path_factory.mktemp("product")
    write_product(folder, SHIP_AT)
    return folder


@pytest.fixture
def aoi():
    x, y = transformer(4326, 32652).transform(*place(*SHIP_AT))
    return aoi_over(
        round(float(x), -1) - 600, round(float(y), -1) - 400, round(float(x), -1) + 500, round(float(y), -1) + 500
    )


def source_for(api):
    return StacSource(api.url, "s2", radar="sentinel-1-grd")


def test_a_port_at_sea_level_among_hills_is_where_it_is_and_as_bright_as_it_is(product, aoi):
    with StacApi(product, [item()]) as api:
        source = source_for(api)
        assert source.sensors == ("s2", "s1")
        [acquisition] = source.search(aoi, TimeRange.parse("2023-10"))
        assert (acquisition.sensor, acquisition.orbit_state) == ("s1", "descending")
        raster = source.fetch(acquisition, aoi)
    assert raster.bands == ("VV", "VH")
    assert raster.valid.all()
    bright = np.argwhere(raster.data[0] > SHIP / 2)
    row, col = bright.mean(axis=0) + 0.5
    expected_row, expected_col = raster.grid.rowcol(*place(*SHIP_AT))
    assert np.hypot(row - expected_row, col - expected_col) * 10.0 < 15.0, "metres"
    assert np.median(raster.data[0]) == pytest.approx(SEA, rel=0.02)
    assert raster.data[0].max() == pytest.approx(SHIP, rel=0.05)
    assert float(raster.tags["incidence_deg"]) == pytest.approx(37.6, abs=1.0)


def test_modes_and_polarisations_of_no_use_are_left_out(product, aoi):
    other = item()
    other["id"], other["properties"]["sar:instrument_mode"] = NAME.replace("IW", "EW"), "EW"
    horizontal = item()
    horizontal["id"] = NAME.replace("1SDV", "1SDH")
    horizontal["assets"]["hh"] = horizontal["assets"].pop("vv")
    with StacApi(product, [other, horizontal]) as api:
        assert source_for(api).search(aoi, TimeRange.parse("2023-10")) == []


def test_a_product_beside_the_port_is_no_observation(product):
    with StacApi(product, [item()]) as api:
        source = source_for(api)
        far = aoi_over(430_000, 4_640_000, 430_500, 4_640_500)
        inside = item()
        inside["geometry"] = mapping(far.geometry.buffer(1.0))
        api.items = [{**inside, "assets": api.items[0]["assets"]}]
        [acquisition] = source.search(far, TimeRange.parse("2023-10"))
        with pytest.raises(NoData, match="does not reach"):
            source.fetch(acquisition, far)


@pytest.mark.parametrize(
    "name, content, error, message",
    [
        ("calibration.xml", b"<calibration/>", BadResponse, "has no table of sigma nought"),
        ("calibration.xml", b"<calibration", BadResponse, "not readable XML"),
        ("annotation/iw-vv.xml", b"<product/>", BadResponse, "use another catalog"),
        ("annotation/iw-vv.xml", None, Unavailable, "cannot be fetched"),
        ("vh.tif", None, Unavailable, "VH cannot be read to the end"),
    ],
)
def test_a_damaged_product_is_said_to_be_one(product, aoi, tmp_path, name, content, error, message):
    folder = tmp_path / "copy"
    shutil.copytree(product, folder)
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with StacApi(folder, [item()]) as api:
        source = source_for(api)
        [acquisition] = source.search(aoi, TimeRange.parse("2023-10"))
        with pytest.raises(error, match=message):
            source.fetch(acquisition, aoi)
