"""Random ports: any outline, true labels."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate import random_port_scene
from monitor.simulate.render.rasterize import cover


def test_the_same_generator_draws_the_same_port():
    one, two = (random_port_scene(np.random.default_rng(4), (96, 112)) for _ in range(2))
    assert np.array_equal(one.raster.data, two.raster.data)
    assert one.labels == two.labels


def test_pixels_have_the_size_asked_for_and_say_simulated():
    scene = random_port_scene(np.random.default_rng(1), (80, 100))
    assert scene.raster.data.shape == (5, 80, 100)
    assert scene.raster.data.dtype == np.uint16
    assert scene.raster.data.min() > 0
    assert scene.raster.tags["SIMULATED"] == "YES"


@pytest.mark.parametrize("seed", [0, 3, 5])
def test_hulls_afloat_shine_against_the_sea(seed):
    scene = random_port_scene(np.random.default_rng(seed))
    afloat = [label for label in scene.labels if label.situation in ("open", "anchored")]
    assert afloat
    near_infrared = scene.raster.band("B08")
    for label in afloat:
        share = cover(label.outline, scene.raster.grid, epsg=scene.raster.grid.epsg)
        ring = cover(label.outline.buffer(60.0), scene.raster.grid, epsg=scene.raster.grid.epsg)
        hull, sea = near_infrared[share > 0.9], near_infrared[(share == 0) & (ring > 0.9)]
        if len(hull) > 3:
            assert np.median(hull) > np.median(sea)
