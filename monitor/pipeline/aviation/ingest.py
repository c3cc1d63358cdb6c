"""Files about aircraft into the archive; a file that is in is read again only where that would give something else."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from monitor.aviation.clean import CleanReport
from monitor.core.instants import Order, latest_instant
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.parallel import each
from monitor.core.schema import Schema
from monitor.core.tables import aviation as air
from monitor.core.timerange import utc
from monitor.core.version import VERSION
from monitor.pipeline import boundary
from monitor.pipeline.ais.ingest import file_key
from monitor.sources.aviation.lists import AirLists
from monitor.sources.aviation.reader import air_paths, read_air, trace_name
from monitor.sources.aviation.report import AirFile, AirReport
from monitor.sources.aviation.table import NOT_WATCHED, screened
from monitor.sources.tabular.layouts import LayoutTable
from monitor.store.archive import Archive

log = logging.getLogger(__name__)

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

    @property
    def faults(self) -> tuple[tuple[str, str], ...]:
        """Path and reason of the files that could not be read, and of those of which nothing was kept."""
        return (*self.failures, *((str(r.path), _line(r)) for r in self.reports if r.is_rejected))

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
    if not report.positions and report.rejected.get(NOT_WATCHED):
        line += "; name aircraft in a watch list (--watchlist), or take every one (--all)"
    return f"{line}; {_counts(report.rejected)}" if report.rejected else line


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in counts.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a user says of files.

    Attributes
    ----------
    time_zone : str
        IANA name for stamps without a zone; empty: UTC.
    dates : {"", "day first", "month first"}
        Order of dates such as 10/11/2023, where a file does not show it.
    layouts : mapping of str to LayoutTable
        Layouts of the user's own.
    everyone : bool
        Every aircraft is read, not those of the watch list alone.
    limits : Limits
        What one file may take.
    """

    time_zone: str = ""
    dates: Order = ""
    layouts: Mapping[str, LayoutTable] = field(default_factory=dict)
    everyone: bool = False
    limits: Limits = DEFAULT_LIMITS

    def text(self) -> str:
        """The same as text; another text may give another reading."""
        layouts = "".join(f"{name} {table.model_dump_json()}" for name, table in sorted(self.layouts.items()))
        return f"{self.time_zone} {self.dates} {layouts} {self.everyone}"


def take_files(
    archive: Archive, paths: Sequence[Path], lists: AirLists, *, reading: Reading | None = None
) -> AirIntake:
    """Read traces and published claims into the archive: watched aircraft, and anybody near closed airfields.

    A file of no known layout stops no other. A file is read again when the watch list, the airfields or `reading` have
    changed, and, if nothing was kept of it, by a newer reader; the new reading takes the place of the old one.

    Parameters
    ----------
    archive : Archive
        Where positions and claims go.
    paths : sequence of Path
        Files of any supported layout, or folders of them.
    lists : AirLists
        Aircraft to follow and closed airfields.
    reading : Reading, optional
        What a user says of the files.
    """
    reading = reading or Reading()
    files = air_paths(paths)
    with archive.lock("flights"):
        known = _known(archive)
        contents = {path: file_key(path) for path in files if path.is_file()}
        keys = {path: _key(content, lists, reading) for path, content in contents.items()}
        read_well = {key for key, entry in known.items() if not entry.is_due}
        new = [path for path in files if not {keys.get(path), f"{keys.get(path)}-{VERSION}"} & read_well]
        outcomes = each(lambda path: _read(path, lists, reading), new, step="flights")
        read = [outcome.value for outcome in outcomes if outcome.value is not None]
        before = [entry for entry in known.values() if entry.content in {contents[f.report.path] for f in read}]
        known = {key: entry for key, entry in known.items() if entry not in before}
        replaced = {name for entry in before for name in entry.sources} - {n for e in known.values() for n in e.sources}
        _add(archive, POSITIONS, air.AIR_POSITIONS, [file.positions for file in read], _POSITION_KEY, replaced)
        _add(archive, CLAIMS, air.AIR_CLAIMS, [file.claims for file in read], ["claim_id"], replaced)
        for file in read:
            path = file.report.path
            key = keys[path] + (f"-{VERSION}" if file.report.is_rejected else "")
            ahead = file.report.ahead.isoformat() if file.report.ahead else ""
            known[key] = _Known(path.name, contents[path], (path.name, trace_name(path)), ahead)
        if read:
            entries = {key: asdict(entry) for key, entry in known.items()}
            archive.write_note(FILES, json.dumps(entries, indent=0, sort_keys=True) + "\n")
    return AirIntake(
        tuple(file.report for file in read),
        tuple(path for path in files if path not in new),
        tuple((str(o.item), str(o.error)) for o in outcomes if o.error is not None),
    )


def _read(path: Path, lists: AirLists, reading: Reading) -> AirFile:
    closed = lists.airfields[lists.airfields["closed"]]
    boxes = [
        (lon - _AROUND_DEG, lat - _AROUND_DEG, lon + _AROUND_DEG, lat + _AROUND_DEG)
        for lon, lat in zip(closed["lon"], closed["lat"], strict=True)
    ]
    with boundary.reading(path):
        return read_air(
            path,
            watchlist=None if reading.everyone else lists.watchlist,
            around=boxes,
            time_zone=reading.time_zone or None,
            dates=reading.dates,
            layouts=reading.layouts,
            limits=reading.limits,
        )


def _key(content: str, lists: AirLists, reading: Reading) -> str:
    """What names a file's content and how it is read."""
    seed = f"{content} {lists.digest('watchlist', 'airfields')} {reading.text()}"
    return hashlib.sha256(seed.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Known:
    """A file that is in: its name, its content's key, the names that its rows bear, and what was still to come."""

    name: str
    content: str = ""
    sources: tuple[str, ...] = ()
    ahead: str = ""

    @property
    def is_due(self) -> bool:
        """Whether instants have come since that the clock of the reading had still before it."""
        return bool(self.ahead) and utc(self.ahead) <= latest_instant()


def _known(archive: Archive) -> dict[str, _Known]:
    note = archive.read_note(FILES)
    entries = json.loads(note) if note else {}
    return {
        str(key): _Known(entry["name"], entry["content"], tuple(entry["sources"]), entry.get("ahead", ""))
        if isinstance(entry, dict)
        else _Known(str(entry))
        for key, entry in entries.items()
    }


def stored_positions(archive: Archive) -> tuple[pd.DataFrame, Counter[str]]:
    """AIR_POSITIONS of everything that is in, and how many rows are set aside since their instants cannot be."""
    counts: Counter[str] = Counter()
    table = screened(archive.read_table(POSITIONS, air.AIR_POSITIONS), latest_instant(), counts)
    if counts:
        log.warning("%s: %d stored rows have impossible instants and are left out", POSITIONS, counts.total())
    return table, counts


def _add(
    archive: Archive, name: str, schema: Schema, new: Sequence[pd.DataFrame], key: list[str], replaced: Collection[str]
) -> None:
    """Add rows to a stored table in place of those of replaced files; a row that is there is not added again."""
    filled = [table for table in new if len(table)]
    if not filled and not replaced:
        return
    old = archive.read_table(name, schema)
    old = old[~old["source_file"].isin(replaced)]
    if not filled and old.empty:
        archive.write_table(name, schema.empty())
        return
    both = pd.concat([*([old] if len(old) else []), *filled], ignore_index=True)
    archive.write_table(name, schema.conform(both.drop_duplicates(key, ignore_index=True)))
