"""Scenes that have a file a band: which files of a folder are one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from monitor.core.errors import DataError
from monitor.io.rasters import UNREADABLE
from monitor.sources.imagery.local.header import DRIVERS, Header, open_picture
from monitor.sources.imagery.naming import band_name

_BAND = re.compile(
    r"(?:(?<=[_\-. (])|^)(B(?:0?[1-9]|1[0-2]|8A)|red|green|blue|nir|swir16|coastal|rededge|pan|vv|vh|scl|clm|qa_pixel)"
    r"(?:[_\-](?:10|15|20|30|60)m)?(?:[_\-.]?\(raw\))?(?=[_\-. )]|$)",
    re.IGNORECASE,
)


_MASK = re.compile(r"(?:^|_)udm2?(?:_|$)", re.IGNORECASE)
"""In the name of a mask of usable data, which belongs to the picture beside it."""


def is_picture(path: Path) -> bool:
    """Whether a path is a file in a format that is read, and no mask of usable data."""
    return path.suffix.lower() in DRIVERS and not _MASK.search(path.stem) and path.is_file()


def scenes_of(paths: Iterable[Path]) -> list[tuple[Path, ...]]:
    """Pictures by scene, in the order of their names: one file each, or those of one name but for the band in it.

    Files of several bands are scenes of their own whatever their names.

    Parameters
    ----------
    paths : iterable of Path
        Pictures.
    """
    groups: dict[tuple[Path, str], dict[str, Path]] = defaultdict(dict)
    alone: list[tuple[Path, ...]] = []
    for path in sorted(paths):
        found = split_name(path)
        if found is None:
            alone.append((path,))
            continue
        stem, band = found
        # of one band in several resolutions the first by name is the finest: _10m before _20m
        groups[(path.parent, stem)].setdefault(band, path)
    for files in groups.values():
        members = tuple(files.values())
        if len(members) > 1 and all(_count(path) == 1 for path in members):
            alone.append(members)
        else:
            alone += [(path,) for path in members]
    return sorted(alone)


def split_name(path: Path) -> tuple[str, str] | None:
    """A file's name without its band, and the band; None where it names none, or nothing that is a band.

    The last band that is named counts: ``S2A_…_B04``.
    """
    found = list(_BAND.finditer(path.stem))
    if not found:
        return None
    last, name = found[-1], band_name(found[-1][1])
    rest = f"{path.stem[: last.start()]}{path.stem[last.end() :]}".strip("_-. ")
    return None if name is None else (rest.removesuffix("_SR"), name)


def scene_name(files: tuple[Path, ...]) -> str:
    """The name of a scene: that of its file, or what the names of its bands' files share, or their folder's."""
    if len(files) == 1:
        return files[0].stem
    found = split_name(files[0])
    return (found[0] if found else "") or files[0].parent.name


def joined(headers: list[Header]) -> Header:
    """One header of the files of a scene that has a file a band; the finest file comes first.

    Raises
    ------
    DataError
        A file has several bands.
    """
    if len(headers) == 1:
        return headers[0]
    named: list[Header] = []
    for header in sorted(headers, key=lambda h: (h.gsd_m, str(h.path))):
        if len(header.bands) != 1:
            raise DataError(f"{header.path}: {len(header.bands)} bands, and the files beside it have one each")
        found = split_name(header.path)
        named.append(replace(header, bands=(found[1] if found else header.bands[0],), coloured=()))
    first, *others = named
    bands = tuple(header.bands[0] for header in named)
    return replace(first, bands=bands, descriptions=bands, others=tuple(others))


def _count(path: Path) -> int:
    try:
        with open_picture(path) as source:
            return int(source.count)
    except UNREADABLE:
        return 0
