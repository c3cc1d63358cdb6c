"""Time for messages that carry none, from time lines among them or a first instant, and how far stamps are off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Ints

_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_NEAR_S = 10
"""A message whose second is this near to the clock is one of now; chosen, about the age of a relayed report."""
_WRAP_S = 30
_DENSE_S = 3
"""Half of the messages of a dense log follow within this; only there does the next message tell a jump; chosen."""
LOST_US = 60 * _SECOND
"""A clock that differs this much from a time line is not believed: a ship at 15 kn covers 460 m; chosen."""
TRUSTED_US = 600 * _SECOND
"""How long the clock is believed past the last time line; chosen."""
_DRIFTS = 100_000
"""Differences of stamps from time lines that are kept for the report; chosen."""
_STATIONS_US = 900 * _SECOND
"""Base stations whose median time is this near to that of all of them agree; chosen."""
NEEDED = 3
"""Time lines of base stations that it takes to reject a receiver's clock, since one station may be wrong; chosen."""


@dataclass(slots=True)
class Clock:
    """A running clock, in microseconds since 1970, driven by the UTC seconds within position reports.

    `since` is the time line that it was set by; None for an instant that somebody named.
    """

    now: int
    since: int | None = None

    def instant(self, second: int, after: int = 60) -> int:
        """The instant of a message, after those before it.

        A jump of more than 10 s is taken for the passing of time, or for a ship whose own clock is wrong, by where the
        next message of another vessel stands (second `after`, 60 when unknown). A clock that was set by a time line
        jumps only if that message stands there too; one from a named instant, unless it stands where the clock stood.
        """
        if second >= 60:
            return self.now
        ahead = self._ahead(second)
        if abs(ahead) > _NEAR_S and self._stays(second, after):
            return self.now
        whole = self.now - self.now % _SECOND if ahead else self.now
        if ahead > 0:
            self.now = whole + ahead * _SECOND
            return self.now
        return whole + ahead * _SECOND

    def _stays(self, second: int, after: int) -> bool:
        if self.since is None:
            return after < 60 and abs(self._ahead(after)) <= _NEAR_S
        return after >= 60 or abs((after - second + _WRAP_S) % 60 - _WRAP_S) > _NEAR_S

    def _ahead(self, second: int) -> int:
        """Seconds from the clock to the nearest instant with this second."""
        return (second - self.now // _SECOND % 60 + _WRAP_S) % 60 - _WRAP_S


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A line that states UTC: before which message it stands, microseconds since 1970, the base station (0: GPS)."""

    before: int
    micros: int
    station: int = 0


@dataclass(slots=True)
class ClockReport:
    """How a log was timed: time lines of each kind, drift of the receiver's own stamps in seconds, and remarks."""

    time_lines: int = 0
    drifts_s: list[float] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def drift(self, stamp: int, micros: int) -> None:
        """Take up how far a stamp is ahead of a time line, both microseconds since 1970."""
        if len(self.drifts_s) < _DRIFTS:
            self.drifts_s.append((stamp - micros) / 1e6)

    def text(self) -> str:
        """One sentence for people; empty when there was nothing to measure."""
        parts = [f"{self.time_lines} time line{'s' * (self.time_lines != 1)}"] if self.time_lines else []
        if self.drifts_s:
            low, middle, high = np.percentile(self.drifts_s, (5, 50, 95))
            span = f"5 % {low:+.1f}, 95 % {high:+.1f}"
            parts.append(f"receiver's clock {middle:+.1f} s against {len(self.drifts_s)} of them ({span})")
        return "; ".join([*parts, *self.remarks])


def agreeing(lines: Sequence[TimeLine]) -> list[TimeLine]:
    """GPS lines where there are any; else those of base stations whose clocks agree with most."""
    gps = [line for line in lines if not line.station]
    if gps or not lines:
        return gps
    middle = float(np.median([line.micros for line in lines]))
    stations: dict[int, list[int]] = {}
    for line in lines:
        stations.setdefault(line.station, []).append(line.micros)
    good = {s for s, times in stations.items() if abs(float(np.median(times)) - middle) <= _STATIONS_US}
    return [line for line in lines if line.station in good] if 2 * len(good) >= len(stations) else []


def apart_from(gps: Sequence[TimeLine], stations: Sequence[TimeLine]) -> list[int]:
    """How far the GPS line before each report of a base station is ahead of it, in microseconds."""
    if not gps:
        return []
    at = np.searchsorted([line.before for line in gps], [line.before for line in stations], side="right") - 1
    return [gps[i].micros - line.micros for i, line in zip(at, stations, strict=True) if i >= 0]


def run_clock(
    clock: Clock | None, lines: Sequence[TimeLine], seconds: Ints, vessels: Ints, wanted: npt.NDArray[np.bool_]
) -> tuple[Clock | None, Ints, npt.NDArray[np.bool_]]:
    """The clock at the end, and times of the messages that want one (and which of them got one).

    Parameters
    ----------
    clock : Clock or None
        As the messages before left it; None when nothing is known.
    lines : sequence of TimeLine
        Among these messages, in order.
    seconds : array
        UTC second within each message; 60 and more when it has none.
    vessels : array
        Who sent each message.
    wanted : array
        Which messages carry no time of their own and are sound.
    """
    times = np.zeros(len(seconds), dtype=np.int64)
    known = np.zeros(len(seconds), dtype=bool)
    after = _next_seconds(seconds, vessels, wanted, dense_only=clock is not None and clock.since is None and not lines)
    bounds = [*(line.before for line in lines), len(seconds)]
    first = np.flatnonzero(wanted[: bounds[0]])
    if clock is not None:
        _forward(clock, times, known, seconds, after, first)
    elif lines:
        _backward(lines[0].micros, times, known, seconds, first)
    ends = [*(line.micros for line in lines[1:]), None][: len(lines)]
    for line, end, following in zip(lines, bounds[1:], ends, strict=True):
        index = line.before + np.flatnonzero(wanted[line.before : end])
        clock = Clock(line.micros, line.micros)
        if following is not None and 0 <= following - line.micros <= _MINUTE:
            times[index], known[index] = _between(line.micros, following, seconds[index]), True
            continue
        _forward(clock, times, known, seconds, after, index)
        if following is not None and abs(clock.now - following) > LOST_US:
            known[index] = False
    return clock, times, known


def _between(begin: int, end: int, seconds: Ints) -> Ints:
    """Times of messages between two time lines of at most a minute apart; that of the first where none fits."""
    whole = begin - begin % _SECOND
    times = whole + (seconds - whole // _SECOND) % 60 * _SECOND
    times = np.where(times > end + 2 * _SECOND, times - _MINUTE, times)
    return np.where((seconds >= 60) | (times < begin - _NEAR_S * _SECOND), begin, times)


def _forward(clock: Clock, times: Ints, known: npt.NDArray[np.bool_], seconds: Ints, after: Ints, index: Ints) -> None:
    for i in index:
        times[i] = clock.instant(int(seconds[i]), int(after[i]))
    known[index] = clock.since is None or times[index] - clock.since <= TRUSTED_US


def _backward(first: int, times: Ints, known: npt.NDArray[np.bool_], seconds: Ints, index: Ints) -> None:
    """Messages before the first time line, by a clock that runs back from it."""
    clock = Clock(-first)
    for i in index[::-1]:
        second = int(seconds[i])
        times[i] = -clock.instant(second if second >= 60 else -second % 60)
    known[index] = first - times[index] <= TRUSTED_US


def _next_seconds(seconds: Ints, vessels: Ints, wanted: npt.NDArray[np.bool_], *, dense_only: bool) -> Ints:
    """For each message the second of the next that another vessel sent; 60 where none is near.

    With `dense_only` 60 throughout a sparse log, in which time passes between two messages.
    """
    after = np.full(len(seconds), 60, dtype=np.int64)
    index = np.flatnonzero(wanted & (seconds < 60))
    steps = (np.diff(seconds[index]) + _WRAP_S) % 60 - _WRAP_S
    if not len(steps) or (dense_only and np.median(np.abs(steps)) > _DENSE_S):
        return after
    for step in (4, 3, 2, 1):
        here, there = index[:-step], index[step:]
        other = vessels[here] != vessels[there]
        after[here[other]] = seconds[there[other]]
    return after
