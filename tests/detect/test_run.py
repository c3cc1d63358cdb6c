"""A detector's boxes as a table on the ground."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from monitor.core.aoi import Aoi, Zone
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import DETECTIONS
from monitor.detect import detect
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.training.augment.targets import corners
from tests.detect import harbour

WHEN = datetime(2023, 9, 5, 2, 16, tzinfo=UTC)


@dataclass(frozen=True)
class FixedDetector:
    """A detector with a fixed result."""

    boxes: Boxes
    key: str = "fixed-1"

    def __call__(self, raster: Raster) -> Boxes:
        return self.boxes


def boxes(*rings: np.ndarray, names: tuple[str, ...] = (), angle: float = 0.0) -> Boxes:
    count = len(rings)
    length = np.full(count, 100.0)
    return Boxes(
        names or (VESSEL,) * count,
        tuple(np.asarray(ring, dtype=float) for ring in rings),
        np.full(count, 0.8),
        length,
        length * 0.8,
        length * 1.2,
        np.full(count, angle),
    )


def acquisition(raster: Raster) -> Acquisition:
    return Acquisition("scene-1", "", "s2", "", WHEN, WHEN, raster.grid.footprint())


def found(given: Boxes, scene: Raster | None = None):
    scene = scene or harbour.raster()
    return detect(scene, acquisition(scene), FixedDetector(given))


def test_nothing_found_is_the_empty_table() -> None:
    table = found(Boxes.empty())
    assert len(table) == 0
    assert list(table.columns) == list(DETECTIONS.columns)


def test_a_box_without_axis_keeps_its_class_width_and_the_hash_of_its_weights() -> None:
    quay = corners(harbour.HULLS[0])
    given = replace(
        boxes(quay, quay + 3, names=(VESSEL, "container"), angle=float("nan")),
        width_m=np.array([20.0, 2.4]),
        weights_sha256="ab" * 32,
    )
    table = found(given)
    assert list(table["class_name"]) == [VESSEL, "container"]
    assert list(table["width_m"]) == [20.0, 2.4]
    assert table["axis_deg"].isna().all()
    assert set(table["weights_sha256"]) == {"ab" * 32}
    assert list(table["motion"])[1] == ""
    assert "-container" in table["detection_id"][1]


def test_zones_follow_the_distance_from_land() -> None:
    table = found(boxes(corners(harbour.HULLS[0]), corners(harbour.HULLS[3])))
    assert list(table["zone"]) == ["berth", "inshore"]


def test_a_vessel_lies_in_its_berth_or_else_in_an_anchorage() -> None:
    scene = harbour.raster()
    hulls = [corners(harbour.HULLS[0]), corners(harbour.HULLS[3])]
    outlines = [scene.grid.to_lonlat(ring[:, ::-1]).buffer(0.0005) for ring in hulls]
    roads = Zone("roads", "anchorage", "Roads", outlines[0].union(outlines[1]).convex_hull)
    quay = Zone("quay", "berth", "Quay", outlines[0])
    aoi = Aoi("made", "Made", scene.grid.footprint(), (quay, roads), scene.grid.epsg)
    table = detect(scene, acquisition(scene), FixedDetector(boxes(*hulls)), aoi=aoi)
    assert list(table["zone_id"]) == ["quay", "roads"]


def test_a_hull_far_from_water_is_a_roof_and_a_stack_is_not() -> None:
    roof = np.array([[100, 5], [110, 5], [110, 8], [100, 8]])
    assert len(found(boxes(roof))) == 0
    table = found(boxes(roof, names=(CONTAINER_STACK,)))
    assert list(table["class_name"]) == [CONTAINER_STACK]
    assert table["area_m2"].iloc[0] == pytest.approx(3000, rel=0.01)


def test_the_box_lies_on_its_pixels() -> None:
    table = found(boxes(corners(harbour.HULLS[2])))
    row, col = harbour.raster().grid.rowcol(table.geometry.iloc[0].centroid.x, table.geometry.iloc[0].centroid.y)
    assert float(row) == pytest.approx(harbour.HULLS[2].y, abs=0.01)
    assert float(col) == pytest.approx(harbour.HULLS[2].x, abs=0.01)
    assert np.isnan(table["area_m2"].iloc[0])


@pytest.mark.parametrize(("angle", "axis"), [(0.0, 90.0), (np.pi / 2, 0.0), (np.pi / 4, 135.0)])
def test_axes_are_clockwise_from_north(angle: float, axis: float) -> None:
    value = float(found(boxes(corners(harbour.HULLS[2]), angle=angle))["axis_deg"].iloc[0])
    gap = abs(value - axis) % 180
    assert min(gap, 180 - gap) < 0.1
    assert 0 <= value < 180


def test_ids_are_the_same_again_and_differ_from_one_another() -> None:
    given = boxes(corners(harbour.HULLS[0]), corners(harbour.HULLS[0]), corners(harbour.HULLS[3]))
    first, second = found(given), found(given)
    assert list(first["detection_id"]) == list(second["detection_id"])
    assert first["detection_id"].is_unique


def test_pixels_without_data_are_not_land() -> None:
    scene = harbour.raster()
    data = scene.data.copy()
    data[:, :58] = 0
    scene = replace(scene, data=data, valid=(data > 0).any(axis=0))
    assert list(found(boxes(corners(harbour.HULLS[3])), scene)["zone"]) in (["inshore"], ["open"])
