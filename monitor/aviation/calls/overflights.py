"""Passes over closed airspace that the trace shows to be no landing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.aviation.calls.stays import Track, pieces, runs_at_fields
from monitor.aviation.calls.stops import Stop
from monitor.core.geo.geodesy import distance_m


@dataclass(frozen=True, slots=True)
class OverflightRule:
    """Which passes are reported; all chosen.

    Attributes
    ----------
    near_m, high_m : float
        A pass at this distance from a closed field or nearer, at this height above it or higher, is one.
    apart_s : float
        A pass within this time of a stop at the same field is its approach or climb-out.
    """

    near_m: float = 60000.0
    high_m: float = 2000.0
    apart_s: float = 3600.0


RULE = OverflightRule()


@dataclass(frozen=True, slots=True)
class Overflight:
    """The closest point of one pass. `silence_s` is the longest silence among the positions near the field."""

    place: int
    t_s: float
    metres: float
    height_m: float
    silence_s: float
    low: bool


def find_overflights(track: Track, airfields: pd.DataFrame, stops: list[Stop]) -> list[Overflight]:
    """Passes of one airframe over closed fields, seen on both sides of the closest point; the nearest field of each.

    A flight to or from a closed field is reported by its call, not by the fields that it passes on its way.

    Parameters
    ----------
    track : Track
    airfields : AIRFIELDS table
    stops : list of Stop
        Of the same airframe.
    """
    closed = np.flatnonzero(airfields["closed"].to_numpy(dtype=bool))
    found = []
    for first, last in pieces(track):
        rows = slice(first, last + 1)
        passes = [p for k in closed if (p := _pass(track, rows, int(k), airfields)) is not None]
        passes += [
            _low_pass(track, seen.place, seen.first, airfields)
            for seen in runs_at_fields(track, first, last)
            if seen.role == "passes" and seen.place in closed
        ]
        passes = [p for p in passes if p.low or not _serves(p, stops, set(closed.tolist()))]
        passes = [p for p in passes if not _belongs(p, stops)]
        if passes:
            found.append(min(passes, key=lambda p: (not p.low, p.metres)))
    return found


def _pass(track: Track, rows: slice, place: int, airfields: pd.DataFrame) -> Overflight | None:
    lon, lat = airfields["lon"].iloc[place], airfields["lat"].iloc[place]
    if np.abs(track.lat[rows] - lat).min() > 1.0:
        return None
    metres = distance_m(lon, lat, track.lon[rows], track.lat[rows])
    k = int(metres.argmin())
    height = float(track.altitude_m[rows][k] - airfields["elevation_m"].iloc[place])
    if not 0 < k < len(metres) - 1 or metres[k] > RULE.near_m or not height >= RULE.high_m:
        return None
    t = track.t_s[rows]
    near = np.flatnonzero(metres <= metres[k] + RULE.near_m)
    silence = float(np.diff(t[near]).max()) if len(near) > 1 else 0.0
    return Overflight(
        place=place, t_s=float(t[k]), metres=float(metres[k]), height_m=height, silence_s=silence, low=False
    )


def _low_pass(track: Track, place: int, row: int, airfields: pd.DataFrame) -> Overflight:
    height = float(track.altitude_m[row] - airfields["elevation_m"].iloc[place])
    return Overflight(
        place=place,
        t_s=float(track.t_s[row]),
        metres=float(track.metres[row]),
        height_m=height,
        silence_s=0.0,
        low=True,
    )


def _serves(found: Overflight, stops: list[Stop], closed: set[int]) -> bool:
    """Whether the flight comes from or goes to a closed field: then it passes the others on its way."""
    known = [(min(t for t in (*s.arrived, *s.departed) if np.isfinite(t)), s) for s in stops]
    before = [s for t, s in known if t <= found.t_s]
    after = [s for t, s in known if t > found.t_s]
    ends = [*before[-1:], *after[:1]]
    return any(s.status in ("landed", "consistent") and s.place in closed for s in ends)


def _belongs(found: Overflight, stops: list[Stop]) -> bool:
    for stop in stops:
        if stop.status not in ("landed", "consistent"):
            continue
        if found.place != stop.place and found.place not in {c.index for c in stop.found}:
            continue
        times = [t for t in (*stop.arrived, *stop.departed) if np.isfinite(t)]
        if min(times) - RULE.apart_s <= found.t_s <= max(times) + RULE.apart_s:
            return True
    return False
