"""Whether AIS was received at a place and hour, shown by the other ships that were received there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.columns import floats, lonlat, naive
from monitor.core.geo.geodesy import distance_m


@dataclass(frozen=True, slots=True)
class ReceptionCheck:
    """What AIS was received around a place and instant.

    Attributes
    ----------
    vessels : int
        Different ships (or, from a RECEPTION table, the most of any cell).
    before, after : bool
        Whether something was received from there on either side of the instant.
    """

    vessels: int
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class ReceptionRule:
    """What counts as shown reception. Chosen.

    Attributes
    ----------
    vessels : int
        Least number of other vessels received.
    radius_m : float
        Within this distance of the place.
    within : timedelta
        Within this time of the instant, on both sides of it.
    """

    vessels: int = 2
    radius_m: float = 40_000.0
    within: timedelta = timedelta(hours=1)

    def holds(self, check: ReceptionCheck) -> bool:
        """Whether AIS is shown to have been received."""
        return check.vessels >= self.vessels and check.before and check.after


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """Positions in order of time as arrays, for many checks."""

    t: npt.NDArray[np.datetime64]
    mmsi: npt.NDArray[np.int64]
    lon: Floats
    lat: Floats

    @classmethod
    def of(cls, positions: pd.DataFrame) -> Feed:
        """The feed of a POSITIONS table in any order."""
        t = naive(positions["t"])
        order = np.argsort(t, kind="stable")
        mmsi = positions["mmsi"].to_numpy(np.int64)
        return cls(t[order], mmsi[order], floats(positions, "lon")[order], floats(positions, "lat")[order])

    def check(self, instant: pd.Timestamp, place: tuple[float, float], rule: ReceptionRule) -> ReceptionCheck:
        """What AIS was received around a place and instant.

        Parameters
        ----------
        instant : Timestamp
            UTC.
        place : tuple of float
            Longitude and latitude in degrees.
        rule : ReceptionRule
            How near in space and time a position counts.
        """
        ends = pd.Series([instant - rule.within, instant, instant + rule.within])
        low, now, high = naive(ends)
        part = slice(int(np.searchsorted(self.t, low)), int(np.searchsorted(self.t, high, side="right")))
        near = distance_m(self.lon[part], self.lat[part], *place) <= rule.radius_m
        t = self.t[part][near]
        vessels = len(np.unique(self.mmsi[part][near]))
        return ReceptionCheck(vessels, before=bool((t <= now).any()), after=bool((t >= now).any()))


def check_cells(
    reception: pd.DataFrame, instant: pd.Timestamp, place: tuple[float, float], rule: ReceptionRule
) -> ReceptionCheck:
    """What a RECEPTION table holds: the hour of the instant needs a cell nearby in which ships were received.

    Hours are coarse, so a feed that broke off within the hour is not seen here; give positions where there are any.

    Parameters
    ----------
    reception : RECEPTION table
        Needs ``lon``, ``lat``, ``hour`` and ``vessels``.
    instant : Timestamp
        UTC.
    place : tuple of float
        Longitude and latitude in degrees.
    rule : ReceptionRule
        Only its radius counts; `within` is replaced by the hour.
    """
    hour = instant.floor("h")
    near = reception[distance_m(floats(reception, "lon"), floats(reception, "lat"), *place) <= rule.radius_m]
    now = near[near["hour"] == hour]
    beside = near[near["hour"].isin([hour - timedelta(hours=1), hour + timedelta(hours=1)])]
    most = int(now["vessels"].max()) if len(now) else 0
    return ReceptionCheck(most, before=len(now) > 0, after=len(now) > 0 and len(beside) > 0)


def receptions(
    detections: pd.DataFrame, positions: pd.DataFrame | None, reception: pd.DataFrame | None, rule: ReceptionRule
) -> list[ReceptionCheck | None]:
    """What AIS was received around each detection; None where neither table was given.

    Parameters
    ----------
    detections : DETECTIONS table
        Needs ``acquired_at`` and geometry.
    positions : POSITIONS table, optional
        Decides where it is given.
    reception : RECEPTION table, optional
    rule : ReceptionRule
    """
    feed = None if positions is None else Feed.of(positions)
    made: list[ReceptionCheck | None] = []
    for when, place in zip(detections["acquired_at"], zip(*lonlat(detections), strict=True), strict=True):
        if feed is not None:
            made.append(feed.check(when, place, rule))
        else:
            made.append(None if reception is None else check_cells(reception, when, place, rule))
    return made
