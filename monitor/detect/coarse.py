"""A network for 10 m on Landsat's 30 m: pixels are made finer first, and only large ships are told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from affine import Affine

from monitor.core.arrays import Mask
from monitor.core.errors import DetectorError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.yolo.detector import YoloDetector

LEAST_M = 120.0
"""Ships shorter than this have four pixels or fewer and are not told (chosen)."""
_STEP = 3
_COARSE_M = (27.0, 33.0)


@dataclass(frozen=True, slots=True)
class CoarseDetector:
    """Ships of 120 m and more in Landsat scenes.

    Attributes
    ----------
    network : YoloDetector
        For pixels of 10 m.

    Notes
    -----
    On the ten labelled Sentinel-2 scenes brought to 30 m with an imager's blur (``tests/benchmarks/landsat_coarse``),
    146 ships of 120 m and more: recall at berth 0.54 (0.48–0.63), precision 0.99 (0.97–1.00), length error 14 m
    (11–17); without the blur recall is 0.75 (0.67–0.84). The network was trained on these ports, where at 10 m it finds
    all of these ships; of ports left out it finds 0.8. Under a half is to be expected at other ports, so that Landsat
    is taken only when it is asked for. Stacks are not told.
    """

    network: YoloDetector = field(default_factory=YoloDetector)

    @property
    def key(self) -> str:
        """That of the network, and that it saw pixels made finer."""
        return f"coarse-{self.network.key}"

    def __call__(self, raster: Raster) -> Boxes:
        """Ships in a raster of 30 m.

        Parameters
        ----------
        raster : Raster
            Of Landsat's bands under the names of Sentinel-2.

        Raises
        ------
        DetectorError
            The pixels are not of 30 m, or do not fit the network.
        """
        if not _COARSE_M[0] <= raster.grid.gsd_m <= _COARSE_M[1]:
            raise DetectorError(
                f"pixels of {raster.grid.gsd_m:g} m: the detector for Landsat takes 30 m; give a model for this pixel "
                "size by --weights FILE or [detector.landsat] weights"
            )
        found = self.network(finer(raster))
        large = [
            index
            for index, (name, length) in enumerate(zip(found.class_name, found.length_m, strict=True))
            if name == VESSEL and length >= LEAST_M
        ]
        kept = found.take(large)
        return replace(kept, rings=tuple(ring / _STEP for ring in kept.rings))


def finer(raster: Raster) -> Raster:
    """The raster with nine pixels in place of each, by cubic convolution; masks are repeated."""
    rows, cols = (size * _STEP for size in raster.grid.shape)
    data = np.zeros((len(raster.bands), rows, cols), raster.data.dtype)
    top = np.iinfo(str(data.dtype)).max if data.dtype.kind in "ui" else np.inf
    valid = _repeated(raster.valid)
    for band, out in zip(raster.data, data, strict=True):
        smooth = cv2.resize(band.astype(np.float32), (cols, rows), interpolation=cv2.INTER_CUBIC)
        out[:] = np.where(valid, np.clip(np.rint(smooth), 1, top), 0)
    grid = Grid(raster.grid.epsg, raster.grid.transform @ Affine.scale(1 / _STEP), (rows, cols))
    cloud = None if raster.cloud is None else _repeated(raster.cloud)
    return replace(raster, data=data, valid=valid, grid=grid, cloud=cloud)


def _repeated(mask: Mask) -> Mask:
    return mask.repeat(_STEP, axis=0).repeat(_STEP, axis=1)
