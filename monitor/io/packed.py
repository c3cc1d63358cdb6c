"""Bytes of a file, whatever it is packed in, in bounded pieces."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import zstandard

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from typing_extensions import Buffer

ReadProgress = Callable[[int, int], None]
"""Called with the bytes of the file read so far and its size."""

_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of these alone `zipfile` unpacks in pieces; of bzip2 and lzma it unpacks whatever a few kilobytes hold."""
_ZSTD_FEED = 512
"""Bytes given to zstandard at once: a block of 128 KiB takes four of them, so that at most 16 MiB come out."""
_DAMAGE = (zipfile.BadZipFile, zstandard.ZstdError, gzip.BadGzipFile, lzma.LZMAError)


class Stream(io.RawIOBase):
    """What can be read from, and no more."""

    def readable(self) -> bool:
        """Always."""
        return True


class _Counted(Stream):
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

    def seekable(self) -> bool:
        """Always; a zip file needs it."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move within the file."""
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        """Bytes before the next one that is read."""
        return self._raw.tell()


class _Zstandard(Stream):
    """Frames of zstandard, with an error where the last one is cut short."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._waiting = memoryview(b"")

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        while not self._waiting:
            data = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame, self._begun = zstandard.ZstdDecompressor().decompressobj(), False
            data = data or self._stream.read(_ZSTD_FEED)
            if not data:
                if self._begun:
                    raise EOFError("the last zstandard frame has no end")
                return 0
            self._begun = True
            self._waiting = memoryview(self._frame.decompress(data))
        count = min(len(view), len(self._waiting))
        view[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


class Bounded(Stream):
    """A stream that ends in our errors where it is damaged, or where a file has unpacked to more than it may.

    Parameters
    ----------
    stream : BinaryIO
        What is unpacked.
    where : object
        Names the file in errors.
    packed : int
        Bytes of the file.
    limits : Limits
        What it may unpack to.
    before : int
        Bytes that came out of the same file before.
    """

    def __init__(self, stream: BinaryIO, where: object, packed: int, limits: Limits, before: int = 0) -> None:
        self._stream, self._where, self._packed, self._limits = stream, where, packed, limits
        self.unpacked = before

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer; 0 at the end."""
        view = memoryview(buffer).cast("B")
        with damage(self._where):
            data = self._stream.read(len(view))
        view[: len(data)] = data
        self.unpacked += len(data)
        self._limits.check_unpacked(self._where, self._packed, self.unpacked)
        return len(data)


@contextmanager
def damage(where: object) -> Iterator[None]:
    """Our error in place of what damaged packing raises.

    Parameters
    ----------
    where : object
        Names the file in the error.

    Raises
    ------
    DataError
        The file is damaged, cut short, encrypted, or packed in a way that is not read.
    """
    try:
        yield
    except DataError:
        raise
    except (EOFError, OSError, ValueError, struct.error, zlib.error, *_DAMAGE) as error:
        raise DataError(f"{where}: damaged or cut short ({error}); fetch or export it again") from error
    except (RuntimeError, NotImplementedError) as error:
        raise DataError(f"{where}: cannot be unpacked ({error}); unpack it and give what is in it") from error


@contextmanager
def open_members(
    path: Path, progress: ReadProgress | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The streams packed in a file: itself, or what gzip, bzip2, xz, zstandard or zip holds, by content, not by name.

    Parameters
    ----------
    path : Path
        The file.
    progress : callable, optional
        Called with bytes read and the file's size.
    limits : Limits, optional
        What it may unpack to.

    Raises
    ------
    DataError
        The file is missing, empty, or damaged, or unpacks to too much; that may show only while reading.
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
        yield _bounded(path, size, _members(path, counted), limits)


def _bounded(
    path: Path, size: int, members: Iterator[tuple[str, BinaryIO]], limits: Limits
) -> Iterator[tuple[str, BinaryIO]]:
    before = 0
    while True:
        with damage(path):
            member = next(members, None)
        if member is None:
            return
        stream = Bounded(member[1], path, size, limits, before)
        yield member[0], cast("BinaryIO", io.BufferedReader(stream, 1 << 20))
        before = stream.unpacked


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
                    with _member(archive, info) as member:
                        yield info.filename, member
    else:
        yield path.name, stream


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    if info.compress_type not in _ZIP_METHODS:
        raise NotImplementedError(f"{info.filename} is packed with method {info.compress_type} of zip")
    return cast("BinaryIO", archive.open(info))


def member_names(path: Path) -> list[str]:
    """The names in a zip file.

    Raises
    ------
    DataError
        It is no whole zip, or one of a version that is not read.
    """
    with damage(path), zipfile.ZipFile(path) as archive:
        return archive.namelist()


def read_member(path: Path, name: str, *, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """A document in a zip file.

    Parameters
    ----------
    path : Path
        The zip file.
    name : str
        Of the document in it.
    limits : Limits, optional
        What it may unpack to, and take once parsed.

    Raises
    ------
    DataError
        The zip is damaged, has none of that name, or the document is too large.
    """
    where = f"{path}: {name}"
    with damage(where), zipfile.ZipFile(path) as archive:
        try:
            info = archive.getinfo(name)
        except KeyError as error:
            raise DataError(f"{where}: not in the zip; fetch it again") from error
        limits.check_size(where, info.file_size)
        with _member(archive, info) as member:
            content = member.read(info.file_size)
    limits.check_document(where, content)
    return content
