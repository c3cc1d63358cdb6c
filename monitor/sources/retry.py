"""When a request is sent again, and how long that waits."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential

from monitor.core.errors import SourceError

log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 120.0
"""Of one wait, whatever the service requests. Chosen: a quota per minute is renewed by then."""
_LEAST_RETRY_AFTER_S = 1.0
"""Of a wait that the service requests. Chosen: seconds read as milliseconds would be no wait at all."""


def retrying(
    *, attempts: int, pause_s: float, deadline_s: float, retry_after: Callable[[BaseException], str | None]
) -> Retrying:
    """A caller of functions that calls again after a `SourceError` with `transient`, and raises the last one.

    Parameters
    ----------
    attempts : int
        How often a function is called at most.
    pause_s : float
        First wait, in seconds; doubled each time, two minutes at most.
    deadline_s : float
        No wait is begun that ends later than this after the first call.
    retry_after : callable
        From the error to the ``Retry-After`` header of the service, None without one; it goes before `pause_s`.
    """
    backoff = wait_exponential(multiplier=pause_s, max=_LONGEST_WAIT_S)

    def wait_s(state: RetryCallState) -> float:
        requested = retry_after_s(retry_after(_error(state)), now=datetime.now(UTC))
        return backoff(state) if requested is None else requested

    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, SourceError) and error.transient),
        wait=wait_s,
        stop=stop_after_attempt(attempts) | stop_before_delay(deadline_s),
        before_sleep=lambda state: log.info("%s; sent again in %.1f s", _error(state), state.upcoming_sleep),
        reraise=True,
    )


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Seconds to wait from a ``Retry-After``, None when there is none or it cannot be read.

    Sentinel Hub means milliseconds; a proxy before it means seconds or sends an HTTP date (RFC 9110). Numbers are
    taken as milliseconds, and a wait is never under one second, so that ``2`` (seconds) does not flood the service, nor
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
    return min(max(wait, _LEAST_RETRY_AFTER_S), _LONGEST_WAIT_S)


def _error(state: RetryCallState) -> BaseException:
    error = None if state.outcome is None else state.outcome.exception()
    if error is None:
        raise RuntimeError("a wait without an error")
    return error
