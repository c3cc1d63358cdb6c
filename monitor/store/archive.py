"""The archive: scenes, detections, tables and records in one folder. Files are the truth, SQLite an index of them."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from monitor import io
from monitor.core.errors import ArchiveError
from monitor.core.scenes.scene import Acquisition, Raster, Scene
from monitor.core.schema import Schema
from monitor.core.tables import DETECTIONS
from monitor.core.timerange import TimeRange
from monitor.io import atomic, parquet, seal, stac
from monitor.io.remote import is_remote
from monitor.io.stac import FORMAT, check_format, item_acquisition, item_scene
from monitor.store.index import Index, Row
from monitor.store.positions import PositionStore
from monitor.store.records import Record, latest_records, read_records

log = logging.getLogger(__name__)

SCENE_TABLES = ("detections", "coverage", "berths", "stacks", "land")
"""The kinds of table kept one file a scene; an empty file means processed and nothing found."""

SAME_PASS = timedelta(minutes=30)
"""Two starts of one overpass differ by less when a tile comes late; one satellite passes again after 50 min or more."""

LOGS = ("run", "search", "units")
"""Kinds of record of what was done, under ``log/``; the others state what holds, under ``ledger/``."""


class Listed(NamedTuple):
    """A scene as the index lists it."""

    id: str
    aoi_id: str
    sensor: str
    acquired_at: datetime


_NOTE_END = f'\n{{"{seal.KEY}": "{seal.BLANK}"}}\n'


@dataclass(frozen=True, slots=True)
class Archive:
    """One workspace's archive under `root`; made at the first write.

    The value holds a path and nothing open, so it crosses threads and processes. Several processes may use one
    archive at once.

    Attributes
    ----------
    root : Path
        Local, or in an object store (`io.remote.remote_path`): files are the truth there as here, and one machine at a
        time may write.
    local : Path, optional
        A folder of this machine for the index and the locks; `root` when not given.

    Raises
    ------
    ArchiveError
        `root` was written by a newer version of monitor, or is not an archive.
    """

    root: Path
    local: Path | None = None

    def __post_init__(self) -> None:
        if isinstance(self.root, str):
            object.__setattr__(self, "root", Path(self.root))
        marker = self.root / "archive.json"
        with atomic.disk_errors(marker):
            text = marker.read_text(encoding="utf-8") if marker.is_file() else None
        if text is None:
            return
        try:
            version = json.loads(text).get("format")
        except (ValueError, AttributeError) as error:
            raise ArchiveError(f'{marker}: damaged; write {{"format": {FORMAT}}} into it') from error
        check_format(version, str(marker))

    # scenes

    def write_scene(
        self, acquisition: Acquisition, raster: Raster, request: Mapping[str, object] | None = None
    ) -> Scene:
        """Archive the pixels of an acquisition, item last; an earlier scene of that id is replaced.

        Parameters
        ----------
        acquisition : Acquisition
        raster : Raster
        request : mapping of str to object, optional
            What was requested of the source as JSON values, without secrets; kept as ``request.json``.

        Raises
        ------
        ArchiveError
            The disk is full or read-only; the archive is as before, and running again goes on.

        Notes
        -----
        A replaced scene loses its detections, coverage and states, since they were of other pixels, and its item
        names the products that it supersedes.
        """
        folder = self.folder(acquisition)
        content = {"pixels.tif": io.cog.encode_pixels(raster, simulated=acquisition.simulated)}
        content["mask.tif"] = io.cog.encode_mask(raster)
        content["request.json"] = _json(request or {})
        with self.lock_scene(acquisition.id):
            self._begin()
            old = stac.read_item(folder) if (folder / "item.json").is_file() else None
            replaces = () if old is None else _superseded(item_acquisition(old), acquisition)
            if old is not None:
                log.info(
                    "%s: replaces the scene made from %s", acquisition.id, ", ".join(replaces) or "the same products"
                )
                self._withdraw(acquisition.id, folder)
            for name, data in content.items():
                atomic.write_bytes(folder / name, data)
            checks = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
            pixels = stac.PixelFacts.of(raster)
            made = io.stac_item.scene_item(acquisition, pixels, replaces=replaces, checks=checks)
            atomic.write_bytes(folder / "item.json", io.stac_item.encode_item(made))
            item = stac.read_item(folder)
            self.index.add([(self._relative(folder), item, acquisition)])
        return item_scene(item, folder)

    def folder(self, acquisition: Acquisition) -> Path:
        """Where an acquisition's scene lies, or would lie."""
        at = acquisition.acquired_at
        parts = (acquisition.aoi_id, acquisition.sensor, f"{at:%Y}", f"{at:%m}", acquisition.id)
        return self.root.joinpath("scenes", *(atomic.safe_name(part) for part in parts))

    def missing(self, acquisitions: Iterable[Acquisition]) -> list[Acquisition]:
        """Those of which no scene is archived, in their order.

        A scene whose writer was killed before it entered the index is found by its file and entered now.
        """
        listed = list(acquisitions)
        known = {row.scene_id for row in self._rows({acquisition.id for acquisition in listed})}
        unknown = [acquisition for acquisition in listed if acquisition.id not in known]
        found = [a for a in unknown if (self.folder(a) / "item.json").is_file()]
        for acquisition in found:
            self.index.add([self._entry(self.folder(acquisition))])
        return [acquisition for acquisition in unknown if acquisition not in found]

    def outdated(self, acquisitions: Iterable[Acquisition]) -> list[Acquisition]:
        """Those whose scene was made from other products than the same source lists now, in their order.

        A product was processed again, or a tile came late: fetch again, and `write_scene` replaces the old one. Fewer
        products than were used do not count: a catalog that loses a tile makes no scene better. Nor does another time:
        a file that took the name of another scene replaces none.
        """
        listed = list(acquisitions)
        rows = self._rows({acquisition.id for acquisition in listed})
        known = {row.scene_id: item_acquisition(json.loads(row.item)) for row in rows}
        pairs = [(a, known[a.id]) for a in listed if a.id in known]
        return [
            a
            for a, old in pairs
            if old.source == a.source and not set(a.product_ids) <= set(old.product_ids) and _is_same_pass(a, old)
        ]

    def scenes(
        self, aoi_id: str | None = None, period: TimeRange | None = None, *, sensor: str | None = None
    ) -> list[Scene]:
        """Archived scenes in order of time; empty when there is none.

        Parameters
        ----------
        aoi_id : str, optional
        period : TimeRange, optional
            In which the middle of the acquisition lies.
        sensor : str, optional
            ``s2`` or ``s1``; scenes of all by default.
        """
        if not self._exists():
            return []
        items = self._index().items(aoi_id, period, sensor=sensor)
        return [item_scene(item, self.root / path) for path, item in items]

    def listed(self) -> list[Listed]:
        """Which scenes are archived, in order of time, without reading what each is: for thousands of them."""
        rows = self._index().rows() if self._exists() else []
        return [Listed(row.scene_id, row.aoi_id, row.sensor, datetime.fromisoformat(row.acquired_at)) for row in rows]

    def acquisitions(
        self, aoi_id: str | None = None, period: TimeRange | None = None, *, sensor: str | None = None
    ) -> list[Acquisition]:
        """The acquisitions of the archived scenes, in order of time.

        Parameters
        ----------
        aoi_id : str, optional
        period : TimeRange, optional
            In which the middle of the acquisition lies.
        sensor : str, optional
            ``s2`` or ``s1``; scenes of all by default.
        """
        return [scene.acquisition for scene in self.scenes(aoi_id, period, sensor=sensor)]

    def scene(self, scene_id: str) -> Scene:
        """One archived scene.

        Raises
        ------
        ArchiveError
            There is none of that id.
        """
        path, item = self._find(scene_id)
        return item_scene(item, path)

    def item(self, scene_id: str) -> dict[str, object]:
        """The STAC item of one archived scene; `ArchiveError` when there is none."""
        return self._find(scene_id)[1]

    def read_raster(self, scene_id: str) -> Raster:
        """The pixels of one archived scene.

        Raises
        ------
        ArchiveError
            There is no such scene, or its files are damaged.
        """
        path, item = self._find(scene_id)
        pixels = stac.item_pixels(item)
        checks = stac.item_checks(item)
        return io.cog.read_raster(path, scale=pixels.scale, offset=pixels.offset, checks=checks)

    def scene_file(self, scene_id: str, name: str) -> bytes:
        """A file of one archived scene as it was written, such as ``request.json``.

        Raises
        ------
        ArchiveError
            There is no such scene, or the file is missing or damaged.
        """
        path, item = self._find(scene_id)
        return stac.read_file(path, name, stac.item_checks(item).get(name, ""))

    # tables

    def write_scene_table(self, kind: str, key: str, scene_id: str, df: pd.DataFrame) -> None:
        """Write one scene's rows of a kind.

        Parameters
        ----------
        kind : str
            One of `SCENE_TABLES`.
        key : str
            Of the detector or method.
        scene_id : str
        df : DataFrame
            Empty when the scene was processed and nothing found.
        """
        self._begin()
        atomic.write_bytes(self._scene_table(kind, key, scene_id), parquet.encode_table(df))

    def scenes_without(self, kind: str, key: str, scene_ids: Iterable[str]) -> list[str]:
        """Those of the scenes that `key` has not processed; one listing of a folder, however many scenes.

        Parameters
        ----------
        kind : str
            One of `SCENE_TABLES`.
        key : str
            Of the detector or method.
        scene_ids : iterable of str
        """
        done = atomic.names(self.root / kind / atomic.safe_name(key))
        return [scene_id for scene_id in scene_ids if f"{atomic.safe_name(scene_id)}.parquet" not in done]

    def read_scene_tables(self, kind: str, key: str, schema: Schema, scenes: Iterable[Scene]) -> pd.DataFrame:
        """The rows that `key` made of some scenes, in their order; the schema's empty table when none.

        Parameters
        ----------
        kind : str
            One of `SCENE_TABLES`.
        key : str
            Of the detector or method.
        schema : Schema
            Of the rows.
        scenes : iterable of Scene
            Those for which `key` made no table give no rows.

        Raises
        ------
        ArchiveError
            A file is damaged or of another version.
        """
        paths = [self._scene_table(kind, key, scene.id) for scene in scenes]
        return parquet.read_tables([path for path in paths if path.is_file()], schema)

    def write_detections(self, key: str, scene_id: str, df: pd.DataFrame) -> None:
        """Write what a detector found in one scene.

        Parameters
        ----------
        key : str
            Of the detector.
        scene_id : str
        df : DETECTIONS table
            Empty when it found nothing.
        """
        self.write_scene_table("detections", key, scene_id, DETECTIONS.conform(df))

    def write_table(self, name: str, df: pd.DataFrame) -> bool:
        """Write ``derived/<name>.parquet``; False when the file held the same bytes and was left alone."""
        self._begin()
        return atomic.write_if_changed(self._derived(name, ".parquet"), parquet.encode_table(df))

    def read_table(self, name: str, schema: Schema) -> pd.DataFrame:
        """The table of that name; the schema's empty one when it was never written."""
        path = self._derived(name, ".parquet")
        return parquet.read_tables([path] if path.is_file() else [], schema)

    def write_note(self, name: str, text: str) -> None:
        """Write a short text as ``derived/<name>.txt``, such as the digest of what a table was made from."""
        self._begin()
        atomic.write_if_changed(self._derived(name, ".txt"), seal.sealed((text + _NOTE_END).encode()))

    def read_note(self, name: str) -> str:
        """That text, or ``""``.

        Raises
        ------
        ArchiveError
            The file is damaged.
        """
        path = self._derived(name, ".txt")
        with atomic.disk_errors(path):
            content = path.read_bytes() if path.is_file() else b""
        try:
            text = seal.checked(content).decode()
        except ValueError as error:
            raise ArchiveError(f"{path}: damaged ({error}); remove it and run `monitor run --due`") from error
        return text[: -len(_NOTE_END)] if seal.is_sealed(content) else text

    def digest(self, *folders: str) -> str:
        """A hash of the content of these folders of the archive, whatever their times: a copy has the same.

        Positions count by the files they came from.
        """
        named = [self.root / folder / ("ingested" if folder == "positions" else "") for folder in folders]
        return atomic.digest(*named)

    def item_marks(self) -> dict[str, dict[str, str]]:
        """By AOI, a mark of the content of each scene's item, by its path: items name what scenes were made from."""
        found: dict[str, dict[str, str]] = {}
        for name, mark in atomic.marks(self.root / "scenes", "item.json").items():
            found.setdefault(name.split("/")[1], {})[name] = mark
        return found

    def scene_table_marks(self, kind: str, key: str) -> dict[str, str]:
        """By scene id, a mark of the content of each table that `key` made.

        Parameters
        ----------
        kind : str
            One of `SCENE_TABLES`.
        key : str
            Of the detector or method.
        """
        folder = self.root / kind / atomic.safe_name(key)
        found = atomic.marks(folder, ".parquet")
        return {name.rpartition("/")[2].removesuffix(".parquet"): mark for name, mark in found.items()}

    # records

    def record(self, *records: Record) -> None:
        """Write records, all of one kind or none: a line each in ``ledger/<kind>.jsonl`` (`LOGS` in ``log/``).

        What was written counts at once and for every process: the file is what `records` reads.
        """
        self._begin()
        for kind in dict.fromkeys(record.kind for record in records):
            with self.lock("ledger"):
                lines = [record.to_json() for record in records if record.kind == kind]
                atomic.append_lines(self._records_file(kind), lines)

    def records(self, kind: str, *, since: datetime | None = None) -> list[Record]:
        """The records of a kind in the order written, the last of each id only; empty when there is none.

        Raises
        ------
        ArchiveError
            A line is damaged.
        """
        records = latest_records(read_records(self._records_file(kind)))
        return [record for record in records if since is None or record.at >= since]

    def records_state(self, kind: str) -> str:
        """A text that changes with every record of a kind; "" when there is none."""
        path = self._records_file(kind)
        with atomic.disk_errors(path):
            return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    # maintenance

    @property
    def index(self) -> Index:
        """The index of this archive."""
        return Index((self.local or self.root) / "index.sqlite")

    @property
    def positions(self) -> PositionStore:
        """The AIS positions beside the scenes."""
        return PositionStore(self.root / "positions", self.local)

    def absolute(self) -> Archive:
        """The same archive by its absolute path, for workers in other folders."""
        return Archive(self.root.resolve(), self.local.resolve() if self.local else None)

    @contextmanager
    def lock_scene(self, scene_id: str) -> Iterator[None]:
        """Lock a scene against other threads and processes; check `missing` again inside, then fetch and write."""
        with self.lock(atomic.safe_name(scene_id)):
            yield

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Lock a name against other threads and processes; a thread that has the lock may enter again."""
        with atomic.locked((self.local or self.root) / "log" / ".locks" / f"{name}.lock", is_singleton=True):
            yield

    def reindex(self) -> int:
        """Rebuild the index from the files and remove what killed processes left; the number of scenes.

        Raises
        ------
        ArchiveError
            The disk cannot be written, or an item is damaged (the message names it).
        """
        self._begin()
        with self.lock("reindex"):
            atomic.sweep(self.root)
            scenes = [self._entry(self.root / "scenes" / name) for name in self._folders()]
            try:
                self.index.rebuild(scenes)
            except ArchiveError:
                with atomic.disk_errors(self.index.path):
                    self.index.discard()
                self.index.rebuild(scenes)
        return len(scenes)

    def recover(self) -> int:
        """Remove what killed processes left, and let the index follow the files; how many scenes it had wrong.

        A scene whose writer died before it entered the index is entered; one whose folder was removed is taken out.

        Raises
        ------
        ArchiveError
            The disk cannot be written, or an item or the index is damaged.
        """
        atomic.sweep(self.root)
        if not self._exists():
            return 0
        listed = {row.path: row.scene_id for row in self._index().rows()}
        there = {f"scenes/{name}" for name in self._folders()}
        gone, new = listed.keys() - there, there - listed.keys()
        for path in gone:
            self.index.forget(listed[path])
        if new:
            self.index.add([self._entry(self.root / path) for path in sorted(new)])
        return len(gone) + len(new)

    def _begin(self) -> None:
        marker = self.root / "archive.json"
        if not marker.is_file():
            atomic.write_bytes(marker, _json({"format": FORMAT, "is": "an archive of maritime-monitor"}))

    def _exists(self) -> bool:
        return (self.root / "archive.json").is_file()

    def _index(self) -> Index:
        if not self.index.is_current():
            self.reindex()
        return self.index

    def _rows(self, ids: Collection[str]) -> list[Row]:
        return self._index().rows(ids) if self._exists() and ids else []

    def _find(self, scene_id: str) -> tuple[Path, dict[str, object]]:
        found = self._index().find(scene_id) if self._exists() else None
        if found is None:
            raise ArchiveError(f"{self.root}: no scene {scene_id}; `monitor status` lists what is there")
        return self.root / found[0], found[1]

    def _entry(self, folder: Path) -> tuple[str, dict[str, object], Acquisition]:
        item = stac.read_item(folder)
        return self._relative(folder), item, item_acquisition(item)

    def _withdraw(self, scene_id: str, folder: Path) -> None:
        """Index first, item last: cut off midway, a scene is entered again or missing, never listed without files."""
        self._index().forget(scene_id)
        with atomic.disk_errors(folder):
            for kind in SCENE_TABLES:
                for path in (self.root / kind).glob(f"*/{scene_id}.parquet"):
                    path.unlink(missing_ok=True)
            (folder / "item.json").unlink(missing_ok=True)

    def _scene_table(self, kind: str, key: str, scene_id: str) -> Path:
        return self.root / atomic.safe_name(kind) / atomic.safe_name(key) / f"{atomic.safe_name(scene_id)}.parquet"

    def _derived(self, name: str, suffix: str) -> Path:
        return self.root / "derived" / f"{atomic.safe_name(name)}{suffix}"

    def _records_file(self, kind: str) -> Path:
        return self.root / ("log" if kind in LOGS else "ledger") / f"{atomic.safe_name(kind)}.jsonl"

    def _folders(self) -> list[str]:
        """Where scenes lie below ``scenes/``, by their items."""
        top = self.root / "scenes"
        if is_remote(top):
            return sorted(path.parent.relative_to(top).as_posix() for path in top.glob("*/*/*/*/*/item.json"))
        return sorted(folder for folder, names in atomic.walk(top) if "item.json" in names)

    def _relative(self, folder: Path) -> str:
        return folder.relative_to(self.root).as_posix()


def _json(values: Mapping[str, object]) -> bytes:
    return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()


def _is_same_pass(one: Acquisition, other: Acquisition) -> bool:
    return abs(one.start - other.start) <= SAME_PASS and abs(one.end - other.end) <= SAME_PASS


def _superseded(old: Acquisition, new: Acquisition) -> tuple[str, ...]:
    return tuple(product for product in old.product_ids if product not in new.product_ids)
