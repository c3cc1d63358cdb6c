"""What is known of a picture from all that describes it: the file, its name, what lies beside it, the user."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.core.errors import DataError
from monitor.core.scenes.scene import BANDS_TAG, GUESSED, Raster
from monitor.core.scenes.sensors import S1_BANDS, UNNAMED, Sensor, sensor
from monitor.sources.imagery.local.bandnames import counted_bands, named_bands
from monitor.sources.imagery.local.bandset import joined, scene_name
from monitor.sources.imagery.local.header import ALPHA, Header, read_header
from monitor.sources.imagery.local.instant import Instant, find_instant, name_of
from monitor.sources.imagery.local.item import Sidecar, read_sidecar, unused_json
from monitor.sources.imagery.local.numbers import linear_numbers, picture_numbers, reflectance_numbers
from monitor.sources.imagery.local.pixels import Numbers, Pixels
from monitor.sources.imagery.local.reading import Reading
from monitor.sources.imagery.local.vendor import landsat_bands, read_vendor
from monitor.sources.imagery.naming import Named, platform_name, sensor_of
from monitor.sources.imagery.quality import MASKS, cloud

log = logging.getLogger(__name__)
_SENTINEL_M, _FINE_M = (7.5, 12.5), 2.0
"""Pixels by which a picture that nothing names is of Sentinel-2, and the largest that make it a fine one; chosen."""


@dataclass(frozen=True, slots=True)
class Described:
    """A picture and what describes it.

    Attributes
    ----------
    header : Header
        With the bands' names, wherever they come from.
    item : Sidecar
        Of the STAC item or the vendor's metadata beside it; empty without either.
    named : Named or None
        What the scene's name holds; None where that is no date.
    sensor : str
        Stated, recognised, or by the pixel size.
    instant : Instant or None
        When it was taken.
    given : Reading
        What the user states.
    guessed : bool
        Whether the bands were taken by their number.
    unused : Path or None
        JSON of the image's name that is no STAC item, and so was not used.
    """

    header: Header
    item: Sidecar
    named: Named | None
    sensor: str
    instant: Instant | None
    given: Reading
    guessed: bool = False
    unused: Path | None = None

    @property
    def platform(self) -> str:
        """Name of the satellite; "" when nothing states it."""
        return platform_name(self.item.platform or (self.named.platform if self.named else None) or "")

    @property
    def is_simulated(self) -> bool:
        """Whether the file or the item says that the pixels are made up."""
        return self.item.simulated or any(key.upper() == "SIMULATED" for key in self.header.tags)

    @property
    def kind(self) -> Sensor:
        """The facts of the sensor."""
        return sensor(self.sensor)

    @property
    def bands(self) -> tuple[str, ...]:
        """The picture's bands that its sensor has, in the sensor's order."""
        return tuple(band for band in self.kind.bands if band in self.header.bands)

    @property
    def masks(self) -> list[str]:
        """The file's bands that are masks."""
        return [name for name in MASKS if name in self.header.bands]

    def renamed(self, names: tuple[str, ...]) -> Described:
        """The picture with other names for its bands.

        Raises
        ------
        DataError
            There are more or fewer bands than names.
        """
        header = self.header.with_names(names)
        radar = self.given.sensor is None and any(band in S1_BANDS for band in header.bands)
        return replace(self, header=header, guessed=False, sensor="s1" if radar else self.sensor)

    def check_named(self) -> None:
        """Refuse a file that names some bands and leaves open which of the rest is a band that its sensor needs.

        Raises
        ------
        DataError
            Such a band is missing, and others have no name or an unknown one.
        """
        header, known = self.header, self.kind.needed
        missing = [band for band in known if band not in header.bands]
        unknown = [
            f"{number} ({text})" if text else str(number)
            for number, (name, text) in enumerate(zip(header.bands, header.descriptions, strict=False), 1)
            if not name
        ]
        if self.kind.optical and missing and unknown and header.is_named and not self.guessed:
            raise DataError(
                f"{header.path}: no band is named {', '.join(missing)}, and band {', '.join(unknown)} has no name that "
                f"is known; write {', '.join(known)} into the band descriptions, or give all of them in order by "
                f"{self.given.words.bands}"
            )

    def raster(self, pixels: Pixels) -> Raster:
        """The pixels of `bands` in the archive's own numbers.

        Parameters
        ----------
        pixels : Pixels
            Of the file.

        Raises
        ------
        DataError
            Radar numbers are neither power nor decibels.
        """
        numbers, scale, note = self._numbers(pixels)
        hidden = cloud(pixels.masks)
        tags = {**self.header.tags, "source_file": self.header.path.name, "resampling": pixels.how, "numbers": note}
        if self.instant is not None:
            tags["instant_from"] = self.instant.stated_by
        return Raster(
            data=numbers,
            bands=self.bands,
            valid=pixels.valid,
            grid=pixels.grid,
            cloud=None if hidden is None else hidden & pixels.valid,
            scale=scale,
            offset=0.0,
            tags=tags
            | ({"SIMULATED": "YES"} if self.is_simulated else {})
            | ({BANDS_TAG: GUESSED} if self.guessed else {}),
        )

    def _numbers(self, pixels: Pixels) -> tuple[npt.NDArray[np.generic], float, str]:
        """The archive's numbers, what turns them into physical ones, and a note of how they were made."""
        header, item, where = self.header, self.item, str(self.header.path)
        scale = item.scale if item.scale is not None else header.scale
        offset = item.offset if item.offset is not None else header.offset
        if not self.kind.optical:
            unit = item.unit or ("db" if _names_db(header.path.stem) else self.given.unit)
            data = pixels.data.astype(np.float32)
            if scale is not None:
                data = np.where(data != 0, data * np.float32(scale) + np.float32(offset or 0.0), np.float32(0))
            made, note = linear_numbers(data, pixels.valid, unit=unit, where=where, flag=self.given.words.unit)
            return made, self.kind.scale, note
        stored: Numbers = pixels.data
        if scale is None and stored.dtype == np.uint8:
            return (*picture_numbers(stored, pixels.valid), "8 bits, a picture for the eye")
        if item.scales and scale is None:
            order = [item.scales[[b for b in header.bands if b != ALPHA].index(band)] for band in self.bands]
            stored, scale = stored.astype(np.float32) * np.array(order, np.float32)[:, None, None], 1.0
        made_too, note = reflectance_numbers(stored, pixels.valid, scale=scale, offset=offset)
        return made_too, self.kind.scale, note


def describe(files: Sequence[Path], given: Reading, *, guess: bool) -> Described:
    """All that is known of a scene.

    Parameters
    ----------
    files : sequence of Path
        One picture, or one of each band.
    given : Reading
        What the user states.
    guess : bool
        Whether bands that nothing names are taken by their number.

    Raises
    ------
    DataError
        A file or what lies beside it is not readable, or the names do not fit the bands.
    """
    header = joined([read_header(path, given) for path in files])
    stem = scene_name(tuple(files))
    item = _beside(header, stem)
    named = name_of(stem)
    header, guessed = named_bands(header, item, given)
    chosen = given.sensor or _recognised(header, item, stem)
    if chosen == "landsat":
        header = replace(header, bands=landsat_bands(header.bands))
        header = replace(header, others=tuple(replace(o, bands=landsat_bands(o.bands)) for o in header.others))
    if not header.is_named and guess:
        header, guessed = counted_bands(header, sensor(chosen), given), True
    instant = find_instant(given, item, named, header.tags, stem)
    return Described(header, item, named, chosen, instant, given, guessed, unused_json(header.path))


def _beside(header: Header, stem: str) -> Sidecar:
    """What lies beside a picture: the vendor's metadata where the STAC item states nothing."""
    vendor = read_vendor(header.path, bands=header.count)
    item = read_sidecar(header.path)
    if vendor is None or item is None:
        return item or vendor or Sidecar(stem, None, None)
    stated = {f.name: value for f in fields(item) if (value := getattr(item, f.name)) not in (None, "", (), False)}
    return replace(vendor, **stated)


def _recognised(header: Header, item: Sidecar, stem: str) -> str:
    if any(band in S1_BANDS for band in header.bands):
        return "s1"
    found = item.sensor or sensor_of(item.platform) or sensor_of(stem)
    if found:
        return found
    if _SENTINEL_M[0] <= header.gsd_m <= _SENTINEL_M[1]:
        return "s2"
    return "hires" if header.gsd_m <= _FINE_M else UNNAMED


def _names_db(stem: str) -> bool:
    return "db" in stem.lower().replace("-", "_").split("_")
