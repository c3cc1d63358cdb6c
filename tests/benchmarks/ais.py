"""AIS side by side with what others use: ``python -m tests.benchmarks.ais [scale]``; movingpandas for two figures.

Ratios count, since both sides run on the same machine in the same minutes; seconds of processor time are printed too.
`scale` (1 by default) shortens everything.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from pyais.exceptions import AISBaseException
from pyais.stream import IterMessages

from monitor.ais import find_gaps, track_at
from monitor.sources import PositionReader, ReadReport, read_positions
from monitor.store.positions import PositionStore
from tests.benchmarks.hidden_fixes import hidden_fixes, shares

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "ais"
Row = tuple[str, float, float]


def made(rows: int, *, vessels: int = 500, seed: int = 0) -> pd.DataFrame:
    """Positions of `vessels` ships, sorted by none: an exponential wait of 10 minutes, now and then a day."""
    rng = np.random.default_rng(seed)
    ship = np.arange(rows) % vessels
    wait = rng.exponential(600.0, rows) + (rng.random(rows) < 0.0025) * 86_400.0
    order = np.argsort(ship, kind="stable")
    total = np.cumsum(wait[order])
    heads = np.flatnonzero(np.diff(ship[order], prepend=-1))
    offset = np.repeat(total[heads] - wait[order][heads], np.diff(np.append(heads, rows)))
    seconds = np.empty(rows)
    seconds[order] = total - offset
    t = (1.7e15 + seconds * 1e6).astype(np.int64).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "mmsi": 440_000_000 + ship,
            "t": pd.Series(t).dt.tz_localize("UTC"),
            "lon": 130.0 + np.abs(seconds % 2e5 - 1e5) * 1e-5,
            "lat": 42.0 + ship * 0.001,
            "sog_kn": 1.6,
            "cog_deg": 90.0,
        }
    )


def timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """The result, seconds of wall and of processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def say(name: str, rows: int, wall: float, cpu: float) -> None:
    """One line of the report."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"{name:<48} {rows:>12,} {wall:8.2f} s {cpu:8.2f} s cpu {rows / cpu:14,.0f}/s cpu  peak {peak:.2f} GB",
        flush=True,
    )


def gaps_and_slope(scale: float) -> float:
    """Rate of `find_gaps` at a million rows (rows a second of processor), and the slope of cost over rows."""
    found: list[tuple[int, float]] = []
    for million in (1, 3, 10, 30):
        rows = int(million * 1e6 * scale)
        positions = made(rows)
        gaps, wall, cpu = timed(lambda positions=positions: find_gaps(positions))
        say(f"find_gaps ({len(gaps):,} found)", rows, wall, cpu)  # type: ignore[arg-type]
        found.append((rows, cpu))
        del positions
    x, y = np.log(np.array(found)).T
    print(f"cost grows as rows to the power {np.polyfit(x, y, 1)[0]:.2f}")
    return found[0][0] / found[0][1]


def against_movingpandas(rate: float, scale: float) -> None:
    """ObservationGapSplitter and interpolate_position_at on fewer rows, compared by rate."""
    import movingpandas as mpd

    rows = int(5e4 * scale)
    positions = made(rows, vessels=max(rows // 2000, 1))
    frame = positions.assign(t=positions["t"].dt.tz_localize(None))
    collection = mpd.TrajectoryCollection(frame, "mmsi", t="t", x="lon", y="lat")
    splitter = mpd.ObservationGapSplitter(collection)
    _, wall, cpu = timed(lambda: splitter.split(gap=pd.Timedelta(hours=12)))
    say("movingpandas ObservationGapSplitter", rows, wall, cpu)
    print(f"find_gaps is {rate * cpu / rows:.0f} times as fast (100 asked)")
    track = collection.trajectories[0]
    middle = track.df.index[0] + (track.df.index[-1] - track.df.index[0]) * np.linspace(0.1, 0.9, 300)
    _, wall, cpu = timed(lambda: [track.interpolate_position_at(t) for t in middle])
    theirs = len(middle) / cpu
    say("movingpandas interpolate_position_at", len(middle), wall, cpu)
    many = made(int(1e6 * scale))
    instants = many["t"].sort_values().iloc[:: max(len(many) // 100, 1)][:100]
    points, wall, cpu = timed(lambda: track_at(many, instants))
    count = len(points)  # type: ignore[arg-type]
    say("track_at, 500 vessels at 100 instants", count, wall, cpu)
    print(f"track_at is {count / cpu / theirs:.0f} times as fast (50 asked)")


def csv_to_store(scale: float) -> None:
    """MarineCadastre rows from file to store."""
    rows = int(1e6 * scale)
    positions = made(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mc.csv"
        pd.DataFrame(
            {
                "MMSI": positions["mmsi"],
                "BaseDateTime": positions["t"].dt.strftime("%Y-%m-%dT%H:%M:%S"),
                "LAT": positions["lat"].round(5),
                "LON": positions["lon"].round(5),
                "SOG": 1.6,
                "COG": 90.0,
                "Heading": 511.0,
                "VesselName": "SHIP",
                "IMO": "IMO9000001",
                "CallSign": "C",
                "VesselType": 70,
                "Status": 0,
                "Length": 120,
                "Width": 18,
                "Draft": 7.5,
                "Cargo": 70,
                "TransceiverClass": "A",
            }
        ).to_csv(path, index=False)
        store, report = PositionStore(Path(folder) / "positions"), ReadReport(path.name)
        _, wall, cpu = timed(lambda: store.append(PositionReader().batches(path, report), key="made"))
        say("MarineCadastre CSV to store (6 s asked)", report.rows, wall, cpu)


def real_sentences(count: int) -> list[bytes]:
    """So many sentences of real logs, repeated. Without base stations, whose own times would contradict made ones."""
    lines: list[bytes] = []
    for name in ("decode_encode_messages.txt", "nmea_data_sample.txt"):
        text = (SHARED / "nmea" / name).read_bytes().splitlines()
        whole = [line for line in text if line.startswith(b"!") and line.count(b",") == 6]
        lines += [line for line in whole if line.split(b",")[5][:1] not in (b"4", b"")]
    return (lines * (count // len(lines) + 1))[:count]


def nmea(scale: float) -> None:
    """A log of real sentences, repeated, against pyais' own decode of the same."""
    count = int(2e5 * scale)
    lines = real_sentences(count)

    def theirs() -> int:
        decoded = 0
        for message in IterMessages(lines):
            try:
                message.decode()
                decoded += 1
            except AISBaseException:
                continue
        return decoded

    _, wall, cpu = timed(theirs)
    say("pyais IterMessages and decode", count, wall, cpu)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.nmea"
        path.write_bytes(b"\n".join(line + b",%d" % (1_700_000_000 + i) for i, line in enumerate(lines)))
        _, our_wall, our_cpu = timed(lambda: read_positions(path))
    say("read_positions of the same, from file", count, our_wall, our_cpu)
    print(f"read_positions is {cpu / our_cpu:.2f} times as fast (1.6 asked)")


def main() -> None:
    """Run everything."""
    warnings.simplefilter("ignore")
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    csv_to_store(scale)
    if SHARED.is_dir():
        nmea(scale)
        track, _ = read_positions(SHARED / "marinecadastre" / "noaa_test_track.csv")
        print(shares(hidden_fixes(track)).round(2).to_string(index=False))
    rate = gaps_and_slope(scale)
    against_movingpandas(rate, scale)


if __name__ == "__main__":
    main()
