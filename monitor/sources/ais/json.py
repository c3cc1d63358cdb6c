"""Positions in JSON (Global Fishing Watch's API, decoded messages line by line) and in this package's Parquet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from monitor.ais.validation import RAW_COLUMNS
from monitor.core.errors import DataError
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.csv import Parsed
from monitor.sources.ais.parsing import parse_instants, parse_numbers

_BATCH = 200_000
_NAMES: Mapping[str, tuple[str, ...]] = {
    "mmsi": ("mmsi", "ssvid"),
    "t": ("timestamp", "t", "date", "start", "time"),
    "lon": ("lon", "longitude"),
    "lat": ("lat", "latitude"),
    "sog_kn": ("sog_kn", "sog", "speed"),
    "cog_deg": ("cog_deg", "cog", "course"),
    "heading_deg": ("heading_deg", "heading"),
    "nav_status": ("nav_status", "status"),
    "name": ("shipName", "shipname", "name"),
    "imo": ("imo",),
    "callsign": ("callsign",),
}
JsonRow = dict[str, object]


def is_json(head: bytes) -> bool:
    """Whether text begins as a JSON object or array."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def parse_json(blocks: Iterator[bytes], where: str) -> tuple[str, Iterator[Parsed]]:
    """The format's name and its raw rows.

    One JSON value (a page of Global Fishing Watch events, a presence report, a track as a list or as GeoJSON with
    times), or one decoded message a line.

    Raises
    ------
    DataError
        Not JSON, or no object in it has a place, a time and an MMSI.
    """
    first = next(blocks, b"")
    lines = [line for line in first.splitlines() if line.strip()]
    if len(lines) > 1 and _is_message(lines[0]):
        return "json lines", _streamed(first, blocks)
    text = first + b"".join(blocks)
    try:
        rows = [row for item in _items(json.loads(text)) for row in _flatten(item)]
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{where}: not valid JSON ({error})") from error
    if not any({"mmsi", "lon", "lat", "t"} <= set(row) for row in rows):
        raise DataError(f"{where}: JSON without positions; expected objects with a place, a time and an MMSI")
    return "gfw json", _chunks(rows, 0)


def _is_message(line: bytes) -> bool:
    """Whether a line is a decoded message of its own."""
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return False
    return isinstance(value, dict) and "mmsi" in value


def _streamed(first: bytes, blocks: Iterator[bytes]) -> Iterator[Parsed]:
    """One message a line, block after block."""
    for block in chain([first], blocks):
        rows, bad = _messages([line for line in block.splitlines() if line.strip()])
        if rows:
            yield from _chunks(rows, bad)
        elif bad:
            raw = pd.DataFrame({name: pd.Series(dtype="float64") for name in RAW_COLUMNS})
            raw = raw.astype({"t": "datetime64[us, UTC]", "receiver": "str", "kind": "str"})
            yield Parsed(raw, pd.DataFrame(), rows=bad, rejected=Counter({"bad line": bad}))


def _messages(lines: Sequence[bytes]) -> tuple[list[JsonRow], int]:
    rows: list[JsonRow] = []
    bad = 0
    for line in lines:
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, UnicodeDecodeError):
            bad += 1
            continue
        if isinstance(value, dict):
            rows += _flatten(value)
        else:
            bad += 1
    return rows, bad


def _items(value: object) -> Iterator[Mapping[str, object]]:
    """Objects that may hold positions, however deep the API wraps them."""
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    elif isinstance(value, dict):
        inner = value.get("entries") or value.get("features") or value.get("tracks")
        if isinstance(inner, list):
            yield from _items(inner)
        elif value.get("type") == "Feature":
            yield from _line(value)
        elif not _named(value) and any(isinstance(v, list) for v in value.values()):
            for key in value:
                if isinstance(value[key], list):
                    yield from _items(value[key])
        else:
            yield value


def _named(value: Mapping[str, object]) -> bool:
    return any(key in value for key in ("lat", "lon", "position", "mmsi", "ssvid"))


def _line(feature: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Points of a GeoJSON track whose properties carry one time a vertex."""
    geometry, properties = feature.get("geometry"), feature.get("properties")
    if not isinstance(geometry, dict) or not isinstance(properties, dict):
        return
    along = properties.get("coordinateProperties")
    along = along if isinstance(along, dict) else {}
    times = along.get("times") or along.get("timestamp")
    coordinates = geometry.get("coordinates")
    if not isinstance(times, list) or not isinstance(coordinates, list):
        return
    for i, (place, time) in enumerate(zip(coordinates, times, strict=False)):
        row: JsonRow = {"lon": place[0], "lat": place[1], "timestamp": time}
        row["ssvid"] = properties.get("ssvid") or properties.get("mmsi")
        for key in ("speed", "course"):
            values = along.get(key) or along.get(f"{key}s")
            if isinstance(values, list) and i < len(values):
                row[key] = values[i]
        yield row


def _flatten(item: Mapping[str, object]) -> list[JsonRow]:
    """Rows of one object: itself, or both ends of an event."""
    vessel = item.get("vessel")
    who: Mapping[str, object] = vessel if isinstance(vessel, dict) else item
    row: JsonRow = {}
    for field, names in _NAMES.items():
        source = who if field in ("mmsi", "name", "imo", "callsign") else item
        value = next((source[name] for name in names if source.get(name) not in (None, "")), None)
        if value is not None and not isinstance(value, dict | list):
            row[field] = value
    gap = item.get("gap")
    if isinstance(gap, dict) and isinstance(gap.get("offPosition"), dict) and item.get("type") == "gap":
        ends = ((gap["offPosition"], item.get("start")), (gap.get("onPosition"), item.get("end")))
        return [{**row, "lon": p.get("lon"), "lat": p.get("lat"), "t": t} for p, t in ends if isinstance(p, dict) and t]
    place = item.get("position")
    if isinstance(place, dict):
        row |= {"lon": place.get("lon"), "lat": place.get("lat")}
    return [row]


def _chunks(rows: list[JsonRow], bad: int) -> Iterator[Parsed]:
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        texts = {f: pa.array([None if r.get(f) is None else str(r[f]) for r in part], pa.string()) for f in _NAMES}
        located = np.array(["lon" in row and "lat" in row for row in part], dtype=bool)
        raw = pd.DataFrame(
            {
                "mmsi": parse_numbers(texts["mmsi"]),
                "t": parse_instants(texts["t"], "iso"),
                "lon": parse_numbers(texts["lon"]),
                "lat": parse_numbers(texts["lat"]),
                "sog_kn": parse_numbers(texts["sog_kn"]),
                "cog_deg": parse_numbers(texts["cog_deg"]),
                "heading_deg": parse_numbers(texts["heading_deg"]),
                "nav_status": parse_numbers(texts["nav_status"]),
                "length_m": np.full(len(part), np.nan),
            }
        )
        raw["receiver"] = pd.Series("", index=raw.index, dtype="str")
        raw["kind"] = pd.Series("", index=raw.index, dtype="str")
        other = Counter({"static": int((~located).sum())} if not located.all() else {})
        rejected = Counter({"bad line": bad} if bad and not start else {})
        rows_read = len(part) + rejected["bad line"]
        yield Parsed(raw[located], _vessels(texts, raw), rows=rows_read, rejected=rejected, other=other)


def _vessels(texts: Mapping[str, pa.Array], raw: pd.DataFrame) -> pd.DataFrame:
    words = ("name", "imo", "callsign")
    frame = pd.DataFrame({name: pd.Series(texts[name].to_pylist(), dtype="str") for name in words})
    frame = frame.fillna("").assign(mmsi=raw["mmsi"], length_m=np.nan, width_m=np.nan)
    frame["ship_type"] = pd.array([None] * len(frame), dtype="Int16")
    frame["imo"] = frame["imo"].where(frame["imo"] != "0", "")
    return frame[frame["mmsi"] > 0].drop_duplicates().astype({"mmsi": "int64"})


def parse_parquet(path: Path) -> Iterator[Parsed]:
    """Raw rows of a Parquet file with the columns of POSITIONS (mmsi, t, lon and lat at least), batch by batch.

    Raises
    ------
    DataError
        A needed column is missing, `t` has no time zone, or the file is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            lacking = [name for name in ("mmsi", "t", "lon", "lat") if name not in file.schema_arrow.names]
            if lacking:
                raise DataError(f"{path}: Parquet without the columns {', '.join(lacking)}")
            if getattr(file.schema_arrow.field("t").type, "tz", None) is None:
                raise DataError(f"{path}: column t has no time zone; write it as UTC")
            for batch in file.iter_batches(_BATCH):
                yield _from_parquet(batch.to_pandas())
    except pa.ArrowInvalid as error:
        raise DataError(f"{path}: damaged Parquet ({error})") from error


def _from_parquet(frame: pd.DataFrame) -> Parsed:
    raw = pd.DataFrame({"t": frame["t"].dt.tz_convert("UTC").astype("datetime64[us, UTC]")})
    for name in ("mmsi", "lon", "lat", "sog_kn", "cog_deg", "heading_deg", "nav_status", "length_m", *DIMENSIONS):
        raw[name] = pd.to_numeric(frame[name]).astype("float64") if name in frame else np.nan
    raw["receiver"] = frame["receiver"].astype("str").fillna("") if "receiver" in frame else ""
    raw["kind"] = ""
    return Parsed(raw, pd.DataFrame(), rows=len(frame))
