"""Answers of services, read in pieces, so that none of them fills the memory."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from requests.adapters import HTTPAdapter

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.text import public_url
from monitor.sources.errors import BadResponse

_PIECE = 1 << 16


class BoundedAdapter(HTTPAdapter):
    """Reads a whole answer for a `requests.Session`, unless it unpacks to too much.

    Parameters
    ----------
    limits : Limits
        What an answer may take in memory.
    retries : int
        How often a request is sent again that did not arrive.
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, retries: int = 0) -> None:
        super().__init__(max_retries=retries)
        self.limits = limits
        self.refused: BadResponse | None = None
        """The last answer that was too large, for libraries that hide what an adapter raises."""

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - as the base class has it
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer to a request, read to its end.

        Parameters
        ----------
        request : PreparedRequest
        stream : bool
        timeout : float or tuple, optional
        verify : bool or str
        cert : str or tuple, optional
        proxies : mapping of str to str, optional

        Raises
        ------
        BadResponse
            The answer is too large.
        """
        response = super().send(request, stream=True, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        where = f"{public_url(request.url or '')}: the answer"
        pieces, size = [], 0
        try:
            for piece in response.iter_content(_PIECE):
                pieces.append(piece)
                size += len(piece)
                self.limits.check_size(where, size)
            content = b"".join(pieces)
            if content[:1] in (b"{", b"["):
                self.limits.check_document(where, content)
        except DataError as error:
            response.close()
            self.refused = BadResponse(str(error))
            raise self.refused from error
        response._content = content
        return response


def bounded_session(session: requests.Session, adapter: BoundedAdapter) -> requests.Session:
    """The session, every answer to which goes through an adapter.

    Parameters
    ----------
    session : Session
        Changed in place.
    adapter : BoundedAdapter
    """
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session
