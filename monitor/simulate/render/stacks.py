"""Container stacks: slots in a yard, and which of them are filled at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from shapely.affinity import rotate
from shapely.geometry import Polygon, box

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.traffic.fleet import World

SLOT_M = (42.0, 22.0)
LANE_M = 8.0
_EDGE_M = 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """A slot as far as it is filled: its outline in the AOI's UTM zone."""

    yard_id: str
    outline: Polygon

    @property
    def area_m2(self) -> float:
        """PortGround area."""
        return float(self.outline.area)


@lru_cache(maxsize=64)
def slots(aoi: Aoi, yard_id: str) -> tuple[Polygon, ...]:
    """Rectangles of a yard in the AOI's UTM zone, in the order in which they are filled; rows along its long side."""
    yard = reproject(aoi.zone(yard_id).geometry, WGS84, aoi.epsg).buffer(-_EDGE_M)
    if yard.is_empty:
        return ()
    frame = yard.minimum_rotated_rectangle
    corners = np.asarray(frame.exterior.coords)
    sides = np.diff(corners, axis=0)
    longest = sides[int(np.argmax(np.hypot(*sides.T)))]
    angle = float(np.degrees(np.arctan2(longest[1], longest[0])))
    level = rotate(yard, -angle, origin=(0, 0))
    west, south, east, north = level.bounds
    length, width = SLOT_M
    rows = np.arange(south, north - width + 0.1, width + LANE_M)
    found = []
    for y in sorted(rows, key=lambda r: abs(r + width / 2 - (south + north) / 2)):
        for x in np.arange(west, east - length + 0.1, length + 2.0):
            slot = box(x, y, x + length, y + width)
            if level.contains(slot):
                found.append(rotate(slot, angle, origin=(0, 0)))
    return tuple(found)


def stacks_at(world: World, aoi: Aoi, t_s: float) -> list[Stack]:
    """The container stacks in a port's yards at an instant.

    Parameters
    ----------
    world : World
    aoi : Aoi
    t_s : float
        Seconds since 1970.
    """
    made = []
    ids = {zone.id for zone in aoi.of_kind("yard")}
    for yard_id in sorted({flow.yard_id for flow in world.flows} & ids):
        places = slots(aoi, yard_id)
        filled = min(sum(flow.at(t_s) for flow in world.flows if flow.yard_id == yard_id), float(len(places)))
        for number, slot in enumerate(places[: int(np.ceil(filled))]):
            share = min(filled - number, 1.0)
            if share >= 0.2:
                made.append(Stack(yard_id, _part(slot, share)))
    return made


def _part(slot: Polygon, share: float) -> Polygon:
    corners = np.asarray(slot.exterior.coords)[:4]
    sides = np.hypot(*np.diff(np.vstack([corners, corners[:1]]), axis=0).T)
    start = 0 if sides[0] >= sides[1] else 1
    a, b, c, d = np.roll(corners, -start, axis=0)
    return Polygon([a, a + (b - a) * share, d + (c - d) * share, d])


def outline_lonlat(stack: Stack, aoi: Aoi) -> Polygon:
    """The stack's outline in longitude and latitude."""
    made = reproject(stack.outline, aoi.epsg, WGS84)
    assert isinstance(made, Polygon)
    return made
