"""The sentences that a flight may be reported in; there are no others."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.core.timerange import isoformat

LANDED_AT_REST = "{who} was on the ground at {field}, {when}: it landed there."
LANDED_LOW = "{who} was low and slow at {field}, {when}: it landed there."
CONSISTENT = (
    "The trace of {who} ends {before_km:,.0f} km from {field} at {left} and begins again {after_km:,.0f} km from it at "
    "{back}. This is consistent with a landing at {fields}, within reach in between; the landing itself was not "
    "seen."
)
OVERFLIGHT = "{who} passed {km:,.0f} km from {field} at {height:,.0f} m, {when}; it did not land there."
PASSED_LOW = "{who} came low over {field}, {when}, and flew on; no landing was seen."
TRACK_ENDS = "The trace of {who} ends in the air at {left}{toward}. Where it landed is not known."
TRACK_BEGINS = "The trace of {who} begins in the air at {back}{toward}. Where it took off is not known."
CONTESTED = (
    "Positions on the address of {who} put it at {field} ({when}), but other positions on the same address exclude "
    "that: nothing is claimed."
)
CO_OCCURRENCE = (
    "{hits} of {events} dated events had a call within {days} days; by chance {expected:.1f} would (95 %: {low} to "
    "{high}). This is co-occurrence, not cause."
)


def who(icao24: str, registration: str, kind: str = "") -> str:
    """How an aircraft is named: tail, type and address, or the address alone.

    Parameters
    ----------
    icao24, registration, kind : str
        Registration and kind are "" where they are not known.
    """
    name = f"{registration} ({kind}, {icao24})" if registration and kind else f"{registration} ({icao24})"
    return name if registration else f"the aircraft with address {icao24}"


def field_name(airfields: pd.DataFrame, airfield_id: str) -> str:
    """``Pyongyang Sunan (ZKPY)``; "a place that is no listed airfield" for ""."""
    found = airfields[airfields["airfield_id"] == airfield_id]
    if found.empty:
        return "a place that is no listed airfield"
    return f"{found['name'].iloc[0]} ({airfield_id})"


def utc_and_local(t: datetime, timezone: str = "UTC") -> str:
    """``2024-03-20T16:30:00Z (02:30 on 21 Mar, Asia/Vladivostok)``: always UTC first."""
    if timezone == "UTC":
        return isoformat(t)
    local = t.astimezone(ZoneInfo(timezone))
    return f"{isoformat(t)} ({local:%H:%M} on {local.day} {local:%b}, {timezone})"


def zone_of(airfields: pd.DataFrame, airfield_id: str) -> str:
    """An airfield's IANA zone; ``UTC`` for one that is not listed."""
    found = airfields.loc[airfields["airfield_id"] == airfield_id, "timezone"]
    return str(found.iloc[0]) if len(found) else "UTC"
