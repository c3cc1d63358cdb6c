"""A season with made-up places, written as files, read as a user's own, and scored against its truth."""

from __future__ import annotations

from monitor import Workspace
from monitor.core.timerange import TimeRange
from monitor.simulate import Season
from monitor.simulate.land.places import places
from monitor.sources.simulated.files import write_season


def test_its_scenes_read_from_a_folder_are_scored_against_its_truth(tmp_path):
    depot = tuple(aoi for aoi in places() if aoi.id == "sim_depot")
    period = TimeRange.parse("2023-05-30/2023-06-08")
    made = write_season(Season.make(aois=depot, seed=3, period=period, scenario="depot"), tmp_path / "season")
    workspace = Workspace.create(
        tmp_path / "watch",
        ports=(made.folder / "aoi/sim_depot.geojson",),
        source={"name": '"folder"', "folder": f'"{made.folder / "scenes"}"'},
    )
    outcomes = workspace.pull(period)
    assert len(outcomes) == made.scenes > 0
    assert all(outcome.error is None for outcome in outcomes)
    sheet = workspace.score(made.folder / "truth")
    zones = sheet.figures[sheet.figures["figure"] == "rail, clear, with a share"]
    assert zones["cases"].sum() > 0
    assert sheet.value("land_states", "rail, clear, with a share") == 0.0
