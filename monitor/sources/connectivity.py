"""Whether a service can be reached, and what time it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Reachability:
    """What a short request to a URL showed: any answer at all is reached; `skew_s` is our clock minus theirs."""

    reached: bool
    detail: str
    skew_s: float | None = None


def check_reachable(url: str) -> Reachability:
    """Ask a URL for its head; never raises."""
    try:
        answer = requests.head(url, timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        return Reachability(False, type(error).__name__)
    now = datetime.now(UTC)
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
        skew = (now - theirs.astimezone(UTC)).total_seconds()
    except (TypeError, ValueError):
        skew = None
    return Reachability(True, f"answers {answer.status_code}", skew)
