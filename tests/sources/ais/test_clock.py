from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyais.encode import encode_dict

from monitor.core.errors import DataError
from monitor.sources import ReadReport, read_positions
from monitor.sources.ais.timestamps import checksum

START = datetime(2023, 10, 5, 2, 16, 0, tzinfo=UTC)
OFF = "receiver's clock off by over a minute against the log's time lines (its zone? give time_zone)"
NO_TIME = "no time (give start_date)"


@lru_cache(maxsize=100_000)
def report(mmsi: int, second: int, lon: float, kn: float = 12.0) -> str:
    fields = {"type": 1, "mmsi": mmsi, "lon": lon, "lat": 42.0, "speed": kn, "course": 90, "second": second}
    return str(encode_dict(fields)[0])


def base(at: datetime, mmsi: int = 4400001) -> str:
    day = {"year": at.year, "month": at.month, "day": at.day, "hour": at.hour, "minute": at.minute, "second": at.second}
    return str(encode_dict({"type": 4, "mmsi": mmsi, "lon": 130, "lat": 42, **day})[0])


def gps(at: datetime, kind: str = "ZDA", status: str = "A") -> str:
    body = (
        at.strftime("GPZDA,%H%M%S.00,%d,%m,%Y,00,00")
        if kind == "ZDA"
        else at.strftime(f"GNRMC,%H%M%S.00,{status},4200.0,N,13000.0,E,0.0,,%d%m%y,,,A")
    )
    return f"${body}*{checksum(body.encode()):02X}"


def read(tmp_path: Path, lines: Iterable[str], start: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    path = tmp_path / "log.nmea"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    positions, made = read_positions(path, start_date=start)
    assert made.rows == made.positions + sum(made.rejected.values()) + sum(made.other.values())
    return positions, made


def traffic(minutes: int, *, wrong: int = 0, ships: int = 12) -> list[tuple[datetime, str]]:
    """Ships at 12 kn that report every 10 s; the clocks of some are 32 s off."""
    made = []
    for k in range(minutes * 60):
        at = START + timedelta(seconds=k)
        for ship in range(k % 10, ships, 10):
            off = 32 if ship < wrong else 0
            lon = round(130 + ship * 0.1 + k * 12 * 1852 / 3600 / 82_800, 5)
            made.append((at, report(440000000 + ship, (at.second + off) % 60, lon)))
    return made


def errors_s(positions: pd.DataFrame) -> np.ndarray:
    """Differences from the true times, which the longitudes state."""
    k = (positions["lon"] - 130 - (positions["mmsi"] - 440000000) * 0.1) * 82_800 * 3600 / 12 / 1852
    return np.abs((positions["t"] - pd.Timestamp(START)).dt.total_seconds() - k).to_numpy()


@pytest.mark.parametrize("wrong", [0, 3])
def test_ships_with_a_wrong_clock_do_not_drive_the_clock_of_a_bare_log(tmp_path: Path, wrong: int) -> None:
    positions, made = read(tmp_path, [line for _, line in traffic(30, wrong=wrong)], START.isoformat())
    assert made.rejected == {}
    assert np.quantile(errors_s(positions), 0.95) < 3 if wrong == 0 else np.quantile(errors_s(positions), 0.7) < 3
    assert errors_s(positions).max() < 40


@pytest.mark.parametrize("kind", ["ZDA", "RMC", "base"])
def test_time_lines_go_before_a_start_date(tmp_path: Path, kind: str) -> None:
    lines: list[str] = []
    last = START - timedelta(minutes=1)
    for at, line in traffic(5, wrong=3):
        if at - last >= timedelta(seconds=10 if kind == "base" else 1):
            lines.append(base(at) if kind == "base" else gps(at, kind))
            last = at
        lines.append(line)
    positions, made = read(tmp_path, lines, "2020-01-01")
    assert len(positions) == len(traffic(5))
    assert errors_s(positions).max() < 12
    assert "start_date left out" in made.notes[0]


def test_messages_before_the_first_time_line_are_timed_from_it(tmp_path: Path) -> None:
    pairs = traffic(4)
    lines = [line for _, line in pairs[:-50]] + [gps(pairs[-50][0])] + [line for _, line in pairs[-50:]]
    positions, _ = read(tmp_path, lines)
    assert len(positions) == len(pairs)
    assert errors_s(positions).max() < 3


def test_a_receiver_without_a_fix_states_no_time(tmp_path: Path) -> None:
    at, line = traffic(1)[0]
    _, made = read(tmp_path, [gps(at, "RMC", status="V"), line])
    assert made.rejected == {"other sentence": 1, NO_TIME: 1}


def test_a_clock_is_not_believed_for_long_past_the_last_time_line(tmp_path: Path) -> None:
    pairs = traffic(25)
    positions, made = read(tmp_path, [gps(START), *(line for _, line in pairs)])
    assert positions["t"].max() - pd.Timestamp(START) <= pd.Timedelta("10min")
    assert made.rejected[NO_TIME] > 500


def test_a_hole_in_a_log_does_not_shift_what_follows(tmp_path: Path) -> None:
    pairs = traffic(9)
    kept = [(at, line) for at, line in pairs if not 60 <= (at - START).total_seconds() < 400]
    lines = [gps(START), *(line for _, line in kept)]
    lines.insert(1 + sum(at < START + timedelta(seconds=60) for at, _ in kept), gps(START + timedelta(seconds=400)))
    positions, _ = read(tmp_path, lines)
    assert errors_s(positions).max() < 3


def test_the_drift_of_a_receivers_own_stamps_is_measured(tmp_path: Path) -> None:
    lines = []
    for at, line in traffic(2):
        stamp = int(at.timestamp()) + 7
        lines += [f"{stamp} {gps(at)}", f"{stamp} {line}"] if at.second % 10 == 0 else [f"{stamp} {line}"]
    positions, made = read(tmp_path, lines)
    assert errors_s(positions) == pytest.approx(7, abs=1)
    assert "receiver's clock +7.0 s" in made.notes[0]


def test_stamps_that_base_stations_contradict_are_rejected(tmp_path: Path) -> None:
    lines = []
    for at, line in traffic(2):
        stamp = at + timedelta(hours=9)
        lines += [f"{stamp:%Y-%m-%d %H:%M:%S} {sentence}" for sentence in ([base(at)] * (at.second % 10 == 0) + [line])]
    positions, made = read(tmp_path, lines)
    assert positions.empty
    assert made.rejected[OFF] == len(traffic(2))
    assert "+32400.0 s" in made.notes[0]
    positions, made = read_positions(tmp_path / "log.nmea", time_zone="Asia/Tokyo")
    assert errors_s(positions).max() < 1
    assert "+0.0 s" in made.notes[0]


def test_stamps_that_gps_lines_contradict_are_rejected(tmp_path: Path) -> None:
    lines = []
    for at, line in traffic(2):
        lines += [f"{int(at.timestamp()) - 7200} {line}", *([gps(at)] if at.second % 10 == 0 else [])]
    positions, made = read(tmp_path, lines)
    assert positions.empty
    assert made.rejected[OFF] == len(traffic(2))
    assert "-7200.0 s" in made.notes[0]


def test_a_base_station_with_a_wrong_clock_is_outvoted(tmp_path: Path) -> None:
    lines = []
    for at, line in traffic(2):
        if at.second % 10 == 0:
            lines += [base(at, 4400001), base(at + timedelta(days=400), 4400002), base(at, 4400003)]
        lines.append(line)
    positions, _ = read(tmp_path, lines)
    assert errors_s(positions).max() < 12


def test_gps_lines_that_base_stations_contradict_are_not_believed(tmp_path: Path) -> None:
    lines = []
    for at, line in traffic(1):
        if at.second % 10 == 0:
            lines += [gps(at - timedelta(weeks=1024)), base(at)]
        lines.append(line)
    positions, made = read(tmp_path, lines)
    assert positions.empty
    assert made.rejected[NO_TIME] == len(traffic(1))
    assert "not believed" in made.notes[0]


def test_a_start_date_that_time_lines_contradict_late_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.sources.ais.reader.HEAD_BYTES", 500)
    monkeypatch.setattr("monitor.sources.tabular.streams.line_blocks.__defaults__", (b"", 500))
    pairs = traffic(2)
    with pytest.raises(DataError, match="leave --start-date out"):
        read(tmp_path, [*(line for _, line in pairs), gps(pairs[-1][0])], "2020-01-01")


def test_a_clock_that_the_ships_speeds_contradict_is_rejected(tmp_path: Path) -> None:
    slow = [(at, line) for k, (at, line) in enumerate(traffic(40, ships=10)) if k % 47 < 3]
    positions, made = read(tmp_path, [line for _, line in slow], START.isoformat())
    assert positions.empty
    assert list(made.rejected) == ["no time (the clock from start_date does not fit the ships' speeds)"]
