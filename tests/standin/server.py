"""The stand-in's HTTP side."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.standin.catalog import RefusedError, search
from tests.standin.process import process
from tests.standin.worlds import World

CLIENT_ID, CLIENT_SECRET = "standin-client-4711", "standin-SECRET-0815"
_SERVICES = {"token": "/token", "catalog": "/search", "process": "/process"}


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    `status` with `body` and `headers` answers at once; else `how` spoils the true answer: ``close`` (no answer),
    ``cut`` (less than Content-Length says), ``drip`` (a byte now and then), ``half`` (half a body of consistent
    length), ``half tiff`` (a tar whose TIFF is half), ``html`` (a login page with status 200), ``delay``.
    """

    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = ""
    seconds: float = 0.0
    change: Callable[[bytes], bytes] | None = None


@dataclass
class Asked:
    """One request as it came."""

    service: str
    body: dict
    status: int = 0


class StandIn:
    """A Sentinel Hub on 127.0.0.1; use it as a context manager."""

    def __init__(self, world: World, *, has_clm: bool = False, token_ttl_s: int = 3600, latency_s: float = 0.0) -> None:
        self.world, self.has_clm, self.token_ttl_s, self.latency_s = world, has_clm, token_ttl_s, latency_s
        self.asked: list[Asked] = []
        self.tokens: dict[str, float] = {}
        self.faults: dict[str, deque[Fault]] = {service: deque() for service in _SERVICES}
        self.always: dict[str, Fault] = {}
        self.secret = CLIENT_SECRET
        self.processing_units = 0.0
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.standin = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.token_url = f"{self.url}/token"
        self.lock = threading.Lock()

    def __enter__(self) -> StandIn:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fail(self, service: str, *faults: Fault) -> None:
        """The next requests of a service fail like this, one each."""
        self.faults[service].extend(faults)

    def fail_always(self, service: str, fault: Fault) -> None:
        """Every request of a service fails like this."""
        self.always[service] = fault

    def heal(self) -> None:
        """No more faults."""
        self.always.clear()
        for queue in self.faults.values():
            queue.clear()

    def revoke(self) -> None:
        """Tokens given so far are refused."""
        self.tokens.clear()

    def count(self, service: str) -> int:
        """Requests of a service so far."""
        return Counter(asked.service for asked in self.asked)[service]

    def fault(self, service: str) -> Fault | None:
        with self.lock:
            if self.faults[service]:
                return self.faults[service].popleft()
        return self.always.get(service)

    # the services: status, content type, body, headers

    def token(self, form: dict[str, list[str]]) -> tuple[int, str, bytes, dict[str, str]]:
        given = (form.get("client_id"), form.get("client_secret"))
        if given != ([CLIENT_ID], [self.secret]):
            return 401, "application/json", b'{"error": "invalid_client", "error_description": "Invalid client"}', {}
        claims = base64.urlsafe_b64encode(json.dumps({"azp": CLIENT_ID, "n": secrets.token_hex(4)}).encode()).decode()
        token = f"e30.{claims}.signature-{secrets.token_hex(8)}"
        self.tokens[token] = time.time() + self.token_ttl_s
        answer = {"access_token": token, "expires_in": self.token_ttl_s, "token_type": "Bearer"}
        return 200, "application/json", json.dumps(answer).encode(), {}

    def may(self, authorization: str) -> bool:
        return self.tokens.get(authorization.removeprefix("Bearer "), 0.0) > time.time()

    def answer(self, service: str, body: dict) -> tuple[int, str, bytes, dict[str, str]]:
        try:
            if service == "catalog":
                return 200, "application/geo+json", json.dumps(search(self.world.products, body)).encode(), {}
            content, units = process(self.world, body, without=frozenset() if self.has_clm else frozenset({"CLM"}))
            with self.lock:
                self.processing_units += units
            return 200, "application/x-tar", content, {"X-ProcessingUnits-Spent": f"{units:.6f}"}
        except RefusedError as error:
            return _error(400, "RENDERER_EXCEPTION", str(error))


def _error(status: int, code: str, message: str) -> tuple[int, str, bytes, dict[str, str]]:
    body = {"error": {"status": status, "reason": code, "message": message, "code": code}}
    return status, "application/json", json.dumps(body).encode(), {}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    standin: StandIn

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        standin = self.server.standin
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        service = next((name for name, end in _SERVICES.items() if self.path.endswith(end)), "")
        body = json.loads(content) if service in ("catalog", "process") else {}
        asked = Asked(service, body)
        standin.asked.append(asked)
        if standin.latency_s:
            time.sleep(standin.latency_s)
        fault = standin.fault(service) if service else None
        if fault and fault.status:
            answer = (fault.status, "application/json", fault.body.encode(), fault.headers)
        elif not service:
            answer = _error(404, "NOT_FOUND", "no such service")
        elif service == "token":
            answer = standin.token(parse_qs(content.decode()))
        elif not standin.may(self.headers.get("Authorization", "")):
            answer = _error(401, "COMMON_UNAUTHORIZED", "You are not authorized! Please provide a valid access token")
        else:
            answer = standin.answer(service, body)
        asked.status = answer[0]
        self.send(answer, fault)

    def send(self, answer: tuple[int, str, bytes, dict[str, str]], fault: Fault | None) -> None:
        status, kind, body, headers = answer
        how = fault.how if fault else ""
        if how == "close":
            self.close_connection = True
            self.connection.close()
            return
        if how == "delay":
            time.sleep(fault.seconds)
        if how == "half":
            body = body[: len(body) // 2]
        if how == "html":
            kind, body = "text/html", b"<html><body>Sign in to the hotel's network</body></html>"
        if how == "empty":
            body = b""
        if how == "change":
            body = fault.change(body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if how == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
            return
        if how == "drip":
            for position in range(len(body)):
                self.wfile.write(body[position : position + 1])
                self.wfile.flush()
                time.sleep(fault.seconds)
            return
        self.wfile.write(body)
