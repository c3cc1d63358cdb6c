"""The tables as JSON, and the three requests that write."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isfinite
from typing import Annotated, Literal

import pandas as pd
from fastapi import APIRouter, Header, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.schema import Schema
from monitor.core.timerange import TimeRange, isoformat
from monitor.io.geojson import json_value
from monitor.serve import images
from monitor.serve.cache import PageCache
from monitor.serve.health import PortCard
from monitor.serve.request import LAST_ROW, BadQuery, RequestView
from monitor.serve.security import AccessRule
from monitor.store.alerts import AlertStore
from monitor.store.reviews import Review, login

MOST_ROWS = 5000


class Decision(BaseModel):
    """What a reviewer decided of one subject."""

    subject: str = Field(min_length=1, max_length=400, description="id of a detection, dark event or finding")
    decision: Literal["keep", "reject", "fixed", "unsure"]
    who: str = Field("", max_length=80, description="who decides; empty: the login of the server")
    note: str = Field("", max_length=2000)


class Undo(BaseModel):
    """Whose last decision is taken back."""

    who: str = Field("", max_length=80)
    subject: str = Field("", max_length=400, description="empty: whatever that person decided last")


class ReviewRow(BaseModel):
    """A review as it was kept. `now` is the decision that holds for the subject after it, "" for none."""

    id: str
    at: str
    subject: str
    decision: str
    who: str
    note: str
    now: str


class Rows(BaseModel):
    """Some rows of a table: `total` that fit the question, `rows` from `offset` on."""

    table: str
    total: int
    offset: int
    rows: list[dict[str, object]]


class Port(BaseModel):
    """The figures of a port's card; a missing number is null, never zero."""

    id: str
    name: str
    last_observation: str | None
    last_state: str | None
    clear_observations_7d: int
    passes_7d: int
    ais_hours_7d: int
    vessels_per_clear_observation: float | None
    interval_95: tuple[float | None, float | None]
    expected_95: tuple[float | None, float | None]
    open_findings: int
    errors: list[str]


class SessionAccess(BaseModel):
    """Whether the token that was sent allows to write, and the name that stands for an empty `who`."""

    may_write: bool
    who: str


def api_routes(cache: PageCache, access: AccessRule) -> APIRouter:
    """The routes under ``/api``; `SecurityMiddleware` has refused every write without the token."""
    router = APIRouter(prefix="/api", tags=["tables"])
    _reads(router, cache)
    _writes(router, cache)

    @router.get("/session", tags=["reviews"])
    def session(x_monitor_token: Annotated[str, Header()] = "") -> SessionAccess:
        """Whether a token allows to write."""
        return SessionAccess(may_write=access.knows(x_monitor_token), who=login())

    return router


def _reads(router: APIRouter, cache: PageCache) -> None:
    @router.get("/ports")
    def ports() -> list[Port]:
        """Every port with its data health."""
        return [_port(card) for card in RequestView.of(cache).cards()]

    @router.get("/ports/{aoi_id}/map", response_class=Response)
    def port_map(aoi_id: str, observation: str) -> Response:
        """One observation at a port as map layers: a picture, its bounds, and GeoJSON features."""
        content = cache.now()
        document = images.map_document(cache, content, content.aoi(aoi_id), observation)
        return Response(document, media_type="application/json")

    @router.get("/tables")
    def tables() -> list[str]:
        """The names of the tables."""
        return [schema.name for schema in RequestView.of(cache).schemas]

    @router.get("/tables/{name}", response_model=Rows)
    def table(
        name: str,
        aoi: str = "",
        period: Annotated[str, Query(description="2023-08-01/2023-11-01, 2023-10, 2023-W41 or a day")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 500,
        offset: Annotated[int, Query(ge=0, le=LAST_ROW)] = 0,
    ) -> Response:
        """Rows of a table, of one port and period where asked for; geometry as GeoJSON in longitude and latitude."""
        view = RequestView.of(cache)
        schema = view.schema(name)
        found = _chosen(view.table(schema), schema, aoi, period)
        rows = _rows(found.iloc[offset : offset + limit])
        return _json({"table": name, "total": len(found), "offset": offset, "rows": rows})

    @router.get("/findings", response_class=Response)
    def findings() -> Response:
        """What may be stated, with likelihood, confidence and evidence."""
        return _json([_finding(f) for f in cache.now().findings])

    @router.get("/runs", response_class=Response)
    def runs() -> Response:
        """The recorded runs, newest first."""
        done = RequestView.of(cache).runs()
        return _json([{"at": isoformat(run.at), "steps": run.steps, "failures": run.failures} for run in done])

    @router.get("/alerts", response_class=Response)
    def alerts() -> Response:
        """The alerts that were raised, oldest first."""
        return _json(_rows(AlertStore(cache.workspace.archive).table()))


def _finding(finding: Finding) -> dict[str, object]:
    instants = {"start": isoformat(finding.start), "end": isoformat(finding.end)}
    return {**asdict(finding), **instants}


def _writes(router: APIRouter, cache: PageCache) -> None:
    @router.post("/reviews", tags=["reviews"])
    def review(given: Decision) -> ReviewRow:
        """Keep a decision; needs the token in the header X-Monitor-Token."""
        made = cache.workspace.review(given.subject, given.decision, note=given.note, who=given.who)
        return _kept(cache, made)

    @router.post("/reviews/undo", tags=["reviews"])
    def undo(given: Undo) -> ReviewRow:
        """Take a decision back; needs the token in the header X-Monitor-Token."""
        return _kept(cache, cache.workspace.reviews.undo(given.subject, who=given.who))


def _kept(cache: PageCache, made: Review) -> ReviewRow:
    table = cache.workspace.reviews.table()
    now = table.loc[table["stands"] & (table["subject"] == made.subject), "decision"]
    return ReviewRow(
        id=made.id,
        at=isoformat(made.at),
        subject=made.subject,
        decision=made.decision,
        who=made.who,
        note=made.note,
        now=str(now.iloc[0]) if len(now) else "",
    )


def _port(card: PortCard) -> Port:
    seen = card.health
    rate, low, high = (_number(value) for value in seen.rate)
    expected = (_number(seen.expected[0]), _number(seen.expected[1]))
    return Port(
        id=seen.aoi.id,
        name=seen.aoi.name or seen.aoi.id,
        last_observation=isoformat(seen.last.at) if seen.last else None,
        last_state=seen.last.state if seen.last else None,
        clear_observations_7d=seen.clear,
        passes_7d=seen.passes,
        ais_hours_7d=seen.ais_hours,
        vessels_per_clear_observation=rate,
        interval_95=(low, high),
        expected_95=expected,
        open_findings=card.open_findings,
        errors=list(card.errors),
    )


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _chosen(table: pd.DataFrame, schema: Schema, aoi: str, period: str) -> pd.DataFrame:
    if aoi:
        if "aoi_id" not in table:
            raise BadQuery("this table is of no one port; leave aoi out")
        table = table[table["aoi_id"] == aoi]
    if period:
        if schema.time is None:
            raise BadQuery("this table has no instants; leave period out")
        try:
            table = schema.within(table, TimeRange.parse(period))
        except DataError as error:
            raise BadQuery(str(error)) from error
    return table


def _rows(table: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: object) -> object:
    if isinstance(value, BaseGeometry):
        return mapping(value)
    plain = json_value(value)
    return None if isinstance(plain, float) and not isfinite(plain) else plain


def _json(value: object) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), media_type="application/json")
