"""Parts of the derived tables, kept so that the next correlation makes anew only what has changed."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.core.errors import ArchiveError
from monitor.core.schema import Schema
from monitor.core.tableset import TableSet
from monitor.io import atomic, parquet
from monitor.store.archive import Archive

log = logging.getLogger(__name__)

_KEY = "key"
_MADE = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that equal parts are equal files."""


@dataclass(frozen=True, slots=True)
class PartStore:
    """``derived/parts/<step>/<name>.zip``: a part's tables as Parquet, and the digest of what they were made from.

    One file a part, so that tables and digest never belong to different runs. All of them may be removed at any time:
    they are made again.

    Attributes
    ----------
    archive : Archive
        Where they lie.
    made : dict of str to list of str
        By step, the names of the parts that were written through this value.
    is_written : bool
        Whether `write` writes; else kept parts are read alone.
    """

    archive: Archive
    is_written: bool = True
    made: dict[str, list[str]] = field(default_factory=dict)
    _used: set[Path] = field(default_factory=set, repr=False)

    def read(self, step: str, name: str, key: str, schemas: Sequence[Schema]) -> TableSet | None:
        """The tables of a part; None when none were made from `key`, or their file is damaged.

        Parameters
        ----------
        step, name : str
            Of the part; a slash in a name makes a folder.
        key : str
            Digest of what they are made from.
        schemas : sequence of Schema
            Of the tables.
        """
        path = self._path(step, name)
        self._used.add(path)
        with atomic.disk_errors(path):
            content = path.read_bytes() if path.is_file() else b""
        if not content:
            return None
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                if file.read(_KEY).decode() != key:
                    return None
                return TableSet({s: parquet.decode_table(file.read(s.name), s, str(path)) for s in schemas})
        except (zipfile.BadZipFile, KeyError, ArchiveError) as error:
            log.warning("%s: damaged (%s); made again", path, error)
            return None

    def write(self, step: str, name: str, key: str, tables: TableSet) -> None:
        """Keep the tables of a part in place of earlier ones.

        Parameters
        ----------
        step, name : str
            Of the part.
        key : str
            Digest of what they were made from.
        tables : TableSet
            Each under its schema.
        """
        if not self.is_written:
            return
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
            file.writestr(zipfile.ZipInfo(_KEY, _MADE), key)
            for schema in tables:
                file.writestr(zipfile.ZipInfo(schema.name, _MADE), parquet.encode_table(tables[schema]))
        atomic.write_bytes(self._path(step, name), buffer.getvalue())
        self.made.setdefault(step, []).append(name)

    def sweep(self) -> None:
        """Remove the parts that were not asked for through this value: of ports that are no longer there."""
        folder = self.archive.root / "derived" / "parts"
        with atomic.disk_errors(folder):
            for path in [path for path in folder.rglob("*.zip") if path not in self._used]:
                path.unlink()

    def _path(self, step: str, name: str) -> Path:
        *folders, last = map(atomic.safe_name, name.split("/"))
        return self.archive.root.joinpath("derived", "parts", atomic.safe_name(step), *folders, f"{last}.zip")
