from __future__ import annotations

import httpx
import pytest

from tests.serve.conftest import SECRET, TOKEN

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
