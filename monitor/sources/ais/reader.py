"""AIS files of any layout to POSITIONS: all at once, or as a stream whose memory does not grow with the file."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pandas as pd

from monitor.ais.static import with_static
from monitor.ais.validation import screen
from monitor.core.columns import naive
from monitor.core.errors import DataError
from monitor.core.instants import Order, TimeStyle, date_orders, first_ahead, latest_instant, settle_order
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.tables import POSITIONS
from monitor.core.timerange import utc
from monitor.io.packed import ReadProgress, open_members
from monitor.sources.ais.json import JsonReader
from monitor.sources.ais.layouts import column_map, shipped_layouts
from monitor.sources.ais.nmea import NmeaParser
from monitor.sources.ais.parquet import read_parquet
from monitor.sources.ais.report import ReadReport
from monitor.sources.ais.rows import Parsed, to_rows
from monitor.sources.ais.sentences import ANY_SENTENCE
from monitor.sources.ais.speeds import check_speeds
from monitor.sources.tabular.cells import Cells, by_field
from monitor.sources.tabular.delimited import Header, read_cells, read_header
from monitor.sources.tabular.layouts import Layout, LayoutTable
from monitor.sources.tabular.records import is_json
from monitor.sources.tabular.streams import HEAD_BYTES, is_binary, line_blocks, plain_head

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PositionReader:
    """Reads AIS files. A small picklable value; it opens what it needs inside the call.

    Attributes
    ----------
    columns : mapping of str to str, optional
        Field (`sources.ais.layouts.FIELDS`) to column name, for tables of a layout that is not known.
    start_date : datetime, optional
        Instant of the first message, for NMEA logs without times.
    layouts : mapping of str to LayoutTable, optional
        A user's layouts, which go before those that are shipped.
    dates : {"", "day first", "month first"}
        Order of dates such as 10/11/2023, where a file does not show it.
    time_zone : str
        IANA name of the zone of instants that carry none, in tables and before sentences; empty: UTC.
    limits : Limits
        What a file may unpack to, and a document in it take in memory.
    """

    columns: Mapping[str, str] | None = None
    start_date: datetime | None = None
    layouts: Mapping[str, LayoutTable] = field(default_factory=dict)
    dates: Order = ""
    time_zone: str = ""
    limits: Limits = DEFAULT_LIMITS

    def batches(
        self, path: Path, report: ReadReport, *, progress: ReadProgress | None = None
    ) -> Iterator[pd.DataFrame]:
        """POSITIONS tables in the order of the file, about 100 000 rows each; `report` grows with them.

        Duplicates are counted within a batch only; the store removes the others.

        Parameters
        ----------
        path : Path
            The file.
        report : ReadReport
            Of this file; new and empty.
        progress : callable, optional
            Called with bytes read and the file's size.

        Raises
        ------
        DataError
            The file is missing, empty, binary, damaged, or of an unknown layout; the order of its dates cannot be
            told; or its speeds are in another unit than its layout says.
        """
        latest = latest_instant()
        shown, unread = False, ""
        for parsed in self._parsed(path, report, progress):
            report.rows += parsed.rows
            report.rejected.update(parsed.rejected)
            report.other.update(parsed.other)
            report.add_vessels(parsed.vessels)
            unread = unread or parsed.unread_time
            ahead = [at for at in (report.ahead, first_ahead(parsed.raw["t"], latest)) if at]
            report.ahead = min(ahead, default=None)
            screened = screen(parsed.raw, source_file=report.file, latest=latest)
            report.rejected.update(screened.rejected)
            report.unavailable.update(screened.unavailable)
            report.positions += len(screened.positions)
            if not shown and not report.format.startswith(("nmea", "parquet")):
                shown = _check_units(screened.positions, f"{path} ({report.format})")
            yield with_static(screened.positions, report.vessels)
        if 2 * report.rejected.get("bad time", 0) > report.rows:
            report.notes.append(f"times such as {unread[:40]!r} are not understood: give time in [ais.layouts.NAME]")

    def _parsed(self, path: Path, report: ReadReport, progress: ReadProgress | None) -> Iterator[Parsed]:
        failed: list[DataError] = []
        read = 0
        with open_members(path, progress, limits=self.limits) as members:
            for name, stream in members:
                where = str(path) if name in (path.name, path.stem) else f"{path}: {name}"
                try:
                    kind, rows = self._open(path, name, stream, where, report)
                except DataError as error:
                    failed.append(error)
                    report.notes.append(f"{name} in it is not recognised")
                    continue
                read += 1
                report.format = kind
                yield from rows
        if not read:
            raise failed[0] if failed else DataError(f"{path}: nothing in it but folders and empty files")

    def _open(
        self, path: Path, name: str, stream: BinaryIO, where: str, report: ReadReport
    ) -> tuple[str, Iterator[Parsed]]:
        """The layout of a stream and its raw rows."""
        first = stream.read(HEAD_BYTES)
        head = plain_head(first)
        book = shipped_layouts().with_users(self.layouts)
        style = TimeStyle(order=self.dates, zone=self.time_zone)
        if head.startswith(b"PAR1"):
            if name != path.name:
                raise DataError(f"{where}: Parquet within another file; unpack it and give the Parquet file itself")
            return read_parquet(path, book, style, self.limits)
        if not head.strip():
            raise DataError(f"{where}: the file is empty")
        if is_binary(head):
            raise DataError(f"{where}: binary, not an AIS file this can read; give CSV, NMEA, JSON or Parquet")
        nmea = NmeaParser(self.start_date, self.time_zone)
        blocks = line_blocks(stream, first)
        if is_json(head) and not self.columns:
            kind, rows = JsonReader(book, style, nmea, where, self.limits).read(blocks)
        elif ANY_SENTENCE.search(head) and not self.columns:
            kind, rows = "nmea", nmea.parse_blocks(blocks)
        else:
            return self._table(path, name, first, blocks, where)
        return kind, _with_clock(rows, nmea, report)

    def _table(
        self, path: Path, name: str, first: bytes, blocks: Iterator[bytes], where: str
    ) -> tuple[str, Iterator[Parsed]]:
        """The layout of delimited text and its raw rows."""
        book = shipped_layouts().with_users(self.layouts)

        def find(names: Sequence[str]) -> Layout:
            return column_map(self.columns, names, where) if self.columns else book.find(names, where)

        header = read_header(plain_head(first), find, where, "AIS")
        layout = header.layout
        style = replace(layout.time, zone=layout.time.zone or self.time_zone)
        orders = _orders(read_cells(line_blocks(cast("BinaryIO", io.BytesIO()), first), header), layout)
        default = self.dates or style.order
        if orders == {""} and not default:
            orders = self._all_orders(path, name, header)
        style = replace(style, order=settle_order(orders, default, where))
        rows = (
            to_rows(by_field(cells, layout), style, bad_lines=cells.bad_lines, where=where, placeless_static=False)
            for cells in _same_order(read_cells(blocks, header), layout, style.order, where)
        )
        return layout.name, rows

    def _all_orders(self, path: Path, name: str, header: Header) -> frozenset[Order]:
        """What all dates of a member prove of the order of day and month; it is read once more for that."""
        with open_members(path, limits=self.limits) as members:
            for other, stream in members:
                if other == name:
                    return _orders(read_cells(line_blocks(stream, stream.read(HEAD_BYTES)), header), header.layout)
        return frozenset()


def _orders(cells: Iterator[Cells], layout: Layout) -> frozenset[Order]:
    found: frozenset[Order] = frozenset()
    for block in cells:
        found |= date_orders(by_field(block, layout).words("t"))
        if len(found - {""}) > 1:
            break
    return found


def _same_order(cells: Iterator[Cells], layout: Layout, order: Order, where: str) -> Iterator[Cells]:
    """The same cells; an error where every date of a block proves another order than the one in use."""
    for block in cells:
        proven = date_orders(by_field(block, layout).words("t")) if order else frozenset()
        if proven and not proven & {order, ""}:
            raise DataError(f"{where}: dates read as {order} turn out {'/'.join(proven)}; give that as --dates")
        yield block


def _with_clock(rows: Iterator[Parsed], nmea: NmeaParser, report: ReadReport) -> Iterator[Parsed]:
    yield from rows
    if text := nmea.clock.text():
        report.notes.append(text)


def _check_units(positions: pd.DataFrame, where: str) -> bool:
    return check_speeds(
        positions["mmsi"].to_numpy(np.int64),
        naive(positions["t"]).astype(np.int64),
        positions["lon"].to_numpy(np.float64),
        positions["lat"].to_numpy(np.float64),
        positions["sog_kn"].to_numpy(np.float64),
        where=where,
    )


def read_positions(
    path: str | Path,
    *,
    start_date: date | datetime | str | None = None,
    columns: Mapping[str, str] | None = None,
    layouts: Mapping[str, LayoutTable] | None = None,
    dates: Order = "",
    time_zone: str = "",
    limits: Limits = DEFAULT_LIMITS,
    progress: ReadProgress | None = None,
) -> tuple[pd.DataFrame, ReadReport]:
    """Every position in an AIS file, and what became of each of its rows.

    Parameters
    ----------
    path : str or Path
        A table, JSON or Parquet of a layout in ``layouts.toml`` or in `layouts`, or an NMEA log with any kind of time
        stamp; plain, gz, zst or zip. The layout is found by content.
    start_date : datetime, optional
        When an NMEA log without times begins (UTC); also a date, or ISO 8601 text.
    columns : mapping of str to str, optional
        Field to column name, for a table of an unknown layout.
    layouts : mapping of str to LayoutTable, optional
        A user's layouts, which go before those that are shipped.
    dates : {"", "day first", "month first"}
        Order of dates such as 10/11/2023, where the file does not show it.
    time_zone : str
        IANA name of the zone of instants in tables that carry none; empty: UTC.
    limits : Limits, optional
        What the file may unpack to, and a document in it take in memory.
    progress : callable, optional
        Called with bytes read and the file's size.

    Returns
    -------
    POSITIONS table
        In the order of the file, duplicates removed. Empty when no row is a vessel's position.
    ReadReport
        `format`, `rows`, `positions`, `rejected` by reason, `other`, `unavailable`, `notes`, `vessels`.

    Raises
    ------
    DataError
        The file is missing, empty, binary, damaged, or of an unknown layout; the order of its dates cannot be told; or
        its speeds are in another unit than its layout says.
    """
    path = Path(path)
    report = ReadReport(path.name)
    reader = PositionReader(columns, _instant(start_date), layouts or {}, dates, time_zone, limits)
    tables = [table for table in reader.batches(path, report, progress=progress) if len(table)]
    if not tables:
        log.warning("%s: no position in %d rows: %s", path.name, report.rows, dict(report.rejected))
        return POSITIONS.empty(), report
    table = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    repeated = table.duplicated(["mmsi", "t", "lon", "lat"]) if len(tables) > 1 else None
    if repeated is not None and repeated.any():
        report.rejected["duplicate"] += int(repeated.sum())
        report.positions -= int(repeated.sum())
        table = table[~repeated].reset_index(drop=True)
    return with_static(table, report.vessels), report


def _instant(value: date | datetime | str | None) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return utc(value)
