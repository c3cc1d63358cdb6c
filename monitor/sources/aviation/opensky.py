"""Responses of the OpenSky REST API: states, tracks and flights.

Units are metres and metres a second; instants are Unix seconds. Field order as in OpenSky's REST documentation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import pandas as pd

from monitor.core.geo.geodesy import KNOT_MS
from monitor.core.instants import EARLIEST, from_epoch, latest_instant
from monitor.core.tables.aviation import AIR_CLAIMS
from monitor.sources.aviation.readsb import as_float
from monitor.sources.aviation.report import table_of

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
    return _table(document.get("states"), _state, where, rejected)


def _state(state: object) -> dict[str, object] | str:
    """A row, or why there is none."""
    if not isinstance(state, list) or len(state) < 12:
        return "entry too short"
    instant, contact = as_float(state[3]), as_float(state[4])
    lon, lat = as_float(state[5]), as_float(state[6])
    if math.isnan(instant) or math.isnan(lon) or math.isnan(lat):
        return "no time" if math.isnan(instant) else "no position"
    barometric = as_float(state[7])
    geometric = as_float(state[13]) if len(state) > 13 else math.nan
    kinds = [kind for kind, height in (("barometric", barometric), ("geometric", geometric)) if not math.isnan(height)]
    return {
        "icao24": str(state[0] or "").strip().lower(),
        "callsign": str(state[1] or "").strip(),
        "t": instant,
        "lon": lon,
        "lat": lat,
        "altitude_m": geometric if math.isnan(barometric) else barometric,
        "altitude_kind": kinds[0] if kinds else "",
        "on_ground": state[8] if isinstance(state[8], bool) else None,
        "speed_kn": as_float(state[9]) / KNOT_MS,
        "track_deg": as_float(state[10]),
        "climb_ms": as_float(state[11]),
        "is_stale": contact - instant >= _STALE_S,
        "position_type": _TYPES.get(state[16], "") if len(state) > 16 and isinstance(state[16], int) else "",
    }


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

    def waypoint(point: object) -> dict[str, object] | str:
        if not isinstance(point, list) or len(point) < 6:
            return "entry too short"
        instant, lat, lon, altitude, track = (as_float(value) for value in point[:5])
        if math.isnan(instant) or math.isnan(lat) or math.isnan(lon):
            return "no time" if math.isnan(instant) else "no position"
        return {
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

    return _table(document.get("path"), waypoint, where, rejected)


def _table(
    entries: object, row_of: Callable[[object], dict[str, object] | str], where: str, rejected: Counter[str]
) -> pd.DataFrame:
    def rows() -> Iterator[dict[str, object]]:
        for entry in entries if isinstance(entries, list) else []:
            row = row_of(entry)
            if isinstance(row, str):
                rejected[row] += 1
            else:
                yield row

    blank = {"new_leg": False, "registration": "", "clock": "utc", "citation": "", "source_file": where}
    return table_of(rows(), lambda table: table.assign(**blank, t=from_epoch(table["t"])))


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

    def claims() -> Iterator[dict[str, object]]:
        for flight in document:
            icao24 = str(flight.get("icao24") or "").strip().lower()
            first, last = as_float(flight.get("firstSeen")), as_float(flight.get("lastSeen"))
            if math.isnan(first) or math.isnan(last) or not icao24:
                rejected["no time" if icao24 else "no address"] += 1
            elif not EARLIEST.timestamp() <= first <= last <= latest_instant().timestamp():
                rejected["impossible time"] += 1
            else:
                places = [str(flight.get(key) or "") for key in ("estDepartureAirport", "estArrivalAirport")]
                yield _claim(icao24, places, "first seen", first)
                yield _claim(icao24, places, "last seen", last)

    blank = dict.fromkeys(("registration", "type", "operator", "transponder", "note"), "")
    stated = {"time_zone": "UTC", "citation": "OpenSky Network /flights", "confidence": "medium", "source_file": where}

    def finish(table: pd.DataFrame) -> pd.DataFrame:
        dated = table.assign(**{column: from_epoch(table[column]) for column in ("not_before", "not_after")})
        return dated.assign(date_local=dated["not_before"].dt.strftime("%Y-%m-%d"), **blank, **stated)

    return table_of(claims(), finish, AIR_CLAIMS).drop_duplicates("claim_id", ignore_index=True)


def _claim(icao24: str, places: Sequence[str], event: str, instant: float) -> dict[str, object]:
    return {
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
