"""Searches of catalogs and passes without pixels, so that a pass is tried again, but not for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from monitor.core.scenes.revisit import Searched, Tried
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import TimeRange, utc
from monitor.store.archive import Archive
from monitor.store.records import Record, sortable

OLD = timedelta(days=14)
"""A pass that has no pixels when it is this old is not requested again."""

_FIRST_WAIT = timedelta(hours=6)
_LONGEST_WAIT = timedelta(days=2)
_NO_DATA, _SEARCH = "offer", "search"  # kinds of record; "offer" is the name in archives


@dataclass(frozen=True, slots=True)
class SearchStore:
    """Records of searches and of passes without pixels, in an archive."""

    archive: Archive

    def record_search(
        self, source: str, aoi_id: str, sensors: Sequence[str], period: TimeRange, *, now: datetime
    ) -> None:
        """Write that a catalog was searched; one record a source, port and sensor for equal periods, the latest.

        Parameters
        ----------
        source : str
        aoi_id : str
        sensors : sequence of str
        period : TimeRange
        now : datetime
        """
        self.archive.record(
            *(
                Record(
                    _SEARCH,
                    f"{source}/{aoi_id}/{sensor}/{period}",
                    now,
                    {"aoi_id": aoi_id, "sensor": sensor, "start": sortable(period.start), "end": sortable(period.end)},
                )
                for sensor in sensors
            )
        )

    def searched(self) -> list[Searched]:
        """Every search that was noted."""
        return [
            Searched(
                str(body["aoi_id"]),
                str(body["sensor"]),
                TimeRange(utc(str(body["start"])), utc(str(body["end"]))),
                record.at,
            )
            for record in self.archive.records(_SEARCH)
            for body in (record.body,)
        ]

    def record_no_data(self, acquisition: Acquisition, reason: str, *, now: datetime) -> None:
        """Write that a pass had no pixels.

        Parameters
        ----------
        acquisition : Acquisition
        reason : str
            Of the source.
        now : datetime
        """
        tries = next((_tries(record) for record in self._records() if record.id == acquisition.id), 0)
        body = {
            "aoi_id": acquisition.aoi_id,
            "sensor": acquisition.sensor,
            "platform": acquisition.platform,
            "relative_orbit": acquisition.relative_orbit,
            "orbit_state": acquisition.orbit_state,
            "start": sortable(acquisition.start),
            "products": list(acquisition.product_ids),
            "reason": reason,
            "tries": tries + 1,
        }
        self.archive.record(Record(_NO_DATA, acquisition.id, now, body))

    def tried(self) -> list[Tried]:
        """Passes without pixels that are still not archived."""
        records, index = self._records(), self.archive.index
        rows = index.rows([record.id for record in records]) if records and index.path.is_file() else ()
        here = {row.scene_id for row in rows}
        return [_tried(record) for record in records if record.id not in here]

    def due(self, acquisitions: Iterable[Acquisition], *, now: datetime) -> list[Acquisition]:
        """Those to request now, in their order.

        A pass without pixels is requested again after 6 hours, then 12, 24, 48 …, at once when the catalog lists
        other products for it, and no more once it was tried when `OLD`.
        """
        records = {record.id: record for record in self._records()}
        return [a for a in acquisitions if a.id not in records or _again(records[a.id], a, now)]

    def _records(self) -> list[Record]:
        return self.archive.records(_NO_DATA)


def _again(record: Record, acquisition: Acquisition, now: datetime) -> bool:
    if list(acquisition.product_ids) != record.body.get("products") or record.at > now:  # the clock was ahead then
        return True
    if record.at - acquisition.start >= OLD:
        return False
    wait: timedelta = min(_FIRST_WAIT * int(2 ** min(_tries(record) - 1, 8)), _LONGEST_WAIT)
    return now - record.at >= wait


def _tries(record: Record) -> int:
    return int(cast("int", record.body.get("tries", 1)))


def _tried(record: Record) -> Tried:
    body = record.body
    orbit = body.get("relative_orbit")
    return Tried(
        record.id,
        str(body["aoi_id"]),
        str(body["sensor"]),
        str(body["platform"]),
        None if orbit is None else int(cast("int", orbit)),
        cast("str | None", body.get("orbit_state")),
        utc(str(body["start"])),
        str(body["reason"]),
    )
