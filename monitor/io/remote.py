"""Files of an archive that lies in an object store, by fsspec; a path of one reads and writes like a local one."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

from monitor.core.errors import SettingsError

if TYPE_CHECKING:
    from monitor.io.object_path import ObjectPath

_CONTENT_MARKS = ("ETag", "etag", "md5Hash", "content_md5")


def remote_path(url: str) -> Path:
    """The path of a folder by its URL, such as ``s3://bucket/folder``; nothing is reached yet.

    Typed as `Path`, since it does what is asked of one here. Listings are never taken from a cache: another machine may
    have written.

    Raises
    ------
    SettingsError
        The protocol is unknown, or its client is not installed.
    """
    from monitor.io.object_path import ObjectPath

    try:
        return cast("Path", ObjectPath(url, use_listings_cache=False))
    except (ImportError, ValueError) as error:
        remedy = "s3 needs pip install 'maritime-monitor[s3]'"
        raise SettingsError(f"[archive] url {url}: cannot be opened ({error}); {remedy}") from error


def is_remote(path: Path) -> bool:
    """Whether a path lies in an object store, which has no folders to make, no locks and nothing to append to."""
    return not isinstance(path, Path)


def is_unreached(error: Exception) -> bool:
    """Whether a store's client raised this before it got an answer: S3's has errors that are no `OSError`."""
    return any(kind.__module__.startswith("botocore.") for kind in type(error).__mro__)


def listed(folder: Path, suffix: str = "") -> list[tuple[str, str]]:
    """Name and mark of content of each file below a remote folder, in order of names, from one listing.

    Parameters
    ----------
    folder : Path
        Of `remote_path`.
    suffix : str
        Only names that end so; hidden files are always left out.

    Returns
    -------
    list of tuple of str
        Names begin with the folder's own. The mark is the store's hash of the content, or a SHA-256 where it has none.
    """
    place = cast("ObjectPath", folder)
    try:
        found = place.fs.find(place.path, detail=True)
    except FileNotFoundError:
        return []
    root = place.parent.path.rstrip("/")
    files = []
    for name, facts in sorted(found.items()):
        last = name.rpartition("/")[2]
        if last.endswith(suffix) and not last.startswith("."):
            marks = [str(facts[key]) for key in _CONTENT_MARKS if facts.get(key)]
            mark = marks[0] if marks else hashlib.sha256(place.fs.cat_file(name)).hexdigest()
            files.append((name.removeprefix(root).lstrip("/"), mark))
    return files
