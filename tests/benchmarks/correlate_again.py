"""What a new scene at one port costs: `python -m tests.benchmarks.correlate_again PORTS SCENES FOLDER`.

Ports like the tests' small one, 20 km apart, each with so many made observations. Prints processor
seconds of deriving everything, of deriving with nothing new, and of deriving with one new scene, and their ratios.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from affine import Affine

from monitor.core.aoi import Aoi, read_aoi
from monitor.core.geo.grid import Grid
from monitor.pipeline.context import Context
from monitor.pipeline.correlate import correlate_all
from tests.benchmarks.correlate_year import made_observations
from tests.pipeline.made_scenes import context_of, write
from tests.walk import made

APART_M = 20_000.0


def ports_of(number: int, folder: Path) -> tuple[Aoi, ...]:
    """The ports."""
    folder.mkdir(parents=True)
    found = []
    for n in range(number):
        shift = Affine.translation(APART_M * (n % 5), -APART_M * (n // 5))
        grid, path = Grid(made.EPSG, shift * made.GRID.transform, made.GRID.shape), folder / f"port{n:03}.geojson"
        path.write_text(json.dumps(made.port(name=path.stem, grid=grid)))
        found.append(read_aoi(path))
    return tuple(found)


def timed(context: Context) -> tuple[float, int]:
    """Seconds of processor of a correlation, and at how many ports it derived anything from the scenes."""
    used = time.process_time()
    found = correlate_all(context.after_pull())
    return time.process_time() - used, len(found.anew.get("observed", ()))


def main(ports: int, scenes: int, folder: Path) -> None:
    """Print the three."""
    os.fsync = lambda _: None
    aois = ports_of(ports, folder / "aoi")
    tables, acquisitions = made_observations(aois, each=scenes)
    context = context_of(folder / "archive", aois)
    for acquisition in acquisitions:
        write(context, acquisition, acquisition.id, tables)
    whole, derived = timed(context)
    print(f"{ports} ports, {len(acquisitions)} scenes: {whole:.1f} s of processor, {derived} ports derived")
    nothing, derived = timed(context)
    print(f"nothing new: {nothing:.1f} s, {derived} ports derived; the whole costs {whole / nothing:.1f} times that")
    like = acquisitions[-2]
    for name, days in (("one new scene", 1), ("one new scene of a later day", 9)):
        at = like.start + timedelta(days=days)
        write(context, replace(like, id=f"{like.id}_{days}", start=at, end=at), like.id, tables)
        one, derived = timed(context)
        print(f"{name}: {one:.1f} s, {derived} ports derived; the whole costs {whole / one:.1f} times that")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).resolve())
