"""When the satellites pass: relative orbits, dates and instants over the season's ports.

Sentinel-2: relative orbits R003 and R103, phase from L1C_T52TFS R003 of 2022-08-30; each satellite every 10 days, the
second 5 days behind. Rajin lies inside R003 (about 02:23 UTC) and at the western swath edge of R103 (about 02:13);
Dunai in the middle of R103. Sentinel-1: one satellite in 2023, every 12 days a track; times from the node crossings,
good to some minutes.

The made-up places beyond the quay are given the dates of R003 and R103.

Fine pictures (``hires``) stand for a satellite that is pointed at a port every few days, about when Sentinel-2 passes;
dates and hours are made up, and it has no relative orbit (0).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from monitor.core.timerange import TimeRange
from monitor.simulate.rng import generator

_JITTER_S = 20.0
_SENTINEL_2C_SINCE = date(2025, 1, 21)
_SENTINEL_1C_SINCE = date(2025, 3, 26)


@dataclass(frozen=True, slots=True)
class Orbit:
    """One relative orbit over one port.

    Attributes
    ----------
    aoi_id, sensor : str
    relative_orbit : int
    orbit_state : str
    clock : tuple of int
        Hour and minute (UTC) of the overpass.
    phase : date
        A day on which the platforms' first satellite passes.
    cycle_days, satellites : int
        Days after which one satellite passes again, and how many share the orbit evenly.
    course_deg : float
        Over the ground.
    incidence_deg : float
        At the port; radar only.
    edge_lon : float, optional
        Longitude of the swath's western edge where it crosses the port.
    """

    aoi_id: str
    sensor: str
    relative_orbit: int
    orbit_state: str
    clock: tuple[int, int]
    phase: date
    cycle_days: int
    satellites: int
    course_deg: float
    incidence_deg: float = 0.0
    edge_lon: float | None = None


TRACKS = (
    Orbit("rajin", "s2", 3, "descending", (2, 23), date(2023, 8, 20), 10, 2, 194.0),
    Orbit("rajin", "s2", 103, "descending", (2, 13), date(2023, 8, 17), 10, 2, 194.0, edge_lon=130.276),
    Orbit("dunai", "s2", 103, "descending", (2, 13), date(2023, 8, 17), 10, 2, 194.0),
    Orbit("rajin", "s1", 83, "ascending", (9, 8), date(2023, 8, 25), 12, 1, 346.1, 37.0),
    Orbit("rajin", "s1", 134, "descending", (21, 29), date(2023, 8, 16), 12, 1, 193.9, 34.0),
    Orbit("rajin", "s1", 61, "descending", (21, 21), date(2023, 8, 23), 12, 1, 193.9, 42.5),
    Orbit("dunai", "s1", 10, "ascending", (9, 0), date(2023, 8, 20), 12, 1, 346.1, 38.5),
    Orbit("dunai", "s1", 61, "descending", (21, 21), date(2023, 8, 23), 12, 1, 193.9, 34.0),
    Orbit("rajin", "hires", 0, "descending", (2, 41), date(2023, 8, 16), 5, 1, 194.0),
    Orbit("dunai", "hires", 0, "descending", (2, 32), date(2023, 8, 18), 7, 1, 194.0),
    Orbit("sim_depot", "s2", 3, "descending", (2, 23), date(2023, 8, 20), 10, 2, 194.0),
    Orbit("sim_railyard", "s2", 3, "descending", (2, 23), date(2023, 8, 20), 10, 2, 194.0),
    Orbit("sim_terminal", "s2", 103, "descending", (2, 13), date(2023, 8, 17), 10, 2, 194.0),
)
"""Courses over the ground at 42–43° N and mid-swath incidence angles are rounded from the orbits' geometry."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One overpass of one port."""

    track: Orbit
    at: datetime
    platform: str
    edge_lon: float | None

    @property
    def id(self) -> str:
        """Sensor, port, instant and orbit: unique, and the same in every run."""
        return f"{self.track.sensor}_{self.track.aoi_id}_{self.at:%Y%m%dT%H%M%S}_r{self.track.relative_orbit:03d}_sim"


def season_passes(seed: int, aoi_id: str, sensor: str, period: TimeRange) -> list[Pass]:
    """The overpasses of a port that begin in a period, in order of time; empty for a port without orbits.

    Parameters
    ----------
    seed : int
    aoi_id, sensor : str
    period : TimeRange
    """
    found = [
        item
        for track in TRACKS
        if track.aoi_id == aoi_id and track.sensor == sensor
        for item in _of_track(seed, track, period)
    ]
    return sorted(found, key=lambda item: item.at)


def _of_track(seed: int, track: Orbit, period: TimeRange) -> list[Pass]:
    step = track.cycle_days // track.satellites
    first = (period.start.date() - track.phase).days
    day = track.phase + timedelta(days=step * -(-(first - 1) // step))
    found = []
    while day <= period.end.date():
        rng = generator(seed, "pass", track.aoi_id, track.sensor, track.relative_orbit, day)
        start = datetime(day.year, day.month, day.day, *track.clock, tzinfo=UTC)
        at = start + timedelta(seconds=round(float(np.clip(rng.normal(0, _JITTER_S), -55, 55))))
        edge = None if track.edge_lon is None else track.edge_lon + float(rng.normal(0, 0.0015))
        if at in period:
            found.append(Pass(track, at, _platform(track, day), edge))
        day += timedelta(days=step)
    return found


def _platform(track: Orbit, day: date) -> str:
    if track.sensor == "hires":
        return "simulated-hires"
    if track.sensor == "s1":
        return "sentinel-1c" if day >= _SENTINEL_1C_SINCE else "sentinel-1a"
    first = (day - track.phase).days % track.cycle_days == 0
    if not first:
        return "sentinel-2b"
    return "sentinel-2c" if day >= _SENTINEL_2C_SINCE else "sentinel-2a"


def sun(at: datetime, lon: float, lat: float) -> tuple[float, float]:
    """Azimuth (degrees clockwise from north) and elevation (degrees) of the sun.

    Parameters
    ----------
    at : datetime
        UTC.
    lon, lat : float

    Notes
    -----
    The first terms of Spencer's series, without the half-yearly one of the equation of time: the elevation is off by
    2.4° at most (`core.geo.solar` is good to 0.01°). It stays, since the pixels of every season follow from it.
    """
    day = at.timetuple().tm_yday
    hour = at.hour + at.minute / 60.0 + at.second / 3600.0
    turn = 2.0 * np.pi * (day - 1 + (hour - 12.0) / 24.0) / 365.0
    declination = 0.006918 - 0.399912 * np.cos(turn) + 0.070257 * np.sin(turn) - 0.006758 * np.cos(2 * turn)
    equation = 229.18 * (0.000075 + 0.001868 * np.cos(turn) - 0.032077 * np.sin(turn) - 0.014615 * np.cos(2 * turn))
    angle = np.radians((hour * 60.0 + equation + 4.0 * lon) / 4.0 - 180.0)
    phi = np.radians(lat)
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(angle)
    east = -np.cos(declination) * np.sin(angle)
    north = np.cos(phi) * np.sin(declination) - np.sin(phi) * np.cos(declination) * np.cos(angle)
    return float(np.degrees(np.arctan2(east, north)) % 360.0), float(np.degrees(np.arcsin(sine)))
