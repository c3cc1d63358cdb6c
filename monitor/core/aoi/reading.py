"""A place's GeoJSON file: its id is the file's name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from shapely.geometry import MultiPolygon, Polygon

from monitor.core.aoi.geometry import read_geometry
from monitor.core.aoi.zones import KINDS, PLACE_KINDS, POLYGONS, Aoi, Zone
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import utm_epsg
from monitor.core.limits import DEFAULT_LIMITS
from monitor.core.text import plain

OTHER_VECTORS = (".kml", ".kmz", ".gpkg", ".shp", ".json")
"""Files that hold a port as well, once `monitor init --port` has turned them into GeoJSON."""
_OF_ONE = frozenset({"type", "features", "geometry", "geometries", "coordinates", "properties", "id", "bbox", "crs"})
"""Members of a single feature or geometry, which its collection has not."""
_WIDEST_M = 2000.0
"""Widest ground along a line; chosen: anything wider is an error in the file, or an area."""
_AS_GEOJSON = "ports are kept as *.geojson; `monitor init FOLDER --port {}` turns it into one"


def read_aoi(path: Path) -> Aoi:
    """The port in a GeoJSON file; its id is the file's name without the ending.

    Raises
    ------
    DataError
        The file is not readable JSON, or `parse_aoi` refuses it; the message starts with the path.
    """
    if path.suffix.lower() in OTHER_VECTORS:
        raise DataError(f"{path}: {_AS_GEOJSON.format(path)}")
    try:
        text = path.read_bytes()
        DEFAULT_LIMITS.check_document(path, text)
        document = json.loads(text.decode("utf-8-sig"))
    except DataError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not a readable GeoJSON file ({error})") from error
    return parse_aoi(document, id=path.stem, where=str(path))


def read_aois(folder: Path) -> tuple[Aoi, ...]:
    """Every port in a folder's ``*.geojson`` files, by id; empty when there is none.

    Raises
    ------
    DataError
        A file is invalid, or a port is there in another format alone.
    """
    ports = sorted(folder.glob("*.geojson"))
    known = {path.stem for path in ports}
    others = [p for p in sorted(folder.glob("*")) if p.suffix.lower() in OTHER_VECTORS and p.stem not in known]
    if others:
        raise DataError(f"{others[0]}: {_AS_GEOJSON.format(others[0])}")
    return tuple(read_aoi(path) for path in ports)


def parse_aoi(document: object, *, id: str, where: str = "") -> Aoi:  # noqa: A002
    """A port from a GeoJSON FeatureCollection, Feature or bare Polygon.

    A single polygon, with no ``kind``, is the watched area itself; points and lines beside it, such as the pins of a
    KML file, are left out. In a collection of several polygons each needs a ``kind`` (`KINDS`), and one of them is
    ``aoi``.

    Parameters
    ----------
    document : object
        Parsed JSON. ``epsg`` in it overrides the UTM zone of the centroid; ``title``, ``timezone`` (UTC by default),
        ``attribution``, ``country`` and ``place`` (`PLACE_KINDS`) are optional.
    id : str
        Of the port.
    where : str
        What messages begin with, such as the file's path; the id by default.

    Raises
    ------
    DataError
        A feature is wrong; the message names the feature, the ring and what is wrong.
    """
    where = where or id
    document = as_collection(document, where=where)
    features = cast("list[Mapping[str, object]]", document["features"])
    zones = tuple(_zone(feature, number, id, where) for number, feature in enumerate(features, 1))
    _check_ids(zones, where)
    watched = [zone for zone in zones if zone.kind == "aoi"]
    if len(watched) != 1:
        raise DataError(f"{where}: {len(watched)} features of kind 'aoi'; a port needs exactly one")
    area = watched[0].geometry
    assert isinstance(area, Polygon | MultiPolygon)
    centre = area.centroid
    meta = {key: plain(str(document.get(key) or "")) for key in ("title", "timezone", "attribution", "country")}
    return Aoi(
        id=id,
        name=meta["title"] or watched[0].name,
        geometry=area,
        zones=zones,
        epsg=_epsg(document, centre.x, centre.y, where),
        timezone=meta["timezone"] or "UTC",
        attribution=meta["attribution"],
        country=meta["country"],
        place=_place(document, where),
    )


def as_collection(document: object, *, where: str) -> dict[str, object]:
    """A place's GeoJSON as a FeatureCollection with its members, in which the only outline has kind ``aoi``.

    Parameters
    ----------
    document : object
        As of `parse_aoi`.
    where : str
        What messages begin with.

    Raises
    ------
    DataError
        It is no GeoJSON object, in another CRS than longitude and latitude, or without features.
    """
    if not isinstance(document, Mapping):
        raise DataError(f"{where}: not a GeoJSON object")
    _check_crs(document, where)
    features = _features(document, where)
    outline = _only_outline(features)
    if outline is not None:
        properties = outline.get("properties") or {}
        if isinstance(properties, Mapping):
            features = [{**outline, "properties": {**properties, "kind": properties.get("kind") or "aoi"}}]
    members = {name: value for name, value in document.items() if name not in _OF_ONE}
    return {"type": "FeatureCollection", **members, "features": features}


def _place(document: Mapping[str, object], where: str) -> str:
    place = document.get("place") or ""
    if place and place not in PLACE_KINDS:
        raise DataError(f"{where}: place {place!r} is none of {', '.join(PLACE_KINDS)}")
    return str(place)


def _epsg(document: Mapping[str, object], lon: float, lat: float, where: str) -> int:
    given = document.get("epsg")
    if given is None:
        return utm_epsg(lon, lat)
    if not isinstance(given, int) or not (32601 <= given <= 32660 or 32701 <= given <= 32760):
        raise DataError(f"{where}: epsg {given!r} is not a WGS 84 / UTM code such as 32652")
    return given


def _check_crs(document: Mapping[str, object], where: str) -> None:
    crs = document.get("crs")
    if crs is None:
        return
    name = json.dumps(crs)
    if "CRS84" not in name and "4326" not in name:
        raise DataError(
            f"{where}: its crs is {name}, but ports are kept in longitude and latitude on WGS 84 (RFC 7946); "
            f"reproject it to EPSG:4326, or let `monitor init FOLDER --port FILE` do it where the crs is a name"
        )


def _features(document: Mapping[str, object], where: str) -> list[Mapping[str, object]]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not features:
            raise DataError(f"{where}: the FeatureCollection is empty; it needs at least one polygon")
        return cast("list[Mapping[str, object]]", features)
    if kind == "Feature":
        return [document]
    if kind in ("Polygon", "MultiPolygon", "GeometryCollection"):
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise DataError(
        f"{where}: type {kind!r} is not a FeatureCollection, Feature, Polygon, MultiPolygon or GeometryCollection"
    )


def _only_outline(features: Sequence[Mapping[str, object]]) -> Mapping[str, object] | None:
    """The one feature that can be the watched area: the only one, or the only area where no feature has a kind."""
    if len(features) == 1:
        return features[0] if isinstance(features[0], Mapping) else None
    if any(not isinstance(feature, Mapping) or _said(feature, "properties", "kind") for feature in features):
        return None
    areas = [f for f in features if _said(f, "geometry", "type") in ("Polygon", "MultiPolygon", "GeometryCollection")]
    return areas[0] if len(areas) == 1 else None


def _said(feature: Mapping[str, object], part: str, name: str) -> object:
    inner = feature.get(part)
    return inner.get(name) if isinstance(inner, Mapping) else None


def _zone(feature: Mapping[str, object], number: int, aoi_id: str, where: str) -> Zone:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise DataError(f"{where}: feature {number} is not a GeoJSON Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise DataError(f"{where}: feature {number} has properties that are not an object")
    kind = properties.get("kind")
    label = f"{where}: feature {number} ({properties.get('id') or feature.get('id') or kind or 'no id'})"
    if kind is None:
        raise DataError(f"{label} has no kind, and it is not the only outline; give each one of {', '.join(KINDS)}")
    if kind not in KINDS:
        raise DataError(f"{label} has kind {kind!r}, which is none of {', '.join(KINDS)}")
    geometry = read_geometry(feature.get("geometry"), label, polygon=kind in POLYGONS)
    if kind == "rail" and geometry.geom_type in ("Point", "MultiPoint"):
        raise DataError(f"{label} is a {geometry.geom_type}; draw tracks as lines, or their yard as a polygon")
    own = properties.get("id") or feature.get("id")
    zone_id = plain(str(own or (aoi_id if kind == "aoi" else f"{aoi_id}_{kind}_{number}")))
    return Zone(
        id=zone_id,
        kind=str(kind),
        name=plain(str(properties.get("name") or zone_id)),
        geometry=geometry,
        source=plain(str(properties.get("source") or "")),
        uncertainty_m=_number(properties, "uncertainty_m", label),
        confidence=plain(str(properties.get("confidence") or "")),
        date=plain(str(properties.get("date") or "")),
        note=plain(str(properties.get("note") or "")),
        azimuth_deg=_number(properties, "azimuth_deg", label),
        length_m=_number(properties, "length_m", label),
        width_m=_width(properties, label),
    )


def _number(properties: Mapping[str, object], key: str, label: str) -> float | None:
    value = properties.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{label}: {key} is {value!r}, not a number")
    return float(value)


def _width(properties: Mapping[str, object], label: str) -> float | None:
    width = _number(properties, "width_m", label)
    if width is not None and not 0.0 < width <= _WIDEST_M:
        raise DataError(f"{label}: width_m is {width:g}; give the metres across the line, up to {_WIDEST_M:g}")
    return width


def _check_ids(zones: Sequence[Zone], where: str) -> None:
    seen: set[str] = set()
    for zone in zones:
        if zone.id in seen:
            raise DataError(f"{where}: two features have the id {zone.id!r}")
        seen.add(zone.id)
