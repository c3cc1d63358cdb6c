"""Whether a service can be reached, and what time it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Reachability:
    """What a short request to a URL showed.

    Attributes
    ----------
    reached : bool
        Whether any response came, whatever its status.
    detail : str
        Its status, or the kind of the failure.
    skew_s : float, optional
        Our clock minus theirs, in seconds; None when the response has no date.
    """

    reached: bool
    detail: str
    skew_s: float | None = None


def check_reachable(url: str) -> Reachability:
    """Whether a HEAD request to a URL gets a response; never raises."""
    try:
        response = requests.head(url, timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        return Reachability(False, type(error).__name__)
    now = datetime.now(UTC)
    try:
        theirs = parsedate_to_datetime(response.headers.get("Date", ""))
        skew = (now - theirs.astimezone(UTC)).total_seconds()
    except (TypeError, ValueError):
        skew = None
    return Reachability(True, f"status {response.status_code}", skew)
