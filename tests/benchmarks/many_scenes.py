"""How long a run takes that has nothing to do: `python -m tests.benchmarks.many_scenes 20000 FOLDER`.

The scenes are one SIMULATED pass over the tests' small port, archived again and again under other days and ports; the
files of its pixels and tables are copies under other names. Nothing is derived from them: that it was is noted as a run
would note it. FOLDER is kept and used again when it is there.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.cli.app import run
from monitor.core.scenes.scene import Scene
from monitor.io.stac import PixelFacts, item_checks, read_item
from monitor.io.stac_item import encode_item, scene_item
from monitor.pipeline.ais.rematch import MATCHED, matched_note
from monitor.pipeline.context import Context
from monitor.pipeline.freshness import NOTE, brief_basis, brief_note, made_from
from monitor.workspace.workspace import Workspace
from tests.walk import made

PORTS = 20
STEP = timedelta(hours=20)
TABLES = ("detections", "coverage", "berths", "land")


def fill(root: Path, scenes: int) -> None:
    """A workspace with so many archived scenes over `PORTS` ports, their tables, and a brief; noted as current."""
    made.write_workspace(root)
    for number in range(1, PORTS):
        (root / f"aoi/made{number}.geojson").write_text(json.dumps(made.port()))
    for command in ("pull", "ingest", "detect"):
        run([command, *(map(str, (root / "ais").iterdir()) if command == "ingest" else ()), "-w", str(root)])
    context = Workspace.open(root).context()
    for aoi in context.aois:
        mine = [scene for scene in context.scenes if scene.acquisition.aoi_id == aoi.id]
        facts = PixelFacts.of(context.archive.read_raster(mine[0].id))
        for number in range(1, scenes // PORTS - len(mine) + 1):
            _twin(context, mine[0], facts, number)
    context.archive.reindex()
    note_current(root)


def note_current(root: Path) -> None:
    """Note that tables and brief are made from what is there."""
    context = Workspace.open(root).context()
    context.archive.write_note(MATCHED, matched_note(context))
    context.archive.write_note(NOTE, made_from(context))
    period = context.span()
    brief = root / "reports" / f"brief_{period.start:%Y%m%d}_{period.end:%Y%m%d}.html"
    brief.parent.mkdir(exist_ok=True)
    brief.touch()
    context.archive.write_note(brief_note(brief), brief_basis(context.archive))


def _twin(context: Context, scene: Scene, facts: PixelFacts, number: int) -> None:
    """The scene under another day, with copies of its files."""
    at, archive = scene.acquisition.start - number * STEP, context.archive
    twin = replace(scene.acquisition, id=f"{scene.id}_{number}", start=at, end=at)
    old, new = archive.folder(scene.acquisition), archive.folder(twin)
    new.mkdir(parents=True)
    for name in ("pixels.tif", "mask.tif", "request.json"):
        shutil.copyfile(old / name, new / name)
    item = scene_item(twin, facts, checks=item_checks(read_item(old)))
    (new / "item.json").write_bytes(encode_item(item))
    for kind in TABLES:
        for path in (archive.root / kind).glob(f"*/{scene.id}.parquet"):
            shutil.copyfile(path, path.with_name(f"{twin.id}.parquet"))


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
