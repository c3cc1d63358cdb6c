"""Departures and arrivals as intervals, and the observations that could have shown an arrival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats

_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Departure:
    """Something left between two observations.

    Attributes
    ----------
    after, before : float
        Last observation with it and first without, in days since 1970.
    evidence : str
        Ids of the rows that show it, separated by spaces.
    """

    after: float
    before: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something came, in one of a zone's `Watched.starts` to `ends` or in several in a row.

    Attributes
    ----------
    first, last : int
        Of the intervals between observations.
    evidence : str
        Ids of the rows that show it, separated by spaces.
    """

    first: int
    last: int
    evidence: str


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """The intervals between consecutive clear observations of one zone, and the arrivals in them.

    Attributes
    ----------
    starts, ends : array of float
        (intervals,) days since 1970, in order; those too long to date anything are left out.
    arrivals : tuple of Arrival
        In order.
    """

    starts: Floats
    ends: Floats
    arrivals: tuple[Arrival, ...]

    def bounds(self, arrival: Arrival) -> tuple[float, float]:
        """Last observation before an arrival and first after, in days since 1970."""
        return float(self.starts[arrival.first]), float(self.ends[arrival.last])


@dataclass(frozen=True, slots=True, eq=False)
class Departures:
    """What left one place: its id (of the AOI, or of a zone by itself), AOI, zone ("" for several), kind, and each."""

    id: str
    aoi: str
    zone: str
    kind: str
    events: tuple[Departure, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """What came to one place: its id (of the AOI or airfield, or of a zone by itself), AOI, zone, kind, each zone."""

    id: str
    aoi: str
    zone: str
    kind: str
    zones: tuple[Watched, ...]

    @property
    def number(self) -> int:
        """Arrivals in all zones."""
        return sum(len(zone.arrivals) for zone in self.zones)


def watched(observations: Floats, events: list[tuple[float, float, str]], longest_days: float) -> Watched:
    """A zone's intervals with the arrivals that fit into them.

    Parameters
    ----------
    observations : array of float
        (n,) clear observations, days since 1970, in any order; the bounds of events count as well.
    events : list of tuple
        Last observation before, first after, evidence. One whose bounds span a gap that is too long is left out.
    longest_days : float
        Longest interval that dates anything.
    """
    bounds = [at for after, before, _ in events for at in (after, before)]
    at = np.unique(np.concatenate([np.asarray(observations, dtype=np.float64), np.array(bounds, dtype=np.float64)]))
    starts, ends = at[:-1], at[1:]
    usable = ends - starts <= longest_days
    starts, ends = starts[usable], ends[usable]
    made = []
    for after, before, evidence in sorted(events):
        inside = np.flatnonzero((starts >= after) & (ends <= before))
        if len(inside) and before - after <= longest_days:
            made.append(Arrival(int(inside[0]), int(inside[-1]), evidence))
    return Watched(starts, ends, tuple(made))


def in_days(instants: pd.Series) -> Floats:
    """(n,) days since 1970 of instants with a zone; NaN for NaT."""
    values = instants.astype("datetime64[us, UTC]")
    days = values.astype("int64").to_numpy() / _DAY_US
    return np.where(values.isna().to_numpy(), np.nan, days)


def instant(days: float) -> pd.Timestamp:
    """The instant of days since 1970, to the microsecond; NaT for NaN."""
    return pd.NaT if np.isnan(days) else pd.Timestamp(round(days * _DAY_US), unit="us", tz="UTC")
