"""How fast scenes come over a slow line, and how much memory a large AOI takes; ratios, not seconds."""

from __future__ import annotations

import multiprocessing
import resource
import time
from datetime import timedelta

import pytest

from monitor.core.aoi import Aoi
from monitor.core.parallel import open_pool
from monitor.core.timerange import TimeRange
from monitor.pipeline.pull import missing, pull_scenes, search
from monitor.store import Archive, UnitQuota
from tests.sources.imagery.sentinelhub.hub_places import EAST, T0, WEST, source_for
from tests.sources.places import aoi_over
from tests.standin.server import StandIn
from tests.standin.worlds import Sea, s2_product

pytestmark = [pytest.mark.loopback, pytest.mark.slow]
SEASON = TimeRange.parse("2023-09-01/2024-06-01")


def _seconds(folder, standin: StandIn, port: Aoi, pool: str | None) -> float:
    archive = Archive(folder)
    source = source_for(standin, ledger=UnitQuota(archive))
    work = missing(archive, search(source, [port], SEASON))
    began = time.perf_counter()
    with open_pool(pool) as workers:
        outcomes = pull_scenes(source, archive, work, workers)
    assert len(outcomes) == 40
    assert all(outcome.ok for outcome in outcomes)
    return time.perf_counter() - began


def test_eight_threads_against_one(tmp_path):
    """40 scenes at 300 ms latency: at least four times as fast."""
    port = aoi_over(500_100, 4_670_000, 500_340, 4_670_200, name="rajin")
    passes = [s2_product(T0 + timedelta(days=5 * n), WEST.union(EAST)) for n in range(40)]
    with StandIn(Sea(passes), latency_s=0.3) as standin:
        one = _seconds(tmp_path / "one", standin, port, None)
        eight = _seconds(tmp_path / "eight", standin, port, "threads:8")
    print(f"\n40 scenes, 300 ms latency: one by one {one:.1f} s, 8 threads {eight:.1f} s, ratio {one / eight:.1f}")
    assert one / eight >= 4


def _large(url: str, folder: str, side_m: int, queue) -> None:
    port = aoi_over(500_000, 4_640_000, 500_000 + side_m, 4_640_000 + side_m, name="large")
    archive = Archive(folder)
    source = source_for(_At(url), deadline_s=600)
    work = missing(archive, search(source, [port], SEASON))
    outcomes = pull_scenes(source, archive, work)
    assert [outcome.error for outcome in outcomes] == [None]
    queue.put((archive.scenes()[0].grid.shape, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


class _At:
    """Where a stand-in of another process is."""

    def __init__(self, url: str) -> None:
        self.url, self.token_url = url, f"{url}/token"


def test_memory_of_a_large_aoi(tmp_path):
    """25 × 25 km at 10 m: under 1 GB."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    with StandIn(Sea([s2_product(T0, WEST.union(EAST))])) as standin:
        process = context.Process(target=_large, args=(standin.url, str(tmp_path), 24_970, queue))
        process.start()
        shape, peak_mb = queue.get(timeout=500)
        process.join()
    print(f"\n25 × 25 km ({shape[1]} × {shape[0]} px): peak {peak_mb:.0f} MB")
    assert max(shape) in range(2495, 2501)
    assert peak_mb < 1024
