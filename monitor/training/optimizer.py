"""The optimiser: Muon for the filters of convolutions, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

MOMENTUM = 0.95
"""Share of the running mean of gradients that is kept at each Muon step (Jordan 2024)."""

ADAMW_RMS = 0.2
"""Root mean square of an AdamW step in units of its rate (Liu et al. 2025): one rate then serves both kinds."""


class MuonAdamW(torch.optim.AdamW):  # type: ignore[misc]
    """AdamW (0.9, 0.999), but Muon (Nesterov) in the groups with ``muon`` set; a group's `lr` means the same to both.

    torch's own Muon takes matrices alone and ultralytics' pairs it with SGD; both compute in bfloat16, which a
    processor without units for it emulates at a twentieth of the speed.
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
            gradient = weight.grad.flatten(1)
            mean = self.state[weight].setdefault("momentum_buffer", torch.zeros_like(gradient))
            mean.lerp_(gradient, 1 - MOMENTUM)
            update = orthogonal(gradient.lerp(mean, MOMENTUM)).reshape(weight.shape)
            weight.mul_(1 - group["lr"] * group["weight_decay"])
            weight.add_(update, alpha=-group["lr"] * ADAMW_RMS * max(mean.shape) ** 0.5)
            weight.grad = None


def orthogonal(matrix: torch.Tensor) -> torch.Tensor:
    """Roughly the nearest matrix with orthonormal rows or columns, by five steps of Newton and Schulz (Jordan 2024).

    The exact one, by singular values, would move a filter as far where it has no gradient but rounding.

    Parameters
    ----------
    matrix : Tensor
        (rows, columns) of single precision; zeros stay zeros.
    """
    tall = len(matrix) > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x.T if tall else x


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
