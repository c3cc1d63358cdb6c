"""Instants, numbers, lengths and lists as they are printed for people; one function for each form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

Instant: TypeAlias = datetime | pd.Timestamp

NOT_KNOWN = "not known"
MISSING = "–"


def is_of_day(instant: Instant) -> bool:
    """Whether an instant stands for a whole day: the middle of 00:00:00 to 23:59:59, which ends in half a second."""
    at = instant.astimezone(UTC)
    return (at.hour, at.minute, at.second) == (11, 59, 59) and at.microsecond >= 500_000


def iso(instant: Instant) -> str:
    """``2023-10-05T02:16:09Z``; ``2023-10-05`` of an instant that stands for a day: how tables and files give one."""
    at = instant.astimezone(UTC)
    return at.strftime("%Y-%m-%d" if is_of_day(at) else "%Y-%m-%dT%H:%M:%SZ")


def timestamp(instant: Instant) -> str:
    """``2023-10-05 02:16:09 UTC``; ``2023-10-05, hour unknown`` of an instant that stands for a day."""
    if is_of_day(instant):
        return minute(instant)
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minute(instant: Instant | None) -> str:
    """``2023-10-05 02:16 UTC``, or ``2023-10-05, hour unknown``; ``not known`` for None or NaT."""
    if instant is None or pd.isna(instant):
        return NOT_KNOWN
    if is_of_day(instant):
        return f"{instant.astimezone(UTC):%Y-%m-%d}, hour unknown"
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def date_only(instant: Instant | None) -> str:
    """``2023-10-05``, of an instant of which only the day is known; ``not known`` for None or NaT."""
    return minute(instant)[:10] if instant is not None and not pd.isna(instant) else NOT_KNOWN


def day(instant: Instant) -> str:
    """``5 Oct 2023``, the day in UTC."""
    at = pd.Timestamp(instant).tz_convert("UTC")
    return f"{at.day} {at:%b %Y}"


def day_and_time(instant: Instant) -> str:
    """``5 Oct 2023 02:16 UTC``, or ``5 Oct 2023, hour unknown``: how sentences give an instant."""
    if is_of_day(instant):
        return f"{day(instant)}, hour unknown"
    return f"{day(instant)} {pd.Timestamp(instant).tz_convert('UTC'):%H:%M} UTC"


def local_time(instant: datetime, timezone: str) -> str:
    """``11:16 local (UTC+09:00, Asia/Pyongyang)``, with the date when it differs from UTC; "" for UTC itself."""
    if timezone in ("UTC", ""):
        return ""
    try:
        there = instant.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    date = "" if there.date() == instant.astimezone(UTC).date() else there.strftime("%Y-%m-%d ")
    offset = there.strftime("%z")
    return f"{date}{there.strftime('%H:%M')} local (UTC{offset[:3]}:{offset[3:]}, {timezone})"


def coordinates(lon: float, lat: float, digits: int = 5) -> str:
    """``42.22860° N, 130.28370° E``; ``not known`` when either is missing.

    Parameters
    ----------
    lon, lat : float
        Degrees east and north.
    digits : int
        Decimals of a degree.
    """
    if not (isfinite(lon) and isfinite(lat)):
        return NOT_KNOWN
    return f"{abs(lat):.{digits}f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.{digits}f}° {'E' if lon >= 0 else 'W'}"


def measured_length(length_m: float, low_m: float, high_m: float) -> str:
    """``118 m (108–128)``: the interval alone is what may be quoted; ``not measured`` without a measure.

    Parameters
    ----------
    length_m : float
    low_m, high_m : float
        The interval; NaN where it is not known.
    """
    if not isfinite(length_m):
        return "not measured"
    if not (isfinite(low_m) and isfinite(high_m)):
        return f"{length_m:.0f} m"
    return f"{length_m:.0f} m ({low_m:.0f}–{high_m:.0f})"


def about_length(length_m: float, low_m: float = float("nan"), high_m: float = float("nan")) -> str:
    """``about 120 m (110–135 m)``, to 5 m, for sentences; ``of unknown length`` without a measure.

    Parameters
    ----------
    length_m : float
    low_m, high_m : float
        The interval; NaN where it is not known.
    """
    if pd.isna(length_m):
        return "of unknown length"
    bounds = "" if pd.isna(low_m) or pd.isna(high_m) else f" ({5 * round(low_m / 5)}–{5 * round(high_m / 5)} m)"
    return f"about {5 * round(length_m / 5)} m{bounds}"


def number(value: float, digits: int = 0, unit: str = "") -> str:
    """A number with thousands marked and its unit; an en dash when it is missing.

    Parameters
    ----------
    value : float
    digits : int
        Decimals.
    unit : str
        Printed after a blank.
    """
    if value is None or pd.isna(value) or not isfinite(float(value)):
        return MISSING
    return f"{float(value):,.{digits}f}{' ' + unit if unit else ''}"


def hours(value: float) -> str:
    """``36.0 h`` up to three days, ``5.2 days`` beyond; an en dash when it is missing."""
    if pd.isna(value):
        return MISSING
    return f"{value:.1f} h" if value < 72 else f"{value / 24:.1f} days"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 vessel``, ``3 vessels``; `many` where an s does not make it.

    Parameters
    ----------
    count : int
        Any number but 1, zero too, takes the plural.
    one : str
        The noun in the singular.
    many : str
        Its plural; `one` and an s when empty.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def at_least(count: int, one: str, many: str = "") -> str:
    """``at least 3 visits``: counts are lower bounds.

    Parameters
    ----------
    count : int
        The number that was counted.
    one, many : str
        Singular and plural, as for `plural`.
    """
    return f"at least {plural(count, one, many)}"


def either(names: Sequence[str]) -> str:
    """``A``, ``A or B``, ``A, B or C``."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]


def zone_word(zone: str, zone_id: str) -> str:
    """Where a detection lies, in a word: ``berth`` at a drawn one, ``alongside`` at a quay that is not drawn.

    Parameters
    ----------
    zone : str
        ``berth`` | ``inshore`` | ``open``, "" when not known.
    zone_id : str
        The berth or other zone that it lies in, "" for none.
    """
    return "alongside" if zone == "berth" and not zone_id else zone
