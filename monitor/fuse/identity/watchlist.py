"""The watch list: ships, their look-alikes, and what is published of each."""

from __future__ import annotations

import io
import logging
from importlib.resources import as_file, files
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS
from monitor.core.tables import VESSEL_WATCHLIST

log = logging.getLogger(__name__)


def read_watchlist(path: Path | None = None) -> pd.DataFrame:
    """The VESSEL_WATCHLIST in a CSV file with its columns, or the one that comes with the package.

    Parameters
    ----------
    path : Path, optional
        A file without the column ``aois`` is read, with a warning: its ships are then looked for at no AOI, and none
        is named by length alone. Add the column with the ids of your AOIs, separated by spaces.

    Raises
    ------
    DataError
        The file cannot be read, or lacks a column.
    """
    if path is None:
        with as_file(files("monitor.fuse") / "data" / "watchlist.csv") as shipped:
            return read_watchlist(shipped)
    try:
        text = path.read_bytes()
        DEFAULT_LIMITS.check_document(path, text)
        raw = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: not a readable watch list in CSV ({error})") from error
    for column in ("length_low_m", "length_high_m", "mmsi"):
        if column in raw:
            raw[column] = pd.to_numeric(raw[column].replace("", None), errors="coerce")
    if "aois" not in raw:
        log.warning("%s: no column aois, so its ships are looked for at no AOI; add it with the ids of your AOIs", path)
    return VESSEL_WATCHLIST.conform(raw)
