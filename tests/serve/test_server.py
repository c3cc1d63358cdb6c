from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import webbrowser
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlparse

import httpx
import pytest

from monitor.core.errors import SettingsError
from monitor.serve import server as serving
from monitor.workspace.workspace import Workspace

pytestmark = [pytest.mark.loopback, pytest.mark.weights, pytest.mark.slow]


def test_a_port_that_is_taken_is_named() -> None:
    with closing(serving.listen(0)) as taken, pytest.raises(SettingsError, match="--port 0"):
        serving.listen(taken.getsockname()[1])


def test_only_this_machine_is_listened_to() -> None:
    with closing(serving.listen(0)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_the_browser_is_led_by_a_file_that_only_the_user_reads(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def observation(address: str) -> bool:
        path = Path(unquote(urlparse(address).path))
        assert "token" not in address
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        seen.append(path.read_text())
        return True

    monkeypatch.setattr(webbrowser, "open", observation)
    monkeypatch.setattr(serving.uvicorn.Server, "run", lambda self, sockets: None)
    announced: list[str] = []
    serving.serve(workspace, port=0, announce=announced.append)
    assert announced[0] in seen[0]


def test_the_command_serves_until_it_is_interrupted_and_tells_the_token_once(finished: Path) -> None:
    command = [sys.executable, "-c", "from monitor.cli import main; main()", "-w", str(finished), "serve"]
    options = ["--port", "0", "--no-open", "--json"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        base, token = address.split("/#token=")
        assert httpx.get(base + "/", trust_env=False, timeout=60).status_code == 200
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert token not in out + err
