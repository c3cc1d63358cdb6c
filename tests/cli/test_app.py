from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor import __version__
from monitor.cli.app import app, run


def test_every_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert run([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert f"monitor {name}" in shown.replace("Usage: monitor", "", 1), f"{name} has no example"


@pytest.mark.parametrize(
    "line, message",
    [
        ("nonsense", "No such command 'nonsense'"),
        ("pull --nonsense", "No such option: --nonsense"),
        ("run", "run needs --due"),
        ("detect --image a.tif", "needs --out FILE.geojson"),
        ("detect --sensor s1", "--sensor needs --image FILE"),
        ("detect --threshold 0.5", "set threshold in [detector] of monitor.toml"),
        ("detect --image a.tif --out a.geojson --aoi rajin", "--aoi is for archived scenes"),
        ("status", "no monitor.toml here"),
    ],
)
def test_wrong_use_exits_with_2_and_prints_why(
    line: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*line.split(), "--workspace", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_a_bug_exits_with_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("monitor.workspace.workspace.Workspace.open", broken)
    assert run(["status"]) == 3
    assert "ZeroDivisionError: boom" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "--json --workspace {w} status",
        "status --json --workspace {w}",
        "-w {w} status --json",
        "--workspace={w} --json status",
        "-w nowhere status --json -w {w}",
    ],
)
def test_json_and_workspace_stand_before_or_after_the_command(
    line: str, workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([word.format(w=workspace) for word in line.split()]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]


@pytest.mark.parametrize(
    "line", ["--json flights calls -w {w}", "flights -w {w} --json calls", "flights calls --json -w {w}"]
)
def test_they_stand_anywhere_around_a_group_too(line: str, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([word.format(w=workspace) for word in line.split()]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_after_two_dashes_an_option_is_a_file_name(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-w", str(workspace), "ingest", "--", "--json"]) == 1
    assert "--json" in capsys.readouterr().out


def test_a_folder_must_follow_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "-w"]) == 2
    assert "-w" in capsys.readouterr().err


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.strip() == __version__


def test_help_lists_the_commands_by_what_they_are_for_and_cuts_no_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line in PANELS] == PANELS
    assert said.count("...") == 1  # in the usage line


PANELS = ["Bring in:", "Find:", "Answer:", "Publish:", "Keep:"]
