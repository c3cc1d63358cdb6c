from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pystac
import pytest
from affine import Affine
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterExtension
from shapely.geometry import MultiPolygon

from monitor.core.errors import ArchiveError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.io.stac import PixelFacts, asset_bands, item_acquisition, item_pixels, item_scene
from monitor.io.stac_item import archived_item, scene_item

GRID = Grid(32652, Affine(10.0, 0.0, 500000.0, 0.0, -10.0, 4670000.0), (4, 5))
T0 = datetime(2023, 10, 5, 2, 16, 9, 123456, tzinfo=UTC)
OPTICAL = Acquisition(
    "S2B_1",
    "rajin",
    "s2",
    "sentinel-2b",
    T0,
    T0 + timedelta(seconds=16),
    GRID.footprint(),
    relative_orbit=3,
    orbit_state="descending",
    cloud_cover=0.25,
    product_ids=("A", "B"),
    level="L2A",
    source="folder",
)
RADAR = replace(OPTICAL, id="S1A_1", sensor="s1", platform="sentinel-1a", cloud_cover=None, level=None)

OLD = {  # an item as the archive wrote it until raster:bands was declared
    "type": "Feature",
    "stac_version": "1.1.0",
    "stac_extensions": [
        "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
        "https://stac-extensions.github.io/eo/v1.1.0/schema.json",
    ],
    "id": "S2B_1",
    "geometry": {"type": "Polygon", "coordinates": [[[130, 42], [131, 42], [131, 43], [130, 42]]]},
    "bbox": [130, 42, 131, 43],
    "properties": {
        "datetime": "2023-10-05T02:16:17.123456Z",
        "start_datetime": "2023-10-05T02:16:09.123456Z",
        "end_datetime": "2023-10-05T02:16:25.123456Z",
        "platform": "sentinel-2b",
        "eo:cloud_cover": 25.0,
        "proj:code": "EPSG:32652",
        "proj:shape": [4, 5],
        "proj:transform": [10.0, 0.0, 500000.0, 0.0, -10.0, 4670000.0],
        "monitor:format": 1,
        "monitor:aoi_id": "rajin",
        "monitor:sensor": "s2",
        "monitor:source": "folder",
        "monitor:simulated": False,
        "monitor:product_ids": ["A"],
        "monitor:bands": ["B02"],
        "monitor:scale": 0.0001,
        "monitor:offset": -0.1,
        "monitor:valid_fraction": 0.5,
        "monitor:cloud_fraction": None,
    },
    "links": [],
    "assets": {
        "data": {
            "href": "./pixels.tif",
            "data_type": "uint16",
            "nodata": 0,
            "bands": [{"name": "B02", "raster:scale": 0.0001, "raster:offset": -0.1}],
        }
    },
}


def made(acquisition: Acquisition = OPTICAL, **changes: object) -> dict:
    bands = ("B02", "B08") if acquisition.sensor == "s2" else ("VV", "VH")
    facts = PixelFacts(GRID, bands, "uint16", 1e-4, 0.0, 0.75, 0.1)
    return scene_item(acquisition, facts._replace(**changes))


def prefixes(item: dict) -> set[str]:
    """Prefixes of all fields in an item, but ours."""
    keys = set(re.findall(r'"(\w+):\w+":', json.dumps(item)))
    return keys - {"monitor"}


def declared(item: dict) -> set[str]:
    names = {uri.split("/")[3] for uri in item["stac_extensions"]}
    return {"proj" if name == "projection" else name for name in names}


@pytest.mark.parametrize("acquisition", [OPTICAL, RADAR])
def test_pystac_reads_an_item_and_writes_the_same(acquisition):
    item = made(acquisition)
    assert pystac.Item.from_dict(item).to_dict(transform_hrefs=False, include_self_link=False) == item


@pytest.mark.parametrize(
    "item",
    [made(), made(RADAR), scene_item(OPTICAL), scene_item(replace(RADAR, relative_orbit=None, orbit_state=None))],
)
def test_an_item_declares_the_extensions_that_it_uses(item):
    assert declared(item) == prefixes(item)


def test_the_extensions_read_what_was_written():
    item = pystac.Item.from_dict(made())
    assert ProjectionExtension.ext(item).epsg == 32652
    bands = RasterExtension.ext(item.assets["data"]).bands
    assert [band.scale for band in bands or []] == [1e-4, 1e-4]
    assert {key: asset.roles for key, asset in item.assets.items()} == {
        "data": ["data"],
        "mask": ["data-mask"],
        "request": ["metadata"],
    }


@pytest.mark.parametrize("acquisition", [OPTICAL, RADAR, replace(OPTICAL, end=T0 + timedelta(hours=20))])
def test_an_acquisition_comes_back(acquisition):
    assert item_acquisition(made(acquisition)) == acquisition
    assert item_acquisition(scene_item(acquisition)) == acquisition


def test_a_footprint_of_two_parts_comes_back():
    parts = MultiPolygon([GRID.footprint(), GRID.window(slice(0, 1), slice(9, 12)).footprint()])
    assert item_acquisition(made(replace(OPTICAL, footprint=parts))).footprint.equals(parts)


def test_what_is_stated_of_pixels_comes_back(tmp_path):
    raster = Raster(np.ones((1, 4, 5), np.float32), ("VV",), np.ones((4, 5), bool), GRID)
    facts = PixelFacts.of(raster)
    assert item_pixels(json.loads(json.dumps(scene_item(RADAR, facts)))) == facts
    assert item_scene(made(), tmp_path).valid_fraction == 0.75


def test_an_item_of_an_older_archive_is_read_and_exported_in_the_new_form(tmp_path):
    scene = item_scene(OLD, tmp_path)
    assert (scene.bands, scene.scale, scene.acquisition.product_ids) == (("B02",), 1e-4, ("A",))
    (tmp_path / "item.json").write_text(json.dumps(OLD))
    item = archived_item(tmp_path)
    assert declared(item) == prefixes(item)
    assert item["assets"]["data"]["raster:bands"][0]["offset"] == -0.1
    assert item["assets"]["data"]["href"] == (tmp_path / "pixels.tif").as_posix()


def test_bands_of_both_forms_carry_their_scale():
    assert asset_bands(made()["assets"]["data"])[1] == {
        "name": "B08",
        "data_type": "uint16",
        "nodata": 0,
        "scale": 1e-4,
        "offset": 0.0,
    }
    assert asset_bands(OLD["assets"]["data"])[0]["raster:scale"] == 1e-4
    assert asset_bands({}) == []


@pytest.mark.parametrize("change", [{"geometry": {"type": "Polygon"}}, {"properties": {"monitor:format": 1}}])
def test_an_item_of_someone_else_is_refused(change, tmp_path):
    with pytest.raises(ArchiveError, match="not an item of this archive"):
        item_scene({**OLD, **change}, tmp_path)
