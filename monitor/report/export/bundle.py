"""Files of a publication in one read-only folder or zip, with their checksums."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from monitor.core.errors import ArchiveError, DataError
from monitor.io.atomic import disk_errors, write_bytes
from monitor.report.export.evidence import zipped

CHECKSUMS = "SHA256SUMS"


def checksums(members: Mapping[str, bytes]) -> bytes:
    """The lines of ``SHA256SUMS``, which ``sha256sum -c`` accepts."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(members.items())).encode()


def write_bundle(members: Mapping[str, bytes], out: Path) -> Path:
    """Write files as a zip when the name ends in ``.zip``, else as a folder; whole or not at all, and read-only.

    Parameters
    ----------
    members : mapping of str to bytes
        By path inside the bundle.
    out : Path
        A zip is replaced; a folder must not be there yet.

    Raises
    ------
    DataError
        The folder is there already.
    ArchiveError
        It cannot be written.
    """
    if out.suffix.lower() == ".zip":
        return write_bytes(out, zipped(dict(members)))
    if out.exists():
        raise DataError(f"{out}: is there already, and a bundle is never changed; give a new name")
    with disk_errors(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        with disk_errors(out):
            for name, data in sorted(members.items()):
                write_bytes(part / name, data)
            _seal(part)
            part.rename(out)
    except (ArchiveError, OSError):
        shutil.rmtree(part, ignore_errors=True)
        raise
    return out


def _seal(folder: Path) -> None:
    """Take the right to write from every file; folders keep it, so that the bundle can be moved and deleted."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.is_file():
            os.chmod(path, 0o444)  # noqa: PTH101  a link is none of ours
