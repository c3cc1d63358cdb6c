"""Chains that agree, and chains that do not."""

import numpy as np
import pytest

from monitor.fuse.voyages.convergence import effective_size, split_r_hat


def test_chains_of_one_distribution_agree() -> None:
    assert split_r_hat(np.random.default_rng(1).normal(20.0, 5.0, (4, 400))) == pytest.approx(1.0, abs=0.02)


def test_a_chain_elsewhere_is_noticed() -> None:
    chains = np.random.default_rng(1).normal(20.0, 5.0, (4, 40))
    chains[2] += 20.0
    assert split_r_hat(chains) > 1.8


def test_a_chain_that_drifts_is_noticed_though_its_mean_is_that_of_the_others() -> None:
    chains = np.random.default_rng(1).normal(20.0, 1.0, (4, 40))
    assert split_r_hat(chains + np.linspace(-6.0, 6.0, 40)) > 1.8


def test_chains_of_one_value_each() -> None:
    assert split_r_hat([[3, 3, 3, 3], [3, 3, 3, 3]]) == 1.0
    assert split_r_hat([[3, 3, 3, 3], [4, 4, 4, 4]]) == np.inf


def test_chains_too_short_to_cut_are_refused() -> None:
    with pytest.raises(ValueError, match="four draws"):
        split_r_hat([[1, 2, 3]])


def test_draws_of_chains_that_agree_are_worth_nearly_all_of_them() -> None:
    assert 1200 < effective_size(np.random.default_rng(1).normal(20.0, 5.0, (4, 400))) <= 1600


def test_a_mean_of_chains_that_differ_spreads_as_one_of_so_many_draws() -> None:
    rng = np.random.default_rng(2)
    sets = [rng.normal(0.0, 1.0, (8, 1)) + rng.normal(0.0, 2.0, (8, 40)) for _ in range(400)]
    worth = float(np.mean([effective_size(chains) for chains in sets]))
    assert np.var([chains.mean() for chains in sets]) == pytest.approx(5.0 / worth, rel=0.3)


def test_chains_of_one_value_each_are_worth_one_draw_each() -> None:
    assert effective_size([[3, 3, 3], [4, 4, 4]]) == 2.0
    assert effective_size([[3, 3, 3], [3, 3, 3]]) == 6.0


def test_one_chain_does_not_show_what_its_draws_are_worth() -> None:
    with pytest.raises(ValueError, match="two and more"):
        effective_size([[1, 2, 3, 4]])
