"""Bytes of a text file as blocks of whole lines."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO, cast

BLOCK_BYTES = 8 << 20
LONGEST_LINE = 1 << 20
HEAD_BYTES = 64 << 10


def line_blocks(stream: BinaryIO, head: bytes = b"", block_bytes: int = BLOCK_BYTES) -> Iterator[bytes]:
    """Blocks of whole lines in UTF-8, ended by line feeds.

    A file in UTF-16 or UTF-32 (with its mark) is decoded; in a file that has carriage returns and no line feeds, these
    end the lines. More than `LONGEST_LINE` bytes without a line's end become a block as they are, so that a file
    without lines cannot fill the memory.

    Parameters
    ----------
    stream : BinaryIO
        Where to read.
    head : bytes, optional
        What was read of it before; comes first.
    block_bytes : int, optional
        About the size of a block.
    """
    rest = b""
    for chunk in _plain_chunks(stream, head, block_bytes):
        rest += chunk
        cut = rest.rfind(b"\n") + 1
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > LONGEST_LINE:
            yield rest
            rest = b""
    if rest:
        yield rest


def _plain_chunks(stream: BinaryIO, head: bytes, block_bytes: int) -> Iterator[bytes]:
    chunks: Iterator[bytes] = chain([head] if head else [], iter(partial(stream.read, block_bytes), b""))
    encoding = wide_encoding(head)
    if encoding:
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        chunks = (decoder.decode(chunk).encode() for chunk in chunks)
    elif b"\r" in head and b"\n" not in head:
        chunks = (chunk.replace(b"\r", b"\n") for chunk in chunks)
    yield from chunks


def wide_encoding(head: bytes) -> str:
    """The encoding that a byte-order mark of UTF-16 or UTF-32 states; "" for none."""
    marks = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16"}
    marks[codecs.BOM_UTF16_BE] = "utf-16"
    return next((name for mark, name in marks.items() if head.startswith(mark)), "")


def plain_head(head: bytes) -> bytes:
    """The first bytes of a file as UTF-8 with line feeds, as `line_blocks` gives them."""
    return b"".join(_plain_chunks(cast("BinaryIO", io.BytesIO()), head, 1))


def is_binary(head: bytes) -> bool:
    """Whether the first bytes are no text: a NUL, or more than a tenth of control characters."""
    if b"\x00" in head:
        return True
    control = sum(head.count(bytes([c])) for c in (*range(1, 9), *range(14, 32), 127))
    return control > len(head) / 10
