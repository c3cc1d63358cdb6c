"""The baseline on Sentinel-2: bright in the infrared on the water's side of the shore. To be beaten, not to be used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from monitor.core.arrays import Floats, Mask
from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import Raster
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.yolo.outlines import long_side, outline


@dataclass(frozen=True, slots=True)
class ThresholdDetector:
    """Blobs that stand out from closed water, as long thin boxes; stacks as bright, dry, leafless ground by the sea.

    Attributes
    ----------
    contrast : float
        How far above the water's median a pixel lies, in robust standard deviations.
    shore_m : float
        Hulls are sought in gaps of the water no wider than this.
    least_m, most_m : float
        Bounds on a hull's length.
    """

    contrast: float = 6.0
    shore_m: float = 80.0
    least_m: float = 40.0
    most_m: float = 420.0

    @property
    def key(self) -> str:
        """Name and settings."""
        return f"threshold-c{self.contrast:g}-s{self.shore_m:g}"

    def __call__(self, raster: Raster) -> Boxes:
        """Vessels and stacks by thresholds alone.

        Raises
        ------
        DetectorError
            B03 or B08 is not there.
        """
        missing = [band for band in ("B03", "B08") if not raster.has(band)]
        if missing:
            raise DetectorError(f"threshold detector: needs {', '.join(missing)}")
        green, infrared = raster.band("B03"), raster.band("B08")
        ndwi = (green - infrared) / (green + infrared + 1e-6)
        water = (ndwi > 0.0) & (infrared < 0.12) & raster.valid
        water = ndimage.binary_opening(water, iterations=1)
        side = max(3, round(self.shore_m / raster.grid.gsd_m) | 1)
        closed = ndimage.binary_closing(water, np.ones((side, side)))
        if not water.any():
            return Boxes.empty()
        level = float(np.median(infrared[water]))
        spread = 1.4826 * float(np.median(np.abs(infrared[water] - level))) + 1e-4
        hulls = closed & ~water & raster.valid & (infrared > level + self.contrast * spread)
        return self._vessels(hulls, raster.grid.gsd_m).plus(_stacks(raster, closed, green, infrared))

    def _vessels(self, hulls: Mask, gsd_m: float) -> Boxes:
        rings, lengths, angles, scores = [], [], [], []
        labels, _ = ndimage.label(hulls, np.ones((3, 3)))
        for index, window in enumerate(ndimage.find_objects(labels), start=1):
            rows, cols = np.nonzero(labels[window] == index)
            if rows.size < 4:
                continue
            points = np.stack([cols + window[1].start + 0.5, rows + window[0].start + 0.5], axis=1)
            ring, length, width, angle = enclosing(points)
            slim = length / max(width, 1.0)
            if self.least_m <= length * gsd_m <= self.most_m and slim >= 2.0 and width * gsd_m <= 80.0:
                rings.append(ring)
                lengths.append(length * gsd_m)
                angles.append(angle)
                scores.append(min(slim / 8, 1.0))
        length_m = np.array(lengths)
        return Boxes(
            class_name=(VESSEL,) * len(rings),
            rings=tuple(rings),
            score=np.array(scores),
            length_m=length_m,
            length_low_m=length_m * 0.7,
            length_high_m=length_m * 1.3,
            angle=np.array(angles),
        )


def enclosing(points: Floats) -> tuple[Floats, float, float, float]:
    """Corners, length, width and angle of the box around pixel centres along their main axis, half a pixel wider."""
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    if len(axes) < 2:
        axes = np.eye(2)
    along, across = (points - middle) @ axes[0], (points - middle) @ axes[1]
    low, high = np.array([along.min(), across.min()]) - 0.5, np.array([along.max(), across.max()]) + 0.5
    corners = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
    ring = middle + corners @ axes
    length, angle = long_side(ring)
    return ring, length, float(min(high - low)), angle


def _stacks(raster: Raster, closed: Mask, green: npt.NDArray[np.float32], infrared: npt.NDArray[np.float32]) -> Boxes:
    """Mottled, leafless ground within 600 m of the sea."""
    ndvi = (infrared - (raster.band("B04") if raster.has("B04") else green)) / (infrared + green + 1e-6)
    mean = ndimage.uniform_filter(infrared, 9)
    rough = np.sqrt(np.maximum(ndimage.uniform_filter(infrared**2, 9) - mean**2, 0))
    near = ndimage.distance_transform_edt(~closed) * raster.grid.gsd_m < 600.0
    ground = near & ~closed & raster.valid & (ndvi < 0.12) & (rough > 0.025) & (mean > 0.1)
    ground = ndimage.binary_opening(ground, np.ones((5, 5)))
    labels, _ = ndimage.label(ground)
    rings, scores = [], []
    for index, window in enumerate(ndimage.find_objects(labels), start=1):
        ring = outline(labels[window] == index, window[0].start, window[1].start)
        if ring is not None:
            rings.append(ring)
            scores.append(0.5)
    sides = [long_side(ring) for ring in rings]
    length = np.array([side[0] for side in sides]) * raster.grid.gsd_m
    return Boxes(
        class_name=(CONTAINER_STACK,) * len(rings),
        rings=tuple(rings),
        score=np.array(scores),
        length_m=length,
        length_low_m=length * 0.9,
        length_high_m=length * 1.1,
        angle=np.array([side[1] for side in sides]),
    )
