"""Standalone GeoTIFFs, not of any archive, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.scene import BANDS_TAG, GUESSED, Acquisition, Raster
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS, SENSORS
from monitor.sources.imagery.local.described import Described, check_named, describe
from monitor.sources.imagery.local.geotiff import ALPHA, read_geotiff_header
from monitor.sources.imagery.local.pixels import read_pixels
from monitor.sources.imagery.naming import band_name

UNKNOWN_START = datetime(1970, 1, 1, tzinfo=UTC)
"""Start and end of an acquisition whose instant is unknown."""

_GUESSES: Mapping[int, tuple[str, ...]] = {5: S2_BANDS, 4: S2_BANDS[:4], 3: ("B04", "B03", "B02")}


def read_image(
    path: Path,
    *,
    sensor: str = "s2",
    bands: tuple[str, ...] = (),
    unit: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[Acquisition, Raster]:
    """The whole of one GeoTIFF, with instant and platform from its name and a STAC item beside it.

    Bands that nothing names are taken by their number: five are B02 B03 B04 B08 B11, four the first four of them,
    three red, green, blue. An acquisition whose instant is unknown starts and ends at 1970-01-01.

    Parameters
    ----------
    path : Path
        The file.
    sensor : str, optional
        ``s2`` or ``s1``.
    bands : tuple of str, optional
        The bands' names in order, for a file that does not name them; ``-`` for one that is none.
    unit : str, optional
        ``linear`` or ``db``, for radar that does not state it.
    limits : Limits, optional
        How many pixels may be read.

    Raises
    ------
    DataError
        The file is missing, damaged or without CRS, its bands cannot be identified, or its numbers are neither
        reflectance nor sigma nought.
    """
    if sensor not in SENSORS:
        raise DataError(f"{sensor!r} is no sensor: use one of {', '.join(SENSORS)}")
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    given = tuple(band_name(name) or "" for name in bands)
    header = read_geotiff_header(path)
    described, guessed = _with_bands(describe(header.with_names(given) if given else header), sensor)
    names = described.header.bands
    wanted = tuple(band for band in SENSORS[sensor].bands if band in names)
    pixels = read_pixels(described.header, wanted, masks=described.masks, limits=limits)
    if not pixels.valid.any():
        raise DataError(f"{path}: every pixel is no-data; there is nothing to detect in")
    raster = described.raster(pixels, wanted, unit=unit, unit_flag="--unit linear or --unit db")
    if guessed:
        raster = replace(raster, tags={**raster.tags, BANDS_TAG: GUESSED})
    return _acquisition(path, described, sensor), raster


def _with_bands(described: Described, sensor: str) -> tuple[Described, bool]:
    """The file with a name for its bands, and whether they were taken by their number."""
    header, known = described.header, SENSORS[sensor].bands
    if any(band in known for band in header.bands):
        check_named(described, remedy="give all of them in order by --bands B02,B03,…")
        return described, False
    texts = [text for text in header.descriptions if text]
    if header.is_named or texts:
        named = ", ".join(texts or header.bands)
        raise DataError(f"{header.path}: its bands {named} are none of {', '.join(known)}; give them by --bands")
    count = len(header.bands) - header.bands.count(ALPHA)
    guess = S1_BANDS[:count] if sensor == "s1" and count <= 2 else _GUESSES.get(count) if sensor == "s2" else None
    if guess is None:
        raise DataError(
            f"{header.path}: {count} bands without names; name them in the band descriptions ({', '.join(known)}), or "
            "give them in order by --bands"
        )
    return replace(described, header=header.with_names(guess)), True


def _acquisition(path: Path, described: Described, sensor: str) -> Acquisition:
    start, end = described.interval or (UNKNOWN_START, UNKNOWN_START)
    return Acquisition(
        id=described.item.id or path.stem,
        aoi_id="",
        sensor=sensor,
        platform=described.platform,
        start=start,
        end=end,
        footprint=described.header.footprint,
        source="image",
        simulated=described.is_simulated,
    )
