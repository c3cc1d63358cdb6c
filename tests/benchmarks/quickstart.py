"""How long `monitor quickstart` takes against a catalog of this machine: `python -m tests.benchmarks.quickstart 20`.

The catalog has SIMULATED passes over Rajin, as cloud-optimised GeoTIFFs behind range requests.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.aoi import read_aoi
from monitor.core.timerange import TimeRange
from monitor.workspace.factory import season_of, shipped_ports
from monitor.workspace.workspace import Workspace
from tests.standin.items import write_item
from tests.standin.stac_api import StacApi

PERIOD = TimeRange.parse("2023-07-01/2023-12-01")


def write_catalog(folder: Path, scenes: int) -> list[dict]:
    """Items of so many simulated passes, dated as of the last weeks."""
    aoi = read_aoi(shipped_ports() / "rajin.geojson")
    season = season_of((aoi,), seed=7, period=PERIOD, scenario="shuttle-2023", sensors=("s2",))
    passes = season.acquisitions(aoi, season.period)[:scenes]
    shift = datetime.now(UTC) - timedelta(hours=6) - passes[-1].start
    items = []
    for number, acquisition in enumerate(passes):
        raster = season.render(acquisition, aoi)
        cloud = 0.0 if raster.cloud is None else float(raster.cloud.mean())
        at = acquisition.start + shift
        items.append(write_item(folder, f"S2B_52TDN_{number}", at, raster.data, raster.grid, cloud=cloud))
    return items


def main(scenes: int) -> None:
    """Print seconds of wall and of processor, scenes, and what a second run takes."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with StacApi(root / "served", write_catalog(root / "served", scenes)) as api:
            os.environ["MONITOR_STAC__URL"] = api.url
            for turn in ("first", "second"):
                wall, processor = time.perf_counter(), time.process_time()
                Workspace.quickstart("rajin", root / "watch", last="120d", pool="threads:4", progress=print)
                wall, processor = time.perf_counter() - wall, time.process_time() - processor
                print(f"{turn}: {wall:.1f} s, {processor:.1f} s of processor")
        print(f"{len(Workspace.open(root / 'watch').scenes())} scenes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
