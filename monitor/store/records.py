"""Records in files: one line of JSON each, only ever added to. A line carries its own checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.errors import ArchiveError
from monitor.core.timerange import utc
from monitor.io.atomic import CUT, disk_errors

_CHECK = "sha256"
_PARTS = {"kind", "id", "at", "body"}


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened: a run, a review, an alert, a search, a pass without pixels, units spent.

    `id` is unique within its kind; a later record of the same id replaces the earlier one. `body` holds JSON values.
    """

    kind: str
    id: str
    at: datetime
    body: Mapping[str, object]

    def to_json(self) -> str:
        """One line of JSON, with the first half of the SHA-256 of the rest."""
        values = {"kind": self.kind, "id": self.id, "at": sortable(self.at), "body": dict(self.body)}
        return _dumps({**values, _CHECK: _check(values)})

    @classmethod
    def from_json(cls, line: str) -> Record:
        """The record of a line that `to_json` wrote, or an older version without checksums.

        Raises
        ------
        ValueError, KeyError, TypeError
            It is none, or its checksum is not that of the rest.
        """
        values = json.loads(line)
        check = values.pop(_CHECK, None)
        if set(values) != _PARTS or (check is not None and check != _check(values)):
            raise ValueError("its checksum does not fit")
        return cls(values["kind"], values["id"], utc(values["at"]), values["body"])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file of records: its number from 1, the record, or what is wrong with it.

    Attributes
    ----------
    is_cut : bool
        The line ends midway, as a crash leaves it: nobody was told that it was written.
    """

    number: int
    record: Record | None
    fault: str = ""
    is_cut: bool = False


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file of records that are not empty; no file has none."""
    with disk_errors(path):
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    lines = text.split("\n")  # and at nothing else that a note might hold
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        is_last = number == len(lines)  # without the end that a whole line has
        found = _parse(line.removesuffix(CUT))
        if is_last and isinstance(found, str) and not isinstance(_parse(line[:-1]), str):
            found = _parse(line[:-1])  # whole, and its end alone is damaged
        if isinstance(found, Record):
            yield Line(number, found)
        else:
            yield Line(number, None, found, is_cut=is_last or line.endswith(CUT))


def read_records(path: Path) -> list[Record]:
    """The records of a file, a line each; a line that a crash cut short is passed over, no file is no record.

    Raises
    ------
    ArchiveError
        A whole line is damaged: its number is in the message.
    """
    records = []
    for line in read_lines(path):
        if line.record is not None:
            records.append(line.record)
        elif not line.is_cut:
            raise ArchiveError(
                f"{path}: line {line.number} is damaged ({line.fault}); put it back from a backup, or remove the line "
                "and with it what it recorded"
            )
    return records


def latest_records(records: Iterable[Record]) -> list[Record]:
    """The last record of each id, in the order in which these were written; no clock takes part."""
    last: dict[str, Record] = {}
    for record in records:
        last.pop(record.id, None)
        last[record.id] = record
    return list(last.values())


def sortable(instant: datetime) -> str:
    """An instant as text that sorts by time: UTC with microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _parse(line: str) -> Record | str:
    """The record of a line, or what is wrong with it."""
    try:
        return Record.from_json(line)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return str(error) or repr(error)


def _check(values: Mapping[str, object]) -> str:
    return hashlib.sha256(_dumps(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _dumps(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
