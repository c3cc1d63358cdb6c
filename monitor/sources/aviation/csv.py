"""CSV files of aircraft positions: sightings with a citation, and OpenSky's hourly state dumps. Read in blocks."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as pacsv

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.sources.aviation.readsb import METRES_PER_FOOT

_NAMES = {
    "icao24": ("icao24", "hex", "icao"),
    "registration": ("registration", "tail", "reg", "r"),
    "t": ("t", "time", "timestamp", "utc", "datetime"),
    "lon": ("lon", "longitude", "lng"),
    "lat": ("lat", "latitude"),
    "altitude_m": ("altitude_m", "baroaltitude", "baro_altitude"),
    "altitude_ft": ("altitude_ft", "alt_ft", "altitude", "alt_baro"),
    "geometric_m": ("geoaltitude", "geo_altitude"),
    "on_ground": ("on_ground", "onground"),
    "speed_kn": ("speed_kn", "gs_kn", "gs", "speed"),
    "speed_ms": ("velocity", "speed_ms"),
    "track_deg": ("track_deg", "track", "heading", "direction"),
    "climb_ms": ("climb_ms", "vertrate", "vertical_rate"),
    "callsign": ("callsign", "flight"),
    "citation": ("citation", "source_url", "url"),
    "time_zone": ("time_zone", "timezone", "tz"),
    "last_position": ("lastposupdate", "time_position"),
}
_BLOCK_BYTES = 1 << 24
_NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
Box = tuple[float, float, float, float]


def csv_header(path: Path) -> list[str]:
    """The column names of a CSV file, lower case; empty when the first line cannot be read."""
    opener = gzip.open if _is_gzip(path) else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", errors="replace") as file:
            return [name.strip().lower() for name in next(csv.reader(file), [])]
    except (OSError, EOFError, csv.Error):
        return []


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def is_positions(header: Sequence[str]) -> bool:
    """Whether a header has an aircraft, an instant and a place."""
    there = _columns(header)
    return {"t", "lon", "lat"} <= set(there) and bool({"icao24", "registration"} & set(there))


def _columns(header: Sequence[str]) -> dict[str, str]:
    found = {}
    for ours, theirs in _NAMES.items():
        match = next((name for name in theirs if name in header), None)
        if match is not None:
            found[ours] = match
    return found


def csv_positions(
    path: Path, *, watch: frozenset[str] | None, around: Sequence[Box], time_zone: str | None, counts: Counter[str]
) -> pd.DataFrame:
    """AIR_POSITIONS of a CSV file.

    Parameters
    ----------
    path : Path
        Plain or gzip.
    watch : frozenset of str or None
        Addresses and tails to keep, in lower case; None for all.
    around : sequence of tuple of float
        Boxes (west, south, east, north) within which every aircraft is kept.
    time_zone : str or None
        IANA name for instants that carry no zone.
    counts : Counter
        Counted up: ``rows``, and what was rejected by reason.
    """
    header = csv_header(path)
    columns = _columns(header)
    kept = [_keep(batch, columns, watch, around, counts) for batch in _batches(path, header, counts)]
    table = pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(columns))
    return _positions(table, path.name, time_zone, counts)


def _batches(path: Path, header: Sequence[str], counts: Counter[str]) -> Iterator[pa.RecordBatch]:
    def bad(_: pacsv.InvalidRow) -> str:
        counts["wrong number of fields"] += 1
        return "skip"

    columns = _columns(header)
    try:
        with path.open("rb") as file:
            stream = (
                pa.PythonFile(_Inflate(file, counts), mode="r") if _is_gzip(path) else pa.PythonFile(file, mode="r")
            )
            reader = pacsv.open_csv(
                stream,
                read_options=pacsv.ReadOptions(
                    column_names=list(header), skip_rows=1, block_size=_BLOCK_BYTES, use_threads=False
                ),
                parse_options=pacsv.ParseOptions(invalid_row_handler=bad),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(columns.values(), pa.string()),
                    include_columns=list(columns.values()),
                    check_utf8=False,
                ),
            )
            yield from reader
    except (pa.ArrowInvalid, OSError) as error:
        if "empty" in str(error).lower():
            return
        counts["file cut off"] += 1


class _Inflate(io.RawIOBase):
    """The plain bytes of a gzip file as far as they go; a cut or damage ends them and is counted."""

    def __init__(self, file: BinaryIO, counts: Counter[str]) -> None:
        self._file, self._counts = file, counts
        self._stream = zlib.decompressobj(wbits=31)
        self._rest = b""
        self._over = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` plain bytes; empty at the end."""
        parts = [self._rest]
        have = len(self._rest)
        while not self._over and (size < 0 or have < size):
            part = self._more()
            parts.append(part)
            have += len(part)
        data = b"".join(parts)
        cut = len(data) if size < 0 else size
        self._rest = data[cut:]
        return data[:cut]

    def _more(self) -> bytes:
        packed = self._stream.unused_data or self._file.read(1 << 20)
        if self._stream.eof and packed:
            self._stream = zlib.decompressobj(wbits=31)
        if not packed:
            self._over = True
            self._counts["file cut off"] += not self._stream.eof
            return b""
        try:
            return self._stream.decompress(packed)
        except zlib.error:
            self._over = True
            self._counts["file cut off"] += 1
            return b""


def _keep(
    batch: pa.RecordBatch,
    columns: Mapping[str, str],
    watch: frozenset[str] | None,
    around: Sequence[Box],
    counts: Counter[str],
) -> pd.DataFrame:
    counts["rows"] += batch.num_rows
    if watch is not None:
        mask: pa.Array = pa.array(np.zeros(batch.num_rows, dtype=bool))
        names = pa.array(sorted(watch))
        for key in ("icao24", "registration"):
            if key in columns:
                text = pc.utf8_lower(pc.utf8_trim_whitespace(batch.column(columns[key])))
                mask = pc.or_(mask, pc.fill_null(pc.is_in(text, value_set=names), False))
        if around:
            lon, lat = (_floats(batch.column(columns[key])) for key in ("lon", "lat"))
            near = np.zeros(batch.num_rows, dtype=bool)
            for west, south, east, north in around:
                near |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
            mask = pc.or_(mask, pa.array(near))
        batch = batch.filter(mask)
    table = batch.to_pandas()
    return table.rename(columns={theirs: ours for ours, theirs in columns.items()})


def _floats(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    try:
        values = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        good = pc.fill_null(pc.match_substring_regex(column, _NUMBER), False)
        values = pc.cast(pc.utf8_trim_whitespace(pc.if_else(good, column, None)), pa.float64())
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _positions(table: pd.DataFrame, where: str, time_zone: str | None, counts: Counter[str]) -> pd.DataFrame:
    if table.empty:
        return AIR_POSITIONS.empty()

    def text(name: str) -> pd.Series:
        values = table[name] if name in table else pd.Series("", index=table.index)
        return values.fillna("").astype(str).str.strip()

    def numbers(name: str) -> pd.Series:
        values = text(name)
        return pd.to_numeric(values.where(values.str.match(_NUMBER)), errors="coerce").astype(float)

    instants, clock = _instants(text("last_position").where(lambda s: s != "", text("t")), text("time_zone"), time_zone)
    ground_word = text("altitude_ft").str.lower().eq("ground") | text("altitude_m").str.lower().eq("ground")
    barometric = numbers("altitude_m").fillna(numbers("altitude_ft") * METRES_PER_FOOT)
    altitude = barometric.fillna(numbers("geometric_m"))
    flag = (
        text("on_ground").str.lower().map({"true": True, "false": False, "1": True, "0": False, "t": True, "f": False})
    )
    made = pd.DataFrame(
        {
            "icao24": text("icao24").str.lower(),
            "t": instants,
            "lon": numbers("lon"),
            "lat": numbers("lat"),
            "altitude_m": altitude,
            "altitude_kind": np.where(barometric.notna(), "barometric", np.where(altitude.notna(), "geometric", "")),
            "on_ground": flag.astype("boolean").mask(ground_word, True),
            "speed_kn": numbers("speed_kn").fillna(numbers("speed_ms") / KNOT_MS),
            "track_deg": numbers("track_deg"),
            "climb_ms": numbers("climb_ms"),
            "registration": text("registration"),
            "callsign": text("callsign"),
            "clock": clock,
            "citation": text("citation"),
        }
    )
    no_time, no_place = made["t"].isna(), made["lon"].isna() | made["lat"].isna()
    counts["no time"] += int(no_time.sum())
    counts["no position"] += int((no_place & ~no_time).sum())
    made = made.loc[~no_time & ~no_place]
    return AIR_POSITIONS.conform(made.assign(is_stale=False, new_leg=False, position_type="", source_file=where))


def _instants(values: pd.Series, zones: pd.Series, time_zone: str | None) -> tuple[pd.Series, pd.Series]:
    """UTC instants (NaT where unreadable) and where each clock comes from."""
    epoch = pd.to_numeric(values.where(values.str.match(_NUMBER)), errors="coerce")
    instants = pd.to_datetime(epoch, unit="s", utc=True, errors="coerce").astype("datetime64[us, UTC]")
    clock = pd.Series("utc", index=values.index)
    words = epoch.isna() & values.ne("")
    aware = words & values.str.contains(r"(?:Z|[+-]\d\d:?\d\d)$", regex=True)
    if aware.any():
        instants.loc[aware] = pd.to_datetime(values[aware], utc=True, errors="coerce", format="ISO8601")
    clock[aware] = "stated"
    naive = words & ~aware
    for zone, group in zones.where(zones.ne(""), time_zone or "")[naive].groupby(
        zones.where(zones.ne(""), time_zone or "")[naive]
    ):
        local = pd.to_datetime(values[group.index], errors="coerce", format="ISO8601")
        instants.loc[group.index] = local.dt.tz_localize(
            _zone(str(zone)), ambiguous="NaT", nonexistent="NaT"
        ).dt.tz_convert("UTC")
        clock[group.index] = "stated" if zone else "unstated"
    return instants, clock


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise DataError(f"time zone {name!r} is not an IANA name such as Asia/Pyongyang") from error
