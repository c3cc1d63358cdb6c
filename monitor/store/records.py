"""Records in files: one line of JSON each, only ever added to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor.io.atomic import disk_errors
from monitor.store.index import Record


def read_records(path: Path) -> list[Record]:
    """The records of a file, a line each; a line that a crash cut short is passed over, no file is no record."""
    records = []
    with disk_errors(path):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    for line in text.split("\n"):  # and at nothing else that a note might hold
        try:
            records.append(Record.from_json(line))
        except (ValueError, KeyError, TypeError):
            continue
    return records


def latest_records(records: Iterable[Record]) -> list[Record]:
    """The last record of each id, oldest first."""
    last = {record.id: record for record in records}
    return sorted(last.values(), key=lambda record: (record.at, record.id))
