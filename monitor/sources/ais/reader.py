"""AIS files of any layout to POSITIONS: all at once, or as a stream whose memory does not grow with the file."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from monitor.ais.static import with_static
from monitor.ais.validation import screen
from monitor.core.errors import DataError
from monitor.core.tables import POSITIONS
from monitor.core.timerange import utc
from monitor.sources.ais.csv import Parsed, parse_blocks, read_csv_header
from monitor.sources.ais.json import is_json, parse_json, parse_parquet
from monitor.sources.ais.nmea import ANY_SENTENCE, NmeaParser
from monitor.sources.ais.report import ReadReport
from monitor.sources.ais.streams import HEAD_BYTES, ReadProgress, is_binary, line_blocks, open_members

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
    """

    columns: Mapping[str, str] | None = None
    start_date: datetime | None = None

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
            The file is missing, empty, binary, damaged, or of an unknown layout.
        """
        latest = datetime.now(tz=UTC) + timedelta(days=1)
        for parsed in self._parsed(path, report, progress):
            report.rows += parsed.rows
            report.rejected.update(parsed.rejected)
            report.other.update(parsed.other)
            report.add_vessels(parsed.vessels)
            screened = screen(parsed.raw, source_file=report.file, latest=latest)
            report.rejected.update(screened.rejected)
            report.unavailable.update(screened.unavailable)
            report.positions += len(screened.positions)
            yield with_static(screened.positions, report.vessels)

    def _parsed(self, path: Path, report: ReadReport, progress: ReadProgress | None) -> Iterator[Parsed]:
        with open_members(path, progress) as members:
            for name, stream in members:
                where = str(path) if name in (path.name, path.stem) else f"{path}: {name}"
                head = stream.read(HEAD_BYTES)
                if head.startswith(b"PAR1"):
                    report.format = "parquet"
                    yield from parse_parquet(path)
                elif not head.strip():
                    raise DataError(f"{where}: the file is empty")
                elif is_binary(head):
                    raise DataError(f"{where}: binary, not an AIS file this can read; give CSV, NMEA, JSON or Parquet")
                elif ANY_SENTENCE.search(head) and not self.columns:
                    report.format = "nmea"
                    yield from NmeaParser(self.start_date).parse_blocks(line_blocks(stream, head))
                elif is_json(head):
                    report.format, rows = parse_json(line_blocks(stream, head), where)
                    yield from rows
                else:
                    header = read_csv_header(head, self.columns, where)
                    report.format = header.layout.name
                    yield from parse_blocks(line_blocks(stream, head), header)


def read_positions(
    path: str | Path,
    *,
    start_date: date | datetime | str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: ReadProgress | None = None,
) -> tuple[pd.DataFrame, ReadReport]:
    """Every position in an AIS file, and what became of each of its rows.

    Parameters
    ----------
    path : str or Path
        MarineCadastre CSV (classic, csv2), Danish DMA, Norwegian, exactEarth, Spire or Global Fishing Watch tables,
        NMEA logs, Global Fishing Watch JSON, or this package's Parquet; plain, gz, zst or zip. The layout is found by
        content.
    start_date : datetime, optional
        When an NMEA log without times begins (UTC); also a date, or ISO 8601 text.
    columns : mapping of str to str, optional
        Field to column name, for a table of an unknown layout.
    progress : callable, optional
        Called with bytes read and the file's size.

    Returns
    -------
    POSITIONS table
        In the order of the file, duplicates removed. Empty when no row is a vessel's position.
    ReadReport
        `format`, `rows`, `positions`, `rejected` by reason, `other`, `unavailable`, `vessels`.

    Raises
    ------
    DataError
        The file is missing, empty, binary, damaged, or of an unknown layout.
    """
    path = Path(path)
    report = ReadReport(path.name)
    reader = PositionReader(columns, _instant(start_date))
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
