"""Exact intervals and tests of counts, from the distributions of scipy."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def scipy_stats() -> Any:
    """The module `scipy.stats`, imported at the first use: it takes half a second, and few commands need it."""
    return importlib.import_module("scipy.stats")


def poisson_interval(seen: int, exposure: float = 1.0, *, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a rate per unit of exposure; (nan, nan) without exposure.

    Parameters
    ----------
    seen : int
        The count.
    exposure : float
        What the count is divided by: clear observations, covered days.
    level : float
        Share of the intervals that hold the true rate, at least.

    Notes
    -----
    Garwood 1936 (doi:10.1093/biomet/28.3-4.437), by the quantiles of the chi-squared distribution.
    """
    if exposure <= 0:
        return float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    low = float(scipy_stats().chi2.ppf(tail, 2 * seen)) / 2.0 if seen else 0.0
    return low / exposure, float(scipy_stats().chi2.isf(tail, 2 * seen + 2)) / 2.0 / exposure


def negative_binomial_quantile(probability: float, size: float, success: float) -> int:
    """The least number of failures whose cumulative probability reaches `probability` (below 1).

    Parameters
    ----------
    probability : float
        Below 1.
    size : float
        Successes that end the trials; need not be whole.
    success : float
        Probability of a success.
    """
    return int(scipy_stats().nbinom.ppf(probability, size, success))


def negative_binomial_cdf(number: int, size: float, success: float) -> float:
    """Probability of at most `number` failures before `size` successes of probability `success`.

    Parameters
    ----------
    number : int
        Most failures that count.
    size : float
        Successes to wait for; need not be whole.
    success : float
        Probability of one success.
    """
    return float(scipy_stats().nbinom.cdf(number, size, success))


def binomial_interval(number: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact interval of a share; (nan, nan) of none.

    Parameters
    ----------
    number, of : int
        Hits, and trials.
    level : float
        Share of the intervals that hold the true share, at least.

    Notes
    -----
    Clopper and Pearson 1934 (doi:10.1093/biomet/26.4.404).
    """
    if of <= 0:
        return float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    low = float(scipy_stats().beta.ppf(tail, number, of - number + 1)) if number else 0.0
    return low, float(scipy_stats().beta.isf(tail, number + 1, of - number)) if number < of else 1.0
