"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.workspace.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the repository; tests that need it skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no development data beside the repository")
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def season_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded season after its whole job; made once. Tests that write take a copy."""
    folder = tmp_path_factory.mktemp("season") / "demo"
    Workspace.demo(folder)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `loopback` may open sockets to this machine, and to no other."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"]))
