"""What never leaves: a berth that looked like a hull at every observation of one viewing has no empty past to compare
with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats
from monitor.core.grid import Mask


@dataclass(frozen=True, slots=True)
class StandingRule:
    """When radar's past of a berth is taken for a hull that never left.

    Attributes
    ----------
    above_db : how far a stretch stands above the berth's quieter quarter
    bins : how many bins of 20 m it has at least; cranes and corners fill one to three
    came : probability of a ship where another viewing shows the stretch bare
    stays : the same where none does: a hulk, or a structure as long and as bright
    weight : observations of the optical detector that `stays` is worth
    """

    above_db: float = 6.0
    bins: int = 4
    came: float = 0.9
    stays: float = 0.6
    weight: float = 2.0


def standing_probability(
    now: Floats, level: Floats, others: Sequence[Floats], *, optical: tuple[int, int], rule: StandingRule
) -> float | None:
    """Probability that a berth is occupied by what always stands there; None where nothing like a hull does.

    Parameters
    ----------
    now : (bin, feature)
        The observation; nothing is said of one in which the stretch is bare.
    level : (bin, feature)
        What the berth looks like in this viewing when nothing stands out.
    others : the same for the berth's other radar viewings
    optical : optical observations at the berth, and those in which the detector saw a vessel there
    """
    stretch = hull_like(level, rule)
    if not stretch.any() or not _stands(now, stretch, rule):
        return None
    if any(other.shape == level.shape and not _stands(other, stretch, rule) for other in others):
        return rule.came
    observations, found = optical
    return (rule.weight * rule.stays + found) / (rule.weight + observations)


def hull_like(level: Floats, rule: StandingRule) -> Mask:
    """(bin,) the longest stretch of a berth that stands above the rest as a hull does; all False when none does."""
    over = np.nan_to_num(_above_quiet(level), nan=-np.inf) >= rule.above_db
    edges = np.flatnonzero(np.diff(np.concatenate([[0], over.astype(int), [0]])))
    runs = [(int(last - first), int(first)) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    length, first = max(runs, default=(0, 0))
    out = np.zeros(len(over), dtype=bool)
    if length >= rule.bins:
        out[first : first + length] = True
    return out


def _stands(observation: Floats, stretch: Mask, rule: StandingRule) -> bool:
    """Whether a stretch stands above the rest of the berth by half of what a hull must, or cannot be told."""
    above = _above_quiet(observation)[stretch]
    known = above[np.isfinite(above)]
    return known.size == 0 or float(np.median(known)) >= rule.above_db / 2.0


def _above_quiet(level: Floats) -> Floats:
    """(bin,) how far each bin lies above the berth's quieter quarter, the mean over the features that are known."""
    away = np.full(level.shape, np.nan)
    for feature in range(level.shape[1]):
        known = np.isfinite(level[:, feature])
        if known.any():
            away[known, feature] = level[known, feature] - np.quantile(level[known, feature], 0.25)
    told = np.isfinite(away)
    count = told.sum(axis=1)
    out: Floats = np.where(count > 0, np.where(told, away, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return out
