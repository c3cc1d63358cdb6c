"""Sentinel-2 seen as Landsat would: ``python -m tests.benchmarks.landsat_coarse [PORT ...]``; no Landsat pixel is read.

Each labelled scene is blurred, averaged to 30 m and given to the detector for Landsat. Only labels of 120 m and more
count. The blur (9.3 m) brings the mean over 3 × 3 pixels, which passes 0.64 of the contrast at the finest detail that
30 m can show, down to about 0.4, as an imager's optics do. harbour26 has seen these ports: the figures are an upper
bound of what Landsat gives at others.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from affine import Affine
from scipy.ndimage import gaussian_filter

from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import Boxes
from monitor.detect.coarse import LEAST_M, CoarseDetector
from monitor.detect.evaluation.evaluate import bootstrap, evaluate, figures

DATA = Path(__file__).resolve().parents[3] / "shared/data/s2_ports"
STEP, BLUR_PX = 3, 0.93
FIGURES = ("vessels", "recall", "recall_at_berth", "precision", "f1", "claimed_empty_share", "length_error_m")


def degraded(raster: Raster) -> Raster:
    """The raster at 30 m; a coarse pixel is seen when all of it was."""
    rows, cols = (size // STEP for size in raster.grid.shape)

    def blocks(layer: np.ndarray) -> np.ndarray:
        return layer[: rows * STEP, : cols * STEP].reshape(rows, STEP, cols, STEP)

    valid = blocks(raster.valid).all(axis=(1, 3))
    soft = [gaussian_filter(band.astype(np.float32), BLUR_PX) for band in raster.data]
    data = np.stack([np.clip(np.rint(blocks(band).mean(axis=(1, 3))), 1, 65535) for band in soft]).astype(np.uint16)
    data[:, ~valid] = 0
    grid = Grid(raster.grid.epsg, raster.grid.transform @ Affine.scale(STEP), (rows, cols))
    return replace(raster, data=data, valid=valid, grid=grid, cloud=None)


@dataclass(frozen=True)
class Degraded:
    """The detector for Landsat on what 30 m leave; boxes in pixels of the scene."""

    coarse: CoarseDetector = field(default_factory=CoarseDetector)

    @property
    def key(self) -> str:
        """That of the detector."""
        return self.coarse.key

    def __call__(self, raster: Raster) -> Boxes:
        """What it finds."""
        found = self.coarse(degraded(raster))
        return replace(found, rings=tuple(ring * STEP for ring in found.rings))


def main(names: list[str]) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder)
        for port in names or sorted(path.name for path in DATA.iterdir() if path.is_dir()):
            (chosen / port).symlink_to(DATA / port)
        found = evaluate(chosen, Degraded(), floor_m=LEAST_M)
        pooled, bounds = figures(found.scores), bootstrap(found.scores)
        for name in FIGURES:
            low, high = bounds.get(name, (np.nan, np.nan))
            print(f"{name:20} {pooled[name]:8.2f}  ({low:.2f}-{high:.2f})")


if __name__ == "__main__":
    main(sys.argv[1:])
