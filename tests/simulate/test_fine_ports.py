"""Made-up quays in fine pixels: true labels for training."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate import random_fine_scene
from monitor.simulate.render.rasterize import cover


def _quay(seed: int, size: int = 256, gsd_m: float = 0.5):
    return random_fine_scene(np.random.default_rng(seed), (size, size), gsd_m=gsd_m)


def test_the_same_generator_draws_the_same_quay() -> None:
    one, two = _quay(1, 128), _quay(1, 128)
    assert np.array_equal(one.raster.data, two.raster.data)
    assert one.labels == two.labels


def test_pixels_are_of_the_size_asked_for_and_say_simulated() -> None:
    raster = _quay(2, 128, 1.0).raster
    assert raster.data.shape == (4, 128, 128)
    assert raster.grid.gsd_m == 1.0
    assert raster.bands == ("B02", "B03", "B04", "B08")
    assert raster.data.min() > 0
    assert raster.tags["SIMULATED"] == "YES"


def test_labels_are_of_what_the_picture_shows() -> None:
    found = [label for seed in range(4) for label in _quay(seed).labels]
    kinds = {label.kind for label in found}
    assert {"vessel", "container", "container_stack"} <= kinds <= {"vessel", "container", "container_stack", "ignore"}
    boxes = [label for label in found if label.kind == "container"]
    assert {label.length_m for label in boxes} == {6.1, 12.2}
    assert len(boxes) > 50


@pytest.mark.parametrize("seed", [0, 3])
def test_a_hull_differs_from_the_water_around_it(seed: int) -> None:
    scene = _quay(seed)
    vessels = [label for label in scene.labels if label.kind == "vessel"]
    assert vessels
    grid, red = scene.raster.grid, scene.raster.band("B04")
    for label in vessels:
        inside = cover(label.outline.buffer(-1.0), grid, epsg=grid.epsg) > 0.9
        assert red[inside].std() > 3.0 * np.median(np.abs(np.diff(red, axis=1)))


def test_containers_are_where_their_labels_are() -> None:
    """Edges along a roof's outline are sharper than within it."""
    scene = _quay(1)
    grid, bands = scene.raster.grid, scene.raster.data.astype(float).sum(axis=0)
    steep = np.hypot(*np.gradient(bands))
    boxes = [label.outline for label in scene.labels if label.kind == "container" and label.length_m > 12]
    rims = np.mean(
        [steep[cover(b.buffer(0.4).difference(b.buffer(-0.2)), grid, epsg=grid.epsg) > 0.6].mean() for b in boxes]
    )
    roofs = np.mean([steep[cover(b.buffer(-0.8), grid, epsg=grid.epsg) > 0.6].mean() for b in boxes])
    assert rims > 1.5 * roofs
