"""What makes a trace false: a spoofed landing, stray positions, a second aircraft on the address."""

from __future__ import annotations

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import destination, distance_m
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.simulate.aviation.flight import Path, fly

DOUBLE_FIELDS = ("ULLI", "UWKD")
_EAST_DEG = 100.0


def spoofed(
    rows: pd.DataFrame, fields: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, tuple[float, float] | None]:
    """The positions with a false landing at Pyongyang amid a flight far away, and its first and last second (Unix).

    Where no flight is far enough, they stay as they are.

    Parameters
    ----------
    rows : AIR_POSITIONS table
    fields : DataFrame
        AIRFIELDS by `airfield_id`.
    rng : np.random.Generator
    """
    t = rows["t"].astype("int64").to_numpy() / 1e6
    far = distance_m(125.67, 39.22, rows["lon"].to_numpy(), rows["lat"].to_numpy()) > 2.5e6
    flying = np.flatnonzero(far & ~rows["on_ground"].to_numpy(dtype=bool))
    if len(flying) == 0:
        return rows, None
    at = float(t[rng.choice(flying)])
    field = fields.loc["ZKPY"]
    n = int(rng.integers(12, 30))
    clock = at + np.arange(n) * 12.0
    lon, lat = destination(field.lon, field.lat, 20.0, np.linspace(6000.0, 0.0, n))
    false = rows.iloc[[0] * n].assign(
        t=pd.to_datetime(clock, unit="s", utc=True),
        lon=lon,
        lat=lat,
        altitude_m=np.linspace(350.0, 40.0, n),
        speed_kn=np.linspace(150.0, 20.0, n),
        track_deg=200.0,
        climb_ms=-3.0,
        on_ground=False,
    )
    return pd.concat([rows, AIR_POSITIONS.conform(false)], ignore_index=True), (float(clock[0]), float(clock[-1]))


def strayed(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The positions with a few single ones moved far off, as a garbled message does."""
    hit = rng.choice(len(rows), size=min(10, len(rows)), replace=False)
    lon, lat = rows["lon"].to_numpy().copy(), rows["lat"].to_numpy().copy()
    lon[hit], lat[hit] = rng.uniform(20.0, 140.0, len(hit)), rng.uniform(35.0, 60.0, len(hit))
    return rows.assign(lon=lon, lat=lat)


def double_flights(paths: list[Path], fields: pd.DataFrame, rng: np.random.Generator, *, most: int = 3) -> list[Path]:
    """Flights between St Petersburg and Kazan by another aircraft with the same address, as it flies in the far east.

    Empty where the aircraft made no flight there.

    Parameters
    ----------
    paths : list of Path
        The aircraft's own flights.
    fields : DataFrame
        AIRFIELDS by `airfield_id`.
    rng : np.random.Generator
    most : int
        Flights at most.
    """
    east = [p for p in paths if p.lon[0] > _EAST_DEG and p.lon[-1] > _EAST_DEG]
    made = []
    ends = [tuple(fields.loc[place, ["lon", "lat", "elevation_m"]].astype(float)) for place in DOUBLE_FIELDS]
    for path in east[-most:]:
        start = float(path.t_s[~path.on_ground][0]) + rng.uniform(-600.0, 1200.0)
        runways = (rng.uniform(0, 180), rng.uniform(0, 180))
        made.append(fly(list(ends), start_s=start, cruise_m=9700.0, runway_deg=runways))
        ends.reverse()
    return made
