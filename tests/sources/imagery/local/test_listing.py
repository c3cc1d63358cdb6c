"""A folder is read once for all ports of a command, and each port is told what it would be told alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from monitor.core.timerange import TimeRange
from monitor.pipeline import pull
from monitor.sources.imagery.local import described
from monitor.sources.imagery.local.source import FolderSource
from monitor.workspace.workspace import Workspace
from tests.sources.places import aoi_over
from tests.walk import made

PERIOD = TimeRange.parse("2023-09")


@pytest.fixture
def opened(monkeypatch) -> Counter[str]:
    """How often each picture's header was read."""
    read, count = described.read_header, Counter[str]()

    def counted(path: Path, *given):
        count[str(path)] += 1
        return read(path, *given)

    monkeypatch.setattr(described, "read_header", counted)
    return count


@pytest.fixture
def harbours(tmp_path, write_scene):
    """Three ports, one of them without a scene, and a folder with every reason to leave something out."""
    write_scene("west_20230905.tif")
    write_scene("again_20230906.tif", item={"datetime": "2023-09-06T02:16:09Z"})
    write_scene("east_20230905.tif", west=509_800)
    write_scene("wide_20230907.tif", west=499_800, shape=(100, 1100))
    write_scene("far_20230905.tif", west=600_000)
    write_scene("late_20231005.tif")
    write_scene("undated.tif")
    write_scene("a/one.tif", item={"datetime": "2023-09-15T02:16:09Z"})
    write_scene("b/one.tif", item={"datetime": "2023-09-25T02:16:09Z"})
    write_scene("noted_20230908.tif").with_suffix(".json").write_text("[]")
    (tmp_path / "scenes/look.img").touch()
    (tmp_path / "scenes/empty_20230909.tif").touch()
    corners = (("west", 500_000, 4_670_000), ("east", 510_000, 4_670_000), ("none", 550_000, 4_600_000))
    return [aoi_over(x, y, x + 600, y + 500, name=name) for name, x, y in corners]


def test_ports_are_told_the_same_from_one_reading_as_from_their_own(tmp_path, harbours):
    folder = FolderSource(tmp_path / "scenes")
    once = folder.read_once()
    surveys = {aoi.id: once.survey(aoi, PERIOD) for aoi in harbours}
    assert surveys == {aoi.id: folder.survey(aoi, PERIOD) for aoi in harbours}
    ids = {name: [a.id for a in survey.acquisitions] for name, survey in surveys.items()}
    assert ids == {
        "west": ["west_20230905_west", "again_20230906_west", "wide_20230907_west", "noted_20230908_west"],
        "east": ["east_20230905_east", "wide_20230907_east"],
        "none": [],
    }
    assert {name: survey.account.partition(";")[0] for name, survey in surveys.items()} == {
        "west": "9 read: 7 over the port, 2 outside",
        "east": "9 read: 2 over the port, 7 outside",
        "none": "9 read: 0 over the port, 9 outside",
    }
    assert pull.left_out(once, harbours, PERIOD) == pull.left_out(folder, harbours, PERIOD)


def test_a_search_of_many_ports_opens_each_picture_once(tmp_path, harbours, opened):
    once = pull.read_once(FolderSource(tmp_path / "scenes"))
    pull.search(once, harbours, PERIOD)
    pull.left_out(once, harbours, PERIOD)
    assert len(opened) == 11
    assert set(opened.values()) == {1}


def test_a_command_opens_each_picture_once_and_the_next_one_sees_what_is_new(tmp_path, opened):
    workspace = Workspace.open(made.write_workspace(tmp_path / "watch"))
    for name in ("second", "third"):
        (workspace.root / f"aoi/{name}.geojson").write_text((workspace.root / "aoi/made.geojson").read_text())
    assert len(workspace.pull_plan().rows) == 3 * len(made.SCENES)
    assert set(opened.values()) == {1}
    made.write_scene(workspace.root / "scenes", made.FIRST.replace(month=10))
    assert len(workspace.pull_plan().rows) == 3 * (len(made.SCENES) + 1)
