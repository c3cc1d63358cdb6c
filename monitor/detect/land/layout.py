"""Where the land of a place is measured: the same points in every scene, so that each has a past."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, sqrt

import numpy as np
from shapely import contains_xy, prepare
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import WGS84, reproject

GROUND, AROUND, TRACK, LOT = "ground", "around", "track", "lot"
PARTS = (GROUND, AROUND, TRACK, LOT)
"""Ground of the zones, a sample of that around, and the pixels of each rail and each open-storage zone."""
CELL_M = 20.0
"""Side of a cell of ground: the pixel of Sentinel-2's shortwave bands (chosen)."""
PIXEL_M = 10.0
"""Side of a cell of tracks and lots: the pixel of its visible bands (chosen)."""
GROUND_KINDS = ("storage", "open_storage", "tank", "site")
"""Kinds of zone whose ground is watched."""
MARGIN_M = 100.0
"""How far beyond a zone its ground is watched (chosen): what lies on its edge shows whole, and the fields beside it."""
BESIDE_M = 40.0
"""How far beyond a track or a lot its pixels reach (chosen): the ground beside shows sun, haze and a scene's shift."""
MOST_CELLS, MOST_AROUND = 40_000, 3_000
"""Most cells of ground or of one zone, and of the surroundings (chosen): larger zones take larger cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Cells of one part of a place.

    Attributes
    ----------
    part : str
        One of `PARTS`.
    zone_id : str
        Of the rail or open-storage zone; "" for ground.
    xy : Floats
        (cell, 2) easting and northing of the centres, in metres of the AOI's UTM zone.
    side_m : float
        Of a cell.
    """

    part: str
    zone_id: str
    xy: Floats
    side_m: float


def has_land(aoi: Aoi) -> bool:
    """Whether any zone of a place is watched as land."""
    return any(zone.kind in (*GROUND_KINDS, "rail") for zone in aoi.zones)


@lru_cache(maxsize=32)
def layout(aoi: Aoi) -> tuple[Places, ...]:
    """Every part of a place that is measured, in a fixed order; empty without land zones.

    Parameters
    ----------
    aoi : Aoi

    Notes
    -----
    Cells lie on multiples of their side in the AOI's UTM zone, whatever the scene's grid: the same cells in each.
    """
    return (*_ground(aoi), *_zones(aoi))


def ground_zones(aoi: Aoi) -> tuple[Zone, ...]:
    """The zones whose ground is watched, in the file's order."""
    return tuple(zone for zone in aoi.zones if zone.kind in GROUND_KINDS)


def _ground(aoi: Aoi) -> Iterable[Places]:
    zones = ground_zones(aoi)
    if not zones:
        return
    outline = reproject(aoi.geometry, WGS84, aoi.epsg)
    watched = unary_union([_local(zone, aoi) for zone in zones]).buffer(MARGIN_M).intersection(outline)
    side = _side(watched, CELL_M)
    yield Places(GROUND, "", _squares(watched, side, side), side)
    water = aoi.water
    dry = outline if water is None else outline.difference(reproject(water, WGS84, aoi.epsg).buffer(CELL_M))
    rest = dry.difference(watched)
    apart = side * max(1, ceil(sqrt(rest.area / side**2 / MOST_AROUND)))
    yield Places(AROUND, "", _squares(rest, side, apart), side)


def _local(zone: Zone, aoi: Aoi) -> BaseGeometry:
    return reproject(zone.geometry, WGS84, aoi.epsg)


def _side(area: BaseGeometry, least_m: float) -> float:
    """Side of the cells of an area: the least one, or so many times it that there are not too many."""
    return least_m * max(1, ceil(sqrt(area.area / least_m**2 / MOST_CELLS)))


def _squares(area: BaseGeometry, side: float, apart: float) -> Floats:
    """(place, 2) centres of the cells, every so many metres, whose centre lies in an area; from north-west on."""
    if area.is_empty:
        return np.empty((0, 2))
    west, south, east, north = area.bounds
    x = np.arange(floor(west / apart), ceil(east / apart) + 1) * apart + side / 2
    y = np.arange(ceil(north / apart), floor(south / apart) - 1, -1) * apart + side / 2
    xx, yy = (axis.ravel() for axis in np.meshgrid(x, y))
    prepare(area)
    inside = contains_xy(area, xx, yy)
    return np.column_stack([xx[inside], yy[inside]])


def _zones(aoi: Aoi) -> Iterable[Places]:
    outline = reproject(aoi.geometry, WGS84, aoi.epsg)
    for part, kind in ((TRACK, "rail"), (LOT, "open_storage")):
        for zone in (zone for zone in aoi.of_kind(kind) if zone.is_located):
            reach = _local(zone, aoi).buffer(BESIDE_M).intersection(outline)
            side = _side(reach, PIXEL_M)
            yield Places(part, zone.id, _squares(reach, side, side), side)
