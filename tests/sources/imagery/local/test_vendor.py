"""Pictures as vendors lay them out: PlanetScope, SkySat, Maxar, Landsat. All numbers and vessels are made up."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.sources.imagery.local.image import read_image
from tests.sources.imagery.local.pictures import harbour, write_picture

SCENE = "20230905_021609_34_2416"
UDM2 = ("clear", "snow", "shadow", "haze_light", "haze_heavy", "cloud", "confidence", "unusable_data")


def planet_metadata(path: Path, **more: object) -> None:
    """The JSON that Planet's orders put beside a scene."""
    given = {"acquired": "2023-09-05T02:16:09.345678Z", "satellite_id": "2416", "instrument": "PSB.SD"}
    given |= {"item_type": "PSScene", "cloud_percent": 7, "provider": "planetscope", **more}
    path.write_text(json.dumps({"id": SCENE, "type": "Feature", "geometry": None, "properties": given}))


def usable(path: Path, size: int, *, gsd: float = 3.0) -> None:
    """A mask: rows 0–9 filled black, 10–19 cloud, 20–24 shadow, 25–29 light haze, the rest clear."""
    mask = np.zeros((8, size, size), np.uint8)
    mask[0, 30:], mask[5, 10:20], mask[2, 20:25], mask[3, 25:30] = 1, 1, 1, 1
    mask[7, :10] = 1
    write_picture(path, mask, gsd=gsd, names=UDM2)


def test_a_scene_of_four_bands_with_its_mask_and_metadata(tmp_path: Path) -> None:
    data = harbour(4, 60, "uint16")
    image = write_picture(tmp_path / f"{SCENE}_3B_AnalyticMS_SR.tif", data)
    usable(tmp_path / f"{SCENE}_3B_udm2.tif", 60)
    planet_metadata(tmp_path / f"{SCENE}_metadata.json")
    acquisition, raster = read_image(image)
    assert (acquisition.id, acquisition.sensor, acquisition.platform) == (SCENE, "planet", "2416")
    assert acquisition.start == acquisition.end == datetime(2023, 9, 5, 2, 16, 9, 345678, tzinfo=UTC)
    assert acquisition.cloud_cover == 0.07
    assert raster.bands == ("B02", "B03", "B04", "B08")
    assert np.array_equal(raster.data[:, 10:], data[:, 10:])
    assert raster.grid.gsd_m == 3.0
    assert not raster.valid[:10].any()
    assert raster.valid[10:].all()
    assert raster.cloud is not None
    assert raster.cloud[10:25].all()
    assert not raster.cloud[25:].any()


def test_eight_bands_in_the_order_of_superdove_without_metadata(tmp_path: Path) -> None:
    data = harbour(8, 40, "uint16")
    image = write_picture(tmp_path / f"{SCENE}_3B_AnalyticMS_SR_8b_clip.tif", data)
    acquisition, raster = read_image(image)
    assert (acquisition.sensor, acquisition.platform) == ("planet", "2416")
    assert acquisition.start == acquisition.end == datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC)
    assert raster.bands == ("B01", "B02", "green_i", "B03", "yellow", "B04", "B05", "B08")
    assert np.array_equal(raster.data, data)


def test_radiance_becomes_reflectance_by_the_coefficients_of_the_metadata(tmp_path: Path) -> None:
    image = write_picture(tmp_path / f"{SCENE}_3B_AnalyticMS.tif", np.full((4, 20, 20), 6000, np.uint16))
    bands = "".join(
        f"<ps:bandSpecificMetadata><ps:bandNumber>{n}</ps:bandNumber><ps:reflectanceCoefficient>{n}e-5"
        "</ps:reflectanceCoefficient></ps:bandSpecificMetadata>"
        for n in (1, 2, 3, 4)
    )
    text = f'<ps:EarthObservation xmlns:ps="http://schemas.planet.com/ps/v1">{bands}</ps:EarthObservation>'
    (tmp_path / f"{SCENE}_3B_AnalyticMS_metadata.xml").write_text(text)
    _, raster = read_image(image)
    assert [float(raster.band(band)[0, 0]) for band in raster.bands] == pytest.approx([0.06, 0.12, 0.18, 0.24])


@pytest.mark.parametrize(
    "name, sensor, platform",
    [
        ("20230905_021609_ssc4d3_0012_visual.tif", "hires", "ssc4"),
        ("20230905_021609_ssc4_u0001_pansharpened_visual.tif", "hires", "ssc4"),
        (f"{SCENE}_3B_Visual.tif", "planet", "2416"),
    ],
)
def test_a_visual_picture_is_red_green_blue(tmp_path: Path, name: str, sensor: str, platform: str) -> None:
    data = harbour(3, 40, "uint8")
    acquisition, raster = read_image(write_picture(tmp_path / name, data, gsd=0.5))
    assert (acquisition.sensor, acquisition.platform) == (sensor, platform)
    assert acquisition.start == datetime(2023, 9, 5, 2, 16, 9, tzinfo=UTC)
    assert np.array_equal(raster.data, data[::-1])


IMD = """version = "28.3";
generationTime = 2023-09-06T10:11:12.000000Z;
productLevel = "Stereo OR2A";
bandId = "{bands}";
BEGIN_GROUP = BAND_B
\tULLon =  129.00000000;
\tabsCalFactor = 9.0e-03;
END_GROUP = BAND_B
BEGIN_GROUP = BAND_G
END_GROUP = BAND_G
BEGIN_GROUP = BAND_R
END_GROUP = BAND_R
BEGIN_GROUP = BAND_N
END_GROUP = BAND_N
BEGIN_GROUP = IMAGE_1
\tsatId = "WV02";
\tCatId = "10300100AAAAAA00";
\tfirstLineTime = 2023-09-05T02:16:09.345678Z;
\tcloudCover = 0.034;
END_GROUP = IMAGE_1
END;
"""
XML = """<?xml version="1.0" encoding="UTF-8"?>
<isd><IMD><PRODUCTLEVEL>LV3D</PRODUCTLEVEL><BANDID>Multi</BANDID><BAND_B><ABSCALFACTOR>0.009</ABSCALFACTOR></BAND_B>
<BAND_G></BAND_G><BAND_R></BAND_R><BAND_N></BAND_N><IMAGE><SATID>GE01</SATID>
<FIRSTLINETIME>2023-09-05T02:16:09.345678Z</FIRSTLINETIME><CLOUDCOVER>-999.0</CLOUDCOVER></IMAGE></IMD></isd>
"""


@pytest.mark.parametrize(
    "beside, text, platform, cloud",
    [
        ("23SEP05021609-M3DS-0123_01_P001.IMD", IMD.format(bands="BGRN"), "wv02", 0.034),
        ("23sep05021609-m3ds-0123_01_p001.xml", XML, "ge01", None),
    ],
)
def test_maxar_states_instant_satellite_and_bands(tmp_path: Path, beside, text, platform, cloud) -> None:
    image = write_picture(tmp_path / "23SEP05021609-M3DS_R1C2-0123_01_P001.TIF", harbour(4, 40, "uint16"), gsd=1.6)
    (tmp_path / beside).write_text(text)
    acquisition, raster = read_image(image)
    assert (acquisition.sensor, acquisition.platform, acquisition.cloud_cover) == ("hires", platform, cloud)
    assert acquisition.start == datetime(2023, 9, 5, 2, 16, 9, 345678, tzinfo=UTC)
    assert raster.bands == ("B02", "B03", "B04", "B08")


def test_a_band_that_maxar_names_by_its_letter_is_that_band(tmp_path: Path) -> None:
    image = write_picture(tmp_path / "a.tif", harbour(1, 40, "uint16"), gsd=0.5)
    (tmp_path / "a.IMD").write_text(IMD.format(bands="P"))
    assert read_image(image)[1].bands == ("PAN",)


def test_damaged_metadata_are_named(tmp_path: Path) -> None:
    image = write_picture(tmp_path / "a.tif", harbour(3, 40, "uint8"), gsd=0.5)
    (tmp_path / "a.xml").write_text("<isd><IMD>")
    with pytest.raises(DataError, match=r"a\.xml: its metadata are damaged"):
        read_image(image)


def test_landsat_counts_its_bands_otherwise(tmp_path: Path) -> None:
    scene = "LC08_L2SP_115031_20230905_20230912_02_T1"
    for number in (2, 3, 4, 5, 6):
        numbers = np.full((1, 40, 40), round((number / 100 + 0.2) / 2.75e-5), np.uint16)
        write_picture(tmp_path / f"{scene}_SR_B{number}.TIF", numbers, gsd=30.0, nodata=0)
    quality = np.full((1, 40, 40), 21824, np.uint16)
    quality[:, :10], quality[:, 10:20] = 1, 22280  # fill, cloud
    write_picture(tmp_path / f"{scene}_QA_PIXEL.TIF", quality, gsd=30.0)
    (tmp_path / f"{scene}_MTL.txt").write_text(
        'GROUP = IMAGE_ATTRIBUTES\n  SPACECRAFT_ID = "LANDSAT_8"\n  WRS_PATH = 115\n  CLOUD_COVER = 3.40\n'
        '  DATE_ACQUIRED = 2023-09-05\n  SCENE_CENTER_TIME = "02:06:34.1234560Z"\nEND_GROUP = IMAGE_ATTRIBUTES\n'
    )
    acquisition, raster = read_image(tmp_path)
    assert (acquisition.sensor, acquisition.platform, acquisition.relative_orbit) == ("landsat", "landsat-8", 115)
    assert acquisition.start == datetime(2023, 9, 5, 2, 6, 34, 123456, tzinfo=UTC)
    assert raster.bands == ("B02", "B03", "B04", "B08", "B11")
    assert raster.valid.sum() == 30 * 40
    assert raster.cloud.sum() == 10 * 40
    assert [float(raster.band(b)[25, 5]) for b in raster.bands] == pytest.approx(
        [0.02, 0.03, 0.04, 0.05, 0.06], abs=1e-4
    )


def test_a_mask_of_another_layout_is_refused(tmp_path: Path) -> None:
    image = write_picture(tmp_path / f"{SCENE}_3B_AnalyticMS_SR.tif", harbour(4, 40, "uint16"))
    write_picture(tmp_path / f"{SCENE}_3B_udm2.tif", np.ones((1, 40, 40), np.uint8))
    with pytest.raises(DataError, match=r"udm2\.tif: 1 bands, and a mask of usable data \(udm2\) has 8"):
        read_image(image)
