"""Areas of interest of the tests."""

from __future__ import annotations

from shapely.geometry import box, mapping

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.geo.geodesy import reproject


def aoi_over(west: float, south: float, east: float, north: float, *, epsg: int = 32652, name: str = "port") -> Aoi:
    inner = box(west + 0.5, south + 0.5, east - 0.5, north - 0.5)
    return parse_aoi({"type": "Polygon", **mapping(reproject(inner, epsg, 4326))}, id=name)
