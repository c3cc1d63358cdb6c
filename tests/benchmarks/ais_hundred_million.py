"""A hundred million positions read in and searched for gaps: ``python -m tests.benchmarks.ais_hundred_million``.

Prints seconds of wall and processor time and the peak of memory of each step. The budget is 4 GB. Needs about 60 bytes
of disk a position, under a temporary folder that is removed.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from monitor.pipeline.ais.gaps import stored_gaps
from monitor.sources import PositionReader, ReadReport
from monitor.store.positions import PositionStore

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS, VESSELS, CHUNK = 60, 5000, 1_000_000


def write_positions(path: Path, rows: int) -> None:
    """Positions of `VESSELS` ships over `DAYS` days in order of time; one in ten falls silent for 20 h now and then."""
    rng = np.random.default_rng(1)
    start = int(START.timestamp() * 1e6)
    span = DAYS * 86_400_000_000
    writer = None
    for first in range(0, rows, CHUNK):
        count = min(CHUNK, rows - first)
        t = start + (np.arange(first, first + count) * (span / rows)).astype(np.int64)
        ship = rng.integers(0, VESSELS, count)
        quiet = (ship % 10 == 0) & ((t // 3_600_000_000 + ship) % 60 < 20)
        ship = np.where(quiet, ship + 1, ship)
        table = pa.table(
            {
                "mmsi": 440_000_000 + ship,
                "t": pa.array(t, pa.timestamp("us", "UTC")),
                "lon": np.round(130.0 + (ship % 300) * 0.01 + (t - start) / span, 5),
                "lat": 42.0 + (ship % 100) * 0.01,
                "sog_kn": np.full(count, 9.5),
                "cog_deg": np.full(count, 90.0),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()


def step(name: str, rows: int, wall: float, cpu: float) -> None:
    """Print what one step took."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    now, used = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{name}: {rows:,} rows, {now:.0f} s, {used:.0f} s of processor, peak {peak:.2f} GB", flush=True)


def _told(tables: Iterable[pd.DataFrame], wall: float, cpu: float) -> Iterator[pd.DataFrame]:
    """The tables, with a line every ten million rows: memory must stay level."""
    done = 0
    for table in tables:
        yield table
        done += len(table)
        if done % 10_000_000 < len(table):
            step("  so far", done, wall, cpu)


def main() -> None:
    """Run both steps."""
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 100_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.parquet"
        write_positions(path, rows)
        print(
            f"made {path.stat().st_size / 1e9:.2f} GB, peak "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB",
            flush=True,
        )
        store = PositionStore(Path(folder) / "positions")
        wall, cpu = time.perf_counter(), time.process_time()
        report = ReadReport(path.name)
        store.append(_told(PositionReader().batches(path, report), wall, cpu), key="made", file=path.name)
        step("ingest", report.positions, wall, cpu)
        wall, cpu = time.perf_counter(), time.process_time()
        gaps: pd.DataFrame = stored_gaps(store, until=START + timedelta(days=DAYS))
        step(f"gaps ({len(gaps):,} found)", report.positions, wall, cpu)


if __name__ == "__main__":
    main()
