"""Bytes to disk, whole or not at all, and the errors that a disk can make."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from monitor.core.errors import ArchiveError
from monitor.io.remote import is_remote, is_unreached, listed

CUT = " #cut"
"""What ends a line that a crash had cut short."""

_TEMPORARY = re.compile(r"\.tmp-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-[0-9a-f]{8}-.+")
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+=-]{0,199}")
_TAKEN = "a file stands where a folder should be, or a folder where a file should; choose another place"
_ADVICE = {
    errno.ENOTDIR: _TAKEN,
    errno.EISDIR: _TAKEN,
    errno.EEXIST: _TAKEN,
    errno.ENOSPC: "the disk is full; free some space and run again, nothing half-written was kept",
    errno.EDQUOT: "your disk quota is used up; free some space and run again, nothing half-written was kept",
    errno.EROFS: "the file system is read-only; mount it for writing or move the workspace, then run again",
    errno.EACCES: "no permission to write there; change the folder's owner or permissions, then run again",
    errno.EPERM: "no permission to write there; change the folder's owner or permissions, then run again",
}


@contextmanager
def disk_errors(path: Path, *, unless: type[OSError] | tuple[()] = ()) -> Iterator[None]:
    """Turn an `OSError` within, unless it is of some kind, into an `ArchiveError` with the path and what to do."""
    try:
        yield
    except unless:
        raise
    except OSError as error:
        where = "the store" if is_remote(path) else "the disk"
        advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}; check {where} and run again")
        raise ArchiveError(f"{path}: {advice}") from error
    except Exception as error:
        if not is_unreached(error):
            raise
        raise ArchiveError(f"{path}: the store was not reached ({error}); run again when it is") from error


def safe_name(text: str) -> str:
    """The text itself, when it may be a file's name on every system.

    Raises
    ------
    ArchiveError
        It is empty, longer than 200 characters, starts with a dot or holds a separator.
    """
    if not _SAFE.fullmatch(text):
        raise ArchiveError(f"{text!r} cannot name a file: use letters, digits and . _ @ + = - only")
    return text


def temporary_name(path: Path, suffix: str = "") -> Path:
    """A name beside `path` that no reader takes for a file, and that `sweep` removes once this process is gone."""
    return path.parent / f".tmp-{_host()}-{os.getpid()}-{secrets.token_hex(4)}-{path.name}{suffix}"


@contextmanager
def replacing(path: Path, suffix: str = "") -> Iterator[Path]:
    """A temporary path beside `path`, renamed to it when the block ends well, else removed.

    Readers see the old file or the whole new one, also after a crash or a power cut. The temporary name ends in
    `suffix`, since some writers go by that.

    Raises
    ------
    ArchiveError
        The disk is full, read-only or failing; the old file, if any, is untouched and no temporary one stays.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_name(path, suffix)
        try:
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all and return its path; errors as `replacing`.

    An object store takes an object whole or not at all, and shows the old one until then.
    """
    if is_remote(path):
        with disk_errors(path):
            path.write_bytes(content)
        return path
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return path


def write_unpublished(path: Path, content: bytes) -> None:
    """Write a file that no reader looks for yet, such as one of `temporary_name`, and wait until it is on disk.

    Raises
    ------
    ArchiveError
        The disk is full, read-only or failing.
    """
    with disk_errors(path):
        if is_remote(path):
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def write_if_changed(path: Path, content: bytes) -> bool:
    """Write as `write_bytes`, unless the file holds these bytes already; True when it was written."""
    with suppress(OSError):
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return False
    write_bytes(path, content)
    return True


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Add lines to a file in one write and wait until they are on disk: all of them or, when that fails, none.

    A half line left by a crash is closed first, with `CUT` at its end.

    Raises
    ------
    ArchiveError
        The disk is full, read-only or failing.
    """
    content = "".join(f"{line}\n" for line in lines).encode()
    if is_remote(path):
        _append_object(path, content)
        return
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        with path.open("ab+") as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                content = content if file.read(1) == b"\n" else f"{CUT}\n".encode() + content
            try:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(file.fileno(), end)
                raise
        if is_new:
            sync_folder(path.parent)


def _append_object(path: Path, content: bytes) -> None:
    """Write an object anew with more at its end; the caller's lock keeps others of this machine out meanwhile."""
    with disk_errors(path):
        before = path.read_bytes() if path.is_file() else b""
        path.write_bytes(before + content)


@contextmanager
def locked(path: Path, *, timeout: float = -1, is_singleton: bool = False) -> Iterator[None]:
    """Lock a file against other threads and processes.

    Parameters
    ----------
    path : Path
        The lock's own file; its folder is made.
    timeout : float, optional
        Seconds to wait; for ever by default.
    is_singleton : bool, optional
        Whether a thread that has the lock may enter again.

    Raises
    ------
    ArchiveError
        The disk is full, read-only or failing.
    filelock.Timeout
        Another has it for longer than `timeout`.
    """
    with disk_errors(path, unless=Timeout):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, is_singleton=is_singleton)
        lock.acquire(timeout=timeout)
    try:
        yield
    finally:
        lock.release()


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    if os.name == "nt" or is_remote(folder):
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Remove temporary files of processes of this machine that no longer live; how many there were.

    Files of other machines (a shared disk) and of living processes stay.
    """
    count, host = 0, _host()
    walked = () if is_remote(folder) else os.walk(folder)
    here = (Path(place, name) for place, _, names in walked for name in names if name.startswith(".tmp-"))
    for path in folder.rglob(".tmp-*") if is_remote(folder) else here:
        found = _TEMPORARY.fullmatch(path.name)
        if found and found["host"] == host and not _lives(int(found["pid"])):
            with suppress(OSError):
                path.unlink()
                count += 1
    return count


def walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Each folder below a local one, by its path from there on ("" itself), and the names of the files in it.

    Nothing of a folder that does not exist.

    Raises
    ------
    ArchiveError
        A folder cannot be listed: what lies in it is not gone.
    """
    if folder.is_dir():
        with disk_errors(folder):
            for place, _, files in os.walk(folder, onerror=_raised):
                yield place[len(str(folder)) + 1 :].replace(os.sep, "/"), files


def _raised(error: OSError) -> None:
    """Stop a walk, unless a folder was removed or got its name while others were listed."""
    if not isinstance(error, FileNotFoundError):
        raise error


def names(folder: Path) -> frozenset[str]:
    """The names in a folder; none of one that does not exist."""
    with disk_errors(folder):
        return frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()


def digest(*folders: Path) -> str:
    """A hash of the names and contents of the files in some folders, whatever their times: a copy has the same.

    Parameters
    ----------
    folders : Path
        Folders that do not exist hold nothing; hidden files are left out.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    state = hashlib.sha256()
    for folder in folders:
        state.update("".join(f"{name}\0{mark}\0" for name, mark in marks(folder).items()).encode())
    return state.hexdigest()


def marks(folder: Path, suffix: str = "") -> dict[str, str]:
    """A mark of the content of each file below a folder, by its name from the folder's own on, in order of names.

    The mark is a SHA-256; of a remote file the store's own hash of the content, from one listing.

    Parameters
    ----------
    folder : Path
        One that does not exist holds nothing.
    suffix : str
        Only files whose names end so; hidden ones are always left out.
    """
    if is_remote(folder):
        with disk_errors(folder):
            return dict(listed(folder, suffix))
    found = {}
    with disk_errors(folder):
        for under, files in walk(folder):
            for name in files:
                if name.endswith(suffix) and not name.startswith("."):
                    with open(f"{folder}/{under}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 - thousands, and fast
                        content = file.read()
                    found["/".join(filter(None, (folder.name, under, name)))] = hashlib.sha256(content).hexdigest()
    return dict(sorted(found.items()))


def _host() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
