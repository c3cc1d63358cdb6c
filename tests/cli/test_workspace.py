from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run


def test_a_new_workspace_is_ready(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_status_counts_scenes_by_port_and_positions(document: Callable[..., Any]) -> None:
    rows = document("status")["rows"]
    assert {row["port"] for row in rows} >= {"rajin", "dunai", ""}
    assert {row["number"] for row in rows} == {0}


def test_an_index_of_nothing_holds_nothing(printed: Callable[..., str]) -> None:
    assert printed("reindex") == "0 scenes indexed\n"


def test_a_run_prints_its_steps_as_they_end_on_standard_error(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "monitor.toml").write_text('[source]\nname = "folder"\nfolder = "scenes"\n')
    (workspace / "scenes").mkdir()
    assert run(["run", "--due", "--json", "-w", str(workspace)]) == 1  # a folder without a picture
    captured = capsys.readouterr()
    assert [step["name"] for step in json.loads(captured.out)["steps"]][:3] == ["pull", "ingest", "flights"]
    assert "pull: 0 done, 1 failed" in captured.err


def test_a_workspace_is_made_for_ones_own_port_alone(tmp_path, capsys):
    port = tmp_path / "My Port.geojson"
    square = [[18.45, 54.5], [18.6, 54.5], [18.6, 54.58], [18.45, 54.58], [18.45, 54.5]]
    port.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}))
    assert run(["init", str(tmp_path / "watch"), "--port", str(port)]) == 0
    assert [path.name for path in (tmp_path / "watch" / "aoi").iterdir()] == ["my_port.geojson"]
    port.write_text("{}")
    assert run(["init", str(tmp_path / "other"), "--port", str(port)]) == 2
    assert not (tmp_path / "other").exists()
