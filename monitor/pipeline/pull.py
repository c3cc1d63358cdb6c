"""Bring what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.parallel import Outcome, each
from monitor.core.scene import Acquisition
from monitor.core.timerange import TimeRange, isoformat
from monitor.sources.base import Catalog
from monitor.sources.errors import NoData, Problem
from monitor.store.archive import Archive
from monitor.store.searches import SearchStore

if TYPE_CHECKING:
    from monitor.sources.base import Source
    from monitor.sources.imagery.sentinelhub.pricing import Estimate


@dataclass(frozen=True, slots=True)
class Search:
    """What a source offers over some ports: acquisitions with their port, and ports for which it could not be asked."""

    offered: tuple[tuple[Acquisition, Aoi], ...]
    failed: tuple[Outcome[Aoi, list[Acquisition]], ...]

    def of_sensors(self, sensors: Sequence[str]) -> Search:
        """Those of some sensors only."""
        return Search(tuple((a, aoi) for a, aoi in self.offered if a.sensor in sensors), self.failed)


def search(source: Source, aois: Sequence[Aoi], period: TimeRange) -> Search:
    """Ask a source for the passes over each port; a port that fails stops no other."""
    answers = each(lambda aoi: source.search(aoi, period), aois)
    offered = [(acquisition, o.item) for o in answers for acquisition in (o.value or [])]
    return Search(tuple(offered), tuple(o for o in answers if not o.ok))


def note_search(archive: Archive, source: Source, aois: Sequence[Aoi], found: Search, period: TimeRange) -> None:
    """Keep that a catalog was asked, for the ports where it answered: only then is a pass that it lacks missing."""
    if not isinstance(source, Catalog):
        return
    failed, now = {outcome.item.id for outcome in found.failed}, datetime.now(UTC)
    for aoi in aois:
        if aoi.id not in failed:
            SearchStore(archive).record_search(source.name, aoi.id, source.sensors, period, now=now)


def missing(archive: Archive, found: Search) -> list[tuple[Acquisition, Aoi]]:
    """The offers to bring, oldest first: those that the archive lacks, and those that were processed anew.

    A pass that had no pixels waits until it is due to be asked for again.
    """
    offered = [a for a, _ in found.offered]
    wanted = SearchStore(archive).due([*archive.missing(offered), *archive.outdated(offered)], now=datetime.now(UTC))
    lacking = {acquisition.id for acquisition in wanted}
    work = [(acquisition, aoi) for acquisition, aoi in found.offered if acquisition.id in lacking]
    return sorted(work, key=lambda pair: (pair[0].start, pair[0].id))


def pull_scenes(
    source: Source, archive: Archive, work: Sequence[tuple[Acquisition, Aoi]], pool: Executor | None = None
) -> list[Outcome[tuple[Acquisition, Aoi], str]]:
    """Fetch and archive acquisitions; outcomes carry scene ids."""
    return each(partial(_pull_one, source, archive), work, pool)


def _pull_one(source: Source, archive: Archive, work: tuple[Acquisition, Aoi]) -> str:
    acquisition, aoi = work
    with archive.lock_scene(acquisition.id):
        if archive.missing([acquisition]) or archive.outdated([acquisition]):  # else another process brought it
            try:
                raster = source.fetch(acquisition, aoi)
            except NoData as error:
                if isinstance(source, Catalog):
                    SearchStore(archive).record_no_data(acquisition, str(error), now=datetime.now(UTC))
                raise
            archive.write_scene(acquisition, raster, request=request_of(source, acquisition, aoi))
    return acquisition.id


def request_of(source: Source, acquisition: Acquisition, aoi: Aoi) -> dict[str, object]:
    """What was asked of the source, without secrets: it goes into the archive and its hash into the brief."""
    asked: Callable[[Acquisition, Aoi], dict[str, object]] | None = getattr(source, "request", None)
    plain: dict[str, object] = {
        "source": source.name,
        "aoi": aoi.id,
        "sensor": acquisition.sensor,
        "start": isoformat(acquisition.start),
        "end": isoformat(acquisition.end),
        "products": list(acquisition.product_ids),
    }
    return plain if asked is None else {**plain, **asked(acquisition, aoi)}


def costs(source: Source, found: Search) -> dict[str, dict[str, object]]:
    """Pixels, requests and processing units by acquisition id; empty for sources that cost nothing."""
    priced: Callable[[Acquisition, Aoi], Estimate] | None = getattr(source, "estimate", None)
    if priced is None:
        return {}
    estimates = {acquisition.id: priced(acquisition, aoi) for acquisition, aoi in found.offered}
    return {
        name: {"pixels": f"{e.width} × {e.height}", "requests": e.requests, "units": round(e.units, 2)}
        for name, e in estimates.items()
    }


def problems(source: Source, aoi: Aoi, period: TimeRange) -> Sequence[Problem]:
    """What the source passed over and why; empty for sources that do not tell."""
    told: Callable[[Aoi, TimeRange], Sequence[Problem]] | None = getattr(source, "problems", None)
    return () if told is None else told(aoi, period)
