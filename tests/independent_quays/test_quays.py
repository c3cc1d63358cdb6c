"""Matches along quays, on seeds that nothing was chosen on."""

import pytest

from tests.independent_quays.scenes import port
from tests.independent_quays.score import Score, over

SEEDS = range(20)
FIGURE = 0.97
"""Precision and recall that matches along quays must reach."""
OFF = 0.07
"""By how much a stated probability may be off in a bin of 30 or more."""


@pytest.mark.slow
@pytest.mark.parametrize("sensor", ["s2", "s1"])
def test_ships_end_to_end_are_matched_as_surely_as_stated(sensor: str) -> None:
    score = over(port(seed, sensor=sensor) for seed in SEEDS)
    assert score.precision("matched") >= FIGURE
    assert score.recall("matched") >= FIGURE
    assert _worst(score) <= OFF


@pytest.mark.slow
def test_so_are_ships_that_do_not_say_where_their_antenna_stands() -> None:
    score = over(port(seed, sensor=sensor, dimensions=False) for sensor in ("s2", "s1") for seed in SEEDS)
    assert score.precision("matched") >= FIGURE
    assert score.recall("matched") >= FIGURE
    assert _worst(score) <= OFF


def _worst(score: Score) -> float:
    bins = score.bins()
    assert len(bins)
    return float((bins["stated"] - bins["true"]).abs().max())


def test_a_few_quays_are_matched() -> None:
    score = over(port(seed) for seed in range(3))
    assert score.precision("matched") > 0.9
    assert score.recall("matched") > 0.9
