"""What others published and what analysts saw, as a table of evidence."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS
from monitor.core.tables import OBSERVATIONS
from monitor.core.timerange import TimeRange, utc

PUBLISHED, OWN = "published", "own"

PRESENT = frozenset({"docked", "loading", "unloading", "unloading+loading", "arrived"})
"""Events that mean a ship at a berth."""

EVENTS = PRESENT | {
    "absent",
    "departed",
    "containers_seen",
    "anchored",
    "aggregate",
    "transit",
    "shipyard",
    "night_lights",
    "wagons_seen",
    "goods_seen",
    "construction",
    "burnt",
}
"""What an observation may be of; `aggregate` is a total over a time, and the last four are of places on land."""

NEEDED = ("date", "port", "event", "source", "confidence")
_TEXTS = ("berth", "vessel", "ais_status", "note")
_MONTH = re.compile(r"\d{4}-\d{2}")


def observed_span(text: str) -> TimeRange:
    """The period that a date of a source stands for: an instant, a day, a month, or from one to the other inclusive.

    Raises
    ------
    DataError
        The text has none of these forms.
    """
    first, _, last = text.strip().partition("/")
    return TimeRange(_part(first).start, _part(last or first).end)


def _part(text: str) -> TimeRange:
    if "T" in text:
        instant = utc(text)
        return TimeRange(instant, instant + timedelta(minutes=1))
    if _MONTH.fullmatch(text) or len(text) == 10:
        return TimeRange.parse(text)
    raise DataError(f"{text!r} is not a date such as 2023-10-20, 2023-10, 2023-10-20T11:01+09:00 or two with a slash")


def read_observations(path: Path | None = None) -> pd.DataFrame:
    """OBSERVATIONS from a CSV file of an analyst's own sightings, or the published ones that come with the package.

    The file has the columns ``date, port, event, source, confidence``, and may have ``berth, vessel, ais_status,
    containers_low, containers_high, note``; others are passed over.

    Raises
    ------
    DataError
        The file cannot be read, lacks a column, repeats a row, or holds a date or event that is none; the message
        names the line.
    """
    if path is None:
        with as_file(files("monitor.fuse") / "data" / "observations.csv") as shipped:
            return _read(shipped, PUBLISHED)
    return _read(path, OWN)


def _read(path: Path, origin: str) -> pd.DataFrame:
    try:
        text = path.read_bytes()
        DEFAULT_LIMITS.check_document(path, text)
        raw = pd.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{path}: not a readable list of observations in CSV ({error})") from error
    if missing := [name for name in NEEDED if name not in raw]:
        raise DataError(f"{path}: column {', '.join(missing)} missing; there are {', '.join(raw.columns)}")
    spans = [
        _checked(path, line, date, event)
        for line, date, event in zip(range(2, len(raw) + 2), raw["date"], raw["event"], strict=True)
    ]
    table = raw.assign(**{name: "" for name in _TEXTS if name not in raw}, origin=origin)
    table["start"] = pd.to_datetime([span.start for span in spans], utc=True)
    table["end"] = pd.to_datetime([span.end for span in spans], utc=True)
    for column in ("containers_low", "containers_high"):
        table[column] = pd.to_numeric(table.get(column, pd.Series("", index=table.index)), errors="coerce")
    table["observation_id"] = [_id(path.stem, row) for row in table.to_dict("records")]
    if (twice := table["observation_id"].duplicated()).any():
        raise DataError(f"{path}, line {int(twice.argmax()) + 2}: states the same as a line before; remove one")
    return OBSERVATIONS.conform(table)


def _checked(path: Path, line: int, date: str, event: str) -> TimeRange:
    if event not in EVENTS:
        raise DataError(f"{path}, line {line}: {event!r} is no event; use {', '.join(sorted(EVENTS))}")
    try:
        return observed_span(date)
    except DataError as error:
        raise DataError(f"{path}, line {line}: {error}") from error


def _id(stem: str, row: dict[object, object]) -> str:
    """From what the row states, so that lines may be added above it."""
    text = "\n".join(str(row[name]) for name in ("date", "port", "berth", "vessel", "event", "source"))
    return f"{stem}|{str(row['date'])[:10]}|{hashlib.sha256(text.encode()).hexdigest()[:8]}"
