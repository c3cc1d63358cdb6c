"""A finished workspace of three observations, made once, and its page on loopback."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from monitor.cli.app import run
from monitor.serve import AccessRule, PageCache, make_app
from monitor.serve.server import listen
from monitor.workspace.workspace import Workspace
from tests.walk import made

TOKEN = "a-token-of-this-test"
SECRET = "a-secret-of-the-service"


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after its first run; tests only read it, or copy it."""
    root = made.write_workspace(tmp_path_factory.mktemp("serve") / "watch")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return root


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Workspace:
    """A copy that a test may write into."""
    return Workspace.open(shutil.copytree(finished, tmp_path / "watch"))


@contextmanager
def served(workspace: Workspace) -> Iterator[httpx.Client]:
    """The workspace's page on a free port, and a client without the token."""
    with closing(listen(0)) as listener:
        number = listener.getsockname()[1]
        app = make_app(PageCache(workspace), AccessRule.at(number, TOKEN))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{number}", timeout=60, trust_env=False) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.fixture
def client(workspace: Workspace) -> Iterator[httpx.Client]:
    """A reader of the copy's page."""
    with served(workspace) as made_client:
        yield made_client


@pytest.fixture(scope="session")
def reader(finished: Path) -> Iterator[httpx.Client]:
    """A reader of the page that no test writes to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MONITOR_SENTINELHUB__CLIENT_SECRET", SECRET)
        secretive = Workspace.open(finished)
    with served(secretive) as made_client:
        yield made_client
