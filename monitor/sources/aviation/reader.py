"""Files about aircraft, of any supported layout, into AIR_POSITIONS and AIR_CLAIMS."""

from __future__ import annotations

import json
import logging
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation import opensky, readsb
from monitor.sources.aviation.csv import Box, csv_header, csv_positions, is_positions
from monitor.sources.aviation.published import csv_claims, is_claims

log = logging.getLogger(__name__)

_GZIP = b"\x1f\x8b"
_NOT_REASONS = frozenset({"rows"})


@dataclass(frozen=True, slots=True)
class AirReport:
    """What became of one file. `rejected` counts rows by reason; `cut_off` when the file ends too early."""

    path: Path
    format: str
    rows: int
    positions: int
    claims: int
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut_off: bool = False


@dataclass(frozen=True, slots=True)
class AirFile:
    """A file's AIR_POSITIONS and AIR_CLAIMS, either of them often empty, and the report."""

    positions: pd.DataFrame
    claims: pd.DataFrame
    report: AirReport


def read_air(
    path: Path, *, watchlist: pd.DataFrame | None = None, around: Sequence[Box] = (), time_zone: str | None = None
) -> AirFile:
    """The positions and claims in one file, whatever its layout.

    Parameters
    ----------
    path : Path
        A readsb or ADS-B Exchange trace, an OpenSky response (states, tracks, flights), a CSV of positions or of
        published claims; JSON and CSV plain or gzipped, whatever the ending.
    watchlist : AIRCRAFT_WATCHLIST table, optional
        Keep these aircraft only.
    around : sequence of tuple of float, optional
        Boxes (west, south, east, north): keep the positions of every aircraft within them too, since other traffic
        shows what could be received there.
    time_zone : str, optional
        IANA name for CSV instants without a zone. Without it they are taken as UTC and `clock` is ``unstated``.

    Raises
    ------
    DataError
        The file cannot be opened, or its layout is none of these. Bad rows are counted, never fatal.
    """
    watch = watched_names(watchlist) if watchlist is not None else None
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    plain, _ = _unzip(start)
    if not start:
        return _made(path, "empty", Counter({"file is empty": 1}))
    if plain.lstrip()[:1] in (b"{", b"["):
        return _json(path, watch, around)
    header = csv_header(path)
    counts: Counter[str] = Counter()
    if is_claims(header):
        return _made(path, "claims CSV", counts, claims=csv_claims(path, counts=counts))
    if is_positions(header):
        positions = csv_positions(path, watch=watch, around=around, time_zone=time_zone, counts=counts)
        return _made(path, "positions CSV", counts, positions=positions)
    if start[:2] == _GZIP and not plain:
        return _made(path, "unreadable gzip", Counter({"file cut off": 1}))
    raise DataError(
        f"{path}: neither a readsb trace, an OpenSky response, nor a CSV with aircraft, time and place "
        f"(icao24 or tail, t, lon, lat) or with dated claims (date_local or not_before_local, tail, source)"
    )


def watched_names(watchlist: pd.DataFrame) -> frozenset[str]:
    """The addresses and tails of an AIRCRAFT_WATCHLIST, lower case."""
    names = {str(v).strip().lower() for column in ("icao24", "registration") for v in watchlist[column]}
    return frozenset(names - {""})


def air_paths(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and those with a known ending in the folders, in order of name."""
    found: list[Path] = []
    for path in paths:
        inside = [
            p for p in path.rglob("*") if p.is_file() and p.name.endswith((".json", ".json.gz", ".csv", ".csv.gz"))
        ]
        found.extend(sorted(inside) if path.is_dir() else [path])
    return found


def trace_name(path: Path) -> str:
    """How a trace is cited: its name, with the folders that date it where all days bear the same name.

    A history keeps ``2024/09/20/traces/1f/trace_full_15521f.json``: six parts distinguish the days.
    """
    if not path.name.startswith("trace_"):
        return path.name
    return "/".join(path.parts[-6:] if path.parent.parent.name == "traces" else path.parts[-2:])


def _unzip(data: bytes) -> tuple[bytes, bool]:
    """The plain bytes, as far as they go, and whether a gzip stream was cut off or damaged."""
    if not data.startswith(_GZIP):
        return data, False
    stream = zlib.decompressobj(wbits=31)
    plain = bytearray()
    try:
        for at in range(0, len(data), 1 << 16):
            plain += stream.decompress(data[at : at + (1 << 16)])
    except zlib.error:
        return bytes(plain), True
    return bytes(plain), not stream.eof


def _json(path: Path, watch: frozenset[str] | None, around: Sequence[Box]) -> AirFile:
    counts: Counter[str] = Counter()
    plain, cut = _unzip(path.read_bytes())
    text = plain.decode("utf-8", errors="replace")
    document: object = None
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        cut = True
        document = readsb.salvage(text)
    if cut:
        counts["file cut off"] += 1
        log.warning("%s is cut off or damaged; its whole entries were read", path.name)
    if document is None:
        return _made(path, "unreadable JSON", counts)
    return _document(path, document, counts, watch, around)


def _document(
    path: Path, document: object, counts: Counter[str], watch: frozenset[str] | None, around: Sequence[Box]
) -> AirFile:
    where = trace_name(path)
    if opensky.is_flights(document) and isinstance(document, list):
        counts["rows"] = len(document)
        claims = opensky.flight_claims(document, where=where, rejected=counts)
        kept = claims if watch is None else claims[claims["icao24"].isin(watch)].reset_index(drop=True)
        return _made(path, "OpenSky flights", counts, claims=kept)
    readers = (
        (readsb.is_trace, readsb.trace_positions, "readsb trace", "trace"),
        (opensky.is_states, opensky.states_positions, "OpenSky states", "states"),
        (opensky.is_track, opensky.track_positions, "OpenSky track", "path"),
    )
    for fits, read, name, rows in readers:
        if fits(document) and isinstance(document, Mapping):
            content = document.get(rows)
            counts["rows"] = len(content) if isinstance(content, list) else 0
            if not counts["rows"]:
                counts["trace is empty"] += 1
            table = read(document, where=where, rejected=counts)
            return _made(path, name, counts, positions=_watched(table, watch, around))
    raise DataError(f"{path}: JSON, but neither a readsb trace nor an OpenSky response (states, tracks, flights)")


def _watched(table: pd.DataFrame, watch: frozenset[str] | None, around: Sequence[Box]) -> pd.DataFrame:
    if watch is None or table.empty:
        return table
    keep = table["icao24"].isin(watch) | table["registration"].str.lower().isin(watch)
    if keep.all():
        return table
    for west, south, east, north in around:
        keep |= table["lon"].between(west, east) & table["lat"].between(south, north)
    return table[keep].reset_index(drop=True)


@lru_cache(maxsize=1)
def _nothing() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The empty tables, made once: a history has thousands of files."""
    return AIR_POSITIONS.empty(), AIR_CLAIMS.empty()


def _made(
    path: Path,
    layout: str,
    counts: Counter[str],
    *,
    positions: pd.DataFrame | None = None,
    claims: pd.DataFrame | None = None,
) -> AirFile:
    none = _nothing()
    positions = none[0] if positions is None else positions
    claims = none[1] if claims is None else claims
    rejected = {reason: n for reason, n in counts.items() if n and reason not in _NOT_REASONS}
    rows = counts["rows"] + counts["wrong number of fields"]
    report = AirReport(
        path=path,
        format=layout,
        rows=rows,
        positions=len(positions),
        claims=len(claims),
        rejected=rejected,
        cut_off="file cut off" in rejected,
    )
    return AirFile(positions, claims, report)
