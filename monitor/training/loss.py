"""The loss of the dense maps."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from monitor.training.augment.targets import MAPS

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
    "again": 1.0,
}
"""Weight of each part in the sum (chosen)."""
PROBABILITIES = [MAPS.index(name) for name in ("hull", "core", "stack", "centre")]
"""Maps that are logits."""
_LEAST_SUM = 20.0
"""Pixels of probability below which a disagreement hardly weighs (chosen)."""


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


def disagreement(first: Tensor, again: Tensor, theta: Tensor) -> Tensor:
    """How far the probabilities of chips and of the same chips resampled are apart, 0 where they agree.

    Parameters
    ----------
    first, again : Tensor
        (n, map, row, col) logits of the chips, and of the same chips resampled by `theta`.
    theta : Tensor
        (n, 2, 3) from the resampled chips to the chips, as `affine_grid` has it.

    Notes
    -----
    The sum of squared differences by the sum of squares, so that the few pixels of hull weigh as much on a chip of
    open sea as on one of a full harbour. Both sides learn.
    """
    where = F.affine_grid(theta, list(first.shape), align_corners=False)
    moved = F.grid_sample(torch.sigmoid(first), where, align_corners=False)
    seen = (where.abs().amax(-1) < 1).float()[:, None]
    other = torch.sigmoid(again)
    apart = ((moved - other).square() * seen).sum((0, 2, 3))
    size = ((moved.square() + other.square()) * seen).sum((0, 2, 3)) / 2
    return (apart / (size + _LEAST_SUM)).mean()


class DenseLoss:
    """Loss over the maps of `training.augment.targets.MAPS`; called with the network's output and a batch.

    Chips beyond those that the batch has maps of are the first ones resampled by its `theta`: they have no targets of
    their own and are to give what the first ones give.
    """

    def __call__(self, preds: Tensor, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Total loss (times batch size, as ultralytics expects) and its detached parts."""
        shuffled = F.pixel_shuffle(preds.contiguous(), 2)
        count = len(batch["maps"])
        logits = shuffled[:count].unbind(1)
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
        if len(preds) > count:
            known = len(preds) - count
            one, two = shuffled[:known, PROBABILITIES], shuffled[count:, PROBABILITIES]
            parts["again"] = disagreement(one, two, batch["theta"])
        total = torch.stack([WEIGHTS[name] * value for name, value in parts.items()]).sum()
        return total * len(preds), {name: value.detach() for name, value in parts.items()}
