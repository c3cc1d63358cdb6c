"""The application: routes, the security middleware in front of them, and how errors are answered."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from monitor.core.errors import ArchiveError, DataError, MonitorError, SettingsError
from monitor.core.text import plain
from monitor.core.version import VERSION
from monitor.serve import api, files, pages
from monitor.serve.cache import PageCache
from monitor.serve.request import BadQuery
from monitor.serve.security import AccessRule, SecurityMiddleware

_ABOUT = (
    "Ports, observations, detections, matches, gaps, visits and findings of one workspace, as JSON. A missing "
    "number is null: not observed is not zero. Only this machine is answered; writing needs the session's token."
)


def make_app(cache: PageCache, access: AccessRule) -> ASGIApp:
    """The local page of a workspace, for any ASGI server that listens on 127.0.0.1."""
    app = FastAPI(
        title="monitor",
        version=VERSION,
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    tables = api.api_routes(cache, access)
    app.include_router(tables)
    endpoints = pages.endpoints_of([route for route in tables.routes if isinstance(route, APIRoute)])
    app.include_router(pages.page_routes(cache, endpoints))
    app.include_router(files.file_routes(cache))

    @app.exception_handler(MonitorError)
    def refused(request: Request, error: MonitorError) -> Response:
        status = _status(request, error)
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": plain(str(error))}, status)
        return pages.error_page(cache, status, plain(str(error)))

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001
        """What is wrong with each part; what was sent may be no JSON, and is not sent back."""
        parts = [f"{' '.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        return JSONResponse({"error": plain("; ".join(parts))}, 422)

    @app.exception_handler(HTTPException)
    def absent(request: Request, error: HTTPException) -> Response:
        """What no route answers, in the words and style of this site."""
        words = f"{plain(request.url.path)}: {'there is no such page' if error.status_code == 404 else error.detail}"
        if request.url.path.startswith("/api/"):
            return JSONResponse({"error": words}, error.status_code)
        return pages.error_page(cache, error.status_code, words)

    return SecurityMiddleware(app, access)


def _status(request: Request, error: MonitorError) -> int:
    if isinstance(error, BadQuery):
        return 400
    if isinstance(error, DataError | SettingsError):
        return 404 if request.method == "GET" else 422
    return 503 if isinstance(error, ArchiveError) else 500
