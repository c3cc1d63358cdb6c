"""When a sentence was received: tag blocks, epochs before and after it, time lines, and logs without any time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_TAG = re.compile(rb"^\s*\\([^\\]*)\\\s*")
_TAG_TIME = re.compile(rb"(?:^|,)c:(\d+)")
_TAG_GROUP = re.compile(rb"(?:^|,)(?:g:(\d)-(\d)-(\w+)|(\d)G(\d):(\w+))")
_LEADING = re.compile(rb"^\s*(\d{9,13}(?:\.\d+)?|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?)[\s,;|]+(?=[!\\])")
TRAILING = re.compile(rb",\s*(\d{9,13})(?:\.\d+)?\s*$")


@dataclass(slots=True)
class Clock:
    """Time for sentences that carry none, from a first instant and the seconds within the messages."""

    minute: datetime
    last: int

    def instant(self, second: int) -> datetime:
        """The instant of a message whose UTC second is `second`, after those before it."""
        if second >= 60:
            return self.minute + timedelta(seconds=self.last)
        if second < self.last - 30:
            self.minute += timedelta(minutes=1)
            self.last = second
        elif second <= self.last + 30:
            self.last = max(self.last, second)
        else:
            return self.minute - timedelta(minutes=1) + timedelta(seconds=second)
        return self.minute + timedelta(seconds=second)


def checksum(body: bytes) -> int:
    """Exclusive or of all bytes, by folding one long number in halves."""
    bits = max(64, 1 << (len(body) * 8 - 1).bit_length()) if body else 8
    value = int.from_bytes(body, "little")
    while bits > 8:
        bits >>= 1
        value ^= value >> bits
    return value & 0xFF


def prefix(text: bytes) -> tuple[bytes, int | None, bytes]:
    """What follows a leading time and a tag block, the time they give, and the tag block's group."""
    leading = _LEADING.match(text)
    micros = _leading_micros(leading[1]) if leading else None
    text = text[leading.end() :] if leading else text
    tag = _TAG.match(text)
    if not tag:
        return text, micros, b""
    stamp, group = _tag_values(tag[1])
    return text[tag.end() :], stamp if stamp is not None else micros, group


def epoch_micros(text: bytes) -> int:
    """Microseconds since 1970 of an epoch in seconds or milliseconds."""
    if text.isdigit():
        whole = int(text)
        return whole * 1_000 if whole >= 100_000_000_000 else whole * 1_000_000
    value = float(text)
    return round(value * 1e3) if value >= 1e11 else round(value * 1e6)


def _leading_micros(text: bytes) -> int:
    if b"-" not in text:
        return epoch_micros(text)
    instant = datetime.fromisoformat(text.decode("ascii").replace("Z", ""))
    return round(instant.replace(tzinfo=UTC).timestamp() * 1e6)


def _tag_values(tag: bytes) -> tuple[int | None, bytes]:
    body, star, check = tag.rpartition(b"*")
    body = body if star else tag
    group = _TAG_GROUP.search(body)
    sound = not star or not re.fullmatch(rb"[0-9A-Fa-f]{1,2}", check) or checksum(body) == int(check, 16)
    stamp = _TAG_TIME.search(body)
    return (epoch_micros(stamp[1]) if stamp and sound else None, (group[3] or group[6]) if group else b"")


def pghp_micros(text: bytes) -> int | None:
    """The time of a ``$PGHP`` line; None when it holds none."""
    fields = text.split(b",")
    try:
        year, month, day, hour, minute, second, milli = (int(f) for f in fields[2:9])
        return round(datetime(year, month, day, hour, minute, second, milli * 1000, tzinfo=UTC).timestamp() * 1e6)
    except (ValueError, IndexError):
        return None
