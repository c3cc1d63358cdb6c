"""Lengths of our own network, from two measures."""

import numpy as np

from monitor.training.fit_ours import BY_MAP, LEAST_LENGTHS, length_fit


def measured(count: int, seed: int) -> np.ndarray:
    """(n, 4) rows as `length_fit` takes them: noisy measures of hulls of 6 to 35 px."""
    rng = np.random.default_rng(seed)
    true = np.exp(rng.uniform(np.log(6), np.log(35), size=count))
    by_map = 1.3 * true**0.9 * np.exp(rng.normal(0, 0.25, size=count))
    by_run = (true + 1.0) * np.exp(rng.normal(0, 0.2, size=count))
    return np.column_stack([np.arange(count), by_map, by_run, true])


def given(rows: np.ndarray, fit: tuple[float, float, float]) -> np.ndarray:
    return np.exp(fit[0] + fit[1] * np.log(rows[:, 1]) + fit[2] * np.log(rows[:, 2]))


def test_no_class_of_hulls_that_were_not_fitted_is_far_off() -> None:
    fit = length_fit([measured(300, 1), measured(300, 2)])
    rows = measured(6000, 3)
    error = given(rows, fit) - rows[:, 3]
    for low, high in ((6, 11), (11, 20), (20, 35)):
        mine = (rows[:, 3] >= low) & (rows[:, 3] < high)
        assert abs(np.median(error[mine] / rows[mine, 3])) < 0.045
    assert np.abs(error).mean() < np.abs(rows[:, 1] - rows[:, 3]).mean()


def test_too_few_hulls_leave_the_length_map_as_it_is() -> None:
    assert length_fit([measured(LEAST_LENGTHS - 1, 1)]) == BY_MAP
    assert length_fit([]) == BY_MAP
