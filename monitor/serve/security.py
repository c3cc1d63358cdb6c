"""Access control: requests of this machine's own pages alone, and no write without the token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN_HEADER = "x-monitor-token"
LARGEST_BODY = 64 * 1024
_MOST_DIGITS = 10
_READS = ("GET", "HEAD")
_OWN_SITE = ("same-origin", "none")
_HEADERS = {
    "content-security-policy": "default-src 'none'; img-src 'self' data:; font-src 'self'; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}


_BRIEFS = "/reports/"
_BRIEF_POLICY = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; img-src data:; font-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""A brief has its own, stricter policy for style and scripts; this gives it an origin that may ask for nothing."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Which requests are answered.

    Attributes
    ----------
    hosts : frozenset of str
        Allowed values of a request's Host header; another name that leads here is refused, against DNS rebinding.
    token : str
        What every write must carry in the header ``X-Monitor-Token``; never shown in a page or an answer.
    """

    hosts: frozenset[str]
    token: str = field(repr=False)

    @classmethod
    def at(cls, port: int, token: str) -> AccessRule:
        """The rule of a page on this port of 127.0.0.1."""
        return cls(frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}), token)

    def knows(self, token: str) -> bool:
        """Whether this is the token, compared in the same time however much of it is right."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        """Status and reason of a refusal; None when the request may pass."""
        host = headers.get("host", "").lower()
        if host not in self.hosts:
            return 421, "this page is served to 127.0.0.1 alone; open the address that `monitor serve` printed"
        if headers.get("sec-fetch-site", "none") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return 403, "another site may not ask here"
        return None if method in _READS else self._refused_write(host, headers)

    def _refused_write(self, host: str, headers: Headers) -> tuple[int, str] | None:
        if headers.get("origin", f"http://{host}").lower() != f"http://{host}":
            return 403, "another site may not write here"
        if headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            return 403, "another site may not write here"
        if not self.knows(headers.get(TOKEN_HEADER, "")):
            return 401, "read only: open the address with the token that `monitor serve` printed, then try again"
        if headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return 415, "send application/json"
        length = headers.get("content-length", "")
        is_number = length.isascii() and length.isdigit() and len(length) < _MOST_DIGITS
        if "transfer-encoding" in headers or not is_number or int(length) > LARGEST_BODY:
            return 413, f"a body of at most {LARGEST_BODY} bytes, with its length"
        return None


@dataclass(frozen=True, slots=True)
class SecurityMiddleware:
    """Every request checked, and every answer with headers that let a page load nothing from anywhere else."""

    app: ASGIApp
    access: AccessRule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; sockets other than HTTP's are closed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        is_head = scope["method"] == "HEAD"  # answered as GET, without the body

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith(_BRIEFS) and headers.get("content-type", "").startswith("text/html"):
                    headers["content-security-policy"] = _BRIEF_POLICY
                headers.setdefault("cache-control", "no-store")
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        refused = self.access.refusal(scope["method"], Headers(scope=scope))
        if refused is None:
            await self.app({**scope, "method": "GET"} if is_head else scope, receive, sealed)
            return
        status, reason = refused
        await JSONResponse({"error": reason}, status)(scope, receive, sealed)
