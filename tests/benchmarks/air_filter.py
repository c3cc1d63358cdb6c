"""One day of world traffic, made up, filtered to the watch list: ``python -m tests.benchmarks.air_filter [rows]``.

Prints seconds of wall and processor time, the peak of memory and the time of reading the same bytes alone. The budget
is 20 s and 2 GB for ten million positions.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv as pacsv

from monitor.sources.aviation.lists import read_aircraft_watchlist
from monitor.sources.aviation.reader import read_air

_BLOCK = 500_000


def write_day(path: Path, rows: int) -> int:
    """A CSV in the columns of OpenSky's state dumps; the number of rows of watched aircraft in it."""
    rng = np.random.default_rng(0)
    fleet = np.array([f"{n:06x}" for n in rng.choice(1 << 24, 12000, replace=False)])
    watched = read_aircraft_watchlist()["icao24"].to_numpy()[:8].astype(str)
    fleet[:8] = watched
    kept = 0
    sink = None
    for at in range(0, rows, _BLOCK):
        n = min(_BLOCK, rows - at)
        who = rng.integers(0, len(fleet), n)
        kept += int(np.isin(fleet[who], watched).sum())
        table = pa.table(
            {
                "time": 1726790400 + rng.integers(0, 86400, n),
                "icao24": fleet[who],
                "lat": np.round(rng.uniform(-60, 70, n), 4),
                "lon": np.round(rng.uniform(-180, 180, n), 4),
                "velocity": np.round(rng.uniform(60, 260, n), 2),
                "heading": np.round(rng.uniform(0, 360, n), 1),
                "vertrate": np.round(rng.normal(0, 3, n), 2),
                "callsign": np.full(n, "ABC123"),
                "onground": np.full(n, "False"),
                "baroaltitude": np.round(rng.uniform(0, 12000, n), 1),
            }
        )
        sink = sink or pacsv.CSVWriter(path, table.schema)
        sink.write_table(table)
    if sink is not None:
        sink.close()
    return kept


def main(rows: int) -> None:
    """Writes, reads and prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.csv"
        expected = write_day(path, rows)
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.perf_counter()
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass
        bytes_s = time.perf_counter() - start
        wall, cpu = time.perf_counter(), time.process_time()
        found = read_air(path, watchlist=read_aircraft_watchlist())
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{rows} rows, {path.stat().st_size / 1e6:.0f} MB: {wall:.1f} s wall, {cpu:.1f} s processor")
        print(f"reading the bytes alone {bytes_s:.1f} s; peak {peak:.0f} MB (before reading {base:.0f} MB)")
        print(f"kept {len(found.positions)} of {expected} watched rows; report {found.report.rows} rows")
        assert len(found.positions) == expected
        assert found.report.rows == rows


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
