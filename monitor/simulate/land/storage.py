"""Goods in the open-storage lots of the made-up places: places for them, and which are filled at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from shapely.geometry import Polygon

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.simulate.land.layout import EPSG
from monitor.simulate.land.trains import DAY_S, HOUR_S
from monitor.simulate.land.world import LandWorld
from monitor.simulate.rng import generator
from monitor.simulate.traffic.fleet import Flow

_SLOT_M, _LANE_M, _EDGE_M = (26.0, 16.0), 5.0, 6.0
"""Length and width of one heap or block of goods, lanes between rows, and what stays free along the edge (chosen)."""
_RENEWED_DAYS = 3.0
"""After how long the goods of one place are gone and another is filled instead (chosen)."""
_LEVELS, _EVERY_DAYS = (0.0, 0.9), (9.0, 28.0)
"""Share of the places in use, and days between two levels of it (chosen)."""
_UNLOADED_H, _STAYS_DAYS, _GOES_DAYS, _PLACES = 18.0, (8.0, 25.0), 6.0, (5.0, 14.0)
"""Goods of a shipment: hours to unload, days that they stay and to take them away, places that they fill (chosen)."""


@lru_cache(maxsize=16)
def slots_of(aoi: Aoi, zone_id: str) -> tuple[Polygon, ...]:
    """Places for goods in an open-storage lot, a rectangle in metres of `layout.EPSG`, in the order of their filling.

    Parameters
    ----------
    aoi : Aoi
    zone_id : str
    """
    frame = reproject(aoi.zone(zone_id).geometry, WGS84, EPSG).minimum_rotated_rectangle
    corners = np.asarray(frame.exterior.coords)[:4]
    sides = corners[1] - corners[0], corners[3] - corners[0]
    lengths = [float(np.hypot(*side)) for side in sides]
    (long, along), (wide, across) = sorted(
        zip(lengths, (side / length for side, length in zip(sides, lengths, strict=True)), strict=True),
        key=lambda pair: -pair[0],
    )
    found = []
    for y in np.arange(_EDGE_M, wide - _EDGE_M - _SLOT_M[1], _SLOT_M[1] + _LANE_M):
        for x in np.arange(_EDGE_M, long - _EDGE_M - _SLOT_M[0], _SLOT_M[0] + 1.0):
            found.append(_rectangle(corners[0] + x * along + y * across, along * _SLOT_M[0], across * _SLOT_M[1]))
    return tuple(found)


def _rectangle(corner: np.ndarray, along: np.ndarray, across: np.ndarray) -> Polygon:
    return Polygon([corner, corner + along, corner + along + across, corner + across])


def goods_at(flows: Sequence[Flow], aoi: Aoi, zone_id: str, t_s: float) -> tuple[Polygon, ...]:
    """Outlines of the goods in a lot at an instant, in metres of `layout.EPSG`.

    What came first goes first: the places in use move on through the lot, so that each is free at times. The last is
    filled in part.

    Parameters
    ----------
    flows : sequence of Flow
        Those of other zones are passed over.
    aoi : Aoi
    zone_id : str
    t_s : float
        Seconds since 1970.
    """
    places = slots_of(aoi, zone_id)
    filled = min(sum(flow.at(t_s) for flow in flows if flow.yard_id == zone_id), float(len(places)))
    first = int(t_s / (_RENEWED_DAYS * DAY_S))
    made = [places[(first + n) % len(places)] for n in range(int(filled))]
    if (part := filled - int(filled)) > 0.05:
        corners = np.asarray(places[(first + int(filled)) % len(places)].exterior.coords)
        made.append(_rectangle(corners[0], part * (corners[1] - corners[0]), corners[3] - corners[0]))
    return tuple(made)


def storage_flows(seed: int, world: LandWorld, aois: Sequence[Aoi], start_s: float, end_s: float) -> tuple[Flow, ...]:
    """The goods in every open-storage lot: a level that wanders, and on it what each shipment unloads.

    Parameters
    ----------
    seed : int
    world : LandWorld
    aois : sequence of Aoi
        The made-up places.
    start_s, end_s : float
        Seconds since 1970.
    """
    flows = []
    for aoi in aois:
        for zone in aoi.of_kind("open_storage"):
            rng = generator(seed, "storage", zone.id)
            steps = np.cumsum(rng.uniform(*_EVERY_DAYS, size=int((end_s - start_s) / DAY_S / _EVERY_DAYS[0]) + 2))
            knots = start_s + np.concatenate([[0.0], steps]) * DAY_S
            levels = rng.uniform(*_LEVELS, size=len(knots)) * len(slots_of(aoi, zone.id))
            flows.append(Flow(zone.id, knots, np.round(levels, 1)))
    for event in world.events:
        if event.kind == "storage filled":
            rng = generator(seed, "unloaded", event.cargo)
            begin, stays = event.t_s - _UNLOADED_H * HOUR_S, float(rng.uniform(*_STAYS_DAYS)) * DAY_S
            lot = float(rng.uniform(*_PLACES))
            t = np.array([begin, event.t_s, event.t_s + stays, event.t_s + stays + _GOES_DAYS * DAY_S])
            flows.append(Flow(event.zone_id, t, np.array([0.0, lot, lot, 0.0])))
    return tuple(flows)
