"""The index: what is in the archive, in SQLite, so that queries are fast. It can always be rebuilt from the files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from monitor.core.errors import ArchiveError
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import TimeRange, utc
from monitor.io.stac import PRODUCT_IDS, SOURCE

INDEX_VERSION = 1
"""`user_version` of the index this code writes."""

_SCHEMA = """
CREATE TABLE scenes (
    scene_id TEXT PRIMARY KEY, aoi_id TEXT NOT NULL, sensor TEXT NOT NULL, start TEXT NOT NULL, finish TEXT NOT NULL,
    acquired_at TEXT NOT NULL, path TEXT NOT NULL, item TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX scenes_by_time ON scenes (aoi_id, acquired_at);
CREATE TABLE records (
    kind TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX records_by_time ON records (kind, at);
"""
_MIGRATIONS = {0: _SCHEMA}
"""SQL that lifts an index from the version of the key to the next one."""

_WAIT_S = 30.0

Entry = tuple[str, Mapping[str, object], Acquisition]
"""A scene's folder relative to the archive, its STAC item, and the acquisition that the item describes."""


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
        """One line of JSON."""
        values = {"kind": self.kind, "id": self.id, "at": sortable(self.at), "body": dict(self.body)}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, line: str) -> Record:
        """The record of a line that `to_json` wrote; ValueError or KeyError when it is none."""
        values = json.loads(line)
        return cls(values["kind"], values["id"], utc(values["at"]), values["body"])


@dataclass(frozen=True, slots=True)
class Index:
    """An SQLite file in WAL mode; each call opens and closes it, so the value crosses threads and processes."""

    path: Path

    def items(
        self, aoi_id: str | None = None, period: TimeRange | None = None, *, sensor: str | None = None
    ) -> list[tuple[str, dict[str, object]]]:
        """(folder relative to the archive, STAC item) of scenes whose middle lies in `period`, in order of time.

        Parameters
        ----------
        aoi_id : str, optional
        period : TimeRange, optional
        sensor : str, optional
            ``s2`` or ``s1``; scenes of all by default.
        """
        where, values = ["1"], list[str]()
        for column, value in (("aoi_id", aoi_id), ("sensor", sensor)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if period is not None:
            where.append("acquired_at >= ? AND acquired_at < ?")
            values += [sortable(period.start), sortable(period.end)]
        query = f"SELECT path, item FROM scenes WHERE {' AND '.join(where)} ORDER BY acquired_at, scene_id"
        with self._open() as db:
            return [(path, json.loads(item)) for path, item in db.execute(query, values)]

    def find(self, scene_id: str) -> tuple[str, dict[str, object]] | None:
        """(folder, STAC item) of one scene, or None."""
        with self._open() as db:
            row = db.execute("SELECT path, item FROM scenes WHERE scene_id = ?", (scene_id,)).fetchone()
        return None if row is None else (row[0], json.loads(row[1]))

    def ids(self) -> frozenset[str]:
        """The ids of all scenes."""
        with self._open() as db:
            return frozenset(row[0] for row in db.execute("SELECT scene_id FROM scenes"))

    def products(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Scene id to its source and the product ids that it was made from."""
        source, products = (f"json_extract(item, '$.properties.\"{name}\"')" for name in (SOURCE, PRODUCT_IDS))
        with self._open() as db:
            rows = db.execute(f"SELECT scene_id, {source}, {products} FROM scenes").fetchall()
        return {scene: (str(source), tuple(json.loads(products or "[]"))) for scene, source, products in rows}

    def add(self, scenes: Iterable[Entry]) -> None:
        """Enter scenes; one of the same id is replaced."""
        rows = [_row(*entry) for entry in scenes]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO scenes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def forget(self, scene_id: str) -> None:
        """Take a scene out."""
        with self._open() as db:
            db.execute("DELETE FROM scenes WHERE scene_id = ?", (scene_id,))

    def note(self, records: Iterable[Record]) -> None:
        """Enter records; one of the same kind and id is replaced."""
        rows = [(r.kind, r.id, sortable(r.at), json.dumps(dict(r.body), ensure_ascii=False)) for r in records]
        with self._open() as db:
            db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)

    def records(self, kind: str, *, since: datetime | None = None) -> list[Record]:
        """The records of a kind, oldest first."""
        query = "SELECT kind, id, at, body FROM records WHERE kind = ? AND at >= ? ORDER BY at, id"
        with self._open() as db:
            rows = db.execute(query, (kind, sortable(since) if since else "")).fetchall()
        return [Record(kind, id, utc(at), json.loads(body)) for kind, id, at, body in rows]  # noqa: A001

    def rebuild(self, scenes: Iterable[Entry], records: Iterable[Record]) -> None:
        """Replace everything in one transaction, so that other processes see the old index or the new one."""
        rows = [_row(*entry) for entry in scenes]
        notes = [(r.kind, r.id, sortable(r.at), json.dumps(dict(r.body), ensure_ascii=False)) for r in records]
        with self._open() as db:
            db.execute("DELETE FROM scenes")
            db.execute("DELETE FROM records")
            db.executemany("INSERT OR REPLACE INTO scenes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", notes)

    def discard(self) -> None:
        """Delete the index's files; only for one that cannot be read."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

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
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: {_advice(error)}") from error

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            if _version(db) == INDEX_VERSION:
                db.execute("PRAGMA synchronous = NORMAL")  # whole after a crash; a lost entry is found by its file
                return db
            with FileLock(self.path.with_name(".index-making.lock"), timeout=_WAIT_S):  # SQLite waits for no lock here
                db.execute("PRAGMA journal_mode = WAL")
                _migrate(db, self.path)
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


def sortable(instant: datetime) -> str:
    """An instant as text that sorts by time: UTC with microseconds."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _row(path: str, item: Mapping[str, object], acquisition: Acquisition) -> tuple[str, ...]:
    instants = (sortable(at) for at in (acquisition.start, acquisition.end, acquisition.acquired_at))
    return (acquisition.id, acquisition.aoi_id, acquisition.sensor, *instants, path, json.dumps(item))


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    db.isolation_level = None
    db.execute("BEGIN IMMEDIATE")
    version = _version(db)
    if version > INDEX_VERSION:
        raise ArchiveError(f"{path}: an index of version {version}, this is {INDEX_VERSION}; upgrade monitor")
    for step in range(version, INDEX_VERSION):
        for statement in _MIGRATIONS[step].split(";"):
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {INDEX_VERSION}")
    db.execute("COMMIT")
    db.isolation_level = "DEFERRED"


def _advice(error: sqlite3.Error) -> str:
    text = str(error)
    if "full" in text:
        return "the disk is full; free some space and run again"
    if "readonly" in text or "unable to open" in text:
        return "cannot be written; mount the disk for writing or change the folder's permissions"
    if "locked" in text:
        return "another process has locked it for half a minute; wait for that run to end"
    return f"damaged ({text}); `monitor reindex` builds it anew from the files"
