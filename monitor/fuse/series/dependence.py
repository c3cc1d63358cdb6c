"""How far neighbouring counts share ships: a ship that stays is counted again and again.

Ships come at random and stay (an M/G/∞ queue), and each observation counts a ship that is there with the same chance.
Then the number that two observations share is Poisson, whatever the law of stays, and the correlation of two counts is
the chance that a ship counted once is still there and counted again. Stays are taken as exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.core.arrays import Floats


@dataclass(frozen=True, slots=True)
class StayPrior:
    """What is held of stays before a series is looked at. Chosen.

    Attributes
    ----------
    stays_d : tuple of float
        Mean stays, days, each as likely as the next: evenly spread on a log scale.
    recalls : tuple of float
        Shares of the ships there that an observation counts, each as likely as the next.
    lags : int
        How many observations apart two counts are compared at most.
    farthest_d : float
        How many days apart.
    worth : float
        Observations like a Poisson variable that the scatter of a series is weighed against.
    """

    stays_d: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    recalls: tuple[float, ...] = (0.6, 0.8, 1.0)
    lags: int = 6
    farthest_d: float = 24.0
    worth: float = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """What a series says of its stays: a weight for each mean stay and recall.

    Attributes
    ----------
    stays_d : Floats
        Mean stays, days.
    recalls : Floats
        Share of the ships there that an observation counts, one for each of `stays_d`.
    weights : Floats
        Posterior probability of each pair.
    dispersion : float
        Variance of a count over that of a Poisson variable, 1 or more.
    """

    stays_d: Floats
    recalls: Floats
    weights: Floats
    dispersion: float

    @property
    def mean_stay_d(self) -> float:
        """Posterior mean of the stay, days."""
        return float(self.weights @ self.stays_d)

    def correlation(self, gap_d: Floats) -> Floats:
        """Correlation of two counts that are so many days apart; 1 at no distance.

        Parameters
        ----------
        gap_d : Floats
            Days, of any shape.
        """
        each = self.recalls * np.exp(-np.abs(gap_d)[..., None] / self.stays_d)
        return np.where(gap_d == 0.0, 1.0, each @ self.weights)

    def inflation(self, days: Floats, exposure: Floats) -> float:
        """Variance of the sum of counts at these instants over the mean of the sum.

        Parameters
        ----------
        days : Floats
            Instants in order, days from any origin.
        exposure : Floats
            Share that each observation showed.
        """
        kept = np.exp(-np.diff(days, prepend=days[0])[:, None] / self.stays_d)
        carried, shared = np.zeros(len(self.stays_d)), np.zeros(len(self.stays_d))
        for decay, shown in zip(kept, exposure, strict=True):
            carried = carried * decay
            shared += shown * carried
            carried += shown
        return self.dispersion * float(1.0 + 2.0 * (self.recalls * shared) @ self.weights / exposure.sum())

    def draw(self, days: Floats, exposure: Floats, level: float, size: int, random: np.random.Generator) -> Floats:
        """Counts of `size` series in which nothing changes, one a row.

        Parameters
        ----------
        days : Floats
            Instants in order, days from any origin.
        exposure : Floats
            Share that each observation shows.
        level : float
            Mean count of an observation that shows all.
        size : int
            Number of series; each has a stay and a recall drawn by their weights.
        random : numpy.random.Generator
            Where chance comes from.
        """
        chosen = random.choice(len(self.weights), size, p=self.weights)
        stay, recall = self.stays_d[chosen], self.recalls[chosen]
        there = random.poisson(level / recall)
        found = np.empty((size, len(days)))
        for n, gap in enumerate(np.diff(days, prepend=days[0])):
            left = np.exp(-gap / stay)
            there = random.binomial(there, left) + random.poisson(level / recall * (1.0 - left))
            found[:, n] = random.binomial(there, recall * min(float(exposure[n]), 1.0))
        return found


def learn(days: Floats, count: Floats, exposure: Floats, *, prior: StayPrior | None = None) -> Dependence:
    """What a series says of its stays.

    Counts that are few observations apart differ by the ships that came or left, and a change of level hardly touches
    these differences, so that a real change is not taken for long stays.

    Parameters
    ----------
    days : Floats
        Instants in order, days from any origin; two at least.
    count : Floats
        Counts.
    exposure : Floats
        Share that each observation showed, above 0.
    prior : StayPrior, optional
        What is held before.

    Notes
    -----
    Posterior of a composite likelihood: differences of pairs as normal with the variance that mean, stay and recall
    give, weighed down by the lag and by the kurtosis of small counts. The scatter above Poisson is that
    about the two levels of the best single split.
    """
    prior = prior or StayPrior()
    stays, recalls = (part.ravel() for part in np.meshgrid(prior.stays_d, prior.recalls))
    level = (count.sum() + 0.5) / exposure.sum()
    dispersion = _dispersion(count, exposure, prior.worth)
    score = np.zeros(len(stays))
    for lag in range(1, min(prior.lags, len(days) - 1) + 1):
        gap = days[lag:] - days[:-lag]
        near = gap <= prior.farthest_d
        here, there = exposure[:-lag][near], exposure[lag:][near]
        step = (count[lag:][near] / there - count[:-lag][near] / here)[:, None]
        alone = level * dispersion * (1.0 / here + 1.0 / there)[:, None]
        shared = recalls * np.exp(-gap[near][:, None] / stays)
        least = 1e-3 * alone
        variance = np.maximum(alone - 2.0 * level * dispersion * shared, least)
        weight = 2.0 * alone / (2.0 * alone + 1.0) / lag
        score += (-0.5 * weight * (np.log(variance) + step**2 / variance)).sum(axis=0)
    weights = np.exp(score - score.max())
    return Dependence(stays, recalls, weights / weights.sum(), dispersion)


def _dispersion(count: Floats, exposure: Floats, worth: float) -> float:
    """Pearson chi-squared per degree of freedom about the best two levels, drawn to 1, and 1 at least."""
    seen, shown = np.cumsum(count), np.cumsum(exposure)
    before, after = seen[:-1] / shown[:-1], (seen[-1] - seen[:-1]) / (shown[-1] - shown[:-1])
    gain = _entropy(seen[:-1], before) + _entropy(seen[-1] - seen[:-1], after)
    cut = int(np.argmax(gain)) + 1
    mean = exposure * np.where(np.arange(len(count)) < cut, before[cut - 1], after[cut - 1])
    scatter = float(np.sum((count - mean) ** 2 / np.maximum(mean, 0.05)))
    return max(1.0, (scatter + worth) / (max(len(count) - 2, 0) + worth))


def _entropy(seen: Floats, rate: Floats) -> Floats:
    return np.where(seen > 0, seen * np.log(np.maximum(rate, 1e-12)), 0.0)
