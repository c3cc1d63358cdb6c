"""Which positions on one address can be one aircraft."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats, Ints

JUMP = -1
_CERTAIN_M = 1e10
_EARTH_M = 6371008.8


@dataclass(frozen=True, slots=True)
class AirframeRule:
    """When positions on one address can be one aircraft; all chosen.

    Attributes
    ----------
    max_speed_ms : float
        Faster over the ground than any airliner or transport, jet stream included (about 1,150 km/h).
    slack_m : float
        Tolerance for rounded coordinates and late time stamps.
    break_s : float
        A silence after which a piece of track ends; pieces are joined again where that is possible.
    fewest : int
        Fewer positions in a row than this are no second aircraft.
    position_m : float
        One position outweighs so much way without reception: at cruise a receiver keeps about one in ten kilometres.
    """

    max_speed_ms: float = 320.0
    slack_m: float = 4000.0
    break_s: float = 900.0
    fewest: int = 3
    position_m: float = 10000.0


RULE = AirframeRule()


def number_airframes(t_s: Floats, lon: Floats, lat: Floats) -> Ints:
    """An airframe number for each position of one address: 0 for the largest possible aircraft, then 1, 2 and so on.

    Parameters
    ----------
    t_s, lon, lat : array of float
        Unix seconds and degrees, in order of time.

    Returns
    -------
    array of int
        -1 for jumps: positions that fit no airframe and are fewer than `AirframeRule.fewest` in a row.

    Notes
    -----
    Positions are first joined to pieces (each next one within reach of the last at the speed limit, no silence above
    `break_s`); then airframe 0 is made of the pieces that one aircraft could have flown, and the rest is tried again.
    Where pieces contradict each other, an aircraft that is received again where it stood goes before one that crossed a
    continent without reception. One wrong position in the middle of a flight costs that position, not the flight.
    """
    n = len(t_s)
    if n == 0:
        return np.empty(0, dtype=np.int64)
    step = _distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
    if bool(np.all(step <= RULE.slack_m + RULE.max_speed_ms * np.diff(t_s))):
        return np.zeros(n, dtype=np.int64)
    pieces = _pieces(t_s, lon, lat)
    return _chains(pieces, t_s, lon, lat)


def _distance(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats:
    """Great-circle metres on a sphere: good to 0.5 %, ample for a speed limit."""
    a, b, d = np.radians(lat0), np.radians(lat1), np.radians(lon1 - lon0)
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(d / 2) ** 2
    return np.asarray(2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))


def _metres(lon0: float, lat0: float, lon1: float, lat1: float) -> float:
    a, b, d = math.radians(lat0), math.radians(lat1), math.radians(lon1 - lon0)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(d / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(h)))


def _pieces(t_s: Floats, lon: Floats, lat: Floats) -> list[list[int]]:
    done: list[list[int]] = []
    running: list[list[int]] = []
    for i, (t, x, y) in enumerate(zip(t_s.tolist(), lon.tolist(), lat.tolist(), strict=True)):
        best, best_m = None, math.inf
        still = []
        for piece in running:
            last = piece[-1]
            dt = t - t_s[last]
            if dt > RULE.break_s:
                done.append(piece)
                continue
            still.append(piece)
            d = _metres(lon[last], lat[last], x, y)
            if d <= RULE.slack_m + RULE.max_speed_ms * dt and d < best_m:
                best, best_m = piece, d
        running = still
        if best is None:
            running.append([i])
        else:
            best.append(i)
    return sorted(done + running, key=lambda piece: piece[0])


def _chains(pieces: list[list[int]], t_s: Floats, lon: Floats, lat: Floats) -> Ints:
    found = np.full(len(t_s), JUMP, dtype=np.int64)
    airframe = 0
    while pieces:
        chain = _likeliest(pieces, t_s, lon, lat)
        members = [i for k in chain for i in pieces[k]]
        if len(members) < RULE.fewest:
            break
        found[members] = airframe
        airframe += 1
        taken = set(chain)
        pieces = [piece for k, piece in enumerate(pieces) if k not in taken and len(piece) >= RULE.fewest]
    return found


def _likeliest(pieces: list[list[int]], t_s: Floats, lon: Floats, lat: Floats) -> list[int]:
    """The pieces of one aircraft, in order of time.

    Every piece that contradicts no other (those too short for an aircraft aside) is one of them; of those that
    contradict each other, the ones whose positions outweigh the way without reception to them and from them.
    """
    first = np.array([piece[0] for piece in pieces])
    last = np.array([piece[-1] for piece in pieces])
    size = np.array([float(len(piece)) for piece in pieces])
    links = [_links_to(k, first, last, (t_s, lon, lat)) for k in range(len(pieces))]
    long = size >= RULE.fewest
    joins = np.zeros(len(pieces), dtype=np.int64)
    for k, (can, _) in enumerate(links):
        joins[:k] += can & long[k]
        joins[k] += int((can & long[:k]).sum())
    certain = long & (joins == int(long.sum()) - 1)
    best = np.where(certain, _CERTAIN_M, 0.0) + size * RULE.position_m
    before = np.full(len(pieces), -1)
    for k, (can, unreceived) in enumerate(links):
        if can.any():
            joined = np.where(can, best[:k] - unreceived, -np.inf)
            j = int(np.argmax(joined))
            if joined[j] > 0.0:
                best[k] += joined[j]
                before[k] = j
    k = int(np.argmax(best))
    chain = []
    while k >= 0:
        chain.append(k)
        k = int(before[k])
    return chain[::-1]


def _links_to(
    k: int, first: Ints, last: Ints, positions: tuple[Floats, Floats, Floats]
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which earlier pieces one aircraft could have flown before piece `k`.

    With the metres without reception between them.
    """
    t_s, lon, lat = positions
    dt = t_s[first[k]] - t_s[last[:k]]
    metres = _distance(lon[last[:k]], lat[last[:k]], lon[first[k]], lat[first[k]])
    return (dt >= 0) & (metres <= RULE.slack_m + RULE.max_speed_ms * dt), metres
