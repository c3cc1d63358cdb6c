"""Scenes of a sensor that no table knows go all the way: archive, detections, coverage, berth states, brief."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from monitor import pipeline
from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.scenes.scene import Raster
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS
from monitor.core.timerange import TimeRange
from monitor.detect.base import VESSEL, Boxes
from monitor.pipeline.context import Context
from monitor.pipeline.correlate import correlate_all
from monitor.pipeline.detect import detect_scenes
from monitor.pipeline.report import write_brief
from monitor.sources.imagery.local.source import IN_FOLDER, FolderSource
from monitor.store.archive import Archive
from tests.pipeline.contexts import context
from tests.sources.imagery.local.pictures import write_picture
from tests.walk import made

SENSOR = "drone-2"
PERIOD = TimeRange.parse("2023-09")


@dataclass(frozen=True)
class Bright:
    """Finds the one bright rectangle of a picture."""

    key: str = "bright-1"

    def __call__(self, raster: Raster) -> Boxes:
        """The box around pixels of more than nine tenths of the brightest."""
        rows, cols = np.nonzero(raster.band("B04") > 0.9)
        if not len(rows):
            return Boxes.empty()
        c0, c1, r0, r1 = cols.min(), cols.max() + 1.0, rows.min(), rows.max() + 1.0
        length = np.array([(r1 - r0) * raster.grid.gsd_m])
        ring = np.array([[c0, r0], [c0, r1], [c1, r1], [c1, r0]], dtype=float)
        score, axis = np.array([0.95]), np.array([np.pi / 2])
        return Boxes((VESSEL,), (ring,), score, length, length * 0.95, length * 1.05, axis)


def picture(ship: bool) -> np.ndarray:
    """The made port as a colour picture of 8 bits and 10 m: dark water, a bright quay, a brighter hull."""
    data = np.full((3, *made.GRID.shape), 40, np.uint8)
    data[:, :, made.QUAY_COL :] = 150
    if ship:
        data[:, *made.SHIP] = 255
    return data


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """A context over a port that three colour pictures of a sensor of one's own were taken of."""
    root = tmp_path_factory.mktemp("own")
    for day, ship in enumerate((True, True, False)):
        at = datetime(2023, 9, 5, 2, 16, tzinfo=UTC) + timedelta(days=day)
        placed = {"crs": "EPSG:32652", "transform": made.GRID.transform}
        write_picture(root / "scenes" / f"flight_{at:%Y%m%dT%H%M%S}.tif", picture(ship), **placed)
    aoi: Aoi = parse_aoi(made.port(), id="made")
    source = FolderSource(root / "scenes", replace(IN_FOLDER, sensor=SENSOR))
    found = pipeline.pull.search(source, [aoi], PERIOD)
    archive = Archive(root / "archive")
    outcomes = pipeline.pull.pull_scenes(source, archive, list(found.found))
    assert all(outcome.ok for outcome in outcomes)
    start = replace(context(archive, aoi), detectors={SENSOR: Bright()})
    assert [outcome.error for outcome in detect_scenes(start)] == [None] * 3
    return replace(context(archive, aoi), detectors={SENSOR: Bright()})


def test_its_detections_coverage_and_berth_states_are_those_of_any_sensor(finished: Context) -> None:
    correlate_all(finished)
    tables = pipeline.snapshot.read(finished)
    found = tables[DETECTIONS]
    assert set(found["sensor"]) == {SENSOR}
    assert found["length_m"].tolist() == [150.0, 150.0]
    assert set(found["motion"]) == {""}  # only Sentinel-2's bands show what moves
    coverage = tables[COVERAGE]
    assert set(coverage["state"]) == {"observed"}
    states = tables[BERTH_STATES].sort_values("acquired_at")
    assert states["state"].tolist()[:2] == ["occupied", "occupied"]
    assert states["state"].tolist()[2] != "occupied"


def test_the_brief_names_it(finished: Context, tmp_path: Path) -> None:
    correlate_all(finished)
    write_brief(finished, PERIOD, tmp_path / "brief.html")
    brief = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert SENSOR in brief
    assert "3 observations" in brief or "3 scenes" in brief


def test_scenes_that_nothing_finds_ships_in_are_named(finished: Context, caplog: pytest.LogCaptureFixture) -> None:
    assert detect_scenes(replace(finished, detectors={})) == []
    assert "3 scenes of sensor drone-2: nothing finds ships in them" in caplog.text
    assert "weights in [detector.drone-2]" in caplog.text
