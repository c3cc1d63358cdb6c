"""Windows that are enlarged for the network: what it finds lies where it is in the raster."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from affine import Affine

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.models.description import ModelKeys, OwnModel
from monitor.detect.models.detector import OwnDetector
from monitor.detect.models.stretch import enlarged
from monitor.detect.yolo.user_model import WindowBoxes


class FindsWhite:
    """Stands for a network of one class: the upright box around what is white in a window."""

    names, channels, stride, fixed_px, image_px, task = ("vessel",), 3, 32, None, 64, "obb"

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def find(self, window, *, least_score, iou):
        self.shapes.append(window.shape)
        rows, cols = np.nonzero(window[0] > 127)
        if not len(rows):
            return WindowBoxes(np.zeros((0, 5)), np.zeros(0), np.zeros(0, dtype=np.int64), ())
        box = [
            (cols.min() + cols.max() + 1) / 2,
            (rows.min() + rows.max() + 1) / 2,
            np.ptp(cols) + 1,
            np.ptp(rows) + 1,
            0,
        ]
        return WindowBoxes(np.array([box], dtype=float), np.array([0.9]), np.zeros(1, dtype=np.int64), ())


class Stubbed(OwnDetector):
    """A detector whose network is given."""

    network: FindsWhite

    def open(self):
        return self.network


@pytest.mark.parametrize("times", [1.0, 1.5, 2.0])
def test_a_box_lies_where_its_pixels_are_however_much_windows_are_enlarged(times: float) -> None:
    data = np.zeros((3, 100, 90), dtype=np.uint8)
    data[:, 70:74, 20:32] = 255
    grid = Grid(32633, Affine(0.5, 0, 500_000, 0, -0.5, 4_700_000), (100, 90))
    raster = Raster(data, ("B04", "B03", "B02"), np.ones((100, 90), dtype=bool), grid)
    detector = Stubbed(OwnModel("stub", Path("stub.onnx"), "0" * 64, ModelKeys(enlarge=times, image_px=64)))
    object.__setattr__(detector, "network", network := FindsWhite())
    found = detector(raster)
    (ring,) = found.rings
    assert ring.min(axis=0) == pytest.approx([20, 70], abs=0.8)
    assert ring.max(axis=0) == pytest.approx([32, 74], abs=0.8)
    assert found.length_m == pytest.approx([6.0], abs=0.5)
    assert all(max(shape[1:]) <= 64 for shape in network.shapes)


def test_enlarging_keeps_bands_and_multiplies_sides() -> None:
    window = np.stack([np.full((10, 12), value, dtype=np.uint8) for value in (10, 200)])
    made = enlarged(window, 1.5)
    assert made.shape == (2, 15, 18)
    assert [band.min() for band in made] == [band.max() for band in made] == [10, 200]
    assert enlarged(window, 1.0) is window
