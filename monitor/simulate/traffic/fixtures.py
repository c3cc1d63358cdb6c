"""Bright fixed objects in the water that are no ships: islets, the ends of breakwaters, floating docks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from shapely.affinity import rotate, scale, translate
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.rng import generator
from monitor.simulate.traffic.routes import HARBOUR

KINDS: Mapping[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = MappingProxyType(
    {
        "islet": ((45.0, 90.0), (1.3, 2.2), (250.0, 900.0)),
        "breakwater end": ((70.0, 130.0), (4.0, 6.0), (50.0, 140.0)),
        "floating dock": ((60.0, 110.0), (3.0, 4.5), (80.0, 350.0)),
    }
)
"""Length in metres, length over width, and distance from the shore in metres, of each kind."""

_EACH = 2
_CLEAR_LANE_M, _CLEAR_ZONE_M, _CLEAR_OTHER_M = 180.0, 120.0, 250.0
_TRIES = 400


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixed object: `kind` is a key of `KINDS`, `outline` in longitude and latitude, `axis_deg` from true north.

    `axis_deg` is within two degrees: the grid's north is taken for the true one.
    """

    fixture_id: str
    aoi_id: str
    kind: str
    lon: float
    lat: float
    length_m: float
    width_m: float
    axis_deg: float
    outline: Polygon


def fixtures_of(seed: int, aois: Sequence[Aoi]) -> tuple[Fixture, ...]:
    """Two of each kind in every port that has water, clear of berths, anchorages, lanes and each other."""
    return tuple(made for aoi in aois if aoi.water is not None for made in _fixtures(seed, aoi))


def _fixtures(seed: int, aoi: Aoi) -> list[Fixture]:
    water = reproject(aoi.water, WGS84, aoi.epsg).intersection(reproject(aoi.geometry, WGS84, aoi.epsg).buffer(-150.0))
    shore = reproject(aoi.water, WGS84, aoi.epsg).boundary
    busy = [
        reproject(z.geometry, WGS84, aoi.epsg).buffer(_CLEAR_ZONE_M) for z in (*aoi.berths, *aoi.of_kind("anchorage"))
    ]
    if aoi.id in HARBOUR:
        busy.append(reproject(LineString(HARBOUR[aoi.id]), WGS84, aoi.epsg).buffer(_CLEAR_LANE_M))
    free, taken, made = water.difference(unary_union(busy)), [Point(0, 0)], []
    for kind in KINDS:
        for number in range(_EACH):
            rng = generator(seed, "fixture", aoi.id, kind, number)
            found = _placed(rng, kind, free, shore, unary_union(taken))
            if found is not None:
                outline, size, axis = found
                taken.append(outline.buffer(_CLEAR_OTHER_M))
                made.append(_fixture(f"{aoi.id}_{kind.replace(' ', '_')}_{number + 1}", aoi, kind, outline, size, axis))
    return made


def _placed(
    rng: np.random.Generator, kind: str, free: BaseGeometry, shore: BaseGeometry, taken: BaseGeometry
) -> tuple[Polygon, tuple[float, float], float] | None:
    lengths, slender, offs = KINDS[kind]
    length, axis = float(rng.uniform(*lengths)), float(rng.uniform(0, 180))
    width = length / float(rng.uniform(*slender))
    level = box(-width / 2, -length / 2, width / 2, length / 2)
    if kind == "islet":
        level = scale(Point(0, 0).buffer(0.5, quad_segs=6), width, length)
    west, south, east, north = free.bounds
    for _ in range(_TRIES):
        x, y = float(rng.uniform(west, east)), float(rng.uniform(south, north))
        outline = translate(rotate(level, -axis, origin=(0, 0)), x, y)
        if offs[0] <= shore.distance(Point(x, y)) <= offs[1] and free.contains(outline) and outline.disjoint(taken):
            return outline, (length, width), axis
    return None


def _fixture(name: str, aoi: Aoi, kind: str, outline: Polygon, size: tuple[float, float], axis: float) -> Fixture:
    shown = reproject(outline, aoi.epsg, WGS84)
    assert isinstance(shown, Polygon)
    return Fixture(
        fixture_id=name,
        aoi_id=aoi.id,
        kind=kind,
        lon=shown.centroid.x,
        lat=shown.centroid.y,
        length_m=size[0],
        width_m=size[1],
        axis_deg=axis,
        outline=shown,
    )
