"""Parts of the positions store: Parquet files of one day, written under temporary names and published together."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from monitor.ais.sorting import in_order
from monitor.core.errors import ArchiveError
from monitor.core.tables import DIMENSIONS, POSITIONS
from monitor.io import atomic

FLUSH_ROWS = 2_000_000
"""Rows held in memory before they go to disk as parts."""
ROW_GROUP = 250_000
_DAMAGED = "damaged or missing ({}); remove its file's marker in ingested/ and ingest its file again"
Bounds = tuple[float, float, float, float]


class PartWriter:
    """Parts under temporary names until they are published together."""

    def __init__(self, root: Path, key: str) -> None:
        self._root, self._key = root, key
        self._waiting: dict[date, list[pd.DataFrame]] = {}
        self._rows = 0
        self._parts: list[tuple[Path, Path]] = []
        self._checks: dict[str, str] = {}
        self._spans: dict[date, tuple[datetime, datetime, int]] = {}

    def add(self, table: pd.DataFrame) -> None:
        """Take a POSITIONS table in."""
        if table.empty:
            return
        for day, part in _by_day(table):
            self._waiting.setdefault(day, []).append(part)
            start, end = part["t"].min().to_pydatetime(), part["t"].max().to_pydatetime()
            known = self._spans.get(day)
            count = len(part) + (known[2] if known else 0)
            self._spans[day] = (min(start, known[0]), max(end, known[1]), count) if known else (start, end, count)
        self._rows += len(table)
        if self._rows >= FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        for day, parts in self._waiting.items():
            folder = self._root / f"date={day.isoformat()}"
            final = folder / f"{self._key}-{len(self._parts):04d}.parquet"
            temporary = atomic.temporary_name(final)
            table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
            self._parts.append((temporary, final))
            check = _write_part(table.iloc[in_order(table).order], temporary)
            self._checks[final.relative_to(self._root).as_posix()] = check
        self._waiting, self._rows = {}, 0

    def publish(self) -> None:
        """Give every part its name, and wait until the names are on disk."""
        for temporary, final in self._parts:
            with atomic.disk_errors(final):
                temporary.replace(final)
        for folder in [*dict.fromkeys(final.parent for _, final in self._parts), self._root]:
            if folder.is_dir():
                with atomic.disk_errors(folder):
                    atomic.sync_folder(folder)

    def discard(self) -> None:
        """Remove what was written."""
        for temporary, _ in self._parts:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def checks(self) -> dict[str, str]:
        """Each part, relative to the store, with the SHA-256 of its bytes."""
        return dict(self._checks)

    def spans(self) -> tuple[tuple[datetime, datetime, int], ...]:
        """First and last instant and number of positions of each day."""
        return tuple(self._spans[day] for day in sorted(self._spans))


def _by_day(table: pd.DataFrame) -> Iterator[tuple[date, pd.DataFrame]]:
    days = table["t"].to_numpy("datetime64[us]").astype("datetime64[D]")
    for day in np.unique(days):
        mine = days == day
        yield day.astype(date), table if mine.all() else table[mine]


def _write_part(table: pd.DataFrame, path: Path) -> str:
    """Write a part and wait until it is on disk; the SHA-256 of its bytes."""
    buffer = io.BytesIO()
    pq.write_table(
        pa.Table.from_pandas(table, preserve_index=False),
        buffer,
        compression="zstd",
        compression_level=1,
        row_group_size=ROW_GROUP,
        use_dictionary=["mmsi", "receiver", "source_file", "nav_status", "length_m", *DIMENSIONS],
        write_page_checksum=True,
    )
    atomic.write_unpublished(path, buffer.getvalue())
    return hashlib.sha256(buffer.getbuffer()).hexdigest()


def read_part(path: Path, columns: Sequence[str], check: str = "") -> pd.DataFrame:
    """Some columns of a part; those that the version which wrote it did not have are as POSITIONS states.

    Parameters
    ----------
    path : Path
    columns : sequence of str
    check : str, optional
        The SHA-256 that its bytes must have; "" of a part that an older version wrote.

    Raises
    ------
    ArchiveError
        It is damaged or missing.
    """
    try:
        content = path.read_bytes()
        if check and hashlib.sha256(content).hexdigest() != check:
            raise ArchiveError(f"{path}: {_DAMAGED.format('its checksum is not that of its marker')}")
        file = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True)
        lacking = [c for c in columns if c in POSITIONS.absent and c not in file.schema_arrow.names]
        table = file.read(columns=[c for c in columns if c not in lacking]).to_pandas()
        return table.assign(**{c: POSITIONS.absent[c] for c in lacking})[list(columns)] if lacking else table
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        raise ArchiveError(f"{path}: {_DAMAGED.format(error)}") from error


def select_rows(
    table: pd.DataFrame, bounds: Bounds | None, mmsi: Sequence[int] | None, bucket: tuple[int, int] | None
) -> pd.DataFrame:
    """The rows within bounds, of some vessels, of one bucket; all of them where None is given.

    Parameters
    ----------
    table : POSITIONS table
    bounds : tuple of float, optional
        (west, south, east, north) in degrees; west greater than east crosses the antimeridian.
    mmsi : sequence of int, optional
    bucket : tuple of int, optional
        (i, n): the vessels whose MMSI leaves i when divided by n.
    """
    kept = np.ones(len(table), dtype=bool)
    if bounds is not None:
        west, south, east, north = bounds
        lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
        inside = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        kept &= inside & (lat >= south) & (lat <= north)
    if mmsi is not None:
        kept &= table["mmsi"].isin(list(mmsi)).to_numpy()
    if bucket is not None and bucket[1] > 1:
        kept &= table["mmsi"].to_numpy() % bucket[1] == bucket[0]
    return table if kept.all() else table[kept]
