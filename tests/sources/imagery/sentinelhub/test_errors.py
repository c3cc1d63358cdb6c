"""The fault table of the service, through the real client."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import numpy as np
import pytest
import rasterio
from pydantic import SecretStr
from rasterio.io import MemoryFile

from monitor.core.timerange import TimeRange
from monitor.pipeline import pull
from monitor.sources.errors import AuthError, BadItems, BadRequest, BadResponse, QuotaError, RateLimited, Unavailable
from monitor.sources.imagery.sentinelhub.client import check_login
from monitor.sources.imagery.sentinelhub.source import SentinelHubSource
from tests.sources.imagery.sentinelhub.hub_places import settings_for, source_for
from tests.standin.server import Fault

pytestmark = pytest.mark.loopback
MONTH = TimeRange.parse("2023-10")
SHIFTED = rasterio.Affine(10, 0, 500_105, 0, -10, 4_670_200)


@pytest.fixture
def ask(serve, port):
    """(stand-in, fetch of its first pass): the search is already behind."""
    standin = serve()

    def fetch(**options):
        source = source_for(standin, **options)
        return source.fetch(source.search(port, MONTH)[0], port)

    return standin, fetch


def error(status: int, message: str = "said the service", **headers: str) -> Fault:
    return Fault(status, f'{{"error": {{"message": "{message}"}}}}', headers)


@pytest.mark.parametrize(
    "status, kind, words",
    [
        (400, BadRequest, "400: said the service"),
        (403, QuotaError, "quota"),
        (404, BadRequest, "404: said the service"),
    ],
)
def test_refusals_are_final(ask, status, kind, words):
    standin, fetch = ask
    standin.fail_always("process", error(status))
    with pytest.raises(kind, match=words) as caught:
        fetch()
    assert standin.count("process") == 1
    assert not caught.value.transient


def test_a_refused_token_is_renewed_once(ask):
    standin, fetch = ask
    fetch()
    standin.revoke()
    fetch()
    assert standin.count("token") == 2


def test_a_token_revoked_between_search_and_fetch_is_renewed(serve, port):
    standin = serve()
    source = source_for(standin)
    acquisition = source.search(port, MONTH)[0]
    standin.revoke()
    source.fetch(acquisition, port)
    assert (standin.count("process"), standin.count("token")) == (2, 2)


def test_a_token_that_is_always_refused_is_an_auth_error(ask):
    standin, fetch = ask
    standin.fail_always("process", error(401))
    with pytest.raises(AuthError, match="401"):
        fetch()
    assert standin.count("process") == 2
    assert standin.count("token") == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "700"},
        {"Retry-After": "2"},
        {"Retry-After": "1.5"},
        {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)},
        {"Retry-After": "soon"},
        {},
    ],
)
def test_too_many_requests_is_waited_for(ask, headers):
    standin, fetch = ask
    standin.fail("process", Fault(429, "{}", headers))
    assert fetch().valid.all()
    assert standin.count("process") == 2


def test_too_many_requests_for_ever_ends(ask):
    standin, fetch = ask
    standin.fail_always("process", Fault(429, "{}"))
    with pytest.raises(RateLimited, match="too many requests") as caught:
        fetch(attempts=5)
    assert standin.count("process") == 5
    assert caught.value.transient


def test_a_wait_longer_than_the_deadline_is_not_begun(ask):
    standin, fetch = ask
    standin.fail_always("process", Fault(429, "{}", {"Retry-After": "60000"}))
    began = time.monotonic()
    with pytest.raises(RateLimited):
        fetch(deadline_s=5.0)
    assert standin.count("process") == 1
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_service_is_asked_again(ask, status):
    standin, fetch = ask
    standin.fail("process", error(status), error(status))
    fetch()
    assert standin.count("process") == 3


def test_a_service_that_always_fails_is_unavailable(ask):
    standin, fetch = ask
    standin.fail_always("process", error(503))
    with pytest.raises(Unavailable, match="503: said the service") as caught:
        fetch(attempts=3)
    assert standin.count("process") == 3
    assert caught.value.transient


@pytest.mark.parametrize("how", ["close", "cut"])
def test_a_broken_connection_is_tried_again_and_ends(ask, how):
    standin, fetch = ask
    standin.fail("process", Fault(how=how))
    fetch()
    assert standin.count("process") == 2
    standin.fail_always("process", Fault(how=how))
    with pytest.raises(Unavailable, match="the connection failed"):
        fetch(attempts=2)
    assert standin.count("process") == 4


@pytest.mark.parametrize("fault", [Fault(how="drip", seconds=0.2), Fault(how="delay", seconds=30)])
def test_a_slow_connection_ends_with_the_deadline(ask, fault):
    standin, fetch = ask
    standin.fail_always("process", fault)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="the connection failed"):
        fetch(deadline_s=1.5)
    assert time.monotonic() - began < 6


def test_nobody_there_is_unavailable(serve, port):
    standin = serve()
    source = source_for(standin, attempts=2)
    acquisition = source.search(port, MONTH)[0]
    standin.server.shutdown()
    standin.server.server_close()
    with pytest.raises(Unavailable, match="check the network"):
        source.fetch(acquisition, port)


@pytest.mark.parametrize("how", ["html", "empty", "half"])
def test_an_answer_that_is_not_the_archive_asked_for_is_bad(ask, how):
    standin, fetch = ask
    standin.fail_always("process", Fault(how=how))
    with pytest.raises(BadResponse, match=r"no tar archive|lacks|cut short"):
        fetch()
    assert standin.count("process") == 1


def members(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def changed(name: str, change) -> Fault:
    def act(content: bytes) -> bytes:
        files = members(content)
        files[name] = change(files[name])
        return packed(files)

    return Fault(how="change", change=act)


def rewritten(content: bytes, *, data=None, **profile) -> bytes:
    with MemoryFile(content) as memory, memory.open() as source:
        old = {**source.profile}
        data = source.read() if data is None else data(source.read())
    with MemoryFile() as memory:
        shape = {"count": data.shape[0], "height": data.shape[1], "width": data.shape[2], "dtype": data.dtype}
        with memory.open(**{**old, **shape, **profile}) as target:
            target.write(data)
        return memory.read()


@pytest.mark.parametrize("name", ["default.tif", "mask.tif", "userdata.json"])
def test_a_missing_member_is_a_bad_answer(ask, name):
    standin, fetch = ask

    def without(content: bytes) -> bytes:
        return packed({key: value for key, value in members(content).items() if key != name})

    standin.fail("process", Fault(how="change", change=without))
    with pytest.raises(BadResponse, match=f"lacks {name.partition('.')[0]}"):
        fetch()


@pytest.mark.parametrize(
    "name, change, words",
    [
        ("default.tif", lambda c: c[: len(c) // 2], "cannot be read"),
        ("mask.tif", lambda c: c[: len(c) // 2], "cannot be read"),
        ("default.tif", lambda c: b"", "cannot be read"),
        ("default.tif", lambda c: bytes(len(c)), "cannot be read"),
        ("default.tif", lambda c: rewritten(c, data=lambda d: d[:, :-1]), r"24 × 19 px, requested were 24 × 20"),
        ("default.tif", lambda c: rewritten(c, data=lambda d: d[:4]), "4 bands of uint16, requested were 5"),
        ("default.tif", lambda c: rewritten(c, data=lambda d: d.astype(np.float32)), "5 bands of float32"),
        ("default.tif", lambda c: rewritten(c, crs="EPSG:32653"), "in EPSG:32653, requested was EPSG:32652"),
        ("default.tif", lambda c: rewritten(c, crs=None), "in EPSG:0, requested was EPSG:32652"),
        ("default.tif", lambda c: rewritten(c, transform=SHIFTED), "5.000 m off"),
        ("userdata.json", lambda c: b"{", "does not name the tiles"),
        ("userdata.json", lambda c: b'{"orbits": 3}', "does not name the tiles"),
    ],
)
def test_a_member_that_is_not_what_was_asked_for_is_a_bad_answer(ask, name, change, words):
    standin, fetch = ask
    standin.fail("process", changed(name, change))
    with pytest.raises(BadResponse, match=words):
        fetch()
    assert standin.count("process") == 1


# catalog


@pytest.mark.parametrize(
    "fault, words",
    [
        (Fault(how="html"), "no catalog page"),
        (Fault(how="half"), "no catalog page"),
        (Fault(how="change", change=lambda c: b'{"features": []}'), "no catalog page"),
        (Fault(how="change", change=lambda c: b"[]"), "no catalog page"),
        (Fault(how="change", change=lambda c: c.replace(b'"geometry"', b'"shape"')), "not a STAC item"),
    ],
)
def test_a_catalog_that_answers_nonsense_is_a_bad_answer(serve, port, fault, words):
    standin = serve()
    standin.fail_always("catalog", fault)
    with pytest.raises(BadResponse, match=words):
        source_for(standin, attempts=2).search(port, MONTH)


def test_a_catalog_that_fails_once_is_asked_again(serve, port):
    standin = serve()
    standin.fail("catalog", error(503), Fault(how="close"), Fault(429, "{}"))
    assert len(source_for(standin).search(port, MONTH)) == 3


# login


@pytest.mark.parametrize(
    "fault, kind, words, tries",
    [
        (Fault(401, '{"error": "invalid_client"}'), AuthError, "refuses the credentials", 1),
        (Fault(401, ""), AuthError, "401", 1),
        (Fault(429, "{}"), RateLimited, "429", 3),
        (Fault(503, "{}"), Unavailable, "503", 3),
        (Fault(how="close"), Unavailable, "the connection failed", 3),
        (Fault(how="html"), Unavailable, "without a token", 3),
        (Fault(200, '{"token_type": "Bearer"}'), Unavailable, "without a token", 3),
    ],
)
def test_a_token_service_that_fails(serve, port, fault, kind, words, tries):
    standin = serve()
    standin.fail_always("token", fault)
    with pytest.raises(kind, match=words):
        source_for(standin, attempts=3).search(port, MONTH)
    assert standin.count("token") == tries
    assert standin.count("catalog") == 0


def test_a_token_service_that_fails_once_is_asked_again(serve, port):
    standin = serve()
    standin.fail("token", Fault(503, "{}"), Fault(429, "{}"))
    assert len(source_for(standin).search(port, MONTH)) == 3


def test_a_token_service_that_hangs_ends_with_the_deadline(serve, port):
    standin = serve()
    standin.fail_always("token", Fault(how="delay", seconds=30))
    began = time.monotonic()
    with pytest.raises(Unavailable):
        source_for(standin, deadline_s=1.0).search(port, MONTH)
    assert time.monotonic() - began < 6


def test_no_credentials_is_said_before_anybody_is_asked(serve, port):
    standin = serve()
    source = SentinelHubSource(replace(settings_for(standin), client_secret=SecretStr("")))
    with pytest.raises(AuthError, match="MONITOR_SENTINELHUB__CLIENT_SECRET"):
        source.search(port, MONTH)
    assert standin.asked == []


def test_tokens_that_end_are_renewed_in_time(serve, port):
    standin = serve(token_ttl_s=31)
    source = source_for(standin)
    source.search(port, MONTH)
    with pytest.MonkeyPatch.context() as patch:
        now = time.time
        patch.setattr(time, "time", lambda: now() + 10)
        source.search(port, MONTH)
    assert standin.count("token") == 2


def test_threads_share_one_login(serve, port):
    standin = serve(latency_s=0.05)
    source = source_for(standin)
    gate = threading.Barrier(6)

    def search(_):
        gate.wait()
        return len(source.search(port, MONTH))

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(search, range(6))) == [3] * 6
    assert standin.count("token") == 1


def test_the_login_can_be_checked(serve):
    standin = serve()
    check_login(settings_for(standin))
    standin.secret = "changed"
    with pytest.raises(AuthError):
        check_login(settings_for(standin))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_the_secret_follows_no_redirect(serve, status):
    standin, elsewhere = serve(), serve()
    standin.fail_always("token", Fault(status, "", {"Location": elsewhere.token_url}))
    with pytest.raises(AuthError, match=r"leads elsewhere \(a redirect\), and the secret was not sent on"):
        check_login(settings_for(standin))
    assert standin.count("token") == 1
    assert elsewhere.asked == []


def test_a_page_that_names_itself_ends_the_search(serve, port, monkeypatch):
    standin = serve()
    answer = standin.answer

    def repeat(service, body):
        status, kind, content, headers = answer(service, {**body, "next": 0})
        page = json.loads(content)
        page["context"] = {"next": 7}
        return status, kind, json.dumps(page).encode(), headers

    monkeypatch.setattr(standin, "answer", repeat)
    with pytest.raises(BadResponse, match="pages do not end"):
        source_for(standin).search(port, MONTH)
    assert standin.count("catalog") <= 3


def test_an_item_without_an_instant_hides_no_other(serve, port, monkeypatch):
    standin = serve()
    whole = source_for(standin).search(port, MONTH)
    answer = standin.answer

    def spoil(service, body):
        status, kind, content, headers = answer(service, body)
        page = json.loads(content)
        page["features"].append({**page["features"][0], "id": "odd", "properties": {"datetime": None}})
        return status, kind, json.dumps(page).encode(), headers

    monkeypatch.setattr(standin, "answer", spoil)
    with pytest.raises(BadItems, match="catalog item odd") as caught:
        source_for(standin).search(port, MONTH)
    assert list(caught.value.found) == whole
    found = pull.search(source_for(standin), [port], MONTH)
    assert [acquisition for acquisition, _ in found.found] == whole
    assert len(found.failed) == 1


def test_an_answer_that_swells_is_refused(ask):
    standin, fetch = ask
    standin.fail_always("process", Fault(how="change", change=gzip.compress))
    with pytest.raises(BadResponse, match="no tar archive"):
        fetch()

    def sparse(_: bytes) -> bytes:
        entry = tarfile.TarInfo("default.tif")
        entry.size = 1 << 40
        return entry.tobuf() + b"\0" * 10_240

    standin.fail_always("process", Fault(how="change", change=sparse))
    with pytest.raises(BadResponse, match="swells in unpacking"):
        fetch()


def test_an_answer_that_leads_to_files_of_this_machine_is_refused(ask, tmp_path):
    standin, fetch = ask
    vrt = b'<VRTDataset rasterXSize="34" rasterYSize="20"></VRTDataset>'

    def lead_on(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=io.BytesIO(content)) as old, tarfile.open(fileobj=buffer, mode="w") as new:
            for member in old:
                data = vrt if member.name == "default.tif" else old.extractfile(member).read()
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
        return buffer.getvalue()

    standin.fail_always("process", Fault(how="change", change=lead_on))
    with pytest.raises(BadResponse, match=r"default\.tif: cannot be read"):
        fetch()
