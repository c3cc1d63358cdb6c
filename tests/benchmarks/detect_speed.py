"""From file to GeoJSON: ``python -m tests.benchmarks.detect_speed [aoi] [tile] [stock] [--scene PORT.tif]``.

Makes inputs from a real scene by laying it side by side: a port of 1500 x 1500 pixels (budget 2 s), a whole tile of
10980 x 10980 (90 s, 3 GB), both through `monitor detect --image` in a process of its own, start-up and all. Then the
port once more through ultralytics' own predictor on the slices that SAHI cuts (512 pixels, a fifth of overlap), with
the same weights; SAHI itself runs no semantic task, so its slicer is used and its merging left out, which favours it.
Prints wall and processor seconds, the peak of memory, and the ratio. SAHI comes with the extra ``bench``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window

DEFAULT = Path(__file__).resolve().parents[3] / "shared/data/s2_ports/valencia/valencia_S2_20230823.tif"
AOI_PX, TILE_PX = 1500, 10980
SLICE_PX, OVERLAP = 512, 0.2


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    wall_s: float
    processor_s: float
    peak_gb: float

    def __str__(self) -> str:
        return f"{self.wall_s:7.1f} s wall {self.processor_s:7.1f} s processor {self.peak_gb:6.2f} GB peak"


def lay(scene: Path, out: Path, side: int) -> Path:
    """A GeoTIFF of `side` x `side` pixels made of copies of a scene, with its bands and CRS."""
    with rasterio.open(scene) as source:
        pixels, profile, names = source.read(), source.profile.copy(), source.descriptions
    rows, cols = pixels.shape[1:]
    profile.update(width=side, height=side, tiled=True, blockxsize=512, blockysize=512, compress="deflate")
    with rasterio.open(out, "w", **profile) as sink:
        for index, name in enumerate(names, start=1):
            if name:
                sink.set_band_description(index, name)
        for row in range(0, side, rows):
            for col in range(0, side, cols):
                part = pixels[:, : min(rows, side - row), : min(cols, side - col)]
                sink.write(part, window=Window(col, row, part.shape[2], part.shape[1]))
    return out


def cost(command: list[str]) -> Cost:
    """Run a command to its end."""
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20)


def ours(image: Path) -> Cost:
    """`monitor detect --image` as a user runs it."""
    out = image.with_suffix(".geojson")
    monitor = str(Path(sys.executable).with_name("monitor"))
    return cost([monitor, "detect", "--image", str(image), "--out", str(out)])


def stock(image: Path) -> None:
    """The same weights through ultralytics' predictor on SAHI's slices; says how many seconds of each."""
    os.environ.update({"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "YOLO_VERBOSE": "0", "ULTRALYTICS_SAFE_LOAD": "1"})
    from sahi.slicing import get_slice_bboxes

    from monitor.detect.yolo import decode
    from monitor.detect.yolo.preprocess import dark_levels, network_input, subtract_dark
    from monitor.detect.yolo.runtime import maps_of
    from monitor.detect.yolo.ultralytics import predictor_network
    from monitor.detect.yolo.weights import read_weights
    from monitor.sources.imagery.local.image import read_image

    _, raster = read_image(image)
    weights = read_weights("harbour26")
    network = predictor_network(weights.path.with_suffix(".pt"))
    reflectance = np.stack([raster.band(band) for band in weights.bands])
    shifted = subtract_dark(reflectance, dark_levels(reflectance, raster.valid))
    rows, cols = raster.grid.shape
    found = 0
    slices = get_slice_bboxes(rows, cols, SLICE_PX, SLICE_PX, overlap_height_ratio=OVERLAP, overlap_width_ratio=OVERLAP)
    for west, north, east, south in slices:
        where = (slice(north, south), slice(west, east))
        has = tuple(raster.has(band) for band in weights.bands)
        image_in = network_input(shifted[:, where[0], where[1]], has, raster.valid[where])
        maps = decode.probabilities(maps_of(network, image_in))
        found += len(decode.decode_hulls(maps, weights.rule))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"stock: {len(slices)} slices, {found} hulls before merging, {usage.ru_utime + usage.ru_stime:.1f} s")


def main(words: list[str]) -> None:
    """Measure what the words name; all when they name nothing."""
    if words[:1] == ["run-stock"]:
        return stock(Path(words[1]))
    scene = Path(words[words.index("--scene") + 1]) if "--scene" in words else DEFAULT
    wanted = [word for word in ("aoi", "tile", "stock") if word in words] or ["aoi", "tile", "stock"]
    with tempfile.TemporaryDirectory() as folder:
        port = lay(scene, Path(folder) / "port.tif", AOI_PX)
        mine = ours(port) if {"aoi", "stock"} & set(wanted) else None
        if mine:
            print(f"port of {AOI_PX} px     {mine}   budget 2 s", flush=True)
        if mine and "stock" in wanted:
            theirs = cost([sys.executable, "-m", "tests.benchmarks.detect_speed", "run-stock", str(port)])
            print(f"the same, stock      {theirs}", flush=True)
            wall, processor = theirs.wall_s / mine.wall_s, theirs.processor_s / mine.processor_s
            print(f"stock takes {wall:.1f} times the wall and {processor:.1f} times the processor time; asked for 2")
        if "tile" in wanted:
            whole = ours(lay(scene, Path(folder) / "tile.tif", TILE_PX))
            print(f"tile of {TILE_PX} px   {whole}   budget 90 s, 3 GB", flush=True)
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
