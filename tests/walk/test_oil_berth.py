"""A port whose only berth is an oil berth: every step takes it as it takes any berth, and shows its kind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import geopandas as gpd
import pytest

from monitor.cli.app import run
from monitor.core.aoi import read_aois
from monitor.fuse.voyages.distances import middle_of
from monitor.pipeline.ais.tables import port_points
from monitor.workspace.workspace import Workspace
from tests.walk import made

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace after its first run; tests only read it."""
    root = made.write_workspace(tmp_path_factory.mktemp("oil") / "watch", berth="oil_berth")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return root


def test_stays_and_counts_are_those_of_any_berth(finished: Path) -> None:
    workspace = Workspace.open(finished)
    states = workspace.table("berth_states", aoi="made").sort_values("acquired_at")
    assert list(zip(states["berth_id"], states["state"], strict=True)) == [
        ("made_oil_berth", state) for state in ("occupied", "occupied", "empty")
    ]
    visits = workspace.visits()
    assert set(visits["berth_id"]) == {"made_oil_berth"}
    assert visits["length_m"].between(100.0, 200.0).all()
    counts = workspace.counts("made").sort_values("acquired_at")
    assert list(counts["berth"]) == [1, 1, 0]
    assert list(counts["berth_fraction"]) == [1.0, 1.0, 1.0]
    coverage = workspace.coverage("made")
    assert list(coverage.loc[coverage["zone_id"] == "made_oil_berth", "kind"]) == ["oil_berth"] * 3
    assert set(workspace.detections("made")["zone_id"]) == {"made_oil_berth"}


def test_ais_takes_it_for_the_ports_anchor_point(finished: Path) -> None:
    (aoi,) = read_aois(finished / "aoi")
    at = aoi.zone("made_oil_berth").geometry.centroid
    (point,) = port_points([aoi], berths=True).to_dict("records")
    assert (point["port_id"], point["lon"], point["lat"]) == ("made_oil_berth", at.x, at.y)
    assert middle_of(aoi) == pytest.approx((at.x, at.y))


def test_the_brief_the_map_and_the_export_show_it(finished: Path, tmp_path: Path) -> None:
    page = next((finished / "reports").glob("*.html")).read_text()
    assert "names no berths" not in page
    assert json.dumps("made_oil_berth (oil berth): empty, probability occupied 0.")[1:-1] in page
    assert "<td>made_oil_berth (oil berth)</td>" in re.sub(r"<(td|th)[^>]*>", "<td>", page).replace("</th>", "</td>")
    out = tmp_path / "out.gpkg"
    assert run(["export", "--format", "gpkg", "--out", str(out), "-w", str(finished)]) == 0
    for layer in ("berth_states", "visits"):
        assert gpd.read_file(out, layer=layer).geometry.notna().all(), layer
