"""What every page and answer starts from: the shelf, the reviews as they are now, the queue, the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.schema import Schema
from monitor.core.tables import DETECTIONS, QUEUE, REVIEWS
from monitor.pipeline.review import queue_of
from monitor.report.page.wording import date_only, minute, when
from monitor.report.tiles.observations import Observation
from monitor.serve import render
from monitor.serve.cache import Content, Shelf
from monitor.serve.health import Card, Health, Run, errors_of, health, runs
from monitor.serve.port import parts
from monitor.store.reviews import ReviewStore


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
            made = queue_of(self.content.told, self.content.every.tables[DETECTIONS], self.book.table())
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
            return self.book.table()
        return self.queue() if schema is QUEUE else self.content.given.tables[schema]


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
