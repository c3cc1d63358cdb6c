"""A model of one's own as a detector, with a network that finds what is bright."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from affine import Affine
from scipy import ndimage
from shapely import unary_union
from shapely.geometry import Polygon, box

from monitor.core.aoi import Aoi, Zone
from monitor.core.errors import DetectorError
from monitor.core.geo.geodesy import reproject
from monitor.core.geo.grid import Grid
from monitor.core.progress import listening
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect import detect
from monitor.detect.models.description import ModelKeys, OwnModel
from monitor.detect.models.detector import OwnDetector
from monitor.detect.threshold import enclosing

SIZE = 300


@dataclass(frozen=True)
class Bright:
    """Boxes around bright blobs, the larger of two classes by size; oriented where the task is obb."""

    task: str = "obb"
    names: tuple[str, ...] = ("ship", "large vehicle")
    channels: int = 3
    stride: int = 32
    image_px: int = 128
    fixed_px: tuple[int, ...] = ()

    def find(self, window: np.ndarray, *, least_score: float, iou: float) -> SimpleNamespace:
        assert window.dtype == np.uint8
        assert window.shape[1] % self.stride == 0
        labels, count = ndimage.label(window[0] > 150)
        rows, label, masks = [], [], []
        for index in range(1, count + 1):
            places = np.argwhere(labels == index)[:, ::-1]
            if len(places) < 6:
                continue
            ring, length, width, angle = enclosing(places + 0.5)
            low, high = places.min(axis=0), places.max(axis=0) + 1
            upright = [*((low + high) / 2), *(high - low), 0.0]
            rows.append([*ring.mean(axis=0), length, width, angle] if self.task == "obb" else upright)
            label.append(0 if len(places) > 120 else 1)
            masks.append(places)
        score = np.full(len(rows), 0.6)
        keep = score >= least_score
        return SimpleNamespace(
            xywhr=np.array(rows, dtype=float).reshape(-1, 5)[keep],
            score=score[keep],
            label=np.array(label, dtype=np.int64)[keep],
            masks=tuple(masks) if self.task == "segment" else (),
        )


def scene(*ships: tuple[float, float, float, float, float], gsd_m: float = 0.5) -> Raster:
    """A picture with bright boxes of column, row, length, width and angle."""
    rows, cols = np.mgrid[:SIZE, :SIZE] + 0.5
    image = np.full((SIZE, SIZE), 50, dtype=np.uint8)
    for x, y, length, width, angle in ships:
        along = (cols - x) * np.cos(angle) + (rows - y) * np.sin(angle)
        across = (rows - y) * np.cos(angle) - (cols - x) * np.sin(angle)
        image[(np.abs(along) <= length / 2) & (np.abs(across) <= width / 2)] = 200
    grid = Grid(32652, Affine(gsd_m, 0, 500_000, 0, -gsd_m, 4_600_000), (SIZE, SIZE))
    return Raster(np.stack([image] * 3), ("B04", "B03", "B02"), np.ones((SIZE, SIZE), dtype=bool), grid)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch):
    def use(model: Bright | None = None, *, threshold: float | None = None, **keys: object) -> OwnDetector:
        monkeypatch.setattr(OwnDetector, "open", lambda self: model or Bright())
        said = ModelKeys.model_validate({"gsd_m": 0.5, **keys})
        return OwnDetector(OwnModel("mine", Path("mine.onnx"), "ab" * 32, said), threshold)

    return use


SHIPS = ((64.0, 64.0, 40.0, 8.0, 0.4), (115.0, 200.0, 60.0, 10.0, 0.0), (210.0, 105.0, 160.0, 16.0, 1.2))


def test_ships_across_seams_are_found_once_with_their_length_width_and_axis(network) -> None:
    found = network()(scene(*SHIPS))
    assert found.class_name == ("vessel",) * 3
    order = np.argsort(found.length_m)
    assert found.length_m[order] == pytest.approx([20.0, 30.0, 80.0], abs=2.5)
    assert found.width_m[order] == pytest.approx([4.0, 5.0, 8.0], abs=1.5)
    turned = (found.angle[order] - np.array([0.4, 0.0, 1.2]) + np.pi / 2) % np.pi - np.pi / 2
    assert np.abs(np.degrees(turned)).max() < 4
    assert np.isnan(found.length_low_m).all()
    assert found.weights_sha256 == "ab" * 32


def test_each_window_is_reported_to_who_listens(network) -> None:
    heard: list[tuple[str, int, int]] = []
    with listening(lambda *step: heard.append(step)):
        network()(scene())
    assert heard[0] == ("windows", 1, 9)
    assert heard[-1] == ("windows", 9, 9)


@pytest.mark.parametrize("task", ["detect", "segment"])
def test_an_upright_box_takes_the_axis_of_its_pixels_or_mask(network, task: str) -> None:
    found = network(Bright(task))(scene((64.0, 64.0, 40.0, 8.0, 0.6)))
    assert found.angle[0] == pytest.approx(0.6, abs=0.08)
    assert found.length_m[0] == pytest.approx(20.0, abs=1.5)


def test_a_box_without_an_axis_is_between_its_side_and_its_diagonal(network) -> None:
    found = network(Bright("detect"))(scene((64.0, 64.0, 20.0, 20.0, 0.0)))
    assert np.isnan(found.angle[0])
    assert np.isnan(found.width_m[0])
    assert found.length_low_m[0] == pytest.approx(10.0, abs=0.6)
    assert found.length_low_m[0] < found.length_m[0] < found.length_high_m[0]


def test_classes_are_mapped_and_one_may_be_left_out(network) -> None:
    both = scene((64.0, 64.0, 40.0, 8.0, 0.4), (200.0, 200.0, 12.0, 5.0, 0.2))
    assert sorted(network()(both).class_name) == ["vehicle", "vessel"]
    assert network(classes={"large-vehicle": ""})(both).class_name == ("vessel",)
    assert sorted(network(classes={"large vehicle": "container"})(both).class_name) == ["container", "vessel"]


def test_scores_become_chances_and_the_threshold_is_of_chances(network) -> None:
    one = scene((64.0, 64.0, 40.0, 8.0, 0.4))
    found = network(calibration=(1.0, 1.0))(one)
    assert found.score[0] == pytest.approx(1 / (1 + np.exp(-1 - np.log(0.6 / 0.4))))
    assert len(network(calibration=(1.0, 1.0), threshold=0.7)(one)) == 1
    assert len(network(threshold=0.7)(one)) == 0


def test_a_model_of_one_size_gets_windows_of_that_size(network) -> None:
    found = network(Bright(fixed_px=(96, 160)))(scene(*SHIPS))
    assert len(found) == 3


def test_gain_and_bounds_of_length_are_those_of_the_description(network) -> None:
    found = network(length_gain=1.1, length_low=0.9, length_high=1.2)(scene((64.0, 64.0, 40.0, 8.0, 0.0)))
    assert found.length_m[0] == pytest.approx(22.0, abs=1.2)
    assert found.length_low_m[0] == pytest.approx(0.9 * found.length_m[0])
    assert found.length_high_m[0] == pytest.approx(1.2 * found.length_m[0])


@pytest.mark.parametrize(
    ("keys", "gsd_m", "message"),
    [
        ({}, 3.0, "pixels of 3 m: mine takes 0.333333 to 0.75 m; resample the image, or set gsd_range_m"),
        ({"bands": ["B04", "B03", "B08"]}, 0.5, "mine needs B08 too; name the file's bands by --bands"),
        ({"bands": ["red", "nir"]}, 0.5, "mine: takes 3 bands, and 2 are named; set bands in order"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused_with_what_to_set(network, keys, gsd_m: float, message: str) -> None:
    with pytest.raises(DetectorError) as caught:
        network(**keys)(scene(gsd_m=gsd_m))
    assert message in str(caught.value)


def test_names_of_colours_are_bands_and_a_wider_range_takes_other_pixels(network) -> None:
    keys = {"bands": ["red", "green", "blue"], "gsd_range_m": [0.3, 4.0]}
    assert len(network(**keys)(scene((64.0, 64.0, 40.0, 8.0, 0.4), gsd_m=3.0))) == 1


def test_the_key_changes_with_the_file_the_description_and_the_threshold(network) -> None:
    keys = {network().key, network(iou=0.4).key, network(classes={"ship": ""}).key, network(threshold=0.3).key}
    assert len(keys) == 4
    assert network(measured=[["a", "b", "c"]]).key == network().key


def _yard(*parts: tuple[float, float, float, float]) -> Raster:
    """A picture with bright rectangles of west, north, east, south in pixels."""
    made = scene()
    for west, north, east, south in parts:
        made.data[:, int(north) : int(south), int(west) : int(east)] = 200
    return made


@pytest.mark.parametrize("shift", [0, 70])
def test_the_stacks_of_a_segment_model_are_outlines_also_across_a_seam(network, shift: int) -> None:
    """An L of 60 by 12 and 12 by 40 pixels: its box would be three times as large."""
    parts = ((10 + shift, 20, 70 + shift, 32), (10 + shift, 32, 22 + shift, 72))
    detector = network(Bright("segment"), classes={"ship": "container_stack", "large vehicle": ""})
    found = detector(_yard(*parts))
    assert found.class_name == ("container_stack",)
    drawn = unary_union([box(*part) for part in parts])
    outline = Polygon(found.rings[0])
    assert outline.intersection(drawn).area / outline.union(drawn).area > 0.95
    assert found.length_m[0] == pytest.approx(30.0, abs=8.0)


def test_enlarged_windows_give_outlines_in_the_pictures_own_pixels(network) -> None:
    part = (100, 100, 160, 130)
    detector = network(Bright("segment"), classes={"ship": "container_stack"}, enlarge=2.0)
    outlines = [Polygon(ring) for ring in detector(_yard(part)).rings]
    assert max(one.intersection(box(*part)).area / one.union(box(*part)).area for one in outlines) > 0.9


def test_the_ships_of_a_segment_model_are_boxes_of_four_corners(network) -> None:
    found = network(Bright("segment"))(scene((64.0, 64.0, 40.0, 8.0, 0.6)))
    assert [len(ring) for ring in found.rings] == [4]


def test_each_class_may_have_a_threshold_of_its_own_and_a_given_one_wins(network) -> None:
    both = scene((64.0, 64.0, 40.0, 8.0, 0.4), (200.0, 200.0, 12.0, 5.0, 0.2))  # all of score 0.6
    assert set(network(threshold=0.5)(both).class_name) == {"vessel", "vehicle"}
    strict = {"vessel": 0.7}
    assert set(network(thresholds=strict)(both).class_name) == {"vehicle"}
    assert set(network(threshold=0.5, thresholds=strict)(both).class_name) == {"vessel", "vehicle"}


def test_what_a_model_of_ones_own_marks_on_an_aois_land_is_no_vessel(network) -> None:
    """The picture has no infrared, so that nothing in it tells water from land; the AOI's water does."""
    picture = scene((40.0, 64.0, 40.0, 8.0, 0.4), (250.0, 200.0, 40.0, 8.0, 0.4))
    west, south, east, north = picture.grid.bounds
    whole = reproject(box(west, south, east, north), 32652, 4326)
    sea = reproject(box(west + 75, south, east, north), 32652, 4326)  # the first ship lies 45 to 65 m inland
    bare = Aoi("port", "port", whole, (Zone("all", "aoi", "all", whole),), epsg=32652)
    port = replace(bare, zones=(*bare.zones, Zone("sea", "water", "sea", sea)))
    when = datetime(2023, 9, 5, 2, 16, tzinfo=UTC)
    scene_of = Acquisition("s", "port", "hires", "", when, when, picture.grid.footprint())
    assert len(detect(picture, scene_of, network(), aoi=bare)) == 2
    (kept,) = detect(picture, scene_of, network(), aoi=port).geometry
    assert sea.contains(kept.centroid)
