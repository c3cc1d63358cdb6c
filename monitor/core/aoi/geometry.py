"""Geometry of a place's file, checked so that a message names the ring and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from shapely import force_2d, get_parts
from shapely.errors import ShapelyError
from shapely.geometry import GeometryCollection, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import UTM_NORTH_DEG, UTM_SOUTH_DEG

_LONGEST_DEG = 5.0
"""Longest side of a zone (chosen): ports span tenths of a degree, so anything longer is an error in the file."""


def read_geometry(geometry: object, label: str, *, polygon: bool) -> BaseGeometry:
    """A feature's geometry in two dimensions.

    Parameters
    ----------
    geometry : object
        Parsed JSON.
    label : str
        What messages begin with.
    polygon : bool
        Whether only areas will do; lines and points beside them in a collection are then left out.

    Raises
    ------
    DataError
        It is no valid GeoJSON, not in degrees, or no area.
    """
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
