"""Simulation-based calibration: where truths stand among a model's own draws, and proper scores of what is stated.

Draw parameters and data from the model's prior, infer from the data, and note the rank of each true value among the
posterior's draws: the ranks are uniform when the inference is right (Talts et al. 2018, arXiv:1804.06788). A peak in
the middle means draws too wide, peaks at the ends draws too narrow, a slope a bias. Draws must be as good as
independent: thin a chain to its effective size first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import chdtrc

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RankHistogram:
    """Ranks of true values among draws, in bins.

    Attributes
    ----------
    counts, expected : array of float
        How many ranks fell into each bin, and how many would if they were uniform.
    """

    counts: Floats
    expected: Floats

    @property
    def chi_square(self) -> float:
        """Pearson's statistic against uniform ranks."""
        return float(((self.counts - self.expected) ** 2 / self.expected).sum())

    @property
    def p_value(self) -> float:
        """How often uniform ranks give a statistic as large; small values speak against the inference."""
        return float(chdtrc(len(self.counts) - 1, self.chi_square))

    def text(self) -> str:
        """The counts as bars, and the test."""
        bars = [f"{n:5.0f} {'#' * round(40 * n / max(self.counts.max(), 1))}" for n in self.counts]
        return "\n".join([*bars, f"chi-square {self.chi_square:.1f}, {len(self.counts)} bins, p {self.p_value:.3f}"])


def rank_of(true: float, draws: npt.ArrayLike, rng: np.random.Generator) -> int:
    """How many draws lie below the true value, 0 to their number; ties, as counts have them, fall by lot."""
    values = np.asarray(draws, dtype=np.float64)
    return int((values < true).sum() + rng.integers(0, (values == true).sum() + 1))


def rank_histogram(ranks: Iterable[int], *, draws: int, bins: int = 20) -> RankHistogram:
    """Ranks among so many draws in bins as even as they can be.

    Raises
    ------
    ValueError
        Fewer than five ranks are expected in a bin, where the chi-square test says nothing, or a rank is impossible.
    """
    found = np.asarray(list(ranks), dtype=np.int64)
    if len(found) and (found.min() < 0 or found.max() > draws):
        raise ValueError(f"ranks lie between {found.min()} and {found.max()}, but among {draws} draws within 0–{draws}")
    places = np.bincount(np.arange(draws + 1) * bins // (draws + 1), minlength=bins)
    expected = len(found) * places / (draws + 1)
    if expected.min() < 5:
        raise ValueError(f"{len(found)} ranks in {bins} bins are fewer than five a bin; give more ranks or fewer bins")
    counts = np.bincount(found * bins // (draws + 1), minlength=bins)
    return RankHistogram(counts.astype(np.float64), expected)


def simulated_ranks(
    simulate: Callable[[np.random.Generator], tuple[float, object]],
    infer: Callable[[object, np.random.Generator], npt.ArrayLike],
    *,
    times: int,
    seed: int,
) -> list[int]:
    """Ranks of true values, each drawn with its data by `simulate`, among the draws that `infer` makes of the data."""
    ranks = []
    for n in range(times):
        rng = np.random.default_rng([seed, n])
        true, data = simulate(rng)
        ranks.append(rank_of(true, infer(data, rng), rng))
    return ranks


def coverage(true: Sequence[float], draws: Sequence[npt.ArrayLike], *, level: float) -> float:
    """The share of true values within the central interval of that level of their draws; NaN of none."""
    ends = [np.quantile(np.asarray(d, dtype=np.float64), [(1 - level) / 2, (1 + level) / 2]) for d in draws]
    held = [low <= value <= high for value, (low, high) in zip(true, ends, strict=True)]
    return float(np.mean(held)) if held else float("nan")


def crps(true: float, draws: npt.ArrayLike) -> float:
    """Continuous ranked probability score of draws, in the value's unit: the less the better, 0 when all are right."""
    values = np.sort(np.asarray(draws, dtype=np.float64))
    count = len(values)
    spread = (values * (2 * np.arange(1, count + 1) - count - 1)).sum() / count**2
    return float(np.abs(values - true).mean() - spread)


def brier(stated: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Mean squared difference of stated probabilities and outcomes (0 or 1); NaN of none."""
    p, so = np.asarray(stated, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    return float(((p - so) ** 2).mean()) if len(p) else float("nan")


def log_score(stated: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Mean negative log of the probability given to what came true; a statement is taken as sure to 1e-4 at most."""
    p, so = np.clip(np.asarray(stated, dtype=np.float64), 1e-4, 1 - 1e-4), np.asarray(outcome, dtype=bool)
    return float(-np.log(np.where(so, p, 1 - p)).mean()) if len(p) else float("nan")
