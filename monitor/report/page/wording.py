"""Fixed wording: times, places, lengths, and the words for what AIS does and does not explain.

The ladder is observed, measured, matched, inferred; nothing here climbs it. Times are UTC first, local second.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isfinite
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.scene import Acquisition

NOT_OBSERVED = "not observed"
HOUR_UNKNOWN = "date only, hour unknown"
UNMATCHED_LIMIT = (
    "Unmatched means that no AIS position known at the cut-off fits the detection in place and time. It is not proof "
    "that AIS was switched off: reception can fail, class B is weak, small craft need not carry AIS, and positions "
    "can arrive late or be false."
)
GAP_LIMIT = (
    "A gap is silence in the positions at hand that lasted longer than the threshold. It says nothing of intent: "
    "coverage, class B, congestion and receiver outages also make gaps."
)
CONTENT_LIMIT = (
    "Contents cannot be seen: containers may be empty, and at 10 m a single 20-foot box covers 0.15 of a pixel, so "
    "stacks are given as length and area, never as a count of boxes. Counts of visits are lower bounds."
)
IDENTITY_LIMIT = (
    "A ship of 120 m is 12 pixels long here. A detection has a length class, never a name, unless AIS or a reviewer "
    "gives one; names are what the vessel broadcasts of itself."
)
SIMULATED = "SIMULATED"
SIMULATED_LINE = "SIMULATED data: made by software for practice and tests. Nothing here was observed."

STATUS: dict[str, tuple[str, str]] = {
    "matched": ("M", "matched: an AIS position fits the detection in place, time and length"),
    "potential": ("P", "potential match: an AIS position fits, but not well enough or not alone"),
    "unmatched": ("U", "unmatched: no AIS position fits"),
    "dark": ("D", "dark event: unmatched where AIS is shown to be received at that place and hour"),
    "unknown": ("N", "not compared with AIS: no AIS for this observation, or its hour is unknown"),
    "fixed": ("F", "fixed object: seen at one spot in observation after observation, so not a ship"),
    "stack": ("S", "container stack: not a vessel, not compared with AIS"),
}
"""Status -> its code on a tile and its reading; always shown by shape and letter besides colour."""


def instant(value: datetime) -> str:
    """``2023-10-05 02:16:09 UTC``."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def minute(value: datetime | None) -> str:
    """``2023-10-05 02:16 UTC``; ``not known`` for None or NaT."""
    if value is None or pd.isna(value):
        return "not known"
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def date_only(value: datetime | None) -> str:
    """``2023-10-05``, of an instant of which only the day is known; ``not known`` for None or NaT."""
    return minute(value)[:10] if value is not None and not pd.isna(value) else "not known"


def local(value: datetime, timezone: str) -> str:
    """``11:16 local (UTC+09:00, Asia/Pyongyang)``, with the date when it differs from UTC; "" for UTC itself."""
    if timezone in ("UTC", ""):
        return ""
    try:
        there = value.astimezone(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    day = "" if there.date() == value.astimezone(UTC).date() else there.strftime("%Y-%m-%d ")
    offset = there.strftime("%z")
    return f"{day}{there.strftime('%H:%M')} local (UTC{offset[:3]}:{offset[3:]}, {timezone})"


def acquired(acquisition: Acquisition, aoi: Aoi) -> str:
    """When a scene was seen: UTC then local, or the date alone when the hour is not known."""
    if not acquisition.is_exact:
        first, last = acquisition.start.date(), acquisition.end.date()
        day = (
            f"{first}"
            if first == last or acquisition.end - acquisition.start <= timedelta(days=1)
            else (f"{first} to {last}")
        )
        return f"{day} ({HOUR_UNKNOWN})"
    there = local(acquisition.acquired_at, aoi.timezone)
    return instant(acquisition.acquired_at) + (f" · {there}" if there else "")


def when(acquisition: Acquisition) -> str:
    """A short UTC label: ``2023-10-05 02:16 UTC`` or ``2022-05-14, hour unknown``."""
    if not acquisition.is_exact:
        return f"{acquisition.start.date()}, hour unknown"
    return minute(acquisition.acquired_at)


def platform(acquisition: Acquisition, otherwise: str) -> str:
    """``Sentinel-2A``, however the source spells it; `otherwise` when it says nothing."""
    name = acquisition.platform
    return name.title() if name.islower() else name or otherwise


def lonlat(lon: float, lat: float, digits: int = 5) -> str:
    """``42.22860° N, 130.28370° E``; "not known" when either is missing.

    Parameters
    ----------
    lon : float
        Degrees east.
    lat : float
        Degrees north.
    digits : int, optional
        Decimals of a degree.
    """
    if not (isfinite(lon) and isfinite(lat)):
        return "not known"
    return f"{abs(lat):.{digits}f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.{digits}f}° {'E' if lon >= 0 else 'W'}"


def length(value: float, low: float, high: float) -> str:
    """``118 m (108–128)``; the interval alone is what may be quoted.

    Parameters
    ----------
    value : float
        In metres.
    low : float
        Lower bound; NaN for none.
    high : float
        Upper bound; NaN for none.
    """
    if not isfinite(value):
        return "not measured"
    if not (isfinite(low) and isfinite(high)):
        return f"{value:.0f} m"
    return f"{value:.0f} m ({low:.0f}–{high:.0f})"


def number(value: float, digits: int = 0, unit: str = "") -> str:
    """A number with its unit; an en dash when it is missing.

    Parameters
    ----------
    value : float
        NaN is printed as a dash.
    digits : int, optional
        Decimals.
    unit : str, optional
        Printed after the number.
    """
    if value is None or pd.isna(value) or not isfinite(float(value)):
        return "–"
    return f"{float(value):,.{digits}f}{' ' + unit if unit else ''}"


def hours(value: float) -> str:
    """``36.0 h`` up to three days, ``5.2 days`` beyond."""
    if pd.isna(value):
        return "–"
    return f"{value:.1f} h" if value < 72 else f"{value / 24:.1f} days"


def plural(count: int, one: str, many: str = "") -> str:
    """``1 vessel``, ``3 vessels``.

    Parameters
    ----------
    count : int
        How many.
    one : str
        The word for one.
    many : str, optional
        The word for several; `one` with an s when empty.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def short(digest: str) -> str:
    """The first 12 characters of a hash, ``not recorded`` when there is none."""
    return digest[:12] if digest else "not recorded"
