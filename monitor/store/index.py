"""The index: which scenes are in the archive, in SQLite, so that queries are fast; built from the files at any time.

Each row carries a checksum and the table its number of rows, since SQLite itself does not notice a flipped bit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from filelock import Timeout

from monitor.core.errors import ArchiveError
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import TimeRange
from monitor.io.atomic import locked
from monitor.store.records import sortable

INDEX_VERSION = 2
"""`user_version` of the index this code writes."""

_SCHEMA = """
DROP TABLE IF EXISTS scenes;
DROP TABLE IF EXISTS records;
CREATE TABLE scenes (
    scene_id TEXT PRIMARY KEY, aoi_id TEXT NOT NULL, sensor TEXT NOT NULL, acquired_at TEXT NOT NULL,
    path TEXT NOT NULL, item TEXT NOT NULL, sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (scenes INTEGER NOT NULL);
INSERT INTO tally VALUES (0);
"""
_SELECT = "SELECT scene_id, aoi_id, sensor, acquired_at, path, item, sha256 FROM scenes"
_WAIT_S = 30.0
_FEW = 500
"""Ids that one statement may hold on every SQLite (999 at the least)."""
_LEAST_FREE_BYTES = 1 << 20
"""With less, SQLite's "disk I/O error" means a full disk: so it calls one where it maps its log into memory."""

Entry = tuple[str, Mapping[str, object], Acquisition]
"""A scene's folder relative to the archive, its STAC item, and the acquisition that the item describes."""


class Row(NamedTuple):
    """A row of the index; `item` is the STAC item as JSON, `acquired_at` sorts as text."""

    scene_id: str
    aoi_id: str
    sensor: str
    acquired_at: str
    path: str
    item: str


@dataclass(frozen=True, slots=True)
class Index:
    """An SQLite file in WAL mode; each call opens and closes it, so the value crosses threads and processes."""

    path: Path

    def is_current(self) -> bool:
        """Whether it is there and of this version; one of an older version is to be built anew.

        Raises
        ------
        ArchiveError
            It is damaged, or of a newer version.
        """
        if not self.path.is_file():
            return False
        with self._open() as db:
            return _version(db) == INDEX_VERSION

    def rows(self, ids: Collection[str] | None = None) -> list[Row]:
        """Every row, or those of some scenes, in order of time.

        Parameters
        ----------
        ids : collection of str, optional
            Of scenes; those that are not in the index give no row.

        Raises
        ------
        ArchiveError
            It is damaged.
        """
        if ids is not None and len(ids) <= _FEW:
            with self._open() as db:
                found = db.execute(f"{_SELECT} WHERE scene_id IN ({','.join('?' * len(ids))})", list(ids)).fetchall()
            rows = [Row(*values) for *values, check in found if _check(values) == check]
            if len(rows) == len(found):
                return sorted(rows, key=lambda row: (row.acquired_at, row.scene_id))
        with self._open() as db:
            db.execute("BEGIN")  # one state of both, though others write meanwhile
            found = db.execute(_SELECT).fetchall()
            tally = _tally(db)
        rows = [Row(*values) for *values, check in found if _check(values) == check]
        if len(rows) != len(found) or len({row.scene_id for row in rows}) != tally:
            raise self._damaged(f"{tally - len(rows)} of {tally} rows do not fit their checksums")
        wanted = rows if ids is None else [row for row in rows if row.scene_id in ids]
        return sorted(wanted, key=lambda row: (row.acquired_at, row.scene_id))

    def items(
        self, aoi_id: str | None = None, period: TimeRange | None = None, *, sensor: str | None = None
    ) -> Iterator[tuple[str, dict[str, object]]]:
        """(folder relative to the archive, STAC item) of scenes whose middle lies in `period`, in order of time.

        One after the other, since thousands of items at once cost more memory than what is made of them.

        Parameters
        ----------
        aoi_id : str, optional
        period : TimeRange, optional
        sensor : str, optional
            ``s2`` or ``s1``; scenes of all by default.
        """
        start, end = (sortable(period.start), sortable(period.end)) if period else ("", "~")
        for row in self.rows():
            if aoi_id in (None, row.aoi_id) and sensor in (None, row.sensor) and start <= row.acquired_at < end:
                yield row.path, json.loads(row.item)

    def find(self, scene_id: str) -> tuple[str, dict[str, object]] | None:
        """(folder, STAC item) of one scene, or None."""
        with self._open() as db:
            found = db.execute(f"{_SELECT} WHERE scene_id = ?", (scene_id,)).fetchall()
        rows = [
            Row(*values) for *values, check in found if _check(values) == check
        ] or self.rows()  # which finds damage
        return next(((row.path, json.loads(row.item)) for row in rows if row.scene_id == scene_id), None)

    def add(self, scenes: Iterable[Entry]) -> None:
        """Enter scenes; one of the same id is replaced."""
        rows = [_row(*entry) for entry in scenes]
        with self._changing() as db:
            db.executemany("INSERT OR REPLACE INTO scenes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def forget(self, scene_id: str) -> None:
        """Take a scene out."""
        with self._changing() as db:
            db.execute("DELETE FROM scenes WHERE scene_id = ?", (scene_id,))

    def rebuild(self, scenes: Iterable[Entry]) -> None:
        """Replace everything in one transaction, so that other processes see the old index or the new one."""
        rows = [_row(*entry) for entry in scenes]
        with self._open() as db:
            _migrate(db)
            db.execute("DELETE FROM scenes")
            db.executemany("INSERT OR REPLACE INTO scenes VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute("UPDATE tally SET scenes = ?", (len(rows),))

    def discard(self) -> None:
        """Delete the index's files; only for one that cannot be read."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that keeps the tally; a damaged table is not counted anew."""
        with self._open() as db:
            _migrate(db)
            if _count(db) != _tally(db):
                raise self._damaged("its number of rows is not that of its tally")
            yield db
            db.execute("UPDATE tally SET scenes = ?", (_count(db),))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction on a connection of its own."""
        try:
            db = self._connect()
            try:
                with db:
                    yield db
            finally:
                db.close()
        except (sqlite3.Error, Timeout) as error:
            raise ArchiveError(f"{self.path}: {_advice(error, self.path.parent)}") from error

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            version = _version(db)
            if version > INDEX_VERSION:
                raise ArchiveError(
                    f"{self.path}: an index of version {version}, this is {INDEX_VERSION}; upgrade monitor"
                )
            db.execute("PRAGMA synchronous = FULL")  # a fsync a scene: an entry outlives a power cut
            if version < INDEX_VERSION:
                with locked(self.path.with_name(".index-making.lock"), timeout=_WAIT_S):
                    db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            db.close()
            if "readonly" not in str(error) and "unable to open" not in str(error):
                raise
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            _version(db)
        except BaseException:
            db.close()
            raise
        return db

    def _damaged(self, what: str) -> ArchiveError:
        return ArchiveError(f"{self.path}: damaged ({what}); `monitor reindex` builds it anew from the files")


def _row(path: str, item: Mapping[str, object], acquisition: Acquisition) -> tuple[str, ...]:
    at = sortable(acquisition.acquired_at)
    row = (acquisition.id, acquisition.aoi_id, acquisition.sensor, at, path, json.dumps(item))
    return (*row, _check(row))


def _check(values: Iterable[object]) -> str:
    """SHA-256 of a row; of one that holds anything but text, "" as damage."""
    parts = list(values)
    if not all(isinstance(part, str) for part in parts):
        return ""
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _count(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM scenes").fetchone()[0])


def _tally(db: sqlite3.Connection) -> int:
    found = db.execute("SELECT scenes FROM tally").fetchall()
    return int(found[0][0]) if len(found) == 1 and isinstance(found[0][0], int) else -1


def _migrate(db: sqlite3.Connection) -> None:
    """Begin a transaction that writes, and make the tables where they are of an older version; rows come from files."""
    db.execute("BEGIN IMMEDIATE")
    if _version(db) < INDEX_VERSION:
        for statement in _SCHEMA.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {INDEX_VERSION}")


def _advice(error: Exception, folder: Path) -> str:
    text = str(error)
    if "full" in text or ("disk I/O" in text and shutil.disk_usage(folder).free < _LEAST_FREE_BYTES):
        return "the disk is full; free some space and run again"
    if "readonly" in text or "unable to open" in text:
        return "cannot be written; mount the disk for writing or change the folder's permissions"
    if "locked" in text or isinstance(error, Timeout):
        return "another process has locked it for half a minute; wait for that run to end"
    return f"damaged ({text}); `monitor reindex` builds it anew from the files"
