"""One made-up flight: where it is at every instant, and which ground stations receive it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import azimuth_deg, destination, distance_m


@dataclass(frozen=True, slots=True)
class FlightRule:
    """How an aircraft flies; chosen, the descent is the usual one of three degrees.

    Attributes
    ----------
    landing_ms, cruise_ms : float
        Speed at a field, and from `fast_above_m` over it on.
    fast_above_m : float
    climb_slope, sink_slope : float
        Metres up or down per metre flown.
    runway_m : float
        Straight along the runway before the first turn and after the last.
    """

    landing_ms: float = 72.0
    cruise_ms: float = 235.0
    fast_above_m: float = 6000.0
    climb_slope: float = 0.060
    sink_slope: float = 0.0524
    runway_m: float = 14000.0


RULE = FlightRule()


@dataclass(frozen=True, slots=True)
class Path:
    """A flight from the first to the last instant. Heights in metres above the sea, speed over the ground."""

    t_s: Floats
    lon: Floats
    lat: Floats
    altitude_m: Floats
    speed_ms: Floats
    track_deg: Floats
    climb_ms: Floats
    on_ground: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A ground station. It receives to its horizon, at most `range_m`, except in its outages (Unix seconds)."""

    lon: float
    lat: float
    range_m: float = 390000.0
    outages: tuple[tuple[float, float], ...] = ()


def fly(
    points: list[tuple[float, float, float]],
    *,
    start_s: float,
    cruise_m: float,
    runway_deg: tuple[float, float],
    taxi_s: float = 420.0,
    step_s: float = 10.0,
    every_m: float = 2000.0,
) -> Path:
    """A flight from the first of some points, over those between, to the last.

    It leaves and arrives along the runways' directions, climbs and sinks on fixed slopes, and is slower the lower it
    flies.

    Parameters
    ----------
    points : list of tuple
        Longitude, latitude and elevation in metres.
    start_s : float
        Unix seconds of the take-off.
    cruise_m : float
        Greatest height above the sea.
    runway_deg : tuple of float
        Direction of the runway at either end; either way round.
    taxi_s : float
        It rolls so long at both ends.
    step_s : float
        Between two instants.
    every_m : float
        Between two points of the route.
    """
    route = _route(points, runway_deg)
    lon, lat, along = _densify(route, every_m)
    total = along[-1]
    floor = points[0][2] + (points[-1][2] - points[0][2]) * along / total
    profile = np.minimum(along * RULE.climb_slope, (total - along) * RULE.sink_slope)
    altitude = floor + np.minimum(profile, cruise_m - floor)
    fast = np.clip((altitude - floor) / RULE.fast_above_m, 0.0, 1.0)
    speed = RULE.landing_ms + (RULE.cruise_ms - RULE.landing_ms) * fast
    t = np.concatenate([[0.0], np.cumsum(np.diff(along) / (0.5 * (speed[1:] + speed[:-1])))])
    times = np.arange(0.0, t[-1], step_s)
    air = [np.interp(times, t, v) for v in (lon, lat, altitude, speed)]
    rolling = np.arange(0.0, taxi_s, 20.0)
    ground = np.concatenate([np.ones(len(rolling)), np.zeros(len(times)), np.ones(len(rolling))]).astype(bool)
    parts = []
    for k, values in enumerate(air):
        edge = (values[0], values[-1]) if k < 3 else (5.0, 5.0)
        parts.append(np.concatenate([np.full(len(rolling), edge[0]), values, np.full(len(rolling), edge[1])]))
    clock = start_s + np.concatenate([rolling - taxi_s, times, t[-1] + 20.0 + rolling])
    heading = azimuth_deg(parts[0][:-1], parts[1][:-1], parts[0][1:], parts[1][1:])
    climb = np.diff(parts[2]) / np.diff(clock)
    return Path(
        t_s=clock,
        lon=parts[0],
        lat=parts[1],
        altitude_m=parts[2],
        speed_ms=parts[3],
        track_deg=np.append(heading, heading[-1]),
        climb_ms=np.append(climb, 0.0),
        on_ground=ground,
    )


def _route(points: list[tuple[float, float, float]], runway_deg: tuple[float, float]) -> list[tuple[float, float]]:
    (lon0, lat0, _), (lon1, lat1, _) = points[0], points[-1]
    towards = float(azimuth_deg(lon0, lat0, points[1][0], points[1][1]))
    leaves = min((runway_deg[0], runway_deg[0] + 180.0), key=lambda a: abs((a - towards + 180.0) % 360.0 - 180.0))
    off_lon, off_lat = destination(lon0, lat0, leaves, RULE.runway_m)
    comes = float(azimuth_deg(points[-2][0], points[-2][1], lon1, lat1))
    lands = min((runway_deg[1], runway_deg[1] + 180.0), key=lambda a: abs((a - comes + 180.0) % 360.0 - 180.0))
    on_lon, on_lat = destination(lon1, lat1, lands + 180.0, RULE.runway_m)
    middle = [(lon, lat) for lon, lat, _ in points[1:-1]]
    return [(lon0, lat0), (float(off_lon), float(off_lat)), *middle, (float(on_lon), float(on_lat)), (lon1, lat1)]


def _densify(route: list[tuple[float, float]], every_m: float) -> tuple[Floats, Floats, Floats]:
    lons, lats = [np.array([route[0][0]])], [np.array([route[0][1]])]
    for (lon0, lat0), (lon1, lat1) in pairwise(route):
        metres = float(distance_m(lon0, lat0, lon1, lat1))
        steps = np.linspace(0.0, metres, max(2, int(metres / every_m) + 1))[1:]
        # a straight line in azimuth from the start of each part is its great circle
        lon, lat = destination(lon0, lat0, float(azimuth_deg(lon0, lat0, lon1, lat1)), steps)
        lons.append(lon)
        lats.append(lat)
    lon, lat = np.concatenate(lons), np.concatenate(lats)
    along = np.concatenate([[0.0], np.cumsum(distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]))])
    keep = np.concatenate([[True], np.diff(along) > 1.0])
    return lon[keep], lat[keep], along[keep]


def received_by(path: Path, receivers: list[Receiver]) -> npt.NDArray[np.bool_]:
    """Whether any station receives each instant: within its range, above its horizon, and up.

    The radio horizon is ``4.12 km * (sqrt(h) + sqrt(20))`` with heights in metres (four-thirds earth, mast of 20 m).
    """
    horizon = 4120.0 * (np.sqrt(np.maximum(path.altitude_m, 1.0)) + np.sqrt(20.0))
    received = np.zeros(len(path.t_s), dtype=bool)
    for receiver in receivers:
        reach = np.minimum(receiver.range_m, horizon)
        near = np.flatnonzero(np.abs(path.lat - receiver.lat) * 111000.0 <= reach)
        near = near[_metres(receiver, path, near) <= reach[near]]
        up = np.ones(len(near), dtype=bool)
        for first, last in receiver.outages:
            up &= (path.t_s[near] < first) | (path.t_s[near] >= last)
        received[near[up]] = True
    return received


def _metres(receiver: Receiver, path: Path, rows: npt.NDArray[np.intp]) -> Floats:
    """Distance on a sphere, ample for a radio horizon."""
    a, b = np.radians(path.lat[rows]), np.radians(receiver.lat)
    d = np.radians(path.lon[rows] - receiver.lon)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(d / 2) ** 2
    return np.asarray(2 * 6371008.8 * np.arcsin(np.sqrt(h)))
