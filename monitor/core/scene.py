"""One overpass, before and after its pixels are here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.grid import Grid, Mask

EXACT_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """One overpass of one AOI as a source offers it.

    `start` and `end` bound the instant at which the AOI was seen: equal or seconds apart when the source knows it, a
    day apart when only the date is known. `footprint` is in EPSG:4326. `cloud_cover` is 0–1 over the source's own
    tile, None when not said. `relative_orbit` and `orbit_state` (``ascending`` | ``descending``) are None when not
    known. `simulated` acquisitions say so wherever they are shown.
    """

    id: str
    aoi_id: str
    sensor: str
    platform: str
    start: datetime
    end: datetime
    footprint: BaseGeometry
    relative_orbit: int | None = None
    orbit_state: str | None = None
    cloud_cover: float | None = None
    product_ids: tuple[str, ...] = ()
    level: str | None = None
    source: str = ""
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise DataError(f"{self.id}: the acquisition's instants have no time zone")
        if self.end < self.start:
            raise DataError(f"{self.id}: the acquisition ends before it starts")

    @property
    def acquired_at(self) -> datetime:
        """The middle of the interval in which the AOI was seen."""
        return self.start + (self.end - self.start) / 2

    @property
    def is_exact(self) -> bool:
        """Whether the instant is known to a minute, which matching with AIS needs."""
        return self.end - self.start <= EXACT_WITHIN


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Pixels in memory.

    Attributes
    ----------
    data : (band, row, col)
        Stored numbers (see `scale` and `offset`).
    bands : names in the order of `data`
    valid : (row, col) bool
        False where the sensor saw nothing.
    grid : Grid
    cloud : (row, col) bool or None
        True under cloud or cloud shadow; None when the source says nothing of cloud.
    scale, offset : physical value = data × scale + offset
    tags : free text that travels with the pixels, ``SIMULATED`` among it where it applies
    """

    data: npt.NDArray[np.generic]
    bands: tuple[str, ...]
    valid: Mask
    grid: Grid
    cloud: Mask | None = None
    scale: float = 1.0
    offset: float = 0.0
    tags: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.data.shape != (len(self.bands), *self.grid.shape) or self.valid.shape != self.grid.shape:
            raise DataError(
                f"raster of shape {self.data.shape} and mask {self.valid.shape} do not fit {len(self.bands)} bands "
                f"of {self.grid.shape}"
            )

    def has(self, band: str) -> bool:
        """Whether the raster holds that band."""
        return band in self.bands

    def band(self, name: str) -> npt.NDArray[np.float32]:
        """(row, col) float32 physical values of one band.

        Raises
        ------
        DataError
            The raster has no such band.
        """
        if name not in self.bands:
            raise DataError(f"no band {name}: the raster has {', '.join(self.bands)}")
        values = self.data[self.bands.index(name)]
        physical: npt.NDArray[np.float32] = np.multiply(values, np.float32(self.scale), dtype=np.float32)
        if self.offset:
            physical += np.float32(self.offset)
        return physical

    def window(self, rows: slice, cols: slice) -> Raster:
        """The part under two slices; arrays are views."""
        return Raster(
            self.data[:, rows, cols],
            self.bands,
            self.valid[rows, cols],
            self.grid.window(rows, cols),
            None if self.cloud is None else self.cloud[rows, cols],
            self.scale,
            self.offset,
            self.tags,
        )

    @property
    def valid_fraction(self) -> float:
        """Share of pixels that the sensor saw, 0–1."""
        return float(self.valid.mean()) if self.valid.size else 0.0


@dataclass(frozen=True, slots=True)
class Scene:
    """An acquisition whose pixels are archived; `path` is the folder that holds them."""

    acquisition: Acquisition
    grid: Grid
    bands: tuple[str, ...]
    scale: float
    valid_fraction: float
    path: Path

    @property
    def id(self) -> str:
        """The acquisition's id."""
        return self.acquisition.id
