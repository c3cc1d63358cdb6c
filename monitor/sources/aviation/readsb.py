"""Files of readsb and ADS-B Exchange: traces (``trace_full_<hex>.json``), whole or cut off, and ``aircraft.json``.

The layout is that of ``README-json.md`` in wiedehopf/readsb: one aircraft and one UTC day a file, feet, knots and feet
a minute, ``"ground"`` in place of an altitude on the ground.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from monitor.core.instants import from_epoch
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.sources.aviation.report import table_of
from monitor.sources.tabular.layouts import METRES_PER_FOOT

_STALE, _NEW_LEG, _GEOMETRIC = 1, 2, 8
_STALE_S = 20.0
"""Age of a position from which it is stale; chosen, as of OpenSky's states."""
_MILLISECONDS = 1e11
"""Above this an epoch is in milliseconds, as ADS-B Exchange's API has it."""


def is_trace(document: object) -> bool:
    """Whether a JSON document is a readsb trace."""
    return isinstance(document, Mapping) and "trace" in document and "timestamp" in document


def trace_positions(document: Mapping[str, object], *, where: str, rejected: Counter[str]) -> pd.DataFrame:
    """AIR_POSITIONS of one trace; empty when the trace is.

    The aircraft object of an entry (callsign, source of the position) holds until the next one.

    Parameters
    ----------
    document : mapping of str to object
        The parsed JSON.
    where : str
        The file's name; goes into `source_file`.
    rejected : Counter
        Counted up by reason.
    """
    base = as_float(document.get("timestamp"))
    rows = document.get("trace")
    if math.isnan(base) or not isinstance(rows, list):
        rejected["no timestamp or trace"] += 1
        return AIR_POSITIONS.empty()
    icao24 = str(document.get("icao") or "").strip().lower()
    common = {"icao24": icao24, "registration": str(document.get("r") or ""), "source_file": where}

    def positions() -> Iterator[Mapping[str, object]]:
        details: Mapping[str, object] = {}
        for row in rows:
            if isinstance(row, list) and len(row) > 8 and isinstance(row[8], Mapping):
                details = row[8]
            position = _position(row, base, details)
            if isinstance(position, str):
                rejected[position] += 1
            else:
                yield {**position, **common}

    return table_of(positions(), lambda table: table.assign(t=from_epoch(table["t"].round(3))))


def is_snapshot(document: object) -> bool:
    """Whether a JSON document is an ``aircraft.json``, or the answer of an API that has the same form."""
    return isinstance(document, Mapping) and "now" in document and isinstance(_aircraft(document), list)


def snapshot_positions(document: Mapping[str, object], *, where: str, rejected: Counter[str]) -> pd.DataFrame:
    """AIR_POSITIONS of all aircraft at one time, each as old as its ``seen_pos``; stale from 20 s on.

    Parameters
    ----------
    document : mapping of str to object
        The parsed JSON.
    where : str
        The file's name; goes into `source_file`.
    rejected : Counter
        Counted up by reason.
    """
    now = as_float(document.get("now"))
    now = now / 1000.0 if now > _MILLISECONDS else now
    entries = _aircraft(document)

    def positions() -> Iterator[Mapping[str, object]]:
        for entry in entries if isinstance(entries, list) else []:
            if not isinstance(entry, Mapping):
                rejected["entry too short"] += 1
                continue
            age = as_float(entry.get("seen_pos", 0.0))
            rate = entry.get("baro_rate", entry.get("geom_rate"))
            row = [-age, entry.get("lat"), entry.get("lon"), entry.get("alt_baro"), entry.get("gs"), entry.get("track")]
            position = _position([*row, _STALE if age >= _STALE_S else 0, rate], now, entry)
            if isinstance(position, str):
                rejected[position] += 1
                continue
            names = {"icao24": str(entry.get("hex") or "").strip().lower(), "registration": str(entry.get("r") or "")}
            yield {**position, **names, "source_file": where}

    return table_of(positions(), lambda table: table.assign(t=from_epoch(table["t"].round(3))))


def _aircraft(document: Mapping[str, object]) -> object:
    return document.get("aircraft", document.get("ac"))


def _position(row: object, base: float, details: Mapping[str, object]) -> dict[str, object] | str:
    if not isinstance(row, Sequence) or isinstance(row, str) or len(row) < 4:
        return "entry too short"
    offset, lat, lon = (as_float(value) for value in row[:3])
    if math.isnan(offset):
        return "no time"
    if math.isnan(lat) or math.isnan(lon):
        return "no position"
    padded = [*row, *[None] * 9][:9]
    on_ground = padded[3] == "ground"
    altitude = as_float(padded[3]) * METRES_PER_FOOT
    flags = int(as_float(padded[6])) if not math.isnan(as_float(padded[6])) else 0
    kind = "" if math.isnan(altitude) else "geometric" if flags & _GEOMETRIC else "barometric"
    return {
        "t": base + offset,
        "lon": lon,
        "lat": lat,
        "altitude_m": altitude,
        "altitude_kind": kind,
        "on_ground": True if on_ground else (None if math.isnan(altitude) else False),
        "speed_kn": as_float(padded[4]),
        "track_deg": as_float(padded[5]),
        "climb_ms": as_float(padded[7]) * METRES_PER_FOOT / 60.0,
        "is_stale": bool(flags & _STALE),
        "new_leg": bool(flags & _NEW_LEG),
        "callsign": str(details.get("flight") or "").strip(),
        "position_type": str(details.get("type") or ""),
        "clock": "utc",
        "citation": "",
    }


def as_float(value: object) -> float:
    """The value as a float; NaN for null, text, booleans and infinities."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    return float(value) if math.isfinite(value) else math.nan


def salvage(text: str) -> dict[str, object] | None:
    """What is whole in a trace file that was cut off: its head and the complete entries; None when nothing is."""
    at = text.find('"trace"')
    opening = text.find("[", at)
    if at < 0 or opening < 0:
        return None
    try:
        head = json.loads(text[:at].rstrip().rstrip(",") + "}")
    except json.JSONDecodeError:
        return None
    decoder = json.JSONDecoder()
    rows: list[object] = []
    place = opening + 1
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        try:
            row, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            break
        rows.append(row)
    return {**head, "trace": rows} if isinstance(head, dict) else None
