"""A workspace that version 0.1.0 wrote goes on in this one: nothing is lost, and what is due is made again."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.workspace.workspace import Workspace

pytestmark = [pytest.mark.weights, pytest.mark.slow]

WRITTEN_BY_0_1 = Path(__file__).parents[1] / "cases" / "upgrade" / "archive_0_1.zip"
"""Three SIMULATED scenes of 450 m x 590 m around one pier, 80 positions and two decisions, without the index, which is
rebuilt; 0.1.0 made them by `simulate`, `init`, `run --due` and `review`."""


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgrade")
    with zipfile.ZipFile(WRITTEN_BY_0_1) as packed:
        packed.extractall(folder)
    assert run(["run", "--due", "-w", str(folder)]) == 0
    return folder


def test_an_archive_of_0_1_keeps_scenes_positions_and_decisions(
    upgraded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--json", "-w", str(upgraded)]) == 0
    numbers = {row["what"]: row["number"] for row in json.loads(capsys.readouterr().out)["rows"]}
    assert numbers["s2"] == 3
    assert numbers["positions"] == 80
    decisions = Workspace.open(upgraded).reviews.table()
    assert dict(zip(decisions["decision"], decisions["note"], strict=True)) == {
        "keep": "boxes on the deck",
        "reject": "a barge",
    }


def test_an_archive_of_0_1_gets_todays_tables_and_brief(upgraded: Path) -> None:
    workspace = Workspace.open(upgraded)
    found = workspace.detections()
    states = workspace.table("berth_states")
    assert set(states["scene_id"]) == set(workspace.scenes()["scene_id"])
    assert set(found["detector"]) == {workspace.context().detectors["s2"].key}
    refused = "rajin_b2_ne|s2_rajin_20230901T021311_r103_sim_rajin-v0002900030"
    assert len(workspace.visits()) == 2
    assert refused not in set(workspace.visits()["visit_id"])
    (brief,) = (upgraded / "reports").glob("*.html")
    assert "a barge" in brief.read_text()
    assert [check.name for check in workspace.doctor() if not check.ok] == []


def test_an_upgraded_archive_has_nothing_left_to_do(upgraded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--due", "--json", "-w", str(upgraded)]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert {step["name"]: step["done"] for step in steps} == dict.fromkeys((step["name"] for step in steps), 0)
