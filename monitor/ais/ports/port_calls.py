"""Stays in port, by the published state machine, and the voyages between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from monitor.ais.sorting import Ordered, in_order
from monitor.core.arrays import Floats, Ints
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m
from monitor.core.tables import PORT_CALLS

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

_RADIUS_M = 6_371_008.8
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class PortCallRule:
    """Thresholds of the state machine, those of Global Fishing Watch's pipe-anchorages.

    Attributes
    ----------
    entry_m, exit_m : float
        A call begins at this distance from an anchor point or less, and ends at that or more.
    stop_begin_kn, stop_end_kn : float
        A stop begins at this speed or less, and ends at that or more.
    gap_h : float
        A silence in port of this length or more is a port gap.
    """

    entry_m: float = 3000.0
    exit_m: float = 4000.0
    stop_begin_kn: float = 0.2
    stop_end_kn: float = 0.5
    gap_h: float = 4.0

    @property
    def gap_micros(self) -> int:
        """`gap_h` in microseconds."""
        return round(self.gap_h * _HOUR)


RULE = PortCallRule()


def port_calls(positions: pd.DataFrame, ports: pd.DataFrame) -> pd.DataFrame:
    """Stays of each vessel in each port.

    Parameters
    ----------
    positions : DataFrame
        `mmsi`, `t`, `lon`, `lat`; `sog_kn` where known (else the speed from the position before). Any order.
    ports : DataFrame
        Anchor points: `port_id`, `lon`, `lat`; a port may have several.

    Returns
    -------
    PORT_CALLS table
        In order of arrival, then MMSI. `arrived_at` is the first position within 3 km of an anchor point, `departed_at`
        the first at 4 km or more (missing while the vessel is still there). `confidence`: 4 entry, exit and a stop or
        silence; 3 one of entry and exit, and a stop or silence; 2 a stop or silence alone; 1 entry or exit alone.

    Raises
    ------
    DataError
        A column is missing.

    Notes
    -----
    Thresholds of Global Fishing Watch's pipe-anchorages: in at 3 km or less, out at 4 km or more, a stop begins at
    0.2 kn or less and ends at 0.5 kn or more, a silence in port of 4 hours or more is a port gap. A vessel that falls
    silent in one port and is next received in another has left the first: that call ends four hours into the silence or
    when it is received again, whichever is first, without an exit; the next begins without an entry.
    """
    for column in ("port_id", "lon", "lat"):
        if column not in ports:
            raise DataError(f"ports: column {column} missing; there are {', '.join(map(str, ports))}")
    located = positions
    if {"lon", "lat"} <= set(positions.columns):
        located = positions[positions["lon"].notna() & positions["lat"].notna()]
    rows = in_order(located)
    if not len(rows.t) or ports.empty:
        return PORT_CALLS.empty()
    harbour = _Harbour.of(ports)
    lon, lat = rows.given_lon[rows.order], rows.given_lat[rows.order]
    anchor, apart = harbour.nearest(lon, lat)
    speed = _speeds(located, rows, lon, lat)
    table = [
        call.row()
        for first, last in _vessels(rows.mmsi)
        if (apart[first:last] < RULE.exit_m).any()
        for call in _calls(_Stretch(rows, lon, lat, speed, anchor, apart), first, last, harbour)
    ]
    if not table:
        return PORT_CALLS.empty()
    frame = pd.DataFrame(table)
    for column in ("arrived_at", "departed_at"):
        micros = frame[column].to_numpy(np.int64)
        stamps = pd.Series(micros.astype("datetime64[us]")).dt.tz_localize("UTC")
        frame[column] = stamps.where(micros >= 0)
    return PORT_CALLS.conform(frame.sort_values(["arrived_at", "mmsi"], kind="stable"))


@dataclass(frozen=True, slots=True)
class _Harbour:
    """Anchor points, and the nearest of them to any place."""

    port_id: list[str]
    lon: Floats
    lat: Floats
    tree: cKDTree

    @classmethod
    def of(cls, ports: pd.DataFrame) -> _Harbour:
        lon, lat = ports["lon"].to_numpy(np.float64), ports["lat"].to_numpy(np.float64)
        from scipy.spatial import cKDTree  # takes a fifth of a second to import, which most commands need not wait

        return cls([str(p) for p in ports["port_id"]], lon, lat, cKDTree(_unit(lon, lat)))

    def nearest(self, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
        """Index of the nearest anchor point and the geodesic distance in metres; -1 and inf when none is near."""
        _, index = self.tree.query(_unit(lon, lat), distance_upper_bound=1.02 * RULE.exit_m / _RADIUS_M)
        near = np.flatnonzero(index < len(self.lon))
        apart = np.full(len(lon), np.inf)
        apart[near] = distance_m(lon[near], lat[near], self.lon[index[near]], self.lat[index[near]])
        return np.where(index < len(self.lon), index, -1).astype(np.int64), apart

    def distance(self, port_id: str, lon: float, lat: float) -> float:
        """Metres from a place to the nearest anchor point of one port."""
        own = np.array([p == port_id for p in self.port_id])
        return float(distance_m(self.lon[own], self.lat[own], lon, lat).min())


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What the state machine reads of each sorted position."""

    rows: Ordered
    lon: Floats
    lat: Floats
    speed: Floats
    anchor: Ints
    apart: Floats


@dataclass(slots=True)
class _Call:
    """A stay under way."""

    mmsi: int
    arrived: int
    entry: bool
    last: int
    exit: bool = False
    departed: int = -1
    stopped: bool = False
    stop: bool = False
    gap: bool = False
    silent: int = 0
    silent_after: int = -1
    ports: Counter[str] = field(default_factory=Counter)

    @property
    def happened(self) -> bool:
        """Whether there was any event at all."""
        return self.entry or self.exit or self.stop or self.gap

    @property
    def confidence(self) -> int:
        """1–4."""
        if self.stop or self.gap:
            return 2 + self.entry + self.exit
        return 1

    def row(self) -> dict[str, object]:
        """A row of PORT_CALLS, instants in microseconds."""
        return {
            "mmsi": self.mmsi,
            "port_id": self.ports.most_common(1)[0][0],
            "arrived_at": self.arrived,
            "departed_at": self.departed,
            "confidence": self.confidence,
            "has_gap": self.gap,
            "silent_h": self.silent / 3.6e9,
            "silent_after_h": self.silent_after / 3.6e9 if self.silent_after >= 0 else np.nan,
        }


def _calls(track: _Stretch, first: int, last: int, harbour: _Harbour) -> list[_Call]:
    """The state machine over one vessel's positions ``[first, last)``."""
    t, apart = track.rows.t, track.apart
    made: list[_Call] = []
    call: _Call | None = None
    for i in _relevant(apart, first, last):
        now = int(t[i])
        moved = False
        if call is not None:
            port = harbour.port_id[track.anchor[i]] if apart[i] < RULE.exit_m else ""
            moved = bool(port and port not in call.ports and _elsewhere(call, track, i, harbour))
            call.silent = max(call.silent, now - call.last)
            call.gap |= now - call.last >= RULE.gap_micros
            if moved or apart[i] >= RULE.exit_m:
                call.exit = not moved
                call.departed = min(call.last + RULE.gap_micros, now) if moved else now
                call = None
        if call is None and apart[i] <= RULE.entry_m:
            call = _Call(mmsi=int(track.rows.mmsi[i]), arrived=now, entry=i > first and not moved, last=now)
            if made:
                made[-1].silent_after = _longest_silence(t, first, i, made[-1].departed)
            made.append(call)
        if call is not None:
            _stay(call, now, float(track.speed[i]), harbour.port_id[track.anchor[i]])
    return [call for call in made if call.happened]


def _stay(call: _Call, now: int, speed: float, port: str) -> None:
    if speed <= RULE.stop_begin_kn:
        call.stopped = call.stop = True
    elif speed >= RULE.stop_end_kn:
        call.stopped = False
    call.ports[port] += 1000 if call.stopped else 1
    call.last = now


def _elsewhere(call: _Call, track: _Stretch, i: int, harbour: _Harbour) -> bool:
    """Whether a position lies outside the port of the call, in one that it cannot be confused with."""
    apart = min(harbour.distance(port, float(track.lon[i]), float(track.lat[i])) for port in call.ports)
    return apart >= RULE.exit_m


def _longest_silence(t: Ints, first: int, arrival: int, departed: int) -> int:
    """Longest time between consecutive positions from a departure to row `arrival`."""
    start = first + max(int(np.searchsorted(t[first : arrival + 1], departed, side="right")) - 1, 0)
    return int(np.diff(t[start : arrival + 1]).max()) if arrival > start else 0


def _relevant(apart: Floats, first: int, last: int) -> list[int]:
    """Rows within reach of a port, and the one after each: the only ones that can change the state."""
    near = apart[first:last] < RULE.exit_m
    after = np.zeros_like(near)
    after[1:] = near[:-1]
    return [int(i) for i in np.flatnonzero(near | after) + first]


def _vessels(mmsi: Ints) -> list[tuple[int, int]]:
    heads = np.flatnonzero(np.append(True, mmsi[1:] != mmsi[:-1]))
    return list(zip(heads.tolist(), [*heads[1:].tolist(), len(mmsi)], strict=True))


def _speeds(positions: pd.DataFrame, rows: Ordered, lon: Floats, lat: Floats) -> Floats:
    """Speed over ground in knots; where it is missing, that of the way from the position before."""
    speed = np.full(len(rows.t), np.nan)
    if "sog_kn" in positions:
        speed = positions["sog_kn"].to_numpy(np.float64, na_value=np.nan)[rows.order]
    missing = np.flatnonzero(np.isnan(speed))
    missing = missing[missing > 0]
    if len(missing):
        speed = speed.copy()
        way = distance_m(lon[missing - 1], lat[missing - 1], lon[missing], lat[missing])
        hours = (rows.t[missing] - rows.t[missing - 1]) / _HOUR
        usable = (rows.mmsi[missing] == rows.mmsi[missing - 1]) & (hours > 0)
        speed[missing] = np.where(usable, way / METRES_PER_NAUTICAL_MILE / np.where(usable, hours, 1.0), np.nan)
    return np.asarray(speed)


def _unit(lon: Floats, lat: Floats) -> Floats:
    a, b = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])
