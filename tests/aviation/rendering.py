"""Flights as the trace files in which they would have been published."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from monitor.aviation.calls.find import find_calls
from monitor.aviation.clean import clean
from monitor.simulate.aviation.flight import Path as Flight
from monitor.simulate.aviation.flight import fly
from monitor.sources.aviation.lists import read_aircraft_watchlist, read_airfields
from tests.sources.aviation.files import read_air_files

FIELDS = read_airfields()
WATCH = read_aircraft_watchlist()
KNOT = 1852.0 / 3600.0
Silent = Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Leg:
    """One flight to draw: `start` is take-off; `arrives` stretches the flight to end then."""

    origin: str
    to: str
    start: datetime
    arrives: datetime | None = None


def local(text: str, zone: str = "Asia/Pyongyang") -> datetime:
    """An instant from a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def place(airfield_id: str) -> tuple[float, float, float]:
    """An airfield as a point of a route."""
    row = FIELDS.set_index("airfield_id").loc[airfield_id]
    return float(row.lon), float(row.lat), float(row.elevation_m)


def draw(leg: Leg, *, cruise_m: float = 10000.0) -> Flight:
    """The flight of a leg, every ten seconds."""
    flight = fly(
        [place(leg.origin), place(leg.to)], start_s=leg.start.timestamp(), cruise_m=cruise_m, runway_deg=(10, 10)
    )
    if leg.arrives is None:
        return flight
    air = flight.t_s[~flight.on_ground]
    factor = (leg.arrives.timestamp() - leg.start.timestamp()) / (air[-1] - air[0])
    clock = leg.start.timestamp() + (flight.t_s - leg.start.timestamp()) * factor
    values = {name: getattr(flight, name) for name in Flight.__slots__}
    return Flight(
        **{**values, "t_s": clock, "speed_ms": flight.speed_ms / factor, "climb_ms": flight.climb_ms / factor}
    )


def write_traces(
    folder: Path, icao24: str, tail: str, flights: Sequence[Flight], *, silent: Silent = (), every: int = 3
) -> list[Path]:
    """readsb traces, one UTC day a file and gzipped, of all that is not silent."""
    rows = []
    for f in flights:
        for i in range(0, len(f.t_s), every):
            t = float(f.t_s[i])
            if any(a.timestamp() <= t < b.timestamp() for a, b in silent):
                continue
            height = "ground" if f.on_ground[i] else round(float(f.altitude_m[i]) / 0.3048 / 25) * 25
            track = round(float(f.track_deg[i]) % 360, 1)
            climb = round(float(f.climb_ms[i]) / 0.3048 * 60)
            place_ = [round(float(f.lat[i]), 5), round(float(f.lon[i]), 5)]
            rows.append([t, *place_, height, round(float(f.speed_ms[i]) / KNOT, 1), track, 0, climb, None])
    paths = []
    table = pd.DataFrame({"row": rows, "day": [int(row[0] // 86400) for row in rows]})
    for day, group in table.groupby("day"):
        base = float(day) * 86400.0
        trace = [[round(row[0] - base, 2), *row[1:]] for row in group["row"]]
        name = datetime.fromtimestamp(base, UTC).strftime("%Y%m%d")
        path = folder / f"{name}_trace_full_{icao24}.json"
        document = {"icao": icao24, "r": tail, "timestamp": base, "trace": trace}
        path.write_bytes(gzip.compress(json.dumps(document).encode()))
        paths.append(path)
    return paths


def calls_of(paths: Sequence[Path]) -> pd.DataFrame:
    """AIR_CALLS of trace files, with the shipped airfields and watch list."""
    positions, _, _ = read_air_files(paths, watchlist=WATCH)
    tracks, _ = clean(positions, watchlist=WATCH)
    return find_calls(tracks, FIELDS, watchlist=WATCH)


def cut_below(flight: Flight, height_m: float) -> Flight:
    """What a distant receiver hears of a flight: all above a height."""
    keep = flight.altitude_m >= height_m
    return Flight(*(np.asarray(getattr(flight, name))[keep] for name in Flight.__slots__))
