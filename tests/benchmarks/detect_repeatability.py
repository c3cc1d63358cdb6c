"""The same scene cut or resampled otherwise: ``python -m tests.benchmarks.detect_repeatability [PLACE …]``.

Three questions on real scenes: do crops of 0–7 px give the same hulls; do a half-pixel shift (bilinear) and pixels of 9
and 11 m; and does a harbour hold as many ships in every window that shows it. Hulls count whose centre lies 320 m and
more within every version; two are one when their centres lie within 30 m, one to one. Agreement is 2 both / (one +
other). Of windows, the standard deviation of the count over 13 windows of 3.2–8 km around a harbour of 2 km.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from affine import Affine
from scipy import ndimage
from scipy.optimize import linear_sum_assignment

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.base import VESSEL, Detector
from monitor.detect.evaluation.reader import labelled_folders, read_scene
from monitor.detect.objects import find_objects
from monitor.detect.registry import make_detector

DATA = Path(__file__).resolve().parents[3] / "shared/data"
SAME_M, INNER_M = 30.0, 320.0
CROPS = ((1, 1), (2, 3), (3, 2), (4, 0), (5, 7), (6, 6), (7, 4))
"""Rows and columns cut off above and to the left; the other sides lose seven less those."""
HARBOUR_PX, WINDOWS = 200, 13


@dataclass(frozen=True)
class Found:
    """Centres (metres of the CRS) and lengths of the vessels of one version, and what it shows."""

    xy: np.ndarray
    bounds: tuple[float, float, float, float]

    def within(self, bounds: tuple[float, float, float, float]) -> np.ndarray:
        """The centres inside some bounds."""
        west, south, east, north = bounds
        x, y = self.xy.T
        return self.xy[(x > west) & (x < east) & (y > south) & (y < north)]


def vessels(raster: Raster, acquisition: Acquisition, detector: Detector) -> Found:
    """Where a detector finds vessels."""
    boxes = find_objects(raster, acquisition, detector).boxes
    middle = [ring.mean(axis=0) for ring, name in zip(boxes.rings, boxes.class_name, strict=True) if name == VESSEL]
    colrow = np.array(middle).reshape(-1, 2)
    return Found(np.column_stack(raster.grid.xy(colrow[:, 1], colrow[:, 0])), raster.grid.bounds)


def agreement(one: Found, other: Found) -> tuple[int, int, int]:
    """How many both have, the one has and the other has, well within both."""
    bounds = tuple(
        pick(a, b) + sign * INNER_M
        for pick, sign, a, b in zip((max, max, min, min), (1, 1, -1, -1), one.bounds, other.bounds, strict=True)
    )
    a, b = one.within(bounds), other.within(bounds)
    far = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)) if len(a) and len(b) else np.zeros((len(a), len(b)))
    rows, cols = linear_sum_assignment(np.minimum(far, 1e3))
    return int((far[rows, cols] <= SAME_M).sum()), len(a), len(b)


def cropped(raster: Raster, row: int, col: int) -> Raster:
    """The raster without some of seven rows and columns, as whole pixels."""
    rows, cols = raster.grid.shape
    part = raster.window(slice(row, rows - 7 + row), slice(col, cols - 7 + col))
    return replace(part, data=part.data.copy(), valid=part.valid.copy())


def resampled(raster: Raster, *, gsd_m: float, shift_px: float = 0.0) -> Raster:
    """The raster with pixels of another size or place, bilinear; where it has no data, none."""
    scale = gsd_m / raster.grid.gsd_m
    shape = tuple(int((size - 1 - shift_px) / scale) for size in raster.grid.shape)
    rows, cols = (shift_px + scale * (np.arange(size) + 0.5) - 0.5 for size in shape)
    at = np.meshgrid(rows, cols, indexing="ij")
    data = np.stack(
        [ndimage.map_coordinates(band.astype(np.float32), at, order=1, mode="nearest") for band in raster.data]
    )
    valid = ndimage.map_coordinates(raster.valid.astype(np.float32), at, order=1, mode="nearest") > 0.999
    transform = raster.grid.transform @ Affine.translation(shift_px, shift_px) @ Affine.scale(scale)
    stored = np.where(valid, data.round(), 0).astype(raster.data.dtype)
    return replace(raster, data=stored, valid=valid, grid=Grid(raster.grid.epsg, transform, shape), cloud=None)


def versions(raster: Raster) -> Iterator[tuple[str, Raster]]:
    """The raster otherwise cut or resampled, by kind."""
    for row, col in CROPS:
        yield "crops", cropped(raster, row, col)
    yield "half a pixel", resampled(raster, gsd_m=raster.grid.gsd_m, shift_px=0.5)
    yield "9 m", resampled(raster, gsd_m=9.0)
    yield "11 m", resampled(raster, gsd_m=11.0)


def harbours(found: Found, grid: Grid) -> list[tuple[int, int]]:
    """First row and column of one to three squares of 2 km with most vessels, apart from one another."""
    back = ~grid.transform
    cols, rows = back @ (found.xy[:, 0], found.xy[:, 1])
    left, out = np.ones(len(cols), dtype=bool), []
    for _ in range(3):
        best = (2, (0, 0))
        for row, col in zip(rows[left], cols[left], strict=True):
            r0, c0 = (
                int(np.clip(v - HARBOUR_PX / 2, 32, max(size - HARBOUR_PX - 32, 32)))
                for v, size in zip((row, col), grid.shape, strict=True)
            )
            inside = left & (rows > r0) & (rows < r0 + HARBOUR_PX) & (cols > c0) & (cols < c0 + HARBOUR_PX)
            best = max(best, (int(inside.sum()), (r0, c0)))
        if best[0] < 3:
            break
        r0, c0 = best[1]
        out.append((r0, c0))
        left &= ~((np.abs(rows - r0 - HARBOUR_PX / 2) < HARBOUR_PX) & (np.abs(cols - c0 - HARBOUR_PX / 2) < HARBOUR_PX))
    return out


def counts_in_windows(raster: Raster, acquisition: Acquisition, detector: Detector, at: tuple[int, int]) -> list[int]:
    """Vessels of a harbour as each of 13 windows shows it."""
    rng, (rows, cols) = np.random.default_rng(13), raster.grid.shape
    west, south, east, north = raster.grid.window(
        slice(at[0], at[0] + HARBOUR_PX), slice(at[1], at[1] + HARBOUR_PX)
    ).bounds
    out = []
    for _ in range(WINDOWS):
        side = rng.integers(HARBOUR_PX + 120, 800)
        r0, c0 = (
            int(np.clip(first - rng.integers(32, side - HARBOUR_PX - 31), 0, max(size - side, 0)))
            for first, size in zip(at, (rows, cols), strict=True)
        )
        part = raster.window(slice(r0, min(r0 + side, rows)), slice(c0, min(c0 + side, cols)))
        out.append(len(vessels(part, acquisition, detector).within((west, south, east, north))))
    return out


def main(words: list[str]) -> None:
    """Print agreement by kind of version and the deviation over windows, for each scene and for all."""
    detector = make_detector("s2")
    folders = [*labelled_folders(DATA / "s2_ports"), *labelled_folders(DATA / "s2_ais")]
    total: dict[str, np.ndarray] = {}
    deviations: list[float] = []
    for folder in folders:
        if words and folder.name not in words:
            continue
        acquisition, raster = read_scene(folder)
        whole = vessels(raster, acquisition, detector)
        mine: dict[str, np.ndarray] = {}
        first = vessels(cropped(raster, 0, 0), acquisition, detector)
        for kind, version in versions(raster):
            other = vessels(version, acquisition, detector)
            mine[kind] = mine.get(kind, np.zeros(3)) + agreement(first if kind == "crops" else whole, other)
        for kind, part in mine.items():
            total[kind] = total.get(kind, np.zeros(3)) + part
        line = ", ".join(f"{kind} {_share(part):.3f}" for kind, part in mine.items())
        seen = [counts_in_windows(raster, acquisition, detector, at) for at in harbours(whole, raster.grid)]
        deviations += [float(np.std(part, ddof=1)) for part in seen]
        windows = "; ".join(f"{min(part)}–{max(part)} sd {np.std(part, ddof=1):.2f}" for part in seen)
        print(f"{folder.name:16} {len(whole.xy):4} vessels  {line}; windows {windows}", flush=True)
    print(
        "all: "
        + ", ".join(f"{kind} {_share(part):.3f} ({part[1]:.0f} to {part[2]:.0f})" for kind, part in total.items())
    )
    print(f"windows: {len(deviations)} harbours, sd mean {np.mean(deviations):.2f}, worst {max(deviations):.2f}")


def _share(part: np.ndarray) -> float:
    return float(2 * part[0] / (part[1] + part[2])) if part[1] + part[2] else float("nan")


if __name__ == "__main__":
    main(sys.argv[1:])
