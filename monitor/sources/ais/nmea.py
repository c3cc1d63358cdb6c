"""Logs of NMEA sentences to raw rows: time stamps of every kind, fragments, talkers, bad lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyais import decode
from pyais.exceptions import AISBaseException

from monitor.ais.decoding import CLASS_A, CLASS_B, LONG_RANGE, Reports, decode_clocks, decode_reports
from monitor.ais.sorting import instant_micros
from monitor.core.errors import DataError
from monitor.core.instants import zone_of
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.clock import LOST_US, NEEDED, Clock, ClockReport, TimeLine, agreeing, apart_from, run_clock
from monitor.sources.ais.rows import Parsed, empty_raw
from monitor.sources.ais.sentences import Messages, SentenceReader
from monitor.sources.ais.speeds import fits_speeds

_POSITION = CLASS_A + CLASS_B + LONG_RANGE
_STATIC = b"5HC"
_STATIC_PAYLOADS = 200_000
"""Decoded static messages that are kept in memory; chosen."""
_KINDS = {ord("4"): "base station", ord("9"): "SAR aircraft", ord("E"): "aid to navigation"}
_BASE = b"4;"
"""Messages 4 and 11, which state the full UTC of a base station and of a ship that was asked for it."""
_NO_TIME = "no time (give start_date)"
_CLOCK_OFF = "receiver's clock off by over a minute against the log's time lines (its zone? give time_zone)"
_NOT_TRUSTED = "no time (the clock from start_date does not fit the ships' speeds)"


@dataclass(slots=True)
class NmeaParser:
    """Parses a log line by line, with what later lines need: fragments, time lines, the clock of a log without times.

    Messages without a time of their own get it from ``ZDA`` and ``RMC`` lines and from base stations among them; from
    `start_date`, the instant of the first message, where there are none; else they are rejected. Stamps without an
    offset are in `time_zone`, or UTC; those that differ from time lines by more than a minute are not believed. `clock`
    is the account of it.
    """

    start_date: datetime | None = None
    time_zone: str = ""
    clock: ClockReport = field(default_factory=ClockReport)
    _clock: Clock | None = None
    _sentences: SentenceReader | None = None
    _static: dict[bytes, dict[str, object] | None] = field(default_factory=dict)
    _lengths: dict[int, float] = field(default_factory=dict)

    def parse_blocks(self, blocks: Iterator[bytes]) -> Iterator[Parsed]:
        """Raw rows, block after block; fragments that never met the rest are counted in the last one.

        Raises
        ------
        DataError
            Time lines contradict `start_date` after messages were timed by it.
        """
        if self.start_date and self._clock is None:
            self._clock = Clock(instant_micros(self.start_date))
        self._sentences = self._sentences or SentenceReader(
            self.clock, zone_of(self.time_zone) if self.time_zone else None
        )
        for block in blocks:
            found = self._sentences.read(block)
            raw, vessels = self._rows(found)
            yield Parsed(raw, vessels, rows=found.rows, rejected=found.rejected, other=found.other)
        if orphans := self._sentences.orphans():
            yield Parsed(empty_raw(), pd.DataFrame(), rows=0, rejected=Counter({"orphan fragment": orphans}))

    def _rows(self, found: Messages) -> tuple[pd.DataFrame, pd.DataFrame]:
        position: list[int] = []
        static: list[dict[str, object]] = []
        rejected, other = found.rejected, found.other
        for i, payload in enumerate(found.payloads):
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
        raw = self._positions(found, position)
        for reason in [r for r, n in rejected.items() if n == 0]:
            del rejected[reason]
        return raw, pd.DataFrame(static)

    def _positions(self, found: Messages, position: list[int]) -> pd.DataFrame:
        reports = decode_reports([found.payloads[i] for i in position])
        broken = int((~reports.ok).sum())
        if broken:
            found.rejected["bad payload"] += broken
        stamps, reason = self._times(found, position, reports)
        for word, count in Counter(reason[reports.ok & (reason != "")]).items():
            found.rejected[str(word)] += count
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
        frame = frame[reports.ok & (reason == "")].reset_index(drop=True)
        frame["length_m"] = frame["mmsi"].map(self._lengths).astype("float64")
        frame["receiver"] = pd.Series("", index=frame.index, dtype="str")
        frame["kind"] = pd.Series("", index=frame.index, dtype="str")
        return frame

    def _times(
        self, found: Messages, position: list[int], reports: Reports
    ) -> tuple[pd.Series, npt.NDArray[np.object_]]:
        """Times of the position reports, and why some have none ("" for those that have one)."""
        own = np.array([found.micros[i] is not None for i in position], dtype=bool)
        values = np.array([found.micros[i] or 0 for i in position], dtype=np.int64)
        lines, off = self._time_lines(found, position)
        reason = np.full(len(position), "", dtype=object)
        if off:
            reason[own] = _CLOCK_OFF
        wanted = ~own & reports.ok
        by_start = self._clock is not None and self._clock.since is None
        if by_start and lines and wanted.any():
            self._compare_start(lines[0])
        self._clock, times, known = run_clock(self._clock, lines, reports.second, reports.mmsi, wanted)
        values[wanted] = times[wanted]
        reason[wanted & ~known] = _NO_TIME
        if by_start and not lines and not fits_speeds(reports, values, wanted):
            reason[wanted] = _NOT_TRUSTED
        return pd.Series(values.astype("datetime64[us]")).dt.tz_localize("UTC"), reason

    def _time_lines(self, found: Messages, position: list[int]) -> tuple[list[TimeLine], bool]:
        """Lines that state UTC, counted by position reports before them; and whether the stamps are off by them."""
        base = [i for i, payload in enumerate(found.payloads) if payload[0] in _BASE]
        clocks = decode_clocks([found.payloads[i] for i in base])
        stations = [TimeLine(i, micros, mmsi) for i, (mmsi, micros) in zip(base, clocks, strict=True) if micros]
        self.clock.time_lines += len(stations)
        drifts = [*found.drifts]
        for line in agreeing(stations):
            stamp = found.micros[line.before]
            if stamp is not None:
                self.clock.drift(stamp, line.micros)
                drifts.append(stamp - line.micros)
        off = len(drifts) >= NEEDED and abs(float(np.median(drifts))) > LOST_US
        kept = agreeing(sorted([*found.lines, *stations], key=lambda line: line.before))
        apart = apart_from(found.lines, agreeing(stations))
        if len(apart) >= NEEDED and abs(float(np.median(apart))) > LOST_US:
            kept = []
            self.clock.remarks.append(
                f"GPS lines are {np.median(apart) / 3.6e9:+.2f} h off {len(apart)} base station reports: not believed"
            )
        before = np.searchsorted(np.asarray(position, dtype=np.int64), [line.before for line in kept])
        return [TimeLine(int(at), k.micros, k.station) for at, k in zip(before, kept, strict=True)], off

    def _compare_start(self, first: TimeLine) -> None:
        """Time lines go before `start_date`: it is left out, unless messages of blocks before were timed by it."""
        clock = self._clock
        assert clock is not None
        ahead = clock.now - first.micros
        started = self.start_date is not None and clock.now != instant_micros(self.start_date)
        if started and abs(ahead) > LOST_US:
            raise DataError(
                f"the clock from --start-date is {ahead / 3.6e9:+.1f} h off at the first time line of the log; leave "
                "--start-date out, or give the instant of the first message"
            )
        if abs(ahead) > LOST_US:
            self.clock.remarks.append(f"start_date left out: {ahead / 3.6e9:+.1f} h off the log's own time lines")
        self._clock = None

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
