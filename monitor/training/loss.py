"""The loss of the dense maps."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

WEIGHTS = {
    "hull": 1.0,
    "hull_dice": 1.0,
    "core": 0.7,
    "core_dice": 0.7,
    "stack": 1.0,
    "stack_dice": 1.0,
    "centre": 1.0,
    "axis": 0.6,
    "size": 0.4,
    "offset": 0.4,
}
"""Weight of each part in the sum (chosen)."""


def _bce(logit: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    loss = F.binary_cross_entropy_with_logits(logit, target, reduction="none")
    probability = torch.sigmoid(logit.detach())
    focus = (target - probability).abs() ** 0.5
    return (loss * weight * focus).sum() / weight.sum().clamp(min=1) * 20


def _dice(logit: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    probability = torch.sigmoid(logit)
    both = (probability * target * weight).sum()
    either = ((probability + target) * weight).sum()
    return 1 - (2 * both + 1) / (either + 1)


def _centre(logit: Tensor, heat: Tensor, weight: Tensor) -> Tensor:
    """CenterNet's focal loss (Zhou et al. 2019)."""
    probability = torch.sigmoid(logit).clamp(1e-4, 1 - 1e-4)
    peak = (heat > 0.9).float()
    good = -((1 - probability) ** 2) * torch.log(probability) * peak
    bad = -((1 - heat) ** 4) * probability**2 * torch.log(1 - probability) * (1 - peak)
    return ((good + bad) * weight).sum() / (peak * weight).sum().clamp(min=8)


class DenseLoss:
    """Loss over the maps of `training.augment.targets.MAPS`; called with the network's output and a batch."""

    def __call__(self, preds: Tensor, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Total loss (times batch size, as ultralytics expects) and its detached parts."""
        logits = F.pixel_shuffle(preds.contiguous(), 2).unbind(1)
        maps, vessel, stack = batch["maps"].unbind(1), batch["vessel_weight"], batch["stack_weight"]
        inside = (maps[0] * vessel**2).flatten()
        where = inside.nonzero().squeeze(1)
        weight = inside[where]

        def within(*channels: int) -> Tensor:
            gaps = [
                F.smooth_l1_loss(logits[c].flatten()[where], maps[c].flatten()[where], reduction="none", beta=0.2)
                for c in channels
            ]
            return (torch.stack(gaps).sum(0) * weight).sum() / weight.sum().clamp(min=1)

        parts = {
            "hull": _bce(logits[0], maps[0], vessel),
            "hull_dice": _dice(logits[0], maps[0], vessel),
            "core": _bce(logits[1], maps[1], vessel),
            "core_dice": _dice(logits[1], maps[1], vessel),
            "stack": _bce(logits[2], maps[2], stack),
            "stack_dice": _dice(logits[2], maps[2], stack),
            "axis": within(3, 4),
            "centre": _centre(logits[5], maps[5], vessel),
            "size": within(6, 7),
            "offset": within(8, 9),
        }
        total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum()
        return total * len(preds), {name: value.detach() for name, value in parts.items()}
