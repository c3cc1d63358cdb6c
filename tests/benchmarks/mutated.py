"""Mutated inputs of every kind through their readers: our errors alone, below 1 GB, soon.

`python -m tests.benchmarks.mutated [COUNT [SEED]]` prints a line a kind, and each foreign error with its number.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine
from rasterio.io import MemoryFile

from monitor.core.aoi import parse_aoi, read_aoi
from monitor.core.errors import MonitorError
from monitor.core.geo.grid import Grid
from monitor.core.timerange import TimeRange
from monitor.detect.evaluation.reader import read_labels
from monitor.detect.yolo.weights import read_weights
from monitor.fuse.identity.watchlist import read_watchlist
from monitor.fuse.ledger.observations import read_observations
from monitor.io.vectors import read_outlines
from monitor.sources import read_positions
from monitor.sources.ais.ports import read_port_list
from monitor.sources.aviation.lists import read_aircraft_watchlist, read_airfields, read_events
from monitor.sources.aviation.published import read_claims
from monitor.sources.aviation.reader import read_air
from monitor.sources.imagery.grouping import group_acquisitions, read_items
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.source import FolderSource
from monitor.sources.imagery.sentinelhub.config import read_credentials
from monitor.sources.imagery.sentinelhub.response import ExpectedResponse, read_response
from monitor.training.recipe import read_stages
from monitor.workspace.settings import read_settings, template
from tests.benchmarks.bombs import peak_mb, reset_peak
from tests.sources.imagery.local.test_safe import write_safe
from tests.sources.places import aoi_over
from tests.sources.test_mutated import CASES, mutate, packed, seeds

ROOT = Path(__file__).parents[2]
AT = datetime(2023, 10, 5, 2, 16, tzinfo=UTC)
GRID = Grid(32652, Affine(10, 0, 500_000, 0, -10, 4_700_000), (20, 30))
WANTED = ExpectedResponse({"default": (2, "uint16")}, GRID, AT, AT, "process")
PORT = parse_aoi(read_outlines(CASES / "aoi" / "read" / "port.kml"), id="port")
CRESCENT = parse_aoi(json.loads(next((ROOT / "aoi").glob("rajin.geojson")).read_text()), id="rajin")
OVER = aoi_over(499_900, 4_670_000, 500_500, 4_670_600)
ODD: tuple[object, ...] = (
    None,
    "",
    "x",
    0,
    -1,
    1e400,
    float("nan"),
    [],
    {},
    [[]],
    True,
    "9999-12-31",
    "\ud800",
    10**30,
)


@dataclass(frozen=True)
class Kind:
    """Good files of a kind by name, and its reader; `beside` are written with each, unchanged."""

    good: Mapping[str, bytes]
    read: Callable[[Path], object]
    beside: Mapping[str, bytes]


def kind(read: Callable[[Path], object], *paths: Path, **content: bytes) -> Kind:
    """A kind of some files."""
    beside = {p.name: p.read_bytes() for path in paths for p in path.parent.glob(f"{path.stem}.*") if p != path}
    return Kind({**{path.name: path.read_bytes() for path in paths}, **content}, read, beside)


def picture(path: Path) -> None:
    """Read a GeoTIFF by both ways in."""
    FolderSource(path.parent, takes_missing_bands=True).survey(PORT, TimeRange.parse("2023"))
    read_image(next(path.parent.glob("*.tif")))


def product(path: Path) -> None:
    """Survey a folder with a SAFE product, and fetch it."""
    source = FolderSource(path.parent)
    for found in source.survey(OVER, TimeRange.parse("2023-10")).acquisitions:
        source.fetch(found, OVER)


def catalog(path: Path) -> None:
    """Group the items of a catalog's answer."""
    features = json.loads(path.read_bytes())
    items, _ = read_items(features if isinstance(features, list) else [features], sensor="s2")
    group_acquisitions(items, CRESCENT, sensor="s2", source="test")


def response() -> bytes:
    """A good answer of the Process API."""
    with MemoryFile() as memory:
        size = {"height": 20, "width": 30, "count": 2, "dtype": "uint16", "driver": "GTiff"}
        with memory.open(**size, crs="EPSG:32652", transform=GRID.transform) as out:
            out.write(np.ones((2, 20, 30), np.uint16))
        pixels = memory.read()
    dates = json.dumps({"orbits": [{"tiles": [{"date": "2023-10-05T02:16:00Z"}]}]}).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, content in (("default.tif", pixels), ("userdata.json", dates)):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def item() -> dict[str, object]:
    """A good item of a catalog."""
    area = {"type": "Polygon", "coordinates": [[[130, 42], [131, 42], [131, 43], [130, 43], [130, 42]]]}
    facts = {
        "datetime": "2023-10-05T02:16:00Z",
        "platform": "sentinel-2a",
        "eo:cloud_cover": 12.5,
        "sat:relative_orbit": 3,
    }
    name = "S2A_MSIL2A_20231005T021510_N0509_R003_T52TEM_20231005T043812"
    bands = [{"name": "B02", "raster:offset": -0.1, "raster:scale": 0.0001}]
    asset = {"href": "https://x/B02.tif", "bands": bands, "proj:epsg": 32652}
    return {
        "type": "Feature",
        "id": name,
        "geometry": area,
        "properties": facts,
        "assets": {"blue": asset},
        "links": [],
    }


def changed(rng: random.Random, value: object) -> object:
    """A JSON value with some of its parts replaced by odd ones, or removed."""
    if rng.random() < 0.01:
        return rng.choice(ODD)
    if isinstance(value, dict):
        return {k: changed(rng, v) for k, v in value.items() if rng.random() > 0.003}
    return [changed(rng, v) for v in value] if isinstance(value, list) else value


def outlines(folder: Path) -> dict[str, bytes]:
    """A port in the formats of map programs."""
    table = gpd.GeoDataFrame({"id": ["a"], "geometry": [CRESCENT.geometry]}, crs=4326)
    table.to_file(folder / "a.gpkg")
    table.to_file(folder / "a.shp")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def tables(folder: Path) -> dict[str, bytes]:
    """AIS and aircraft in Parquet."""
    ais = pd.read_csv(CASES / "ais" / "read" / "plain_ms.csv")
    ais.to_parquet(folder / "ais.parquet")
    read_positions(CASES / "ais" / "read" / "plain_ms.csv")[0].to_parquet(folder / "own.parquet")
    pd.read_csv(CASES / "air" / "read" / "opensky_nan.csv").to_parquet(folder / "air.parquet")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def safe(folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of a SAFE product by path, and the same as a zip."""
    root = write_safe(folder)
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return files, {f"{root.stem}.zip": buffer.getvalue()}


def kinds(folder: Path) -> dict[str, Kind]:
    """Every kind of input."""
    made = {name: folder / name for name in ("maps", "tables", "safe")}
    for path in made.values():
        path.mkdir()
    maps, parquets = outlines(made["maps"]), tables(made["tables"])
    (files, zips), data = safe(made["safe"]), ROOT / "monitor"
    shape = {name: content for name, content in maps.items() if not name.endswith("gpkg")}
    cases, texts = CASES / "imagery" / "read", {"air": seeds("air"), "ais": seeds("ais")}
    toml = re.sub(r"(?m)^# ((?!threshold)\w+ = )", r"\1", template(source={"name": '"folder"'})).encode()
    labels = json.dumps(
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"kind": "vessel"}}]}
    )
    return {
        **{
            room: Kind({f"{i}.dat": text for i, text in enumerate(texts[room])}, read, {})
            for room, read in (("ais", read_positions), ("air", read_air))
        },
        "AIS in Parquet": Kind({n: c for n, c in parquets.items() if n != "air.parquet"}, read_positions, {}),
        "aircraft in Parquet": Kind({"air.parquet": parquets["air.parquet"]}, read_air, {}),
        "GeoTIFF": Kind({p.name: p.read_bytes() for p in sorted(cases.glob("*.tif"))}, picture, {}),
        "item beside a picture": Kind(
            {"plain.json": json.dumps(item()).encode()}, picture, {"plain.tif": (cases / "plain.tif").read_bytes()}
        ),
        "SAFE": Kind(files, lambda p: product(folder / "at" / "x"), files),
        "SAFE zip": Kind(zips, product, {}),
        "answer of Sentinel Hub": Kind({"a.tar": response()}, lambda p: read_response(p.read_bytes(), WANTED), {}),
        "catalog": Kind({"c.json": json.dumps([item(), item()]).encode()}, catalog, {}),
        "outlines": Kind(
            {p.name: p.read_bytes() for p in sorted((CASES / "aoi" / "read").iterdir())},
            lambda p: parse_aoi(read_outlines(p), id="x"),
            {},
        ),
        "GeoPackage": Kind({"a.gpkg": maps["a.gpkg"]}, lambda p: parse_aoi(read_outlines(p), id="x"), {}),
        "Shapefile": Kind(shape, lambda p: parse_aoi(read_outlines(p.with_suffix(".shp")), id="x"), shape),
        "AOI": kind(read_aoi, ROOT / "aoi" / "rajin.geojson"),
        "vessel watch list": kind(read_watchlist, data / "fuse" / "data" / "watchlist.csv"),
        "observations": kind(read_observations, data / "fuse" / "data" / "observations.csv"),
        "aircraft watch list": kind(read_aircraft_watchlist, data / "aviation" / "data" / "watchlist.csv"),
        "airfields": kind(read_airfields, data / "aviation" / "data" / "airfields.geojson"),
        "claims": kind(read_claims, data / "aviation" / "data" / "claims.csv"),
        "events": Kind(
            {"e.csv": b"date,event\n2023-10-05,summit\n2023-W40,x\n2023-09-01/2023-10-01,y\n"}, read_events, {}
        ),
        "ports": Kind({"p.csv": b"Main Port Name,Longitude,Latitude\nA,130.5,42.25\nB,131,43\n"}, read_port_list, {}),
        "monitor.toml": Kind({"monitor.toml": toml}, read_settings, {}),
        "recipe": kind(read_stages, *sorted((ROOT / "weights").rglob("*recipe*.toml"))[:1]),
        "weights.toml": kind(lambda p: read_weights("harbour26", p.parent), ROOT / "weights" / "weights.toml"),
        "credentials": Kind({"c.toml": b'client_id = "a"\nclient_secret = "b"\n'}, read_credentials, {}),
        "labels": Kind({"labels.geojson": labels.encode()}, lambda p: read_labels(p.parent), {}),
    }


def inputs(rng: random.Random, one: Kind, name: str) -> Iterator[tuple[str, bytes]]:
    """File names and mutated contents of a kind, without end."""
    packs = [p for content in list(one.good.values())[:1] for p in packed(content)]
    others = [*one.good.values(), *packs]
    while True:
        file = rng.choice(list(one.good))
        content = one.good[file]
        if name in ("catalog", "item beside a picture", "AOI", "airfields") and rng.random() < 0.7:
            yield file, json.dumps(changed(rng, json.loads(content))).encode("utf-8", "replace")
        else:
            yield file, mutate(rng, content, others)


def run(name: str, one: Kind, count: int, seed: int, folder: Path) -> Counter[str]:
    """How many inputs of a kind were read, refused, and raised something foreign."""
    tally: Counter[str] = Counter()
    home, slowest = folder / "at", 0.0
    source = inputs(random.Random(f"{name} {seed}"), one, name)
    for file, content in one.good.items():
        _write(home, {**one.beside, file: content})
        try:
            one.read(home / file)
        except MonitorError as error:
            print(f"{name}: {file} is refused as it is: {error}", flush=True)
    reset_peak()
    for number in range(count):
        file, content = next(source)
        _write(home, {**one.beside, file: content})
        begun = time.monotonic()
        try:
            if name == "catalog" and not _is_json(content):
                continue
            one.read(home / file)
            tally["read"] += 1
        except MonitorError:
            tally["refused"] += 1
        except Exception:  # noqa: BLE001 - what is counted
            tally["foreign"] += 1
            print(f"{name} {number} {file}:", *traceback.format_exc().splitlines()[-4:], sep="\n    ", flush=True)
        slowest = max(slowest, time.monotonic() - begun)
    print(f"{name}: {dict(tally)}, slowest {slowest:.1f} s, peak {peak_mb():.0f} MB", flush=True)
    return tally


def _write(home: Path, files: Mapping[str, bytes]) -> None:
    shutil.rmtree(home, ignore_errors=True)
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(text)
        (home / path).chmod(0o600)


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def main(count: int = 30_000, seed: int = 1) -> None:
    """Print what became of `count` inputs, spread evenly over the kinds."""
    warnings.simplefilter("ignore")
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        chosen = kinds(Path(name))
        for label, one in chosen.items():
            total += run(label, one, -(-count // len(chosen)), seed, Path(name))
    print(f"{total.total()} inputs of {len(chosen)} kinds: {dict(total)}, peak {peak_mb():.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
