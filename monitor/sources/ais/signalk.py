"""Signal K: deltas and the full model of vessels, to one record a position.

As in version 1.7 of the specification (signalk.org): a delta has a ``context`` (which vessel) and ``updates``, each
with a time and ``values`` by path; the full model has the same paths as nested objects, each leaf with its value and
time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from monitor.sources.tabular.records import Record, flatten

MMSI = "signalk.mmsi"
_PLACE = "navigation.position"
_NUMBER = re.compile(r"urn:mrn:imo:mmsi:(\d{9})")


def signalk_rows(value: Mapping[str, object]) -> list[Record] | None:
    """Records of a delta, of the full model, or of one vessel of it; None for any other object.

    What a server says of itself, and deltas without a place, a name or another static value, give no record.

    Parameters
    ----------
    value : mapping
        A JSON object whose numbers are text.
    """
    updates, vessels = value.get("updates"), value.get("vessels", value)
    if isinstance(updates, list) and updates and all(isinstance(update, dict) for update in updates):
        return _delta(str(value.get("context", "")), updates) if {"values", "meta"} & updates[0].keys() else None
    if isinstance(vessels, dict) and any(_NUMBER.search(str(name)) for name in vessels):
        found = ((str(name), vessel) for name, vessel in vessels.items() if isinstance(vessel, dict))
        return [row for name, vessel in found for row in _whole(name, vessel)]
    if isinstance(value.get("navigation"), dict) and "mmsi" in value:
        return _whole("", value)
    if value.get("roles") is not None and "version" in value:
        return []
    return None


def _delta(context: str, updates: Iterable[Mapping[str, object]]) -> list[Record]:
    number = _NUMBER.search(context)
    rows = []
    for update in updates:
        flat = {MMSI: number[1]} if number else {}
        values = update.get("values")
        for item in values if isinstance(values, list) else ():
            if isinstance(item, dict):
                flat |= _flat(str(item.get("path") or "").lower(), item.get("value"))
        if len(flat) > 1:
            rows.append(_row({**flat, "timestamp": str(update.get("timestamp") or "")}))
    return rows


def _whole(name: str, vessel: Mapping[str, object]) -> list[Record]:
    """The record of a vessel of the full model, at the time of its place."""
    flat, _ = flatten(vessel)
    plain = {path.removesuffix(".value").replace(".value.", "."): text for path, text in flat.items()}
    number = _NUMBER.search(name)
    plain[MMSI] = number[1] if number else plain.get("mmsi", "")
    plain["timestamp"] = flat.get(f"{_PLACE}.timestamp", "")
    return [_row(plain)] if f"{_PLACE}.longitude" in plain or "name" in plain else []


def _flat(path: str, value: object) -> Record:
    if isinstance(value, dict):
        flat, _ = flatten(value, f"{path}." if path else "")
        return flat
    return {} if value is None else {path: str(value)}


def _row(flat: Record) -> Record:
    """A record that a layout fits: one with a place, be it empty, as static data have it."""
    if "mmsi" in flat and MMSI not in flat:
        flat[MMSI] = flat["mmsi"]
    return {f"{_PLACE}.longitude": "", f"{_PLACE}.latitude": "", MMSI: "", **flat}
