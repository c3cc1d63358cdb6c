"""Archive what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.errors import MonitorError
from monitor.core.parallel import Outcome, each
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor
from monitor.core.timerange import TimeRange, isoformat
from monitor.core.wording import is_of_day, iso
from monitor.pipeline.boundary import reading
from monitor.pipeline.outcome import Table
from monitor.sources.base import Catalog, ReadsAll, ReportsProblems
from monitor.sources.errors import OUTSIDE, BadItems, NoData, Problem
from monitor.store.archive import Archive
from monitor.store.searches import SearchStore

if TYPE_CHECKING:
    from monitor.sources.base import Source
    from monitor.sources.imagery.sentinelhub.pricing import Estimate


@dataclass(frozen=True, slots=True)
class Search:
    """What a search of a source gave.

    Attributes
    ----------
    found : tuple of tuple of Acquisition and Aoi
        Passes with their place.
    failed : tuple of Outcome
        Places for which it failed.
    passed_over : tuple of str
        What would show nothing of its place and is not asked for: number and reason.
    """

    found: tuple[tuple[Acquisition, Aoi], ...]
    failed: tuple[Outcome[Aoi, list[Acquisition]], ...]
    passed_over: tuple[str, ...] = ()

    @property
    def sensors(self) -> tuple[str, ...]:
        """The sensors of the acquisitions, each once."""
        return tuple(dict.fromkeys(acquisition.sensor for acquisition, _ in self.found))

    def of_sensors(self, sensors: Sequence[str]) -> Search:
        """Those of some sensors only."""
        return replace(self, found=tuple((a, aoi) for a, aoi in self.found if a.sensor in sensors))

    def useful(self) -> Search:
        """Those that can show something: radar is read for ships alone, so a place without water has no use for it."""
        is_useful = [aoi.has_water or sensor(a.sensor).optical for a, aoi in self.found]
        found = tuple(pair for pair, useful in zip(self.found, is_useful, strict=True) if useful)
        others = (pair for pair, useful in zip(self.found, is_useful, strict=True) if not useful)
        left = Counter((sensor(a.sensor).name, aoi.name or aoi.id) for a, aoi in others)
        words = (f"{number} of {radar} over {place}, a place without water" for (radar, place), number in left.items())
        return replace(self, found=found, passed_over=tuple(sorted(words)))


def read_once(source: Source) -> Source:
    """The source for all searches of a command: one that reads all its files at each search reads them once.

    Parameters
    ----------
    source : Source
        Any; itself where a search reads what is of the port alone.
    """
    return source.read_once() if isinstance(source, ReadsAll) else source


def search(source: Source, aois: Sequence[Aoi], period: TimeRange) -> Search:
    """The passes over each port that a source has; a port that fails stops no other, nor an item its port.

    Parameters
    ----------
    source : Source
        What is searched.
    aois : sequence of Aoi
        The ports.
    period : TimeRange
        The period.
    """

    def one(aoi: Aoi) -> list[Acquisition]:
        with reading(f"source {source.name}, port {aoi.id}"):
            return source.search(aoi, period)

    outcomes = each(one, aois, step="search")
    partly = [(o.item, o.error.found) for o in outcomes if isinstance(o.error, BadItems)]
    whole = [(o.item, o.value or ()) for o in outcomes]
    found = [(acquisition, aoi) for aoi, acquisitions in [*whole, *partly] for acquisition in acquisitions]
    return Search(tuple(found), tuple(o for o in outcomes if not o.ok))


def note_search(archive: Archive, source: Source, aois: Sequence[Aoi], found: Search, period: TimeRange) -> None:
    """Record that a catalog was searched, for the ports where it answered: only then is a pass that it lacks missing.

    Parameters
    ----------
    archive : Archive
        Where the record goes.
    source : Source
        What was searched; nothing is recorded of one that is no catalog.
    aois : sequence of Aoi
        The ports that were searched for.
    found : Search
        What came of it.
    period : TimeRange
        The period that was searched.
    """
    if not isinstance(source, Catalog):
        return
    failed, now = {outcome.item.id for outcome in found.failed}, datetime.now(UTC)
    for aoi in aois:
        if aoi.id not in failed:
            SearchStore(archive).record_search(source.name, aoi.id, source.sensors, period, now=now)


def missing(archive: Archive, found: Search) -> list[tuple[Acquisition, Aoi]]:
    """The acquisitions to archive, oldest first: those that the archive lacks, and those that were processed anew.

    A pass that had no pixels waits until its next request is due.
    """
    listed = [a for a, _ in found.found]
    wanted = SearchStore(archive).due([*archive.missing(listed), *archive.outdated(listed)], now=datetime.now(UTC))
    lacking = {acquisition.id for acquisition in wanted}
    work = [(acquisition, aoi) for acquisition, aoi in found.found if acquisition.id in lacking]
    return sorted(work, key=lambda pair: (pair[0].start, pair[0].id))


def pull_scenes(
    source: Source, archive: Archive, work: Sequence[tuple[Acquisition, Aoi]], pool: Executor | None = None
) -> list[Outcome[tuple[Acquisition, Aoi], str]]:
    """Fetch and archive acquisitions; outcomes carry scene ids.

    Parameters
    ----------
    source : Source
        Where the pixels come from.
    archive : Archive
        Where they go; workers read it by its absolute path.
    work : sequence of tuple of Acquisition and Aoi
        As `missing` gives them.
    pool : Executor, optional
        Works on several at once.
    """
    return each(partial(_pull_one, source, archive.absolute()), work, pool, step="pull")


def _pull_one(source: Source, archive: Archive, work: tuple[Acquisition, Aoi]) -> str:
    acquisition, aoi = work
    with archive.lock_scene(acquisition.id):
        if archive.missing([acquisition]) or archive.outdated([acquisition]):  # else another process archived it
            try:
                with reading(acquisition.id):
                    raster = source.fetch(acquisition, aoi)
            except NoData as error:
                if isinstance(source, Catalog):
                    SearchStore(archive).record_no_data(acquisition, str(error), now=datetime.now(UTC))
                raise
            archive.write_scene(acquisition, raster, request=request_of(source, acquisition, aoi))
    return acquisition.id


def request_of(source: Source, acquisition: Acquisition, aoi: Aoi) -> dict[str, object]:
    """The request to the source, without secrets: it goes into the archive and its hash into the brief.

    Parameters
    ----------
    source : Source
        Where the pixels come from; one with a method `request` adds to it.
    acquisition : Acquisition
        What was fetched.
    aoi : Aoi
        The port.
    """
    more: Callable[[Acquisition, Aoi], dict[str, object]] | None = getattr(source, "request", None)
    plain: dict[str, object] = {
        "source": source.name,
        "aoi": aoi.id,
        "sensor": acquisition.sensor,
        "start": isoformat(acquisition.start),
        "end": isoformat(acquisition.end),
        "products": list(acquisition.product_ids),
    }
    return plain if more is None else {**plain, **more(acquisition, aoi)}


def costs(source: Source, found: Search) -> dict[str, dict[str, object]]:
    """Pixels, requests and processing units by acquisition id; empty for sources that cost nothing."""
    priced: Callable[[Acquisition, Aoi], Estimate] | None = getattr(source, "estimate", None)
    if priced is None:
        return {}
    estimates = {acquisition.id: priced(acquisition, aoi) for acquisition, aoi in found.found}
    return {
        name: {"pixels": f"{e.width} × {e.height}", "requests": e.requests, "units": round(e.units, 2)}
        for name, e in estimates.items()
    }


def problems(source: Source, aoi: Aoi, period: TimeRange) -> Sequence[Problem]:
    """What the source passed over and why; empty for sources that do not report it.

    Parameters
    ----------
    source : Source
        One with a method `problems`, or any other.
    aoi : Aoi
        The port.
    period : TimeRange
        The period that was searched.
    """
    if not isinstance(source, ReportsProblems):
        return ()
    with reading(f"source {source.name}, port {aoi.id}"):
        return source.problems(aoi, period)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a search left out: what the user should correct, as item and reason, and the rest by number and reason."""

    faults: tuple[tuple[str, str], ...]
    passed_over: tuple[str, ...]


def left_out(source: Source, aois: Sequence[Aoi], period: TimeRange) -> LeftOut:
    """What the source could not read, each file or item once, and what it has that no port needs.

    Such as ``3 outside the AOIs``; what shows one of the ports is not among them. A source that has nothing at all of
    any port is a fault too.

    Parameters
    ----------
    source : Source
        What was searched.
    aois : sequence of Aoi
        The ports.
    period : TimeRange
        The period that was searched.
    """
    found: list[tuple[str, str]] = []
    empty: list[tuple[str, str]] = []
    others: set[Problem] = set()
    outside: set[Problem] | None = None
    for aoi in aois:
        try:
            listed = problems(source, aoi, period)
        except MonitorError as error:
            found.append((aoi.id, str(error)))
            continue
        found += [(p.where, p.reason) for p in listed if p.is_fault]
        empty += [(p.where, p.reason) for p in listed if p.is_empty]
        others |= {p for p in listed if not p.is_fault and not p.is_empty and p.reason != OUTSIDE}
        away = {p for p in listed if p.reason == OUTSIDE}
        outside = away if outside is None else outside & away
    others |= outside or set()
    faults = dict.fromkeys([*found, *(empty if len(empty) == len(aois) else [])])
    count = Counter(problem.reason for problem in others)
    return LeftOut(tuple(faults), tuple(f"{number} {reason}" for reason, number in sorted(count.items())))


def plan_table(archive: Archive, source: Source, found: Search) -> Table:
    """What a pull would archive: a row a pass, with whether it is here and what it costs.

    Parameters
    ----------
    archive : Archive
        What is here.
    source : Source
        Gives the costs, where it has any.
    found : Search
        The passes.
    """
    lacking = {acquisition.id for acquisition, _ in missing(archive, found)}
    prices = costs(source, found)
    rows = tuple(
        {
            "scene": a.id,
            "aoi": a.aoi_id,
            "sensor": a.sensor,
            "start": iso(a.acquired_at) if is_of_day(a.acquired_at) else isoformat(a.start),
            "cloud": "" if a.cloud_cover is None else f"{a.cloud_cover:.0%}",
            "here": a.id not in lacking,
            **prices.get(a.id, {}),
        }
        for a, _ in found.found
    )
    units = sum(float(str(prices[a].get("units", 0))) for a in lacking if a in prices)
    price = f", {units:.1f} processing units" if prices else ""
    return Table(f"{len(rows)} passes, {len(lacking)} to pull{price}", rows)
