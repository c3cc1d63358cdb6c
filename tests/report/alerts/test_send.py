"""Targets, and real deliveries to a server on this machine."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from monitor.core.errors import SettingsError, SourceError
from monitor.report.alerts.messages import Message
from monitor.report.alerts.send import Target, read_targets, read_targets_file, send

SECRET = "tok3n-hush-hush"
MESSAGE = Message("Rajin: dark event", "A vessel lay there.")


class Inbox(HTTPServer):
    """Keeps what was posted; answers 200, or 500 on paths that say so."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[dict[str, str]] = []

    def url(self, path: str = "") -> str:
        return f"json://user:{SECRET}@127.0.0.1:{self.server_port}/{SECRET}/{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        broken = self.path.rstrip("/").endswith("broken")
        if not broken:
            self.server.posted.append(json.loads(body))
        self.send_response(500 if broken else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay quiet."""


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    server = Inbox()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.loopback
def test_a_message_arrives_with_title_and_body(inbox: Inbox) -> None:
    send(Target(inbox.url()), MESSAGE)
    assert [(p["title"], p["message"]) for p in inbox.posted] == [(MESSAGE.title, MESSAGE.body)]


@pytest.mark.loopback
def test_a_refusal_is_an_error_without_the_secret_in_it_or_in_any_log(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(SourceError) as caught:
        send(Target(inbox.url("broken")), MESSAGE)
    assert caught.value.transient
    assert "500" in str(caught.value)
    assert SECRET not in str(caught.value) + repr(caught.value) + "".join(r.getMessage() for r in caplog.records)


@pytest.mark.loopback
def test_nobody_there_is_an_error_that_may_pass() -> None:
    with pytest.raises(SourceError, match="not delivered"):
        send(Target(f"json://127.0.0.1:9/{SECRET}"), MESSAGE)


def test_a_service_that_apprise_does_not_know_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match=r"nonsense://\*\*\*") as caught:
        send(Target(f"nonsense://host/{SECRET}"), MESSAGE)
    assert SECRET not in str(caught.value)


def test_a_target_never_shows_its_url() -> None:
    target = Target(f"slack://{SECRET}/B0/C0")
    assert SECRET not in f"{target} {target!r} {target.key}"
    assert target.masked(f"POST https://hooks/{SECRET} failed") == "POST https://hooks/*** failed"


def test_targets_are_one_a_line_with_remarks_and_none_twice() -> None:
    found = read_targets("# the desk\nntfy://h/one\n\nntfy://h/one mailto://u:p@h?to=a@b,c@d\n")
    assert [target.url for target in found] == ["ntfy://h/one", "mailto://u:p@h?to=a@b,c@d"]
    assert read_targets("") == ()


def test_a_line_that_is_no_url_is_named_by_its_place_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="target 2 of 2") as caught:
        read_targets(f"ntfy://h/one\n{SECRET}")
    assert SECRET not in str(caught.value)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets"
    path.write_text("ntfy://h/one\n")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        read_targets_file(path)
    path.chmod(0o600)
    assert len(read_targets_file(path)) == 1
    with pytest.raises(SettingsError, match="cannot be read"):
        read_targets_file(tmp_path / "none")
