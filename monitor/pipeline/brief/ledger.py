"""Published observations, and an analyst's own in the archive's ``sightings/``, beside what the archive shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from monitor.core.tables import OBSERVATIONS
from monitor.core.tableset import TableSet
from monitor.fuse import compare, read_observations
from monitor.io.atomic import write_bytes
from monitor.pipeline.boundary import reading
from monitor.pipeline.context import Context
from monitor.store.archive import Archive


def observations(archive: Archive) -> pd.DataFrame:
    """OBSERVATIONS: the published ones, and an analyst's own.

    Raises
    ------
    DataError
        A file is no list of observations; the message names the line.
    """
    own = [_read(path) for path in sorted(_folder(archive).glob("*.csv"))]
    return OBSERVATIONS.join([read_observations(), *own])


def compare_ledger(context: Context, tables: TableSet) -> pd.DataFrame:
    """LEDGER of the context's ports: published observations and an analyst's own against what the archive holds.

    What was published of other ports is left out; an analyst's own sightings all stay.
    """
    known = observations(context.archive)
    names = [name.casefold() for aoi in context.aois for name in (aoi.id, aoi.name)]
    is_ours = [any(name in str(port).casefold() for name in names) for port in known["port"]]
    ours = known[np.array(is_ours, dtype=bool) | (known["origin"] != "published").to_numpy()]
    return compare(ours, context.aois, tables.of(context.ids))


def add_sightings(archive: Archive, path: Path) -> int:
    """Copy a file of sightings into the archive, after it was read without fault; how many it holds.

    One of the same name is replaced.

    Raises
    ------
    DataError
        The file is no list of observations; the message names the line, and nothing was changed.
    """
    table = _read(path)
    write_bytes(_folder(archive) / f"{path.stem}.csv", path.read_bytes())
    return len(table)


def _read(path: Path) -> pd.DataFrame:
    with reading(path):
        return read_observations(path)


def _folder(archive: Archive) -> Path:
    return archive.root / "sightings"
