"""From an AOI and scenes to a brief, as a timer would do it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from monitor.cli.app import run
from monitor.core import tables
from monitor.core.tables import MATCHES
from monitor.workspace.workspace import Workspace
from tests.walk import made

pytestmark = [pytest.mark.weights, pytest.mark.slow]

WITHOUT_TORCH = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("torch", "ultralytics"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from monitor.cli.app import run
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace after its first run; tests only read it."""
    root = made.write_workspace(tmp_path_factory.mktemp("walk") / "watch")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return root


def files(root: Path) -> dict[str, str]:
    """Every file but logs and locks, with its content's hash."""
    found = (p for p in root.rglob("*") if p.is_file())
    kept = (p for p in found if "log" not in p.relative_to(root).parts and p.suffix not in (".lock", ".log"))
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in kept}


def test_a_run_ends_in_a_brief_with_the_ship_at_the_quay(finished: Path) -> None:
    workspace = Workspace.open(finished)
    assert len(workspace.scenes()) == 3
    states = workspace.table("berth_states", aoi="made").sort_values("acquired_at")
    assert list(states["state"]) == ["occupied", "occupied", "empty"]
    brief = next((finished / "reports").glob("*.html")).read_text()
    assert "made" in brief


def test_a_run_ends_in_the_same_brief_where_torch_is_absent(finished: Path, tmp_path: Path) -> None:
    root = made.write_workspace(tmp_path / "watch")
    script = f"{WITHOUT_TORCH}\nsys.exit(run(['run', '--due', '-w', {str(root)!r}]))"
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    with_torch, without = Workspace.open(finished), Workspace.open(root)
    assert_frame_equal(without.detections(), with_torch.detections())
    assert len(list((root / "reports").glob("*.html"))) == 1


def test_the_ship_with_ais_is_matched_and_the_one_without_is_not(finished: Path) -> None:
    matches = Workspace.open(finished).matches("made").sort_values("acquired_at")
    at_quay = matches[matches["detection_id"] != ""]
    assert list(at_quay["status"])[:1] == ["matched"]
    assert at_quay["mmsi"].iloc[0] == 440123456
    assert "unmatched" in set(at_quay["status"].iloc[1:])


def test_what_chance_would_match_and_what_the_observations_could_meet_are_in_the_workspace_and_the_brief(
    finished: Path,
) -> None:
    workspace = Workspace.open(finished)
    nulls = workspace.table("null_tests", aoi="made")
    assert set(nulls["scene_id"]) <= set(workspace.scenes()["scene_id"])
    assert len(nulls)
    shares = workspace.table("detectability", aoi="made")
    assert shares["share"].between(0.0, 1.0).all()
    assert {12.0, 24.0, 48.0} <= set(shares["stay_h"])
    brief = next((finished / "reports").glob("*.html")).read_text()
    assert "AIS shifted by a day" in brief
    assert "the clear observations would have met" in brief


@pytest.mark.parametrize("name", ["gap_candidates", "identity", "shuttles", "voyage_links"])
def test_a_table_that_has_no_rows_still_has_its_columns(finished: Path, name: str) -> None:
    table = Workspace.open(finished).table(name)
    assert set(getattr(tables, name.upper()).columns) <= set(table.columns)


def test_the_second_run_does_nothing_and_writes_nothing(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(finished)
    assert run(["run", "--due", "--json", "-w", str(finished)]) == 0
    done = json.loads(capsys.readouterr().out)
    assert [step["done"] for step in done["steps"]] == [0] * len(done["steps"])
    assert files(finished) == before


def test_late_ais_has_exactly_its_scenes_matched_again(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "watch"
    shutil.copytree(finished, root)
    workspace = Workspace.open(root)
    before = workspace.archive.read_table("matches", MATCHES)
    second = workspace.scenes().sort_values("acquired_at")["scene_id"].iloc[1]
    late = made.write_late_ais(tmp_path / "late.csv", made.SCENES[1])
    assert run(["ingest", "--json", "-w", str(root), str(late)]) == 0
    assert json.loads(capsys.readouterr().out)["late_scenes"] == [second]
    assert run(["run", "--due", "--json", "-w", str(root)]) == 0
    (note,) = [step["note"] for step in json.loads(capsys.readouterr().out)["steps"] if step["name"] == "correlate"]
    assert f"AIS came late for 1 scenes, matched again: {second}" in note
    after = workspace.archive.read_table("matches", MATCHES)
    assert set(after["scene_id"].iloc[len(before) :]) == {second}
    assert_frame_equal(after.iloc[: len(before)], before)
    assert 440123456 not in set(before.loc[before["scene_id"] == second, "mmsi"])
    now = workspace.matches("made")
    ship = now[(now["scene_id"] == second) & (now["mmsi"] == 440123456)]
    assert ship["status"].tolist() == ["matched"]
    assert workspace.ais.late_scenes() == ()
    assert workspace.withdraw(late) == (late,)
    assert workspace.ais.late_scenes() == (second,)
    assert run(["run", "--due", "-w", str(root)]) == 0
    now = workspace.matches("made")
    assert now.loc[now["scene_id"] == second, "mmsi"].isna().all()
    assert workspace.ais.late_scenes() == ()


def test_status_and_counts_tell_what_is_there(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["status", "--json", "-w", str(finished)]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert next(row for row in rows if row["what"] == "s2")["number"] == 3
    counts = Workspace.open(finished).counts("made").sort_values("acquired_at")
    assert list(counts["berth"]) == [1, 1, 0]


def test_the_index_can_be_rebuilt(finished: Path) -> None:
    before = Workspace.open(finished).scenes()
    for path in (finished / "archive").glob("index.sqlite*"):
        path.unlink()
    assert run(["reindex", "-w", str(finished)]) == 0
    assert list(Workspace.open(finished).scenes()["scene_id"]) == list(before["scene_id"])


def test_correlating_before_new_weights_have_looked_keeps_what_was_derived(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "watch"
    shutil.copytree(finished, root)
    monkeypatch.setenv("MONITOR_DETECTOR__THRESHOLD", "0.9")
    assert run(["correlate", "-w", str(root)]) == 2
    assert "run `monitor detect` first" in capsys.readouterr().err
    monkeypatch.delenv("MONITOR_DETECTOR__THRESHOLD")
    assert len(Workspace.open(root).visits("made")) == len(Workspace.open(finished).visits("made")) > 0
