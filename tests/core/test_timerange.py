from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange, isoformat, span, utc


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-08-01/2023-11-01", datetime(2023, 8, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC)),
        ("2023-12", datetime(2023, 12, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)),
        ("2023-W41", datetime(2023, 10, 9, tzinfo=UTC), datetime(2023, 10, 16, tzinfo=UTC)),
        ("2023-10-05", datetime(2023, 10, 5, tzinfo=UTC), datetime(2023, 10, 6, tzinfo=UTC)),
        (
            "2023-10-05T03:00:00+09:00/2023-10-06",
            datetime(2023, 10, 4, 18, tzinfo=UTC),
            datetime(2023, 10, 6, tzinfo=UTC),
        ),
    ],
)
def test_a_period_has_the_ends_its_text_says(text: str, start: datetime, end: datetime) -> None:
    assert TimeRange.parse(text) == TimeRange(start, end)


@pytest.mark.parametrize("text", ["yesterday", "2023-13", "2023-W60", "2023-10-05/2023-10-05", "2023-11/2023-10", ""])
def test_a_wrong_period_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(DataError):
        TimeRange.parse(text)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    week = TimeRange.parse("2023-W41")
    assert week.start in week
    assert week.end not in week
    assert week.duration == timedelta(days=7)


def test_the_last_days_end_now() -> None:
    now = datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert TimeRange.last("30d", now=now) == TimeRange(now - timedelta(days=30), now)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(DataError, match="no time zone"):
        utc(datetime(2023, 1, 1))  # noqa: DTZ001


def test_instants_are_written_with_a_z() -> None:
    assert isoformat(utc("2023-10-05T11:16:09.4+09:00")) == "2023-10-05T02:16:09Z"


def test_a_span_needs_a_unit() -> None:
    assert span("2w") == timedelta(days=14)
    with pytest.raises(DataError, match="12h"):
        span("12")


def test_a_year_is_a_period() -> None:
    assert str(TimeRange.parse("2022")) == "2022-01-01T00:00:00Z/2023-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "text", ["9999-W52", "9999-12", "9999-12-31", "0001-01", "0001-01-01T00:00+23:00/2023-01-01", "1066-01/2023-01-01"]
)
def test_a_period_beyond_what_dates_hold_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        TimeRange.parse(text)


@pytest.mark.parametrize("text", ["99999999999d", "9" * 5000 + "h", "1000000w"])
def test_a_length_beyond_what_dates_hold_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="longer than 36500 days"):
        span(text)
