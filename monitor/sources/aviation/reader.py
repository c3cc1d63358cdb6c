"""Files about aircraft, of any supported layout, into AIR_POSITIONS and AIR_CLAIMS."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from monitor.core.errors import DataError
from monitor.core.instants import Order, TimeStyle, date_orders, first_ahead, latest_instant, settle_order
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_POSITIONS
from monitor.sources.aviation import opensky, readsb
from monitor.sources.aviation.layouts import shipped_layouts
from monitor.sources.aviation.plain import CUT_OFF, plain_members
from monitor.sources.aviation.published import csv_claims, is_claims
from monitor.sources.aviation.report import AirFile, joined_tables, made_file
from monitor.sources.aviation.table import NOT_WATCHED, Box, Wanted, check_units, keep_wanted, screened, to_positions
from monitor.sources.tabular.cells import Fields, by_field
from monitor.sources.tabular.delimited import read_cells, read_header
from monitor.sources.tabular.layouts import Layout, LayoutBook, LayoutTable
from monitor.sources.tabular.parquet import parquet_schema, parquet_tables, text_cells
from monitor.sources.tabular.records import in_batches, is_json, is_lines, read_records, to_cells
from monitor.sources.tabular.streams import HEAD_BYTES, is_binary, line_blocks, plain_head

log = logging.getLogger(__name__)

_BATCH = 100_000
_ENDINGS = (".json", ".jsonl", ".csv", ".parquet")
_PACKED = ("", ".gz", ".zst")
_EXPECTED = (
    "neither a readsb trace, an OpenSky response, a table with aircraft, time and place (icao24, tail or callsign, t, "
    "lon, lat), nor dated claims (date_local or not_before_local, tail, source)"
)


def read_air(
    path: Path,
    *,
    watchlist: pd.DataFrame | None = None,
    around: Sequence[Box] = (),
    time_zone: str | None = None,
    dates: Order = "",
    layouts: Mapping[str, LayoutTable] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> AirFile:
    """The positions and claims in one file, whatever its layout.

    Parameters
    ----------
    path : Path
        A readsb or ADS-B Exchange trace or ``aircraft.json``, an OpenSky response (states, tracks, flights),
        published claims (CSV), or a table, JSON or Parquet of a layout in ``layouts.toml`` or in `layouts`; plain, gz,
        zst or zip, whatever the ending.
    watchlist : AIRCRAFT_WATCHLIST table, optional
        Keep these aircraft only.
    around : sequence of tuple of float, optional
        Boxes (west, south, east, north): keep the positions of every aircraft within them too, since other traffic
        shows what could be received there.
    time_zone : str, optional
        IANA name for instants without a zone in tables. Without it they are taken as UTC and `clock` is ``unstated``.
    dates : {"", "day first", "month first"}
        Order of dates such as 10/11/2023, where a file does not show it.
    layouts : mapping of str to LayoutTable, optional
        A user's layouts, which go before those that are shipped.
    limits : Limits, optional
        What the file may unpack to, and a document in it take in memory.

    Raises
    ------
    DataError
        The file cannot be opened, its layout is none of these, the order of its dates cannot be told, or a column is in
        another unit than its layout says. Bad rows are counted, never fatal.
    """
    wanted = Wanted(watched_names(watchlist) if watchlist is not None else None, around)
    reader = _Reader(path, wanted, TimeStyle(order=dates, zone=time_zone or ""), layouts or {}, limits)
    return reader.read()


@dataclass(slots=True)
class _Reader:
    """Reads one file."""

    path: Path
    wanted: Wanted
    style: TimeStyle
    layouts: Mapping[str, LayoutTable]
    limits: Limits
    counts: Counter[str] = field(default_factory=Counter)
    orders: frozenset[Order] = frozenset()

    @property
    def book(self) -> LayoutBook:
        """Every known layout."""
        return shipped_layouts().with_users(self.layouts)

    def read(self) -> AirFile:
        """What is in the file; of a zip file the members that are recognised."""
        if not self.path.is_dir() and self.path.exists() and self.path.stat().st_size == 0:
            return made_file(self.path, "empty", Counter({"file is empty": 1}))
        found: list[AirFile] = []
        failed: list[DataError] = []
        with plain_members(self.path, self.counts, self.limits) as members:
            for name, stream in members:
                try:
                    found.append(self._member(name, stream))
                except DataError as error:
                    failed.append(error)
        if not found:
            raise failed[0] if failed else DataError(f"{self.path}: nothing in it but folders and empty files")
        if failed:
            self.counts["member not recognised"] += len(failed)
        positions = joined_tables([file.positions for file in found], AIR_POSITIONS)
        claims = joined_tables([file.claims for file in found], AIR_CLAIMS)
        latest = latest_instant()
        ahead = first_ahead(positions["t"], latest)
        positions = screened(positions, latest, self.counts)
        made = made_file(self.path, found[0].report.format, self.counts, positions=positions, claims=claims)
        return replace(made, report=replace(made.report, ahead=ahead))

    def _member(self, name: str, stream: BinaryIO) -> AirFile:
        first = stream.read(HEAD_BYTES)
        head = plain_head(first)
        if head.startswith(b"PAR1"):
            if name != self.path.name:
                raise DataError(f"{self.path}: Parquet within another file; unpack it and give the Parquet file itself")
            return self._parquet()
        if not head.strip():
            kind = "unreadable gzip" if self.counts[CUT_OFF] else "empty"
            return made_file(self.path, kind, self.counts)
        if is_json(head):
            return self._json(first, stream)
        if is_binary(head):
            raise DataError(f"{self.path}: binary; give a trace, an OpenSky response, a table, JSON or Parquet")
        names = [
            name.strip().strip('"').lower() for name in head.decode("utf-8-sig", "replace").split("\n")[0].split(",")
        ]
        if is_claims(names):
            claims = csv_claims(self.path, counts=self.counts)
            return made_file(self.path, "claims CSV", self.counts, claims=claims)
        return self._table(head, line_blocks(stream, first))

    def _table(self, head: bytes, blocks: Iterator[bytes]) -> AirFile:
        def find(names: Sequence[str]) -> Layout:
            try:
                return self.book.find(names, str(self.path))
            except DataError as error:
                raise DataError(f"{self.path}: {_EXPECTED}; {str(error).removeprefix(f'{self.path}: ')}") from error

        try:
            header = read_header(head, find, str(self.path), "aircraft")
        except DataError as error:
            text = str(error)
            raise error if _EXPECTED in text else DataError(f"{self.path}: {_EXPECTED}; {text}") from error
        tables = []
        for cells in read_cells(blocks, header):
            self.counts["rows"] += cells.rows
            self.counts["wrong number of fields"] += cells.bad_lines
            tables.append(self._kept(by_field(cells, header.layout)))
        return made_file(self.path, f"{header.layout.name} CSV", self.counts, positions=self._positions(tables))

    def _parquet(self) -> AirFile:
        name = self.book.find([str(n).lower() for n in parquet_schema(self.path).names], f"{self.path}: Parquet").name
        tables = []
        for table in parquet_tables(self.path, _BATCH, self.limits):
            cells = text_cells(table)
            self.counts["rows"] += cells.rows
            layout = self.book.find(list(cells.columns), str(self.path))
            tables.append(self._kept(by_field(cells, layout)))
        return made_file(self.path, f"{name} Parquet", self.counts, positions=self._positions(tables))

    def _kept(self, fields: Fields) -> Fields:
        """The rows of the aircraft that are wanted; all rows show the order of dates."""
        self.orders |= date_orders(fields.words("t"))
        return keep_wanted(fields, self.wanted, self.counts)

    def _positions(self, tables: Sequence[Fields]) -> pd.DataFrame:
        """AIR_POSITIONS of the blocks of a table, the order of whose dates all of them show."""
        made = []
        for table in tables:
            if not table.rows:
                continue
            style = table.layout.time
            order = settle_order(self.orders, self.style.order or style.order, str(self.path))
            style = replace(style, order=order, zone=self.style.zone or style.zone)
            made.append(to_positions(table, style, self.counts, self.path.name))
        positions = joined_tables(made, AIR_POSITIONS)
        check_units(positions, str(self.path))
        return positions

    def _json(self, first: bytes, stream: BinaryIO) -> AirFile:
        if is_lines(first) and b'"trace"' not in first:
            return self._records(iter([first]), stream)
        largest = int(self.limits.document_mb * 1e6)
        plain = first + stream.read(largest // 2)
        self.limits.check_document(self.path, plain)
        known = self._whole(plain.decode("utf-8-sig", errors="replace"))
        return known or self._records(iter([plain]), stream)

    def _whole(self, text: str) -> AirFile | None:
        """What is in one document; None for a document of another kind."""
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            document = readsb.salvage(text)
            self.counts[CUT_OFF] = 1
            log.warning("%s is cut off or damaged; its whole entries were read", self.path.name)
        if document is None:
            return made_file(self.path, "unreadable JSON", self.counts)
        return _document(self.path, document, self.counts, self.wanted)

    def _records(self, blocks: Iterator[bytes], stream: BinaryIO) -> AirFile:
        expected = "JSON, but neither a readsb trace nor an OpenSky response (states, tracks, flights)"
        rest = chain(blocks, line_blocks(stream))
        _, records = read_records(rest, self.book, str(self.path), lambda _: None, self.limits)
        tables: list[Fields] = []
        name = ""
        for batch in in_batches(records):
            rows = [record for record in batch if record is not None]
            layout = next((fit for fit in map(self.book.fitting, dict.fromkeys(map(frozenset, rows))) if fit), None)
            self.counts["wrong number of fields"] += len(batch) - len(rows)
            if layout is None:
                continue
            columns = {name for field in ("t", "lon", "lat") for name in layout.columns[field]}
            rows = [row for row in rows if columns & row.keys()]
            self.counts["rows"] += len(rows)
            name = name or layout.name
            tables.append(self._kept(by_field(to_cells(rows, layout, 0), layout)))
        if not name:
            raise DataError(f"{self.path}: {expected}, nor positions of a known layout (aircraft, time, lon, lat)")
        return made_file(self.path, f"{name} JSON", self.counts, positions=self._positions(tables))


def watched_names(watchlist: pd.DataFrame) -> frozenset[str]:
    """The addresses and tails of an AIRCRAFT_WATCHLIST, lower case."""
    names = {str(v).strip().lower() for column in ("icao24", "registration") for v in watchlist[column]}
    return frozenset(names - {""})


def air_paths(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and those with a known ending in the folders, in order of name."""
    found: list[Path] = []
    for path in paths:
        endings = (".zip", *(end + packed for end in _ENDINGS for packed in _PACKED))
        inside = [p for p in path.rglob("*") if p.is_file() and p.name.endswith(endings)]
        found.extend(sorted(inside) if path.is_dir() else [path])
    return found


def trace_name(path: Path) -> str:
    """How a trace is cited: its name, with the folders that date it where all days bear the same name.

    A history keeps ``2024/09/20/traces/1f/trace_full_15521f.json``: six parts distinguish the days.
    """
    if not path.name.startswith("trace_"):
        return path.name
    return "/".join(path.parts[-6:] if path.parent.parent.name == "traces" else path.parts[-2:])


def _document(path: Path, document: object, counts: Counter[str], wanted: Wanted) -> AirFile | None:
    """What a trace or a response of OpenSky holds; None for any other document."""
    where = trace_name(path)
    if opensky.is_flights(document) and isinstance(document, list):
        counts["rows"] = len(document)
        claims = opensky.flight_claims(document, where=where, rejected=counts)
        names = wanted.names
        kept = claims if names is None else claims[claims["icao24"].isin(names)].reset_index(drop=True)
        return made_file(path, "OpenSky flights", counts, claims=kept)
    listed = "aircraft" if isinstance(document, Mapping) and "aircraft" in document else "ac"
    readers = (
        (readsb.is_trace, readsb.trace_positions, "readsb trace", "trace"),
        (readsb.is_snapshot, readsb.snapshot_positions, "readsb aircraft", listed),
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
            return made_file(path, name, counts, positions=_watched(table, wanted, counts))
    return None


def _watched(table: pd.DataFrame, wanted: Wanted, counts: Counter[str]) -> pd.DataFrame:
    if wanted.names is None or table.empty:
        return table
    keep = table["icao24"].isin(wanted.names) | table["registration"].str.lower().isin(wanted.names)
    if keep.all():
        return table
    keep |= wanted.near(table["lon"].to_numpy(np.float64), table["lat"].to_numpy(np.float64))
    counts[NOT_WATCHED] += int((~keep).sum())
    return table[keep].reset_index(drop=True)
