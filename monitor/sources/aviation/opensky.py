"""Responses of the OpenSky REST API: states, tracks and flights.

Units are metres and metres a second; instants are Unix seconds. Field order as in OpenSky's REST documentation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from monitor.core.geo.geodesy import KNOT_MS
from monitor.core.instants import EARLIEST, from_epoch, latest_instant
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation.readsb import as_float

_STALE_S = 20.0
"""Age of a position, against the last contact, from which it is stale; chosen."""
_TYPES = {0: "adsb", 1: "asterix", 2: "mlat", 3: "flarm"}


def is_states(document: object) -> bool:
    """Whether a JSON document is a response of ``/states/all``."""
    return isinstance(document, Mapping) and "states" in document


def is_track(document: object) -> bool:
    """Whether a JSON document is a response of ``/tracks``."""
    return isinstance(document, Mapping) and "path" in document


def is_flights(document: object) -> bool:
    """Whether a JSON document is a response of ``/flights/*``; an empty list is one."""
    return isinstance(document, list) and all(isinstance(row, Mapping) and "firstSeen" in row for row in document)


def states_positions(document: Mapping[str, object], *, where: str, rejected: Counter[str]) -> pd.DataFrame:
    """AIR_POSITIONS of one snapshot, each at its own ``time_position``; stale when contact is 20 s or more younger.

    Parameters
    ----------
    document : mapping of str to object
        The parsed JSON.
    where : str
        The file's name; goes into `source_file`.
    rejected : Counter
        Counted up by reason.
    """
    states = document.get("states")
    made = []
    for state in states if isinstance(states, list) else []:
        if not isinstance(state, list) or len(state) < 12:
            rejected["entry too short"] += 1
            continue
        instant, contact = as_float(state[3]), as_float(state[4])
        lon, lat = as_float(state[5]), as_float(state[6])
        if math.isnan(instant) or math.isnan(lon) or math.isnan(lat):
            rejected["no time" if math.isnan(instant) else "no position"] += 1
            continue
        barometric = as_float(state[7])
        geometric = as_float(state[13]) if len(state) > 13 else math.nan
        made.append(
            {
                "icao24": str(state[0] or "").strip().lower(),
                "callsign": str(state[1] or "").strip(),
                "t": instant,
                "lon": lon,
                "lat": lat,
                "altitude_m": geometric if math.isnan(barometric) else barometric,
                "altitude_kind": "barometric"
                if not math.isnan(barometric)
                else "geometric"
                if not math.isnan(geometric)
                else "",
                "on_ground": state[8] if isinstance(state[8], bool) else None,
                "speed_kn": as_float(state[9]) / KNOT_MS,
                "track_deg": as_float(state[10]),
                "climb_ms": as_float(state[11]),
                "is_stale": contact - instant >= _STALE_S,
                "position_type": _TYPES.get(state[16], "") if len(state) > 16 and isinstance(state[16], int) else "",
            }
        )
    return _table(made, where)


def track_positions(document: Mapping[str, object], *, where: str, rejected: Counter[str]) -> pd.DataFrame:
    """AIR_POSITIONS of one track; OpenSky's waypoints carry no speed.

    Parameters
    ----------
    document : mapping of str to object
        The parsed JSON.
    where : str
        The file's name; goes into `source_file`.
    rejected : Counter
        Counted up by reason.
    """
    common = {
        "icao24": str(document.get("icao24") or "").strip().lower(),
        "callsign": str(document.get("callsign") or document.get("calllsign") or "").strip(),
    }
    path = document.get("path")
    made = []
    for point in path if isinstance(path, list) else []:
        if not isinstance(point, list) or len(point) < 6:
            rejected["entry too short"] += 1
            continue
        instant, lat, lon, altitude, track = (as_float(value) for value in point[:5])
        if math.isnan(instant) or math.isnan(lat) or math.isnan(lon):
            rejected["no time" if math.isnan(instant) else "no position"] += 1
            continue
        made.append(
            {
                **common,
                "t": instant,
                "lon": lon,
                "lat": lat,
                "altitude_m": altitude,
                "altitude_kind": "" if math.isnan(altitude) else "barometric",
                "on_ground": point[5] if isinstance(point[5], bool) else None,
                "speed_kn": math.nan,
                "track_deg": track,
                "climb_ms": math.nan,
                "is_stale": False,
                "position_type": "",
            }
        )
    return _table(made, where)


def _table(made: Sequence[Mapping[str, object]], where: str) -> pd.DataFrame:
    if not made:
        return AIR_POSITIONS.empty()
    table = pd.DataFrame(made).assign(new_leg=False, registration="", clock="utc", citation="", source_file=where)
    table["t"] = from_epoch(table["t"])
    return AIR_POSITIONS.conform(table)


def flight_claims(document: list[Mapping[str, object]], *, where: str, rejected: Counter[str]) -> pd.DataFrame:
    """AIR_CLAIMS: OpenSky's own estimates of departure and arrival, one row each; they are claims, not traces.

    Parameters
    ----------
    document : list of mapping
        The parsed JSON.
    where : str
        The file's name; goes into `source_file`.
    rejected : Counter
        Counted up by reason.
    """
    made = []
    for flight in document:
        icao24 = str(flight.get("icao24") or "").strip().lower()
        first, last = as_float(flight.get("firstSeen")), as_float(flight.get("lastSeen"))
        if math.isnan(first) or math.isnan(last) or not icao24:
            rejected["no time" if icao24 else "no address"] += 1
            continue
        if not EARLIEST.timestamp() <= first <= last <= latest_instant().timestamp():
            rejected["impossible time"] += 1
            continue
        places = [str(flight.get(key) or "") for key in ("estDepartureAirport", "estArrivalAirport")]
        for event, instant in (("first seen", first), ("last seen", last)):
            made.append(
                {
                    "claim_id": f"opensky-{icao24}-{int(instant)}-{event.split()[0]}",
                    "icao24": icao24,
                    "from_field": places[0],
                    "to_field": places[1],
                    "from_place": places[0],
                    "to_place": places[1],
                    "event": event,
                    "not_before": instant,
                    "not_after": instant + 1,
                    "statement": f"OpenSky estimates {places[0] or 'unknown'} to {places[1] or 'unknown'}",
                }
            )
    if not made:
        return AIR_CLAIMS.empty()
    table = pd.DataFrame(made).drop_duplicates("claim_id", ignore_index=True)
    for column in ("not_before", "not_after"):
        table[column] = from_epoch(table[column])
    blank = dict.fromkeys(("registration", "type", "operator", "transponder", "note"), "")
    table["date_local"] = table["not_before"].dt.strftime("%Y-%m-%d")
    return AIR_CLAIMS.conform(
        table.assign(
            **blank, time_zone="UTC", citation="OpenSky Network /flights", confidence="medium", source_file=where
        )
    )
