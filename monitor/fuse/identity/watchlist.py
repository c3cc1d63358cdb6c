"""The watch list: ships, their observation-alikes, and what is published of each."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.schema import Schema

WATCHLIST = Schema(
    "watchlist",
    {
        "name": "str",
        "imo": "str",
        "mmsi": "Int64",
        "length_low_m": "float64",
        "length_high_m": "float64",
        "type": "str",
        "role": "str",
        "look_alike_of": "str",
        "source": "str",
        "confidence": "str",
        "note": "str",
    },
    ("name",),
)
"""`role` route ship | look-alike | name trap | naval. Lengths are the range of what is published, NaN when nothing is;
`look_alike_of` the route ship that it may be taken for. A ship without a known MMSI has none: none is guessed."""


def read_watchlist(path: Path | None = None) -> pd.DataFrame:
    """The WATCHLIST in a CSV file with its columns, or the one that comes with the package.

    Raises
    ------
    DataError
        The file cannot be read, or lacks a column.
    """
    if path is None:
        with as_file(files("monitor.fuse") / "data" / "watchlist.csv") as shipped:
            return read_watchlist(shipped)
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: not a readable watch list in CSV ({error})") from error
    for column in ("length_low_m", "length_high_m", "mmsi"):
        if column in raw:
            raw[column] = pd.to_numeric(raw[column].replace("", None), errors="coerce")
    return WATCHLIST.conform(raw)
