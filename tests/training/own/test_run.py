"""How pictures are varied in training."""

from __future__ import annotations

import pytest

from monitor.detect.models.description import ModelKeys
from monitor.training.own.run import MOST_ZOOM
from monitor.training.own.train import zoom_of


@pytest.mark.parametrize(
    ("keys", "zoom"),
    [
        ({}, MOST_ZOOM),
        ({"gsd_m": 0.5}, MOST_ZOOM),
        ({"gsd_m": 0.5, "gsd_range_m": (0.45, 0.6)}, 0.2),
        ({"gsd_m": 0.5, "gsd_range_m": (0.35, 0.55)}, 0.3),
    ],
)
def test_pictures_are_made_larger_and_smaller_as_much_as_the_models_pixels_differ(keys: dict, zoom: float) -> None:
    assert zoom_of(ModelKeys.model_validate(keys)) == pytest.approx(zoom)
