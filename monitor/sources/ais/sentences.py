"""Lines of a log to messages: sentences and their fragments, what stands around them, and lines that state the time."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from monitor.sources.ais.clock import ClockReport, TimeLine
from monitor.sources.ais.timestamps import (
    after_sentence,
    before_sentence,
    checksum,
    epoch_micros,
    gps_micros,
    pghp_micros,
)

SENTENCE = re.compile(
    rb"!([A-Z\-]{2})VD[MO],(\d),(\d),(\d*),([^,]*),([^,]*),([0-5])(?:,[^*,]*)?\*([0-9A-Fa-f]{2})(.*)$"
)
"""Some receivers write a field more before the checksum."""
PLAIN_SENTENCE = re.compile(
    rb"![A-Z\-]{2}VD[MO],1,1,\d*,[^,]*,([^,]+),[0-5](\*)([0-9A-Fa-f]{2})(?:,\s*(\d{9,11}|\d{13})(?:\.\d+)?)?\s*$"
)
"""A whole message in one sentence, with nothing before it and at most an epoch after it: most lines of most logs."""
ANY_SENTENCE = re.compile(rb"![A-Z\-]{2}VD[MO],")
_OTHER_SENTENCE = re.compile(rb"[$!][A-Z]{2,}[A-Z0-9]*,")
_HEADER = re.compile(rb"[A-Za-z_ ]+(?:[,;|\t][A-Za-z_ ]+)+")
_PENDING = 2000
"""Lines after which a fragment is given up; chosen. Fragments of a message are sent within a second."""
_CHECKSUM = re.compile(rb"\*[0-9A-Fa-f]{2}")


@dataclass(slots=True)
class _Pending:
    """Fragments of one message that still wait for the rest."""

    total: int
    line: int
    micros: int | None
    parts: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Messages:
    """Messages of a block in order, and what became of its other lines.

    Attributes
    ----------
    payloads : list of bytes
        Armoured payloads, fragments joined.
    micros : list of int or None
        The time of each message's own line, microseconds since 1970; None without one.
    lines : list of TimeLine
        Lines of a GPS receiver that state UTC.
    drifts : list of int
        How far the stamp of such a line, or of the message before it, is ahead of it, in microseconds.
    rows : int
        Lines and sentences, blank lines and comments left out.
    rejected, other : Counter
        Those that gave no message, by reason.
    """

    payloads: list[bytes] = field(default_factory=list)
    micros: list[int | None] = field(default_factory=list)
    lines: list[TimeLine] = field(default_factory=list)
    drifts: list[int] = field(default_factory=list)
    rows: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)

    def add(self, payload: bytes, micros: int | None) -> None:
        """Put a message after the others."""
        self.payloads.append(payload)
        self.micros.append(micros)


@dataclass(slots=True)
class SentenceReader:
    """Reads blocks of lines, with what later lines need: fragments, and the time that a line states for the next one.

    `clock` counts time lines and takes the drift of stamps from them; `zone` is that of dates without an offset.
    """

    clock: ClockReport
    zone: ZoneInfo | None = None
    _pending: OrderedDict[tuple[bytes, ...], _Pending] = field(default_factory=OrderedDict)
    _next_micros: int | None = None
    _line: int = 0

    def read(self, block: bytes) -> Messages:
        """The messages that the lines of a block complete."""
        found = Messages()
        begin, end = 0, 0
        folded = np.bitwise_xor.accumulate(np.frombuffer(block, dtype=np.uint8)).tobytes()
        for line in block.splitlines(keepends=True):
            begin, end = end, end + len(line)
            plain = PLAIN_SENTENCE.match(line)
            if plain:
                found.rows += 1
                self._line += 1
                payload, _, check, epoch = plain.groups()
                stamp = epoch_micros(epoch) if epoch else self._next_micros
                self._next_micros = None
                if folded[begin + plain.start(2) - 1] ^ folded[begin] != int(check, 16):
                    found.rejected["checksum"] += 1
                else:
                    found.add(payload, stamp)
                continue
            text = line.strip()
            if not text or text[0] == 35:
                continue
            for part in _sentences(text):
                found.rows += 1
                self._line += 1
                self._sentence(part, found)
        self._drop_stale(found)
        return found

    def orphans(self) -> int:
        """How many fragments still wait for the rest; they are given up."""
        count = sum(len(waiting.parts) for waiting in self._pending.values())
        self._pending.clear()
        return count

    def _sentence(self, text: bytes, found: Messages) -> None:
        """Take up the message that this line completes, or the time that it states."""
        start = ANY_SENTENCE.search(text)
        if not start:
            self._line_without_sentence(text, found)
            return
        micros, group = before_sentence(text[: start.start()], self.zone) if start.start() else (None, b"")
        sentence = SENTENCE.match(text, start.start())
        if not sentence or sentence[2] == b"0" or sentence[3] == b"0" or sentence[3] > sentence[2]:
            found.rejected["bad line"] += 1
            return
        if micros is None and sentence[9]:
            micros = after_sentence(sentence[9], self.zone)
        if micros is None:
            micros = self._next_micros
        self._next_micros = None
        body = text[sentence.start() + 1 : sentence.start(8) - 1]
        if checksum(body) != int(sentence[8], 16):
            found.rejected["checksum"] += 1
            return
        message = self._assemble(sentence, group, micros, found)
        if message:
            found.add(*message)

    def _line_without_sentence(self, text: bytes, found: Messages) -> None:
        """A line of time, a tag block on its own, the header of a table, or nothing that is known."""
        at = text.find(b"$")
        if at >= 0 and text[at + 3 : at + 6] in (b"ZDA", b"RMC") and (micros := gps_micros(text[at:])) is not None:
            stamp = before_sentence(text[:at], self.zone)[0] if at else None
            if stamp is None and found.micros:
                stamp = found.micros[-1]
            if stamp is not None:
                self.clock.drift(stamp, micros)
                found.drifts.append(stamp - micros)
            self.clock.time_lines += 1
            found.lines.append(TimeLine(len(found.payloads), micros))
            found.other["time line"] += 1
        elif text.startswith(b"$PGHP"):
            self._next_micros = pghp_micros(text)
            found.other["time line"] += 1
        elif text.startswith(b"\\") and text.endswith(b"\\"):
            self._next_micros = before_sentence(text)[0]
            found.other["tag block"] += 1
        elif self._line == 1 and _HEADER.fullmatch(text):
            found.other["header"] += 1
        else:
            found.rejected["other sentence" if _OTHER_SENTENCE.search(text) else "bad line"] += 1

    def _assemble(
        self, sentence: re.Match[bytes], group: bytes, micros: int | None, found: Messages
    ) -> tuple[bytes, int | None] | None:
        total, number, payload = int(sentence[2]), int(sentence[3]), sentence[6]
        if total == 1:
            if not payload:
                found.rejected["empty payload"] += 1
                return None
            return payload, micros
        key = (sentence[1], sentence[2], sentence[4], sentence[5], group)
        waiting = self._pending.get(key)
        if waiting and (number in waiting.parts or number == 1):
            found.rejected["orphan fragment"] += len(waiting.parts)
            del self._pending[key]
            waiting = None
        if waiting is None:
            waiting = self._pending[key] = _Pending(total, self._line, micros)
        waiting.parts[number] = payload
        if waiting.micros is None:
            waiting.micros = micros
        if len(waiting.parts) < total:
            return None
        del self._pending[key]
        found.other["fragment"] += total - 1
        return b"".join(waiting.parts[n] for n in sorted(waiting.parts)), waiting.micros

    def _drop_stale(self, found: Messages) -> None:
        while self._pending:
            key, oldest = next(iter(self._pending.items()))
            if self._line - oldest.line <= _PENDING:
                return
            found.rejected["orphan fragment"] += len(oldest.parts)
            del self._pending[key]


def _sentences(text: bytes) -> list[bytes]:
    """The sentences of a line, each with what stands before it; the line itself where there is one or none."""
    starts = [found.start() for found in ANY_SENTENCE.finditer(text)]
    if len(starts) < 2:
        return [text]
    ends = [found.end() for found in _CHECKSUM.finditer(text)]
    cuts = [0, *(max((e for e in ends if e <= start), default=start) for start in starts[1:]), len(text)]
    return [part for a, b in pairwise(cuts) if (part := text[a:b].strip())]
