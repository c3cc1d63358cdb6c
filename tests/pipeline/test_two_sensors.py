"""From scenes of two sensors to the brief: detections, states, counts, containers and what was not measured."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import numpy as np
import pytest

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import BERTH_STATES, CONTAINER_COUNTS, COUNTS, COVERAGE, DETECTIONS, STACKS
from monitor.core.timerange import TimeRange
from monitor.detect.base import Boxes, Detector
from monitor.pipeline import snapshot
from monitor.pipeline.context import Context
from monitor.pipeline.correlate import correlate_all
from monitor.pipeline.detect import detect_scenes
from monitor.pipeline.report import write_brief
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore

START = datetime(2023, 10, 5, 2, 16, tzinfo=UTC)
WEEK = TimeRange(datetime(2023, 10, 5, tzinfo=UTC), datetime(2023, 10, 12, tzinfo=UTC))
BERTH, YARD = "rajin_b2_sw", "rajin_yard_p2"
BANDS = ("B02", "B03", "B04", "B08", "B11")


@dataclass(frozen=True, slots=True)
class Weights:
    name: str
    measured: tuple[tuple[str, str, str], ...]
    path: Path = Path("own.onnx")
    sha256: str = "ab" * 32


@dataclass(frozen=True, slots=True)
class Marker:
    """Marks a ship at one berth and boxes in one yard; as many boxes as the picture's first pixel says."""

    aoi: Aoi
    classes: tuple[str, ...]
    weights: Weights

    @property
    def key(self) -> str:
        return self.weights.name

    def __call__(self, raster: Raster) -> Boxes:
        marked = [("vessel", *self._middle(raster, BERTH), 120.0, 18.0)] if "vessel" in self.classes else []
        if "container" in self.classes:
            x, y = self._middle(raster, YARD)
            marked += [
                ("container", x + 6.5 * (i % 5), y + 2.9 * (i // 5), 6.06, 2.44)
                for i in range(int(raster.data[0, 0, 0]))
            ]
        rings = [self._ring(raster, *box) for _, *box in marked]
        long = np.array([box[3] for box in marked])
        return Boxes(
            class_name=tuple(box[0] for box in marked),
            rings=tuple(rings),
            score=np.full(len(marked), 0.9),
            length_m=long,
            length_low_m=long - raster.grid.gsd_m,
            length_high_m=long + raster.grid.gsd_m,
            angle=np.zeros(len(marked)),
            width_m=np.array([box[4] for box in marked]),
        )

    def _middle(self, raster: Raster, zone: str) -> tuple[float, float]:
        place = reproject(self.aoi.zone(zone).geometry, WGS84, raster.grid.epsg).centroid
        return place.x, place.y

    def _ring(self, raster: Raster, x: float, y: float, long: float, wide: float) -> np.ndarray:
        corners = [(x - long / 2, y - wide / 2), (x + long / 2, y - wide / 2), (x + long / 2, y + wide / 2)]
        corners.append((x - long / 2, y + wide / 2))
        return np.array([~raster.grid.transform @ corner for corner in corners])


@pytest.fixture(scope="module")
def aoi() -> Aoi:
    return read_aoi(Path(__file__).resolve().parents[2] / "aoi" / "rajin.geojson")


def _scene(aoi: Aoi, sensor: str, at: datetime, pixel_m: float, boxes: int) -> tuple[Acquisition, Raster]:
    place = aoi.zone(YARD).geometry.union(aoi.zone(BERTH).geometry).envelope.buffer(0.001)
    grid = Grid.covering(place if pixel_m < 5 else aoi.geometry, epsg=aoi.epsg, gsd_m=pixel_m)
    data = np.full((len(BANDS), *grid.shape), 600, np.uint16)
    data[0, 0, 0] = boxes
    acquisition = Acquisition(f"{sensor}_{at:%Y%m%d}", aoi.id, sensor, sensor, at, at, grid.footprint())
    return acquisition, Raster(data, BANDS, np.ones(grid.shape, bool), grid, scale=1e-4)


def _context(folder: Path, aoi: Aoi, detectors: dict[str, Detector]) -> Context:
    archive = Archive(folder)
    return Context(
        archive=archive,
        positions=PositionStore(folder / "positions"),
        aois=(aoi,),
        detectors=detectors,
        now=datetime(2023, 10, 12, 6, tzinfo=UTC),
    )


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory, aoi: Aoi) -> Context:
    """Two days: Sentinel-2 and half an hour later a picture of 1 m, by a model of boxes and ships."""
    coarse = Marker(aoi, ("vessel", "container_stack"), Weights("coarse", (("recall at berth", "0.78", "ten ports"),)))
    fine = Marker(aoi, ("vessel", "container"), Weights("own-obb", ()))
    context = _context(tmp_path_factory.mktemp("work"), aoi, {"s2": coarse, "hires": fine})
    for day, boxes in ((0, 20), (5, 8)):
        at = START + timedelta(days=day)
        context.archive.write_scene(*_scene(aoi, "s2", at, 10.0, 0))
        context.archive.write_scene(*_scene(aoi, "hires", at + timedelta(minutes=30), 1.0, boxes))
    outcomes = detect_scenes(context)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    correlate_all(context)
    return context


def test_each_sensor_has_states_and_a_ship_that_both_show_is_one(worked: Context) -> None:
    tables = snapshot.read(worked)
    states = tables[BERTH_STATES]
    assert states.loc[states["berth_id"] == BERTH].groupby("sensor")["state"].agg(set).to_dict() == {
        "hires": {"occupied"},
        "s2": {"occupied"},
    }
    ships = tables[DETECTIONS][tables[DETECTIONS]["class_name"] == "vessel"].set_index("sensor")
    assert (ships.loc["s2", "same_ship"] == ships.loc["hires", "detection_id"].to_numpy()).all()
    assert set(ships.loc["hires", "size_class"]) == {"Seawaymax, full or slender"}
    assert set(ships.loc["s2", "size_class"]) == {""}
    counts = tables[COUNTS]
    assert counts["vessels"].sum() == 2


def test_boxes_are_counted_in_the_fine_pictures_alone_with_their_change(worked: Context) -> None:
    tables = snapshot.read(worked)
    yards = tables[CONTAINER_COUNTS][tables[CONTAINER_COUNTS]["place_id"] == YARD]
    assert yards[["sensor", "boxes_seen"]].to_numpy().tolist() == [["hires", 20], ["hires", 8]]
    assert yards["change"].tolist()[1] == -12
    assert set(tables[STACKS]["sensor"]) == {"s2"}


def test_the_brief_says_which_model_was_measured_and_which_was_not(worked: Context, tmp_path: Path) -> None:
    html = write_brief(worked, WEEK, tmp_path / "brief.html")[0].read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))
    assert "coarse: recall at berth 0.78 ten ports" in text
    assert "own-obb on High-resolution image not measured no error was measured for this model" in text
    assert "2023-10-10 02:46 UTC, High-resolution image 8 0 8–8 8–24 -12 (-12 to -12) not measured" in text


def test_what_a_model_does_not_mark_is_not_observed_and_never_zero(tmp_path: Path, aoi: Aoi) -> None:
    boxes_only = Marker(aoi, ("container",), Weights("boxes", ()))
    context = _context(tmp_path, aoi, {"hires": boxes_only})
    context.archive.write_scene(*_scene(aoi, "hires", START, 1.0, 20))
    detect_scenes(context)
    correlate_all(context)
    tables = snapshot.read(context)
    seen = tables[COVERAGE].set_index("zone_id")
    assert seen.loc[BERTH, ["state", "reason"]].tolist() == ["not observed", "not looked for"]
    assert seen.loc[YARD, "state"] == "observed"
    assert tables[COUNTS]["vessels"].isna().all()
    assert set(tables[BERTH_STATES]["state"]) == {"not observed"}


def test_a_measured_model_has_its_error_in_the_bounds(tmp_path: Path, aoi: Aoi) -> None:
    sample = "200 labelled, 200 detected, 4 labelled scenes of yards"
    measured = (("precision, container", "0.95", sample), ("recall, container", "0.90", sample))
    context = _context(tmp_path, aoi, {"hires": Marker(aoi, ("vessel", "container"), Weights("own", measured))})
    context.archive.write_scene(*_scene(aoi, "hires", START, 1.0, 20))
    detect_scenes(context)
    correlate_all(context)
    counts = snapshot.read(context)[CONTAINER_COUNTS]
    yard = counts[counts["place_id"] == YARD].iloc[0]
    assert yard["error"] == "measured"
    assert yard["boxes_low"] < 20 < yard["boxes_high"]


def test_scenes_of_a_sensor_without_a_model_are_told_with_the_setting(
    tmp_path: Path, aoi: Aoi, caplog: pytest.LogCaptureFixture
) -> None:
    context = _context(tmp_path, aoi, {})
    context.archive.write_scene(*_scene(aoi, "skysat", START, 1.0, 0))
    with caplog.at_level(logging.WARNING):
        assert detect_scenes(context) == []
    assert "1 scenes of sensor skysat: nothing finds ships in them" in caplog.text
    assert "[detector.skysat]" in caplog.text
