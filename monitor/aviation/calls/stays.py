"""Where along a track an aircraft was at an airfield, as seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.aviation.calls.reachability import Fix
from monitor.core.arrays import Floats, Ints
from monitor.core.geo.geodesy import azimuth_deg, distance_m

UNLISTED = -1


@dataclass(frozen=True, slots=True)
class StayRule:
    """When positions are at a field; all chosen.

    Attributes
    ----------
    silence_s : float
        A piece of track ends where nothing is received for so long.
    rest_kn : float
        Slower than this nothing of the kind flies.
    low_m, slow_kn, near_m : float
        Low and slow at a field: height above it, speed and distance, as on short final or just off.
    down_s : float
        Low and slow at a field, not received for so long, low and slow there again: it was down.
    derive_s : float
        Directions, speeds and climb rates that are missing come from neighbours at most so far away.
    """

    silence_s: float = 1200.0
    rest_kn: float = 50.0
    low_m: float = 450.0
    slow_kn: float = 180.0
    near_m: float = 8000.0
    down_s: float = 300.0
    derive_s: float = 300.0


RULE = StayRule()


@dataclass(frozen=True, slots=True)
class Track:
    """One airframe's positions as arrays, with the nearest airfield of each."""

    t_s: Floats
    lon: Floats
    lat: Floats
    altitude_m: Floats
    speed_kn: Floats
    track_deg: Floats
    climb_ms: Floats
    at_rest: npt.NDArray[np.bool_]
    low: npt.NDArray[np.bool_]
    place: Ints
    metres: npt.NDArray[np.float64]

    def fix(self, i: int) -> Fix:
        """A position as one end of a silence."""
        return Fix(
            t_s=float(self.t_s[i]),
            lon=float(self.lon[i]),
            lat=float(self.lat[i]),
            altitude_m=float(self.altitude_m[i]),
            track_deg=float(self.track_deg[i]),
            climb_ms=float(self.climb_ms[i]),
        )


@dataclass(frozen=True, slots=True)
class FieldRun:
    """A run of positions at one field.

    Rows `first` to `last`, at rest for `rest` of them; `role` down | arrives | departs | passes.
    """

    place: int
    first: int
    last: int
    rest: int
    role: str


def make_track(rows: pd.DataFrame, airfields: pd.DataFrame) -> Track:
    """The positions of one airframe, in order of time, against the airfields.

    Heights, directions and climb rates that are not in the data come from neighbouring positions, at most five minutes
    away.
    """
    t_s = rows["t"].astype("int64").to_numpy() / 1e6
    values = {
        k: rows[k].to_numpy(dtype=np.float64) for k in ("lon", "lat", "altitude_m", "speed_kn", "track_deg", "climb_ms")
    }
    grounded = rows["on_ground"].fillna(False).to_numpy(dtype=bool)
    values["altitude_m"] = _near_height(t_s, values["altitude_m"], grounded)
    speed, track, climb = _derived(t_s, values)
    lon, lat = values["lon"], values["lat"]
    away = np.stack([distance_m(lon, lat, a.lon, a.lat) for a in airfields.itertuples()], axis=1)
    place = away.argmin(axis=1) if away.shape[1] else np.full(len(rows), UNLISTED)
    metres = away[np.arange(len(rows)), place]
    height = values["altitude_m"] - airfields["elevation_m"].to_numpy()[place]
    crawls = (speed <= RULE.rest_kn) & (metres <= airfields["radius_m"].to_numpy()[place])
    at_rest = (grounded & ~(speed > 200.0)) | (crawls & ~(height > 1000.0))
    low = ~at_rest & (metres <= RULE.near_m) & (height <= RULE.low_m) & (speed <= RULE.slow_kn)
    listed = metres <= np.maximum(airfields["radius_m"].to_numpy()[place], RULE.near_m)
    return Track(
        t_s=t_s,
        lon=lon,
        lat=lat,
        altitude_m=values["altitude_m"],
        speed_kn=speed,
        track_deg=track,
        climb_ms=climb,
        at_rest=at_rest,
        low=low,
        place=np.where(listed, place, UNLISTED).astype(np.int64),
        metres=metres,
    )


def _near_height(t_s: Floats, height: Floats, grounded: npt.NDArray[np.bool_]) -> Floats:
    """Heights, where one is unknown in flight that of the nearest position in time with one, at most 60 s away."""
    known = np.flatnonzero(np.isfinite(height) & ~grounded)
    missing = np.flatnonzero(np.isnan(height) & ~grounded)
    if not len(known) or not len(missing):
        return height
    after = np.clip(np.searchsorted(known, missing), 0, len(known) - 1)
    before = np.clip(after - 1, 0, len(known) - 1)
    late, early = (np.abs(t_s[known[k]] - t_s[missing]) for k in (after, before))
    nearest = np.where(late <= early, known[after], known[before])
    filled = height.copy()
    filled[missing] = np.where(np.minimum(late, early) <= 60.0, height[nearest], np.nan)
    return filled


def _derived(t_s: Floats, values: dict[str, Floats]) -> tuple[Floats, Floats, Floats]:
    speed, track, climb = (values[k].copy() for k in ("speed_kn", "track_deg", "climb_ms"))
    if len(t_s) < 2:
        return speed, track, climb
    dt = np.diff(t_s)
    near = (dt > 0) & (dt <= RULE.derive_s)
    lon, lat = values["lon"], values["lat"]
    metres = distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    bearing = azimuth_deg(lon[:-1], lat[:-1], lon[1:], lat[1:])
    safe = np.where(dt > 0, dt, np.nan)
    steps = {
        "speed": np.where(near & (dt >= 5.0), metres / safe / (1852.0 / 3600.0), np.nan),
        "track": np.where(near & (metres > 200.0), bearing, np.nan),
        "climb": np.where(near & (dt >= 5.0), np.diff(values["altitude_m"]) / safe, np.nan),
    }
    for array, step in ((speed, steps["speed"]), (track, steps["track"]), (climb, steps["climb"])):
        back, ahead = np.append(np.nan, step), np.append(step, np.nan)
        array[:] = np.where(np.isnan(array), np.where(np.isnan(back), ahead, back), array)
    return speed, track, climb


def pieces(track: Track) -> list[tuple[int, int]]:
    """First and last row of each stretch without a silence longer than `StayRule.silence_s`."""
    cuts = np.flatnonzero(np.diff(track.t_s) > RULE.silence_s)
    return list(zip([0, *(cuts + 1)], [*cuts, len(track.t_s) - 1], strict=True))


def runs_at_fields(track: Track, first: int, last: int) -> list[FieldRun]:
    """The runs at a field within one piece, in order of time.

    Parameters
    ----------
    track : Track
    first, last : int
        Rows of the piece, both in it.
    """
    down = track.at_rest | track.low
    key = np.where(down, track.place, -2)
    found = []
    i = first
    while i <= last:
        if key[i] == -2:
            i += 1
            continue
        j = i
        while j < last and key[j + 1] == key[i]:
            j += 1
        run = _seen(track, i, j, first, last)
        if run is not None:
            found.append(run)
        i = j + 1
    return _joined(found, track)


def _seen(track: Track, i: int, j: int, first: int, last: int) -> FieldRun | None:
    rest = int(track.at_rest[i : j + 1].sum())
    place = int(track.place[i])
    if place == UNLISTED and rest < 2:
        return None
    if rest:
        return FieldRun(place, i, j, rest, "down")
    if j > i and np.diff(track.t_s[i : j + 1]).max() > RULE.down_s:
        return FieldRun(place, i, j, 0, "down")
    if i > first and j < last:
        return FieldRun(place, i, j, 0, "passes")
    sinks = _sinks(track, i, j, first, last)
    role = ("departs" if not sinks else "passes") if i == first and j < last else "arrives" if sinks else "passes"
    if i == first and j == last:
        role = "arrives" if sinks else "departs"
    return FieldRun(place, i, j, 0, role)


def _sinks(track: Track, i: int, j: int, first: int, last: int) -> bool:
    climb = track.climb_ms[i : j + 1]
    known = climb[np.isfinite(climb)]
    if len(known) and abs(known.mean()) > 0.3:
        return bool(known.mean() < 0)
    a, b = max(first, i - 1), min(last, j + 1)
    return bool(track.metres[b] <= track.metres[a])


def resting(track: Track, seen: FieldRun) -> tuple[int, int]:
    """First and last row at rest within a run; the run's own first and last where it is only low."""
    rows = seen.first + np.flatnonzero(track.at_rest[seen.first : seen.last + 1])
    return (int(rows[0]), int(rows[-1])) if len(rows) else (seen.first, seen.last)


def comes_in(track: Track, seen: FieldRun) -> bool:
    """Whether a run begins in the air on the way in."""
    down, _ = resting(track, seen)
    return seen.role == "arrives" or (down > seen.first and _sinks(track, seen.first, down - 1, seen.first, seen.last))


def goes_out(track: Track, seen: FieldRun) -> bool:
    """Whether a run ends in the air on the way out."""
    _, up = resting(track, seen)
    return seen.role == "departs" or (up < seen.last and not _sinks(track, up + 1, seen.last, seen.first, seen.last))


def _joined(found: list[FieldRun], track: Track) -> list[FieldRun]:
    """Runs at one field with nothing but taxiing in between are one."""
    kept: list[FieldRun] = []
    for run in found:
        before = kept[-1] if kept else None
        if before is not None and before.place == run.place and before.role == run.role == "down":
            between = track.speed_kn[before.last + 1 : run.first]
            if not (between > 80.0).any():
                kept[-1] = FieldRun(run.place, before.first, run.last, before.rest + run.rest, "down")
                continue
        kept.append(run)
    return kept
