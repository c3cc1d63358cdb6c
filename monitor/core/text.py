"""Text that came out of a file, made fit to be printed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters but line feed and tab, lone surrogates, and what turns the direction of writing."""


def public_url(url: str) -> str:
    """Scheme, host, port and path of a URL: without user, password, query and fragment, which may be secrets."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "a URL that cannot be read"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}" if parts.scheme else parts.path


def is_plain(text: str) -> bool:
    """Whether `plain` would leave the text as it is."""
    return _ODD.search(text) is None


def plain(text: str) -> str:
    """The text with � for what colours or moves a terminal, reverses a line, or cannot be encoded."""
    return _ODD.sub("\ufffd", text)
