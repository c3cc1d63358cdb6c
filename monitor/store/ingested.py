"""The marker of an ingested AIS file: what it added, and the checksum of each part."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd

from monitor.core.errors import ArchiveError
from monitor.core.tables import VESSELS
from monitor.core.timerange import utc
from monitor.io import seal


@dataclass(frozen=True, slots=True)
class Ingested:
    """One ingested file: its key, when, and per day the instants and the number of positions in it.

    Attributes
    ----------
    parts : mapping of str to str
        Each of its parts, relative to the store, with the SHA-256 of its bytes; empty of an older version.
    """

    key: str
    file: str
    written_at: datetime
    spans: tuple[tuple[datetime, datetime, int], ...]
    report: Mapping[str, object] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def reading(self) -> str:
        """What it added, as text: another reading of the same file is another text."""
        return hashlib.sha256(json.dumps([_spans(self), sorted(self.parts.items())]).encode()).hexdigest()[:16]

    @property
    def positions(self) -> int:
        """How many positions it has, repeats of other files included."""
        return sum(count for _, _, count in self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class FileFacts:
    """What a file held beside positions.

    Attributes
    ----------
    report : mapping of str to object
        The reader's counts.
    vessels : VESSELS table
        Static data.
    """

    report: Mapping[str, object] = field(default_factory=dict)
    vessels: pd.DataFrame = field(default_factory=VESSELS.empty)


def encode_marker(done: Ingested) -> bytes:
    """The text of a marker, with a checksum of itself."""
    value = {
        "key": done.key,
        "file": done.file,
        "written_at": done.written_at.isoformat(),
        "spans": _spans(done),
        "report": dict(done.report),
        "parts": dict(done.parts),
    }
    return seal.sealed(json.dumps(value | {seal.KEY: seal.BLANK}, indent=1, sort_keys=True).encode() + b"\n")


def _spans(done: Ingested) -> list[list[object]]:
    return [[start.isoformat(), end.isoformat(), count] for start, end, count in done.spans]


def decode_marker(path: Path) -> Ingested:
    """What a marker states.

    Raises
    ------
    ArchiveError
        It is damaged.
    """
    try:
        value = json.loads(seal.checked(path.read_bytes()))
        spans = tuple((utc(start), utc(end), int(count)) for start, end, count in value["spans"])
        return Ingested(
            value["key"], value["file"], utc(value["written_at"]), spans, value["report"], value.get("parts") or {}
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveError(f"{path}: damaged ({error}); remove it and ingest its file again") from error
