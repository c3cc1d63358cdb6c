"""AIS positions as Parquet by day. History is never rewritten: every file read in adds parts of its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from monitor.ais.sorting import in_order
from monitor.core.errors import ArchiveError
from monitor.core.tables import POSITIONS, VESSELS
from monitor.core.timerange import TimeRange, utc
from monitor.io import atomic, parquet
from monitor.store.position_parts import Bounds, PartWriter, read_part, select_rows

SAME_DEG = 1e-4
"""Two positions of one MMSI and instant closer than this (some 10 m) are one, rounded by different feeds."""
_SLIM = ("mmsi", "t", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Ingested:
    """One ingested file: its key, when, and per day the instants and the number of positions in it."""

    key: str
    file: str
    written_at: datetime
    spans: tuple[tuple[datetime, datetime, int], ...]
    report: Mapping[str, object] = field(default_factory=dict)

    @property
    def positions(self) -> int:
        """How many positions it has, repeats of other files included."""
        return sum(count for _, _, count in self.spans)


@dataclass(frozen=True, slots=True)
class PositionStore:
    """Positions under `root`: ``date=2024-03-01/<key>-0000.parquet``, sorted by MMSI and time within each file.

    The value holds a path and nothing open, so it crosses processes. ``ingested/<key>.json`` is written last and states
    what a file added and when, which is how late data are found.
    """

    root: Path

    # writing

    def append(
        self, tables: Iterable[pd.DataFrame], *, key: str, file: str = "", now: datetime | None = None
    ) -> Ingested:
        """Add POSITIONS tables under a key; either all of them arrive or none.

        Parameters
        ----------
        tables : iterable of POSITIONS
            Read one by one; about `FLUSH_ROWS` rows are held at a time.
        key : str
            Names the parts, e.g. the hash of the file read. Appending under a key that is there replaces its parts.
        file : str
            The file's name, for people.
        now : datetime, optional
            When this is; the clock by default.

        Raises
        ------
        ArchiveError
            The disk is full, read-only or failing.
        """
        writer = PartWriter(self.root, atomic.safe_name(key))
        try:
            for table in tables:
                writer.add(table)
            writer.flush()
        except BaseException:
            writer.discard()
            raise
        self._forget(key)
        writer.publish()
        done = Ingested(key, file, utc(now) if now else datetime.now(tz=UTC), writer.spans())
        self.write_report(done)
        return done

    def write_report(self, done: Ingested) -> None:
        """Write what an ingest added; `done.report` may hold the reader's counts.

        Raises
        ------
        ArchiveError
            The disk is full, read-only or failing.
        """
        atomic.write_bytes(self._marker(done.key), _encode(done))

    def write_vessels(self, vessels: pd.DataFrame) -> None:
        """Add static data (VESSELS); the latest value that is not empty wins.

        Raises
        ------
        ArchiveError
            The disk is full, read-only or failing.
        """
        if vessels.empty:
            return
        with atomic.disk_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".vessels.lock"):
            words = ["imo", "name", "callsign", "source_file"]
            both = pd.concat([self.vessels(), vessels], ignore_index=True) if len(self.vessels()) else vessels
            both = both.assign(**{c: both[c].replace("", pd.NA) for c in words})
            last = both.groupby("mmsi", sort=True).last().reset_index()
            last[words] = last[words].fillna("")
            atomic.write_bytes(self.root / "vessels.parquet", parquet.encode_table(VESSELS.conform(last)))

    def _forget(self, key: str) -> None:
        with atomic.disk_errors(self.root):
            self._marker(key).unlink(missing_ok=True)
            for path in self.root.glob(f"date=*/{key}-*.parquet"):
                path.unlink()

    def _marker(self, key: str) -> Path:
        return self.root / "ingested" / f"{atomic.safe_name(key)}.json"

    # reading

    def has(self, key: str) -> bool:
        """Whether a file of this key is in."""
        return self._marker(key).is_file()

    def report(self, key: str) -> Mapping[str, object]:
        """What the reader counted in the file of this key; empty when nothing was recorded.

        Raises
        ------
        ArchiveError
            The record is damaged.
        """
        return _decode(self._marker(key)).report

    def withdraw(self, key: str) -> bool:
        """Remove the positions of a file; whether it was in. Static data that it gave stays.

        Raises
        ------
        ArchiveError
            The disk is read-only or failing.
        """
        known = self.has(key)
        self._forget(atomic.safe_name(key))
        return known

    def ingested(self) -> tuple[Ingested, ...]:
        """Everything that was ingested, in order of time.

        Raises
        ------
        ArchiveError
            A record is damaged.
        """
        return tuple(sorted((_decode(p) for p in (self.root / "ingested").glob("*.json")), key=lambda d: d.written_at))

    def vessels(self) -> pd.DataFrame:
        """VESSELS; empty without static data."""
        path = self.root / "vessels.parquet"
        return parquet.read_tables([path] if path.is_file() else [], VESSELS)

    def days(self, period: TimeRange | None = None) -> tuple[date, ...]:
        """The UTC days with positions, in order; those that touch `period` when it is given."""
        found = sorted(date.fromisoformat(p.name.removeprefix("date=")) for p in self.root.glob("date=*") if p.is_dir())
        if period is None:
            return tuple(found)
        return tuple(day for day in found if period.overlaps(*_bounds(day)))

    def read(
        self,
        period: TimeRange | None = None,
        *,
        bounds: Bounds | None = None,
        mmsi: Sequence[int] | None = None,
        bucket: tuple[int, int] | None = None,
    ) -> pd.DataFrame:
        """POSITIONS in order of MMSI and time, each once; empty when there is none.

        Parameters
        ----------
        period : TimeRange, optional
        bounds : tuple of float, optional
            (west, south, east, north) in degrees; west greater than east crosses the antimeridian.
        mmsi : sequence of int, optional
            Only these.
        bucket : tuple of int, optional
            (i, n): only vessels whose MMSI leaves i when divided by n.

        Raises
        ------
        ArchiveError
            A part is damaged.
        """
        parts = [self._day(day, tuple(POSITIONS.columns), bounds, mmsi, bucket) for day in self.days(period)]
        parts = [part for part in parts if len(part)]
        if not parts:
            return POSITIONS.empty()
        table = pd.concat(parts, ignore_index=True)
        if period is not None:
            table = table[(table["t"] >= period.start) & (table["t"] < period.end)]
        return POSITIONS.conform(table.iloc[in_order(table).order])

    def day_batches(
        self, period: TimeRange | None = None, *, bucket: tuple[int, int] = (0, 1)
    ) -> Iterator[tuple[pd.DataFrame, datetime]]:
        """``mmsi, t, lon, lat`` of one day after the other, with the instant at which the day ends.

        `bucket` (i, n) keeps the vessels whose MMSI leaves i when divided by n. What `ais.gaps_by_batch` reads.

        Raises
        ------
        ArchiveError
            A part is damaged.
        """
        for day in self.days(period):
            end = _bounds(day)[1] + timedelta(microseconds=1)
            table = self._day(day, _SLIM, None, None, bucket)
            if period is not None:
                table = table[(table["t"] >= period.start) & (table["t"] < period.end)]
                end = min(end, period.end)
            yield table, end

    def late_scenes(
        self, scenes: pd.DataFrame, *, known: Collection[str], within: timedelta = timedelta(hours=12)
    ) -> list[str]:
        """Ids of scenes whose matches must be made again, in the order given.

        Parameters
        ----------
        scenes : DataFrame
            `scene_id` and `acquired_at`.
        known : collection of str
            Keys of the files whose positions the matches were made with; no clock takes part.
        within : timedelta
            Positions nearer than this to the scene's instant may change a match.
        """
        late = pd.Series(False, index=scenes.index)
        for done in self.ingested():
            if done.key in known:
                continue
            for start, end, _ in done.spans:
                late |= scenes["acquired_at"].between(pd.Timestamp(start - within), pd.Timestamp(end + within))
        return [str(scene) for scene in scenes.loc[late, "scene_id"]]

    def _day(
        self,
        day: date,
        columns: Sequence[str],
        bounds: Bounds | None,
        mmsi: Sequence[int] | None,
        bucket: tuple[int, int] | None,
    ) -> pd.DataFrame:
        """One day's rows, each once; parts of an ingest that was cut off before its record do not count."""
        whole = {path.stem for path in (self.root / "ingested").glob("*.json")}
        parts = [
            select_rows(read_part(path, columns), bounds, mmsi, bucket)
            for path in sorted((self.root / f"date={day.isoformat()}").glob("*.parquet"))
            if path.stem.rpartition("-")[0] in whole
        ]
        if not parts:
            return POSITIONS.empty()[list(columns)]
        table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
        rows = in_order(table)
        repeated = np.zeros(len(rows.t), dtype=bool)
        lon, lat = rows.given_lon[rows.order], rows.given_lat[rows.order]
        same = (np.diff(rows.mmsi) == 0) & (np.diff(rows.t) == 0)
        repeated[1:] = same & (np.abs(np.diff(lon)) <= SAME_DEG) & (np.abs(np.diff(lat)) <= SAME_DEG)
        return table.iloc[rows.order[~repeated]].reset_index(drop=True)


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def _encode(done: Ingested) -> bytes:
    value = {
        "key": done.key,
        "file": done.file,
        "written_at": done.written_at.isoformat(),
        "spans": [[start.isoformat(), end.isoformat(), count] for start, end, count in done.spans],
        "report": dict(done.report),
    }
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"


def _decode(path: Path) -> Ingested:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        spans = tuple((utc(start), utc(end), int(count)) for start, end, count in value["spans"])
        return Ingested(value["key"], value["file"], utc(value["written_at"]), spans, value["report"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{path}: damaged ({error}); remove it and ingest its file again") from error
