from __future__ import annotations

import pickle
from concurrent.futures import Executor

import pytest

from monitor.core.errors import DataError, MonitorError, SettingsError, SourceError
from monitor.core.parallel import each, open_pool


def double(number: int) -> int:
    if number == 3:
        raise DataError("three is bad")
    if number == 13:
        raise ZeroDivisionError
    return number * 2


@pytest.mark.parametrize("text", [None, "threads:3", pytest.param("processes:2", marks=pytest.mark.slow)])
def test_outcomes_come_in_order_and_one_bad_item_stops_no_other(text: str | None) -> None:
    with open_pool(text) as pool:
        outcomes = each(double, [1, 2, 3, 4], pool)
    assert [outcome.value for outcome in outcomes] == [2, 4, None, 8]
    assert [outcome.ok for outcome in outcomes] == [True, True, False, True]
    assert str(outcomes[2].error) == "three is bad"


@pytest.mark.parametrize("text", [None, "threads:2"])
def test_a_bug_stops_the_run(text: str | None) -> None:
    with open_pool(text) as pool, pytest.raises(ZeroDivisionError):
        each(double, [1, 13], pool)


@pytest.mark.parametrize("text", ["threads", "threads:0", "processes:two", "cluster:4"])
def test_a_wrong_pool_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="threads:N"), open_pool(text):
        pass


def test_no_pool_is_none() -> None:
    with open_pool("") as pool:
        assert pool is None
    with open_pool("threads:1") as pool:
        assert isinstance(pool, Executor)


def test_errors_cross_processes_whole() -> None:
    error = pickle.loads(pickle.dumps(SourceError("the service is down", transient=True)))
    assert isinstance(error, MonitorError)
    assert str(error) == "the service is down"
    assert error.transient
