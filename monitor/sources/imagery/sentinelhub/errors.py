"""What a failed exchange with a Sentinel Hub service means, and what to do about it; pure."""

from __future__ import annotations

import requests
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from monitor.core.errors import SourceError
from monitor.sources.errors import AuthError, BadRequest, QuotaError, RateLimited, Unavailable


def login_fault(error: OAuth2Error, what: str) -> SourceError:
    """Our error for a refusal of the token service; `what` names the request."""
    if getattr(error, "error", "") == "missing_token":
        return Unavailable(
            f"{what}: the token service responded without a token; a login page or a proxy may stand between",
            transient=True,
        )
    return AuthError(
        f"{what}: the token service refuses the credentials ({error.error}); check MONITOR_SENTINELHUB__CLIENT_ID and "
        "__CLIENT_SECRET, and that they belong to [sentinelhub] deployment"
    )


def http_fault(error: requests.RequestException | None, what: str) -> SourceError:
    """Our error for a status of the service, or for no response at all; `what` names the request."""
    if isinstance(error, requests.TooManyRedirects):
        return AuthError(
            f"{what}: the token service leads elsewhere (a redirect), and the secret was not sent on; check "
            "[sentinelhub] token_url"
        )
    response = None if error is None else error.response
    if response is None:
        kind = "no response" if error is None else type(error).__name__
        return Unavailable(f"{what}: the connection failed ({kind}); check the network and run again", transient=True)
    status, message = response.status_code, _message(response)
    if status == requests.codes.unauthorized:
        return AuthError(
            f"{what}: the service refuses the token (401{message}); check that the credentials belong to [sentinelhub] "
            "deployment, and `monitor doctor`"
        )
    if status == requests.codes.forbidden:
        return QuotaError(
            f"{what}: refused (403{message}); the quota is used up, or lacks this collection. See your page at the "
            "service, or wait for the next month"
        )
    if status == requests.codes.too_many_requests:
        return RateLimited(f"{what}: too many requests (429{message}); run again", transient=True)
    if status >= requests.codes.internal_server_error:
        return Unavailable(f"{what}: the service fails ({status}{message}); run again later", transient=True)
    return BadRequest(f"{what}: the service refuses the request ({status}{message}); check [sentinelhub] and the AOI")


def _message(response: requests.Response) -> str:
    """The error message in a response, after a colon, short and on one line; never a header."""
    try:
        body = response.json()
        error = body.get("error", body) if isinstance(body, dict) else {}
        text = (
            str(error.get("message") or error.get("error_description") or "") if isinstance(error, dict) else str(error)
        )
    except ValueError:
        text = ""
    words = " ".join(text.split())[:200]
    return f": {words}" if words else ""
