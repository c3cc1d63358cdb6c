"""How long is waited before a request is sent again, and when it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.errors import SourceError
from monitor.sources.retry import retry_after_s, retrying

NOW = datetime(2023, 10, 5, 2, 23, 10, tzinfo=UTC)


def waits(*, attempts: int = 5, deadline_s: float = 1e6, header: str | None = None, transient: bool = True) -> list:
    """The waits before a function that always fails is given up."""
    slept: list[float] = []
    calls = []

    def fail() -> None:
        calls.append(1)
        raise SourceError("down", transient=transient)

    caller = retrying(attempts=attempts, pause_s=5.0, deadline_s=deadline_s, retry_after=lambda _: header)
    with pytest.raises(SourceError, match="down"):
        caller.copy(sleep=slept.append)(fail)
    assert len(calls) == len(slept) + 1
    return slept


@pytest.mark.parametrize(
    "header, wait",
    [
        ("1500", 1.5),
        ("700", 1.0),
        ("2", 1.0),
        ("1.5", 1.0),
        ("999999999", 120.0),
        ("-5", 1.0),
        ("nan", 1.0),
        ("Thu, 05 Oct 2023 02:23:40 GMT", 30.0),
        ("Thu, 05 Oct 2023 02:00:00 GMT", 1.0),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_in_every_form(header, wait):
    assert retry_after_s(header, now=NOW) == wait


def test_waits_double_up_to_two_minutes_and_end():
    assert waits(attempts=8) == [5.0, 10.0, 20.0, 40.0, 80.0, 120.0, 120.0]


def test_what_the_service_asks_for_goes_before_our_own_wait():
    assert waits(attempts=3, header="1500") == [1.5, 1.5]


def test_an_error_that_stays_is_raised_at_once():
    assert waits(transient=False) == []


def test_a_wait_that_would_outlast_the_deadline_is_not_begun():
    assert waits(deadline_s=7.0) == [5.0]
    assert waits(deadline_s=4.0) == []
