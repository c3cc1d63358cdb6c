"""Dark events against the second port: seeds that no constant was chosen on."""

import pytest

from tests.independent_dark.scoring import LEAST_BIN, Score, run

pytestmark = pytest.mark.slow

SEEDS = range(20, 26)


@pytest.fixture(scope="module")
def honest() -> Score:
    return run(SEEDS, 0.02)


@pytest.fixture(scope="module")
def mixed() -> Score:
    return run(SEEDS, 0.30)


def test_an_honest_port_gives_hardly_any_dark_event(honest: Score) -> None:
    told = sum(p >= 0.55 for p in honest.stated)
    assert len(honest.stated) > 200
    assert told < 0.05 * len(honest.stated)


def test_most_of_what_is_told_is_right_and_most_silent_ships_are_told(mixed: Score) -> None:
    assert mixed.precision >= 0.85
    assert mixed.recall >= 0.8


@pytest.mark.parametrize("name", ["honest", "mixed"])
def test_probabilities_come_true(name: str, request: pytest.FixtureRequest) -> None:
    score: Score = request.getfixturevalue(name)
    for word, (count, stated, so) in score.by_word().items():
        slack = 0.07 + 2.0 * (stated * (1.0 - stated) / count) ** 0.5
        assert count < LEAST_BIN or abs(stated - so) <= slack, word
