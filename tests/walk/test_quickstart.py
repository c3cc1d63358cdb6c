"""From an open catalog to a first brief, without an account."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli.app import run
from monitor.workspace.workspace import Workspace
from tests.standin.items import write_item
from tests.standin.stac_api import StacApi
from tests.walk import made

pytestmark = [
    pytest.mark.weights,
    pytest.mark.slow,
    pytest.mark.loopback,
    pytest.mark.filterwarnings("ignore:The 'shapely.ops.transform:DeprecationWarning"),  # odc-geo
    pytest.mark.filterwarnings("ignore:Use .@. matmul:PendingDeprecationWarning"),  # odc-geo with affine 3
]
TODAY = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StacApi]:
    """A clear pass of 80 days ago, one under cloud of 50 days ago, and two under cloud of this month."""
    passes = {80: 0.05, 50: 0.8, 20: 0.9, 10: 0.6}
    items = [
        write_item(
            tmp_path / "served",
            f"S2B_T52TEM_{days}",
            TODAY - timedelta(days=days),
            made.pixels((made.SHIP,), seed=days),
            made.GRID,
            cloud=cloud,
        )
        for days, cloud in passes.items()
    ]
    (tmp_path / "port.geojson").write_text(json.dumps(made.port()))
    with StacApi(tmp_path / "served", items) as api:
        monkeypatch.setenv("MONITOR_STAC__URL", api.url)
        yield api


def test_the_last_weeks_and_the_newest_clear_pass_end_in_a_brief(
    catalog: StacApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["quickstart", "--port", str(tmp_path / "port.geojson"), "--folder", str(tmp_path / "watch")]
    assert run(command) == 0
    printed = capsys.readouterr()
    assert "2 passes since" in printed.err
    assert "none clear; the newest clear one" in printed.err
    (brief,) = printed.out.split()
    assert Path(brief).is_file()
    workspace = Workspace.open(tmp_path / "watch")
    ages = sorted((TODAY - at).days for at in workspace.scenes()["acquired_at"])
    assert ages == [10, 20, 80]
    assert list(workspace.table("berth_states", aoi="port")["state"]) == ["occupied"] * 3
    asked = len([path for path in catalog.asked if path.endswith(".tif")])
    assert run(command) == 0
    assert len([path for path in catalog.asked if path.endswith(".tif")]) == asked, "nothing is fetched twice"


def test_a_catalog_out_of_reach_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONITOR_STAC__URL", "http://127.0.0.1:9/v1")
    assert run(["quickstart", "rajin", "--folder", str(tmp_path / "watch")]) == 1
    captured = capsys.readouterr()
    assert "the STAC catalog does not respond" in captured.err
    assert "check the network" in captured.err
    assert "Traceback" not in captured.err


def test_a_port_that_is_none_and_a_workspace_on_another_source_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quickstart", "atlantis", "--folder", str(tmp_path / "watch")]) == 2
    assert "neither a shipped port (dunai, rajin) nor a file" in capsys.readouterr().err
    assert not (tmp_path / "watch").exists()
    assert run(["init", str(tmp_path / "other")]) == 0
    assert run(["quickstart", "rajin", "--folder", str(tmp_path / "other")]) == 2
    assert "is a workspace on source folder; choose another folder" in capsys.readouterr().err


def test_radar_is_asked_of_the_catalog_that_serves_it_to_anyone(
    catalog: StacApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port, folder = str(tmp_path / "port.geojson"), tmp_path / "watch"
    catalog.items.clear()
    assert run(["quickstart", "--port", port, "--folder", str(folder), "--radar", "--last", "15d"]) == 0
    assert "none clear within a year" in capsys.readouterr().err
    written = tomllib.loads((folder / "monitor.toml").read_text())
    assert written["stac"]["radar"] == "sentinel-1-grd"
    assert "planetarycomputer" in written["stac"]["url"]
    assert written["source"] == {"name": "stac", "last": "15d", "sensors": ["s2", "s1"]}
