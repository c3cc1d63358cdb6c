"""The sums over paths against every path counted one by one, and draws against the truths that made their data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pytest

from monitor.fuse.voyages.filtering import log_known, sample_known
from monitor.fuse.voyages.motion import AT_A, AT_B, Kind, Motion, motion, with_visits
from monitor.fuse.voyages.nameless.moments import Moment, moments
from monitor.fuse.voyages.nameless.shown import Shown
from monitor.fuse.voyages.nameless.sums import log_evidence, sample_paths
from monitor.fuse.voyages.paths import ShipPaths
from monitor.fuse.voyages.rules import MotionRule
from tests.independent.calibration import rank_histogram

STEPS = 6
RULE = MotionRule(stays_h=(48.0,))
MISSED, AGAIN = 0.2, 0.3
SEEN: tuple[tuple[int, int, dict[int, float]], ...] = (
    (0, 0, {0: 3.0}),
    (1, 1, {2: 2.0}),
    (2, 0, {0: 1.6, 1: 2.5}),
    (3, 1, {}),
    (4, 0, {3: 1.5}),
    (5, 0, {1: 1.4}),
)
"""Step, port and odds by visit of each observation: visits 0, 1 and 3 at A, and 2 at B."""


@pytest.fixture(scope="module")
def chain() -> Motion:
    return with_visits(motion(6.0, 8.0, [Kind(0.06)], RULE))


def _moments(chain: Motion, until: int = STEPS) -> list[Moment]:
    seen = [one for one in SEEN if one[0] < until]
    at = {n: [step for step, _, odds in seen if n in odds] for _, _, odds in seen for n in odds}
    shown = [
        Shown(
            step,
            port,
            MISSED,
            np.array(list(odds), dtype=np.int64),
            np.array([list(odds.values())]),
            np.array([at[n][0] == step for n in odds], dtype=np.bool_),
            np.array([at[n][-1] == step for n in odds], dtype=np.bool_),
        )
        for step, port, odds in seen
    ]
    return moments(chain, shown, 1, again=AGAIN)


def _paths(chain: Motion, steps: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every possible path with its probability."""
    found: list[tuple[tuple[int, ...], float]] = [((s,), float(p)) for s, p in enumerate(chain.start[0])]
    for _ in range(steps - 1):
        found = [
            ((*path, int(s)), weight * float(chain.step[0][path[-1], s]))
            for path, weight in found
            for s in np.flatnonzero(chain.step[0][path[-1]])
        ]
    return ((path, weight) for path, weight in found if weight > 0)


def _held(chain: Motion, path: tuple[int, ...]) -> Iterator[tuple[frozenset[int], float]]:
    """Every set of visits that a ship on a path may have lain in, one at a time, with what is likelier by it."""
    places = [chain.place[state] for state in path]
    visits = sorted({n for step, _, odds in SEEN if step < len(path) for n in odds})
    for taken in product((False, True), repeat=len(visits)):
        mine = [n for n, own in zip(visits, taken, strict=True) if own]
        spans = {n: [step for step, _, odds in SEEN if n in odds and step < len(path)] for n in mine}
        port = {n: next(port for _, port, odds in SEEN if n in odds) for n in mine}
        lies = {n: range(span[0], span[-1] + 1) for n, span in spans.items()}
        there = all(places[t] == AT_A + port[n] for n in mine for t in lies[n])
        if not there or len({t for n in mine for t in lies[n]}) < sum(len(span) for span in lies.values()):
            continue
        worth = AGAIN ** sum(
            len(set(places[lies[one][0] : lies[then][0] + 1])) == 1
            for one, then in pairwise(sorted(mine, key=lambda n: lies[n][0]))
        )
        for step, at, odds in (one for one in SEEN if one[0] < len(path)):
            for n in mine:
                worth *= odds.get(n, 1.0)
            if places[step] == AT_A + at and not any(step in lies[n] for n in mine):
                worth *= MISSED
        yield frozenset(mine), worth


def test_the_evidence_for_one_ship_is_the_sum_over_all_paths_and_visits(chain: Motion) -> None:
    total = sum(weight * worth for path, weight in _paths(chain, STEPS) for _, worth in _held(chain, path))
    found = log_evidence(chain, _moments(chain), np.zeros((1, 1), dtype=np.int64))
    assert found[0, 0] == pytest.approx(np.log(total), abs=1e-9)


def _two(chain: Motion) -> list[tuple[frozenset[int], frozenset[int], float]]:
    """The visits of each of two ships that share none, with how likely they are together."""
    by_visits: dict[frozenset[int], float] = {}
    for path, weight in _paths(chain, STEPS):
        for mine, worth in _held(chain, path):
            by_visits[mine] = by_visits.get(mine, 0.0) + weight * worth
    return [(a, b, p * q) for (a, p), (b, q) in product(by_visits.items(), repeat=2) if not a & b]


def test_the_evidence_for_two_ships_is_the_sum_over_all_pairs_that_share_no_visit(chain: Motion) -> None:
    total = sum(weight for _, _, weight in _two(chain))
    found = log_evidence(chain, _moments(chain), np.zeros((2, 1), dtype=np.int64))
    assert found[0, 0] == pytest.approx(np.log(total), abs=1e-9)


def test_paths_and_visits_are_drawn_as_often_as_they_are_likely(chain: Motion) -> None:
    rows = 4000
    none = np.zeros(rows, dtype=np.int64)
    path, held = sample_paths(
        chain, _moments(chain), none, none[None], liked=np.ones((1, rows, 4)), steps=STEPS, rng=np.random.default_rng(1)
    )
    exact = [(p, mine, weight * worth) for p, weight in _paths(chain, STEPS) for mine, worth in _held(chain, p)]
    whole = sum(weight for _, _, weight in exact)
    for port, t in product((AT_A, AT_B), range(STEPS)):
        share = sum(weight for p, _, weight in exact if chain.place[p[t]] == port) / whole
        assert (chain.place[path[0, :, t]] == port).mean() == pytest.approx(share, abs=0.03)
    for visit in range(4):
        share = sum(weight for _, mine, weight in exact if visit in mine) / whole
        assert held[0, :, visit].mean() == pytest.approx(share, abs=0.03)


def test_visits_of_two_ships_are_drawn_as_often_as_they_are_likely(chain: Motion) -> None:
    rows, exact = 4000, _two(chain)
    none = np.zeros((2, rows), dtype=np.int64)
    rng = np.random.default_rng(3)
    _, held = sample_paths(chain, _moments(chain), none[0], none, liked=np.ones((2, rows, 4)), steps=STEPS, rng=rng)
    whole = sum(weight for _, _, weight in exact)
    for ship, visit in product(range(2), range(4)):
        share = sum(each[2] for each in exact if visit in each[ship]) / whole
        assert held[ship, :, visit].mean() == pytest.approx(share, abs=0.03)


def test_two_ships_never_lie_in_one_visit(chain: Motion) -> None:
    rows = 500
    none = np.zeros((2, rows), dtype=np.int64)
    rng = np.random.default_rng(2)
    _, held = sample_paths(chain, _moments(chain), none[0], none, liked=np.ones((2, rows, 4)), steps=STEPS + 3, rng=rng)
    assert held.any(axis=(1, 2)).all()
    assert not (held[0] & held[1]).any()


def test_crossings_rank_evenly_among_draws_from_data_of_the_model() -> None:
    """Simulation-based calibration: the truth's rank among the draws of its own data is even."""
    chain, rng = motion(12.0, 16.0, [Kind(0.06)], RULE), np.random.default_rng(11)
    steps, draws, ranks = 120, 59, []
    for _ in range(150):
        state, path = int(rng.choice(len(chain.place), p=chain.start[0])), []
        for _ in range(steps):
            path.append(state)
            state = int(rng.choice(len(chain.place), p=chain.step[0][state]))
        place = chain.place[np.array(path)]
        looked = rng.random((2, steps)) < 0.15
        known = np.zeros((draws, steps, 5))
        for port in (AT_A, AT_B):
            seen = looked[port] & (place == port) & (rng.random(steps) < 0.8)
            shown = seen | (looked[port] & (rng.random(steps) < 0.1))
            weight = np.where(shown, np.log((0.8 + 0.2 * 0.1) / 0.1), np.log(0.2))
            known[:, :, port] = np.where(looked[port], weight, 0.0)
        drawn = sample_known(chain, known, np.zeros(draws, dtype=np.int64), rng)
        none = np.zeros((draws, 0), dtype=np.bool_)
        told = ShipPaths(chain.place[drawn], none, none).crossings
        true = int(ShipPaths(place[None], none[:1], none[:1]).crossings[0])
        ranks.append(int((told < true).sum() + rng.integers((told == true).sum() + 1)))
    assert rank_histogram(ranks, draws=draws, bins=10).p_value > 0.01


def test_what_ais_says_of_every_place_is_summed_over_all_paths(chain: Motion) -> None:
    rows = 4000
    known = np.repeat(np.random.default_rng(5).normal(0, 1, (1, STEPS, 5)), rows, axis=0)
    habits = np.zeros(rows, dtype=np.int64)
    weights = {
        path: weight * np.exp(sum(known[0, t, chain.place[state]] for t, state in enumerate(path)))
        for path, weight in _paths(chain, STEPS)
    }
    whole = sum(weights.values())
    assert log_known(chain, known[:1], habits[:1])[0, 0] == pytest.approx(np.log(whole), abs=1e-6)
    drawn = sample_known(chain, known, habits, np.random.default_rng(2))
    for port, t in product((AT_A, AT_B), range(STEPS)):
        share = sum(weight for path, weight in weights.items() if chain.place[path[t]] == port) / whole
        assert (chain.place[drawn[:, t]] == port).mean() == pytest.approx(share, abs=0.03)
