"""The checksum that a file carries of itself, so that a flipped bit gives an error and never another value.

The seal is the SHA-256 of the file with the 64 digits of the seal itself as zeros. It stands in the file as
``"monitor:sha256": "…"``: in JSON as a member, in Parquet among the metadata.
"""

from __future__ import annotations

import hashlib
import re

KEY = "monitor:sha256"
BLANK = "0" * 64
"""What stands in the file while the checksum is made."""

_SEAL = re.compile(rb'"monitor:sha256": ?"([0-9a-f]{64})"')
_NEAR = re.compile(rb'"(.{14})": ?"([0-9a-f]{64})"', re.DOTALL)
_NAME = KEY.encode()


def sealed(content: bytes) -> bytes:
    """The content with its blank seal filled in; it holds exactly one."""
    found = _SEAL.search(content)
    assert found is not None
    assert found[1] == BLANK.encode()
    return content[: found.start(1)] + hashlib.sha256(content).hexdigest().encode() + content[found.end(1) :]


def is_sealed(content: bytes) -> bool:
    """Whether a file carries a seal; older versions wrote none."""
    return _SEAL.search(content) is not None


def checked(content: bytes) -> bytes:
    """The content itself.

    Raises
    ------
    ValueError
        Its seal is not that of the rest.
    """
    found = _SEAL.search(content)
    if found is None:
        if _NAME in content or any(_is_renamed(content, near) for near in _NEAR.finditer(content)):
            raise ValueError("its checksum cannot be read")
        return content
    blank = content[: found.start(1)] + BLANK.encode() + content[found.end(1) :]
    if hashlib.sha256(blank).hexdigest().encode() != found[1]:
        raise ValueError("its checksum does not fit")
    return content


def _is_renamed(content: bytes, near: re.Match[bytes]) -> bool:
    """Whether this is a seal of which the name alone is damaged."""
    name, digits = near.span(1), near.span(2)
    whole = content[: name[0]] + _NAME + content[name[1] : digits[0]] + BLANK.encode() + content[digits[1] :]
    return hashlib.sha256(whole).hexdigest().encode() == near[2]
