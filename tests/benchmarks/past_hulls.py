"""Grey hulls at grey quays with a port's past: ``python -m tests.benchmarks.past_hulls [PORT …]``.

Pasts are simulated on real pixels. In the labelled scenes every hull at a berth is painted in the tone of its quay, a
fifth of its own texture left; quays whose tone is within 0.03 of water in the infrared are passed over. Six pasts are
the scene with hulls of 60 m and more painted over with the nearest water, each left with its own paint in 40 % of
them, moved by up to 0.4 px, with another sun, haze and noise. Counts hulls found in one image and with three and six
pasts, and new hulls where every hull is painted over. The shipped weights know these ports: the figures compare one
image with a past, and say nothing of recall at new ports.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import ndimage

from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.evaluation.dataset import Hull
from monitor.detect.evaluation.reader import labelled_folders, read_port, read_scene
from monitor.detect.past import new_hulls, with_new
from monitor.detect.yolo.detector import YoloDetector
from monitor.training.augment.targets import corners, fill

DATA = Path(__file__).resolve().parents[3] / "shared/data/s2_ports"
LEAST_M, TONE, PASTS, OCCUPIED = 60.0, 300.0, 6, 0.4
"""Least length; least infrared contrast of a quay with water (reflectance x 10000); pasts; share of berths taken."""


def drawn(shape: tuple[int, int], hulls: list[Hull], more_px: int = 0) -> np.ndarray:
    """Where hulls lie, and some pixels around them."""
    inside = fill(shape, [corners(hull) for hull in hulls]) > 0
    return ndimage.binary_dilation(inside, iterations=more_px) if more_px else inside


def without(data: np.ndarray, inside: np.ndarray, water: np.ndarray) -> np.ndarray:
    """The pixels with the nearest water in place of hulls."""
    rows, cols = ndimage.distance_transform_edt(~water, return_distances=False, return_indices=True)
    out = data.copy()
    out[:, inside] = data[:, rows[inside], cols[inside]]
    return out


def painted(data: np.ndarray, hulls: list[Hull], land: np.ndarray, sea: float) -> tuple[np.ndarray, list[Hull]]:
    """The pixels with hulls at berths in the tone of their quays, and which hulls those are."""
    out, chosen = data.copy(), []
    for hull in hulls:
        inside = drawn(land.shape, [hull])
        quay = ndimage.binary_dilation(inside, iterations=5) & land
        if hull.situation != "berthed" or quay.sum() < 8:
            continue
        tone = np.median(data[:, quay], axis=1)
        if tone[3] < sea + TONE:
            continue
        texture = data[:, inside] - data[:, inside].mean(axis=1, keepdims=True)
        out[:, inside] = tone[:, None] + 0.2 * texture
        chosen.append(hull)
    return out, chosen


def other_day(data: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pixels as another day shows them."""
    moved = rng.uniform(-0.4, 0.4, 2)
    out = np.stack([ndimage.shift(band, moved, order=1, mode="nearest") for band in data])
    return np.asarray(out * rng.uniform(0.85, 1.15) + rng.uniform(-40, 80) + rng.normal(0, 25, out.shape))


def found(boxes: Boxes, hulls: list[Hull]) -> int:
    """How many of some hulls have a vessel within half their length, at least 30 m and at most 60 m."""
    middle = [ring.mean(axis=0) for ring, name in zip(boxes.rings, boxes.class_name, strict=True) if name == VESSEL]
    at = np.array(middle).reshape(-1, 2)
    return sum(
        bool((np.hypot(at[:, 0] - h.x, at[:, 1] - h.y) * 10 <= np.clip(h.length_m / 2, 30, 60)).any()) for h in hulls
    )


def counts(folder: Path, detector: YoloDetector) -> dict[int, np.ndarray]:
    """By number of pasts: hulls, found in one image, with the past, boxes added, new hulls where there is none."""
    _, raster = read_scene(folder)
    rng, port, data = np.random.default_rng(5), read_port(folder), raster.data.astype(np.float32)
    hulls = [hull for hull in port.hulls if hull.sure and hull.length_m >= LEAST_M]
    green, infrared = data[raster.bands.index("B03")], data[raster.bands.index("B08")]
    near = drawn(raster.grid.shape, list(port.hulls), 3)
    water = (infrared < 0.8 * green) & raster.valid & ~near
    land = (infrared >= green) & raster.valid & ~drawn(raster.grid.shape, list(port.hulls), 1)
    grey, chosen = painted(data, hulls, land, float(np.median(infrared[water])))

    def stored(values: np.ndarray) -> Raster:
        return replace(raster, data=np.clip(values, 1, 65535).round().astype(np.uint16) * raster.valid)

    pasts = []
    for _ in range(PASTS):
        gone = [hull for hull in hulls if rng.random() >= OCCUPIED]
        pasts.append(stored(other_day(without(data, drawn(raster.grid.shape, gone, 1), water), rng)))
    now, empty = stored(grey), stored(without(data, drawn(raster.grid.shape, hulls, 1), water))
    first, out = detector(now), {}
    for number in (3, PASTS):
        both = with_new(first, new_hulls(now, pasts[:number], detector))
        bare = len(new_hulls(empty, pasts[:number], detector))
        out[number] = np.array([len(chosen), found(first, chosen), found(both, chosen), len(both) - len(first), bare])
    return out


def main(names: list[str]) -> None:
    """Print the counts of each port and of all."""
    detector, total = YoloDetector(), {3: np.zeros(5, dtype=int), PASTS: np.zeros(5, dtype=int)}
    for folder in labelled_folders(DATA):
        if names and folder.name not in names:
            continue
        for number, part in counts(folder, detector).items():
            total[number] += part
            print(f"{folder.name:12} {number} pasts  {_line(part)}", flush=True)
    for number, part in total.items():
        print(f"all          {number} pasts  {_line(part)}")


def _line(part: np.ndarray) -> str:
    hulls, one, both, added, bare = part
    return f"{hulls} grey hulls: {one} in one image, {both} with the past ({added} boxes added); none there: {bare} new"


if __name__ == "__main__":
    main(sys.argv[1:])
