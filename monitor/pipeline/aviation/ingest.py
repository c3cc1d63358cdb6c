"""Files about aircraft into the archive; a file that is in is not read again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from monitor.aviation.clean import CleanReport
from monitor.core.parallel import each
from monitor.core.schema import Schema
from monitor.core.tables import aviation as air
from monitor.pipeline.ais.ingest import file_key
from monitor.pipeline.boundary import reading
from monitor.sources.aviation.lists import AirLists
from monitor.sources.aviation.reader import AirFile, AirReport, air_paths, read_air
from monitor.store.archive import Archive

POSITIONS, CLAIMS, FILES = "air_positions", "air_claims", "air_files"
_AROUND_DEG = 4.0
_POSITION_KEY = ["icao24", "registration", "t", "lon", "lat"]


@dataclass(frozen=True, slots=True)
class AirIntake:
    """What became of several files.

    Attributes
    ----------
    reports : tuple of AirReport
        Of the files that were read now.
    known : tuple of Path
        Files that were in already.
    failures : tuple of tuple of str
        Path and reason of files that could not be read.
    cleaned : CleanReport
        Positions of everything that is in that were left out or flagged.
    """

    reports: tuple[AirReport, ...] = ()
    known: tuple[Path, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    cleaned: CleanReport = field(default_factory=CleanReport)

    def as_json(self) -> dict[str, object]:
        """For scripts."""
        rows = [
            {
                "file": r.path.name,
                "format": r.format,
                "rows": r.rows,
                "positions": r.positions,
                "claims": r.claims,
                "rejected": dict(r.rejected),
                "cut_off": r.cut_off,
            }
            for r in self.reports
        ]
        shifted = [{"icao24": k[0], "file": k[1], "hours_ahead": v} for k, v in self.cleaned.shifted.items()]
        return {
            "files": rows,
            "already_in": [path.name for path in self.known],
            "failures": [{"path": path, "error": why} for path, why in self.failures],
            "cleaned": {
                "left_out": dict(self.cleaned.dropped),
                "flagged": dict(self.cleaned.flagged),
                "shifted": shifted,
            },
        }

    def text(self) -> str:
        """A line a file, then what cleaning left out of everything that is in."""
        lines = [_line(report) for report in self.reports]
        lines += [f"{path.name}: already in" for path in self.known]
        lines += [f"failed {path}: {why}" for path, why in self.failures]
        lines += [
            f"{word}: {_counts(counts)}"
            for word, counts in (
                ("left out of all that is in", self.cleaned.dropped),
                ("flagged in all that is in", self.cleaned.flagged),
            )
            if counts
        ]
        lines += [
            f"clock in local time: {name} ({icao24}) is {hours:+g} h off; its positions are left out"
            for (icao24, name), hours in self.cleaned.shifted.items()
        ]
        return "\n".join(lines) or "no files"


def _line(report: AirReport) -> str:
    found = f"{report.positions} positions" if report.positions or not report.claims else f"{report.claims} claims"
    line = f"{report.path.name}: {report.format}, {report.rows} rows, {found}"
    return f"{line}; {_counts(report.rejected)}" if report.rejected else line


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items())


def take_files(archive: Archive, paths: Sequence[Path], lists: AirLists, *, time_zone: str | None = None) -> AirIntake:
    """Read traces and published claims into the archive: watched aircraft, and anybody near closed airfields.

    A file of no known layout stops no other. A file is read again when the watch list or the airfields have changed.

    Parameters
    ----------
    archive : Archive
        Where positions and claims go.
    paths : sequence of Path
        Files of any supported layout, or folders of them.
    lists : AirLists
        Aircraft to follow and closed airfields.
    time_zone : str, optional
        IANA name for stamps without a zone.
    """
    files = air_paths(paths)
    with archive.lock("flights"):
        known = _known(archive)
        keys = {path: key for path in files if (key := _key(path, lists, time_zone))}
        new = [path for path in files if keys.get(path) not in known]
        outcomes = each(lambda path: _read(path, lists, time_zone), new)
        read = [outcome.value for outcome in outcomes if outcome.value is not None]
        _add(archive, POSITIONS, air.AIR_POSITIONS, [file.positions for file in read], _POSITION_KEY)
        _add(archive, CLAIMS, air.AIR_CLAIMS, [file.claims for file in read], ["claim_id"])
        for file in read:
            known[keys[file.report.path]] = file.report.path.name
        if read:
            archive.write_note(FILES, json.dumps(known, indent=0, sort_keys=True) + "\n")
    return AirIntake(
        tuple(file.report for file in read),
        tuple(path for path in files if path not in new),
        tuple((str(o.item), str(o.error)) for o in outcomes if o.error is not None),
    )


def _read(path: Path, lists: AirLists, time_zone: str | None) -> AirFile:
    closed = lists.airfields[lists.airfields["closed"]]
    boxes = [
        (lon - _AROUND_DEG, lat - _AROUND_DEG, lon + _AROUND_DEG, lat + _AROUND_DEG)
        for lon, lat in zip(closed["lon"], closed["lat"], strict=True)
    ]
    with reading(path):
        return read_air(path, watchlist=lists.watchlist, around=boxes, time_zone=time_zone)


def _key(path: Path, lists: AirLists, time_zone: str | None) -> str:
    """What names a file's content and how it was read; empty when it is not there."""
    if not path.is_file():
        return ""
    seed = f"{file_key(path)} {lists.digest('watchlist', 'airfields')} {time_zone or ''}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


def _known(archive: Archive) -> dict[str, str]:
    note = archive.read_note(FILES)
    return {str(key): str(name) for key, name in json.loads(note).items()} if note else {}


def _add(archive: Archive, name: str, schema: Schema, new: Sequence[pd.DataFrame], key: list[str]) -> None:
    """Add rows to a stored table; a row that is there already is not added again."""
    filled = [table for table in new if len(table)]
    if not filled:
        return
    old = archive.read_table(name, schema)
    both = pd.concat([*([old] if len(old) else []), *filled], ignore_index=True)
    archive.write_table(name, schema.conform(both.drop_duplicates(key, ignore_index=True)))
