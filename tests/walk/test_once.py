"""A command lists scenes once and reads each AOI once; a copy of a workspace has nothing to do."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.core.aoi import reading as aois
from monitor.core.errors import ArchiveError
from monitor.pipeline import detect as detecting
from monitor.store.archive import Archive
from monitor.workspace.workspace import Workspace
from tests.walk import made
from tests.walk.test_run import files, finished

pytestmark = [pytest.mark.weights, pytest.mark.slow]

__all__ = ["finished"]


@pytest.fixture
def watch(finished: Path, tmp_path: Path) -> Path:
    """A copy of a workspace after its first run."""
    shutil.copytree(finished, tmp_path / "watch")
    return tmp_path / "watch"


def counted(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, calls: Counter[str]) -> None:
    real: Callable[..., object] = getattr(owner, name)

    def counting(*args: object, **options: object) -> object:
        calls[name] += 1
        return real(*args, **options)

    monkeypatch.setattr(owner, name, counting)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--due"],
        ["status"],
        ["correlate"],
        ["report"],
        ["report", "made", "--out", "again.html"],
        ["export", "--format", "csv", "--out", "tables"],
        ["review"],
        ["passes"],
        ["gaps"],
    ],
    ids=" ".join,
)
def test_a_command_lists_scenes_once_and_reads_each_port_once(
    command: list[str], watch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: Counter[str] = Counter()
    counted(monkeypatch, Archive, "scenes", calls)
    counted(monkeypatch, aois, "read_aoi", calls)
    monkeypatch.chdir(tmp_path)
    assert run([*command, "-w", str(watch)]) == 0
    assert calls["scenes"] <= 1
    assert calls["read_aoi"] <= 1


@pytest.mark.parametrize("copy", [shutil.copy, shutil.copy2], ids=["new times", "old times"])
def test_a_copied_workspace_has_nothing_to_do(
    finished: Path, tmp_path: Path, copy: Callable[[str, str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "restored"
    shutil.copytree(finished, root, copy_function=copy)
    before = files(root)
    assert run(["run", "--due", "--json", "-w", str(root)]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert {step["name"]: step["done"] for step in steps if step["done"]} == {}
    assert files(root) == before


def test_where_no_scene_could_be_detected_in_no_brief_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = made.write_workspace(tmp_path / "watch")

    def broken(*_: object, **__: object) -> None:
        raise ArchiveError("no such archive on this worker")

    monkeypatch.setattr(detecting, "_detect_one", broken)
    assert run(["run", "--due", "-w", str(root)]) == 1
    assert "none of 3 scenes has detections" in capsys.readouterr().out
    assert not list((root / "reports").glob("*"))
    assert Workspace.open(root).visits().empty


def test_processes_find_the_archive_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = made.write_workspace(tmp_path / "watch")
    monkeypatch.chdir(root)
    workspace = Workspace.open(".")
    assert all(outcome.ok for outcome in workspace.pull())
    seen: list[Path] = []
    real = detecting._detect_one

    def elsewhere(archive: Archive, *rest: object) -> str:
        seen.append(archive.root)
        monkeypatch.chdir(tmp_path)
        return real(archive, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(detecting, "_detect_one", elsewhere)
    assert all(outcome.ok for outcome in workspace.detect())
    assert all(path.is_absolute() for path in seen)
