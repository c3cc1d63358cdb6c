"""Logs of NMEA sentences to raw rows: time stamps of every kind, fragments, talkers, bad lines."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd
from pyais import decode
from pyais.exceptions import AISBaseException

from monitor.ais.decoding import CLASS_A, CLASS_B, LONG_RANGE, decode_reports
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.csv import Parsed
from monitor.sources.ais.timestamps import TRAILING, Clock, checksum, epoch_micros, pghp_micros, prefix

SENTENCE = re.compile(rb"!([A-Z\-]{2})VD[MO],(\d),(\d),(\d*),([^,]*),([^,]*),([0-5])\*([0-9A-Fa-f]{2})(.*)$")
PLAIN_SENTENCE = re.compile(
    rb"![A-Z\-]{2}VD[MO],1,1,\d*,[^,]*,([^,]+),[0-5](\*)([0-9A-Fa-f]{2})(?:,\s*(\d{9,13})(?:\.\d+)?)?\s*$"
)
"""A whole message in one sentence, with nothing before it and at most an epoch after it: most lines of most logs."""
ANY_SENTENCE = re.compile(rb"![A-Z\-]{2}VD[MO],")
_PENDING = 2000
"""Lines after which a fragment is given up; chosen. Fragments of a message are sent within a second."""
_POSITION = CLASS_A + CLASS_B + LONG_RANGE
_STATIC = b"5HC"
_STATIC_PAYLOADS = 200_000
"""Decoded static messages that are kept in memory; chosen."""
_KINDS = {ord("4"): "base station", ord("9"): "SAR aircraft", ord("E"): "aid to navigation"}


@dataclass(slots=True)
class _Pending:
    """Fragments of one message that still wait for the rest."""

    total: int
    line: int
    micros: int | None
    parts: dict[int, bytes] = field(default_factory=dict)


@dataclass(slots=True)
class NmeaParser:
    """Parses a log line by line, with what later lines need: fragments, time lines, the clock of a log without times.

    `start_date` is the instant of the first message, for logs without times; without it those messages are
    set aside as ``no time (give start_date)``.
    """

    start_date: datetime | None = None
    _clock: Clock | None = None
    _pending: OrderedDict[tuple[bytes, ...], _Pending] = field(default_factory=OrderedDict)
    _next_micros: int | None = None
    _line: int = 0
    _static: dict[bytes, dict[str, object] | None] = field(default_factory=dict)
    _lengths: dict[int, float] = field(default_factory=dict)

    def parse_blocks(self, blocks: Iterator[bytes]) -> Iterator[Parsed]:
        """Raw rows, block after block; fragments that never met the rest are counted in the last one."""
        if self.start_date:
            start = self.start_date
            self._clock = Clock(start.replace(second=0, microsecond=0), start.second)
        for block in blocks:
            yield self._parse(block)
        if self._pending:
            orphans = sum(len(p.parts) for p in self._pending.values())
            yield Parsed(_empty_raw(), pd.DataFrame(), rows=0, rejected=Counter({"orphan fragment": orphans}))

    def _parse(self, block: bytes) -> Parsed:
        rejected: Counter[str] = Counter()
        other: Counter[str] = Counter()
        payloads: list[bytes] = []
        micros: list[int | None] = []
        rows, begin, end = 0, 0, 0
        folded = np.bitwise_xor.accumulate(np.frombuffer(block, dtype=np.uint8)).tobytes()
        for line in block.splitlines(keepends=True):
            begin, end = end, end + len(line)
            plain = PLAIN_SENTENCE.match(line)
            if plain:
                rows += 1
                self._line += 1
                payload, _, check, epoch = plain.groups()
                stamp = epoch_micros(epoch) if epoch else self._next_micros
                self._next_micros = None
                if folded[begin + plain.start(2) - 1] ^ folded[begin] != int(check, 16):
                    rejected["checksum"] += 1
                    continue
                payloads.append(payload)
                micros.append(stamp)
                continue
            text = line.strip()
            if not text or text[0] == 35:
                continue
            rows += 1
            self._line += 1
            found = self._sentence(text, rejected, other)
            if found:
                payloads.append(found[0])
                micros.append(found[1])
        self._drop_stale(rejected)
        raw, vessels = self._rows(payloads, micros, rejected, other)
        return Parsed(raw, vessels, rows=rows, rejected=rejected, other=other)

    def _sentence(self, text: bytes, rejected: Counter[str], other: Counter[str]) -> tuple[bytes, int | None] | None:
        """Payload and time of a message that this line completes."""
        if text.startswith(b"$PGHP"):
            self._next_micros = pghp_micros(text)
            other["time line"] += 1
            return None
        micros, group = None, b""
        if not text.startswith(b"!"):
            text, micros, group = prefix(text)
            if not text:
                self._next_micros = micros
                other["tag block"] += 1
                return None
        found = SENTENCE.search(text)
        if not found or found[2] == b"0" or found[3] == b"0" or found[3] > found[2]:
            rejected["other sentence" if text.startswith(b"$") else "bad line"] += 1
            return None
        if micros is None and found[9] and (trailing := TRAILING.search(found[9])):
            micros = epoch_micros(trailing[1])
        if micros is None:
            micros = self._next_micros
        self._next_micros = None
        body = text[found.start() + 1 : found.start(8) - 1]
        if checksum(body) != int(found[8], 16):
            rejected["checksum"] += 1
            return None
        if found[2] == b"1" and found[6]:
            return found[6], micros
        return self._assemble(found, group, micros, rejected, other)

    def _assemble(
        self, found: re.Match[bytes], group: bytes, micros: int | None, rejected: Counter[str], other: Counter[str]
    ) -> tuple[bytes, int | None] | None:
        total, number, payload = int(found[2]), int(found[3]), found[6]
        if total == 1:
            if not payload:
                rejected["empty payload"] += 1
                return None
            return payload, micros
        key = (found[1], found[2], found[4], found[5], group)
        waiting = self._pending.get(key)
        if waiting and (number in waiting.parts or number == 1):
            rejected["orphan fragment"] += len(waiting.parts)
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
        other["fragment"] += total - 1
        return b"".join(waiting.parts[n] for n in sorted(waiting.parts)), waiting.micros

    def _drop_stale(self, rejected: Counter[str]) -> None:
        while self._pending:
            key, oldest = next(iter(self._pending.items()))
            if self._line - oldest.line <= _PENDING:
                return
            rejected["orphan fragment"] += len(oldest.parts)
            del self._pending[key]

    def _rows(
        self, payloads: list[bytes], micros: list[int | None], rejected: Counter[str], other: Counter[str]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        position: list[int] = []
        static: list[dict[str, object]] = []
        for i, payload in enumerate(payloads):
            kind = payload[0]
            if kind in _STATIC:
                vessel = self._vessel(payload)
                if vessel:
                    static.append(vessel)
                if kind != ord("C"):
                    other["static"] += bool(vessel)
                    rejected["bad payload"] += not vessel
                    continue
            if kind in _POSITION:
                position.append(i)
            elif kind not in _STATIC:
                rejected[_KINDS.get(kind, "other message")] += 1
        raw = self._positions([payloads[i] for i in position], [micros[i] for i in position], rejected)
        for reason in [r for r, n in rejected.items() if n == 0]:
            del rejected[reason]
        return raw, pd.DataFrame(static)

    def _positions(self, payloads: list[bytes], micros: list[int | None], rejected: Counter[str]) -> pd.DataFrame:
        reports = decode_reports(payloads)
        broken = int((~reports.ok).sum())
        if broken:
            rejected["bad payload"] += broken
        stamps, known = self._times(micros, reports.second, reports.ok)
        untimed = int((reports.ok & ~known).sum())
        if untimed:
            rejected["no time (give start_date)"] += untimed
        frame = pd.DataFrame(
            {
                "mmsi": reports.mmsi.astype(np.float64),
                "t": stamps,
                "lon": reports.lon,
                "lat": reports.lat,
                "sog_kn": reports.sog_kn,
                "cog_deg": reports.cog_deg,
                "heading_deg": reports.heading_deg,
                "nav_status": reports.nav_status,
            }
        )
        frame = frame[reports.ok & known].reset_index(drop=True)
        frame["length_m"] = frame["mmsi"].map(self._lengths).astype("float64")
        frame["receiver"] = pd.Series("", index=frame.index, dtype="str")
        frame["kind"] = pd.Series("", index=frame.index, dtype="str")
        return frame

    def _times(self, micros: list[int | None], seconds: np.ndarray, ok: np.ndarray) -> tuple[pd.Series, np.ndarray]:
        if self._clock:
            for i, stamp in enumerate(micros):
                if stamp is None and ok[i]:
                    micros[i] = round(self._clock.instant(int(seconds[i])).timestamp() * 1e6)
        known = np.fromiter((m is not None for m in micros), dtype=bool, count=len(micros))
        values = np.fromiter((m or 0 for m in micros), dtype=np.int64, count=len(micros))
        return pd.Series(values.astype("datetime64[us]")).dt.tz_localize("UTC"), known

    def _vessel(self, payload: bytes) -> dict[str, object] | None:
        """Static data of a payload, decoded once however often it is sent."""
        if payload not in self._static:
            if len(self._static) > _STATIC_PAYLOADS:
                self._static.clear()
            self._static[payload] = _decode_static(payload)
        static = self._static[payload]
        if static and static["length_m"]:
            self._lengths[int(str(static["mmsi"]))] = float(str(static["length_m"]))
        return static


def _decode_static(payload: bytes) -> dict[str, object] | None:
    try:
        message: Mapping[str, object] = decode(b"!AIVDM,1,1,,A," + payload + b",0*00").asdict()
    except (AISBaseException, ValueError, KeyError, IndexError):
        return None

    def total(*names: str) -> int:
        return sum(int(v) for name in names if isinstance(v := message.get(name), int | float))

    length, width, imo = total("to_bow", "to_stern"), total("to_port", "to_starboard"), total("imo")
    sizes = (length, length, width, width)
    return {
        "mmsi": int(str(message["mmsi"])),
        "imo": str(imo) if imo else "",
        "name": str(message.get("shipname") or "").strip(),
        "callsign": str(message.get("callsign") or "").strip(),
        "ship_type": total("ship_type") or None,
        "length_m": float(length) or None,
        "width_m": float(width) or None,
        **{
            column: float(total(column.removesuffix("_m"))) if size else None
            for column, size in zip(DIMENSIONS, sizes, strict=True)
        },
    }


def _empty_raw() -> pd.DataFrame:
    return NmeaParser()._positions([], [], Counter())
