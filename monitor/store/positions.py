"""AIS positions as Parquet by day. History is never rewritten: every file read in adds parts of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from monitor.ais.sorting import in_order
from monitor.core.tables import POSITIONS, VESSELS
from monitor.core.timerange import TimeRange, utc
from monitor.io import atomic, parquet
from monitor.store.ingested import FileFacts, Ingested, decode_marker, encode_marker
from monitor.store.position_parts import Bounds, PartWriter, read_part, select_rows

SAME_DEG = 1e-4
"""Two positions of one MMSI and instant closer than this (some 10 m) are one, rounded by different feeds."""
_SLIM = ("mmsi", "t", "lon", "lat")


@dataclass(frozen=True, slots=True)
class UsedFile:
    """The reading of an ingested file, and from when to when its positions lie, day by day."""

    reading: str
    spans: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class PositionStore:
    """Positions under `root`: ``date=2024-03-01/<key>-0000.parquet``, sorted by MMSI and time within each file.

    The value holds a path and nothing open, so it crosses processes. ``ingested/<key>.json`` is written last and states
    what a file added and when, which is how late data are found.

    Attributes
    ----------
    root : Path
        Local, or in an object store (`io.remote`).
    local : Path, optional
        A folder of this machine for locks; `root` when not given.
    """

    root: Path
    local: Path | None = None

    def absolute(self) -> PositionStore:
        """The same store by its absolute path, for workers in other folders."""
        return PositionStore(self.root.resolve(), self.local.resolve() if self.local else None)

    # writing

    def append(
        self,
        tables: Iterable[pd.DataFrame],
        *,
        key: str,
        file: str = "",
        now: datetime | None = None,
        describe: Callable[[], FileFacts] = FileFacts,
    ) -> Ingested:
        """Add POSITIONS tables under a key; either all of them arrive or none, and the marker comes last.

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
        describe : callable, optional
            Called when all tables were read, for what else the file held; it is written before the marker.

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
            facts = describe()
            self._forget(key)
            writer.publish()
        except BaseException:
            writer.discard()
            raise
        self.write_vessels(facts.vessels)
        at = utc(now) if now else datetime.now(tz=UTC)
        done = Ingested(key, file, at, writer.spans(), facts.report, writer.checks())
        atomic.write_bytes(self._marker(key), encode_marker(done))
        return done

    def write_vessels(self, vessels: pd.DataFrame) -> None:
        """Add static data (VESSELS); the latest value that is not empty wins.

        Raises
        ------
        ArchiveError
            The disk is full, read-only or failing.
        """
        if vessels.empty:
            return
        with atomic.locked((self.local or self.root) / ".vessels.lock"):
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
        return decode_marker(self._marker(key)).report

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
        return tuple(
            sorted((decode_marker(p) for p in (self.root / "ingested").glob("*.json")), key=lambda d: d.written_at)
        )

    def vessels(self) -> pd.DataFrame:
        """VESSELS; empty without static data."""
        path = self.root / "vessels.parquet"
        return parquet.read_tables([path] if path.is_file() else [], VESSELS)

    def days(self, period: TimeRange | None = None) -> tuple[date, ...]:
        """The UTC days with positions, in order; those that touch `period` when it is given."""
        found = sorted(day for day, parts in self.parts().items() if parts)
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
        files = self.parts()
        parts = [self._day(files[d], tuple(POSITIONS.columns), bounds, mmsi, bucket) for d in self.days(period)]
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
        files = self.parts()
        for day in self.days(period):
            end = _bounds(day)[1] + timedelta(microseconds=1)
            table = self._day(files[day], _SLIM, None, None, bucket)
            if period is not None:
                table = table[(table["t"] >= period.start) & (table["t"] < period.end)]
                end = min(end, period.end)
            yield table, end

    def files_used(self) -> dict[str, UsedFile]:
        """What matches that are made now are made with, by the key of each file."""
        return {
            done.key: UsedFile(done.reading, tuple((start, end) for start, end, _ in done.spans))
            for done in self.ingested()
        }

    def late_scenes(
        self, scenes: pd.DataFrame, *, used: Mapping[str, UsedFile], within: timedelta = timedelta(hours=12)
    ) -> list[str]:
        """Ids of scenes whose matches must be made again, in the order given.

        Parameters
        ----------
        scenes : DataFrame
            `scene_id` and `acquired_at`.
        used : mapping of str to UsedFile
            What the matches were made with, by key (`files_used`): what has come in since, was read anew, or was
            withdrawn is late. No clock takes part.
        within : timedelta
            Positions nearer than this to the scene's instant may change a match.
        """
        late, here = pd.Series(False, index=scenes.index), self.files_used()
        changed = [key for key in here.keys() | used.keys() if here.get(key) != used.get(key)]
        for file in (table[key] for key in sorted(changed) for table in (here, used) if key in table):
            for start, end in file.spans:
                late |= scenes["acquired_at"].between(pd.Timestamp(start - within), pd.Timestamp(end + within))
        return [str(scene) for scene in scenes.loc[late, "scene_id"]]

    def parts(self) -> Mapping[date, list[tuple[Path, str]]]:
        """Day to its parts, each with the SHA-256 that its marker states; "" where an older version wrote it.

        Parts of an ingest that was cut off before its marker do not count.

        Raises
        ------
        ArchiveError
            A marker is damaged.
        """
        found: dict[date, list[tuple[Path, str]]] = defaultdict(list)
        done = {ingested.key: ingested for ingested in self.ingested()}
        for path in self.root.glob("date=*/*.parquet"):
            if (key := path.stem.rpartition("-")[0]) in done and not done[key].parts:
                found[_day_of(path)].append((path, ""))
        for name, check in (part for ingested in done.values() for part in ingested.parts.items()):
            found[_day_of(self.root / name)].append((self.root / name, check))
        return defaultdict(list, {day: sorted(parts) for day, parts in found.items()})

    def _day(
        self,
        files: Iterable[tuple[Path, str]],
        columns: Sequence[str],
        bounds: Bounds | None,
        mmsi: Sequence[int] | None,
        bucket: tuple[int, int] | None,
    ) -> pd.DataFrame:
        """One day's rows, each once."""
        parts = [select_rows(read_part(path, columns, check), bounds, mmsi, bucket) for path, check in files]
        if not parts:
            return POSITIONS.empty()[list(columns)]
        table = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
        rows = in_order(table)
        repeated = np.zeros(len(rows.t), dtype=bool)
        lon, lat = rows.given_lon[rows.order], rows.given_lat[rows.order]
        same = (np.diff(rows.mmsi) == 0) & (np.diff(rows.t) == 0)
        repeated[1:] = same & (np.abs(np.diff(lon)) <= SAME_DEG) & (np.abs(np.diff(lat)) <= SAME_DEG)
        return table.iloc[rows.order[~repeated]].reset_index(drop=True)


def _day_of(path: Path) -> date:
    return date.fromisoformat(path.parent.name.removeprefix("date="))


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start, start + timedelta(days=1) - timedelta(microseconds=1)
