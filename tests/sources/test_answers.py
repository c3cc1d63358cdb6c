"""An answer that swells in unpacking is refused, whoever asked for it."""

from __future__ import annotations

import gzip
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from pydantic import SecretStr

from monitor.core.errors import SourceError
from monitor.core.limits import Limits
from monitor.core.timerange import TimeRange
from monitor.sources.answers import BoundedAdapter, bounded_session
from monitor.sources.errors import BadResponse
from monitor.sources.imagery.sentinelhub.client import check_login
from monitor.sources.imagery.sentinelhub.config import SentinelHubSettings
from monitor.sources.imagery.stac.source import StacSource
from tests.benchmarks.bombs import peak_mb, reset_peak
from tests.sources.places import aoi_over

pytestmark = pytest.mark.loopback
_packing = zlib.compressobj(wbits=31)
GZIP = b"".join(_packing.compress(bytes(1 << 20)) for _ in range(1536)) + _packing.flush()
PACKED = {"gzip": GZIP, "gzip, gzip": gzip.compress(GZIP)}
"""1.5 GB in 1.6 MB, and in a few kilobytes."""


@contextmanager
def serving(body: bytes, encoding: str = "") -> Iterator[str]:
    """The URL of a server whose every answer is the same."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            if encoding:
                self.send_header("Content-Encoding", encoding)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that the base class looks for

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("encoding", sorted(PACKED))
def test_a_packed_answer_is_refused_before_it_fills_the_memory(encoding: str) -> None:
    before = peak_mb()
    reset_peak()
    with (
        serving(PACKED[encoding], encoding) as url,
        bounded_session(requests.Session(), BoundedAdapter(Limits(document_mb=100))) as session,
        pytest.raises(BadResponse, match=r"the answer: reading it .* over 100 MB .* \[limits\] document_mb"),
    ):
        session.get(url)
    assert peak_mb() < before + 300


def test_an_answer_of_many_parts_is_refused_before_it_is_parsed() -> None:
    with (
        serving(b"[" + b"[]," * 2_000_000 + b"1]") as url,
        bounded_session(requests.Session(), BoundedAdapter(Limits(document_mb=100))) as session,
        pytest.raises(BadResponse, match="document_mb"),
    ):
        session.get(url)


def test_a_sound_answer_is_read_whole() -> None:
    body = b'{"a": [1, 2, 3]}'
    with serving(gzip.compress(body), "gzip") as url, bounded_session(requests.Session(), BoundedAdapter()) as session:
        assert session.get(url).json() == {"a": [1, 2, 3]}


def test_a_catalog_that_swells_is_named_with_the_setting() -> None:
    aoi = aoi_over(499_900, 4_670_000, 500_500, 4_670_600)
    with serving(PACKED["gzip"], "gzip") as url, pytest.raises(BadResponse, match=r"\[limits\] document_mb"):
        StacSource(url, "s2", limits=Limits(document_mb=50)).search(aoi, TimeRange.parse("2023-10"))


def test_a_login_that_swells_ends() -> None:
    with serving(PACKED["gzip"], "gzip") as url:
        settings = SentinelHubSettings(
            deployment="custom",
            base_url=url,
            token_url=f"{url}/token",
            client_id=SecretStr("a"),
            client_secret=SecretStr("b"),
            limits=Limits(document_mb=50),
        )
        with pytest.raises(SourceError):
            check_login(settings)
