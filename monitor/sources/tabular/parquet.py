"""Parquet to cells."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from monitor.core.errors import DataError
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


def parquet_tables(path: Path, rows: int) -> Iterator[pa.Table]:
    """The tables of a Parquet file, at most so many rows each.

    Raises
    ------
    DataError
        The file is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(rows):
                yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{path}: damaged Parquet ({error}); fetch it again") from error


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
