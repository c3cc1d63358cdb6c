"""Where ships lie and how they get there by water."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, convergence_deg, destination, reproject, transformer

LonLat = tuple[float, float]
FENDER_M = 3.0
"""Between hull and quay (chosen)."""

HARBOUR: Mapping[str, tuple[LonLat, ...]] = MappingProxyType(
    {
        "rajin": ((130.2915, 42.2235), (130.2975, 42.205), (130.2985, 42.188), (130.301, 42.171), (130.342, 42.13)),
        "dunai": ((132.374, 42.8945), (132.382, 42.888), (132.38, 42.852), (132.318, 42.81), (132.198, 42.69)),
    }
)
"""From the inner harbour to the sea; drawn clear of the OpenStreetMap shore, by 500 m outside the harbours."""

OPEN_SEA: Mapping[str, tuple[LonLat, ...]] = MappingProxyType(
    {
        "rajin-dunai": ((130.75, 42.16), (131.30, 42.42), (131.90, 42.63)),
        "rajin-south": ((130.36, 42.02), (130.30, 41.60), (130.10, 41.00)),
        "dunai-east": ((132.382, 42.816), (132.65, 42.548), (133.40, 42.40)),
        "dunai-waiting": ((132.05, 42.70), (131.96, 42.86)),
    }
)
"""Rajin to Dunai is about 113 nautical miles; ``dunai-waiting`` lies in Ussuri Bay, east of Vladivostok."""

_ANCHOR: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {"rajin": (130.2842, 42.2268, 146.0), "dunai": (132.3596, 42.8969, 113.0)}
)


@dataclass(frozen=True, slots=True)
class HullPlace:
    """Where a ship lies: centre of the hull, heading of its axis, and the zone it lies in (``""`` for none)."""

    port: str
    zone_id: str
    kind: str
    lon: float
    lat: float
    axis_deg: float
    seaward_deg: float


def berth(aois: Sequence[Aoi], port: str, berth_id: str, *, width_m: float, along: float = 0.0) -> HullPlace:
    """The place of a hull alongside a quay.

    Parameters
    ----------
    aois : sequence of Aoi
    port, berth_id : str
    width_m : float
        Of the hull.
    along : float
        -1 to 1 along the quay face, 0 in the middle; 1 stands for a third of the face's length.

    Notes
    -----
    The quay is the side of the berth's strip that is not water. Without the port among `aois` the place is the port's
    anchor point.
    """
    zone = _zone(aois, port, berth_id)
    if zone is None:
        lon, lat, axis = _ANCHOR[port]
        return HullPlace(
            port=port,
            zone_id=berth_id,
            kind="berth",
            lon=lon,
            lat=lat,
            axis_deg=axis,
            seaward_deg=(axis + 90.0) % 360.0,
        )
    aoi = next(a for a in aois if a.id == port)
    if zone.azimuth_deg is None:
        raise DataError(f"AOI {port}: berth {berth_id} has no azimuth_deg; give the quay face's direction")
    centre = zone.geometry.centroid
    grid_axis = zone.azimuth_deg - convergence_deg(centre.x, centre.y, aoi.epsg)
    strip = reproject(zone.geometry, WGS84, aoi.epsg)
    water = reproject(aoi.water, WGS84, aoi.epsg) if aoi.water is not None else strip
    x, y, outward = _alongside(strip, water, grid_axis, width_m, along * (zone.length_m or 0.0) / 3.0)
    lon, lat = transformer(aoi.epsg, WGS84).transform(x, y)
    back = convergence_deg(centre.x, centre.y, aoi.epsg)
    return HullPlace(
        port=port,
        zone_id=berth_id,
        kind="berth",
        lon=lon,
        lat=lat,
        axis_deg=zone.azimuth_deg % 360.0,
        seaward_deg=(outward + back) % 360.0,
    )


def _alongside(
    strip: BaseGeometry, water: BaseGeometry, axis: float, width: float, shift: float
) -> tuple[float, float, float]:
    angle = np.radians(axis)
    along, across = np.array([np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    box = np.asarray(strip.minimum_rotated_rectangle.exterior.coords)[:4]
    centre = box.mean(axis=0)
    sides = {sign: water.distance(Point(*(centre + sign * 60.0 * across))) for sign in (1.0, -1.0)}
    quay = max(sides, key=lambda sign: sides[sign])
    reach = float(np.max((box - centre) @ (quay * across)))
    x, y = centre + along * shift + quay * across * (reach - width / 2 - FENDER_M)
    outward = -quay * across
    return float(x), float(y), float(np.degrees(np.arctan2(outward[0], outward[1])))


def anchorage(aois: Sequence[Aoi], port: str, zone_id: str, *, u: float, v: float) -> HullPlace:
    """A place in an anchorage, or its middle where that falls beyond its outline.

    Parameters
    ----------
    aois : sequence of Aoi
    port, zone_id : str
    u, v : float
        East and north in the bounding box, 0–1.
    """
    zone = _zone(aois, port, zone_id)
    if zone is None:
        lon, lat, axis = _ANCHOR[port]
        lon, lat = (float(c) for c in destination(lon, lat, 135.0, 2500.0))
        return replace(afloat(port, (lon, lat), "anchorage"), zone_id=zone_id, axis_deg=axis, seaward_deg=axis)
    west, south, east, north = zone.geometry.bounds
    point = Point(west + u * (east - west), south + v * (north - south))
    if not zone.geometry.contains(point):
        point = zone.geometry.buffer(-0.001).centroid
    return replace(afloat(port, (point.x, point.y), "anchorage"), zone_id=zone_id)


def afloat(port: str, lonlat: LonLat, kind: str = "sea") -> HullPlace:
    """A place at sea in no zone.

    Parameters
    ----------
    port : str
        The nearest.
    lonlat : LonLat
    kind : str
        ``sea`` or ``anchorage``.
    """
    return HullPlace(port=port, zone_id="", kind=kind, lon=lonlat[0], lat=lonlat[1], axis_deg=0.0, seaward_deg=0.0)


def way_out(aois: Sequence[Aoi], place: HullPlace) -> list[LonLat]:
    """From a place to the first harbour waypoint by water: straight, else off the quay, else along it first."""
    goal = HARBOUR[place.port][0]
    here = (place.lon, place.lat)
    water = next((a.water for a in aois if a.id == place.port), None)
    if water is None or place.kind != "berth":
        return [here, goal]
    off = _step(here, place.seaward_deg, 40.0)
    for metres in (0.0, 250.0, 400.0, 550.0, 700.0, -250.0, -400.0, -550.0, -700.0):
        turn = _step(off, place.axis_deg, metres)
        path = [here, off, turn, goal]
        dry = LineString(path[1:]).difference(water)
        if dry.length < 1e-5:
            return path
    return [here, off, goal]


def _step(start: LonLat, azimuth: float, metres: float) -> LonLat:
    lon, lat = destination(start[0], start[1], azimuth, metres)
    return float(lon), float(lat)


def _zone(aois: Sequence[Aoi], port: str, zone_id: str) -> Zone | None:
    for aoi in aois:
        if aoi.id == port:
            return aoi.zone(zone_id)
    return None
