"""Single flipped bits in every kind of file: an error or the same values, never other values, never a traceback."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.errors import MonitorError
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import COUNTS, DETECTIONS, POSITIONS, VESSELS
from monitor.store.archive import Archive
from monitor.store.ingested import FileFacts
from monitor.store.positions import PositionStore
from monitor.store.records import Record
from monitor.store.verify import verify

T0 = datetime(2023, 10, 5, 2, tzinfo=UTC)
KINDS = {
    "positions": "positions/date=*/*.parquet",
    "vessels": "positions/vessels.parquet",
    "markers": "positions/ingested/*.json",
    "pixels": "scenes/**/pixels.tif",
    "masks": "scenes/**/mask.tif",
    "items": "scenes/**/item.json",
    "requests": "scenes/**/request.json",
    "index": "index.sqlite",
    "detections": "detections/*/*.parquet",
    "tables": "derived/*.parquet",
    "notes": "derived/*.txt",
    "records": "ledger/*.jsonl",
}


def rows(schema, count=30):
    n = range(count)
    made = {"str": lambda i: f"x{i}", "float64": lambda i: i / 7, "bool": lambda i: bool(i % 2), "int64": int}
    frame = {}
    for column, dtype in schema.dtypes.items():
        if dtype == "geometry":
            frame[column] = gpd.GeoSeries([Point(130 + i, 42).buffer(0.001) for i in n], crs=4326)
        elif dtype.startswith("datetime"):
            frame[column] = pd.to_datetime([T0 + timedelta(minutes=i) for i in n], utc=True)
        else:
            frame[column] = [made.get(dtype, int)(i) for i in n]
    return schema.conform(pd.DataFrame(frame))


@pytest.fixture
def written(tmp_path: Path, make_acquisition: Callable[..., Acquisition], raster: Raster) -> Archive:
    archive = Archive(tmp_path / "archive")
    for day in range(2):
        archive.write_scene(make_acquisition(f"scene{day}", day=day), raster, {"source": "folder"})
        found = rows(DETECTIONS).assign(scene_id=f"scene{day}", detection_id=[f"{day}-{i}" for i in range(30)])
        archive.write_detections("yolo", f"scene{day}", found)
    archive.write_table("counts", rows(COUNTS))
    archive.write_note("findings", "[" + ", ".join(f'{{"claim": "{i} ships"}}' for i in range(20)) + "]")
    archive.record(*(Record("review", f"r{i}", T0, {"decision": "keep", "note": "나진"}) for i in range(9)))
    facts = FileFacts({"rows": 30}, rows(VESSELS).assign(mmsi=range(1, 31)))
    PositionStore(archive.root / "positions").append([rows(POSITIONS)], key="k", file="a.csv", describe=lambda: facts)
    return archive


def everything(archive: Archive) -> Iterator[object]:
    """All that can be read out of an archive, as values that compare."""
    positions = PositionStore(archive.root / "positions")
    scenes = archive.scenes()
    yield [(scene.id, archive.item(scene.id), archive.scene_file(scene.id, "request.json")) for scene in scenes]
    for scene in scenes:
        raster = archive.read_raster(scene.id)
        yield (
            raster.data.tobytes(),
            raster.valid.tobytes(),
            np.asarray(raster.cloud).tobytes(),
            raster.bands,
            raster.grid,
        )
    yield pd.DataFrame(archive.read_scene_tables("detections", "yolo", DETECTIONS, scenes)).to_csv()
    yield archive.read_table("counts", COUNTS).to_csv()
    yield archive.read_note("findings"), archive.records("review")
    yield positions.read().to_csv(), positions.vessels().to_csv(), positions.ingested()


def flipped(archive: Archive, kind: str, count: int, seed: int) -> Counter[str]:
    """What became of flips of random bits in files of a kind; `silent` and `traceback` are what must not be."""
    whole, rng, tally = list(everything(archive)), random.Random(seed), Counter[str]()
    files = sorted(archive.root.glob(KINDS[kind]))
    for _ in range(count):
        path = rng.choice(files)
        content = path.read_bytes()
        bit = rng.randrange(8 * len(content))
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            outcome = "harmless" if list(everything(archive)) == whole else "silent"
        except MonitorError:
            outcome = "error in reading"
        except Exception as error:  # noqa: BLE001
            outcome = f"traceback {type(error).__name__}"
        if verify(archive, PositionStore(archive.root / "positions")).damaged:
            outcome = {"harmless": "found by verify"}.get(outcome, outcome)
        elif outcome == "error in reading":
            outcome = "not found by verify"
        tally[outcome] += 1
        for suffix in ("-wal", "-shm"):
            with suppress(OSError):
                path.with_name(path.name + suffix).unlink()
        path.write_bytes(content)
    return tally


@pytest.mark.parametrize("kind", KINDS)
def test_no_flipped_bit_gives_other_values(written: Archive, kind: str) -> None:
    assert len(list(written.root.glob(KINDS[kind]))) > 0
    tally = flipped(written, kind, 12, seed=7)
    assert set(tally) <= {"harmless", "error in reading", "found by verify"}
    if kind != "index":
        assert "harmless" not in tally


def test_a_whole_archive_is_whole_and_a_sample_is_one(written: Archive) -> None:
    positions = PositionStore(written.root / "positions")
    found = verify(written, positions)
    assert (found.damaged, found.unknown) == ((), ())
    assert found.checked == 8 + 2 + 1 + 1 + 1 + 1 + 1 + 1
    assert verify(written, positions, sample=3).checked == 3


def test_what_is_damaged_is_named_with_what_to_do(written: Archive) -> None:
    pixels = next(written.root.glob("scenes/**/pixels.tif"))
    pixels.write_bytes(pixels.read_bytes()[:-1])
    next(written.root.glob("positions/date=*/*.parquet")).unlink()
    found = verify(written, PositionStore(written.root / "positions"))
    assert [damage.path.split("/")[0] for damage in found.damaged] == ["scenes", "positions"]
    assert "pull the scene again" in found.text()
    assert "ingest its file again" in found.text()


def test_files_of_an_older_version_are_named_as_unknown(written: Archive) -> None:
    table = written.root / "derived/counts.parquet"
    rows(COUNTS).to_parquet(table, index=False)
    assert verify(written, PositionStore(written.root / "positions")).unknown == ("derived/counts.parquet",)
    assert len(written.read_table("counts", COUNTS)) == 30
