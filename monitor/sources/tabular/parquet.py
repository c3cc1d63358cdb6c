"""Parquet to cells."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.sources.tabular.cells import Cells, blanks_null
from monitor.sources.tabular.delimited import joined

log = logging.getLogger(__name__)


def parquet_schema(path: Path) -> pa.Schema:
    """The columns of a Parquet file.

    Raises
    ------
    DataError
        The file is damaged.
    """
    try:
        return pq.read_schema(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: damaged Parquet ({error}); fetch it again") from error


def parquet_tables(path: Path, rows: int, limits: Limits = DEFAULT_LIMITS) -> Iterator[pa.Table]:
    """The tables of a Parquet file, at most so many rows each.

    Parameters
    ----------
    path : Path
        The file.
    rows : int
        Of a table, at most.
    limits : Limits, optional
        What the file may unpack to.

    Raises
    ------
    DataError
        The file is damaged, or unpacks to too much.
    """
    try:
        size = path.stat().st_size
        with pq.ParquetFile(path) as file:
            _check_unpacked(path, size, file.metadata, limits)
            for batch in file.iter_batches(rows):
                yield pa.Table.from_batches([batch]).replace_schema_metadata()  # pandas' notes there may be damaged
    except DataError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: damaged Parquet ({error}); fetch it again") from error


def _check_unpacked(path: Path, size: int, metadata: pq.FileMetaData, limits: Limits) -> None:
    """Refuse a file of very many rows, which may be one value written once, and one with huge pages."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    limits.check_unpacked(path, size, max(8 * metadata.num_rows, sum(group.total_byte_size for group in groups)))
    largest = [group.column(n).total_uncompressed_size for group in groups for n in range(group.num_columns)]
    limits.check_size(path, max(largest, default=0))


def text_cells(table: pa.Table) -> Cells:
    """The columns of a table as text, by name in lower case; those without a text, such as lists, are left out."""
    columns = {}
    for name in table.column_names:
        column = joined(table.column(name))
        try:
            columns[name.lower()] = blanks_null(column.cast(pa.string()))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            log.debug("column %s: %s is not read", name, column.type)
    return Cells(columns, table.num_rows)
