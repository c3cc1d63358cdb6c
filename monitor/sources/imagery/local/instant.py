"""When a picture was taken, from whatever states it; what states it best wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.core.errors import DataError
from monitor.core.timerange import utc
from monitor.sources.imagery.local.item import Sidecar
from monitor.sources.imagery.local.reading import Reading, read_pattern
from monitor.sources.imagery.naming import Named, read_name

_ACQUIRED = (
    "ACQUISITIONDATETIME",
    "ACQUISITION_DATETIME",
    "ACQUISITION_TIME",
    "ACQUIRED",
    "SENSING_TIME",
    "DATETIME",
    "DATE_TIME",
    "TIME_COVERAGE_START",
)
"""Tags of a TIFF that name the time of the acquisition."""
_CREATED = "TIFFTAG_DATETIME"
"""When the file was made by the TIFF standard; Planet and others write the time of the acquisition into it."""
_TIFF = re.compile(r"(\d{4}):(\d{2}):(\d{2}) (\d{2}):(\d{2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Instant:
    """Bounds of the instant at which a picture was taken, and what stated them."""

    start: datetime
    end: datetime
    stated_by: str


def find_instant(
    given: Reading, item: Sidecar, named: Named | None, tags: Mapping[str, str], stem: str
) -> Instant | None:
    """When a picture was taken; None where nothing states it.

    What the user gives wins; then a STAC item or vendor's metadata, the pattern of names in the settings, a time in
    the name, a tag for the acquisition, a day in the name. The tag for the file's creation counts where the name has
    no day, or the same.

    Parameters
    ----------
    given : Reading
        What the user states.
    item : Sidecar
        What lies beside the picture.
    named : Named or None
        What its name holds.
    tags : mapping of str to str
        Of the picture.
    stem : str
        The scene's name.
    """
    if given.at is not None:
        return Instant(*given.at, "given")
    if item.start is not None and item.end is not None:
        return Instant(item.start, item.end, item.kind or "STAC item")
    if given.name_pattern and (found := read_pattern(stem, given.name_pattern)):
        return Instant(found.start, found.end, "file name by the pattern given")
    by_name = None if named is None else Instant(named.start, named.end, "file name")
    if by_name is not None and (by_name.end - by_name.start).total_seconds() < 3600.0:
        return by_name
    upper = {key.upper(): value for key, value in tags.items()}
    acquired = _first(upper.get(key, "") for key in _ACQUIRED)
    if acquired is not None:
        return Instant(acquired, acquired, "tag of the file")
    created = _first([upper.get(_CREATED, "")])
    if created is not None and (by_name is None or by_name.start <= created <= by_name.end):
        return Instant(created, created, "date and time tag of the file")
    return by_name


def name_of(stem: str) -> Named | None:
    """What a scene's name holds; None where that is no date."""
    try:
        return read_name(stem)
    except DataError:
        return None


def _first(texts: Iterable[str]) -> datetime | None:
    return next((at for text in texts if (at := _moment(text.strip())) is not None), None)


def _moment(text: str) -> datetime | None:
    """An instant as ISO 8601 or as TIFF writes it; None for anything else, a day alone too."""
    try:
        if found := _TIFF.fullmatch(text):
            return datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]
        return utc(text) if ":" in text else None
    except (ValueError, DataError):
        return None
