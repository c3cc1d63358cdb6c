"""A season's aircraft in files, as a user would have them: readsb traces, other traffic as OpenSky states in CSV."""

from __future__ import annotations

import gzip
import json
from collections.abc import Hashable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import KNOT_MS
from monitor.simulate import Season
from monitor.simulate.aviation.season import AirSeason, make_air_season
from monitor.sources.aviation.lists import read_airfields
from monitor.sources.tabular.layouts import METRES_PER_FOOT

_AIRCRAFT, _PAUSE_DAYS, _OTHERS_PER_DAY = 3, (4.0, 11.0), 5
"""Watched aircraft, days between their missions (least, most), other flights a day; chosen."""


def air_season(season: Season) -> AirSeason:
    """The flights of a season: three watched aircraft, a mission every week or two, and a little ordinary traffic."""
    days = max(season.period.duration // timedelta(days=1), 1)
    return make_air_season(
        read_airfields(),
        seed=season.seed,
        start=season.period.start,
        days=days,
        fleet=_AIRCRAFT,
        pause_days=_PAUSE_DAYS,
        others_per_day=_OTHERS_PER_DAY,
    )


def write_air(season: Season, folder: Path) -> int:
    """How many files: the season's aircraft are written into ``air/``, and what they did into ``truth/``.

    A gzipped trace a day and watched aircraft, a CSV of states a month for the others.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    air, truth = folder / "air", folder / "truth"
    for made_in in (air, truth):
        made_in.mkdir(parents=True, exist_ok=True)
    made = air_season(season)
    watched = made.positions["icao24"].isin(set(made.watchlist["icao24"]))
    tails = made.watchlist.set_index("icao24")["registration"]
    own, others = made.positions[watched], made.positions[~watched]
    count = 0
    for (icao24, day), rows in own.groupby(["icao24", own["t"].dt.strftime("%Y-%m-%d")], sort=True):
        path = air / f"{day}_trace_full_{icao24}.json"
        path.write_bytes(
            gzip.compress(_trace(str(icao24), str(tails[icao24]), pd.Timestamp(day, tz="UTC"), rows), mtime=0)
        )
        count += 1
    for month, rows in others.groupby(others["t"].dt.strftime("%Y-%m"), sort=True):
        _states(rows).to_csv(air / f"simulated_states_{month}.csv", index=False, lineterminator="\n")
        count += 1
    made.truth.to_parquet(truth / "flights.parquet")
    return count


def _trace(icao24: str, tail: str, day: pd.Timestamp, rows: pd.DataFrame) -> bytes:
    """One day of one aircraft as a readsb trace; ``SIMULATED`` stands in the description."""
    columns = {
        "dt": ((rows["t"] - day) / pd.Timedelta(seconds=1)).round(1),
        "lat": rows["lat"],
        "lon": rows["lon"],
        "alt": (rows["altitude_m"] / METRES_PER_FOOT).round(),
        "gs": rows["speed_kn"],
        "track": rows["track_deg"],
        "flags": 0,
        "rate": (rows["climb_ms"] / METRES_PER_FOOT * 60.0).round(),
    }
    ground = rows["on_ground"].fillna(False).to_numpy(dtype=bool)
    trace = []
    for entry, rolls in zip(pd.DataFrame(columns).to_dict("records"), ground, strict=True):
        plain = [_number(value) for value in entry.values()]
        plain[3] = "ground" if rolls else plain[3]
        trace.append([*plain, None])
    document = {"icao": icao24, "r": tail, "desc": "SIMULATED", "timestamp": day.timestamp(), "trace": trace}
    return json.dumps(document, separators=(",", ":")).encode()


def _number(value: Hashable) -> object:
    return None if isinstance(value, float) and np.isnan(value) else value


def _states(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of OpenSky's hourly dumps of states."""
    return pd.DataFrame(
        {
            "time": (rows["t"].astype("int64") / 1e6).round(1),
            "icao24": rows["icao24"],
            "lat": rows["lat"],
            "lon": rows["lon"],
            "velocity": (rows["speed_kn"] * KNOT_MS).round(1),
            "heading": rows["track_deg"],
            "vertrate": rows["climb_ms"],
            "callsign": "SIMULATED",
            "onground": rows["on_ground"],
            "baroaltitude": rows["altitude_m"].round(1),
        }
    )
