"""Tables as Parquet, GeoParquet where they have geometry."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from monitor.core.errors import ArchiveError, DataError
from monitor.core.schema import Schema
from monitor.io import seal


def encode_table(df: pd.DataFrame) -> bytes:
    """The Parquet (GeoParquet for a GeoDataFrame) of a table; equal tables give equal bytes.

    Each page has a checksum, and the whole file a seal (`io.seal`) among its metadata.
    """
    buffer, noted = io.BytesIO(), df.copy(deep=False)
    noted.attrs = {seal.KEY: seal.BLANK}
    noted.to_parquet(buffer, index=False, compression="zstd", write_page_checksum=True)
    return seal.sealed(buffer.getvalue())


def read_tables(paths: Iterable[Path], schema: Schema) -> pd.DataFrame:
    """The rows of all these files, in their order, under one schema; the empty table when there is none.

    Raises
    ------
    ArchiveError
        A file is damaged, or misses a column that the schema does not let be absent.
    """
    return _frame([_read(path, schema) for path in paths], schema)


def decode_table(content: bytes, schema: Schema, where: str) -> pd.DataFrame:
    """The table of one file's content; errors as `read_tables`.

    Parameters
    ----------
    content : bytes
        As `encode_table` gives it.
    schema : Schema
        Of the rows.
    where : str
        What an error calls the file.
    """
    return _frame([_decoded(content, schema, where)], schema)


def _frame(read: list[pa.Table], schema: Schema) -> pd.DataFrame:
    parts = [part for part in read if part.num_rows]
    if not parts:
        return schema.empty()
    frame = pa.concat_tables(parts, promote_options="permissive").to_pandas()
    if schema.crs:
        frame["geometry"] = gpd.GeoSeries.from_wkb(frame["geometry"], crs=schema.crs)
    return schema.conform(frame)


def _read(path: Path, schema: Schema) -> pa.Table:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path), schema, error) from error
    return _decoded(content, schema, str(path))


def _decoded(content: bytes, schema: Schema, where: str) -> pa.Table:
    try:
        file = pq.ParquetFile(pa.BufferReader(seal.checked(content)), page_checksum_verification=True)
        table = file.read()
        lacking = [column for column in schema.columns if column not in table.column_names]
        missing = [column for column in lacking if column not in schema.absent]
        if missing:
            raise DataError(f"column {', '.join(missing)} missing")
        for column in lacking:  # an older version wrote it
            table = table.append_column(column, pa.array([schema.absent[column]] * table.num_rows))
        return table.select(list(schema.columns)).replace_schema_metadata(None)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise _unreadable(where, schema, error) from error


def _unreadable(where: str, schema: Schema, error: Exception) -> ArchiveError:
    return ArchiveError(
        f"{where}: not a readable {schema.name} table of this version ({error}); `monitor run --due` makes derived "
        "tables of another version anew, and others once the file is removed"
    )
