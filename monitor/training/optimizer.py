"""The optimiser: Muon for the filters of convolutions, AdamW for everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

_QUINTIC = (3.4445, -4.7750, 2.0315)
"""Coefficients of the Newton-Schulz step (Jordan 2024)."""

_STEPS = 5
_MATCH = 0.2
"""Root mean square of an AdamW step in units of its rate (Liu et al. 2025): one rate then serves both kinds."""


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest matrix with all singular values about 1, by five Newton-Schulz steps; (rows, columns) in and out."""
    a, b, c = _QUINTIC
    wide = matrix if matrix.size(0) <= matrix.size(1) else matrix.T
    found = wide / (wide.norm() + 1e-7)
    for _ in range(_STEPS):
        square = found @ found.T
        found = a * found + (b * square + c * square @ square) @ found
    return found if matrix.size(0) <= matrix.size(1) else found.T


class MuonAdamW(torch.optim.Optimizer):  # type: ignore[misc]
    """Muon (momentum 0.95, Nesterov) in groups with ``muon`` set, AdamW (0.9, 0.999) in the others.

    Both take weight decay apart from the gradient, and a group's `lr` means the same to both.
    """

    def __init__(self, groups: list[dict[str, Any]]) -> None:
        super().__init__(groups, {"lr": 1e-3, "weight_decay": 0.0, "muon": False, "momentum": 0.95})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """One step from the gradients as they are."""
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                (self._muon if group["muon"] else self._adam)(weight, group["lr"])
        return loss

    def _muon(self, weight: Tensor, rate: float) -> None:
        state, gradient = self.state[weight], weight.grad
        assert gradient is not None
        if not state:
            state["mean"] = torch.zeros_like(weight)
        mean = state["mean"].mul_(0.95).add_(gradient, alpha=0.05)
        update = (0.95 * mean + 0.05 * gradient).flatten(1)
        step = orthogonal(update).reshape(weight.shape)
        weight.add_(step, alpha=-rate * _MATCH * max(update.shape) ** 0.5)

    def _adam(self, weight: Tensor, rate: float) -> None:
        state, gradient = self.state[weight], weight.grad
        assert gradient is not None
        if not state:
            state.update(mean=torch.zeros_like(weight), square=torch.zeros_like(weight), steps=0)
        state["steps"] += 1
        mean = state["mean"].lerp_(gradient, 0.1)
        square = state["square"].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        size = (square / (1 - 0.999 ** state["steps"])).sqrt_().add_(1e-8)
        weight.addcdiv_(mean / (1 - 0.9 ** state["steps"]), size, value=-rate)


def optimizer_for(model: nn.Module, rate: float, decay: float) -> MuonAdamW:
    """The optimiser of a network: filters by Muon, but the first layer's and the classifier's by AdamW; no decay on
    biases and norms."""
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
    return MuonAdamW(
        [
            {"params": rest, "lr": rate, "param_group": "bias"},
            {"params": ends, "lr": rate, "weight_decay": decay, "param_group": "weight"},
            {"params": filters, "lr": rate, "weight_decay": decay, "muon": True, "param_group": "muon"},
        ]
    )
