"""How a source can fail, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.errors import SourceError
from monitor.core.scenes.scene import Acquisition


class AuthError(SourceError):
    """The credentials are missing, wrong or refused: correct them, waiting does not help."""


class QuotaError(SourceError):
    """No units or requests of the quota are left, or the monthly cap of the settings is reached."""


class RateLimited(SourceError):  # noqa: N818
    """Too many requests, for longer than the settings allow to wait; run again later."""


class BadRequest(SourceError):  # noqa: N818
    """The service refuses the request itself; the same request will fail again."""


class Unavailable(SourceError):  # noqa: N818
    """The service or the way to it is down; run again later."""


class BadResponse(SourceError):  # noqa: N818
    """The response is not what was requested; nothing of it was kept."""


class BadItems(BadResponse):
    """Some items of a catalog are not what they should be; the others were read.

    Parameters
    ----------
    message : str
        The items and what is wrong with them.
    found : tuple of Acquisition
        The acquisitions of the other items.
    """

    def __init__(self, message: str, *, found: tuple[Acquisition, ...] = (), transient: bool = False) -> None:
        super().__init__(message, transient=transient)
        self.found = found


class NoData(SourceError):  # noqa: N818
    """The overpass has no pixels over the AOI, or none yet: not observed, which is not zero."""


OUTSIDE = "outside the AOIs"
"""Why a source leaves out, at the search for one AOI, what shows another place."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a source left out, and why.

    Attributes
    ----------
    where : str
        The file or item.
    reason : str
        Why it was left out.
    is_fault : bool
        True for what the user should correct (a damaged file), False for what is merely not wanted (a scene of another
        port).
    is_empty : bool
        True where the source has nothing at all of the port: for the user to correct when that is so of every port.
    """

    where: str
    reason: str
    is_fault: bool = True
    is_empty: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"
