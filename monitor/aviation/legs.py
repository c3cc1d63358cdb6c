"""Calls to legs, round trips and repeated aircraft."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from monitor.core.geo.geodesy import distance_m
from monitor.core.schema import UTC
from monitor.core.tables.aviation import AIR_CALLS, AIR_LEGS, AIR_REPEATS, AIR_TRACKS, AIR_TRIPS

_STOPS = ("landed", "consistent", "track begins", "track ends")
_CALLS = ("landed", "consistent")


def find_legs(tracks: pd.DataFrame, calls: pd.DataFrame) -> pd.DataFrame:
    """AIR_LEGS: from each call of an aircraft to its next, in order of time.

    A trace that ends and one that begins again without a field in between leave a leg's end open (field ""); no leg is
    made over that hole, nor over contested calls.

    Parameters
    ----------
    tracks : AIR_TRACKS table
    calls : AIR_CALLS table
        Made from these tracks.
    """
    tracks, calls = AIR_TRACKS.conform(tracks), AIR_CALLS.conform(calls)
    stops = calls[calls["status"].isin(_STOPS) & (calls["body"] == 0)]
    made = []
    for icao24, group in stops.groupby("icao24", sort=True):
        own = tracks[(tracks["icao24"] == icao24) & (tracks["body"] == 0)]
        for left, reached in pairwise(_in_order(group).itertuples()):
            if left.status != "track ends" and reached.status != "track begins":
                made.append(_leg(left, reached, own))
    if not made:
        return AIR_LEGS.empty()
    table = pd.DataFrame(made).drop_duplicates("leg_id")
    for column in (name for name, dtype in AIR_LEGS.dtypes.items() if dtype == UTC):
        table[column] = pd.to_datetime(table[column], utc=True)
    table = AIR_LEGS.conform(table)
    return table.sort_values(["departed_not_before", "leg_id"], kind="stable", ignore_index=True)


def _in_order(calls: pd.DataFrame) -> pd.DataFrame:
    times = calls[["arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"]]
    return calls.assign(first=times.min(axis=1)).sort_values("first", kind="stable")


def _leg(left: Any, reached: Any, own: pd.DataFrame) -> dict[str, object]:
    start, end = left.departed_not_before, reached.arrived_not_after
    start = start if pd.notna(start) else left.departed_not_after
    end = end if pd.notna(end) else reached.arrived_not_before
    flown = own[own["t"].between(start, end)]
    lon, lat = (np.array([getattr(left, a), *flown[a], getattr(reached, a)], dtype=float) for a in ("lon", "lat"))
    clock = np.concatenate([[start.timestamp()], flown["t"].astype("int64").to_numpy() / 1e6, [end.timestamp()]])
    return {
        "leg_id": left.call_id.replace("air-", "leg-", 1),
        "icao24": left.icao24,
        "registration": left.registration,
        "body": left.body,
        "from_field": _field(left),
        "from_status": left.status,
        "to_field": _field(reached),
        "to_status": reached.status,
        "departed_not_before": left.departed_not_before,
        "departed_not_after": left.departed_not_after,
        "arrived_not_before": reached.arrived_not_before,
        "arrived_not_after": reached.arrived_not_after,
        "distance_km": float(distance_m(lon[:-1], lat[:-1], lon[1:], lat[1:]).sum()) / 1000.0,
        "positions": len(flown),
        "highest_m": float(flown["altitude_m"].max()) if len(flown) else np.nan,
        "longest_silence_h": float(np.diff(clock).max()) / 3600.0,
        "from_call": left.call_id,
        "to_call": reached.call_id,
    }


def _field(call: Any) -> str:
    """The field a leg may name: none where the trace only points at one, or names several."""
    return call.airfield_id if call.status in _CALLS and len(call.candidates.split()) <= 1 else ""


def round_trips(legs: pd.DataFrame, *, away: frozenset[str] | None = None) -> pd.DataFrame:
    """AIR_TRIPS: two consecutive legs of one aircraft, there and back between the same two calls' fields.

    With `away`, only trips to these fields (or to one the trace does not choose), so that a home seen from the far end
    is not a trip; without it, each leg serves one trip at most.

    The field away may be one the trace does not choose (""): then the trip is still one, with that end unnamed.
    """
    made = []
    for _, group in AIR_LEGS.conform(legs).groupby("icao24", sort=True):
        used = ""
        for out, back in pairwise(group.sort_values("departed_not_before", kind="stable").itertuples()):
            joined = out.to_call == back.from_call and out.to_status in _CALLS
            wanted = away is None or out.to_field in away or not out.to_field
            if joined and wanted and out.leg_id != used and out.from_field and out.from_field == back.to_field:
                made.append(_trip(out, back))
                used = back.leg_id
    return AIR_TRIPS.conform(pd.DataFrame(made)) if made else AIR_TRIPS.empty()


def _trip(out: Any, back: Any) -> dict[str, object]:
    left = out.departed_not_before if pd.notna(out.departed_not_before) else out.departed_not_after
    home = back.arrived_not_after if pd.notna(back.arrived_not_after) else back.arrived_not_before
    return {
        "trip_id": out.leg_id.replace("leg-", "trip-", 1),
        "icao24": out.icao24,
        "registration": out.registration,
        "home_field": out.from_field,
        "away_field": out.to_field,
        "left_at": left,
        "returned_at": home,
        "away_h": (home - left).total_seconds() / 3600.0,
        "out_leg": out.leg_id,
        "back_leg": back.leg_id,
        "call_id": out.to_call,
    }


def repeated_tails(calls: pd.DataFrame) -> pd.DataFrame:
    """AIR_REPEATS: aircraft with two or more calls (landed or consistent) at a field, most calls first.

    A call that names several fields counts for the first of them.
    """
    stops = AIR_CALLS.conform(calls)
    stops = _in_order(stops[stops["status"].isin(_CALLS) & (stops["airfield_id"] != "")])
    made = []
    for (icao24, airfield_id), group in stops.groupby(["icao24", "airfield_id"], sort=True):
        if len(group) < 2:
            continue
        days = group["first"].diff().dropna().dt.total_seconds() / 86400.0
        made.append(
            {
                "icao24": icao24,
                "registration": group["registration"].iloc[0],
                "airfield_id": airfield_id,
                "calls": len(group),
                "landed": int((group["status"] == "landed").sum()),
                "first": group["first"].iloc[0],
                "last": group["first"].iloc[-1],
                "median_days": float(days.median()),
            }
        )
    if not made:
        return AIR_REPEATS.empty()
    table = AIR_REPEATS.conform(pd.DataFrame(made))
    return table.sort_values(["calls", "icao24"], ascending=[False, True], kind="stable", ignore_index=True)
