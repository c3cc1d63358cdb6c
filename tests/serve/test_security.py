from __future__ import annotations

import socket

import httpx
import pytest
from starlette.datastructures import Headers

from monitor.serve.security import TOKEN_HEADER, AccessRule
from monitor.workspace.workspace import Workspace
from tests.serve.conftest import SECRET, TOKEN, served

pytestmark = [pytest.mark.loopback, pytest.mark.weights, pytest.mark.slow]

WRITE = {"subject": "anything", "decision": "keep"}
RIGHT = {"X-Monitor-Token": TOKEN}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example", ""])
def test_a_name_that_was_rebound_to_this_machine_gets_nothing(reader: httpx.Client, host: str) -> None:
    answer = reader.get("/", headers={"Host": host})
    assert answer.status_code in (400, 421)
    assert "Ports" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"X-Monitor-Token": "wrong"}, 401),
        ({"X-Monitor-Token": ""}, 401),
        ({"X-Monitor-Token": TOKEN[:-1]}, 401),
        ({**RIGHT, "Origin": "http://evil.example"}, 403),
        ({**RIGHT, "Origin": "null"}, 403),
        ({**RIGHT, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**RIGHT, "Sec-Fetch-Site": "same-site"}, 403),
        ({**RIGHT, "Content-Type": "text/plain"}, 415),
        ({**RIGHT, "Content-Type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_nothing_is_written_without_the_token_or_from_elsewhere(
    reader: httpx.Client, headers: dict[str, str], status: int
) -> None:
    for path in ("/api/reviews", "/api/reviews/undo"):
        assert reader.post(path, json=WRITE, headers=headers).status_code == status
    assert reader.get("/api/tables/reviews").json()["total"] == 0


def test_a_body_without_end_is_refused(reader: httpx.Client) -> None:
    assert (
        reader.post(
            "/api/reviews", content=b"x" * 70_000, headers={**RIGHT, "Content-Type": "application/json"}
        ).status_code
        == 413
    )


@pytest.mark.parametrize("path", ["/", "/review", "/activity", "/api", "/api/openapi.json", "/nowhere", "/ports/none"])
def test_every_answer_forbids_to_load_from_elsewhere_and_holds_no_secret(reader: httpx.Client, path: str) -> None:
    answer = reader.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert TOKEN not in answer.text
    assert SECRET not in answer.text
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/review", "/ports/made", "/activity", "/api", "/static/page.css"])
def test_a_page_names_no_other_site_to_load_from(reader: httpx.Client, path: str) -> None:
    text = reader.get(path).text
    for sign in ('src="http', "src='http", 'href="http', "url(http", "url(//", 'src="//', "@import"):
        assert sign not in text


def test_only_the_right_token_may_write(reader: httpx.Client) -> None:
    assert reader.get("/api/session", headers=RIGHT).json()["may_write"] is True
    assert reader.get("/api/session", headers={"X-Monitor-Token": "wrong"}).json()["may_write"] is False
    assert reader.get("/api/session").json()["may_write"] is False


def test_a_short_length_does_not_hide_a_long_body(workspace: Workspace) -> None:
    with served(workspace) as client:
        host = client.base_url.netloc.decode()
        head = f"POST /api/reviews HTTP/1.1\r\nHost: {host}\r\nX-Monitor-Token: {TOKEN}\r\n"
        lines = (
            f"{head}Content-Type: application/json\r\nContent-Length: 10\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", client.base_url.port or 0), timeout=10) as wire:
            wire.sendall(lines.encode())
            assert wire.recv(200).split()[1] in (b"413", b"400")


def test_a_length_that_is_no_number_is_refused() -> None:
    rule = AccessRule.at(1, TOKEN)
    for length in ("\u00b2", "-1", "", "9" * 30):
        headers = {"host": "127.0.0.1:1", TOKEN_HEADER: TOKEN, "content-type": "application/json"}
        refused = rule.refusal("POST", Headers({**headers, "content-length": length}))
        assert refused is not None
        assert refused[0] == 413


@pytest.mark.parametrize(
    "body", [b'{"subject": NaN}', b'{"subject": "a", "decision": NaN}', b'{"subject": 1e999}', b"[" * 5000]
)
def test_a_body_that_is_no_json_of_ours_is_refused_in_words(workspace: Workspace, body: bytes) -> None:
    with served(workspace) as client:
        answer = client.post("/api/reviews", content=body, headers={**RIGHT, "Content-Type": "application/json"})
        assert answer.status_code in (400, 422)
        assert set(answer.json()) & {"error", "detail"}


def test_half_a_character_is_refused_in_words(workspace: Workspace) -> None:
    with served(workspace) as client:
        subject = workspace.reviews.queue()["subject"].iloc[0]
        body = b'{"subject": "%s", "decision": "keep", "note": "\\ud800"}' % str(subject).encode()
        answer = client.post("/api/reviews", content=body, headers={**RIGHT, "Content-Type": "application/json"})
        assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/", "/api/ports", "/static/page.css", "/nothing"])
def test_a_head_is_a_get_without_its_body(reader: httpx.Client, path: str) -> None:
    head, get = reader.head(path), reader.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize("period", ["bad", "9999-W52", "9999-12-31", "2023-10/2023-09", "\ud800", "a\x00"])
def test_an_odd_period_is_a_bad_question(reader: httpx.Client, period: str) -> None:
    answer = reader.get("/api/tables/visits", params={"period": period.encode("utf-8", "surrogatepass")})
    assert answer.status_code == 400
    assert "period" in answer.json()["error"] or "instant" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/api/tables/visits?offset=", "/review?start="])
def test_a_row_beyond_all_tables_is_refused_in_words(reader: httpx.Client, path: str) -> None:
    assert reader.get(f"{path}{10**30}").status_code == 422
    assert reader.get(f"{path}1000").status_code == 200
