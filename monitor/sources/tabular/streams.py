"""Bytes of a file, whatever it is packed in, as blocks of whole lines."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from monitor.core.errors import DataError

if TYPE_CHECKING:
    from typing_extensions import Buffer

BLOCK_BYTES = 8 << 20
LONGEST_LINE = 1 << 20
HEAD_BYTES = 64 << 10
ReadProgress = Callable[[int, int], None]
"""Called with the bytes of the file read so far and its size."""


_DAMAGE = (zipfile.BadZipFile, zstandard.ZstdError, gzip.BadGzipFile, lzma.LZMAError)


class _Counted(io.RawIOBase):
    """A file that reports how far it has been read."""

    def __init__(self, raw: BinaryIO, size: int, progress: ReadProgress | None) -> None:
        self._raw, self._size, self._progress = raw, size, progress

    def readinto(self, buffer: Buffer, /) -> int:
        """Read into a buffer, then report the progress."""
        view = memoryview(buffer).cast("B")
        data = self._raw.read(len(view))
        view[: len(data)] = data
        if self._progress:
            self._progress(self._raw.tell(), self._size)
        return len(data)

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always; a zip file needs it."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move within the file."""
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        """Bytes before the next one that is read."""
        return self._raw.tell()


class _Zstandard(io.RawIOBase):
    """Frames of zstandard, with an error where the last one is cut short."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._waiting = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._waiting:
            data = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame, self._begun = zstandard.ZstdDecompressor().decompressobj(), False
            data = data or self._stream.read(1 << 16)
            if not data:
                if self._begun:
                    raise EOFError("the last zstandard frame has no end")
                return 0
            self._begun = True
            self._waiting = self._frame.decompress(data)
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


@contextmanager
def open_members(path: Path, progress: ReadProgress | None = None) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The streams packed in a file: itself, or what gzip, bzip2, xz, zstandard or zip holds, by content, not by name.

    Raises
    ------
    DataError
        The file is missing, empty, or damaged; damage may show only while reading.
    """
    try:
        size = path.stat().st_size
        raw = path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error
    with raw:
        if size == 0:
            raise DataError(f"{path}: the file is empty (0 bytes)")
        counted = cast("BinaryIO", io.BufferedReader(_Counted(raw, size, progress), 1 << 20))
        yield _checked(path, _members(path, counted))


def _checked(path: Path, members: Iterator[tuple[str, BinaryIO]]) -> Iterator[tuple[str, BinaryIO]]:
    """The same members, with our error where opening or reading one shows damage."""
    while True:
        with _damage(path):
            member = next(members, None)
        if member is None:
            return
        yield member[0], cast("BinaryIO", io.BufferedReader(_Checked(member[1], path), 1 << 20))


@contextmanager
def _damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, ValueError, struct.error, zlib.error, *_DAMAGE) as error:
        raise DataError(f"{path}: damaged or cut short ({error}); fetch it again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError(f"{path}: cannot be unpacked ({error}); unpack it and give what is in it") from error


class _Checked(io.RawIOBase):
    """A stream whose faults are ours."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._path = stream, path

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        with _damage(self._path):
            data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        """Always."""
        return True


def _members(path: Path, stream: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    magic = stream.read(4)
    stream.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        yield path.stem, cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    elif magic == b"\x28\xb5\x2f\xfd":
        yield path.stem, cast("BinaryIO", io.BufferedReader(_Zstandard(stream), 1 << 20))
    elif magic.startswith(b"BZh"):
        with bz2.BZ2File(stream) as unpacked:
            yield path.stem, cast("BinaryIO", unpacked)
    elif magic == b"\xfd7zX":
        with lzma.LZMAFile(stream) as unpacked:
            yield path.stem, cast("BinaryIO", unpacked)
    elif magic == b"PK\x03\x04":
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if not info.is_dir() and info.file_size and not Path(info.filename).name.startswith("."):
                    with archive.open(info) as member:
                        yield info.filename, cast("BinaryIO", member)
    else:
        yield path.name, stream


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
