from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import find_gaps
from monitor.core.parallel import open_pool
from monitor.core.timerange import TimeRange
from monitor.pipeline.ais.gaps import stored_gaps
from monitor.pipeline.ais.ingest import ingest_files
from monitor.store.positions import PositionStore

HEADER = "mmsi,t,lon,lat,sog_kn\n"
START = datetime(2024, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(5)
    rows = [
        f"{440000001 + rng.integers(0, 7)},{START + timedelta(seconds=int(s))},{130 + rng.random():.5f},42,5"
        for s in np.sort(rng.integers(0, 9 * 86400, 150))
    ]
    path = tmp_path_factory.mktemp("ais") / "log.csv"
    path.write_text(HEADER + "\n".join(rows) + "\nbad\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def store(log_file: Path) -> PositionStore:
    store = PositionStore(log_file.parent / "positions")
    ingest_files(store, [log_file])
    return store


@pytest.mark.parametrize("until", [None, START + timedelta(days=5, hours=3), START + timedelta(days=30)])
def test_gaps_from_the_store_equal_gaps_at_once(store: PositionStore, until: datetime | None) -> None:
    positions = store.read()
    if until is not None:
        positions = positions[positions["t"] <= until]
    expected = find_gaps(positions, until=until)
    assert len(expected) > 3
    assert_frame_equal(stored_gaps(store, until=until), expected)


def test_a_period_narrows_the_gaps(store: PositionStore) -> None:
    period = TimeRange(START + timedelta(days=2), START + timedelta(days=6))
    assert_frame_equal(stored_gaps(store, period=period), find_gaps(store.read(period)))


def test_any_pool_and_any_number_of_buckets_give_equal_bytes(store: PositionStore) -> None:
    until = START + timedelta(days=9)
    serial = stored_gaps(store, until=until)
    with ThreadPoolExecutor(2) as threads:
        assert_frame_equal(stored_gaps(store, until=until, pool=threads, buckets=3), serial)
    with open_pool("processes:2") as processes:
        assert_frame_equal(stored_gaps(store, until=until, pool=processes, buckets=4), serial)


def test_an_empty_store_has_no_gaps(tmp_path: Path) -> None:
    assert stored_gaps(PositionStore(tmp_path), until=START).empty
