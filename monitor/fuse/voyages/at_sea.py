"""Ships received under way between two ports and silent at both ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.columns import floats, naive
from monitor.core.geo.geodesy import KNOT_MS, distance_m
from monitor.fuse.voyages.rules import UnderwayRule

Ports = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class UnderwayFix:
    """A silent ship received on its way: from and to which port, and when it must have left and will arrive.

    `doubt` is how far either instant may be off.
    """

    mmsi: int
    from_port: str
    to_port: str
    left: pd.Timestamp
    arrives: pd.Timestamp
    doubt: timedelta


def underway_fixes(positions: pd.DataFrame, ports: Ports, *, rule: UnderwayRule | None = None) -> list[UnderwayFix]:
    """The stretches of AIS, silent before and after, that lead from one port towards another.

    Parameters
    ----------
    positions : POSITIONS table
        Needs ``mmsi, t, lon, lat``.
    ports : mapping of str to tuple
        Port id to longitude and latitude in degrees.
    rule : UnderwayRule, optional
        Speeds, lengths and distances.

    Notes
    -----
    A stretch counts when it begins and ends away from every port, at a ship's speed, and when coming from the one port
    and going on to the other makes a way not a third longer than the direct one. Its own speed gives the two ends.
    """
    rule = rule or UnderwayRule()
    if positions.empty or len(ports) < 2:
        return []
    t, mmsi = naive(positions["t"]), positions["mmsi"].to_numpy(np.int64)
    order = np.lexsort((t, mmsi))
    t, mmsi, lon, lat = t[order], mmsi[order], floats(positions, "lon")[order], floats(positions, "lat")[order]
    silent = np.diff(t) > np.timedelta64(int(rule.silence_h * 3600), "s")
    cut = np.flatnonzero(silent | (np.diff(mmsi) != 0)) + 1
    first, last = np.append(0, cut), np.append(cut, len(t)) - 1
    seconds = (t[last] - t[first]) / np.timedelta64(1, "s")
    moved = distance_m(lon[first], lat[first], lon[last], lat[last])
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = moved / seconds
    keep = (moved >= rule.shortest_m) & (speed >= rule.speeds_kn[0] * KNOT_MS) & (speed <= rule.speeds_kn[1] * KNOT_MS)
    away = np.ones(len(first), dtype=bool)
    for place in ports.values():
        for end in (first, last):
            away &= distance_m(lon[end], lat[end], *place) > rule.near_port_m
    found = []
    for k in np.flatnonzero(keep & away):
        a, b = int(first[k]), int(last[k])
        ends = ((float(lon[a]), float(lat[a])), (float(lon[b]), float(lat[b])))
        times = (pd.Timestamp(t[a], tz="UTC"), pd.Timestamp(t[b], tz="UTC"))
        found += _between(int(mmsi[a]), ends, times, float(speed[k]), ports, rule)
    return found


def _between(
    mmsi: int,
    ends: tuple[tuple[float, float], tuple[float, float]],
    times: tuple[pd.Timestamp, pd.Timestamp],
    speed_ms: float,
    ports: Ports,
    rule: UnderwayRule,
) -> list[UnderwayFix]:
    seen = float(distance_m(*ends[0], *ends[1]))
    fits: list[tuple[float, UnderwayFix]] = []
    for origin, start in ports.items():
        for goal, stop in ports.items():
            if origin == goal:
                continue
            before, after = float(distance_m(*start, *ends[0])), float(distance_m(*ends[1], *stop))
            longer = (before + seen + after) / float(distance_m(*start, *stop))
            if longer > rule.direct:
                continue
            back, ahead = (timedelta(seconds=rule.detour * way / speed_ms) for way in (before, after))
            doubt = timedelta(hours=rule.doubt_h) + rule.doubt_share * max(back, ahead)
            fits.append((longer, UnderwayFix(mmsi, origin, goal, times[0] - back, times[1] + ahead, doubt)))
    return [min(fits, key=lambda fit: fit[0])[1]] if fits else []
