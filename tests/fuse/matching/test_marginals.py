import numpy as np
import pytest

from monitor.core.arrays import Floats
from monitor.fuse.matching.marginals import marginals, propagated


def by_enumeration(odds: Floats) -> Floats:
    """The same, assignment by assignment."""
    sums = np.zeros(odds.shape)
    total = 0.0

    def extend(row: int, taken: frozenset[int], weight: float, pairs: list[tuple[int, int]]) -> None:
        nonlocal total
        if row == odds.shape[0]:
            total += weight
            for pair in pairs:
                sums[pair] += weight
            return
        extend(row + 1, taken, weight, pairs)
        for column in np.flatnonzero(odds[row] > 0):
            if column not in taken:
                extend(row + 1, taken | {int(column)}, weight * odds[row, column], [*pairs, (row, int(column))])

    extend(0, frozenset(), 1.0, [])
    return sums / total


@pytest.mark.parametrize("seed", range(30))
def test_every_pair_has_the_share_of_the_assignments_that_hold_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    odds = np.exp(rng.normal(0.0, 3.0, rng.integers(1, 6, 2)))
    odds *= rng.random(odds.shape) < 0.6
    np.testing.assert_allclose(marginals(odds), by_enumeration(odds), atol=1e-12)


def test_no_odds_give_no_probability() -> None:
    assert marginals(np.zeros((3, 2))).tolist() == [[0.0, 0.0]] * 3
    assert marginals(np.zeros((0, 4))).shape == (0, 4)


def test_a_vessel_between_two_detections_is_shared() -> None:
    np.testing.assert_allclose(marginals(np.array([[4.0], [4.0]])), [[4 / 9], [4 / 9]])


def test_odds_too_great_to_multiply_are_no_obstacle() -> None:
    odds = np.diag(np.full(200, 1e9)) + np.diag(np.full(199, 1e9), 1)
    found = marginals(odds)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-6)


def test_a_long_quay_is_summed_exactly_and_a_part_of_it_by_enumeration_agrees() -> None:
    rng = np.random.default_rng(5)
    odds = np.zeros((12, 12))
    for step in range(-1, 2):
        odds += np.diag(np.exp(rng.normal(0.0, 2.0, 12 - abs(step))), step)
    order, other = rng.permutation(12), rng.permutation(12)
    np.testing.assert_allclose(marginals(odds[order][:, other])[:, np.argsort(other)], by_enumeration(odds)[order])


def test_dense_clusters_are_propagated_and_come_near_the_exact_sum() -> None:
    rng = np.random.default_rng(1)
    off = []
    for _ in range(40):
        odds = np.exp(rng.normal(0.0, 2.0, (8, 8)))
        np.testing.assert_array_equal(marginals(odds, most_states=4), propagated(odds))
        off.append(np.abs(propagated(odds) - marginals(odds)))
    assert np.mean(off) < 0.005
    assert np.max(off) < 0.1
