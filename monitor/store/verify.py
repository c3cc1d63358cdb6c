"""Whether the files of an archive are what was written, by their checksums: bit rot gives no error by itself."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.core.errors import ArchiveError
from monitor.io import seal, stac
from monitor.store.archive import SCENE_TABLES, Archive
from monitor.store.positions import PositionStore
from monitor.store.records import read_lines

_ASSETS = ("pixels.tif", "mask.tif", "request.json")
_REMEDIES = {
    "scenes": "remove its folder, run `monitor reindex` and pull the scene again",
    "positions": "remove its file's marker in positions/ingested/ and ingest its file again",
    "derived": "remove it and run `monitor run --due`",
    "ledger": "put the line back from a backup, or remove it and with it what it recorded",
    "log": "remove the line",
    "index.sqlite": "monitor reindex",
    **dict.fromkeys(SCENE_TABLES, "remove it and run `monitor run --due`"),
}


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is not what was written: where, what is wrong, and what to do."""

    path: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a check of files.

    Attributes
    ----------
    checked : int
        How many files were compared with their checksums.
    unknown : tuple of str
        Files of older versions, which carry none.
    damaged : tuple of Damage
        Those that are not what was written.
    """

    checked: int
    unknown: tuple[str, ...] = ()
    damaged: tuple[Damage, ...] = ()

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        rows = [{"path": d.path, "what": d.what, "remedy": d.remedy} for d in self.damaged]
        return {"checked": self.checked, "without_checksum": list(self.unknown), "damaged": rows}

    def text(self) -> str:
        """A line for all, and two for each damaged file."""
        first = f"{self.checked} files checked, {len(self.damaged)} damaged"
        first += f"; {len(self.unknown)} of an older version carry no checksum" if self.unknown else ""
        return "\n".join([first, *(f"BAD  {d.path}: {d.what}\n     fix: {d.remedy}" for d in self.damaged)])


def verify(archive: Archive, positions: PositionStore, *, sample: int | None = None) -> Verification:
    """Compare every file of an archive, or a random `sample` of them, with its checksum.

    Parameters
    ----------
    archive : Archive
        Scenes, tables and records.
    positions : PositionStore
        AIS positions.
    sample : int, optional
        How many files; all when not given.
    """
    files, damaged = list[tuple[Path, str]](), list[Damage]()
    try:
        files += _files(archive, positions, damaged)
    except ArchiveError as error:
        damaged.append(_damage(archive.root, archive.root / "index.sqlite", str(error)))
    chosen = files if sample is None or sample >= len(files) else random.sample(files, sample)
    unknown = []
    for path, check in chosen:
        fault = _fault(path, check)
        if fault is None:
            unknown.append(path.relative_to(archive.root).as_posix())
        elif fault:
            damaged.append(_damage(archive.root, path, fault))
    return Verification(len(chosen) - len(unknown), tuple(unknown), tuple(damaged))


def _files(archive: Archive, positions: PositionStore, damaged: list[Damage]) -> Iterator[tuple[Path, str]]:
    """Each file with the SHA-256 that another file states of it, "" where it carries its own."""
    root = archive.root
    for item in sorted((root / "scenes").glob("*/*/*/*/*/item.json")):
        yield item, ""
        if not _fault(item, ""):
            known = stac.item_checks(stac.read_item(item.parent))
            yield from (
                (item.parent / name, known.get(name, "")) for name in ("pixels.tif", "mask.tif", "request.json")
            )
    for kind in SCENE_TABLES:
        yield from ((path, "") for path in sorted((root / kind).glob("*/*.parquet")))
    for pattern in ("derived/*.parquet", "derived/*.txt", "ledger/*.jsonl", "log/*.jsonl"):
        yield from ((path, "") for path in sorted(root.glob(pattern)))
    yield from ((path, "") for path in sorted(positions.root.glob("*.parquet")))
    markers = sorted((positions.root / "ingested").glob("*.json"))
    yield from ((path, "") for path in markers)
    if not any(_fault(path, "") for path in markers):
        yield from (part for parts in positions.parts().values() for part in parts)
    if archive.index.path.is_file():
        listed = {row.path: row.item for row in archive.index.rows()}
        there = {item.parent.relative_to(root).as_posix() for item in (root / "scenes").glob("*/*/*/*/*/item.json")}
        if listed.keys() != there:
            what = f"lists {len(listed)} scenes, and there are {len(there)}"
            damaged.append(_damage(root, archive.index.path, what))


def _fault(path: Path, check: str) -> str | None:
    """What is wrong with a file, "" when nothing is, None when it carries no checksum."""
    if path.suffix == ".jsonl":
        faults = [f"line {line.number}: {line.fault}" for line in read_lines(path) if line.fault and not line.is_cut]
        return "; ".join(faults[:3])
    try:
        content = path.read_bytes()
        if check:
            return "" if hashlib.sha256(content).hexdigest() == check else "its bytes are not those that were written"
        return "" if seal.is_sealed(seal.checked(content)) else None
    except (OSError, ValueError) as error:
        return str(error)


def _damage(root: Path, path: Path, what: str) -> Damage:
    parts = path.relative_to(root).parts
    return Damage(path.relative_to(root).as_posix(), what, _REMEDIES.get(parts[0] if parts else "", "monitor reindex"))
