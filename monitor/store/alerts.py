"""Alerts that were raised, and what became of each: a line a change, the last one of an alert holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from monitor.core.schema import UTC
from monitor.core.tables import ALERTS
from monitor.core.timerange import isoformat, utc
from monitor.fuse.findings.alerts import FAILED, NEW, OLD, QUIET, SENT, WITHDRAWN
from monitor.store.archive import Archive
from monitor.store.records import Record

STATES = (NEW, QUIET, OLD, SENT, FAILED, WITHDRAWN)
"""What may have become of an alert."""

_KIND = "alert"


@dataclass(frozen=True, slots=True)
class AlertStore:
    """The alerts of an archive: lines of ``ledger/alert.jsonl``."""

    archive: Archive

    def table(self) -> pd.DataFrame:
        """ALERTS as they now stand, oldest first; empty when none was ever raised."""
        rows = [{"alert_id": record.id, **record.body} for record in self.archive.records(_KIND)]
        if not rows:
            return ALERTS.empty()
        table = pd.DataFrame(rows)
        for column, dtype in ALERTS.dtypes.items():
            if dtype == UTC:
                table[column] = pd.to_datetime(table[column].replace("", None), utc=True, format="ISO8601")
        return ALERTS.conform(table.sort_values(["start", "alert_id"], kind="stable", ignore_index=True))

    def write(self, table: pd.DataFrame, *, now: datetime) -> None:
        """Keep these ALERTS; one of the same id is replaced."""
        rows = ALERTS.conform(table).to_dict("records")
        self.archive.record(*(Record(_KIND, str(row["alert_id"]), utc(now), _body(row)) for row in rows))


def _body(row: Mapping[object, object]) -> dict[str, object]:
    return {str(name): _plain(value) for name, value in row.items() if name != "alert_id"}


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return isoformat(value.to_pydatetime())
    return "" if value is pd.NaT else value
