import numpy as np
import pytest

from monitor.fuse.series.dependence import Dependence, learn


def _known(stay_d: float, recall: float = 1.0) -> Dependence:
    return Dependence(np.array([stay_d]), np.array([recall]), np.array([1.0]), 1.0)


def test_counts_share_the_ships_that_stayed_and_were_found_again() -> None:
    shared = _known(4.0, 0.8).correlation(np.array([0.0, 4.0, 400.0]))
    assert shared == pytest.approx([1.0, 0.8 * np.exp(-1.0), 0.0], abs=1e-6)


def test_drawn_counts_have_the_mean_variance_and_correlation_that_the_stay_gives() -> None:
    days = np.arange(40) * 2.0
    made = _known(4.0, 0.8).draw(days, np.ones(40), 3.0, 4000, np.random.default_rng(1))
    assert made.mean() == pytest.approx(3.0, abs=0.1)
    assert made.var() == pytest.approx(3.0, abs=0.2)
    assert np.corrcoef(made[:, 10], made[:, 11])[0, 1] == pytest.approx(0.8 * np.exp(-0.5), abs=0.05)


def test_the_sum_of_counts_scatters_by_the_inflation() -> None:
    days = np.arange(30) * 1.0
    known = _known(5.0)
    sums = known.draw(days, np.ones(30), 3.0, 4000, np.random.default_rng(2)).sum(axis=1)
    assert sums.var() / sums.mean() == pytest.approx(known.inflation(days, np.ones(30)), rel=0.1)


def test_the_inflation_is_the_sum_over_all_pairs() -> None:
    random = np.random.default_rng(8)
    days, shown = np.sort(random.uniform(0.0, 40.0, 25)), random.uniform(0.3, 1.0, 25)
    mixed = Dependence(np.array([1.0, 8.0]), np.array([0.6, 1.0]), np.array([0.3, 0.7]), 1.2)
    pairs = mixed.correlation(days[:, None] - days[None, :]) * np.outer(shown, shown)
    np.fill_diagonal(pairs, shown)
    assert mixed.inflation(days, shown) == pytest.approx(1.2 * pairs.sum() / shown.sum())


def test_an_observation_that_shows_half_counts_half() -> None:
    made = _known(4.0).draw(np.arange(20.0), np.full(20, 0.5), 4.0, 2000, np.random.default_rng(3))
    assert made.mean() == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("stay_d", [0.5, 4.0, 16.0])
def test_the_stay_is_learnt_within_a_factor_of_two(stay_d: float) -> None:
    days = np.arange(150) * 2.5
    made = _known(stay_d, 0.8).draw(days, np.ones(150), 3.0, 12, np.random.default_rng(4))
    gap = np.array([2.5])
    found = [float(learn(days, row, np.ones(150)).correlation(gap)[0]) for row in made]
    assert np.mean(found) == pytest.approx(0.8 * np.exp(-2.5 / stay_d), abs=0.12)


def test_a_change_of_level_is_not_taken_for_long_stays() -> None:
    random, days = np.random.default_rng(5), np.arange(80) * 2.5
    stepped = np.concatenate([random.poisson(6.0, 40), random.poisson(1.5, 40)]).astype(float)
    assert learn(days, stepped, np.ones(80)).correlation(np.array([2.5]))[0] < 0.25


def test_counts_that_scatter_more_than_chance_say_so() -> None:
    random, days = np.random.default_rng(6), np.arange(100) * 2.5
    wild = random.poisson(random.gamma(1.0, 3.0, 100)).astype(float)
    tame = random.poisson(3.0, 100).astype(float)
    assert learn(days, tame, np.ones(100)).dispersion < 1.3 < 2.0 < learn(days, wild, np.ones(100)).dispersion
