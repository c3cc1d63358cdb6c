"""What is known of a GeoTIFF from all that describes it: the file, its name, a STAC item beside it, the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S1_BANDS, SENSORS
from monitor.sources.imagery.local.geotiff import GeoTiffHeader
from monitor.sources.imagery.local.item import Sidecar, read_sidecar
from monitor.sources.imagery.local.numbers import linear_numbers, reflectance_numbers
from monitor.sources.imagery.local.pixels import Pixels
from monitor.sources.imagery.naming import Named, platform_name, read_name
from monitor.sources.imagery.quality import MASKS, cloud


@dataclass(frozen=True, slots=True)
class Described:
    """A GeoTIFF and what describes it.

    Attributes
    ----------
    header : GeoTiffHeader
        With the bands' names, wherever they come from.
    item : Sidecar
        Of the STAC item beside it; empty without one.
    named : Named or None
        What the file's name holds; None where that is no date.
    """

    header: GeoTiffHeader
    item: Sidecar
    named: Named | None

    @property
    def sensor(self) -> str:
        """``s1`` where a band is radar's, else ``s2``."""
        return "s1" if any(band in S1_BANDS for band in self.header.bands) else "s2"

    @property
    def interval(self) -> tuple[datetime, datetime] | None:
        """Bounds of the instant: the item's, else the name's; None when neither has any."""
        if self.item.start is not None and self.item.end is not None:
            return self.item.start, self.item.end
        return None if self.named is None else (self.named.start, self.named.end)

    @property
    def platform(self) -> str:
        """Name of the satellite; "" when nothing states it."""
        return platform_name(self.item.platform or (self.named.platform if self.named else None) or "")

    @property
    def is_simulated(self) -> bool:
        """Whether the file or the item says that the pixels are made up."""
        return self.item.simulated or any(key.upper() == "SIMULATED" for key in self.header.tags)

    @property
    def masks(self) -> list[str]:
        """The file's bands that are masks."""
        return [name for name in MASKS if name in self.header.bands]

    def raster(self, pixels: Pixels, bands: tuple[str, ...], *, unit: str | None, unit_flag: str) -> Raster:
        """The pixels in the archive's own numbers.

        Parameters
        ----------
        pixels : Pixels
            Of the file.
        bands : tuple of str
            Of the pixels.
        unit : str or None
            Of radar that does not state it.
        unit_flag : str
            How a user states it, for the error.

        Raises
        ------
        DataError
            Radar numbers are neither power nor decibels.
        """
        header, item = self.header, self.item
        numbers: npt.NDArray[np.generic]
        scale = item.scale if item.scale is not None else header.scale
        offset = item.offset if item.offset is not None else header.offset
        if self.sensor == "s1":
            unit = item.unit or ("db" if _names_db(header.path.stem) else unit)
            data = pixels.data.astype(np.float32)
            if scale is not None:
                data = np.where(data != 0, data * np.float32(scale) + np.float32(offset or 0.0), np.float32(0))
            numbers, note = linear_numbers(data, pixels.valid, unit=unit, where=str(header.path), flag=unit_flag)
        else:
            where = str(header.path)
            numbers, note = reflectance_numbers(pixels.data, pixels.valid, scale=scale, offset=offset, where=where)
        hidden = cloud(pixels.masks)
        tags = {**header.tags, "source_file": header.path.name, "resampling": pixels.how, "numbers": note}
        return Raster(
            data=numbers,
            bands=bands,
            valid=pixels.valid,
            grid=pixels.grid,
            cloud=None if hidden is None else hidden & pixels.valid,
            scale=SENSORS[self.sensor].scale,
            offset=0.0,
            tags=tags | ({"SIMULATED": "YES"} if self.is_simulated else {}),
        )


def describe(header: GeoTiffHeader, bands: tuple[str, ...] = ()) -> Described:
    """All that is known of a file.

    Parameters
    ----------
    header : GeoTiffHeader
        Of the file.
    bands : tuple of str, optional
        Names that the user gives to the bands of files that name none, in order.

    Raises
    ------
    DataError
        The item beside it is not readable, or the names do not fit the bands.
    """
    item = read_sidecar(header.path)
    if not header.is_named:
        header = header.with_names((item.bands if item else ()) or bands)
    try:
        named = read_name(header.path.stem)
    except DataError:
        named = None
    return Described(header, item or Sidecar(header.path.stem, None, None), named)


def check_named(described: Described, *, remedy: str) -> None:
    """Refuse a file that names some bands and leaves open which of the rest is a band that its sensor has.

    Parameters
    ----------
    described : Described
        The file.
    remedy : str
        How a user names them, for the error.

    Raises
    ------
    DataError
        Such a band is missing, and others have no name or an unknown one.
    """
    header, known = described.header, SENSORS[described.sensor].bands
    missing = [band for band in known if band not in header.bands]
    unknown = [
        f"{number} ({text})" if text else str(number)
        for number, (name, text) in enumerate(zip(header.bands, header.descriptions, strict=True), 1)
        if not name
    ]
    if described.sensor == "s2" and missing and unknown and header.is_named:
        raise DataError(
            f"{header.path}: no band is named {', '.join(missing)}, and band {', '.join(unknown)} has no name that is "
            f"known; write {', '.join(known)} into the band descriptions, or {remedy}"
        )


def _names_db(stem: str) -> bool:
    return "db" in stem.lower().replace("-", "_").split("_")
