from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import run
from monitor.store.archive import Archive


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


def test_an_outline_never_takes_the_place_of_another_in_silence(tmp_path, capsys):
    ports = [tmp_path / "a" / "port.geojson", tmp_path / "b" / "port.geojson"]
    for east, port in zip((18.6, 18.7), ports, strict=True):
        port.parent.mkdir()
        square = [[18.45, 54.5], [east, 54.5], [east, 54.58], [18.45, 54.58], [18.45, 54.5]]
        port.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}))
    watch = str(tmp_path / "watch")
    assert run(["init", watch, "--port", str(ports[0]), "--port", str(ports[1])]) == 2
    assert "another of these files makes port port as well; rename one" in capsys.readouterr().err
    for _ in range(2):
        assert run(["init", watch, "--port", str(ports[0])]) == 0
    assert run(["init", watch, "--port", str(ports[1])]) == 2
    assert "is there already with another outline; delete it first" in capsys.readouterr().err


@pytest.mark.parametrize("out", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("err", [True, False], ids=["terminal", "pipe"])
def test_each_step_stands_once_wherever_the_streams_lead(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, out: bool, err: bool
) -> None:
    (workspace / "scenes").mkdir(exist_ok=True)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: out, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: err, raising=False)
    assert run(["run", "--due", "-w", str(workspace)]) == 1
    captured = capsys.readouterr()
    assert (captured.out + captured.err).count("pull: 0 done, 1 failed") == 1


def test_a_damaged_file_is_found_and_ends_with_one(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Archive(workspace / "archive").write_note("findings", "[]")
    assert run(["verify", "-w", str(workspace)]) == 0
    assert "1 files checked, 0 damaged" in capsys.readouterr().out
    note = workspace / "archive/derived/findings.txt"
    note.write_bytes(note.read_bytes().replace(b"[]", b"{}"))
    assert run(["verify", "--json", "-w", str(workspace)]) == 1
    assert json.loads(capsys.readouterr().out)["damaged"][0]["path"] == "derived/findings.txt"
    assert run(["doctor", "-w", str(workspace)]) == 1
    assert "damaged: derived/findings.txt" in capsys.readouterr().out


@pytest.mark.parametrize("pattern", ["/abs/*", "**x/**y"])
def test_a_pattern_that_cannot_be_used_fails_its_step_and_names_the_setting(
    workspace: Path, capsys: pytest.CaptureFixture[str], pattern: str
) -> None:
    (workspace / "scenes").mkdir(exist_ok=True)
    (workspace / "monitor.toml").write_text(f'[ais]\nfiles = ["{pattern}"]\n')
    assert run(["run", "--due", "-w", str(workspace)]) == 1
    assert "failed AIS: [ais] files: " in capsys.readouterr().out


OUTLINE = [[40.02, 45.85], [40.12, 45.85], [40.12, 45.91], [40.02, 45.91], [40.02, 45.85]]


def test_a_depot_is_started_from_its_outline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outline = tmp_path / "siding.geojson"
    outline.write_text(json.dumps({"type": "Polygon", "coordinates": [OUTLINE]}))
    assert run(["init", str(tmp_path / "watch"), "--port", str(outline), "--kind", "depot"]) == 0
    printed = capsys.readouterr().out
    assert "siding: nothing is measured" in printed
    assert "siding: draw next rail: tracks as lines" in printed
    made = json.loads((tmp_path / "watch/aoi/siding.geojson").read_text())
    assert made["place"] == "depot"
    assert any(line.startswith("storage: bunkers") for line in made["comment"])
    assert made["features"][0]["geometry"]["coordinates"] == [OUTLINE]
    assert set(made["features"][0]["properties"]) >= {"source", "uncertainty_m", "confidence", "date", "note"}
    assert run(["init", str(tmp_path / "watch"), "--port", str(outline), "--kind", "depot"]) == 0  # and again
    capsys.readouterr()
    run(["doctor", "-w", str(tmp_path / "watch")])
    assert "place siding: nothing is measured" in capsys.readouterr().out


def test_a_kind_of_place_needs_an_outline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "watch"), "--kind", "railyard"]) == 2
    assert "give it by --port FILE" in capsys.readouterr().err
    assert not (tmp_path / "watch").exists()


def test_other_shipped_places_are_watched_only_when_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", str(tmp_path / "usual"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [place["place"] for place in document["places"]] == ["dunai", "rajin"]
    assert "stays of ships at 11 berths" in document["places"][1]["measured"]
    assert sorted(path.name for path in (tmp_path / "usual/aoi").iterdir()) == ["dunai.geojson", "rajin.geojson"]
    assert run(["init", str(tmp_path / "more"), "--with", "tikhoretsk", "--with", "tumangang"]) == 0
    assert {path.stem for path in (tmp_path / "more/aoi").iterdir()} == {"dunai", "rajin", "tikhoretsk", "tumangang"}
    assert "tikhoretsk: lasting change of the ground at 1 storage zone; 1 zone of low" in capsys.readouterr().out
    assert run(["init", str(tmp_path / "none"), "--with", "atlantis"]) == 2
    assert "neither a shipped port (dunai, rajin) nor another shipped place (chongjin" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
