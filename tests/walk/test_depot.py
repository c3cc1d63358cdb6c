"""A place without water through the whole walk: nothing afloat is claimed there, and nothing fails."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pytest

from monitor.cli.app import run
from monitor.workspace.workspace import Workspace
from tests.browser import axe_violations
from tests.serve.conftest import served
from tests.serve.test_accessibility import alone
from tests.walk import made_depot

pytestmark = [pytest.mark.weights, pytest.mark.slow]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The depot's workspace after its first run; tests only read it."""
    root = made_depot.write_workspace(tmp_path_factory.mktemp("depot") / "watch")
    assert run(["run", "--due", "-w", str(root)]) == 0
    return root


def test_its_zones_and_its_area_are_covered_and_water_is_not(finished: Path) -> None:
    coverage = Workspace.open(finished).coverage("depot")
    assert set(coverage["kind"]) == {"aoi", "rail", "storage", "open_storage"}
    assert set(coverage["state"]) == {"observed"}
    assert len(coverage) == 4 * len(made_depot.SCENES)


def test_a_boat_like_thing_in_the_river_is_no_vessel_and_no_count_is_given(finished: Path) -> None:
    workspace = Workspace.open(finished)
    assert workspace.detections("depot").empty
    assert workspace.counts("depot").empty
    assert workspace.table("berth_states", aoi="depot").empty


def test_the_brief_shows_the_depot_and_says_nothing_of_ships_or_water(finished: Path) -> None:
    page = next((finished / "reports").glob("*.html")).read_text()
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "Depot was seen in 3 passes; ships are not searched for there" in text
    assert "3 of 3 passes over Depot showed its area clearly" in text
    for wrong in ("No satellite image shows", "names no berths", "consistent with a vessel", "of the water was seen"):
        assert wrong not in text
    assert "nothing can be said of what lay there" not in text
    for wrong in ("Port activity", "Not explained by AIS", "Vessels, all", "AIS gaps", "MMSI", "berth", "harbour26"):
        assert wrong not in text, wrong
    assert "season, sun and rain taken out by the ground around" in text
    assert "66 of 77 changes of 0.5 ha and more were found" in text


def test_it_is_exported_with_its_tracks_as_ground(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gpkg"
    assert run(["export", "--format", "gpkg", "--out", str(out), "-w", str(finished)]) == 0
    zones = gpd.read_file(out, layer="zones").set_index("zone_id")
    assert set(zones["kind"]) == {"aoi", "rail", "storage", "open_storage"}
    tracks = zones.to_crs(32652).geometry["depot_rail"]
    assert tracks.area == pytest.approx(2 * 1400.0 * 15.0, rel=0.01)


@pytest.mark.loopback
def test_the_local_pages_are_there(finished: Path) -> None:
    with served(Workspace.open(finished)) as client:
        pages = {address: client.get(address) for address in ("/", "/ports/depot", "/review", "/activity")}
    assert {address: page.status_code for address, page in pages.items()} == dict.fromkeys(pages, 200)
    assert "consistent with a vessel" not in pages["/ports/depot"].text
    assert "Vessels per clear observation" not in pages["/ports/depot"].text
    assert "was not observed" not in pages["/review"].text


@pytest.mark.loopback
def test_axe_finds_nothing_on_the_pages_of_a_place_without_water(finished: Path, tmp_path: Path) -> None:
    with served(Workspace.open(finished)) as client:
        pages = {path: alone(client, path) for path in ("/", "/ports/depot", "/ports/depot?tab=land")}
    assert axe_violations(pages, tmp_path, width=1000) == {path: [] for path in pages}
