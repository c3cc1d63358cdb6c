"""Chains that agree, and chains that do not."""

import numpy as np
import pytest

from monitor.fuse.voyages.convergence import split_r_hat


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
