"""Whether AIS was received at a place and hour, told by the other ships that were heard there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from monitor.core.geodesy import distance_m
from monitor.fuse.frames import floats


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard around a place and instant.

    Attributes
    ----------
    vessels : int
        Different ships (or, from a RECEPTION table, the most of any cell).
    before, after : bool
        Whether the feed brought something from there on either side of the instant.
    """

    vessels: int
    before: bool
    after: bool


@dataclass(frozen=True, slots=True)
class HearingRule:
    """What counts as shown reception: `vessels` others within `radius_m` and `within`, on both sides of the instant."""

    vessels: int = 2
    radius_m: float = 40_000.0
    within: timedelta = timedelta(hours=1)

    def holds(self, heard: Heard) -> bool:
        """Whether AIS is shown to have been received."""
        return heard.vessels >= self.vessels and heard.before and heard.after


def heard_in_positions(positions: pd.DataFrame, instant: pd.Timestamp, place: tuple[float, float], rule: HearingRule,
                       ) -> Heard:  # fmt: skip
    """What a POSITIONS table holds from around a place (longitude, latitude) and instant."""
    window = positions[(positions["t"] >= instant - rule.within) & (positions["t"] <= instant + rule.within)]
    near = window[distance_m(floats(window, "lon"), floats(window, "lat"), *place) <= rule.radius_m]
    return Heard(int(near["mmsi"].nunique()), bool((near["t"] <= instant).any()), bool((near["t"] >= instant).any()))


def heard_in_cells(reception: pd.DataFrame, instant: pd.Timestamp, place: tuple[float, float], rule: HearingRule,
                   ) -> Heard:  # fmt: skip
    """What a RECEPTION table holds: the hour of the instant needs a cell nearby in which ships were heard.

    Hours are coarse, so a feed that broke off within the hour is not seen here; give positions where there are any.
    """
    hour = instant.floor("h")
    near = reception[distance_m(floats(reception, "lon"), floats(reception, "lat"), *place) <= rule.radius_m]
    now = near[near["hour"] == hour]
    beside = near[near["hour"].isin([hour - timedelta(hours=1), hour + timedelta(hours=1)])]
    most = int(now["vessels"].max()) if len(now) else 0
    return Heard(most, len(now) > 0, len(now) > 0 and len(beside) > 0)
