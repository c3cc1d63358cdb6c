"""Bytes changed at random: our errors and no others."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from monitor.core.aoi import parse_aoi
from monitor.core.errors import MonitorError
from monitor.core.timerange import TimeRange
from monitor.io.vectors import read_outlines
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.source import FolderSource

CASES = Path(__file__).parents[2] / "cases"
PORT = parse_aoi(read_outlines(CASES / "aoi" / "read" / "port.kml"), id="gdynia")


def mutated(content: bytes, rng: random.Random) -> bytes:
    """The content with some bytes changed, cut out or doubled."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(data))
        kind = rng.random()
        if kind < 0.6:
            data[at] = rng.randrange(256)
        elif kind < 0.8:
            del data[at : at + rng.randrange(1, 40)]
        else:
            data[at:at] = data[at : at + rng.randrange(1, 40)]
        if not data:
            return b""
    return bytes(data)


def read(path: Path) -> None:
    """Read a file by every way that a user has."""
    if path.suffix in (".tif", ".json"):
        picture = path.with_suffix(".tif")
        FolderSource(path.parent, takes_missing_bands=True).survey(PORT, TimeRange.parse("2023"))
        read_image(picture)
    else:
        parse_aoi(read_outlines(path), id="x")


def run(folder: Path, seeds: range) -> int:
    """How many of the mutated files were read."""
    sources = [p for kind in ("imagery/read", "aoi/read", "stac") for p in sorted((CASES / kind).iterdir())]
    plain, kept = CASES / "imagery" / "read" / "plain.tif", 0
    for seed in seeds:
        rng = random.Random(seed)
        source = sources[seed % len(sources)]
        home = folder / str(seed)
        home.mkdir()
        for beside in source.parent.glob(f"{source.stem}.*"):
            shutil.copy(beside, home)
        if source.suffix == ".json":
            shutil.copy(plain, home / f"{source.stem}.tif")
        (home / source.name).write_bytes(mutated(source.read_bytes(), rng))
        try:
            target = home / source.name
            read(target.with_suffix(".shp") if source.suffix in (".dbf", ".prj", ".shx") else target)
            kept += 1
        except MonitorError:
            continue
        finally:
            shutil.rmtree(home)
    return kept


@pytest.mark.filterwarnings("ignore")
def test_a_mutated_file_is_read_or_refused(tmp_path: Path) -> None:
    assert 0 < run(tmp_path, range(240)) < 240
