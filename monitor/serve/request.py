"""What every page and answer starts from: the cached tables, the reviews as they are now, the queue, the runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.schema import Schema
from monitor.core.tables import DETECTIONS, QUEUE, REVIEWS
from monitor.core.wording import date_only, minute
from monitor.pipeline.review.queue import queue_of
from monitor.report.page.wording import when
from monitor.report.tiles.observations import OBSERVED, PARTLY, Observation, observations_of
from monitor.serve import render
from monitor.serve.cache import PageCache, PageContent
from monitor.serve.health import Health, PortCard, Run, errors_of, health, runs
from monitor.serve.images import newest
from monitor.serve.port import parts
from monitor.store.reviews import ReviewStore

_HEADLINES = (
    "dark_event",
    "shuttle",
    "voyage",
    "visit",
    "oil_stay",
    "stack",
    "land_change",
    "first_train",
    "land_state",
    "chain",
)
_HIDDEN = {
    "cloud": "under cloud",
    "sea ice": "under sea ice",
    "outside": "outside the picture",
    "no data": "without data",
}
LAST_ROW = 1_000_000_000
"""Rows beyond this are not asked for; larger numbers would not fit the tables' own."""


class BadQuery(DataError):  # noqa: N818
    """A question that cannot be answered as it was asked."""


@dataclass(frozen=True, slots=True, eq=False)
class RequestView:
    """One request's view of the workspace."""

    cache: PageCache
    content: PageContent

    @classmethod
    def of(cls, cache: PageCache) -> RequestView:
        """The view of what the cache holds now."""
        return cls(cache, cache.now())

    @property
    def review_store(self) -> ReviewStore:
        """Where reviews are kept; always read anew, so that a reader sees its own last decision."""
        return ReviewStore(self.cache.workspace.archive)

    def queue(self) -> pd.DataFrame:
        """QUEUE with what was decided until now; kept until the next decision."""
        state, kept = self.review_store.state(), self.content.drawn.get(("queue",))
        if kept is None or cast("tuple[str, pd.DataFrame]", kept)[0] != state:
            made = queue_of(self.content.findings, self.content.every.tables[DETECTIONS], self.review_store.table())
            kept = self.content.drawn["queue",] = (state, made)
        return cast("tuple[str, pd.DataFrame]", kept)[1]

    def runs(self) -> list[Run]:
        """The recorded runs, newest first."""
        return runs(self.cache.workspace.archive)

    def cards(self) -> list[PortCard]:
        """The figures of every port with what is open there."""
        queue, recorded = self.queue(), self.runs()
        last = recorded[0] if recorded else None
        waits = queue.loc[(queue["decision"] == "") & (queue["kind"] != "detection"), "aoi_id"]
        return [
            PortCard(
                port_health(self.cache, self.content, aoi),
                errors_of(last, aoi.id),
                int((waits == aoi.id).sum()),
                headline(queue, aoi.id),
                newest(self.content, aoi),
            )
            for aoi in self.content.context.aois
        ]

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """The tables that `table` has: those of the workspace, the queue and the reviews."""
        return (*self.content.given.tables, QUEUE, REVIEWS)

    def schema(self, name: str) -> Schema:
        """The schema of a table by its name.

        Raises
        ------
        DataError
            There is none of that name.
        """
        known = {schema.name: schema for schema in self.schemas}
        if name not in known:
            raise DataError(f"no table {name!r}; there are {', '.join(known)}")
        return known[name]

    def table(self, schema: Schema) -> pd.DataFrame:
        """One of `schemas`, with reviews and queue as they are now."""
        if schema is REVIEWS:
            return self.review_store.table()
        return self.queue() if schema is QUEUE else self.content.given.tables[schema]


def headline(queue: pd.DataFrame, aoi_id: str) -> str:
    """First sentence of a port's newest finding about a ship, a stack or land, rejected ones apart; "" without one."""
    rows = queue[(queue["aoi_id"] == aoi_id) & queue["kind"].isin(_HEADLINES)]
    rows = rows[~rows["decision"].isin(["reject", "fixed"])].sort_values("at", kind="stable")
    return str(rows["claim"].iloc[-1]).split(". ")[0].rstrip(".") + "." if len(rows) else ""


def row_when(content: PageContent, row: Mapping[str, object]) -> str:
    """The time of a row of the queue, in words: no hour where none is known, a week's first day for a count."""
    at = cast("pd.Timestamp", row["at"])
    scene = next((a for a in content.given.acquisitions if a.id == row["scene_id"]), None)
    if row["kind"] in ("count", "coverage"):
        return f"from {date_only(at)}"
    return when(scene) if scene is not None and not scene.is_exact else minute(at)


def observation_when(observation: Observation) -> str:
    """The time of an observation, in words: no hour where none is known."""
    return when(observation.acquisition) if observation.acquisition is not None else minute(observation.at)


def observation_state(observation: Observation) -> str:
    """What a pass showed of a port's water, in words: "clear", "partly under cloud", "not observed (cloud)"."""
    if observation.state == PARTLY and observation.reason in _HIDDEN:
        return f"partly {_HIDDEN[observation.reason]}"
    words = {OBSERVED: "clear", PARTLY: "partly seen"}.get(observation.state, observation.state)
    return words + (f" ({observation.reason})" if observation.reason else "")


def partly_seen(content: PageContent, rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """For each scene of some rows of the queue that showed its port in part, what hid the rest.

    Parameters
    ----------
    content : PageContent
        The tables as they were read.
    rows : iterable of mapping
        Rows of the queue; those of no single scene are passed over.
    """
    ports = {str(row["aoi_id"]) for row in rows}
    seen = (k for aoi_id in sorted(ports) for k in observations_of(content.given, aoi_id))
    return {k.scene_id: observation_state(k) for k in seen if k.state == PARTLY}


def port_health(cache: PageCache, content: PageContent, aoi: Aoi) -> Health:
    """The figures of one port, kept while the tables stay as they are.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    aoi : Aoi
        The port.
    """
    return cast("Health", cache.draw(content, ("card", aoi.id), lambda: health(content, aoi)))


def draw_first_pages(cache: PageCache, content: PageContent) -> None:
    """Make what every first page needs, so that no reader waits for it."""
    RequestView(cache, content).queue()
    render.warm()
    for aoi in content.context.aois:
        port_health(cache, content, aoi)
        parts(cache, content, aoi)
