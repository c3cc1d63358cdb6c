"""CSV files of published statements about flights, each with its citation."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.core.errors import DataError
from monitor.core.tables.aviation import AIR_CLAIMS
from monitor.sources.aviation.lists import csv_rows, read_airfields

_COUNTRY_WORDS = {"KP": ("dprk", "north korea"), "RU": ("russia",)}
_DAY, _MONTH = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"(\d{4})-(\d{2})")


def is_claims(header: Sequence[str]) -> bool:
    """Whether a header holds dated statements rather than positions."""
    return bool({"date_local", "not_before_local"} & set(header)) and bool({"citation", "source_url"} & set(header))


def read_claims(path: Path | None = None, *, airfields: pd.DataFrame | None = None) -> pd.DataFrame:
    """AIR_CLAIMS of a CSV file; without a path, the published flights that are shipped.

    Raises
    ------
    DataError
        The file is not a readable CSV.
    """
    if path is None:
        with as_file(files("monitor.aviation") / "data" / "claims.csv") as shipped:
            return read_claims(shipped, airfields=airfields)
    return csv_claims(path, counts=Counter(), airfields=airfields)


def csv_claims(path: Path, *, counts: Counter[str], airfields: pd.DataFrame | None = None) -> pd.DataFrame:
    """AIR_CLAIMS of a CSV; rows without a readable date or a citation are counted in `counts` and left out.

    A row carries either ``not_before_local`` and ``not_after_local`` with ``time_zone``, or ``date_local`` alone (a
    day, a month, or two of them with a slash). A day without a zone runs from its first midnight to its last over the
    zones of both places, so that it holds the true instant.

    Parameters
    ----------
    path : Path
        The file.
    counts : Counter
        Counted up: ``rows``, and what was rejected by reason.
    airfields : AIRFIELDS table, optional
        Where the places are; those that are shipped without it.
    """
    fields = read_airfields() if airfields is None else airfields
    made = []
    zones: dict[str, list[str]] = {"": []}
    for row in csv_rows(path):
        counts["rows"] += 1
        citation = row.get("citation") or row.get("source_url", "")
        if not citation:
            counts["no citation"] += 1
            continue
        places = [row.get("from", ""), row.get("to", "")]
        try:
            for place in places:
                zones[place] = zones[place] if place in zones else zones_of(place, fields)
            not_before, not_after = _bounds(row, [zone for place in places for zone in zones[place]], fields)
        except ValueError:
            counts["no readable date"] += 1
            continue
        made.append(_claim(row, places, (not_before, not_after), citation, fields) | {"source_file": path.name})
    if not made:
        return AIR_CLAIMS.empty()
    table = pd.DataFrame(made)
    for column in ("not_before", "not_after"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    counts["claim twice"] += int(table.duplicated("claim_id").sum())
    return AIR_CLAIMS.conform(table.drop_duplicates("claim_id"))


def _claim(
    row: dict[str, str], places: list[str], bounds: tuple[datetime, datetime], citation: str, airfields: pd.DataFrame
) -> dict[str, object]:
    event, tail = row.get("event") or "leg", row.get("tail") or row.get("registration", "")
    start = row.get("date_local") or row.get("not_before_local", "")
    seed = "|".join((tail, event, start, *places, citation, row.get("statement") or row.get("times_as_reported", "")))
    return {
        "claim_id": row.get("claim_id") or "claim-" + hashlib.sha256(seed.encode()).hexdigest()[:12],
        "icao24": row.get("icao24", "").lower(),
        "registration": tail,
        "type": row.get("type", ""),
        "operator": row.get("operator", ""),
        "from_place": places[0],
        "to_place": places[1],
        "from_field": field_of(places[0], airfields),
        "to_field": field_of(places[1], airfields),
        "event": event,
        "date_local": start[:10] if not row.get("date_local") else start,
        "time_zone": row.get("time_zone", ""),
        "not_before": bounds[0],
        "not_after": bounds[1],
        "statement": row.get("statement") or row.get("times_as_reported", ""),
        "transponder": row.get("transponder", ""),
        "citation": citation,
        "confidence": row.get("confidence", ""),
        "note": row.get("note", ""),
    }


def matching_fields(place: str, airfields: pd.DataFrame) -> pd.DataFrame:
    """The airfields that a place's name may mean: by identifier, by name, by city, else by country; empty for none."""
    words = place.lower()
    if not words:
        return airfields.iloc[:0]
    for test in (
        airfields["airfield_id"].map(lambda v: str(v).lower() in words),
        airfields["name"].map(lambda v: str(v).lower() in words or all(p in words for p in str(v).lower().split())),
        airfields["city"].map(lambda v: bool(v) and str(v).lower() in words),
        airfields["country"].map(lambda v: any(word in words for word in _COUNTRY_WORDS.get(str(v), ()))),
    ):
        if test.any():
            return airfields[test]
    return airfields.iloc[:0]


def field_of(place: str, airfields: pd.DataFrame) -> str:
    """The one airfield a place's name means; "" when it may be several, or the text itself has "or"."""
    if " or " in place:
        return ""
    found = matching_fields(place, airfields)
    return str(found["airfield_id"].iloc[0]) if len(found) == 1 else ""


def zones_of(place: str, airfields: pd.DataFrame) -> list[str]:
    """The IANA zones of the airfields that a place's name may mean."""
    return sorted(set(matching_fields(place, airfields)["timezone"]))


def _bounds(row: dict[str, str], place_zones: list[str], airfields: pd.DataFrame) -> tuple[datetime, datetime]:
    stated = row.get("time_zone", "")
    zones = [stated] if stated else place_zones or sorted(set(airfields["timezone"]))
    try:
        clocks = [ZoneInfo(zone) for zone in zones]
    except (KeyError, OSError) as error:
        raise DataError(f"time zone {zones} holds a name that is not IANA's, such as Asia/Pyongyang") from error
    if row.get("not_before_local"):
        first = datetime.fromisoformat(row["not_before_local"])
        last = datetime.fromisoformat(row.get("not_after_local") or row["not_before_local"])
        if last <= first:
            last = first + timedelta(minutes=1)
    else:
        begin, _, end = row.get("date_local", "").partition("/")
        first = datetime.combine(_days(begin)[0], time())
        last = datetime.combine(_days(end or begin)[1] + timedelta(days=1), time())
    return min(first.replace(tzinfo=c) for c in clocks), max(last.replace(tzinfo=c) for c in clocks)


def _days(text: str) -> tuple[date, date]:
    text = text.strip()
    if _DAY.fullmatch(text):
        return date.fromisoformat(text), date.fromisoformat(text)
    found = _MONTH.fullmatch(text)
    if not found:
        raise ValueError(text)
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
