"""Areas of interest: one GeoJSON file a port, its id the file's name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from shapely import force_2d, get_parts
from shapely.errors import ShapelyError
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.validation import explain_validity

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import UTM_NORTH_DEG, UTM_SOUTH_DEG, utm_epsg
from monitor.core.limits import DEFAULT_LIMITS
from monitor.core.text import plain

KINDS = (
    "aoi",
    "aoi_wide",
    "water",
    "pier",
    "berth",
    "yard",
    "anchorage",
    "gate",
    "rail",
    "storage",
    "open_storage",
    "tank",
    "oil_berth",
    "road",
    "site",
    "island",
    "reference_point",
    "alternative",
)
_POLYGONS = frozenset(KINDS) - {"gate", "rail", "road", "reference_point"}
"""Kinds that are areas; a gate, a track or a road may be a line or a point as well."""
OTHER_VECTORS = (".kml", ".kmz", ".gpkg", ".shp", ".json")
"""Files that hold a port as well, once `monitor init --port` has turned them into GeoJSON."""
_AS_GEOJSON = "ports are kept as *.geojson; `monitor init FOLDER --port {}` turns it into one"
_LONGEST_DEG = 5.0
"""Longest side of a zone (chosen): ports span tenths of a degree, so anything longer is an error in the file."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One feature of a port.

    Attributes
    ----------
    id : str
        Unique within the file.
    kind : str
        One of `KINDS`.
    name : str
        As analysts call it; the id when the file gives none.
    geometry : BaseGeometry
        In EPSG:4326.
    source, confidence, date, note : str
        Where the outline comes from, and when; "" when not given.
    uncertainty_m : float, optional
        How far the outline may be off.
    azimuth_deg : float, optional
        Of a quay face, clockwise from true north.
    length_m : float, optional
        Of a quay.
    """

    id: str
    kind: str
    name: str
    geometry: BaseGeometry
    source: str = ""
    uncertainty_m: float | None = None
    confidence: str = ""
    date: str = ""
    note: str = ""
    azimuth_deg: float | None = None
    length_m: float | None = None


@dataclass(frozen=True, slots=True)
class Aoi:
    """A port: the watched area and the zones within.

    Attributes
    ----------
    id : str
        The name of its file.
    name : str
        For people.
    geometry : Polygon or MultiPolygon
        The watched area in EPSG:4326.
    zones : tuple of Zone
        In the file's order, the watched area among them.
    epsg : int
        Of the UTM zone in which the port's scenes are stored.
    timezone : str
        IANA name for local times in a brief.
    attribution, country : str
        "" when not given.
    """

    id: str
    name: str
    geometry: Polygon | MultiPolygon
    zones: tuple[Zone, ...]
    epsg: int
    timezone: str = "UTC"
    attribution: str = ""
    country: str = ""

    def of_kind(self, kind: str) -> tuple[Zone, ...]:
        """The zones of one kind, in the file's order; empty when there are none."""
        return tuple(zone for zone in self.zones if zone.kind == kind)

    def zone(self, zone_id: str) -> Zone:
        """The zone of that id.

        Raises
        ------
        DataError
            There is none.
        """
        for zone in self.zones:
            if zone.id == zone_id:
                return zone
        raise DataError(f"AOI {self.id}: no zone {zone_id!r}; there are {', '.join(z.id for z in self.zones)}")

    @property
    def berths(self) -> tuple[Zone, ...]:
        """The zones where ships lie alongside: berths and oil berths, in the file's order."""
        return tuple(zone for zone in self.zones if zone.kind in ("berth", "oil_berth"))

    @property
    def water(self) -> BaseGeometry | None:
        """The union of the water zones; None when the file has none, and water is read from the scene."""
        water = self.of_kind("water")
        return unary_union([zone.geometry for zone in water]) if water else None

    @property
    def has_berths(self) -> bool:
        """Whether the file names berths."""
        return bool(self.berths)


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
        ``attribution`` and ``country`` are optional.
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
    if not isinstance(document, Mapping):
        raise DataError(f"{where}: not a GeoJSON object")
    _check_crs(document, where)
    features = _features(document, where)
    outline = _only_outline(features)
    if outline is not None:
        properties = outline.get("properties") or {}
        if isinstance(properties, Mapping):
            features = [{**outline, "properties": {**properties, "kind": properties.get("kind") or "aoi"}}]
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
    )


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
    geometry = _geometry(feature.get("geometry"), label, polygon=kind in _POLYGONS)
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
    )


def _number(properties: Mapping[str, object], key: str, label: str) -> float | None:
    value = properties.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{label}: {key} is {value!r}, not a number")
    return float(value)


def _geometry(geometry: object, label: str, *, polygon: bool) -> BaseGeometry:
    if not isinstance(geometry, Mapping) or not (geometry.get("coordinates") or geometry.get("geometries")):
        raise DataError(f"{label} has no geometry")
    try:
        made = force_2d(shape(cast("dict[str, object]", geometry)))
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise DataError(f"{label}: its geometry is not valid GeoJSON ({error})") from error
    if polygon and isinstance(made, GeometryCollection):
        made = _polygons(made)
    if made.is_empty:
        raise DataError(f"{label} has an empty geometry")
    if polygon and not isinstance(made, Polygon | MultiPolygon):
        raise DataError(f"{label} is a {made.geom_type}; this kind needs a Polygon or MultiPolygon")
    _check_lonlat(made, label)
    if isinstance(made, Polygon | MultiPolygon):
        _check_rings(made, label)
    return made


def _polygons(collection: BaseGeometry) -> BaseGeometry:
    """The polygons of a collection as one geometry; lines and points beside them are no area, and left out."""
    parts = [part for part in get_parts(collection) if isinstance(part, Polygon | MultiPolygon)]
    inner = [part for part in get_parts(collection) if part.geom_type == "GeometryCollection"]
    flat = [polygon for part in parts for polygon in get_parts(part)] + [
        polygon for part in inner for polygon in get_parts(_polygons(part))
    ]
    return flat[0] if len(flat) == 1 else MultiPolygon(flat)


def _check_lonlat(geometry: BaseGeometry, label: str) -> None:
    west, south, east, north = geometry.bounds
    if abs(west) > 180 or abs(east) > 180 or abs(south) > 90 or abs(north) > 90:
        swapped = abs(west) <= 90 and abs(east) <= 90 and abs(south) <= 180 and abs(north) <= 180
        hint = (
            "latitude and longitude look swapped; GeoJSON wants longitude first"
            if swapped
            else "these are not degrees; reproject it to EPSG:4326"
        )
        raise DataError(f"{label} has coordinates up to ({east:.6g}, {north:.6g}): {hint}")
    if east - west > 180:
        raise DataError(
            f"{label} lies on both sides of the antimeridian; give each side a file of its own, or move it to one side"
        )
    if north > UTM_NORTH_DEG or south < UTM_SOUTH_DEG:
        reached = north if north > UTM_NORTH_DEG else south
        raise DataError(f"{label} reaches latitude {reached:.4g}: UTM ends at 84° N and 80° S")
    if max(east - west, north - south) > _LONGEST_DEG:
        raise DataError(
            f"{label} spans {max(east - west, north - south):.1f}°; a port is far smaller. "
            "If latitude and longitude are swapped for some vertices, put longitude first"
        )


def _check_rings(geometry: Polygon | MultiPolygon, label: str) -> None:
    polygons: Sequence[Polygon] = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    for p, polygon in enumerate(polygons, 1):
        part = f", polygon {p}" if len(polygons) > 1 else ""
        for r, ring in enumerate([polygon.exterior, *polygon.interiors], 1):
            reason = explain_validity(Polygon(ring.coords))
            if reason != "Valid Geometry":
                raise DataError(f"{label}{part}, ring {r}: {reason}; the outline crosses or touches itself there")
    if not geometry.is_valid:
        raise DataError(f"{label}: {explain_validity(geometry)}")
    if geometry.area == 0:
        raise DataError(f"{label} has no area")


def _check_ids(zones: Sequence[Zone], where: str) -> None:
    seen: set[str] = set()
    for zone in zones:
        if zone.id in seen:
            raise DataError(f"{where}: two features have the id {zone.id!r}")
        seen.add(zone.id)
