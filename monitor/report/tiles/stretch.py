"""From physical pixels to a picture: one linear stretch a site, the same for all of its dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import sensor
from monitor.report.page.style import Rgb

_NO_DATA = np.array([226, 229, 233], dtype=np.uint8)
_SAMPLE = 40_000
_LEAST_INSIDE = 0.5
"""Share of the clear pixels that a stretch must show as other than black or white. Chosen."""
EIGHT_BIT = "of 255"
"""Unit of a picture for the eye, whose numbers are no reflectance."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Linear limits, one pair for each of the three channels; radar is shown in decibels and grey.

    `scope` says in words for which pictures they hold.
    """

    sensor: str
    bands: tuple[str, str, str]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    unit: str = ""
    scope: str = "fixed for this site"

    def fits(self, raster: Raster) -> bool:
        """Whether it was measured on pixels of the raster's bands and unit."""
        return set(self.bands) <= set(raster.bands) and self.unit == _unit(self.sensor, [raster])

    def shows(self, raster: Raster) -> bool:
        """Whether half of the clear pixels lie within its limits: one measured on snow shows bare ground black."""
        inside = [
            ((values := _clear(raster, band, self.is_radar)) >= low) & (values <= high)
            for band, low, high in zip(self.bands, self.low, self.high, strict=True)
        ]
        return not inside[0].size or float(np.mean(np.all(inside, axis=0))) >= _LEAST_INSIDE

    @property
    def is_radar(self) -> bool:
        """Whether values are turned into decibels first."""
        return not sensor(self.sensor).optical

    def colour(self, raster: Raster) -> Rgb:
        """(row, col, 3) uint8; pixels without data are light grey."""
        low, high = np.array(self.low, np.float32), np.array(self.high, np.float32)
        channels = np.stack([_values(raster, band, self.is_radar) for band in self.bands], axis=-1)
        scaled = np.clip((channels - low) / (high - low), 0.0, 1.0)
        colour = np.nan_to_num(scaled * 255.0 + 0.5).astype(np.uint8)
        colour[~raster.valid] = _NO_DATA
        return colour

    @property
    def text(self) -> str:
        """The limits as they are printed under a tile."""
        if len(set(self.bands)) == 1:
            digits = 2 if self.unit == sensor(self.sensor).unit else 0
            return f"{self.bands[0]} {self.low[0]:.{digits}f} to {self.high[0]:.{digits}f} {self.unit}, grey"
        digits = 0 if self.unit == EIGHT_BIT else 2
        limits = [
            f"{b} {lo:.{digits}f}–{hi:.{digits}f}" for b, lo, hi in zip(self.bands, self.low, self.high, strict=True)
        ]
        return f"{', '.join(limits)} {self.unit}"

    @property
    def name(self) -> str:
        """What the composition is called."""
        if self.is_radar:
            return f"{self.bands[0]} backscatter"
        named = {("B04", "B03", "B02"): "natural colour", ("B08", "B04", "B03"): "near-infrared colour"}
        return named.get(self.bands, "grey" if len(set(self.bands)) == 1 else "false colour")


def measure(sensor_id: str, rasters: Sequence[Raster]) -> Stretch:
    """The stretch of a site: percentiles 1 and 99.3 over all observations given, rounded to 0.01 (radar: 1 dB).

    Pixels under cloud or without data are left out; with none left, fixed limits of the sensor are used.
    """
    radar = not sensor(sensor_id).optical
    bands = _bands(sensor_id, rasters)
    low, high = zip(
        *(_limits([_clear(r, band, radar) for r in rasters if r.has(band)], radar) for band in bands), strict=True
    )
    return Stretch(sensor_id, bands, low, high, _unit(sensor_id, rasters))


def _unit(sensor_id: str, rasters: Sequence[Raster]) -> str:
    kind = sensor(sensor_id)
    if not kind.optical:
        return "dB"
    return EIGHT_BIT if any(r.is_picture for r in rasters) else kind.unit


def _bands(sensor_id: str, rasters: Sequence[Raster]) -> tuple[str, str, str]:
    kind = sensor(sensor_id)
    names = set.intersection(*(set(r.bands) for r in rasters)) if rasters else set(kind.bands)
    choices = [("B04", "B03", "B02"), ("B08", "B04", "B03")] if kind.optical else [("VV", "VV", "VV")]
    for choice in choices:
        if names.issuperset(choice):
            return choice
    one = next((band for band in kind.bands if band in names), min(names, default=kind.bands[0]))
    return one, one, one


def _values(raster: Raster, band: str, radar: bool) -> npt.NDArray[np.float32]:
    values = raster.band(band)
    if not radar:
        return values
    made = np.float32(10.0) * np.log10(np.maximum(values, np.float32(1e-6)))
    return made.astype(np.float32)


def _clear(raster: Raster, band: str, radar: bool) -> npt.NDArray[np.float32]:
    seen = raster.valid if raster.cloud is None else raster.valid & ~raster.cloud
    values = _values(raster, band, radar)[seen]
    return values[:: max(values.size // _SAMPLE, 1)]


def _limits(samples: list[npt.NDArray[np.float32]], radar: bool) -> tuple[float, float]:
    values = np.concatenate(samples) if samples else np.empty(0)
    if values.size < 100:
        return (-24.0, 2.0) if radar else (0.0, 0.25)
    low, high = np.percentile(values, [1.0, 99.3])
    if radar:
        return float(np.floor(low)), float(max(np.ceil(high), np.floor(low) + 6))
    low = np.floor(low * 100) / 100
    return float(low), float(max(np.ceil(high * 100) / 100, low + 0.05))
