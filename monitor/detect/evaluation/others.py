"""How good a detector is at classes that are neither vessels nor stacks, with intervals over scenes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from monitor.core.arrays import Floats
from monitor.core.statistics import binomial_interval
from monitor.detect.evaluation.matching import SceneScore

_COUNTS = ["labelled", "found", "false_alarms"]
_SHARES = ("precision", "recall", "f1")
_BOUNDS = [f"{name}_{side}" for name in _SHARES for side in ("low", "high")]
_SEED = 20231005


def others(scores: Sequence[SceneScore], *, draws: int = 1000, level: float = 0.9) -> pd.DataFrame:
    """Rows of class that is neither vessel nor stack: labels, found, false alarms, precision, recall, F1, and bounds.

    Parameters
    ----------
    scores : sequence of SceneScore
    draws : int, optional
        How often as many scenes are drawn, with replacement.
    level : float, optional
        Probability that ``precision_low`` to ``precision_high`` and the others hold. Boxes of one scene are no trials
        of their own, since they share its light and its ground: one scene gives no interval (NaN). Bounds of several
        are never narrower than the exact ones of as many trials.
    """
    names = sorted({str(name) for score in scores for name in score.others.get("class_name", ())})
    rows = [_row(name, _by_scene(scores, name), draws, level) for name in names]
    return pd.DataFrame(rows, columns=["class_name", *_COUNTS, *_SHARES, *_BOUNDS])


def _by_scene(scores: Sequence[SceneScore], name: str) -> Floats:
    """(scene, 3) labels, found and false alarms of a class."""
    counts = np.zeros((len(scores), len(_COUNTS)))
    for number, score in enumerate(scores):
        if len(score.others):
            mine = score.others[score.others["class_name"] == name]
            counts[number] = mine[_COUNTS].sum().to_numpy(dtype=float)
    return counts


def _row(name: str, counts: Floats, draws: int, level: float) -> dict[str, object]:
    total = counts.sum(axis=0)
    row: dict[str, object] = {"class_name": name, **dict(zip(_COUNTS, total.astype(int).tolist(), strict=True))}
    shares = _shares(total)
    row |= {what: float(value) for what, value in shares.items()}
    rng, number = np.random.default_rng(_SEED), len(counts)
    drawn = _shares(counts[rng.integers(number, size=(draws, number))].sum(axis=1))
    for what, values in drawn.items():
        low, high = np.nan, np.nan
        if number > 1 and np.isfinite(values).any():
            low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
            if what != "f1":
                trials = int(total[0] if what == "recall" else total[1] + total[2])
                exact = binomial_interval(int(total[1]), trials, level=level)
                low, high = min(low, exact[0]), max(high, exact[1])
        row |= {f"{what}_low": float(low), f"{what}_high": float(high)}
    return row


def _shares(counts: Floats) -> dict[str, Floats]:
    """Precision, recall and F1 of the last axis's labels, found and false alarms; NaN where there was nothing."""
    labelled, found, false = np.moveaxis(counts, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "precision": found / (found + false),
            "recall": found / labelled,
            "f1": 2 * found / (found + false + labelled),
        }
