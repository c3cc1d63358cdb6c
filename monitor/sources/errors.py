"""How a source can fail, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.errors import SourceError


class AuthError(SourceError):
    """The credentials are missing, wrong or refused: mend them, waiting does not help."""


class QuotaError(SourceError):
    """The account has no units or requests left, or the monthly cap of the settings is reached."""


class RateLimited(SourceError):  # noqa: N818
    """Asked too often, for longer than the settings allow to wait; run again later."""


class BadRequest(SourceError):  # noqa: N818
    """The service refuses the request itself; the same request will fail again."""


class Unavailable(SourceError):  # noqa: N818
    """The service or the way to it is down; run again later."""


class BadResponse(SourceError):  # noqa: N818
    """The service answered with something that is not what was asked for; nothing of it was kept."""


class NoData(SourceError):  # noqa: N818
    """The overpass has no pixels over the AOI, or none yet: not seen, which is not zero."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a source passed over, and why.

    `is_fault` is True for what the user should mend (a damaged file) and False for what is merely not wanted (a
    scene of another port).
    """

    where: str
    reason: str
    is_fault: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
