"""One overpass: as a source lists it, as pixels in memory, and as a scene in the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Mask
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid

EXACT_WITHIN = timedelta(minutes=1)
"""Longest interval that still counts as a known instant (chosen): a ship at 12 kn sails 370 m in it."""
BANDS_TAG, GUESSED = "bands", "by number"
"""The tag of a raster whose bands nothing names, and its value: they were taken by their number."""


@dataclass(frozen=True, slots=True)
class Acquisition:
    """One overpass of one AOI as a source lists it.

    Attributes
    ----------
    id, aoi_id : str
        Of the scene and of the AOI.
    sensor, platform : str
        Key of `core.scenes.sensors.SENSORS`, and name of the satellite.
    start, end : datetime
        Bounds of the instant at which the AOI was seen: equal or seconds apart when the source knows it, a day apart
        when only the date is known.
    footprint : BaseGeometry
        In EPSG:4326.
    relative_orbit : int, optional
        None when unknown.
    orbit_state : str, optional
        ``ascending`` | ``descending``; None when unknown.
    cloud_cover : float, optional
        0–1 over the source's own tile; None when not given.
    product_ids : tuple of str
        Of the products that its pixels come from.
    level : str, optional
        Processing level as the source names it.
    source : str
        Name of the source.
    simulated : bool
        Whether the pixels are made up; they are marked so wherever they are shown.
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
    data : array of shape (band, row, col)
        Stored numbers; the physical value is ``data × scale + offset``.
    bands : tuple of str
        Names in the order of `data`.
    valid : array of bool
        (row, col); False where there is no data.
    grid : Grid
        Where the pixels are.
    cloud : array of bool, optional
        (row, col); True under cloud or cloud shadow. None when the source gives no cloud mask.
    scale, offset : float
        From stored to physical numbers.
    tags : mapping of str to str
        Stored with the pixels, ``SIMULATED`` among them where it applies.
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

    @property
    def is_picture(self) -> bool:
        """Whether its numbers are a picture for the eye, of 8 bits and stretched in an unknown way: no reflectance."""
        return str(self.data.dtype) == "uint8"

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

    def cleared(self) -> Raster:
        """The raster with 0 for each number that is unknown: where no data is, and what is not finite."""
        unknown = np.broadcast_to(~self.valid, self.data.shape)
        if self.data.dtype.kind == "f":
            unknown = unknown | ~np.isfinite(self.data)
        if not self.data[unknown].any():
            return self
        return replace(self, data=np.where(unknown, np.zeros((), self.data.dtype), self.data))

    def window(self, rows: slice, cols: slice) -> Raster:
        """The part under two slices; arrays are views."""
        return replace(
            self,
            data=self.data[:, rows, cols],
            valid=self.valid[rows, cols],
            grid=self.grid.window(rows, cols),
            cloud=None if self.cloud is None else self.cloud[rows, cols],
        )

    @property
    def valid_fraction(self) -> float:
        """Share of pixels that hold data, 0–1."""
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
