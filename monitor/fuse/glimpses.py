"""Ships heard under way between two ports and silent at both ends: which stays they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.geodesy import KNOT_MS, distance_m
from monitor.fuse.frames import floats, naive
from monitor.fuse.portstays import PortStay

Floats = npt.NDArray[np.float64]
Ports = Mapping[str, tuple[float, float]]

_SILENCE_H = 3.0
_NEAR_PORT_M = 9_000.0
_SHORTEST_M = 4_000.0
_SPEEDS_KN = (4.0, 20.0)
_DIRECT = 1.3
_DETOUR = 1.08
_LONGEST_STAY = timedelta(days=5)
_HABIT = 3.0


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A silent ship heard on its way: from and to which port, and when it must have left and will arrive.

    `doubt` is how far either instant may be off.
    """

    mmsi: int
    from_port: str
    to_port: str
    left: pd.Timestamp
    arrives: pd.Timestamp
    doubt: timedelta


def glimpses(positions: pd.DataFrame, ports: Ports) -> list[Glimpse]:
    """The stretches of AIS, silent before and after, that lead from one port towards another.

    Parameters
    ----------
    positions : POSITIONS table
        Needs ``mmsi, t, lon, lat``.
    ports : id to longitude and latitude

    Notes
    -----
    A stretch counts when it begins and ends away from every port, at a ship's speed, and when coming from the one port
    and going on to the other makes a way not a third longer than the direct one. Its own speed gives the two ends.
    """
    if positions.empty or len(ports) < 2:
        return []
    t, mmsi = naive(positions["t"]), positions["mmsi"].to_numpy(np.int64)
    order = np.lexsort((t, mmsi))
    t, mmsi, lon, lat = t[order], mmsi[order], floats(positions, "lon")[order], floats(positions, "lat")[order]
    silent = np.diff(t) > np.timedelta64(int(_SILENCE_H * 3600), "s")
    cut = np.flatnonzero(silent | (np.diff(mmsi) != 0)) + 1
    first, last = np.append(0, cut), np.append(cut, len(t)) - 1
    seconds = (t[last] - t[first]) / np.timedelta64(1, "s")
    moved = distance_m(lon[first], lat[first], lon[last], lat[last])
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = moved / seconds
    keep = (moved >= _SHORTEST_M) & (speed >= _SPEEDS_KN[0] * KNOT_MS) & (speed <= _SPEEDS_KN[1] * KNOT_MS)
    away = np.ones(len(first), dtype=bool)
    for place in ports.values():
        for end in (first, last):
            away &= distance_m(lon[end], lat[end], *place) > _NEAR_PORT_M
    found = []
    for k in np.flatnonzero(keep & away):
        a, b = int(first[k]), int(last[k])
        ends = ((float(lon[a]), float(lat[a])), (float(lon[b]), float(lat[b])))
        times = (pd.Timestamp(t[a], tz="UTC"), pd.Timestamp(t[b], tz="UTC"))
        found += _between(int(mmsi[a]), ends, times, float(speed[k]), ports)
    return found


def _between(
    mmsi: int, ends: tuple[tuple[float, float], tuple[float, float]], times: tuple[pd.Timestamp, pd.Timestamp],
    speed_ms: float, ports: Ports,
) -> list[Glimpse]:  # fmt: skip
    seen = float(distance_m(*ends[0], *ends[1]))
    fits: list[tuple[float, Glimpse]] = []
    for origin, start in ports.items():
        for goal, stop in ports.items():
            if origin == goal:
                continue
            before, after = float(distance_m(*start, *ends[0])), float(distance_m(*ends[1], *stop))
            longer = (before + seen + after) / float(distance_m(*start, *stop))
            if longer > _DIRECT:
                continue
            back, ahead = (timedelta(seconds=_DETOUR * way / speed_ms) for way in (before, after))
            doubt = timedelta(hours=1.5) + 0.15 * max(back, ahead)
            fits.append((longer, Glimpse(mmsi, origin, goal, times[0] - back, times[1] + ahead, doubt)))
    return [min(fits, key=lambda fit: fit[0])[1]] if fits else []


def glimpse_odds(stays: Sequence[PortStay], found: Sequence[Glimpse]) -> Floats:
    """(stays, stays) log odds that the glimpses give to one ship having made both stays.

    What a ship's glimpses say of where it was (in the port it came to until it left it, at sea in between) speaks for
    or against each stay; what they say of the other stays at the same berth speaks for its habit. Between -4 and 3.
    """
    ships = sorted({glimpse.mmsi for glimpse in found})
    if not ships or not stays:
        return np.zeros((len(stays), len(stays)))
    fits = np.array([[_fit(stay, places) for stay in stays] for places in (_places(m, found) for m in ships)])
    berths = np.array([stay.berth_id for stay in stays])
    alike = (berths[:, None] == berths[None, :]) & ~np.eye(len(stays), dtype=bool)
    habit = np.clip(fits @ alike, -_HABIT, _HABIT)
    named = np.array([[np.nan if s.mmsi is None else (6.0 if s.mmsi == m else -6.0) for s in stays] for m in ships])
    logit = np.where(np.isfinite(named), named, 2.0 * fits + habit)
    weight = np.vstack([np.exp(logit), np.ones(len(stays))])
    chance = weight / weight.sum(axis=0)
    both = chance.T @ chance * len(chance)
    return np.asarray(np.clip(np.log(np.maximum(both, 1e-9)), -4.0, 3.0))


def _places(mmsi: int, found: Sequence[Glimpse]) -> list[tuple[str, pd.Timestamp, pd.Timestamp]]:
    """Where a ship surely was: at sea ("") during glimpses, in a port from one glimpse to the next that fits."""
    mine = sorted((g for g in found if g.mmsi == mmsi), key=lambda g: g.left)
    known = [("", g.left + g.doubt, g.arrives - g.doubt) for g in mine]
    for before, after in pairwise(mine):
        if before.to_port == after.from_port and after.left - before.arrives <= _LONGEST_STAY:
            known.append((before.to_port, before.arrives - before.doubt, after.left + after.doubt))
    return known


def _fit(stay: PortStay, places: Sequence[tuple[str, pd.Timestamp, pd.Timestamp]]) -> float:
    """1 when the ship was in that port the while, -3 when it was elsewhere at some instant of it, else 0."""
    fit = 0.0
    for port, start, end in places:
        if start < stay.departed[0] and end > stay.arrived[1] and port != stay.port:
            return -3.0
        if start <= stay.arrived[1] <= end and port != stay.port:
            return -3.0
        if port == stay.port and start <= stay.arrived[1] and stay.departed[0] <= end:
            fit = 1.0
    return fit
