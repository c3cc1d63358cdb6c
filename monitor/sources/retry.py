"""How long to wait before asking again, and when to stop; pure but for the clock it is given."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_WAIT_S = 120.0
_LEAST_AFTER_429_S = 1.0


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Seconds to wait from a ``Retry-After``, None when there is none or it says nothing.

    Sentinel Hub means milliseconds; a proxy before it means seconds or sends an HTTP date (RFC 9110). Numbers are
    taken as milliseconds, and a wait is never under one second, so that ``2`` (seconds) does not become a hammer, nor
    over two minutes.
    """
    if header is None or not header.strip():
        return None
    try:
        wait = float(header) / 1000.0
    except ValueError:
        try:
            at = parsedate_to_datetime(header)
        except (TypeError, ValueError):
            return None
        wait = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    if wait != wait or wait < 0:
        wait = 0.0
    return min(max(wait, _LEAST_AFTER_429_S), _LONGEST_WAIT_S)


def backoff_s(attempt: int, pause_s: float) -> float:
    """Seconds before attempt `attempt` + 1: `pause_s`, twice that, four times that …, at most two minutes."""
    return min(pause_s * float(2 ** (attempt - 1)), _LONGEST_WAIT_S)
