"""Landsat 8/9 from an open catalog, when it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import requests
from affine import Affine
from shapely.geometry import box, mapping

from monitor.core.geo.geodesy import reproject
from monitor.core.timerange import TimeRange
from monitor.sources.errors import Unavailable
from monitor.sources.imagery.stac.signing import signed
from monitor.sources.imagery.stac.source import StacSource
from tests.sources.imagery.stac.test_source import MONTH, item, serve  # noqa: F401
from tests.sources.places import aoi_over

pytestmark = [
    pytest.mark.loopback,
    pytest.mark.filterwarnings("ignore:The 'shapely.ops.transform:DeprecationWarning"),  # odc-geo
    pytest.mark.filterwarnings("ignore:Use .@. matmul:PendingDeprecationWarning"),  # odc-geo with affine 3
]
NAME = "LC08_L2SP_115031_20231005_02_T1"
WEST, NORTH = 499_785, 4_670_715  # edges at 15 m
REFLECTANCE = {"blue": 0.02, "green": 0.03, "red": 0.04, "nir08": 0.05, "swir16": 0.06}
CLEAR, CLOUD, FILL = 21824, 22280, 1


def landsat(folder, name=NAME) -> dict:
    """An item and its six assets of 40 × 40 px; the first ten rows are cloud, the last five fill."""
    qa = np.full((40, 40), CLEAR, np.uint16)
    qa[:10], qa[35:] = CLOUD, FILL
    assets = {}
    for asset, value in {**REFLECTANCE, "qa_pixel": 0}.items():
        data = qa if asset == "qa_pixel" else np.where(qa == FILL, 0, round((value + 0.2) / 2.75e-5)).astype(np.uint16)
        placed = {"crs": "EPSG:32652", "transform": Affine(30, 0, WEST, 0, -30, NORTH)}
        size = {"width": 40, "height": 40, "count": 1, "dtype": "uint16"}
        with rasterio.open(folder / f"{name}_{asset}.tif", "w", driver="COG", **placed, **size) as target:
            target.write(data, 1)
        assets[asset] = {"href": f"{{url}}/{name}_{asset}.tif", "type": "image/tiff; application=geotiff"}
        if asset != "qa_pixel":
            assets[asset]["raster:bands"] = [{"scale": 2.75e-5, "offset": -0.2}]
    made = item(name, datetime(2023, 10, 5, 2, 6, 34, tzinfo=UTC), platform="landsat-8", **{"eo:cloud_cover": 3.0})
    made["geometry"] = mapping(reproject(box(WEST, NORTH - 1200, WEST + 1200, NORTH), 32652, 4326))
    made["properties"]["proj:transform"] = [30, 0, WEST, 0, -30, NORTH]
    return {**made, "assets": assets, "collection": "landsat-c2-l2"}


@pytest.fixture
def aoi():
    return aoi_over(500_000, 4_670_000, 500_600, 4_670_600)


def test_landsat_comes_only_when_its_collection_is_named() -> None:
    assert StacSource().sensors == ("s2",)
    assert StacSource(landsat="landsat-c2-l2").sensors == ("s2", "landsat")


def test_a_pass_of_landsat_is_an_observation_of_30_m(serve, aoi, tmp_path) -> None:  # noqa: F811
    api = serve(landsat(tmp_path))
    source = StacSource(api.url, "s2", "landsat-c2-l2")
    found = [a for a in source.search(aoi, MONTH) if a.sensor == "landsat"]
    acquisition = found[0]
    assert (acquisition.platform, acquisition.relative_orbit, acquisition.level) == ("landsat-8", 115, "L2")
    raster = source.fetch(acquisition, aoi)
    assert raster.grid.gsd_m == 30.0
    assert raster.grid.transform.c % 30 == 15.0
    seen = raster.valid & ~raster.cloud
    for band, value in zip(raster.bands, REFLECTANCE.values(), strict=True):
        assert raster.band(band)[seen] == pytest.approx(value, abs=2e-4)
    rows = 4_670_715 - raster.grid.transform.f
    assert raster.cloud.any(axis=1).sum() == 10 - round(rows / 30)
    assert not source.search(aoi, TimeRange.parse("2022-10"))


def test_a_token_is_asked_for_where_the_catalog_gives_one(monkeypatch) -> None:
    asked = []

    def get(url, timeout):
        asked.append(url)
        return SimpleNamespace(raise_for_status=lambda: None, json=lambda: {"token": "sig=abc"})

    monkeypatch.setattr(requests, "get", get)
    assets = {
        "red": {"href": "https://x.blob.core.windows.net/c/B4.TIF"},
        "web": {"href": "https://elsewhere.example/B4.TIF"},
    }
    given = {"assets": assets}
    made = signed(given, catalog="https://planetarycomputer.microsoft.com/api/stac/v1", collection="a b", timeout_s=1)
    assert made["assets"]["red"]["href"].endswith("B4.TIF?sig=abc")
    assert made["assets"]["web"]["href"].endswith("B4.TIF")
    assert asked == ["https://planetarycomputer.microsoft.com/api/sas/v1/token/a%20b"]
    assert signed(given, catalog="https://earth-search.example/v1", collection="c", timeout_s=1) is given


def test_without_a_token_the_catalog_is_named(monkeypatch) -> None:
    def get(url, timeout):
        raise requests.ConnectionError

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(Unavailable, match=r"planetarycomputer.* gave no token for c"):
        signed({"assets": {}}, catalog="https://planetarycomputer.microsoft.com/x", collection="c", timeout_s=1)
