from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import find_gaps, port_calls, track_at
from monitor.ais.buckets import by_bucket
from monitor.core.errors import DataError
from monitor.core.parallel import open_pool
from monitor.core.tables import GAPS, PORT_CALLS, TRACK_POINTS
from tests.ais.conftest import at, fixes

PORTS = pd.DataFrame({"port_id": ["a"], "lon": [130.0], "lat": [42.0]})


@pytest.fixture(scope="module")
def positions() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    tracks = [fixes(440000001 + i, np.sort(rng.uniform(0, 200, 40)).tolist(), east_kn=0.3) for i in range(6)]
    return pd.concat(tracks, ignore_index=True).sample(frac=1.0, random_state=2)


def check(positions: pd.DataFrame, buckets: int, pool: Executor | None) -> None:
    gaps = find_gaps(positions, until=at(230))
    assert len(gaps) > 20
    made = by_bucket(
        partial(find_gaps, until=at(230)), positions, GAPS, order=("start", "mmsi"), buckets=buckets, pool=pool
    )
    assert_frame_equal(made, gaps)
    calls = by_bucket(
        partial(port_calls, ports=PORTS),
        positions,
        PORT_CALLS,
        order=("arrived_at", "mmsi"),
        buckets=buckets,
        pool=pool,
    )
    assert_frame_equal(calls, port_calls(positions, PORTS))
    instants = [at(50), at(100)]
    points = by_bucket(
        partial(track_at, instants=instants), positions, TRACK_POINTS, order=("mmsi", "t"), buckets=buckets, pool=pool
    )
    assert_frame_equal(points, track_at(positions, instants))


@pytest.mark.parametrize("buckets", [1, 2, 7])
def test_any_number_of_buckets_gives_the_bytes_of_one_call(positions: pd.DataFrame, buckets: int) -> None:
    check(positions, buckets, None)


def test_threads_and_processes_give_the_bytes_of_one_call(positions: pd.DataFrame) -> None:
    with ThreadPoolExecutor(2) as threads:
        check(positions, 3, threads)
    with open_pool("processes:2") as processes:
        check(positions, 3, processes)


@pytest.fixture
def dask_address() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp", host="127.0.0.1"
    ) as cluster:
        yield str(cluster.scheduler_address).removeprefix("tcp://")


@pytest.mark.loopback
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_dask_cluster_gives_the_bytes_of_one_call(positions: pd.DataFrame, dask_address: str) -> None:
    with open_pool(f"dask://{dask_address}") as pool:
        check(positions, 3, pool)


def test_no_positions_and_no_buckets() -> None:
    assert_frame_equal(by_bucket(find_gaps, fixes(1, []), GAPS, order=("start",), buckets=3), GAPS.empty())
    with pytest.raises(DataError, match="buckets"):
        by_bucket(find_gaps, fixes(1, [0]), GAPS, order=("start",), buckets=0)
