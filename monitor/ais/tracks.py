"""Where each vessel was at an instant, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from monitor.ais.segments import segments
from monitor.ais.sorting import in_order, instant_micros
from monitor.ais.uncertainty import RESTING_KN, SLOW_MS, Bridge, bridge_radii, dead_reckoning_radii
from monitor.core.arrays import Floats, Ints
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS
from monitor.core.tables import TRACK_POINTS

_A, _E2 = 6_378_137.0, 0.00669437999014
_WORST_DISAGREEMENT = 1.5


def track_at(
    positions: pd.DataFrame,
    instants: datetime | Iterable[datetime] | pd.Series | pd.DatetimeIndex,
    *,
    within: timedelta = timedelta(hours=12),
) -> pd.DataFrame:
    """Where each vessel was at each instant.

    Parameters
    ----------
    positions : DataFrame
        `mmsi`, `t`, `lon`, `lat`; `sog_kn`, `cog_deg`, `heading_deg`, `length_m` and `segment` (`ais.segments`) where
        known. Any order. Rows without a place are passed over.
    instants : datetime or iterable of datetime
        Time-zone aware.
    within : timedelta
        Fixes further from the instant than this are not used.

    Returns
    -------
    TRACK_POINTS table
        One row a vessel and instant, in order of MMSI and time; none where no fix is near enough. Between two fixes of
        one segment the place is interpolated; elsewhere it is dead reckoned from the nearer fix. `r50_m` and `r90_m`
        are radii that hold 50 % and 90 % (`ais.uncertainty`).

    Raises
    ------
    DataError
        A column is missing, or an instant has no time zone.

    Notes
    -----
    Between fixes above 3 kn a cubic Hermite curve through both velocities, else a straight line; both in metres on the
    ellipsoid's tangent at the fix, so the antimeridian is no border. A ship up to half a knot is where it was: that
    speed is the receiver's noise, and its course is any.
    """
    if "lon" not in positions or "lat" not in positions:
        raise DataError("positions: lon and lat are needed to estimate where a vessel was")
    located = positions[positions["lon"].notna() & positions["lat"].notna()]
    asked = _instants(instants)
    if located.empty or not len(asked):
        return TRACK_POINTS.empty()
    track = _Track.of(located)
    heads = np.flatnonzero(np.append(True, track.mmsi[1:] != track.mmsi[:-1]))
    ends = np.append(heads[1:], len(track.t))
    vessel, when = (a.ravel() for a in np.meshgrid(np.arange(len(heads)), asked, indexing="ij"))
    after = _first_at_or_after(track.t, heads[vessel], ends[vessel], when)
    limit = round(within / timedelta(microseconds=1))
    before = np.where(after > heads[vessel], after - 1, -1)
    after = np.where(after < ends[vessel], after, -1)
    exact = (after >= 0) & (track.t[after] == when)
    before = np.where(exact, after, before)
    before = np.where((before >= 0) & (when - track.t[before] <= limit), before, -1)
    after = np.where((after >= 0) & (track.t[after] - when <= limit), after, -1)
    known = (before >= 0) | (after >= 0)
    return _points(track, before[known], after[known], when[known])


def _instants(instants: datetime | Iterable[datetime] | pd.Series | pd.DatetimeIndex) -> Ints:
    if isinstance(instants, datetime):
        instants = [instants]
    return np.unique(np.array([instant_micros(instant) for instant in instants], dtype=np.int64))


def _first_at_or_after(t: Ints, low: Ints, high: Ints, when: Ints) -> Ints:
    """Index of the first row of each stretch ``[low, high)`` at or after `when`; `high` when there is none."""
    low, high = low.copy(), high.copy()
    while (searching := low < high).any():
        middle = (low + high) // 2
        early = t[np.minimum(middle, len(t) - 1)] < when
        low = np.where(searching & early, middle + 1, low)
        high = np.where(searching & ~early, middle, high)
    return low


@dataclass(frozen=True, slots=True)
class _Track:
    """Sorted fixes as arrays."""

    mmsi: Ints
    t: Ints
    lon: Floats
    lat: Floats
    speed: Floats
    course: Floats
    heading: Floats
    length: Floats
    segment: Ints

    @classmethod
    def of(cls, positions: pd.DataFrame) -> _Track:
        rows = in_order(positions)
        own = positions["segment"].to_numpy(np.int64) if "segment" in positions else segments(positions)

        def column(name: str) -> Floats:
            if name not in positions:
                return np.full(len(rows.t), np.nan)
            return np.asarray(positions[name].to_numpy(np.float64, na_value=np.nan)[rows.order])

        return cls(
            mmsi=rows.mmsi,
            t=rows.t,
            lon=rows.given_lon[rows.order],
            lat=rows.given_lat[rows.order],
            speed=column("sog_kn") * KNOT_MS,
            course=column("cog_deg"),
            heading=column("heading_deg"),
            length=column("length_m"),
            segment=own[rows.order],
        )


def _points(track: _Track, before: Ints, after: Ints, when: Ints) -> pd.DataFrame:
    both = (before >= 0) & (after >= 0)
    both &= track.segment[before] == track.segment[after]
    before_s = np.where(before >= 0, (when - track.t[before]) / 1e6, np.nan)
    after_s = np.where(after >= 0, (track.t[after] - when) / 1e6, np.nan)
    nearer = np.where(np.nan_to_num(before_s, nan=np.inf) <= np.nan_to_num(after_s, nan=np.inf), before, after)
    out = _dead_reckoned(track, nearer, when)
    if both.any():
        for name, values in _bridge(track, before[both], after[both], when[both]).items():
            out[name][both] = values
    return TRACK_POINTS.conform(
        pd.DataFrame(
            {
                "mmsi": track.mmsi[nearer],
                "t": pd.Series(when.astype("datetime64[us]")).dt.tz_localize("UTC"),
                **out,
                "heading_deg": track.heading[nearer],
                "length_m": track.length[nearer],
                "method": np.where(both, "interpolated", "dead reckoned"),
                "before_s": before_s,
                "after_s": after_s,
                "segment": track.segment[nearer],
            }
        )
    )


def _velocity(track: _Track, index: Ints) -> tuple[Floats, Floats]:
    course = np.radians(track.course[index])
    east, north = track.speed[index] * np.sin(course), track.speed[index] * np.cos(course)
    still = track.speed[index] < 0.05
    return np.where(still, 0.0, east), np.where(still, 0.0, north)


def _metres_per_degree(lat: Floats) -> tuple[Floats, Floats]:
    """Metres a degree of longitude and of latitude on WGS 84."""
    w = 1.0 - _E2 * np.sin(np.radians(lat)) ** 2
    north = np.radians(1.0) * _A * (1.0 - _E2) / w**1.5
    east = np.radians(1.0) * _A * np.cos(np.radians(lat)) / np.sqrt(w)
    return np.maximum(east, 1.0), north


def _wrapped(lon: Floats) -> Floats:
    return np.asarray(np.mod(lon + 180.0, 360.0) - 180.0)


def _dead_reckoned(track: _Track, index: Ints, when: Ints) -> dict[str, Floats]:
    seconds = (when - track.t[index]) / 1e6
    away = np.where(track.speed[index] > RESTING_KN * KNOT_MS, seconds, 0.0)
    east, north = (np.nan_to_num(v) * away for v in _velocity(track, index))
    lat = track.lat[index] + north / _metres_per_degree(track.lat[index])[1]
    per_east = _metres_per_degree((lat + track.lat[index]) / 2)[0]
    r50, r90 = dead_reckoning_radii(np.abs(seconds), speed_ms=track.speed[index])
    return {
        "lon": _wrapped(track.lon[index] + east / per_east),
        "lat": np.clip(lat, -90.0, 90.0),
        "sog_kn": track.speed[index] / KNOT_MS,
        "cog_deg": track.course[index],
        "r50_m": r50,
        "r90_m": r90,
    }


def _bridge(track: _Track, before: Ints, after: Ints, when: Ints) -> dict[str, Floats]:
    """Places between two fixes of one segment."""
    span = np.maximum((track.t[after] - track.t[before]) / 1e6, 1e-6)
    s = np.where(after == before, 0.0, (when - track.t[before]) / 1e6 / span)
    per_east, per_north = _metres_per_degree((track.lat[before] + track.lat[after]) / 2)
    dx = _wrapped(track.lon[after] - track.lon[before]) * per_east
    dy = (track.lat[after] - track.lat[before]) * per_north
    (vx0, vy0), (vx1, vy1) = _velocity(track, before), _velocity(track, after)
    chord = np.hypot(dx, dy)
    off = np.hypot(dx - span * (vx0 + vx1) / 2, dy - span * (vy0 + vy1) / 2) / span
    change = np.hypot(vx1 - vx0, vy1 - vy0)
    speed = np.fmax(np.fmax(track.speed[before], track.speed[after]), chord / span)
    curved = np.isfinite(off) & (np.fmax(track.speed[before], track.speed[after]) > SLOW_MS)
    curved &= off <= _WORST_DISAGREEMENT * np.maximum(chord / span, 0.5)
    x, y = (np.where(curved, _hermite(s, span, d, v0, v1), s * d) for d, v0, v1 in ((dx, vx0, vx1), (dy, vy0, vy1)))
    known = Bridge(
        before_s=s * span,
        after_s=(1 - s) * span,
        chord_m=chord,
        disagreement_ms=np.nan_to_num(off),
        change_ms=np.nan_to_num(change),
    )
    now = _between(s, track.speed[before], track.speed[after])
    r50, r90 = bridge_radii(known, curved=curved, speed_ms=speed, now_ms=np.where(np.isnan(now), chord / span, now))
    return {
        "lon": _wrapped(track.lon[before] + x / per_east),
        "lat": track.lat[before] + y / per_north,
        "sog_kn": now / KNOT_MS,
        "cog_deg": _turned(s, track.course[before], track.course[after]),
        "r50_m": r50,
        "r90_m": r90,
    }


def _hermite(s: Floats, span: Floats, way: Floats, v0: Floats, v1: Floats) -> Floats:
    """Cubic from 0 to `way` with the velocities `v0` and `v1` at its ends."""
    return (
        (s**3 - 2 * s**2 + s) * span * np.nan_to_num(v0)
        + (3 * s**2 - 2 * s**3) * way
        + (s**3 - s**2) * span * np.nan_to_num(v1)
    )


def _between(s: Floats, a: Floats, b: Floats) -> Floats:
    mixed = (1 - s) * a + s * b
    return np.where(np.isnan(mixed), np.where(np.isnan(a), b, a), mixed)


def _turned(s: Floats, a: Floats, b: Floats) -> Floats:
    turned = np.mod(a + s * (np.mod(b - a + 180.0, 360.0) - 180.0), 360.0)
    return np.where(np.isnan(turned), np.where(np.isnan(a), b, a), turned)
