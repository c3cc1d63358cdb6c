from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.cli.app import run


def test_without_scenes_a_brief_cannot_be_written_and_the_next_step_is_named(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    for period in ([], ["2023-10"]):
        assert "monitor pull" in refused("report", *period, "--out", tmp_path / "brief.html")
    assert not (tmp_path / "brief.html").exists()


def test_correlate_prints_a_number_a_table(printed: Callable[..., str]) -> None:
    counts = dict(line.split(": ") for line in printed("correlate").splitlines())
    assert counts["visits"] == "0"
    assert "dark_events" in counts
    assert printed("correlate", "--pool", "threads:2") == printed("correlate")


def test_a_pool_that_is_none_is_refused(refused: Callable[..., str]) -> None:
    assert "use threads:N, processes:N or dask://HOST:PORT" in refused("correlate", "--pool", "many")


def test_a_wrong_format_truth_or_id_is_named(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "use one of gpkg, qgis, geojson" in refused("export", "--format", "xls", "--out", tmp_path / "out")
    assert "no truth/*.parquet here" in refused("score", "--truth", tmp_path)
    assert "nothing: no detection, event or finding" in refused("evidence", "nothing", "--out", tmp_path / "e.zip")


def test_tables_are_exported_as_csv(printed: Callable[..., str], tmp_path: Path) -> None:
    paths = printed("export", "--format", "csv", "--out", tmp_path / "tables").splitlines()
    assert paths
    assert all(Path(path).is_file() for path in paths)


def test_a_port_that_is_none_is_told_the_ports(tmp_path, capsys):
    assert run(["init", str(tmp_path / "watch")]) == 0
    assert run(["report", "rajjin", "-w", str(tmp_path / "watch")]) == 2
    said = capsys.readouterr().err
    assert "'rajjin' is neither a port (dunai, rajin) nor a period" in said


def test_a_folder_that_is_no_workspace_names_the_one_beside(tmp_path, capsys):
    assert run(["init", str(tmp_path / "watch")]) == 0
    for folder, named in ((tmp_path, "watch"), (tmp_path / "watch" / "aoi", "watch")):
        assert run(["status", "-w", str(folder)]) == 2
        assert f"there is one: -w {tmp_path / named}" in capsys.readouterr().err


@pytest.mark.parametrize("out", ["monitor.toml", "archive/index.sqlite", "aoi/rajin.geojson", "archive"])
@pytest.mark.parametrize("command", [["export", "--format", "geojson"], ["evidence", "x"], ["ais", "voyages"]])
def test_what_a_workspace_consists_of_is_never_overwritten(
    workspace: Path, capsys: pytest.CaptureFixture[str], out: str, command: list[str]
) -> None:
    before = {path: path.read_bytes() for path in sorted(workspace.rglob("*")) if path.is_file()}
    assert run([*command, "--out", str(workspace / out), "-w", str(workspace)]) == 2
    assert "is part of the workspace" in capsys.readouterr().err
    assert {path: content for path, content in before.items() if path.read_bytes() != content} == {}
