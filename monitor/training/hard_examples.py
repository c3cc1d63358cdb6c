"""Where a network errs on its own training ports, so that chips are cut there more often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import numpy as np
import torch
from torch import nn
from ultralytics.nn.tasks import load_checkpoint

from monitor.core.arrays import Pixels
from monitor.detect.yolo.decode import Hulls, decode_hulls, probabilities
from monitor.detect.yolo.preprocess import cut_windows, network_input
from monitor.detect.yolo.rules import DecodeRule
from monitor.detect.yolo.runtime import maps_of
from monitor.training.augment.ground import Ground
from monitor.training.augment.sampling import with_errors

_LEAST_SCORE = 0.12


def mark_errors(grounds: Sequence[Ground], checkpoint: Path) -> list[Ground]:
    """The grounds with `spots` where a checkpoint claims hulls that are none, and `missed` hulls it hardly finds."""
    model = load_checkpoint(str(checkpoint))[0].float().eval()
    return [with_errors(ground, hulls_on(ground, model)) for ground in grounds]


def hulls_on(ground: Ground, model: nn.Module) -> Hulls:
    """Hulls that a network finds on a ground, down to low scores, in pixels of the ground."""
    rule = DecodeRule(hull=0.4, vote_sigma_px=1.5, heat=0.45, least_score=_LEAST_SCORE)
    image = network_input(ground.reflectance, ground.port.has, ground.layers[5] > 0.5)
    parts = []

    def run(part: Pixels) -> Pixels:
        with torch.no_grad():
            return np.asarray(model(torch.from_numpy(part)[None])[0].numpy(), dtype=np.float32)

    for window in cut_windows(ground.port.shape):
        boxes = decode_hulls(probabilities(maps_of(run, image[:, window.rows, window.cols])), rule)
        x, y = boxes.x + window.cols.start, boxes.y + window.rows.start
        mine = (x >= window.core_cols.start) & (x < window.core_cols.stop)
        mine &= (y >= window.core_rows.start) & (y < window.core_rows.stop)
        parts.append(replace(boxes, x=x, y=y).take(mine))
    return Hulls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Hulls)))
