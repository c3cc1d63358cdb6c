"""Landsat's pixels given to a network for 10 m."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from affine import Affine

from monitor.core.errors import DetectorError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.coarse import CoarseDetector, finer


@dataclass(frozen=True)
class Three:
    """Finds a ship of 200 m, one of 90 m and a stack, in pixels of 10 m."""

    key: str = "three"

    def __call__(self, raster: Raster) -> Boxes:
        """The boxes."""
        assert raster.grid.gsd_m == pytest.approx(10.0)
        ring = np.array([[30.0, 60.0], [50.0, 60.0], [50.0, 63.0], [30.0, 63.0]])
        length = np.array([200.0, 90.0, 300.0])
        names = (VESSEL, VESSEL, CONTAINER_STACK)
        return Boxes(names, (ring,) * 3, np.full(3, 0.9), length, length * 0.8, length * 1.2, np.zeros(3))


def scene(gsd: float = 30.0) -> Raster:
    data = np.arange(2 * 40 * 50, dtype=np.uint16).reshape(2, 40, 50) + 500
    valid = np.ones((40, 50), bool)
    valid[:5] = False
    return Raster(data, ("B03", "B08"), valid, Grid(32652, Affine(gsd, 0, 499_785, 0, -gsd, 4_670_715), (40, 50)))


def test_only_large_ships_are_told_in_the_pixels_of_the_scene() -> None:
    found = CoarseDetector(Three())(scene())
    assert found.length_m.tolist() == [200.0]
    assert found.rings[0][0].tolist() == [10.0, 20.0]


def test_pixels_are_made_finer_in_place() -> None:
    raster = scene()
    fine = finer(raster)
    assert fine.grid.bounds == pytest.approx(raster.grid.bounds)
    assert fine.grid.shape == (120, 150)
    assert fine.valid.mean() == raster.valid.mean()
    middle = fine.data[:, 1::3, 1::3].astype(int)
    assert np.abs(middle - raster.data)[:, 7:-2, 2:-2].max() <= 1


def test_other_pixels_are_refused_with_the_way_out() -> None:
    with pytest.raises(DetectorError, match=r"takes 30 m; give a model .* --weights FILE or \[detector.landsat\]"):
        CoarseDetector(Three())(replace(scene(), grid=scene(15.0).grid))
