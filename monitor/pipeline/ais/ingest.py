"""AIS files into the positions store; a file that is in is not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from monitor.core.errors import DataError
from monitor.core.parallel import Outcome, each
from monitor.pipeline.boundary import read_each
from monitor.sources import PositionReader, ReadReport
from monitor.store.ingested import FileFacts
from monitor.store.positions import PositionStore

Progress = Callable[[Path, int, int], None]
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: the reader's counts, or that it was in already."""

    path: Path
    counts: Mapping[str, object] = field(default_factory=dict)
    known: bool = False

    def text(self) -> str:
        """One line for people."""
        if self.known:
            return f"{self.path.name}: already in"
        c = self.counts
        line = f"{self.path.name}: {c['format']}, {c['rows']} rows, {c['positions']} positions"
        for word in ("rejected", "other"):
            reasons = c[word]
            if isinstance(reasons, Mapping) and reasons:
                line += f"; {word} " + ", ".join(f"{reason} {count}" for reason, count in reasons.items())
        return line


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of several files."""

    files: tuple[FileReport, ...]
    failures: tuple[tuple[str, str], ...]

    @property
    def failed(self) -> bool:
        """Whether any file could not be read."""
        return bool(self.failures)

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


def ingest_files(
    store: PositionStore,
    paths: Sequence[Path],
    *,
    start: datetime | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files into the store, one after the other; a file that cannot be read stops no other.

    Parameters
    ----------
    store : PositionStore
        Where the positions go.
    paths : sequence of Path
        Files of any supported layout.
    start : datetime, optional
        The instant of the first message of NMEA files without times.
    columns : mapping of str to str, optional
        The columns of tables of an unknown layout.
    progress : callable, optional
        Takes a path, the bytes read and its size.
    """
    readers = [PositionReader(None, start), *([PositionReader(columns, start)] if columns else [])]
    outcomes: list[Outcome[Path, FileReport]] = each(lambda path: _ingest_one(store, path, readers, progress), paths)
    return IngestReport(
        tuple(o.value for o in outcomes if o.value is not None),
        tuple((str(o.item), str(o.error)) for o in outcomes if o.error is not None),
    )


def _ingest_one(
    store: PositionStore, path: Path, readers: Sequence[PositionReader], progress: Progress | None
) -> FileReport:
    """Read a file by its own layout; where that is not known, by the columns that the settings name."""
    key = file_key(path, readers[0].start_date)
    if store.has(key):
        return FileReport(path, known=True)
    report_bytes = None if progress is None else lambda done, size: progress(path, done, size)
    name = path.name.encode("utf-8", "replace").decode()  # a name may hold bytes that are no text
    for reader in readers:
        report = ReadReport(name)
        try:
            store.append(
                read_each(partial(reader.batches, path, report, progress=report_bytes), path),
                key=key,
                file=name,
                describe=lambda report=report: FileFacts(report.as_dict(), report.vessels),  # type: ignore[misc]
            )
        except DataError:
            if reader is readers[-1]:
                raise
            continue
        return FileReport(path, report.as_dict())
    raise AssertionError("there is always a reader")


def file_key(path: Path, start_date: datetime | None = None) -> str:
    """SHA-256 of a file's bytes (and of the start date it is read with): the same file has the same key in any folder.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    made = hashlib.sha256(b"" if start_date is None else start_date.isoformat().encode())
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                made.update(block)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); check its name and permissions") from error
    return made.hexdigest()[:32]
