"""The workspace's tables in memory: read once, and again when a file changed, while readers keep what is there."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.core.aoi import Aoi
from monitor.core.errors import ArchiveError, MonitorError, SettingsError
from monitor.core.findings import Finding
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.brief.provenance import provenance
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import FINDINGS
from monitor.report.page.model import BriefInput
from monitor.store import findings

if TYPE_CHECKING:
    from monitor.workspace.workspace import Workspace

log = logging.getLogger(__name__)

WEEKS = 26
_LEAST_S = 2.0
_TRIES = 3
_PICTURES, _MOST_PICTURES = ("chip", "map", "tile"), 300
_WATCHED = ("derived", "detections/*", "coverage/*", "berths/*", "positions/ingested", "ledger/*", "log/*.jsonl")


@dataclass(frozen=True, slots=True, eq=False)
class PageContent:
    """What the pages are made from, as it was at one time.

    Attributes
    ----------
    given : BriefInput
        As a brief of all ports over the last 26 weeks would have it.
    every : BriefInput
        The same, and the detections that reviewers set aside: for the queue and its pictures.
    findings : tuple of Finding
        Every finding of any time.
    state : str
        Changes when a file does; pictures and pages are kept under it.
    """

    context: Context
    given: BriefInput
    every: BriefInput
    findings: tuple[Finding, ...]
    read_at: datetime
    state: str
    drawn: dict[tuple[str, ...], object] = field(default_factory=dict)

    def aoi(self, aoi_id: str) -> Aoi:
        """One port; `SettingsError` when there is none of that id."""
        for aoi in self.context.aois:
            if aoi.id == aoi_id:
                return aoi
        raise SettingsError(f"no port {aoi_id!r}; there are {', '.join(a.id for a in self.context.aois)}")


@dataclass(slots=True, eq=False)
class PageCache:
    """The content of one workspace, for many readers at once.

    A reader never waits for a change that another process is writing: it gets what was read before, and the new is read
    beside it, with what `prepare` makes for the first pages. Drawing shares one lock, since the drawing library is not
    made for threads.
    """

    workspace: Workspace
    prepare: Callable[[PageCache, PageContent], None] | None = None
    clock: Callable[[], float] = time.monotonic
    drawing: threading.Lock = field(default_factory=threading.Lock)
    _content: PageContent | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _checked: float = float("-inf")
    _pause_s: float = _LEAST_S

    def now(self) -> PageContent:
        """The content; read here and now when there is none yet, in the background when files changed since."""
        content = self._content
        if content is None:
            return self.refresh()
        if self.clock() - self._checked >= self._pause_s:
            self._checked = self.clock()
            if self._state() != content.state and not self._reading.locked():
                threading.Thread(target=self._refresh_quietly, name="page-cache", daemon=True).start()
        return content

    def refresh(self) -> PageContent:
        """Read what is there now, unless it is what is in memory already."""
        with self._reading:
            state = self._state()
            if self._content is not None and self._content.state == state:
                return self._content
            began = self.clock()
            content = self._read(state)
            if self.prepare is not None:
                self.prepare(self, content)
            self._content = content
            self._checked = self.clock()
            self._pause_s = max(_LEAST_S, 4.0 * (self._checked - began))
            return content

    def draw(self, content: PageContent, key: tuple[str, ...], make: Callable[[], object]) -> object:
        """What `make` draws of some content, kept under `key` while the content is, the oldest pictures given up.

        Parameters
        ----------
        content : PageContent
            Under which the result is kept.
        key : tuple of str
            Names the result; the first part is its kind.
        make : callable
            Draws it.
        """
        kept = content.drawn.get(key)
        if kept is not None:
            return kept
        with self.drawing:
            if key not in content.drawn:
                pictures = [k for k in content.drawn if k[0] in _PICTURES]
                for old in pictures[: max(len(pictures) - _MOST_PICTURES, 0)]:
                    content.drawn.pop(old)
                content.drawn[key] = make()
            return content.drawn[key]

    def _refresh_quietly(self) -> None:
        try:
            self.refresh()
        except MonitorError as error:
            log.warning("the tables could not be read again (%s); the page shows those of before", error)

    def _read(self, state: str) -> PageContent:
        for _ in range(_TRIES - 1):
            try:
                return self._read_once(state)
            except ArchiveError as error:  # a file was replaced between the listing and the reading
                log.info("reading again: %s", error)
        return self._read_once(state)

    def _read_once(self, state: str) -> PageContent:
        context = self.workspace.context()
        last = max((a.acquired_at for a in context.acquisitions), default=context.now)
        end = last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        period = TimeRange(end - timedelta(weeks=WEEKS), end)
        tables = snapshot.current(snapshot.read(context)).of(context.ids)
        stated = findings.from_text(context.archive.read_note(FINDINGS))
        now = context.now.replace(microsecond=0)
        every = BriefInput(
            aois=context.aois,
            period=period,
            issued_at=now,
            cut_off=min(now, end),
            acquisitions=context.acquisitions,
            tables=tables,
            provenance=provenance(context, None),
            findings=stated,
            false_alarms_per_year=context.rules.false_alarms_per_year,
        )
        given = replace(every, tables=snapshot.accepted(tables))
        return PageContent(context=context, given=given, every=every, findings=stated, read_at=now, state=state)

    def _state(self) -> str:
        return "|".join(f"{mark}" for mark in self._marks())

    def _marks(self) -> Iterator[int]:
        """When each watched file or folder last changed; a folder does when a file in it is replaced."""
        archive = self.workspace.archive.root
        places = [path for pattern in _WATCHED for path in sorted(archive.glob(pattern))]
        for path in [archive / "index.sqlite", *places, *sorted((self.workspace.root / "aoi").glob("*"))]:
            yield _changed(path)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
