"""What each band of a picture is, from whatever names it, or by their number."""

from __future__ import annotations

import logging

from monitor.core.errors import DataError
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS, Sensor
from monitor.sources.imagery.local.header import Header
from monitor.sources.imagery.local.item import Sidecar
from monitor.sources.imagery.local.reading import Reading
from monitor.sources.imagery.naming import band_name

log = logging.getLogger(__name__)
_COUNTS = {5: S2_BANDS, 4: S2_BANDS[:4], 3: ("B04", "B03", "B02"), 1: ("PAN",)}
"""Bands by their number, where nothing names them: four are blue, green, red and near infrared as every vendor of
analytic images orders them, three red, green and blue."""


def named_bands(header: Header, item: Sidecar, given: Reading) -> tuple[Header, bool]:
    """The picture with a name for its bands where anything gives one, and whether one was guessed.

    Descriptions name them, then what lies beside it, then the user, then their colours.

    Parameters
    ----------
    header : Header
        Of the picture.
    item : Sidecar
        What lies beside it.
    given : Reading
        What the user states.

    Raises
    ------
    DataError
        The user's names do not fit the bands.
    """
    if header.is_named or header.palette:
        return header, False
    stated = tuple(band_name(name) or "" for name in given.bands)
    for names in (item.bands, stated):
        if names and len(names) in (header.count, len(header.bands)):
            return header.with_names(tuple("" if name == "-" else name for name in names)), False
    if stated:
        return header.with_names(stated), False
    if not any(header.coloured):
        return header, False
    last = header.count == 4 and header.coloured[3] == ""
    names = (*header.coloured[:3], "B08") if last else header.coloured
    return header.with_names(names), last


def counted_bands(header: Header, kind: Sensor, given: Reading) -> Header:
    """The picture with names for bands that nothing names, by their number.

    Parameters
    ----------
    header : Header
        Of the picture.
    kind : Sensor
        That took it.
    given : Reading
        How the user would name them, for the error.

    Raises
    ------
    DataError
        The number tells nothing, or the bands have names that are not known.
    """
    texts = [text for text in header.descriptions if text]
    if texts:
        raise DataError(
            f"{header.path}: its bands {', '.join(texts)} are none of {', '.join(kind.bands)}; give them by "
            f"{given.words.bands}"
        )
    count = header.count
    names = _COUNTS.get(count) if kind.optical else S1_BANDS[:count] if count <= len(S1_BANDS) else None
    if names is None or not set(names) <= set(kind.bands):
        raise DataError(
            f"{header.path}: {count} bands without names; name them in the band descriptions "
            f"({', '.join(kind.needed or kind.bands)}), or give them in order by {given.words.bands}, or "
            f"what took them by {given.words.sensor}"
        )
    log.info("%s: its bands are taken as %s; %s names others", header.path, " ".join(names), given.words.bands)
    return header.with_names(names)
