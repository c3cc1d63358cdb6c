"""The loss: what it asks of chips that are shown twice."""

import numpy as np
import pytest
import torch

from monitor.training.augment.targets import MAPS
from monitor.training.loss import DenseLoss, disagreement
from monitor.training.trainer import resample, small_moves


def bar(row: float) -> torch.Tensor:
    """(1, 4, 64, 64) logits of a hull across the chip's middle."""
    rows = torch.arange(64, dtype=torch.float32)[None, None, :, None]
    cols = torch.arange(64, dtype=torch.float32)[None, None, None, :]
    inside = torch.sigmoid(3 - (rows - row).abs()) * torch.sigmoid(14 - (cols - 32).abs())
    return torch.logit((0.05 + 0.9 * inside).repeat(1, 4, 1, 1))


def shifted(rows: float) -> torch.Tensor:
    """The map from chips to the same chips with everything so many rows further up."""
    theta = torch.eye(2, 3)[None].clone()
    theta[0, 1, 2] = 2 * rows / 64
    return theta


def test_maps_that_move_with_the_chip_agree_and_those_that_stay_do_not() -> None:
    moved = disagreement(bar(32), bar(28), shifted(4))
    stayed = disagreement(bar(32), bar(32), shifted(4))
    assert float(moved) < 0.01
    assert float(stayed) > 20 * float(moved)


def test_chips_are_moved_by_a_few_pixels_and_stay_within_their_range() -> None:
    theta = small_moves(50, np.random.default_rng(3))
    scale, shift = theta[:, 0, 0], theta[:, :, 2]
    assert 0.9 < float(scale.min()) < 0.95 < 1.05 < float(scale.max()) < 1.11
    assert float(shift.abs().max()) <= 0.1
    image = torch.rand(50, 7, 32, 32)
    again = resample(image, theta)
    assert again.shape == image.shape
    assert float(again.min()) >= 0
    assert float(again.max()) <= 1
    still = torch.eye(2, 3).repeat(50, 1, 1)
    assert torch.allclose(resample(image, still), image, atol=1e-4)


def test_the_loss_of_a_batch_falls_when_its_second_sight_agrees() -> None:
    count = len(MAPS)
    targets = {
        "maps": torch.zeros(1, count, 64, 64),
        "vessel_weight": torch.ones(1, 64, 64),
        "stack_weight": torch.ones(1, 64, 64),
        "theta": torch.eye(2, 3)[None],
    }
    torch.manual_seed(0)
    one, other = torch.randn(2, 1, 4 * count, 32, 32)
    alone, parts = DenseLoss()(one, targets)
    assert "again" not in parts
    same, agreed = DenseLoss()(torch.cat([one, one]), targets)
    apart, disagreed = DenseLoss()(torch.cat([one, other]), targets)
    assert float(agreed["again"]) == pytest.approx(0.0, abs=1e-5)
    assert float(disagreed["again"]) > 0.1
    assert float(same) / 2 == pytest.approx(float(alone), rel=1e-4)
    assert float(apart) > float(same)
