"""Rank histograms accept an exact posterior and reject one that is too narrow, too wide or off."""

from __future__ import annotations

import numpy as np
import pytest

from tests.independent.calibration import brier, coverage, crps, log_score, rank_histogram, rank_of, simulated_ranks

DRAWS, SHAPE, RATE = 99, 3.0, 0.5


def prior_and_count(rng: np.random.Generator) -> tuple[float, int]:
    """A rate from a gamma prior, and a Poisson count of it."""
    true = rng.gamma(SHAPE, 1 / RATE)
    return true, int(rng.poisson(true))


def posterior(count: object, rng: np.random.Generator) -> np.ndarray:
    """Draws of the rate: the gamma prior is conjugate."""
    return rng.gamma(SHAPE + int(str(count)), 1 / (RATE + 1), DRAWS)


def test_an_exact_posterior_gives_uniform_ranks() -> None:
    ranks = simulated_ranks(prior_and_count, posterior, times=500, seed=1)
    assert rank_histogram(ranks, draws=DRAWS).p_value > 0.01


@pytest.mark.parametrize("wrong", ["narrow", "wide", "off"])
def test_a_wrong_posterior_does_not(wrong: str) -> None:
    def infer(count: object, rng: np.random.Generator) -> np.ndarray:
        draws = posterior(count, rng)
        middle = draws.mean()
        scale = {"narrow": 0.6, "wide": 1.6, "off": 1.0}[wrong]
        return middle + scale * (draws - middle) + (0.5 if wrong == "off" else 0.0)

    ranks = simulated_ranks(prior_and_count, infer, times=500, seed=1)
    assert rank_histogram(ranks, draws=DRAWS).p_value < 1e-3


def test_counts_that_tie_are_ranked_by_lot() -> None:
    def simulate(rng: np.random.Generator) -> tuple[float, object]:
        return float(rng.poisson(1.0)), None

    ranks = simulated_ranks(simulate, lambda _, rng: rng.poisson(1.0, DRAWS), times=500, seed=2)
    assert rank_histogram(ranks, draws=DRAWS).p_value > 0.01
    rng = np.random.default_rng(0)
    assert {rank_of(1.0, [0, 1, 1, 2], rng) for _ in range(99)} == {1, 2, 3}


def test_the_p_value_is_itself_uniform_under_the_null() -> None:
    rng = np.random.default_rng(3)
    p = [rank_histogram(rng.integers(0, 100, 400), draws=99, bins=10).p_value for _ in range(400)]
    assert rank_histogram((np.array(p) * 9.999).astype(int), draws=9, bins=10).p_value > 0.001


def test_bins_may_be_uneven_and_too_few_ranks_are_refused() -> None:
    uneven = rank_histogram(range(10), draws=9, bins=2)
    assert uneven.counts.tolist() == uneven.expected.tolist() == [5.0, 5.0]
    ranks = [n % 11 for n in range(110)]
    assert rank_histogram(ranks, draws=10, bins=4).expected.tolist() == [30.0, 30.0, 30.0, 20.0]
    assert rank_histogram(ranks, draws=10, bins=4).chi_square == 0.0
    assert "p 1.000" in rank_histogram(ranks, draws=10, bins=4).text()
    with pytest.raises(ValueError, match="fewer than five a bin"):
        rank_histogram(range(10), draws=9, bins=5)
    with pytest.raises(ValueError, match="within 0–9"):
        rank_histogram([10] * 50, draws=9, bins=5)


def test_an_interval_of_an_exact_posterior_covers_its_level() -> None:
    rng = np.random.default_rng(4)
    pairs = [(true, posterior(count, rng)) for true, count in (prior_and_count(rng) for _ in range(400))]
    true, draws = [p[0] for p in pairs], [p[1] for p in pairs]
    assert coverage(true, draws, level=0.9) == pytest.approx(0.88, abs=0.05)
    assert coverage(true, draws, level=0.5) == pytest.approx(0.5, abs=0.07)
    assert np.isnan(coverage([], [], level=0.9))


def test_scores_are_least_for_the_truth() -> None:
    assert crps(4.0, [4.0] * 7) == 0.0
    assert crps(4.0, [6.0]) == pytest.approx(2.0)
    assert crps(0.0, [-1.0, 1.0]) == pytest.approx(0.5)
    assert brier([1.0, 0.0], [1, 0]) == 0.0
    assert brier([0.5, 0.5], [1, 0]) == 0.25
    assert log_score([0.5], [1]) == pytest.approx(np.log(2))
    assert log_score([1.0], [0]) == pytest.approx(np.log(1e4), abs=1e-3)
    assert np.isnan(brier([], []))
    assert np.isnan(log_score([], []))
