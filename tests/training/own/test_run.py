"""How pictures are varied in training."""

from __future__ import annotations

import os
import subprocess
import sys

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


HALVES = """
import monitor.training.own.run as own
import torch
from ultralytics.nn.tasks import OBBModel
torch.manual_seed(0)
model = OBBModel("yolo11n-obb.yaml", ch=3, nc=2, verbose=False).train()
image = torch.rand(2, 3, 128, 128)
whole, half = model.predict(image), own._halved(model.predict)(image)
parts = [(whole[name], half[name]) for name in ("boxes", "scores", "angle")]
print(all(b.dtype == torch.float32 and b.requires_grad for _, b in parts))
print(all(0 < float((a - b).abs().mean()) < 0.1 * float(a.abs().mean()) for a, b in parts))
"""


@pytest.mark.slow
def test_a_network_that_runs_in_halves_gives_whole_numbers_near_its_own(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HALVES],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "YOLO_CONFIG_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"},
    )
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]
