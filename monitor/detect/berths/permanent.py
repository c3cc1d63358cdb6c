"""What never leaves: a berth with a hull at every observation of one viewing has no empty past to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats, Mask


@dataclass(frozen=True, slots=True)
class PermanentRule:
    """When radar's past of a berth is taken for a hull that never left.

    Attributes
    ----------
    above_db : float
        How far a stretch lies above the berth's quieter quarter.
    bins : int
        Least bins of 20 m in it; cranes and corners fill one to three.
    came : float
        Probability of a ship where another viewing shows the stretch bare.
    stays : float
        The same where none does: a hulk, or a structure as long and as bright.
    weight : float
        Observations of the optical detector that `stays` counts as.
    """

    above_db: float = 6.0
    bins: int = 4
    came: float = 0.9
    stays: float = 0.6
    weight: float = 2.0


def permanent_probability(
    now: Floats, level: Floats, others: Sequence[Floats], *, optical: tuple[int, int], rule: PermanentRule
) -> float | None:
    """Probability that a berth is occupied by what is always there; None where nothing like a hull is.

    Parameters
    ----------
    now : Floats
        (bin, feature) the observation; None comes back for one in which the stretch is bare.
    level : Floats
        (bin, feature) the berth in this viewing when nothing stands out.
    others : sequence of Floats
        The same for the berth's other radar viewings.
    optical : tuple of int
        Optical observations at the berth, and those in which the detector found a vessel there.
    rule : PermanentRule
    """
    stretch = hull_like(level, rule)
    if not stretch.any() or not _stands(now, stretch, rule):
        return None
    if any(other.shape == level.shape and not _stands(other, stretch, rule) for other in others):
        return rule.came
    observations, found = optical
    return (rule.weight * rule.stays + found) / (rule.weight + observations)


def hull_like(level: Floats, rule: PermanentRule) -> Mask:
    """(bin,) the longest stretch of a berth that stands above the rest as a hull does; all False when none does."""
    over = np.nan_to_num(_above_quiet(level), nan=-np.inf) >= rule.above_db
    edges = np.flatnonzero(np.diff(np.concatenate([[0], over.astype(int), [0]])))
    runs = [(int(last - first), int(first)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    length, first = max(runs, default=(0, 0))
    out = np.zeros(len(over), dtype=bool)
    if length >= rule.bins:
        out[first : first + length] = True
    return out


def _stands(observation: Floats, stretch: Mask, rule: PermanentRule) -> bool:
    """Whether a stretch stands above the rest of the berth by half of what a hull must, or is not known."""
    above = _above_quiet(observation)[stretch]
    known = above[np.isfinite(above)]
    return known.size == 0 or float(np.median(known)) >= rule.above_db / 2.0


def _above_quiet(level: Floats) -> Floats:
    """(bin,) how far each bin lies above the berth's quieter quarter, the mean over the features that are known."""
    away = np.full(level.shape, np.nan)
    for feature in range(level.shape[1]):
        there = np.isfinite(level[:, feature])
        if there.any():
            away[there, feature] = level[there, feature] - np.quantile(level[there, feature], 0.25)
    known = np.isfinite(away)
    count = known.sum(axis=1)
    out: Floats = np.where(count > 0, np.where(known, away, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return out
