"""AIS files into the positions store; a file that is in is read again only where that would give something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from monitor.core import progress
from monitor.core.errors import DataError
from monitor.core.instants import latest_instant
from monitor.core.parallel import Outcome, each
from monitor.core.timerange import utc
from monitor.core.version import VERSION
from monitor.pipeline.boundary import read_each
from monitor.sources import PositionReader, ReadReport
from monitor.sources.ais.report import is_lost
from monitor.store.ingested import FileFacts
from monitor.store.positions import PositionStore

_BLOCK = 1 << 20
_UNSAID = json.dumps(["", "", "", "", []])
"""The reading of files that came in before readings were recorded."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: the reader's counts, and whether it was in already."""

    path: Path
    counts: Mapping[str, object] = field(default_factory=dict)
    known: bool = False

    @property
    def is_rejected(self) -> bool:
        """Whether there were rows, and nothing came of them."""
        return is_lost(self.counts)

    def text(self) -> str:
        """One line for people."""
        if self.known and not self.is_rejected:
            return f"{self.path.name}: already in"
        c = self.counts
        line = f"{self.path.name}: {c['format']}, {c['rows']} rows, {c['positions']} positions"
        for word in ("rejected", "other"):
            reasons = c[word]
            if isinstance(reasons, Mapping) and reasons:
                line += f"; {word} " + ", ".join(f"{reason} {count}" for reason, count in reasons.items())
        notes = c.get("notes")
        return "; ".join([line, *map(str, notes)]) if isinstance(notes, list) else line


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of several files."""

    files: tuple[FileReport, ...]
    failures: tuple[tuple[str, str], ...]

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Path and reason of the files that could not be read, and of those of which nothing was kept."""
        return (*self.failures, *((str(file.path), file.text()) for file in self.files if file.is_rejected))

    @property
    def failed(self) -> bool:
        """Whether any file could not be read, or nothing was kept of one."""
        return bool(self.faults)

    @property
    def new(self) -> int:
        """How many files were not in before."""
        return sum(not file.known for file in self.files)

    def text(self) -> str:
        """A line a file."""
        lines = [file.text() for file in self.files]
        failed = [f"failed {why if why.startswith(path) else f'{path}: {why}'}" for path, why in self.failures]
        return "\n".join([*lines, *failed]) or "no files"

    def as_json(self) -> dict[str, object]:
        """The same for scripts."""
        files = [{"path": str(f.path), "already_in": f.known, **f.counts} for f in self.files]
        return {"files": files, "failures": [{"path": p, "error": why} for p, why in self.failures]}


PLAIN = PositionReader()
"""Of whom nothing is said of the files."""


def ingest_files(
    store: PositionStore,
    paths: Sequence[Path],
    *,
    reader: PositionReader = PLAIN,
    columns: Mapping[str, str] | None = None,
) -> IngestReport:
    """Read files into the store, one after the other; a file that cannot be read stops no other.

    A file that is in is read again with another start, order of dates, zone or layout, where instants have come that
    the clock of the first reading had still before it, and, if nothing was kept of it, by a newer reader; the new
    reading takes the place of the old one.

    Parameters
    ----------
    store : PositionStore
        Where the positions go.
    paths : sequence of Path
        Files of any supported layout.
    reader : PositionReader, optional
        What a user says of the files.
    columns : mapping of str to str, optional
        The columns of tables of an unknown layout.
    """
    readers = [reader, *([replace(reader, columns=columns)] if columns else [])]
    outcomes: list[Outcome[Path, FileReport]] = each(partial(_ingest_one, store, readers), paths, step="ingest")
    return IngestReport(
        tuple(o.value for o in outcomes if o.value is not None),
        tuple((str(o.item), str(o.error)) for o in outcomes if o.error is not None),
    )


def _ingest_one(store: PositionStore, readers: Sequence[PositionReader], path: Path) -> FileReport:
    """Read a file by its own layout; where that is not known, by the columns that the settings name."""
    key = file_key(path)
    reading = _reading(readers)

    def facts(report: ReadReport) -> FileFacts:
        return FileFacts(report.as_dict() | {"reading": reading, "reader": VERSION}, report.vessels)

    if store.has(key):
        known = FileReport(path, store.report(key), known=True)
        same = known.counts.get("reading", _UNSAID) == reading
        unread = known.is_rejected and known.counts.get("reader") != VERSION
        if same and not unread and not _has_come(known.counts.get("ahead")):
            return known if known.is_rejected else FileReport(path, known=True)
    name = path.name.encode("utf-8", "replace").decode()  # a name may hold bytes that are no text
    percent = partial(_report_percent, name)
    for reader in readers:
        report = ReadReport(name)
        try:
            store.append(
                read_each(partial(reader.batches, path, report, progress=percent), path),
                key=key,
                file=name,
                describe=partial(facts, report),
            )
        except DataError:
            if reader is readers[-1]:
                raise
            continue
        return FileReport(path, facts(report).report)
    raise AssertionError("there is always a reader")


def _report_percent(name: str, done: int, size: int) -> None:
    progress.report(f"{name}, %", 100 * done // max(size, 1), 100)


def _has_come(ahead: object) -> bool:
    """Whether an instant that was still to come when a file was read, perhaps by a wrong clock, has come since."""
    return isinstance(ahead, str) and utc(ahead) <= latest_instant()


def _reading(readers: Sequence[PositionReader]) -> str:
    """How files are read, as far as a user says it: another text may give another reading."""
    said = readers[0]
    start = "" if said.start_date is None else said.start_date.isoformat()
    layouts = "".join(f"{name} {table.model_dump_json()}" for name, table in sorted(said.layouts.items()))
    return json.dumps([start, said.dates, said.time_zone, layouts, sorted((readers[-1].columns or {}).items())])


def withdraw_files(store: PositionStore, paths: Sequence[Path]) -> tuple[Path, ...]:
    """Take what files gave out of the store again; the files that were in.

    Raises
    ------
    DataError
        A file cannot be read: it is known by its content.
    """
    return tuple(path for path in paths if store.withdraw(file_key(path)))


def file_key(path: Path) -> str:
    """SHA-256 of a file's bytes: the same file has the same key in any folder.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    made = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); check its name and permissions") from error
    return made.hexdigest()[:32]
