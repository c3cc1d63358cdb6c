"""The plain bytes of a file of aircraft, as far as they go: a gzip stream that ends too early keeps what is whole."""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from monitor.core.errors import DataError
from monitor.core.limits import Limits
from monitor.io.packed import Bounded, Stream, open_members

if TYPE_CHECKING:
    from typing_extensions import Buffer

GZIP = b"\x1f\x8b"
CUT_OFF = "file cut off"


@contextmanager
def plain_members(path: Path, counts: Counter[str], limits: Limits) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """Names and streams of what a file holds: itself, or what gzip, zstandard or zip packs.

    Parameters
    ----------
    path : Path
        The file.
    counts : Counter
        A gzip stream that is cut off or damaged is counted as ``file cut off``.
    limits : Limits
        What the file may unpack to.

    Raises
    ------
    DataError
        The file cannot be read, or a zip file or zstandard stream is damaged.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(2)
            file.seek(0)
            if magic == GZIP:
                inflated = Bounded(cast("BinaryIO", _Inflate(file, counts)), path, path.stat().st_size, limits)
                yield iter([(path.name, cast("BinaryIO", io.BufferedReader(inflated, 1 << 20)))])
                return
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    with open_members(path, limits=limits) as members:
        yield members


class _Inflate(Stream):
    """The plain bytes of a gzip file as far as they go; a cut or damage ends them and is counted."""

    def __init__(self, file: BinaryIO, counts: Counter[str]) -> None:
        self._file, self._counts = file, counts
        self._stream = zlib.decompressobj(wbits=31)
        self._waiting = b""
        self._over = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._waiting and not self._over:
            self._waiting = self._more(len(view))
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count

    def _more(self, size: int) -> bytes:
        packed = self._stream.unconsumed_tail or self._stream.unused_data or self._file.read(1 << 16)
        if self._stream.eof and packed:
            self._stream = zlib.decompressobj(wbits=31)
        if not packed:
            self._over = True
            self._counts[CUT_OFF] += not self._stream.eof
            return b""
        try:
            return self._stream.decompress(packed, max(size, 1 << 16))
        except zlib.error:
            self._over = True
            self._counts[CUT_OFF] += 1
            return b""
