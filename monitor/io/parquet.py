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
    parts = [part for part in (_read(path, schema) for path in paths) if part.num_rows]
    if not parts:
        return schema.empty()
    frame = pa.concat_tables(parts, promote_options="permissive").to_pandas()
    if schema.crs:
        frame["geometry"] = gpd.GeoSeries.from_wkb(frame["geometry"], crs=schema.crs)
    return schema.conform(frame)


def _read(path: Path, schema: Schema) -> pa.Table:
    try:
        content = seal.checked(path.read_bytes())
        table = pq.ParquetFile(pa.BufferReader(content), page_checksum_verification=True).read()
        lacking = [column for column in schema.columns if column not in table.column_names]
        missing = [column for column in lacking if column not in schema.absent]
        if missing:
            raise DataError(f"column {', '.join(missing)} missing")
        for column in lacking:  # an older version wrote it
            table = table.append_column(column, pa.array([schema.absent[column]] * table.num_rows))
        return table.select(list(schema.columns)).replace_schema_metadata(None)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise ArchiveError(
            f"{path}: not a readable {schema.name} table of this version ({error}); `monitor run --due` makes derived "
            "tables of another version anew, and others once the file is removed"
        ) from error
