"""The sums over paths against every path counted one by one, and draws against the truths that made their data."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from monitor.fuse.voyages.filtering import log_evidence, log_known, sample_known, sample_paths
from monitor.fuse.voyages.motion import AT_A, AT_B, Motion, motion
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import MotionRule
from tests.independent.calibration import rank_histogram

STEPS = 5
RULE = MotionRule(stays_h=(48.0,))


@pytest.fixture(scope="module")
def chain() -> Motion:
    return motion(6.0, 8.0, (0.06,), RULE)


def _weights(ships: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 1, (ships, 1, STEPS)), rng.normal(0, 1, (ships, 1, STEPS))


def _path_weight(chain: Motion, path: tuple[int, ...]) -> float:
    weight = chain.start[path[0]]
    for a, b in pairwise(path):
        weight = weight * chain.step[0][a, b]
    return float(weight)


def _paths(chain: Motion) -> list[tuple[tuple[int, ...], float]]:
    """Every possible path with its probability."""
    found: list[tuple[tuple[int, ...], float]] = [((s,), float(chain.start[s])) for s in range(len(chain.start))]
    for _ in range(STEPS - 1):
        found = [
            ((*path, int(s)), weight * float(chain.step[0][path[-1], s]))
            for path, weight in found
            for s in np.flatnonzero(chain.step[0][path[-1]])
        ]
    return [(path, weight) for path, weight in found if weight > 0]


def test_the_evidence_for_one_ship_is_the_sum_over_all_paths(chain: Motion) -> None:
    at_a, at_b = _weights(1, 3)
    total = sum(
        weight
        * np.exp(
            sum(
                at_a[0, 0, t] * (chain.place[s] == AT_A) + at_b[0, 0, t] * (chain.place[s] == AT_B)
                for t, s in enumerate(path)
            )
        )
        for path, weight in _paths(chain)
    )
    assert log_evidence(chain, at_a, at_b)[0, 0] == pytest.approx(np.log(total), abs=1e-9)


def test_the_evidence_for_two_ships_is_the_sum_over_all_pairs_of_paths() -> None:
    chain = motion(6.0, 8.0, (0.06,), RULE)
    at_a, at_b = (values[:, :, :3] for values in _weights(2, 4))
    short = [(s,) for s in range(len(chain.start))]
    for _ in range(2):
        short = [(*path, int(s)) for path in short for s in np.flatnonzero(chain.step[0][path[-1]])]
    weights = [(path, _path_weight(chain, path)) for path in short]
    weights = [(path, weight) for path, weight in weights if weight > 0]
    total = 0.0
    for (one, p), (other, q) in product(weights, weights):
        log = 0.0
        for t in range(3):
            for port, value in ((AT_A, at_a), (AT_B, at_b)):
                count = int(chain.place[one[t]] == port) + int(chain.place[other[t]] == port)
                log += value[count - 1, 0, t] if count else 0.0
        total += p * q * np.exp(log)
    assert log_evidence(chain, at_a, at_b)[0, 0] == pytest.approx(np.log(total), abs=1e-9)


def test_paths_are_drawn_as_often_as_they_are_likely(chain: Motion) -> None:
    at_a, at_b = _weights(1, 5)
    rows = 4000
    wide = [np.repeat(values, rows, axis=1) for values in (at_a, at_b)]
    drawn = sample_paths(chain, wide[0], wide[1], np.zeros(rows, dtype=np.int64), np.random.default_rng(1))[0]
    weights = {
        path: weight
        * np.exp(
            sum(
                at_a[0, 0, t] * (chain.place[s] == AT_A) + at_b[0, 0, t] * (chain.place[s] == AT_B)
                for t, s in enumerate(path)
            )
        )
        for path, weight in _paths(chain)
    }
    whole = sum(weights.values())
    for port in (AT_A, AT_B):
        for t in range(STEPS):
            exact = sum(weight for path, weight in weights.items() if chain.place[path[t]] == port) / whole
            assert (chain.place[drawn[:, t]] == port).mean() == pytest.approx(exact, abs=0.03)


def test_what_ais_says_of_every_place_gives_the_same_paths(chain: Motion) -> None:
    at_a, at_b = _weights(1, 5)
    rows = 4000
    known = np.zeros((rows, STEPS, 5))
    known[:, :, AT_A], known[:, :, AT_B] = at_a[0], at_b[0]
    rng = np.random.default_rng(2)
    habits = np.zeros(rows, dtype=np.int64)
    drawn = sample_known(chain, known, habits, rng)
    assert log_known(chain, known, habits)[0] == pytest.approx(log_evidence(chain, at_a, at_b)[0, 0], abs=1e-6)
    wide = [np.repeat(values, rows, axis=1) for values in (at_a, at_b)]
    same = sample_paths(chain, wide[0], wide[1], np.zeros(rows, dtype=np.int64), rng)[0]
    for t in range(STEPS):
        shares = [(chain.place[paths[:, t]] == AT_A).mean() for paths in (drawn, same)]
        assert shares[0] == pytest.approx(shares[1], abs=0.03)


def test_crossings_rank_evenly_among_draws_from_data_of_the_model() -> None:
    """Simulation-based calibration: the truth's rank among the draws of its own data is even."""
    chain, rng = motion(12.0, 16.0, (0.06,), replace(RULE, stays_h=(48.0,))), np.random.default_rng(11)
    steps, draws, ranks = 120, 59, []
    for _ in range(150):
        state, path = int(rng.choice(len(chain.start), p=chain.start)), []
        for _ in range(steps):
            path.append(state)
            state = int(rng.choice(len(chain.start), p=chain.step[0][state]))
        place = chain.place[np.array(path)]
        looked = rng.random((2, steps)) < 0.15
        seen = np.array([looked[port] & (place == port) & (rng.random(steps) < 0.8) for port in (AT_A, AT_B)])
        false = looked & ~seen & (rng.random((2, steps)) < 0.1)
        shown = seen | false
        weight = np.where(looked, np.where(shown, np.log((0.8 + 0.2 * 0.1) / 0.1), np.log(0.2)), 0.0)
        wide = np.repeat(weight[:, None, :], draws, axis=1)
        drawn = sample_paths(chain, wide[:1], wide[1:], np.zeros(draws, dtype=np.int64), rng)[0]
        none = np.zeros((draws, 0), dtype=np.bool_)
        told = ShipPaths(chain.place[drawn], none, none).crossings
        true = int(ShipPaths(place[None], none[:1], none[:1]).crossings[0])
        ranks.append(int((told < true).sum() + rng.integers((told == true).sum() + 1)))
    assert rank_histogram(ranks, draws=draws, bins=10).p_value > 0.01
