"""Radar on real pixels: ``python -m tests.benchmarks.radar_real [losangeles] [ssdd]``; evaluation only.

`losangeles`: 39 ships at anchor that are plain to the eye (labels beside the tests), precision with and without the 40
spots that the eye could not decide on, and the same with side lobes and ambiguities left in. `ssdd`: 232 chips of other
sensors, 8 bits and stretched, pixels taken to be 3 m; all of a chip counts as water, so land in half of them costs
precision. A box is found when a detection's middle lies within half its diagonal or 10 pixels, one to one.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from PIL import Image
from scipy.optimize import linear_sum_assignment

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.sar.detector import RadarDetector
from monitor.detect.sar.hulls import HullRule

DATA = Path(__file__).resolve().parents[3] / "shared/data/s1"
LABELS = Path(__file__).resolve().parents[1] / "detect/sar/port_la_s1_20210105_ships.csv"
CHIP_M, GATE_PX = 3.0, 10.0


def paired(found: np.ndarray, true: np.ndarray, gate: np.ndarray) -> list[tuple[int, int]]:
    """Pairs (found, true) of least distance within each truth's gate."""
    if not len(found) or not len(true):
        return []
    distance = np.hypot(*(found[:, None] - true[None]).transpose(2, 0, 1))
    cost = np.where(distance <= gate[None], distance, 1e6)
    return [(int(f), int(t)) for f, t in zip(*linear_sum_assignment(cost), strict=True) if cost[f, t] < 1e6]


def middles(raster: Raster, detector: RadarDetector) -> np.ndarray:
    """(n, 2) column and row of what is found."""
    return np.array([ring.mean(axis=0) for ring in detector(raster).rings]).reshape(-1, 2)


def los_angeles() -> None:
    """Print recall and precision at the anchorage."""
    with rasterio.open(DATA / "port_la_s1_20210105_30m_db.tif") as source:
        decibels = source.read(1)
        grid = Grid(source.crs.to_epsg(), source.transform, source.shape)
    power = (10.0 ** (decibels / 10.0)).astype(np.float32)[None]
    raster = Raster(power, ("VV",), decibels != 0, grid)
    with LABELS.open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    row, col = grid.rowcol([float(x["lon"]) for x in labels], [float(x["lat"]) for x in labels])
    sure = np.array([x["sure"] == "yes" for x in labels])
    for name, rule in (("", HullRule()), (", ghosts left in", HullRule(lobe_db=np.inf, ghost_db=np.inf))):
        found = middles(raster, RadarDetector(hulls=rule))
        pairs = paired(found, np.column_stack([col, row]), np.full(len(labels), 200.0 / grid.gsd_m))
        right = sum(bool(sure[t]) for _, t in pairs)
        print(
            f"Los Angeles{name}: {right} of {int(sure.sum())} ships found, {len(found)} detections; precision "
            f"{right / (right + len(found) - len(pairs)):.2f} without undecided spots, "
            f"{right / len(found):.2f} if all of these are false"
        )


def ssdd() -> None:
    """Print recall, precision and F1 on the chips."""
    right = said = there = 0
    for path in sorted((DATA / "ssdd_test/images").glob("*.jpg")):
        chip = np.asarray(Image.open(path).convert("L"), dtype=np.float32)
        lines = (path.parent.parent / "labels" / f"{path.stem}.txt").read_text(encoding="utf-8").split("\n")
        boxes = np.array([[float(v) for v in line.split()[1:5]] for line in lines if line.strip()]).reshape(-1, 4)
        rows, cols = chip.shape
        grid = Grid(32650, Affine(CHIP_M, 0, 500_000, 0, -CHIP_M, 4_000_000), chip.shape)
        raster = Raster(((chip / 255.0) ** 2)[None], ("VV",), np.ones(chip.shape, dtype=bool), grid)
        port = Aoi("chip", "Chip", grid.footprint(), (Zone("w", "water", "Water", grid.footprint()),), grid.epsg)
        found = middles(raster, RadarDetector((port,)))
        size = boxes * np.array([cols, rows, cols, rows])
        gate = np.maximum(np.hypot(size[:, 2], size[:, 3]) / 2.0, GATE_PX)
        right += len(paired(found, size[:, :2], gate))
        said, there = said + len(found), there + len(boxes)
    print(
        f"SSDD: {there} ships, {said} detections; recall {right / there:.2f}, precision {right / said:.2f}, "
        f"F1 {2 * right / (said + there):.2f}"
    )


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["losangeles", "ssdd"]
    if "losangeles" in chosen:
        los_angeles()
    if "ssdd" in chosen:
        ssdd()
