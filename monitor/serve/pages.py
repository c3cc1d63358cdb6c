"""The pages: ports, one port, the review queue, evidence of one subject, runs and alerts, requests of the API."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from starlette.routing import Route

from monitor.core.aoi import Aoi
from monitor.core.wording import minute, number
from monitor.report.alerts.messages import HEADS
from monitor.report.page.blocks import Cell, Table, Text
from monitor.report.page.wording import SIMULATED_LINE
from monitor.serve import images, port, render
from monitor.serve.cache import PageCache
from monitor.serve.evidence import decisions, subject_evidence
from monitor.serve.files import briefs_of
from monitor.serve.health import Run
from monitor.serve.request import LAST_ROW, RequestView, observation_state, observation_when, partly_seen, row_when
from monitor.store.alerts import AlertStore

PER_PAGE = 40
KINDS = {
    "dark_event": "Vessel not explained by AIS",
    "shuttle": "Shuttle",
    "voyage": "Voyage",
    "visit": "Visit",
    "oil_stay": "Ship at an oil berth",
    "land_change": "Change of the ground",
    "first_train": "First trains",
    "land_state": "Tracks and storage",
    "chain": "Chain between places",
    "stack": "Stacks",
    "count": "Count",
    "gap": "AIS gap",
    "coverage": "Coverage",
    "air_call": "Call at an airfield",
    "detection": "Detection",
    "change": "Change",
    "feed": "AIS feed",
    "withdrawn": "No longer stated",
}
_STATIC_AGE = "max-age=300"


def page_routes(cache: PageCache, endpoints: list[tuple[str, str, str]]) -> APIRouter:
    """The routes of all pages; `endpoints` are method, path and summary of the API, filled in before the first call."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    _ports(router, cache)
    _review(router, cache)
    _rest(router, cache, endpoints)
    return router


def _ports(router: APIRouter, cache: PageCache) -> None:
    @router.get("/")
    def home() -> str:
        """A card for each port."""
        view = RequestView.of(cache)
        waiting = int(((view.queue()["decision"] == "") & (view.queue()["kind"] != "detection")).sum())
        return _page(view, "home.html.j2", "Ports", cards=view.cards(), waiting=waiting, runs=view.runs()[:1])

    @router.get("/ports/{aoi_id}")
    def one_port(aoi_id: str, tab: str = "overview", observation: str = "") -> str:
        """One tab of a port's page."""
        view = RequestView.of(cache)
        return _port_page(view, view.content.aoi(aoi_id), tab if tab in port.TABS else "overview", observation)

    @router.get("/tiles/{aoi_id}", response_class=Response)
    def tile(aoi_id: str) -> Response:
        """The newest tile of one port."""
        content = cache.now()
        made = images.newest_tile(cache, content, content.aoi(aoi_id))
        return Response(made.data, media_type=made.mime, headers={"cache-control": "private, max-age=60"})

    @router.get("/pictures/{detection_id:path}", response_class=Response)
    def picture(detection_id: str) -> Response:
        """The chip of one detection."""
        made = images.chip(cache, cache.now(), detection_id)
        return Response(made.data, media_type=made.mime, headers={"cache-control": "private, max-age=60"})


def _port_page(view: RequestView, aoi: Aoi, tab: str, observation: str) -> str:
    cache, content = view.cache, view.content
    parts, seen = port.parts(cache, content, aoi), images.observations(content, aoi)
    shown = images.newest(content, aoi)
    known = observation in {k.scene_id for k in seen}
    return _page(
        view,
        "port.html.j2",
        aoi.name or aoi.id,
        aoi=aoi,
        card=next(card for card in view.cards() if card.health.aoi.id == aoi.id),
        parts=[part for part in parts if part.tab == tab],
        tab=tab,
        tabs={name: words for name, words in port.TABS.items() if name == "files" or any(p.tab == name for p in parts)},
        observations=seen,
        chosen=observation if known else shown.scene_id if shown else "",
        briefs=briefs_of(cache, content, aoi.id),
    )


def _review(router: APIRouter, cache: PageCache) -> None:
    @router.get("/review")
    def review(
        show: Literal["open", "findings", "detections", "decided"] = "open",
        aoi: str = "",
        start: Annotated[int, Query(ge=0, le=LAST_ROW)] = 0,
    ) -> str:
        """The queue, to be worked through by keyboard."""
        view = RequestView.of(cache)
        queue = view.queue()
        queue = queue if not aoi else queue[queue["aoi_id"] == aoi]
        found = ~queue["kind"].isin(["detection", "withdrawn"])
        masks = {
            "open": found & (queue["decision"] == ""),
            "findings": found,
            "detections": queue["kind"] == "detection",
            "decided": queue["decision"] != "",
        }
        chosen = queue[masks[show]]
        some = chosen.iloc[start : start + PER_PAGE].to_dict("records")

        def address(**change: object) -> str:
            return "/review?" + urlencode({"show": show, "aoi": aoi, "start": start} | change)

        return _page(
            view,
            "review.html.j2",
            "Review",
            items=some,
            partly=partly_seen(view.content, some),
            total=len(chosen),
            start=start,
            per_page=PER_PAGE,
            show=show,
            aoi=aoi,
            kinds=KINDS,
            address=address,
            sizes={name: int(mask.sum()) for name, mask in masks.items()},
            ports=view.content.context.aois,
        )

    @router.get("/evidence/{subject:path}")
    def subject(subject: str) -> str:
        """Everything behind one detection or finding."""
        view = RequestView.of(cache)
        queue = view.queue()
        made = subject_evidence(cache, view.content, subject, queue)
        title = f"{KINDS.get(str(made.row['kind']), str(made.row['kind']))}: evidence"
        partly = partly_seen(view.content, [made.row])
        fragment, known = render.blocks_html(made.blocks), set(queue["subject"])
        values = {"made": made, "fragment": fragment, "known": known, "kinds": KINDS, "partly": partly}
        return _page(view, "evidence.html.j2", title, **values)


def _rest(router: APIRouter, cache: PageCache, endpoints: list[tuple[str, str, str]]) -> None:
    @router.get("/activity")
    def activity() -> str:
        """Runs, alerts and the last decisions."""
        view = RequestView.of(cache)
        some = (
            _runs_table(view.runs()),
            _failures(view.runs()),
            _alerts(view),
            decisions("The last decisions", view.review_store.table().tail(100)),
        )
        return _page(view, "plain.html.j2", "Runs and alerts", fragment=render.blocks_html(some))

    @router.get("/api")
    def api() -> str:
        """What can be asked for as JSON."""
        rows = tuple((Cell(f"{method} {path}"), Cell(words)) for method, path, words in endpoints)
        words = "The machine-readable description is at /api/openapi.json. Writing needs the token of this session."
        table = Table("Requests", ("Request", "Answer"), rows, words)
        return _page(RequestView.of(cache), "plain.html.j2", "API", fragment=render.blocks_html((table,)))

    @router.get("/static/{name}", response_class=Response)
    def static(name: str) -> Response:
        """A style sheet or script."""
        found = render.static_file(name)
        if found is None:
            return Response("no such file", 404, media_type="text/plain")
        return Response(found[0], media_type=found[1], headers={"cache-control": _STATIC_AGE})


def error_page(cache: PageCache, status: int, reason: str) -> HTMLResponse:
    """What a person sees when something is not there.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    status : int
        Of HTTP.
    reason : str
        Printed on the page.
    """
    title = "Not found" if status == 404 else "Not possible now"
    fragment = render.blocks_html((Text((f"{reason.rstrip('.')}.",), "empty"),))
    return HTMLResponse(_page(RequestView.of(cache), "plain.html.j2", title, fragment=fragment), status)


def endpoints_of(routes: list[Route]) -> list[tuple[str, str, str]]:
    """Method, path and first line of each route."""
    return [
        (method, each.path, (each.endpoint.__doc__ or "").strip().splitlines()[0])
        for each in routes
        for method in sorted((each.methods or set()) - {"HEAD"})
    ]


def _page(view: RequestView, template: str, title: str, **values: object) -> str:
    content = view.content
    return render.render_page(
        template,
        title=title,
        folder=view.cache.workspace.root.absolute().name,
        read_at=minute(content.read_at),
        simulated=content.given.is_simulated,
        simulated_line=SIMULATED_LINE,
        software=content.given.provenance.software,
        minute=minute,
        number=number,
        observation_when=observation_when,
        observation_state=observation_state,
        row_when=lambda row: row_when(content, row),
        **values,
    )


def _runs_table(runs: list[Run]) -> Table:
    rows = tuple(
        (
            Cell(minute(run.at)),
            Cell("; ".join(f"{name} {done}" for name, done, _ in run.steps if done) or "nothing was due"),
            Cell(str(len(run.failures)), "warn" if run.failures else ""),
            Cell("; ".join(note for _, _, note in run.steps if note) or "–"),
        )
        for run in runs
    )
    return Table(
        "Runs, newest first",
        ("When", "Done", "Failed", "Outcome"),
        rows,
        numeric=(2,),
        compact=True,
        empty="None is on record; `monitor run --due` makes one.",
    )


def _failures(runs: list[Run]) -> Table:
    last = runs[0] if runs else None
    rows = tuple((Cell(step), Cell(item), Cell(why)) for step, item, why in (last.failures if last else ()))
    return Table(
        "What failed in the last run",
        ("Step", "Item", "Why"),
        rows,
        "Running again tries these again.",
        empty="Nothing.",
        compact=True,
    )


def _alerts(view: RequestView) -> Table:
    table, names = AlertStore(view.cache.workspace.archive).table(), view.content.given.place_names
    rows = tuple(
        (
            Cell(minute(r["raised_at"])),
            Cell(HEADS.get(str(r["rule"]), str(r["rule"]))),
            Cell(names.get(str(r["aoi_id"]), str(r["aoi_id"])) or "–"),
            Cell(str(r["claim"])),
            Cell(str(r["state"])),
        )
        for r in table.iloc[::-1].to_dict("records")
    )
    return Table(
        "Alerts, newest first",
        ("Raised", "Rule", "Port", "Claim", "State"),
        rows,
        compact=True,
        empty="None was raised.",
    )
