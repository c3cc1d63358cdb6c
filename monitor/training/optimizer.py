"""The optimiser: Muon for the filters of convolutions, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import monitor.detect.yolo.ultralytics_env  # noqa: F401  isort: skip  (before ultralytics)
import torch
from torch import nn
from ultralytics.optim.muon import muon_update

MOMENTUM = 0.95
"""Share of the running mean of gradients that is kept at each Muon step (Jordan 2024)."""

ADAMW_RMS = 0.2
"""Root mean square of an AdamW step in units of its rate (Liu et al. 2025): one rate then serves both kinds."""


class MuonAdamW(torch.optim.AdamW):  # type: ignore[misc]
    """AdamW (0.9, 0.999), but Muon (Nesterov) in the groups with ``muon`` set; a group's `lr` means the same to both.

    torch's own Muon takes matrices alone, ultralytics' takes filters but pairs them with SGD: its update is used here.
    """

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """The closure's loss, after one step. Gradients of the Muon groups are used up: they are None afterwards."""
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            if group["muon"]:
                self._muon_step(group)
        super().step()
        return loss

    def _muon_step(self, group: dict[str, Any]) -> None:
        for weight in group["params"]:
            if weight.grad is None:
                continue
            gradient = weight.grad.contiguous()
            mean = self.state[weight].setdefault("momentum_buffer", torch.zeros_like(gradient))
            update = muon_update(gradient, mean, beta=MOMENTUM).reshape(weight.shape)
            longest = max(len(weight), weight[0].numel())
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(update, alpha=-group["lr"] * ADAMW_RMS * longest**0.5)
            weight.grad = None


def optimizer_for(model: nn.Module, *, rate: float, decay: float) -> MuonAdamW:
    """The optimiser of a network.

    Parameters
    ----------
    model : nn.Module
        Its filters go to Muon, but the first layer's and the classifier's to AdamW.
    rate : float
        Learning rate of every group.
    decay : float
        Weight decay of filters; biases and norms have none.
    """
    filters: list[nn.Parameter] = []
    ends: list[nn.Parameter] = []
    rest: list[nn.Parameter] = []
    wide = [name for name, weight in model.named_parameters() if weight.ndim == 4]
    for name, weight in model.named_parameters():
        if weight.ndim != 4:
            rest.append(weight)
        elif name in (wide[0], wide[-1]):
            ends.append(weight)
        else:
            filters.append(weight)
    shared = {"lr": rate, "weight_decay": decay, "muon": False}
    return MuonAdamW(
        [
            {**shared, "params": rest, "weight_decay": 0.0, "param_group": "bias"},
            {**shared, "params": ends, "param_group": "weight"},
            {**shared, "params": filters, "muon": True, "param_group": "muon"},
        ]
    )
