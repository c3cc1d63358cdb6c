"""What a model of one's own marks, and how long it takes things to be, with the network itself made up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import finds
from monitor.detect.models.description import ModelKeys, OwnModel
from monitor.detect.models.detector import OwnDetector
from monitor.detect.yolo.user_model import WindowBoxes


@dataclass(frozen=True)
class Network:
    """One ship of 30 by 6 pixels, whatever is shown."""

    names: tuple[str, ...] = ("ship", "shipping container", "tennis court")
    task: str = "obb"
    channels: int = 3
    stride: int = 32
    image_px: int = 64
    fixed_px: tuple[int, ...] = ()

    def find(self, window: np.ndarray, *, least_score: float, iou: float) -> WindowBoxes:
        return WindowBoxes(np.array([[32.0, 32.0, 30.0, 6.0, 0.4]]), np.array([0.9]), np.array([0]))


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> OwnDetector:
    monkeypatch.setattr(OwnDetector, "open", lambda _: Network())
    keys = ModelKeys(gsd_m=3.0, classes={"tennis court": ""})
    return OwnDetector(OwnModel("own", Path("own.onnx"), "ab" * 32, keys))


def test_it_names_what_it_marks_by_our_words_without_what_is_left_out(own: OwnDetector) -> None:
    assert finds(own) == {"vessel", "container"}


def test_a_length_at_three_metres_is_right_to_a_pixel_and_has_no_interval_that_none_measured(own: OwnDetector) -> None:
    grid = Grid(32652, Affine(3, 0, 500_000, 0, -3, 4_600_000), (64, 64))
    pixels = np.full((3, 64, 64), 90, np.uint8)
    found = own(Raster(pixels, ("B04", "B03", "B02"), np.ones((64, 64), bool), grid))
    assert found.length_m == pytest.approx([90.0], abs=3.0)
    assert np.isnan([found.length_low_m, found.length_high_m]).all()
    assert found.width_m == pytest.approx([18.0])
