"""A run that is killed, and one with bad files: the next run finishes the job, and nothing is lost."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from monitor.cli.app import run
from monitor.workspace.workspace import Workspace
from tests.walk import made

pytestmark = [pytest.mark.weights, pytest.mark.slow]


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return made.write_workspace(tmp_path / "watch")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = made.write_workspace(tmp_path_factory.mktemp("walk") / "watch")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return Workspace.open(root)


def killed_after(calls: int, real: Callable[..., object]) -> Callable[..., object]:
    """`real`, until it was called so often; then the process dies before it does anything."""
    left = calls

    def fatal(*args: object, **named: object) -> object:
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        return real(*args, **named)

    return fatal


@pytest.mark.parametrize(
    ("target", "calls"),
    [
        ("monitor.store.archive.Archive.write_scene", 1),
        ("monitor.io.atomic.write_bytes", 2),
        ("monitor.store.positions.PositionStore.write_vessels", 0),
        ("monitor.store.archive.Archive.write_detections", 1),
        ("monitor.store.archive.Archive.write_table", 3),
        ("monitor.store.archive.Archive.write_note", 1),
        ("monitor.pipeline.report.build", 0),
    ],
)
def test_the_run_after_a_kill_finishes_the_job(
    workspace: Path, undisturbed: Workspace, monkeypatch: pytest.MonkeyPatch, target: str, calls: int
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(target, killed_after(calls, _lookup(target)))
        with pytest.raises(Killed):
            run(["run", "--due", "-w", str(workspace)])
    assert run(["run", "--due", "-w", str(workspace)]) == 0
    again = Workspace.open(workspace)
    for table in ("detections", "berth_states", "visits", "counts", "coverage"):
        left, right = again.table(table), undisturbed.table(table)
        pd.testing.assert_frame_equal(pd.DataFrame(left), pd.DataFrame(right))
    assert len(list((workspace / "reports").glob("*.html"))) == 1


def _lookup(target: str) -> Callable[..., object]:
    parts = target.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        assert callable(found)
        return found
    raise AssertionError(target)


def test_a_damaged_scene_is_named_and_stops_no_other(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = workspace / "scenes/S2A_20230930T021609.tif"
    broken.write_bytes((workspace / "scenes/S2A_20230905T021609.tif").read_bytes()[:3000])
    assert run(["run", "--due", "-w", str(workspace)]) == 1
    assert "S2A_20230930T021609.tif" in capsys.readouterr().out
    assert len(Workspace.open(workspace).scenes()) == 3
    broken.unlink()
    assert run(["run", "--due", "-w", str(workspace)]) == 0


def test_an_ais_file_that_cannot_be_read_is_named_and_the_others_are_in(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "ais/photo.csv").write_bytes(bytes(range(256)) * 40)
    (workspace / "ais/empty.csv").touch()
    assert run(["run", "--due", "-w", str(workspace)]) == 1
    printed = capsys.readouterr().out
    assert "photo.csv" in printed
    assert "empty.csv" in printed
    assert len(Workspace.open(workspace).positions.ingested()) == 1


def test_an_error_that_nobody_foresaw_is_its_files_own_and_is_recorded(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("odd")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.sources.imagery.local.masks.read_pixels", fail)
        patch.setattr("monitor.sources.PositionReader.batches", fail)
        assert run(["run", "--due", "-w", str(workspace)]) == 1
    shown = capsys.readouterr().out
    assert shown.count("ZeroDivisionError: odd") == 4
    assert run(["doctor", "-w", str(workspace)]) == 1
    assert "some items failed: " in capsys.readouterr().out
    assert run(["run", "--due", "-w", str(workspace)]) == 0


def test_a_run_that_a_bug_ends_is_recorded(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("monitor.pipeline.detect.detect_scenes", fail)
        assert run(["run", "--due", "-w", str(workspace)]) == 3
    capsys.readouterr()
    assert run(["doctor", "-w", str(workspace)]) == 1
    assert "ended by ZeroDivisionError: a bug" in capsys.readouterr().out


def test_two_runs_at_once_do_no_harm(workspace: Path) -> None:
    (workspace / "archive").mkdir()
    with FileLock(workspace / "archive/.run.lock"):
        assert run(["run", "--due", "-w", str(workspace)]) == 2
    assert run(["run", "--due", "-w", str(workspace)]) == 0


def test_a_port_of_one_polygon_is_enough(workspace: Path) -> None:
    (workspace / "aoi/made.geojson").write_text(json.dumps(made.port()["features"][0]["geometry"]))  # type: ignore[index]
    assert run(["run", "--due", "-w", str(workspace)]) == 0
    counts = Workspace.open(workspace).counts("made").sort_values("acquired_at")
    assert list(counts["vessels"]) == [1, 1, 0]
