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
from tests.sources.imagery.local.pictures import harbour, write_picture
from tests.sources.imagery.local.test_vendor import IMD, SCENE, XML, planet_metadata, usable

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


def write_vendors(folder: Path) -> list[Path]:
    """Pictures with all that vendors and users put beside them; every file."""
    scene = f"{SCENE}_3B_AnalyticMS"
    write_picture(folder / f"{scene}.tif", harbour(4, 40, "uint16"))
    usable(folder / f"{SCENE}_3B_udm2.tif", 40)
    planet_metadata(folder / f"{SCENE}_metadata.json")
    (folder / f"{scene}_metadata.xml").write_text(
        "<a><b><bandNumber>1</bandNumber><reflectanceCoefficient>2e-5</reflectanceCoefficient></b></a>"
    )
    write_picture(folder / "shot.png", harbour(3, 40, "uint8"))
    (folder / "shot.pgw").write_text("0.00003\n0\n0\n-0.00003\n129.0\n42.18\n")
    write_picture(folder / "look.jp2", harbour(3, 40, "uint8"))
    write_picture(folder / "maxar.tif", harbour(4, 40, "uint16"), gsd=1.6)
    (folder / "maxar.IMD").write_text(IMD.format(bands="BGRN"))
    write_picture(folder / "other.tif", harbour(4, 40, "uint16"), gsd=1.6)
    (folder / "other.XML").write_text(XML)
    for number in (2, 3):
        write_picture(folder / f"{LANDSAT}_SR_B{number}.TIF", harbour(1, 40, "uint16"), gsd=30.0)
    (folder / f"{LANDSAT}_MTL.txt").write_text("  DATE_ACQUIRED = 2023-09-05\n  CLOUD_COVER = 3.40\n  WRS_PATH = 115\n")
    return sorted(folder.iterdir())


LANDSAT = "LC08_L2SP_115031_20230905_20230912_02_T1"


@pytest.mark.filterwarnings("ignore")
def test_whatever_is_damaged_beside_a_picture_is_read_or_refused(tmp_path: Path) -> None:
    files, kept = write_vendors(tmp_path / "whole"), 0
    for seed in range(300):
        source = files[seed % len(files)]
        home = shutil.copytree(tmp_path / "whole", tmp_path / str(seed))
        (home / source.name).write_bytes(mutated(source.read_bytes(), random.Random(seed)))
        FolderSource(home).survey(PORT, TimeRange.parse("2023"))
        for picture in home.iterdir():
            if picture.suffix.lower() in (".tif", ".png", ".jp2") and picture.stem[:5] == source.stem[:5]:
                try:
                    read_image(picture)
                    kept += 1
                except MonitorError:
                    continue
        shutil.rmtree(home)
    assert kept > 100


@pytest.mark.filterwarnings("ignore")
def test_a_mutated_file_is_read_or_refused(tmp_path: Path) -> None:
    assert 0 < run(tmp_path, range(240)) < 240
