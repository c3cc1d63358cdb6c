"""Outlines from the files of map programs: KML, KMZ, GeoPackage, Shapefile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import cast

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import ProjError
from shapely import force_2d
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.io.documents import parse_xml, read_document, read_json
from monitor.io.packed import damage, member_names, read_member

_BEGINS: Mapping[str, bytes] = MappingProxyType(
    {".gpkg": b"SQLite format 3\0", ".shp": b"\x00\x00\x27\x0a", ".kmz": b"PK"}
)
"""First bytes of each format: a file is opened as what its name says, and never as a text that names a server."""
_UNREADABLE = (DataSourceError, DataLayerError, ShapelyError, ProjError, OSError, ValueError, RuntimeError, NameError)
"""What the libraries raise over damaged files; pyogrio trips over a name of its own where a CRS is damaged."""
_GEOJSON = (".geojson", ".json")
_DRIVERS = MappingProxyType({".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".kml": "KML or LIBKML", ".kmz": "LIBKML"})


def read_outlines(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> dict[str, object]:
    """A GeoJSON FeatureCollection, in longitude and latitude, of all layers of a file.

    Parameters
    ----------
    path : Path
        GeoJSON, KML, KMZ, GeoPackage or Shapefile. Only features with a geometry are taken. A GeoJSON file with a
        ``crs`` member is reprojected.
    limits : Limits, optional
        What it may take in memory.

    Raises
    ------
    DataError
        The file is damaged, in another format, too large, or a layer has no CRS.
    """
    kind = path.suffix.lower()
    if kind not in _DRIVERS:
        return _reprojected(_json(path, limits), path)
    _check_begins(path, kind, limits)
    try:
        layers = [_layer(path, str(name)) for name, _ in pyogrio.list_layers(path)]
    except DataError:
        raise
    except _UNREADABLE as error:
        raise DataError(f"{path}: not a readable {_DRIVERS[kind]} file ({error}); export it again") from error
    table = pd.concat(layers, ignore_index=True) if layers else gpd.GeoDataFrame({"geometry": []}, crs=WGS84)
    if not len(table):
        raise DataError(f"{path}: no outline in it; draw the port's area as a polygon")
    return cast("dict[str, object]", json.loads(gpd.GeoDataFrame(table).to_json(drop_id=True, na="drop")))


def _layer(path: Path, name: str) -> gpd.GeoDataFrame:
    layer = pyogrio.read_dataframe(path, layer=name, force_2d=True)
    if not isinstance(layer, gpd.GeoDataFrame):
        return gpd.GeoDataFrame({"geometry": []}, crs=WGS84)
    if layer.crs is None:
        raise DataError(f"{path}: layer {name} has no CRS, so its place is unknown; set it (a .prj beside a Shapefile)")
    known = layer[layer.geometry.notna()].to_crs(WGS84)
    kept = [column for column in ("id", "kind", "name", "Name", "geometry") if column in known]
    return known[kept].rename(columns={"Name": "name"} if "name" not in known else {})


def _json(path: Path, limits: Limits) -> dict[str, object]:
    document = read_json(path, limits=limits)
    if not isinstance(document, dict):
        raise DataError(f"{path}: not a GeoJSON object; export it again")
    return document


def _reprojected(document: dict[str, object], path: Path) -> dict[str, object]:
    """A GeoJSON document in longitude and latitude, if its ``crs`` member names another system (GeoJSON 2008)."""
    crs = document.get("crs")
    said = crs.get("properties") if isinstance(crs, dict) and crs.get("type") == "name" else None
    name = said.get("name") if isinstance(said, dict) else None
    if not isinstance(name, str) or "CRS84" in name or "4326" in name:
        return document
    rest = {key: value for key, value in document.items() if key != "crs"}
    features = rest.get("features") if rest.get("type") == "FeatureCollection" else [rest]
    try:
        moved = [_moved(feature, name) for feature in cast("list[dict[str, object]]", features)]
    except (*_UNREADABLE, TypeError, AttributeError, KeyError) as error:
        raise DataError(f"{path}: cannot be reprojected from its crs {name!r} ({error}); export it again") from error
    return {**rest, "features": moved} if "features" in rest else moved[0]


def _moved(feature: dict[str, object], crs: str) -> dict[str, object]:
    """A feature or geometry in longitude and latitude."""
    if feature.get("type") != "Feature":
        return {**mapping(gpd.GeoSeries([force_2d(shape(feature))], crs=crs).to_crs(WGS84).iloc[0])}
    inner = feature.get("geometry")
    return {**feature, "geometry": None if inner is None else _moved(cast("dict[str, object]", inner), crs)}


def _check_begins(path: Path, kind: str, limits: Limits) -> None:
    if kind == ".kml":
        _check_kml(read_document(path, limits=limits), path)
        return
    with damage(path):
        limits.check_size(path, path.stat().st_size)
        with path.open("rb") as file:
            head = file.read(16)
    if not head.startswith(_BEGINS[kind]):
        raise DataError(f"{path}: not a {_DRIVERS[kind]} file; export it again")
    if kind == ".kmz":
        for name in member_names(path):
            if name.lower().endswith(".kml"):
                _check_kml(read_member(path, name, limits=limits), path)


def _check_kml(content: bytes, path: Path) -> None:
    """Refuse what is no KML, has entities, or names another file to be loaded."""
    if b"<NetworkLink" in content:
        raise DataError(f"{path}: it names other files to load; export the outlines themselves")
    if parse_xml(content, path).tag.rpartition("}")[2] != "kml":
        raise DataError(f"{path}: not a KML file; export it again")
