"""What the tests of commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run
from monitor.core.timerange import utc

Rows = list[tuple[str, float]]


@pytest.fixture
def workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A new workspace with the shipped ports and nothing else."""
    assert run(["init", str(tmp_path / "watch")]) == 0
    capsys.readouterr()
    return tmp_path / "watch"


@pytest.fixture
def printed(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a command prints on standard output in the workspace; it must end with a code, 0 by default."""

    def run_it(*arguments: str | Path, code: int = 0) -> str:
        capsys.readouterr()
        assert run([*map(str, arguments), "-w", str(workspace)]) == code, capsys.readouterr().err
        return capsys.readouterr().out

    return run_it


@pytest.fixture
def refused(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """What a wrong command prints on standard error in the workspace; it ends with 2 and prints nothing else."""

    def run_it(*arguments: str | Path) -> str:
        capsys.readouterr()
        assert run([*map(str, arguments), "-w", str(workspace)]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err

    return run_it


@pytest.fixture
def document(printed: Callable[..., str]) -> Callable[..., Any]:
    """The JSON that a command prints in the workspace."""

    def run_it(*arguments: str | Path, code: int = 0) -> Any:
        return json.loads(printed(*arguments, "--json", code=code))

    return run_it


@pytest.fixture
def ais_file(tmp_path: Path) -> Path:
    """Two vessels near Rajin: one silent for 20 h, one for 60 h."""
    path = tmp_path / "positions.csv"
    start = utc("2023-10-01T00:00:00Z")
    rows = [
        (mmsi, start + timedelta(hours=hour), 130.30 + shift)
        for mmsi, silence, shift in ((273000001, 20, 0.0), (273000002, 60, 0.05))
        for hour in (0, 1, 2, 2 + silence, 3 + silence)
    ]
    lines = ["MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading"]
    lines += [f"{mmsi},{t:%Y-%m-%dT%H:%M:%S},42.2000,{lon:.4f},3.0,90.0,90" for mmsi, t, lon in rows]
    path.write_text("\n".join(lines) + "\n")
    return path
