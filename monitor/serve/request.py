"""What every page and answer starts from: the shelf, the reviews as they are now, the queue, the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import cast

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.wording import date_only, minute
from monitor.pipeline.review import queue_of
from monitor.report.page.model import Tables
from monitor.report.page.wording import when
from monitor.report.tiles.observations import Observation
from monitor.serve import render
from monitor.serve.cache import Content, Shelf
from monitor.serve.health import Card, Health, Run, errors_of, health, runs
from monitor.serve.port import parts
from monitor.store.reviews import ReviewStore

TABLES = tuple(each.name for each in fields(Tables))


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """One request's view of the workspace."""

    shelf: Shelf
    content: Content

    @classmethod
    def of(cls, shelf: Shelf) -> Desk:
        """The desk as it is now."""
        return cls(shelf, shelf.now())

    @property
    def book(self) -> ReviewStore:
        """Where reviews are kept; always read anew, so that a reader sees its own last decision."""
        return ReviewStore(self.shelf.workspace.archive)

    def queue(self) -> pd.DataFrame:
        """QUEUE with what was decided until now; kept until the next decision."""
        state, kept = self.book.state(), self.content.drawn.get(("queue",))
        if kept is None or cast("tuple[str, pd.DataFrame]", kept)[0] != state:
            made = queue_of(self.content.told, self.content.every.tables.detections, self.book.table())
            kept = self.content.drawn["queue",] = (state, made)
        return cast("tuple[str, pd.DataFrame]", kept)[1]

    def runs(self) -> list[Run]:
        """The recorded runs, newest first."""
        return runs(self.shelf.workspace.archive)

    def cards(self) -> list[Card]:
        """The figures of every port with what is open there."""
        queue, recorded = self.queue(), self.runs()
        last = recorded[0] if recorded else None
        waits = queue.loc[(queue["decision"] == "") & (queue["kind"] != "detection"), "aoi_id"]
        return [
            Card(figures(self.shelf, self.content, aoi), errors_of(last, aoi.id), int((waits == aoi.id).sum()))
            for aoi in self.content.ports.aois
        ]

    def table(self, name: str) -> pd.DataFrame:
        """One of `TABLES`, or ``reviews`` or ``queue``.

        Raises
        ------
        DataError
            There is none of that name.
        """
        if name == "reviews":
            return self.book.table()
        if name == "queue":
            return self.queue()
        if name not in TABLES:
            raise DataError(f"no table {name!r}; there are {', '.join((*TABLES, 'queue', 'reviews'))}")
        return cast("pd.DataFrame", getattr(self.content.given.tables, name))


def said_when(content: Content, row: Mapping[str, object]) -> str:
    """When a row of the queue was, in words: no hour where none is known, a week's first day for a count."""
    at = cast("pd.Timestamp", row["at"])
    scene = next((a for a in content.given.acquisitions if a.id == row["scene_id"]), None)
    if row["kind"] in ("count", "coverage"):
        return f"from {date_only(at)}"
    return when(scene) if scene is not None and not scene.is_exact else minute(at)


def observation_when(observation: Observation) -> str:
    """When an observation was, in words: no hour where none is known."""
    return when(observation.acquisition) if observation.acquisition is not None else minute(observation.at)


def figures(shelf: Shelf, content: Content, aoi: Aoi) -> Health:
    """The figures of one port, kept while the tables stay as they are."""
    return cast("Health", shelf.draw(content, ("card", aoi.id), lambda: health(content, aoi)))


def prepare(shelf: Shelf, content: Content) -> None:
    """Make what every first page needs, so that no reader waits for it."""
    Desk(shelf, content).queue()
    render.warm()
    for aoi in content.ports.aois:
        figures(shelf, content, aoi)
        parts(shelf, content, aoi)
