"""Numbers of a raster -> the 8-bit numbers that a network saw in training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image

from monitor.core.arrays import Floats
from monitor.core.errors import DetectorError
from monitor.core.scenes.scene import Raster
from monitor.detect.models.description import ModelKeys
from monitor.detect.yolo.checks import thinned

_MEASURED_PX = 1_000_000
"""Pixels that are enough to measure percentiles."""
_PERCENTILES = (2.0, 98.0)
ALIASES: Mapping[str, str] = MappingProxyType(
    {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08", "swir": "B11"}
)
"""Names of colours that a model's description may use."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """How each band becomes 0–255; made once for a raster, so that every window is treated alike.

    Attributes
    ----------
    bands : tuple of str
        In the network's order.
    low, high : Floats
        What becomes 0 and 255 in each band; empty where 8-bit numbers are taken as they are.
    """

    bands: tuple[str, ...]
    low: Floats
    high: Floats

    def window(self, part: Raster) -> npt.NDArray[np.uint8]:
        """(band, row, col) of a part of the raster, 0 where it has no data.

        Parameters
        ----------
        part : Raster
        """
        out = np.zeros((len(self.bands), *part.grid.shape), dtype=np.uint8)
        for index, band in enumerate(self.bands):
            if not len(self.low):
                out[index] = part.data[part.bands.index(band)]
                continue
            values = part.band(band)
            values -= np.float32(self.low[index])
            values *= np.float32(255 / max(self.high[index] - self.low[index], 1e-9))
            out[index] = np.clip(values, 0, 255, out=values).round()
        out *= part.valid
        return out


def enlarged(window: npt.NDArray[np.uint8], times: float) -> npt.NDArray[np.uint8]:
    """A window with more and smaller pixels, bilinear; itself where it is not enlarged.

    Parameters
    ----------
    window : array of int
        (band, row, col) of 8 bits.
    times : float
    """
    if times == 1.0:
        return window
    rows, cols = (round(size * times) for size in window.shape[1:])
    size = (cols, rows)
    return np.stack([np.asarray(Image.fromarray(band).resize(size, Image.Resampling.BILINEAR)) for band in window])


def stretch_of(raster: Raster, keys: ModelKeys, bands: tuple[str, ...], name: str) -> Stretch:
    """The stretch of a raster for a model.

    Parameters
    ----------
    raster : Raster
        Percentiles are those of its valid pixels.
    keys : ModelKeys
    bands : tuple of str
        In the network's order, all of them in the raster.
    name : str
        The model's, for messages.

    Raises
    ------
    DetectorError
        The model takes 8-bit pictures as they are, and these are none.
    """
    if keys.stretch == "none":
        if raster.data.dtype != np.uint8:
            raise DetectorError(
                f"pixels of {raster.data.dtype}: {name} takes 8-bit pictures as they are; say how numbers become "
                '0–255: stretch = "percentile", or "fixed" with stretch_range'
            )
        return Stretch(bands, np.zeros(0), np.zeros(0))
    if keys.stretch == "fixed":
        assert keys.stretch_range is not None
        low, high = keys.stretch_range
        return Stretch(bands, np.full(len(bands), low), np.full(len(bands), high))
    thin = thinned(raster, _MEASURED_PX)
    shares = keys.stretch_range or _PERCENTILES
    known = thin.valid if thin.valid.any() else np.ones_like(thin.valid)
    levels = np.array([np.percentile(thin.band(band)[known], shares) for band in bands])
    return Stretch(bands, levels[:, 0], levels[:, 1])
