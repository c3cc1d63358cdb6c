"""How fast the local page answers, and whether 50 readers meet an error while a run writes.

    python -m tests.benchmarks.serve_load WORKSPACE [READERS] [SECONDS]

The workspace is copied first and stays as it is. Times are wall time on loopback, of the first request after the page
says that it is there, and of requests one by one; then the readers ask at once while `monitor correlate` runs on a
changed archive.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

MONITOR = str(Path(sys.executable).with_name("monitor"))


@contextmanager
def page_of(root: Path) -> Iterator[tuple[str, str]]:
    """Base address and token of a served workspace."""
    command = [MONITOR, "-w", str(root), "serve", "--port", "0", "--no-open", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            base, token = address.split("/#token=")
            yield base, token
        finally:
            process.terminate()


def seconds(client: httpx.Client, path: str) -> float:
    """Wall time of one answer, which must be one."""
    began = time.perf_counter()
    assert client.get(path).status_code == 200
    return time.perf_counter() - began


def read(base: str, paths: list[str], until: float, number: int) -> list[tuple[object, float]]:
    """Status (or what went wrong) and wall time of each request of one reader."""
    found: list[tuple[object, float]] = []
    with httpx.Client(base_url=base, timeout=120, trust_env=False) as client:
        while time.perf_counter() < until:
            began = time.perf_counter()
            try:
                status: object = client.get(paths[(number + len(found)) % len(paths)]).status_code
            except httpx.HTTPError as error:
                status = repr(error)
            found.append((status, time.perf_counter() - began))
    return found


def main() -> None:
    """Print every figure, a line each."""
    given = sys.argv[1:]
    root, readers = Path(given[0]), int(given[1]) if len(given) > 1 else 50
    long = float(given[2]) if len(given) > 2 else 30.0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(root, Path(folder) / "ws"))
        with page_of(copy) as (base, token), httpx.Client(base_url=base, timeout=120, trust_env=False) as client:
            print(f"first page      {seconds(client, '/') * 1000:7.0f} ms")
            ports = [f"/ports/{port['id']}" for port in client.get("/api/ports").json()]
            for path in ports:
                print(f"{path:15} {seconds(client, path) * 1000:7.0f} ms, again {seconds(client, path) * 1000:.0f} ms")
            print(f"review          {seconds(client, '/review') * 1000:7.0f} ms")
            ship = client.get("/api/tables/detections?limit=1").json()["rows"][0]["detection_id"]
            given = {"subject": ship, "decision": "reject", "who": "benchmark"}
            assert client.post("/api/reviews", json=given, headers={"X-Monitor-Token": token}).status_code == 200
            paths = ["/", *ports, "/review", "/activity", "/api/ports", "/api/tables/matches", "/api/findings"]
            with subprocess.Popen([MONITOR, "-w", str(copy), "correlate"], stdout=subprocess.DEVNULL) as writer:
                until = time.perf_counter() + long
                with ThreadPoolExecutor(readers) as pool:
                    made = [pool.submit(read, base, paths, until, number) for number in range(readers)]
                answers = [answer for each in made for answer in each.result()]
                wrote = "ended" if writer.poll() is not None else "still wrote at the end"
    times = np.array([wall for _, wall in answers])
    print(
        f"{readers} readers, {len(answers)} answers: {dict(Counter(status for status, _ in answers))}; the run {wrote}"
    )
    print(f"median {np.median(times) * 1000:.0f} ms, 95 % {np.quantile(times, 0.95) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
