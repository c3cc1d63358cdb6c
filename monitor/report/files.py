"""Writing whole files or none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.core.errors import DataError


@contextmanager
def replacing(out: Path, suffix: str = "") -> Iterator[Path]:
    """A temporary path beside `out`; renamed to `out` when the block ends well, else removed.

    Its name ends in `suffix`, since some writers go by that.

    Raises
    ------
    DataError
        The folder cannot be made or written to, or the disk is full.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as folder:
            part = Path(folder) / (out.name + suffix)
            yield part
            part.replace(out)
    except OSError as error:
        raise DataError(
            f"{out}: cannot be written ({error.strerror or error}); free the disk or choose another place"
        ) from error


def write_bytes(out: Path, data: bytes) -> Path:
    """Write a file whole and return its path; errors as `replacing`."""
    with replacing(out) as part:
        part.write_bytes(data)
    return out
