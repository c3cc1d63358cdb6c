"""The Sentinel Hub client with a deadline: every call ends, and every failure is one of our errors.

The client's own retries, its disk cache and its config file are not used: it waits for ever on 429, never renews a
refused token, and keeps half files. Here one call is one attempt, and this module decides whether there is another.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar, cast

import requests
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error  # type: ignore[import-untyped]
from requests_oauthlib import OAuth2Session  # type: ignore[import-untyped]
from sentinelhub import (
    CRS,
    BBox,
    DataCollection,
    DownloadFailedException,
    Geometry,
    SentinelHubCatalog,
    SentinelHubDownloadClient,
    SentinelHubRequest,
    SentinelHubSession,
    SHConfig,
)
from sentinelhub.constants import SHConstants
from sentinelhub.download.models import DownloadRequest, DownloadResponse
from sentinelhub.exceptions import BaseSentinelHubException, MissingDataInRequestException
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import SourceError
from monitor.core.geo.grid import Grid
from monitor.core.limits import Limits
from monitor.core.timerange import TimeRange
from monitor.sources.answers import BoundedAdapter, bounded_session
from monitor.sources.errors import AuthError, BadResponse, RateLimited
from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings, is_loopback
from monitor.sources.imagery.sentinelhub.errors import http_fault, login_fault
from monitor.sources.retry import retrying

_T = TypeVar("_T")

_READ_TIMEOUT_S = 120.0
_INSECURE = "OAUTHLIB_INSECURE_TRANSPORT"
_MOST_ITEMS = 20_000
"""Of one search; chosen, far above what an AOI has in a decade. More means pages that do not end."""
_RENEW_S = 30.0
"""How long before its end a token is renewed; chosen."""
_COLLECTIONS = {
    ("s2", "L2A"): DataCollection.SENTINEL2_L2A,
    ("s2", "L1C"): DataCollection.SENTINEL2_L1C,
    ("s1", "GRD"): DataCollection.SENTINEL1_IW,
}
for _library in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_library).setLevel(logging.INFO)  # their DEBUG lines show secret and token in clear

_login = threading.Lock()
_sessions: dict[SentinelHubSettings, SentinelHubSession] = {}


@dataclass(frozen=True, slots=True)
class ProcessRequest:
    """One Process call.

    Attributes
    ----------
    sensor : str
        ``s2`` or ``s1``.
    level : str
        Product level.
    grid : Grid
        Where the pixels lie.
    period : TimeRange
        When the tiles were acquired that they are made from.
    evalscript : str
        The script that makes them.
    outputs : tuple of str
        Identifiers of the TIFFs; ``userdata`` comes along.
    processing, data_filter : mapping of str to object
        Options of the service.
    """

    sensor: str
    level: str
    grid: Grid
    period: TimeRange
    evalscript: str
    outputs: tuple[str, ...]
    processing: Mapping[str, object]
    data_filter: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ProcessResponse:
    """The response to one Process call.

    Attributes
    ----------
    content : bytes
        A tar of TIFFs.
    units : float or None
        Processing units spent, by its header; None without one.
    """

    content: bytes
    units: float | None


class _Throttled(Exception):  # noqa: N818
    """A response with status 429."""

    def __init__(self, retry_after: str | None) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


_FOREIGN = (_Throttled, OAuth2Error, BaseSentinelHubException, requests.RequestException)


class _Session(SentinelHubSession):  # type: ignore[misc]
    """The session whose login follows no redirect: a 307 would post the secret to whatever host it names."""

    def _collect_new_token(self) -> dict[str, object]:
        with OAuth2Session(client=BackendApplicationClient(client_id=self.config.sh_client_id)) as login:
            login.max_redirects = 0
            bounded_session(login, BoundedAdapter())
            login.register_compliance_hook("access_token_response", self._compliance_hook)
            token = login.fetch_token(
                token_url=self.config.sh_token_url,
                client_id=self.config.sh_client_id,
                client_secret=self.config.sh_client_secret,
                headers={**self.DEFAULT_HEADERS, **SHConstants.HEADERS},
                include_client_id=True,
            )
            return cast("dict[str, object]", token)


class _Client(SentinelHubDownloadClient):  # type: ignore[misc]
    """The client with a deadline for one request, however slowly bytes arrive, and an error at the first 429."""

    def __init__(self, *, config: SHConfig, session: SentinelHubSession, deadline: float, limits: Limits) -> None:
        super().__init__(config=config, session=session)
        self.deadline = deadline
        self.limits = limits
        self._sent: set[str] = set()

    def _do_download(self, request: DownloadRequest) -> requests.Response:
        asked = f"{request.url} {json.dumps(request.post_values, sort_keys=True, default=str)}"
        if asked in self._sent:
            raise BadResponse("the catalog's pages do not end: one names itself as the next; narrow the period")
        self._sent.add(asked)
        response = _within(lambda: self._answer(request), self.deadline)
        if response.status_code == requests.codes.too_many_requests:
            raise _Throttled(response.headers.get("Retry-After"))
        return response

    def _answer(self, request: DownloadRequest) -> requests.Response:
        with bounded_session(requests.Session(), BoundedAdapter(self.limits)) as session:
            return session.request(
                request.request_type.value,
                url=request.url or "",
                json=request.post_values,
                headers=self._prepare_headers(request),
                timeout=self.config.download_timeout_seconds,
            )


def search_catalog(
    settings: SentinelHubSettings, area: BaseGeometry, period: TimeRange, *, sensor: str
) -> list[Mapping[str, object]]:
    """The catalog's items, all pages of them.

    Parameters
    ----------
    settings : SentinelHubSettings
        Where, and within which limits.
    area : BaseGeometry
        Items intersect it; EPSG:4326.
    period : TimeRange
        Items are of it.
    sensor : str
        ``s2`` or ``s1``.

    Raises
    ------
    AuthError, QuotaError, RateLimited, BadRequest, Unavailable, BadResponse
        As the fault was; the time is bounded by the settings.
    """
    collection = _collection(settings, sensor)

    def send(client: _Client) -> list[Mapping[str, object]]:
        catalog = SentinelHubCatalog(config=client.config)
        catalog.client = client
        found = catalog.search(
            collection, geometry=Geometry(area, CRS.WGS84), time=(period.start, period.end), limit=100
        )
        try:
            items = list(islice(found, _MOST_ITEMS))
        except requests.RequestException:
            raise
        except (KeyError, ValueError, TypeError, AttributeError, MissingDataInRequestException) as error:
            raise BadResponse(f"{what}: no catalog page came back ({error!r}); run again", transient=True) from error
        if len(items) == _MOST_ITEMS:
            raise BadResponse(f"{what}: the catalog's pages do not end; narrow the period")
        return items

    what = f"catalog search for {collection.api_id}"
    return _bounded(settings, what, send)


def process(settings: SentinelHubSettings, request: ProcessRequest, *, what: str) -> ProcessResponse:
    """The response to one Process call, not yet checked.

    Parameters
    ----------
    settings : SentinelHubSettings
        Where, and within which limits.
    request : ProcessRequest
        What is sent.
    what : str
        Names the request in errors.

    Raises
    ------
    AuthError, QuotaError, RateLimited, BadRequest, Unavailable
        As the fault was; the time is bounded by the settings.
    """

    def send(client: _Client) -> ProcessResponse:
        made = _request(settings, request, client.config)
        [response] = client.download(made.download_list, max_threads=1, decode_data=False)
        return _process_response(response)

    return _bounded(settings, what, send)


def payload(settings: SentinelHubSettings, request: ProcessRequest) -> dict[str, object]:
    """The JSON body of a Process call, as it is sent; it holds no secret."""
    return cast("dict[str, object]", dict(_request(settings, request, _config(settings)).payload))


def check_login(settings: SentinelHubSettings) -> None:
    """Log in anew, and raise as `process` does when that fails."""
    with _login:
        _sessions.pop(settings, None)
    _bounded(settings, "login", lambda _: None)


def _request(settings: SentinelHubSettings, request: ProcessRequest, config: SHConfig) -> SentinelHubRequest:
    rows, cols = request.grid.shape
    other = {"processing": dict(request.processing), "dataFilter": dict(request.data_filter)}
    return SentinelHubRequest(
        evalscript=request.evalscript,
        input_data=[
            SentinelHubRequest.input_data(
                _collection(settings, request.sensor),
                time_interval=(request.period.start, request.period.end),
                other_args={key: value for key, value in other.items() if value},
            )
        ],
        responses=[SentinelHubRequest.output_response(name, "tiff") for name in request.outputs]
        + [SentinelHubRequest.output_response("userdata", "json")],
        bbox=BBox(request.grid.bounds, CRS(str(request.grid.epsg))),
        size=(cols, rows),
        config=config,
    )


def _process_response(response: DownloadResponse) -> ProcessResponse:
    headers = {key.lower(): value for key, value in response.headers.items()}
    try:
        units = float(headers["x-processingunits-spent"])
    except (KeyError, ValueError):
        units = None
    return ProcessResponse(response.content, units)


def _collection(settings: SentinelHubSettings, sensor: str) -> DataCollection:
    base = _COLLECTIONS[sensor, settings.level if sensor == "s2" else "GRD"]
    url = settings.endpoints.base_url
    return base.define_from(f"{base.name}_{url}", service_url=url)


def _config(settings: SentinelHubSettings) -> SHConfig:
    return SHConfig(
        use_defaults=True,
        sh_client_id=settings.client_id.get_secret_value(),
        sh_client_secret=settings.client_secret.get_secret_value(),
        sh_base_url=settings.endpoints.base_url,
        sh_token_url=settings.endpoints.token_url,
        max_download_attempts=1,
        download_sleep_time=0.0,
        max_retries=1,
        download_timeout_seconds=min(_READ_TIMEOUT_S, settings.deadline_s),
    )


def _bounded(settings: SentinelHubSettings, what: str, send: Callable[[_Client], _T]) -> _T:
    """What `send` returns, called again where that may help, within the settings' deadline."""
    deadline = time.monotonic() + settings.deadline_s
    renewals = ["a refused token is renewed once"]

    def attempt() -> _T:
        session = None
        try:
            session, token = _session(settings, deadline)
            frozen = SentinelHubSession.from_token(token)
            return send(_Client(config=_config(settings), session=frozen, deadline=deadline, limits=settings.limits))
        except _FOREIGN as error:
            fault = _named(error, what)
            if session is None or not renewals or not isinstance(fault, AuthError):
                raise fault from error
        renewals.clear()
        _forget(settings, session)
        return attempt()

    return retrying(
        attempts=settings.attempts, pause_s=settings.pause_s, deadline_s=settings.deadline_s, retry_after=_retry_after
    )(attempt)


def _session(settings: SentinelHubSettings, deadline: float) -> tuple[SentinelHubSession, dict[str, object]]:
    """The session of all threads and its token, renewed when it is about to end."""
    if settings.credentials_problem:
        raise AuthError(settings.credentials_problem)
    if not _login.acquire(timeout=max(deadline - time.monotonic(), 0.001)):
        raise requests.Timeout("another thread has waited for the login as long as the settings allow")
    try:
        with _plain_http(settings.endpoints.token_url):
            session = _sessions.get(settings)
            if session is None:
                session = _within(lambda: _Session(_config(settings), _RENEW_S), deadline)
                _sessions[settings] = session
                token = session.token
            else:
                token = _within(lambda: session.token, deadline)
        return session, dict(token)
    finally:
        _login.release()


def _forget(settings: SentinelHubSettings, session: SentinelHubSession) -> None:
    with _login:
        if _sessions.get(settings) is session:
            del _sessions[settings]


def _within(call: Callable[[], _T], deadline: float) -> _T:
    """What `call` returns or raises; when it outlasts the deadline it is left behind and `requests.Timeout` raised."""
    done: list[tuple[_T | None, BaseException | None]] = []

    def run() -> None:
        try:
            done.append((call(), None))
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread
            done.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(max(deadline - time.monotonic(), 0.001))
    if not done:
        raise requests.Timeout("no whole response within the time that the settings allow")
    value, error = done[0]
    if error is not None:
        raise error
    return cast("_T", value)


@contextmanager
def _plain_http(url: str) -> Iterator[None]:
    """Allow plain HTTP in the OAuth library, to this machine alone."""
    before = os.environ.get(_INSECURE)
    if url.startswith("http://") and is_loopback(url):
        os.environ[_INSECURE] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_INSECURE, None)
        else:
            os.environ[_INSECURE] = before


def _named(error: Exception, what: str) -> SourceError:
    """Our error for a foreign one; a bug is raised as it is."""
    if isinstance(error, _Throttled):
        return RateLimited(
            f"{what}: too many requests (429) for as long as the settings wait; run again", transient=True
        )
    if isinstance(error, OAuth2Error):
        return login_fault(error, what)
    if isinstance(error, DownloadFailedException):
        return http_fault(error.request_exception, what)
    if isinstance(error, requests.RequestException):
        return http_fault(error, what)
    raise error


def _retry_after(fault: BaseException) -> str | None:
    """The header of the response that a fault was made from."""
    cause = fault.__cause__
    if isinstance(cause, _Throttled):
        return cause.retry_after
    failed = cause.request_exception if isinstance(cause, DownloadFailedException) else cause
    response = failed.response if isinstance(failed, requests.RequestException) else None
    return None if response is None else response.headers.get("Retry-After")
