"""When a sentence was received: stamps before and after it, tag blocks, and lines that state the time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_TAG = re.compile(rb"\\{1,2}([^\\]*)\\{1,2}\s*$")
_TAG_TIME = re.compile(rb"(?:^|,)c:(\d+)")
_TAG_GROUP = re.compile(rb"(?:^|,)(?:g:(\d)-(\d)-(\w+)|(\d)G(\d):(\w+))")
_EPOCH = rb"\d{16}|\d{13}|\d{9,11}(?:\.\d+)?"
_CALENDAR = rb"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d[T_]?[0-2]\d[0-5]\d[0-6]\d"
_WRITTEN = (
    rb"(\d{4})[-/.](\d\d)[-/.](\d\d)(?:[T_]|,?\s+)(\d\d):(\d\d):(\d\d)(?:[.,:](\d{1,9}))?\s*(Z|UTC|GMT|[-+]\d\d:?\d\d)?"
)
_NUMBERED = re.compile(rb"(?<![\d.])(?:(" + _CALENDAR + rb")|(" + _EPOCH + rb"))(?!\d)")
_PLAUSIBLE = range(631_152_000_000_000, 4_102_444_800_000_000)
"""Microseconds since 1970 from 1990 to 2099: other numbers before a sentence are ids."""
_DATED = re.compile(_WRITTEN)
_WORDED = re.compile(
    rb"(?:(\d{1,2})([./ -])([A-Za-z]{3}|(?<=\.)\d\d)\2(\d{4})[T:, ]+(\d\d):(\d\d):(\d\d)"
    rb"|([A-Za-z]{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (?:UTC |GMT )?(\d{4}))"
    rb"(?:[.,](\d{1,9}))?\s*(Z|UTC|GMT|[-+]\d\d:?\d\d)?"
)
"""Days first with dots or the name of a month, and the form of C's ``ctime``."""
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")
_NAMED = re.compile(rb'"rxuxtime":\s*"?(\d+(?:\.\d+)?)|"rxtime":\s*"(\d{14})"')
_AFTER = re.compile(rb"timestamp:\s*(\d{14})|,\s*(" + _EPOCH + rb')\s*"?\s*$')


def checksum(body: bytes) -> int:
    """Exclusive or of all bytes, by folding one long number in halves."""
    bits = max(64, 1 << (len(body) * 8 - 1).bit_length()) if body else 8
    value = int.from_bytes(body, "little")
    while bits > 8:
        bits >>= 1
        value ^= value >> bits
    return value & 0xFF


def before_sentence(text: bytes, zone: ZoneInfo | None = None) -> tuple[int | None, bytes]:
    """Microseconds since 1970 of what stands before a sentence (None without a time), and its tag block's group.

    A tag block with a sound checksum goes first; else a date and time, in `zone` (UTC for None) where it has no offset,
    or an epoch.
    """
    tag = _TAG.search(text)
    stamp, group = _tag_values(tag[1]) if tag else (None, b"")
    if stamp is not None:
        return stamp, group
    return stamp_in(text[: tag.start()] if tag else text, zone), group


def stamp_in(text: bytes, zone: ZoneInfo | None = None) -> int | None:
    """Microseconds since 1970 of the first date in a text, else of the first number that can be a time; None without.

    Parameters
    ----------
    text : bytes
        What stands before a sentence.
    zone : ZoneInfo, optional
        Of dates without an offset; UTC without it.
    """
    named = _NAMED.search(text)
    if named:
        return epoch_micros(named[1]) if named[1] else calendar_micros(named[2])
    written = _DATED.search(text)
    if written:
        return _written_micros(written, zone)
    if worded := _WORDED.search(text):
        return _worded_micros(worded, zone)
    first: int | None = None
    for found in _NUMBERED.finditer(text):
        micros = calendar_micros(found[1]) if found[1] else epoch_micros(found[2])
        if micros is not None and micros in _PLAUSIBLE:
            return micros
        first = micros if first is None else first
    return first


def after_sentence(text: bytes, zone: ZoneInfo | None = None) -> int | None:
    """Microseconds since 1970 of ``timestamp:``, an epoch at the end, or a date and time after a sentence."""
    found = _AFTER.search(text)
    if not found:
        written = _DATED.search(text)
        return _written_micros(written, zone) if written else None
    return calendar_micros(found[1]) if found[1] else epoch_micros(found[2])


def epoch_micros(text: bytes) -> int:
    """Microseconds since 1970 of an epoch in seconds, milliseconds or microseconds."""
    if text.isdigit():
        whole = int(text)
        return whole if whole >= 10**15 else whole * 1_000 if whole >= 10**11 else whole * 1_000_000
    value = float(text)
    return round(value * 1e3) if value >= 1e11 else round(value * 1e6)


def calendar_micros(text: bytes) -> int | None:
    """Microseconds since 1970 of ``20220729191340``; None when it is no instant."""
    digits = bytes(c for c in text if 48 <= c <= 57)
    parts = (digits[:4], *(digits[i : i + 2] for i in range(4, 14, 2)))
    return micros_of(*(int(part) for part in parts))


def _worded_micros(found: re.Match[bytes], zone: ZoneInfo | None) -> int | None:
    parts = found.groups()
    day, month, year, clock = (
        (parts[0], parts[2], parts[3], parts[4:7]) if parts[0] else (parts[8], parts[7], parts[12], parts[9:12])
    )
    number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1 if month.lower() in _MONTHS else 0
    return _moved(micros_of(int(year), number, int(day), *map(int, clock)), found[14], found[15], zone)


def _written_micros(found: re.Match[bytes], zone: ZoneInfo | None) -> int | None:
    return _moved(micros_of(*(int(part) for part in found.groups()[:6])), found[7], found[8], zone)


def _moved(whole: int | None, fraction: bytes | None, offset: bytes | None, zone: ZoneInfo | None) -> int | None:
    """Microseconds of a local time in UTC, with a fraction of a second."""
    if whole is None:
        return None
    fraction, offset = fraction or b"", offset or b""
    shift: int | None = 0
    if offset[:1] in (b"+", b"-"):
        shift = (int(offset[1:3]) * 60 + int(offset[-2:])) * 60 * (-1 if offset[:1] == b"+" else 1)
    elif not offset and zone is not None:
        shift = _zone_shift(whole, zone)
    return None if shift is None else whole + int(fraction[:6].ljust(6, b"0")) + shift * 1_000_000


def _zone_shift(micros: int, zone: ZoneInfo) -> int | None:
    """Seconds from a local time to UTC; None where a change of the clock repeats or skips it."""
    local = (datetime(1970, 1, 1) + timedelta(microseconds=micros)).replace(tzinfo=zone)  # noqa: DTZ001
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return -round(first.total_seconds()) if first is not None and first == second else None


def micros_of(year: int, month: int, day: int, hour: int, minute: int, second: int, micro: int = 0) -> int | None:
    """Microseconds since 1970 of an instant in UTC; None when there is no such instant.

    Parameters
    ----------
    year, month, day, hour, minute, second, micro : int
        Its parts; a leap second is the first of the next minute.
    """
    try:
        whole = datetime(year, month, day, hour, minute, 0, micro, tzinfo=UTC) + timedelta(seconds=second)
    except (ValueError, OverflowError):
        return None
    return (whole - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) if second <= 60 else None


def _tag_values(tag: bytes) -> tuple[int | None, bytes]:
    body, star, check = tag.rpartition(b"*")
    body = body if star else tag
    group = _TAG_GROUP.search(body)
    sound = not star or not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", check) or checksum(body) == int(check, 16)
    stamp = _TAG_TIME.search(body)
    usable = stamp and sound and len(stamp[1]) <= 16
    return (epoch_micros(stamp[1]) if stamp and usable else None, (group[3] or group[6]) if group else b"")


def pghp_micros(text: bytes) -> int | None:
    """The time of a ``$PGHP`` line, which holds for the next sentence alone; None when it holds none."""
    fields = text.split(b",")
    try:
        year, month, day, hour, minute, second, milli = (int(f) for f in fields[2:9])
    except ValueError:
        return None
    return micros_of(year, month, day, hour, minute, second, milli * 1000) if 0 <= milli < 1000 else None


def gps_micros(text: bytes) -> int | None:
    """The UTC of a ``ZDA`` or ``RMC`` line of any talker; None when it states none or is damaged.

    RMC counts with status A alone: without a fix the receiver's clock may be anything.
    """
    body, star, check = text[1:].partition(b"*")
    fields = body.split(b",")
    if star and checksum(body) != _hex(check[:2]):
        return None
    kind = fields[0][2:]
    try:
        clock = fields[1]
        hour, minute, second = int(clock[:2]), int(clock[2:4]), float(clock[4:])
        if kind == b"ZDA":
            day, month, year = (int(part) for part in fields[2:5])
            year += 2000 if year < 80 else 0
        elif kind == b"RMC" and fields[2] == b"A":
            date = fields[9]
            day, month, year = int(date[:2]), int(date[2:4]), int(date[4:6])
            year += 1900 if year >= 80 else 2000
        else:
            return None
        whole = int(second)
        micro = min(round((second - whole) * 1e6), 999_999)
        return micros_of(year, month, day, hour, minute, whole, micro) if year >= 1990 else None
    except (ValueError, IndexError, OverflowError):
        return None


def _hex(text: bytes) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1
