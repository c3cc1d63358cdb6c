"""Moved arrivals: calibrated where nothing hangs together, and found where it does."""

from collections.abc import Callable

import numpy as np
import pytest

from monitor.core.arrays import Floats
from monitor.fuse.chains.chance import as_found, chance, fits, followed, holm, moved
from monitor.fuse.chains.events import Arrivals, watched
from monitor.fuse.chains.rule import TRAIN_CAME, ChainRule

YEAR = 365.0
RULE = ChainRule(draws=199)
SPANS = RULE.spans(4.0, 20.0)


def _clear(rng: np.random.Generator) -> Floats:
    """Passes every two and a half days, cloudier in one half of the year, at all places alike."""
    at = np.arange(0.0, YEAR, 2.5) + rng.uniform(0.0, 2.5)
    return at[rng.random(len(at)) < 0.3 + 0.35 * (at > YEAR / 2)]


def _between(at: Floats, clear: Floats) -> list[tuple[float, float, str]]:
    """The observations between which each instant lies."""
    k = [int(np.searchsorted(clear, t)) for t in at]
    return sorted({(float(clear[i - 1]), float(clear[i]), "x") for i in k if 0 < i < len(clear)})


def _p_value(rng: np.random.Generator, left: Floats, came: Floats) -> float:
    departures = [event for event in _between(left, _clear(rng)) if event[1] - event[0] <= RULE.longest_interval_days]
    clear = _clear(rng)
    zone = watched(clear, _between(came, clear), RULE.longest_interval_days)
    cells = np.column_stack([zone.starts, zone.ends])
    fitting = [fits(np.array([event[:2] for event in departures]), cells, *span) for span in SPANS]
    draws = moved(Arrivals("b", "b", "", TRAIN_CAME, (zone,)), block_days=RULE.block_days, draws=RULE.draws, seed=1)
    return chance(float(followed(as_found([zone]), fitting)[0][0]), followed(draws, fitting)[0]).p_value


def _poisson(rng: np.random.Generator) -> Floats:
    return rng.uniform(0.0, YEAR, rng.poisson(15))


def _campaigns(rng: np.random.Generator) -> Floats:
    return np.concatenate([at + rng.uniform(0.0, 50.0, rng.poisson(6)) for at in rng.uniform(0.0, YEAR, 3)]) % YEAR


def _season(rng: np.random.Generator) -> Floats:
    at = rng.uniform(0.0, YEAR, 45)
    return at[rng.random(len(at)) < np.sin(np.pi * at / YEAR) ** 2]


@pytest.mark.parametrize("series", [_poisson, _campaigns, _season])
def test_independent_series_pass_as_often_as_the_level_allows(series: Callable[[np.random.Generator], Floats]) -> None:
    rng = np.random.default_rng(11)
    p_values = np.array([_p_value(rng, series(rng), series(rng)) for _ in range(300)])
    assert (p_values <= 0.05).mean() <= 0.075
    assert (p_values <= 0.2).mean() == pytest.approx(0.2, abs=0.07)
    assert (p_values <= 0.5).mean() == pytest.approx(0.5, abs=0.1)


def test_trains_that_follow_four_departures_in_five_are_found() -> None:
    rng = np.random.default_rng(12)
    p_values = []
    for _ in range(60):
        left = _poisson(rng)
        after = left[rng.random(len(left)) < 0.8]
        came = np.concatenate([after + rng.uniform(9.0, 12.0, len(after)), rng.uniform(0.0, YEAR, 3)])
        p_values.append(_p_value(rng, left, came))
    assert np.mean(np.array(p_values) <= 0.05) >= 0.75


def test_the_probability_of_a_travel_time_is_that_of_two_uniform_instants() -> None:
    rng = np.random.default_rng(3)
    left, came = np.array([[0.0, 6.0]]), np.array([[5.0, 9.0], [30.0, 30.0]])
    lag = rng.uniform(5.0, 9.0, 400_000) - rng.uniform(0.0, 6.0, 400_000)
    expected = ((lag >= 2.0) & (lag <= 5.0)).mean()
    assert fits(left, came, 2.0, 5.0)[0] == pytest.approx([expected, 0.0], abs=0.003)
    assert fits(np.array([[0.0, 0.0]]), np.array([[3.0, 3.0]]), 2.0, 5.0)[0, 0] == 1.0


def test_moving_arrivals_leaves_as_many_in_each_season() -> None:
    rng = np.random.default_rng(5)
    clear = _clear(rng)
    zone = watched(clear, _between(np.array([10.0, 20.0, 31.0, 200.0]), clear), 20.0)
    draws = moved(Arrivals("b", "b", "", TRAIN_CAME, (zone,)), block_days=60.0, draws=50, seed=1)
    early = zone.ends < 120.0
    assert draws[:, early].sum(axis=1) == pytest.approx(np.full(50, 3.0))
    assert draws.sum(axis=1) == pytest.approx(np.full(50, 4.0))


def test_holm_multiplies_by_the_comparisons_left_and_leaves_out_what_was_not_tested() -> None:
    assert holm(np.array([0.01, np.nan, 0.04, 0.03])).tolist() == pytest.approx(
        [0.03, float("nan"), 0.06, 0.06], nan_ok=True
    )
    assert holm(np.array([])).tolist() == []
