"""Instants are time-zone-aware UTC; ranges are half-open ``[start, end)``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.errors import DataError

_YEAR = re.compile(r"[12]\d{3}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_LONGEST, _MOST_DIGITS = timedelta(days=36_500), 9
"""Chosen: far beyond what satellites and AIS have, and well within what dates can hold."""
_SPAN = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def utc(value: str | datetime) -> datetime:
    """An instant in UTC.

    Text is ISO 8601; without an offset it is taken as UTC. A datetime must carry a zone.

    Raises
    ------
    DataError
        The text is no ISO 8601 instant, or the datetime is naive.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise DataError(f"{value.isoformat()}: no time zone; give one, e.g. tzinfo=datetime.UTC")
        return value.astimezone(UTC)
    try:
        instant = datetime.fromisoformat(value)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise DataError(f"{value!r} is not an ISO 8601 instant such as 2023-10-05T02:16:09Z") from error


def isoformat(instant: datetime) -> str:
    """``2023-10-05T02:16:09Z``: ISO 8601 in UTC to the second, with ``Z``."""
    return utc(instant).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(text: str) -> timedelta:
    """A length of time from ``12h``, ``30d`` or ``2w``.

    Raises
    ------
    DataError
        The text has another form.
    """
    found = _SPAN.fullmatch(text.strip())
    if not found or not found[1].strip("0"):
        raise DataError(f"{text!r} is not a length of time such as 12h, 30d or 2w")
    if len(found[1].lstrip("0")) > _MOST_DIGITS or (length := int(found[1]) * _UNITS[found[2]]) > _LONGEST:
        raise DataError(f"{text[:40]!r} is longer than {_LONGEST.days} days; give a shorter time")
    return length


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A period ``[start, end)`` in UTC.

    Raises
    ------
    DataError
        An end is naive, or the period is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        object.__setattr__(self, "end", utc(self.end))
        if not self.start < self.end:
            raise DataError(f"period {self.start.isoformat()}/{self.end.isoformat()} is empty: its end must be later")

    @classmethod
    def parse(cls, text: str) -> TimeRange:
        """A period from ``2023-08-01/2023-11-01``, a year, a month, an ISO week ``2023-W41`` or a day.

        Raises
        ------
        DataError
            The text has none of these forms, or the period is empty.
        """
        text = text.strip()
        period = cls._parse(text)
        if not _FIRST <= period.start < period.end <= _LAST:
            raise DataError(f"{text!r}: give a period between {_FIRST.year} and {_LAST.year}")
        return period

    @classmethod
    def _parse(cls, text: str) -> TimeRange:
        if "/" in text:
            start, _, end = text.partition("/")
            return cls(utc(start), utc(end))
        try:
            if found := _WEEK.fullmatch(text):
                monday = datetime.fromisocalendar(int(found[1]), int(found[2]), 1).replace(tzinfo=UTC)
                return cls(monday, monday + timedelta(weeks=1))
            if _YEAR.fullmatch(text):
                return cls(datetime(int(text), 1, 1, tzinfo=UTC), datetime(int(text) + 1, 1, 1, tzinfo=UTC))
            if found := _MONTH.fullmatch(text):
                year, month = int(found[1]), int(found[2])
                first = datetime(year, month, 1, tzinfo=UTC)
                return cls(first, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC))
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return cls(day, day + timedelta(days=1))
        except (ValueError, OverflowError) as error:
            raise DataError(
                f"{text!r} is not a period: use 2023-08-01/2023-11-01, 2023, 2023-10, 2023-W41 or 2023-10-05"
            ) from error

    @classmethod
    def last(cls, text: str, *, now: datetime) -> TimeRange:
        """The ``30d`` (``12h``, ``2w``) that end at `now`."""
        return cls(now - span(text), now)

    @property
    def duration(self) -> timedelta:
        """The length of the period."""
        return self.end - self.start

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether ``[start, end]``, both ends included, shares an instant with the period."""
        return start < self.end and end >= self.start

    def __str__(self) -> str:
        return f"{isoformat(self.start)}/{isoformat(self.end)}"
