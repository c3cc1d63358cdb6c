"""How long a run takes that has nothing to do: `python -m tests.benchmarks.many_scenes 20000 FOLDER`.

The scenes are one SIMULATED pass over the tests' small port, archived again and again under other days and ports, with
its tables. Making them takes minutes, so FOLDER is kept and used again when it is there.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from monitor.cli.app import run
from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.detect.berths.profiles import BERTH_PROFILES
from monitor.pipeline.freshness import NOTE, made_from, table_key
from monitor.workspace.workspace import Workspace
from tests.walk import made

PORTS = 20
STEP = timedelta(hours=20)
TABLES = {"detections": DETECTIONS, "coverage": COVERAGE, "berths": BERTH_PROFILES}


def fill(root: Path, scenes: int) -> None:
    """Archive the first pass of a finished workspace `scenes` times, over so many ports."""
    made.write_workspace(root)
    for number in range(PORTS):
        (root / f"aoi/made{number}.geojson").write_text(json.dumps(made.port()))
    (root / "aoi/made.geojson").unlink()
    run(["run", "--due", "-w", str(root)])
    workspace = Workspace.open(root)
    context, archive = workspace.context(), workspace.archive
    detector = context.detectors["s2"]
    first = {scene.acquisition.aoi_id: scene for scene in reversed(context.scenes)}
    for aoi in context.aois:
        scene, key = first[aoi.id], table_key(detector, aoi)
        raster = archive.read_raster(scene.id)
        tables = {name: archive.read_scene_tables(name, key, schema, [scene]) for name, schema in TABLES.items()}
        for number in range(1, scenes // PORTS):
            at = scene.acquisition.start - number * STEP
            twin = replace(scene.acquisition, id=f"{scene.id}_{number}", start=at, end=at)
            archive.write_scene(twin, raster)
            for name, table in tables.items():
                archive.write_scene_table(name, key, twin.id, _of(table, twin.id))
        print(aoi.id, flush=True)
    archive.write_note(NOTE, made_from(workspace.context()))


def _of(table: pd.DataFrame, scene_id: str) -> pd.DataFrame:
    ids = {"detection_id": [f"{scene_id}-{n}" for n in range(len(table))]} if "detection_id" in table else {}
    return table.assign(scene_id=scene_id, **ids)


def main(scenes: int, root: Path) -> None:
    """Print seconds of wall and of processor of an idle run, first with cold files and then again."""
    if not root.exists():
        os.fsync = lambda _: None  # the archive is made once and measured by reading
        fill(root, scenes)
        run(["run", "--due", "-w", str(root)])
    for turn in ("first", "second"):
        wall, processor = time.perf_counter(), time.process_time()
        run(["run", "--due", "-w", str(root)])
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        print(f"{turn} idle run over {scenes} scenes: {wall:.1f} s, {processor:.1f} s of processor")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
