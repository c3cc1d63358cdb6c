"""Published claims that conflict with each other: both are kept, and time zones are tried first."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.aviation.calls import reachability
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_CONFLICTS

SAME_LEG_DAYS = 3
"""Claims on one aircraft and one way that lie further apart than this are about different legs (chosen)."""
_STEP_MIN = 30
CONFLICT = (
    "On {who} from {from_place} to {to_place}, {citation_a} states {date_a} and {citation_b} states "
    "{date_b}. {explained} "
    "Both are kept."
)
ZONES_EXPLAIN = "Local dates at the two ends explain the difference."
ZONES_MAY = "Local dates at the two ends may explain the difference: neither source states of which end its date is."
ZONES_DO_NOT = "Local dates at the two ends do not explain the difference."


def find_conflicts(claims: pd.DataFrame, airfields: pd.DataFrame) -> pd.DataFrame:
    """AIR_CONFLICTS: pairs of claims of different citations on one leg that bear different dates.

    Two claims are about one leg when they name the same aircraft, the same way and dates at most `SAME_LEG_DAYS` apart.
    Claims as wide as several days do not conflict with a date inside them.
    """
    claims = AIR_CLAIMS.conform(claims)
    dated = claims[claims["date_local"].str.fullmatch(r"\d{4}-\d{2}-\d{2}") & (claims["registration"] != "")]
    made = []
    for registration, group in dated.groupby("registration", sort=True):
        for a, b in combinations(group.sort_values(["date_local", "claim_id"]).itertuples(), 2):
            if a.citation != b.citation and a.date_local != b.date_local and _one_leg(a, b):
                made.append(_conflict(str(registration), a, b, airfields))
    return AIR_CONFLICTS.conform(pd.DataFrame(made)) if made else AIR_CONFLICTS.empty()


def _one_leg(a: Any, b: Any) -> bool:
    apart = abs((date.fromisoformat(a.date_local) - date.fromisoformat(b.date_local)).days)
    return (
        apart <= SAME_LEG_DAYS
        and _same(a.from_field, a.from_place, b.from_field, b.from_place)
        and _same(a.to_field, a.to_place, b.to_field, b.to_place)
    )


def _same(field_a: str, place_a: str, field_b: str, place_b: str) -> bool:
    return (field_a == field_b) if field_a and field_b else place_a.strip().lower() == place_b.strip().lower()


def _conflict(registration: str, a: Any, b: Any, airfields: pd.DataFrame) -> dict[str, object]:
    day_a, day_b = date.fromisoformat(a.date_local), date.fromisoformat(b.date_local)
    explained = dates_fit_one_flight(
        {day_a: _end(a), day_b: _end(b)},
        _places(a.from_field, a.from_place, airfields),
        _places(a.to_field, a.to_place, airfields),
    )
    open_ = _end(a) == _end(b) == "either"
    word, sentence = (
        ("no", ZONES_DO_NOT) if not explained else (("possibly", ZONES_MAY) if open_ else ("time zone", ZONES_EXPLAIN))
    )
    seed = "|".join(sorted((a.claim_id, b.claim_id)))
    return {
        "conflict_id": "conflict-" + hashlib.sha256(seed.encode()).hexdigest()[:12],
        "registration": registration,
        "about": f"{a.from_place} to {a.to_place}",
        "claim_a": a.claim_id,
        "claim_b": b.claim_id,
        "date_a": a.date_local,
        "date_b": b.date_local,
        "citation_a": a.citation,
        "citation_b": b.citation,
        "days_apart": (day_b - day_a).days,
        "explained": word,
        "wording": CONFLICT.format(
            who=registration,
            from_place=a.from_place,
            to_place=a.to_place,
            citation_a=a.citation,
            date_a=a.date_local,
            citation_b=b.citation,
            date_b=b.date_local,
            explained=sentence,
        ),
    }


def _end(claim: Any) -> str:
    """Which end of the leg a claim's date is about: departed | arrived | either."""
    return {"departed": "departed", "arrived": "arrived", "seen on the ground": "arrived"}.get(claim.event, "either")


def _places(airfield_id: str, place: str, airfields: pd.DataFrame) -> pd.DataFrame:
    """The airfields that an end of a claim may be."""
    if airfield_id:
        return airfields[airfields["airfield_id"] == airfield_id]
    words = place.strip().lower()
    cities = airfields["city"].map(lambda city: bool(words) and str(city).lower() in words)
    return airfields[cities]


def dates_fit_one_flight(dates: dict[date, str], left: pd.DataFrame, reached: pd.DataFrame) -> bool:
    """Whether one flight can bear all the dates, each as the local date of its departure or of its arrival.

    Parameters
    ----------
    dates : dict of date to str
        Local date to the end that it is of: ``departed``, ``arrived`` or ``either``.
    left, reached : AIRFIELDS table
        The fields that the flight's ends may be; none leaves the question open, which counts as no.

    Notes
    -----
    A departure is tried every half hour; the flight lasts the great circle at 830 km/h and a fifth more or less.
    """
    days = sorted(dates)
    for a in left.itertuples():
        for b in reached.itertuples():
            seconds = float(distance_m(a.lon, a.lat, b.lon, b.lat)) / reachability.RULE.cruise_ms
            zones = ZoneInfo(a.timezone), ZoneInfo(b.timezone)
            first = datetime.combine(days[0] - timedelta(days=2), time(), tzinfo=zones[0])
            for minutes in range(0, ((days[-1] - days[0]).days + 4) * 1440, _STEP_MIN):
                gone = first + timedelta(minutes=minutes)
                for factor in (0.8, 1.0, 1.2):
                    come = (gone + timedelta(seconds=seconds * factor)).astimezone(zones[1])
                    ends = {"departed": {gone.date()}, "arrived": {come.date()}}
                    ends["either"] = ends["departed"] | ends["arrived"]
                    if all(day in ends[end] for day, end in dates.items()):
                        return True
    return False
