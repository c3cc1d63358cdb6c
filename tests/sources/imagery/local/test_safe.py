from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import rasterio
from affine import Affine

from monitor.core.geo.geodesy import reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S2_BANDS
from monitor.core.timerange import TimeRange
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.source import FolderSource
from tests.sources.places import aoi_over

MONTH = TimeRange.parse("2023-10")
SENSED = datetime(2023, 10, 5, 2, 23, 10, 24_000, tzinfo=UTC)
WEST, NORTH = 499_800, 4_670_700
OFFSET_INDEX = {"B02": 1, "B03": 2, "B04": 3, "B08": 7, "B11": 11}


def write_safe(
    root,
    *,
    level="2A",
    tile="52TEM",
    sensed=SENSED,
    offset=-1000,
    west=WEST,
    north=NORTH,
    epsg=32652,
    zeros=0,
    skip=(),
    baseline="0509",
    processed="20231005T043812",
    uri=True,
):
    """A product of 1 km; band k holds column + 100 k + 500, minus the offset."""
    name = f"S2B_MSIL{level}_20231005T021510_N{baseline}_R003_T{tile}_{processed}"
    granule = root / f"{name}.SAFE" / "GRANULE" / f"L{level}_T{tile}_A034367_20231005T022206"
    images = granule / "IMG_DATA"
    for k, band in enumerate((*S2_BANDS, "SCL")):
        if band in skip or (band == "SCL" and level == "1C"):
            continue
        gsd = 20 if band in ("B11", "SCL") else 10
        data = (np.arange(100)[None, :].repeat(100, 0) + 100 * k + 500 - offset).astype(np.uint16)
        if band == "SCL":
            data = np.full((100, 100), 6, np.uint8)
            data[:30] = 9
        data[:, :zeros] = 0
        data = data[:: gsd // 10, :: gsd // 10]
        folder = images / f"R{gsd}m" if level == "2A" else images
        folder.mkdir(parents=True, exist_ok=True)
        suffix = f"_{gsd}m" if level == "2A" else ""
        with rasterio.open(
            folder / f"T{tile}_20231005T021510_{band}{suffix}.jp2",
            "w",
            driver="JP2OpenJPEG",
            width=data.shape[1],
            height=data.shape[0],
            count=1,
            dtype=data.dtype,
            crs=f"EPSG:{epsg}",
            transform=Affine(gsd, 0, west, 0, -gsd, north),
            QUALITY=100,
            REVERSIBLE="YES",
        ) as target:
            target.write(data, 1)
    kind = "BOA" if level == "2A" else "RADIO"
    scale = "BOA_QUANTIFICATION_VALUE" if level == "2A" else "QUANTIFICATION_VALUE"
    values = "".join(f'<{kind}_ADD_OFFSET band_id="{n}">{offset}</{kind}_ADD_OFFSET>' for n in range(13))
    (root / f"{name}.SAFE" / f"MTD_MSIL{level}.xml").write_text(
        f'<n1:P xmlns:n1="https://psd">{f"<PRODUCT_URI>{name}.SAFE</PRODUCT_URI>" if uri else ""}'
        f'<{scale} unit="none">10000</{scale}>{values if offset else ""}</n1:P>'
    )
    at = sensed.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    (granule / "MTD_TL.xml").write_text(f'<n1:T xmlns:n1="https://psd"><SENSING_TIME>{at}</SENSING_TIME></n1:T>')
    return root / f"{name}.SAFE"


def zipped(folder):
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, f"{folder.name}/{file.relative_to(folder)}")
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    folder.rmdir()
    return path


@pytest.fixture
def aoi():
    return aoi_over(500_000, 4_670_000, 500_600, 4_670_500)


@pytest.mark.parametrize("pack", [lambda folder: folder, zipped], ids=["folder", "zip"])
@pytest.mark.parametrize("level", ["2A", "1C"])
def test_a_product_gives_reflectance_at_an_exact_instant(tmp_path, aoi, level, pack):
    pack(write_safe(tmp_path, level=level))
    source = FolderSource(tmp_path)
    [acquisition] = source.search(aoi, MONTH)
    assert acquisition.id == f"20231005T021510Z_S2B_L{level}_R003_port"
    assert acquisition.start == acquisition.end == SENSED
    assert (acquisition.platform, acquisition.relative_orbit, acquisition.level) == ("sentinel-2b", 3, f"L{level}")
    raster = source.fetch(acquisition, aoi)
    assert raster.grid == Grid.covering(aoi.geometry, epsg=32652)
    for k in range(4):
        assert np.array_equal(raster.data[k][0], np.arange(20, 80) + 100 * k + 500)
    assert np.array_equal(raster.data[4][0], np.arange(20, 80) // 2 * 2 + 900)
    assert raster.valid.all()
    if level == "1C":
        assert raster.cloud is None
    else:
        assert raster.cloud[:10].all()
        assert not raster.cloud[10:].any()


def test_an_old_baseline_has_no_offset(tmp_path, aoi):
    write_safe(tmp_path, offset=0, baseline="0301")
    source = FolderSource(tmp_path)
    assert source.fetch(source.search(aoi, MONTH)[0], aoi).data[0, 0, 0] == 520


def test_two_datastrips_of_one_take_are_put_together(tmp_path, aoi):
    first = write_safe(tmp_path, zeros=50)
    second = write_safe(tmp_path, processed="20231005T050101")
    for path in second.rglob("*_B*.jp2"):  # the other half of the tile
        with rasterio.open(path) as band:
            data, profile = band.read(1), band.profile
        data[:, data.shape[1] // 2 :] = 0
        size = {key: profile[key] for key in ("width", "height", "count", "dtype", "crs", "transform")}
        with rasterio.open(path, "w", driver="JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES", **size) as band:
            band.write(data, 1)
    source = FolderSource(tmp_path)
    [acquisition] = source.search(aoi, MONTH)
    assert set(acquisition.product_ids) == {first.name, second.name}
    raster = source.fetch(acquisition, aoi)
    assert raster.valid.all()
    assert np.array_equal(raster.data[0][0], np.arange(20, 80) + 500)


def test_of_two_processings_the_newer_baseline_is_read(tmp_path, aoi):
    write_safe(tmp_path, offset=0, baseline="0301")
    newer = write_safe(tmp_path, processed="20240105T050101")
    [acquisition] = FolderSource(tmp_path).search(aoi, MONTH)
    assert acquisition.product_ids == (newer.name,)


def test_a_renamed_product_is_known_by_its_metadata(tmp_path, aoi):
    renamed = write_safe(tmp_path).rename(tmp_path / "rajin october")
    source = FolderSource(tmp_path)
    [acquisition] = source.search(aoi, MONTH)
    assert acquisition.id == "20231005T021510Z_S2B_L2A_R003_port"
    assert acquisition.product_ids == (renamed.name,)
    assert source.fetch(acquisition, aoi).valid.all()
    write_safe(tmp_path, tile="52TFM", uri=False).rename(tmp_path / "lost")
    assert "renamed" in {p.where: p.reason for p in source.problems(aoi, MONTH)}["lost"]


def test_tiles_of_one_pass_are_one_acquisition(tmp_path, aoi):
    write_safe(tmp_path, zeros=50)
    write_safe(tmp_path, tile="52TFM", sensed=SENSED + timedelta(seconds=4))
    source = FolderSource(tmp_path)
    [acquisition] = source.search(aoi, MONTH)
    assert len(acquisition.product_ids) == 2
    assert acquisition.end - acquisition.start == timedelta(seconds=4)
    raster = source.fetch(acquisition, aoi)
    assert raster.valid.all()
    assert np.array_equal(raster.data[0][0], np.arange(20, 80) + 500)


def test_a_product_of_another_zone_is_warped(tmp_path):
    aoi = aoi_over(732_100, 4_670_000, 732_400, 4_670_300)
    bounds = reproject(aoi.geometry, 4326, 32653).bounds
    write_safe(
        tmp_path, tile="53TKH", epsg=32653, west=int(bounds[0]) // 10 * 10 - 300, north=int(bounds[3]) // 10 * 10 + 300
    )
    source = FolderSource(tmp_path)
    raster = source.fetch(source.search(aoi, MONTH)[0], aoi)
    assert raster.grid.epsg == 32652
    assert raster.valid.all()
    assert "warped from EPSG:32653" in raster.tags["numbers"]


def test_a_product_without_pixels_over_the_aoi_is_not_a_observation(tmp_path, aoi):
    write_safe(tmp_path, zeros=100)
    source = FolderSource(tmp_path)
    with pytest.raises(NoData):
        source.fetch(source.search(aoi, MONTH)[0], aoi)


def spoil_metadata(safe):
    (safe / "MTD_MSIL2A.xml").write_text("<n1:Product")


def remove_metadata(safe):
    (safe / "MTD_MSIL2A.xml").unlink()


def remove_band(safe):
    next(safe.rglob("*_B11_20m.jp2")).unlink()


def empty_band(safe):
    next(safe.rglob("*_B02_10m.jp2")).write_bytes(b"")


@pytest.mark.parametrize(
    "spoil, words",
    [
        (spoil_metadata, "MTD_MSIL2A.xml: not readable XML"),
        (remove_metadata, "0 files MTD_MSIL*.xml"),
        (remove_band, "band B11 missing"),
        (empty_band, "cannot be read"),
    ],
)
def test_a_damaged_product_is_named_and_passed_over(tmp_path, aoi, spoil, words):
    safe = write_safe(tmp_path)
    spoil(safe)
    source = FolderSource(tmp_path)
    assert source.search(aoi, MONTH) == []
    [problem] = source.problems(aoi, MONTH)
    assert problem.where == safe.name
    assert words in problem.reason
    assert problem.is_fault


def test_half_a_zip_is_named_and_passed_over(tmp_path, aoi):
    path = zipped(write_safe(tmp_path))
    path.write_bytes(path.read_bytes()[:-300])
    [problem] = FolderSource(tmp_path).problems(aoi, MONTH)
    assert "not a whole zip" in problem.reason


def test_a_band_cut_in_the_middle_is_an_error_at_the_fetch(tmp_path, aoi):
    safe = write_safe(tmp_path)
    source = FolderSource(tmp_path)
    [acquisition] = source.search(aoi, MONTH)
    band = next(safe.rglob("*_B08_10m.jp2"))
    band.write_bytes(band.read_bytes()[:200])
    with pytest.raises(ValueError, match="cannot be read to the end"):
        source.fetch(acquisition, aoi)


def test_a_zip_of_a_version_to_come_is_named_and_passed_over(tmp_path, aoi):
    safe = write_safe(tmp_path)
    path = tmp_path / f"{safe.stem}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(safe / "MTD_MSIL2A.xml", f"{safe.name}/MTD_MSIL2A.xml")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 255  # the version that is needed to unpack it
    path.write_bytes(content)
    shutil.rmtree(safe)
    source = FolderSource(tmp_path)
    assert source.search(aoi, MONTH) == []
    [problem] = source.problems(aoi, MONTH)
    assert "not a whole zip (zip file version 25.5)" in problem.reason
