"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

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
def season_workspace(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The embedded season after its whole job; made once for all workers. Tests that write take a copy."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "season"
    done = folder.with_suffix(".done")
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            Workspace.demo(folder / "demo", pool="threads:2")
            done.touch()
    return folder / "demo"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `loopback` may open sockets to this machine, and to no other."""
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "localhost", "::1"]))
