"""Where a silent ship could have been: the area that its two positions, the time and a speed leave open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.validation import make_valid

from monitor.ais.sea.routes import shipped_coast
from monitor.core.geo.geodesy import KNOT_MS, destination, inverse

REACH_KN = 14.0
"""Faster than most coasters and small freighters sail, so that the area is rather too large than too small."""
FARTHEST_M = 400_000.0
_POINTS = 96


@dataclass(frozen=True, slots=True)
class Silence:
    """A gap's ends: degrees east and north, the second end NaN while the gap is open, and its length in hours."""

    start_lon: float
    start_lat: float
    end_lon: float
    end_lat: float
    hours: float


def reach(gap: Silence, *, speed_kn: float = REACH_KN) -> Polygon:
    """The places from which a ship at `speed_kn` could have come and gone within a gap, in EPSG:4326.

    An ellipse around both ends, since the way there and on may not be longer than speed times time; a circle while the
    gap is open. Cut off at 400 km. Where the ends lie further apart than that speed allows, the speed implied is used
    and the ellipse is a thin one. Distances are geodesic: land in the way only makes the true area smaller.
    """
    way = max(gap.hours, 0.0) * 3600.0 * speed_kn * KNOT_MS
    turn = np.linspace(0.0, 2.0 * np.pi, _POINTS, endpoint=False)
    if not np.isfinite([gap.end_lon, gap.end_lat]).all():
        radius = min(way, FARTHEST_M)
        return _ring(gap.start_lon, gap.start_lat, np.degrees(turn), np.full_like(turn, radius))
    azimuth, apart = (float(v) for v in inverse(gap.start_lon, gap.start_lat, gap.end_lon, gap.end_lat))
    half = min(max(way, apart * 1.02, 200.0) / 2.0, FARTHEST_M)
    width = float(np.sqrt(max(half**2 - (apart / 2.0) ** 2, 1e4)))
    along, across = half * np.cos(turn), width * np.sin(turn)
    lon, lat = (float(v) for v in destination(gap.start_lon, gap.start_lat, azimuth, apart / 2.0))
    return _ring(lon, lat, azimuth + np.degrees(np.arctan2(across, along)), np.hypot(along, across))


def at_sea(area: BaseGeometry) -> BaseGeometry:
    """The area without the land that the shipped coast knows; elsewhere as it is."""
    coast = shipped_coast()
    west, south, east, north = coast.bounds
    here = area.bounds
    if here[0] > east or here[2] < west or here[1] > north or here[3] < south:
        return area
    return area.difference(coast.land)


def _ring(lon: float, lat: float, azimuth: np.ndarray, distance: np.ndarray) -> Polygon:
    lons, lats = destination(np.full_like(azimuth, lon), np.full_like(azimuth, lat), azimuth, distance)
    made = make_valid(Polygon(np.column_stack([lons, lats])))
    return max(made.geoms, key=lambda part: part.area) if hasattr(made, "geoms") else made
