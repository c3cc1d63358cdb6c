"""Exact intervals and quantiles of counts, from the incomplete gamma and beta functions."""

from __future__ import annotations

from scipy.special import betainc, betaincinv, gammaincinv


def poisson_interval(seen: int, exposure: float, *, level: float = 0.95) -> tuple[float, float]:
    """Exact (Garwood) interval of a rate per clear observation; (nan, nan) without exposure."""
    if exposure <= 0:
        return float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    low = float(gammaincinv(seen, tail)) if seen else 0.0
    return low / exposure, float(gammaincinv(seen + 1, 1.0 - tail)) / exposure


def negative_binomial_cdf(number: int, size: float, success: float) -> float:
    """Chance of at most `number` failures before `size` successes of chance `success`."""
    return 0.0 if number < 0 else float(betainc(size, number + 1, success))


def negative_binomial_quantile(chance: float, size: float, success: float) -> int:
    """The least number whose cumulative chance reaches `chance` (below 1)."""
    low, high = -1, 1
    while negative_binomial_cdf(high, size, success) < chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if negative_binomial_cdf(middle, size, success) < chance:
            low = middle
        else:
            high = middle
    return high


def binomial_two_sided(number: int, of: int, share: float) -> float:
    """Two-sided p-value of `number` of `of` at a share: twice the smaller tail, at most 1."""
    at_most = 1.0 if number >= of else float(betainc(of - number, number + 1, 1.0 - share))
    at_least = 1.0 if number <= 0 else float(betainc(number, of - number + 1, share))
    return min(1.0, 2.0 * min(at_most, at_least))


def binomial_interval(number: int, of: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact (Clopper-Pearson) interval of a share; (nan, nan) of none."""
    if of <= 0:
        return float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    low = float(betaincinv(number, of - number + 1, tail)) if number else 0.0
    high = float(betaincinv(number + 1, of - number, 1.0 - tail)) if number < of else 1.0
    return low, high
