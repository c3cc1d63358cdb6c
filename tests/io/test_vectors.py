"""Ports from the files of map programs."""

import json
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import Polygon, box, mapping

from monitor.core.aoi import parse_aoi
from monitor.core.errors import DataError
from monitor.io.vectors import read_outlines

PORT = box(18.45, 54.5, 18.6, 54.58)


@pytest.fixture
def table() -> gpd.GeoDataFrame:
    high = Polygon([(x, y, 3.0) for x, y in PORT.exterior.coords])
    return gpd.GeoDataFrame({"name": ["Gdynia"]}, geometry=[high], crs=4326)


def written(table: gpd.GeoDataFrame, kind: str, folder: Path) -> Path:
    path = folder / f"port.{kind}"
    if kind == "kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(written(table, "kml", folder), "doc.kml")
    elif kind == "geojson":
        path.write_text(table.to_json(), encoding="utf-8-sig")
    else:
        driver = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "kml": "LIBKML"}[kind]
        table.to_crs(32634 if kind == "shp" else 4326).to_file(path, driver=driver)
    return path


@pytest.mark.parametrize("kind", ["geojson", "gpkg", "shp", "kml", "kmz"])
def test_a_port_of_any_format_is_the_same_port(table: gpd.GeoDataFrame, tmp_path: Path, kind: str) -> None:
    aoi = parse_aoi(read_outlines(written(table, kind, tmp_path)), id="gdynia")
    assert aoi.geometry.hausdorff_distance(PORT) < 1e-6
    assert aoi.name == "Gdynia"


def test_a_shapefile_without_a_crs_is_told_to_get_one(table: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = written(table, "shp", tmp_path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(DataError, match=r"has no CRS, so its place is unknown"):
        read_outlines(path)


@pytest.mark.parametrize("kind", ["gpkg", "shp", "kml", "kmz", "geojson"])
@pytest.mark.parametrize(
    "text", ["<WFSDataSource><URL>http://127.0.0.1:9/</URL></WFSDataSource>", "PK", "", "<OGRVRTDataSource/>"]
)
def test_what_is_not_what_its_name_says_is_not_opened(tmp_path: Path, kind: str, text: str) -> None:
    path = tmp_path / f"port.{kind}"
    path.write_text(text)
    with pytest.raises(DataError, match="export it again"):
        read_outlines(path)


def test_a_kml_that_names_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "port.kml"
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link></NetworkLink>"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{link}</Document></kml>')
    with pytest.raises(DataError, match="names other files"):
        read_outlines(path)


def test_a_bare_geometry_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "port.geojson"
    path.write_text(json.dumps(mapping(PORT)))
    assert parse_aoi(read_outlines(path), id="x").geometry.equals(PORT)
