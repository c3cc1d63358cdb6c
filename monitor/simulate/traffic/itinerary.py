"""Where a ship is at any instant: stays and the legs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import KNOT_MS, destination, inverse
from monitor.simulate.traffic.routes import HullPlace, LonLat

HARBOUR_KN = 5.0
_STEP_M = 3000.0
_SLOW_WITHIN_M = 4500.0


@dataclass(frozen=True, slots=True)
class PlannedStay:
    """A ship at rest: seconds since 1970 in UTC, and the heading of its bow."""

    place: HullPlace
    start_s: float
    end_s: float
    heading_deg: float

    @property
    def arrived(self) -> datetime:
        """When the ship came to rest."""
        return datetime.fromtimestamp(self.start_s, UTC)

    @property
    def departed(self) -> datetime:
        """When it left."""
        return datetime.fromtimestamp(self.end_s, UTC)


@dataclass(frozen=True, slots=True, eq=False)
class ShipMotion:
    """A ship's state at some instants; arrays of one length. `present` is False before its first and after its last."""

    t_s: Floats
    lon: Floats
    lat: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    stay: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Itinerary:
    """Knots of a ship's way, straight and steady between them, and the stays among them."""

    t_s: Floats
    lon: Floats
    lat: Floats
    stays: tuple[PlannedStay, ...]

    def at(self, t_s: npt.ArrayLike) -> ShipMotion:
        """The ship's state at instants given in seconds since 1970; `stay` is -1 under way."""
        t = np.atleast_1d(np.asarray(t_s, dtype=np.float64))
        lon, lat = np.interp(t, self.t_s, self.lon), np.interp(t, self.t_s, self.lat)
        i = np.clip(np.searchsorted(self.t_s, t, side="right") - 1, 0, len(self.t_s) - 2)
        azimuth, metres = inverse(self.lon[i], self.lat[i], self.lon[i + 1], self.lat[i + 1])
        seconds = np.maximum(self.t_s[i + 1] - self.t_s[i], 1.0)
        stay = np.full(len(t), -1, dtype=np.int64)
        for number, item in enumerate(self.stays):
            stay[(t >= item.start_s) & (t < item.end_s)] = number
        bows = np.array([item.heading_deg for item in self.stays] or [0.0])
        rest = stay >= 0
        heading = np.where(rest, bows[np.maximum(stay, 0)], azimuth)
        swing = np.array([item.place.kind == "anchorage" for item in self.stays] or [False])[np.maximum(stay, 0)] & rest
        heading = np.where(swing, heading + 35.0 * np.sin(t / 30_000.0), heading) % 360.0
        speed = np.where(rest, 0.0, metres / seconds / KNOT_MS)
        present = (t >= self.t_s[0]) & (t < self.t_s[-1])
        return ShipMotion(
            t_s=t, lon=lon, lat=lat, sog_kn=speed, cog_deg=azimuth, heading_deg=heading, stay=stay, present=present
        )


class Voyager:
    """Builds an itinerary stay by stay and leg by leg."""

    def __init__(self, start_s: float) -> None:
        self._now = start_s
        self._knots: list[tuple[float, float, float]] = []
        self._stays: list[PlannedStay] = []

    @property
    def now_s(self) -> float:
        """The instant that the itinerary has reached."""
        return self._now

    def stay(self, place: HullPlace, hours: float, *, heading_deg: float | None = None) -> Voyager:
        """The builder, after a stay at a place.

        Parameters
        ----------
        place : HullPlace
        hours : float
        heading_deg : float, optional
            Of the bow; without it that of the place's axis.
        """
        end = self._now + hours * 3600.0
        bow = place.axis_deg if heading_deg is None else heading_deg
        self._stays.append(PlannedStay(place, self._now, end, bow % 360.0))
        self._knots += [(self._now, place.lon, place.lat), (end, place.lon, place.lat)]
        self._now = end
        return self

    def sail(self, path: Sequence[LonLat], knots: float) -> Voyager:
        """The builder, after a leg along a path at a speed, slower near its ends."""
        lon, lat, metres = _dense(path)
        total = metres[-1]
        middle = (metres[1:] + metres[:-1]) / 2
        near = np.minimum(middle, total - middle) < _SLOW_WITHIN_M
        speed = np.where(near, min(HARBOUR_KN, knots), knots) * KNOT_MS
        t = self._now + np.concatenate([[0.0], np.cumsum(np.diff(metres) / speed)])
        self._knots += list(zip(t.tolist(), lon.tolist(), lat.tolist(), strict=True))
        self._now = float(t[-1])
        return self

    def done(self) -> Itinerary:
        """The itinerary so far."""
        t, lon, lat = np.array(self._knots).T
        keep = np.concatenate([[True], np.diff(t) > 0])
        return Itinerary(t[keep], lon[keep], lat[keep], tuple(self._stays))


def _dense(path: Sequence[LonLat]) -> tuple[Floats, Floats, Floats]:
    lon: list[float] = [path[0][0]]
    lat: list[float] = [path[0][1]]
    metres = [0.0]
    for start, end in pairwise(path):
        xs, ys, along = _segment(start, end)
        lon += xs
        lat += ys
        metres += [metres[-1] + m for m in along]
    return np.array(lon), np.array(lat), np.array(metres)


@lru_cache(maxsize=4096)
def _segment(start: LonLat, end: LonLat) -> tuple[list[float], list[float], list[float]]:
    """Points after `start` up to `end` no more than 3 km apart, and their distances from `start`."""
    azimuth, length = (float(v) for v in inverse(*start, *end))
    if length < 1.0:
        return [], [], []
    steps = max(int(np.ceil(length / _STEP_M)), 1)
    along = length * np.arange(1, steps + 1) / steps
    xs, ys = destination(*start, azimuth, along)
    return xs.tolist(), ys.tolist(), along.tolist()
