"""Tables and evidence for other programs and other people."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.instants import TimeRange
from monitor.pipeline import gather
from monitor.pipeline.correlate import Ports
from monitor.report.exports import export as write_export
from monitor.report.exports import safe_csv
from monitor.report.files import write_bytes
from monitor.report.layers import Content
from monitor.report.model import Tables
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore

_INSTANTS = ("acquired_at", "arrived_not_after", "departed_at", "start", "t")


def export(
    archive: Archive,
    store: PositionStore,
    ports: Ports,
    out: Path,
    *,
    format: str,  # noqa: A002
    period: TimeRange | None = None,
) -> list[Path]:
    """Write the tables of some ports in a format of `report.exports.FORMATS`; the files written."""
    tables = within(gather.tables(archive, store, ports), period)
    passes = gather.acquisitions(archive, ports, period)
    return write_export(Content(ports.aois, passes, tables, gather.software()), out, format=format)


def within(tables: Tables, period: TimeRange | None) -> Tables:
    """The rows whose first instant lies in a period; all of them without one."""
    if period is None:
        return tables
    kept: dict[str, pd.DataFrame] = {}
    for each in fields(Tables):
        table: pd.DataFrame = getattr(tables, each.name)
        column = next((name for name in _INSTANTS if name in table), None)
        if column is not None:
            inside = (table[column] >= period.start) & (table[column] < period.end)
            kept[each.name] = table[inside].reset_index(drop=True)
    return replace(tables, **kept)


def write_csv(table: pd.DataFrame, out: Path) -> Path:
    """A table as CSV that no spreadsheet takes for formulas."""
    return write_bytes(out, safe_csv(table))


def pack_evidence(archive: Archive, store: PositionStore, ports: Ports, id: str, out: Path) -> Path:  # noqa: A002
    """The zip of everything behind one detection, event or finding.

    Raises
    ------
    DataError
        Nothing has that id.
    """
    raise DataError(f"{id}: no detection, event or finding has this id; `monitor export --format csv` lists them")
