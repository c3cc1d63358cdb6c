"""Which positions on one address can be one aircraft."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_SPEED_MS = 320.0
"""Faster over the ground than any airliner or transport, jet stream included (about 1,150 km/h)."""
SLACK_M = 4000.0
"""Room for rounded coordinates and late time stamps."""
BREAK_S = 900.0
"""A silence after which a track piece ends; the pieces are joined again where that is possible."""
JUMP = -1
FEWEST = 3
"""Fewer positions in a row than this are no second aircraft."""
_EARTH_M = 6371008.8


def bodies(t_s: Floats, lon: Floats, lat: Floats) -> Ints:
    """A body number for each position of one address: 0 for the largest possible aircraft, 1 for the next, …

    Positions must be in order of time. Positions that fit no body and are fewer than `FEWEST` in a row are jumps: -1.

    Notes
    -----
    Positions are first strung into pieces (each next one within `MAX_SPEED_MS` of the last, no silence above
    `BREAK_S`); then the chain of pieces with the most positions that one aircraft could have flown is body 0, and the
    rest is tried again. One wrong position in the middle of a flight therefore costs that position, not the flight.
    """
    n = len(t_s)
    if n == 0:
        return np.empty(0, dtype=np.int64)
    step = _distance(lon[:-1], lat[:-1], lon[1:], lat[1:])
    if bool(np.all(step <= SLACK_M + MAX_SPEED_MS * np.diff(t_s))):
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
            if dt > BREAK_S:
                done.append(piece)
                continue
            still.append(piece)
            d = _metres(lon[last], lat[last], x, y)
            if d <= SLACK_M + MAX_SPEED_MS * dt and d < best_m:
                best, best_m = piece, d
        running = still
        if best is None:
            running.append([i])
        else:
            best.append(i)
    return sorted(done + running, key=lambda piece: piece[0])


def _chains(pieces: list[list[int]], t_s: Floats, lon: Floats, lat: Floats) -> Ints:
    found = np.full(len(t_s), JUMP, dtype=np.int64)
    body = 0
    while pieces:
        chain = _heaviest(pieces, t_s, lon, lat)
        members = [i for k in chain for i in pieces[k]]
        if len(members) < FEWEST:
            break
        found[members] = body
        body += 1
        taken = set(chain)
        pieces = [piece for k, piece in enumerate(pieces) if k not in taken and len(piece) >= FEWEST]
    return found


def _heaviest(pieces: list[list[int]], t_s: Floats, lon: Floats, lat: Floats) -> list[int]:
    first = np.array([piece[0] for piece in pieces])
    last = np.array([piece[-1] for piece in pieces])
    weight = np.array([float(len(piece)) for piece in pieces])
    best = weight.copy()
    before = np.full(len(pieces), -1)
    for k in range(1, len(pieces)):
        dt = t_s[first[k]] - t_s[last[:k]]
        d = _distance(lon[last[:k]], lat[last[:k]], lon[first[k]], lat[first[k]])
        can = (dt >= 0) & (d <= SLACK_M + MAX_SPEED_MS * dt)
        if can.any():
            j = int(np.argmax(np.where(can, best[:k], -np.inf)))
            best[k] += best[j]
            before[k] = j
    k = int(np.argmax(best))
    chain = []
    while k >= 0:
        chain.append(k)
        k = int(before[k])
    return chain[::-1]
