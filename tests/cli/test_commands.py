from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.app import app, hoisted, run


def test_every_command_says_what_it_does_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        assert run([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert f"monitor {name}" in shown.replace("Usage: monitor", "", 1), f"{name} has no example"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["status", "--json"], ["--json", "status"]),
        (["status", "--workspace", "w", "--json"], ["--workspace", "w", "--json", "status"]),
        (["gaps", "--workspace=w"], ["--workspace=w", "gaps"]),
        (["ingest", "--", "--json"], ["ingest", "--", "--json"]),
        (["status", "-w"], ["-w", "status"]),
    ],
)
def test_global_options_may_stand_anywhere(given: list[str], expected: list[str]) -> None:
    assert hoisted(given) == expected


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["pull", "--nonsense"], ["run"], ["detect", "--image", "a.tif"], ["status"]]
)
def test_wrong_use_exits_with_2_and_says_why(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--workspace", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.strip()


def test_a_new_workspace_is_ready_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "watch"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["workspace"] == str(tmp_path / "watch")
    assert (tmp_path / "watch/monitor.toml").is_file()
    assert {path.stem for path in (tmp_path / "watch/aoi").glob("*.geojson")} >= {"rajin", "dunai"}


def test_making_a_workspace_twice_keeps_what_the_user_wrote(tmp_path: Path) -> None:
    run(["init", str(tmp_path)])
    (tmp_path / "monitor.toml").write_text('[source]\nname = "simulated"\n')
    (tmp_path / "aoi/rajin.geojson").write_text("mine")
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "monitor.toml").read_text() == '[source]\nname = "simulated"\n'
    assert (tmp_path / "aoi/rajin.geojson").read_text() == "mine"


def test_a_bug_exits_with_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("monitor.workspace.workspace.Workspace.open", broken)
    assert run(["status"]) == 3
    assert "ZeroDivisionError: boom" in capsys.readouterr().err
