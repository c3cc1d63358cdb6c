from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import box, mapping

from monitor.core.geo.geodesy import reproject
from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.sources.errors import BadResponse, NoData, Unavailable
from monitor.sources.imagery.stac.harmonize import scale_offset
from monitor.sources.imagery.stac.source import StacSource
from tests.sources.places import aoi_over
from tests.standin.stac_api import StacApi

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.filterwarnings("ignore:The 'shapely.ops.transform:DeprecationWarning"),  # odc-geo
    pytest.mark.filterwarnings("ignore:Use .@. matmul:PendingDeprecationWarning"),  # odc-geo with affine 3
]
MONTH = TimeRange.parse("2023-10")
T0 = datetime(2023, 10, 5, 2, 23, 10, tzinfo=UTC)
ASSETS = {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08", "swir16": "B11", "scl": "SCL"}
WEST, NORTH = 499_800, 4_670_700


def write_tile(folder, name, *, west=WEST, epsg=32652, offset=1000, nodata_left=0, scl=6):
    """Six COGs of 1 km; band k holds column + 100 k + 500 + offset."""
    cols = np.arange(100)[None, :].repeat(100, 0)
    for k, (asset, band) in enumerate(ASSETS.items()):
        gsd = 20 if band in ("B11", "SCL") else 10
        data = (cols + 100 * k + 500 + offset).astype(np.uint16)
        if band == "SCL":
            data = np.full((100, 100), scl, np.uint8)
            data[:30] = 9
        data[:, :nodata_left] = 0
        data = data[:: gsd // 10, :: gsd // 10]
        with rasterio.open(
            folder / f"{name}_{asset}.tif",
            "w",
            driver="COG",
            width=data.shape[1],
            height=data.shape[0],
            count=1,
            dtype=data.dtype,
            crs=f"EPSG:{epsg}",
            transform=Affine(gsd, 0, west, 0, -gsd, NORTH),
            nodata=0,
        ) as target:
            target.write(data, 1)


def item(name, at=T0, *, west=WEST, epsg=32652, raster=(0.0001, -0.1), **properties):
    footprint = reproject(box(west, NORTH - 1000, west + 1000, NORTH), epsg, 4326)
    assets = {}
    for asset in ASSETS:
        assets[asset] = {"href": f"{{url}}/{name}_{asset}.tif", "type": "image/tiff; application=geotiff"}
        if raster and asset != "scl":
            assets[asset]["raster:bands"] = [{"scale": raster[0], "offset": raster[1], "nodata": 0}]
    given = {"datetime": at.isoformat(), "platform": "sentinel-2b", "eo:cloud_cover": 12.0, "proj:epsg": epsg}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "collection": "s2",
        "geometry": mapping(footprint),
        "bbox": list(footprint.bounds),
        "links": [],
        "assets": assets,
        "properties": given | properties,
    }


@pytest.fixture
def serve(tmp_path):
    made = []

    def start(*items):
        api = StacApi(tmp_path, list(items))
        made.append(api)
        return api.__enter__()

    yield start
    for api in made:
        api.__exit__()


@pytest.fixture
def aoi():
    return aoi_over(500_000, 4_670_000, 500_600, 4_670_500)


def source_for(api, **options):
    return StacSource(api.url, "s2", **options)


def test_passes_are_found_page_by_page(serve, aoi):
    api = serve(*(item(f"S2B_52TEM_{n}", T0 + timedelta(days=n)) for n in range(5)))
    found = source_for(api).search(aoi, MONTH)
    assert [a.start for a in found] == [T0 + timedelta(days=n) for n in range(5)]
    assert found[0].id == "20231005T022310Z_S2B_L2A_port"
    assert (found[0].platform, found[0].cloud_cover, found[0].product_ids) == ("sentinel-2b", 0.12, ("S2B_52TEM_0",))
    assert api.asked.count("/search") == 3


def test_scale_and_offset_are_applied_by_us(serve, aoi, tmp_path):
    write_tile(tmp_path, "S2B_52TEM_0")
    source = source_for(serve(item("S2B_52TEM_0")))
    raster = source.fetch(source.search(aoi, MONTH)[0], aoi)
    assert raster.grid == Grid.covering(aoi.geometry, epsg=32652)
    assert raster.bands == ("B02", "B03", "B04", "B08", "B11")
    for k in range(4):
        assert np.array_equal(raster.data[k][0], np.arange(20, 80) + 100 * k + 500)
    assert np.array_equal(raster.data[4][0], np.arange(20, 80) // 2 * 2 + 900)
    assert (raster.scale, raster.offset) == (1e-4, 0.0)
    assert raster.valid.all()
    assert raster.cloud[:10].all()
    assert not raster.cloud[10:].any()


def test_an_offset_that_was_already_taken_out_is_not_taken_out_again(serve, aoi, tmp_path):
    write_tile(tmp_path, "S2B_52TEM_0", offset=0)
    api = serve(item("S2B_52TEM_0", **{"earthsearch:boa_offset_applied": True}))
    source = source_for(api)
    assert source.fetch(source.search(aoi, MONTH)[0], aoi).data[0, 0, 0] == 520


@pytest.mark.parametrize(
    "properties, expected",
    [
        ({"s2:processing_baseline": "05.09"}, (1e-4, -0.1)),
        ({"s2:processing_baseline": "03.01"}, (1e-4, 0.0)),
        ({"processing:version": "04.00"}, (1e-4, -0.1)),
    ],
)
def test_the_baseline_decides_when_nothing_else_does(properties, expected):
    assert scale_offset(item("x", raster=None, **properties), where="x") == expected


def test_numbers_of_unknown_meaning_are_refused():
    with pytest.raises(BadResponse, match="neither scale and offset nor a processing baseline"):
        scale_offset(item("x", raster=None), where="x")


def test_tiles_of_one_pass_are_put_together(serve, aoi, tmp_path):
    write_tile(tmp_path, "S2B_52TEM_0", nodata_left=50)
    write_tile(tmp_path, "S2B_52TFM_0", offset=0)
    api = serve(item("S2B_52TEM_0"), item("S2B_52TFM_0", T0 + timedelta(seconds=4), raster=(0.0001, 0.0)))
    source = source_for(api)
    [acquisition] = source.search(aoi, MONTH)
    assert acquisition.product_ids == ("S2B_52TEM_0", "S2B_52TFM_0")
    raster = source.fetch(acquisition, aoi)
    assert raster.valid.all()
    assert np.array_equal(raster.data[0][0], np.arange(20, 80) + 500)


def test_a_tile_of_another_zone_is_warped(serve, tmp_path):
    aoi = aoi_over(732_100, 4_670_000, 732_400, 4_670_300)
    from_zone = reproject(box(732_100, 4_670_000, 732_400, 4_670_300), 32652, 32653).bounds
    west, north = round(from_zone[0], -1) - 300, round(from_zone[3], -1) + 300
    global NORTH
    before, NORTH = NORTH, int(north)
    try:
        write_tile(tmp_path, "S2B_53TKH_0", west=west, epsg=32653)
        made = item("S2B_53TKH_0", west=west, epsg=32653)
    finally:
        NORTH = before
    source = source_for(serve(made))
    raster = source.fetch(source.search(aoi, MONTH)[0], aoi)
    assert raster.grid.epsg == 32652
    assert raster.valid.all()
    assert "warped from EPSG:32653" in raster.tags["numbers"]
    lon, lat = raster.grid.lonlat(15.5, 15.5)
    _, col = Grid(32653, Affine(10, 0, west, 0, -10, north), (100, 100)).rowcol(lon, lat)
    assert raster.data[0, 15, 15] == pytest.approx(500 + col - 0.5, abs=1)


def test_a_pass_without_pixels_over_the_aoi_is_no_data(serve, aoi, tmp_path):
    write_tile(tmp_path, "S2B_52TEM_0", nodata_left=100)
    source = source_for(serve(item("S2B_52TEM_0")))
    with pytest.raises(NoData):
        source.fetch(source.search(aoi, MONTH)[0], aoi)


def test_an_item_that_went_away_is_no_data(serve, aoi):
    api = serve(item("S2B_52TEM_0"))
    source = source_for(api)
    [acquisition] = source.search(aoi, MONTH)
    api.items.clear()
    with pytest.raises(NoData, match="no longer in the catalog"):
        source.fetch(acquisition, aoi)


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:700])])
def test_an_asset_that_cannot_be_read_is_unavailable(serve, aoi, tmp_path, spoil):
    write_tile(tmp_path, "S2B_52TEM_0")
    source = source_for(serve(item("S2B_52TEM_0")))
    [acquisition] = source.search(aoi, MONTH)
    spoil(tmp_path / "S2B_52TEM_0_nir.tif")
    with pytest.raises(Unavailable, match="S2B_52TEM_0: an asset cannot be read"):
        source.fetch(acquisition, aoi)


def test_an_item_without_a_band_is_a_bad_answer(serve, aoi, tmp_path):
    write_tile(tmp_path, "S2B_52TEM_0")
    made = item("S2B_52TEM_0")
    del made["assets"]["swir16"]
    source = source_for(serve(made))
    with pytest.raises(BadResponse, match="no GeoTIFF asset for B11"):
        source.fetch(source.search(aoi, MONTH)[0], aoi)


def test_a_catalog_that_fails_is_unavailable(serve, aoi):
    api = serve(item("S2B_52TEM_0"))
    api.status = 400
    with pytest.raises(Unavailable, match="does not respond"):
        source_for(api).search(aoi, MONTH)


def test_something_else_than_a_catalog_is_a_bad_answer(serve, aoi):
    api = serve()
    api.landing = lambda: {"hello": "world"}
    with pytest.raises(BadResponse, match="not a STAC API"):
        source_for(api).search(aoi, MONTH)


def test_a_source_crosses_processes():
    assert pickle.loads(pickle.dumps(StacSource())) == StacSource()


@pytest.mark.parametrize(
    "href", ["/etc/scene.tif", "file:///etc/scene.tif", "/vsicurl/http://h/a.tif", "WCS:http://h/a.tif"]
)
def test_an_asset_that_is_not_behind_http_is_refused(serve, aoi, tmp_path, href):
    write_tile(tmp_path, "tile")
    given = item("tile")
    given["assets"]["red"]["href"] = href
    source = source_for(serve(given))
    [acquisition] = source.search(aoi, MONTH)
    with pytest.raises(BadResponse, match="not behind http or https"):
        source.fetch(acquisition, aoi)


def test_an_asset_that_leads_on_to_files_of_this_machine_is_refused(serve, aoi, tmp_path):
    write_tile(tmp_path, "tile")
    red = tmp_path / "tile_red.tif"
    secret = red.rename(tmp_path / "secret.tif")
    rasterio.shutil.copy(secret, red, driver="VRT")
    source = source_for(serve(item("tile")))
    [acquisition] = source.search(aoi, MONTH)
    with pytest.raises(BadResponse, match="is no GeoTIFF"):
        source.fetch(acquisition, aoi)


def test_secrets_of_the_url_are_neither_stored_nor_printed(serve, aoi, tmp_path):
    write_tile(tmp_path, "tile")
    api = serve(item("tile"))
    source = StacSource(api.url.replace("http://", "http://user:hush@") + "?key=hush", "s2")
    [acquisition] = StacSource(api.url, "s2").search(aoi, MONTH)
    tags = source._where, acquisition.source
    assert tags == (api.url, f"stac {api.url} s2")
    api.status = 500
    with pytest.raises(Unavailable) as caught:
        source.search(aoi, MONTH)
    assert "hush" not in str(caught.value)


def test_a_page_that_names_itself_ends_the_search(serve, aoi, monkeypatch):
    api = serve(*(item(f"S2B_52TEM_{n}", T0 + timedelta(days=n)) for n in range(5)))
    page = api.search

    def repeat(body):
        made = page({**body, "token": 0})
        return {**made, "links": [{**link, "body": {**link["body"], "token": 0}} for link in made["links"]]}

    monkeypatch.setattr(api, "search", repeat)
    with pytest.raises(BadResponse, match="names itself as the next"):
        source_for(api).search(aoi, MONTH)
    assert api.asked.count("/search") <= 3
