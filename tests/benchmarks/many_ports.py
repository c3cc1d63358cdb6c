"""Many ports through pull, detect, correlate and brief, one after the other and on Dask, with equal bytes.

``python -m tests.benchmarks.many_ports PORTS SCENES DAYS FOLDER serial``, the same with ``dask``, then with
``compare``: so many made-up ports with so many SIMULATED scenes each, so many days apart, and AIS of half the ships;
``100 12 30`` is a year of a hundred ports. Dask runs on this machine: a scheduler and two processes of one thread each
on the loopback. Prints processor seconds, of each step and a scene, and peak memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import numpy as np
from affine import Affine
from distributed import Client, LocalCluster

from monitor.core.geo.grid import Grid
from monitor.workspace.workspace import Workspace
from tests.walk import made

APART_M = 2500.0
A_ROW = 10
WORKERS = 2
NOW = datetime(2024, 12, 1, tzinfo=UTC)
OWN = ("scenes", "detections", "coverage", "berths", "land", "derived")
"""Folders of the archive that are compared, byte by byte, and the brief with them; not the notes of what they were made
from, which name when the AIS was read in."""


class Clock(datetime):
    """A clock that stands, since a brief states when it was made."""

    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW


def make(root: Path, ports: int, scenes: int, every: timedelta) -> None:
    """The workspace: ports on a grid, a ship at each berth in about half of the scenes, half of them on AIS."""
    rng, rows = np.random.default_rng(0), ["MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading"]
    (root / "aoi").mkdir(parents=True)
    (root / "ais").mkdir()
    (root / "monitor.toml").write_text('[source]\nname = "folder"\nsensors = ["s2"]\n')
    for number in range(ports):
        shift = Affine.translation(APART_M * (number % A_ROW), -APART_M * (number // A_ROW))
        grid, name = Grid(made.EPSG, shift * made.GRID.transform, made.GRID.shape), f"port{number:03}"
        (root / f"aoi/{name}.geojson").write_text(json.dumps(made.port(name=name, grid=grid)))
        lon, lat = grid.lonlat(67.0, made.QUAY_COL - 2.0)
        for scene in range(scenes):
            at = made.FIRST + every * scene + timedelta(seconds=number)
            there = bool(rng.random() < 0.5)
            pixels = made.pixels((made.SHIP,) if there else (), seed=number * 1000 + scene)
            made.write_pixels(root / "scenes" / name, at, pixels, grid)
            if there and number % 2:
                for minutes in range(-120, 121, 10):
                    t = at + timedelta(minutes=minutes)
                    rows.append(f"{440100000 + number},{t:%Y-%m-%dT%H:%M:%S},{lat:.5f},{lon:.5f},0.0,0,0")
    (root / "ais" / "made.csv").write_text("\n".join(rows) + "\n")


def contents(root: Path) -> Iterator[tuple[str, str]]:
    """Name and hash of each file that a run made."""
    made_by = [path for folder in OWN for path in (root / "archive" / folder).rglob("*")]
    for path in [*made_by, *(root / "reports").glob("*.html")]:
        if path.is_file() and path.suffix != ".txt":
            yield str(path.relative_to(root)), hashlib.sha256(path.read_bytes()).hexdigest()


def run(root: Path, pool: str | None) -> tuple[float, float]:
    """Seconds of wall and of this process's processor of a run, step by step on standard output."""
    began, used = time.perf_counter(), time.process_time()

    def line(text: str) -> None:
        wall, processor = time.perf_counter() - began, time.process_time() - used
        print(f"  {wall:7.1f} s, {processor:6.1f} s of processor here: {text}", flush=True)

    with mock.patch("monitor.workspace.workspace.datetime", Clock):
        result = Workspace.open(root).run(pool=pool, progress=line)
    assert not result.failed, result
    return time.perf_counter() - began, time.process_time() - used


def used_by_worker() -> tuple[float, float]:
    """Seconds of processor and peak memory in MB of the process this runs in."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    status = Path("/proc/self/status").read_text()  # ru_maxrss begins with that of the process before it
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return usage.ru_utime + usage.ru_stime, peak / 1e3


def serial(root: Path, scenes: int) -> None:
    """Without a pool."""
    wall, processor = run(root, None)
    peak = used_by_worker()[1]
    print(f"serial: {wall:.0f} s, {processor:.0f} s of processor, {processor / scenes:.2f} a scene, peak {peak:.0f} MB")


def dask(root: Path, scenes: int) -> None:
    """On a cluster of this machine; from another folder, as its workers are."""
    os.chdir("/")
    with (
        LocalCluster(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as at,
    ):
        before = at.run(used_by_worker)
        wall, processor = run(root, cluster.scheduler_address.replace("tcp://", "dask://"))
        after = at.run(used_by_worker)
    own = sum(after[worker][0] - before[worker][0] for worker in after)
    peak = max(memory for _, memory in after.values())
    print(
        f"dask, {WORKERS} workers: {wall:.0f} s, {processor:.0f} s of processor here and {own:.0f} s in workers, "
        f"{(processor + own) / scenes:.2f} a scene, peak of a worker {peak:.0f} MB, here {used_by_worker()[1]:.0f} MB"
    )


def compare(folder: Path) -> None:
    """Which files differ between the two."""
    one, other = (dict(contents(folder / side / "watch")) for side in SIDES)
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    print(f"{len(one)} files, {len(differing)} differ: {differing[:10]}")


SIDES = {"serial": serial, "dask": dask}


def main(ports: int, scenes: int, days: float, folder: Path, side: str) -> None:
    """Run one side, or compare both."""
    if side == "compare":
        compare(folder)
        return
    make(folder / side / "watch", ports, scenes, timedelta(days=days))
    print(f"{ports} ports, {ports * scenes} scenes, one in {days:g} days of each port", flush=True)
    SIDES[side](folder / side / "watch", ports * scenes)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]).resolve(), sys.argv[5])
