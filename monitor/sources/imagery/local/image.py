"""Standalone images, not of any archive, read whole."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.errors import DataError
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.sources.imagery.local.bandset import is_picture, scenes_of
from monitor.sources.imagery.local.described import Described, describe
from monitor.sources.imagery.local.masks import read_with_masks
from monitor.sources.imagery.local.reading import AS_STATED, Reading
from monitor.sources.imagery.naming import band_name

log = logging.getLogger(__name__)
UNKNOWN_START = datetime(1970, 1, 1, tzinfo=UTC)
"""Start and end of an acquisition whose instant is unknown."""


def read_image(path: Path, given: Reading = AS_STATED) -> tuple[Acquisition, Raster]:
    """The whole of one image, with all that describes it.

    Bands that nothing names are taken by their number: five are B02 B03 B04 B08 B11, four the first four of them,
    three red, green, blue. An acquisition whose instant is unknown starts and ends at 1970-01-01.

    Parameters
    ----------
    path : Path
        A GeoTIFF, JPEG 2000, PNG or JPEG; or a folder with the files of one scene, one a band.
    given : Reading, optional
        What the user states of it; its `bands` win over the file's own names.

    Raises
    ------
    DataError
        The image is missing, damaged or without a place, its bands cannot be identified, or its numbers are neither
        reflectance nor a picture nor sigma nought.
    """
    if given.sensor is not None:
        sensor(given.sensor)
    described = _described(path, given)
    wanted = described.bands
    if not wanted:
        named = ", ".join(text for text in described.header.descriptions if text) or ", ".join(described.header.bands)
        raise DataError(
            f"{path}: its bands {named} are none of {', '.join(described.kind.bands)}; give them by "
            f"{given.words.bands}, or their sensor by {given.words.sensor}"
        )
    described.check_named()
    if described.unused is not None:
        log.warning("%s: no STAC item (a GeoJSON Feature with properties), so it is not used", described.unused)
    pixels = read_with_masks(described)
    if not pixels.valid.any():
        raise DataError(
            f"{path}: every pixel is no-data, so that there is nothing to detect in; where its zeros are a picture's "
            f"own, give {given.words.nodata}"
        )
    return _acquisition(described), described.raster(pixels)


def image_sensor(path: Path, given: Reading = AS_STATED) -> str:
    """The sensor of an image, by all that describes it; no pixel is read.

    Parameters
    ----------
    path : Path
        As in `read_image`.
    given : Reading, optional
        What the user states of it.

    Raises
    ------
    DataError
        As `read_image` does.
    """
    return _described(path, given).sensor


def _described(path: Path, given: Reading) -> Described:
    if path.is_dir():
        scenes = scenes_of(file for file in path.iterdir() if is_picture(file))
        if len(scenes) != 1:
            raise DataError(f"{path}: {len(scenes)} images in it; name one, or a folder with one file of each band")
        files = scenes[0]
    elif path.is_file():
        files = (path,)
    else:
        raise DataError(f"{path}: no such file")
    described = describe(files, given, guess=not given.bands)
    if not given.bands:
        return described
    names = tuple(band_name(name) or "" for name in given.bands)
    return described.renamed(names)


def _acquisition(described: Described) -> Acquisition:
    when = described.instant
    return Acquisition(
        id=described.item.id,
        aoi_id="",
        sensor=described.sensor,
        platform=described.platform,
        start=UNKNOWN_START if when is None else when.start,
        end=UNKNOWN_START if when is None else when.end,
        footprint=described.header.footprint,
        relative_orbit=described.item.relative_orbit or (described.named.relative_orbit if described.named else None),
        orbit_state=described.item.orbit_state,
        cloud_cover=described.item.cloud_cover,
        level=described.item.level or (described.named.level if described.named else None),
        source="image",
        simulated=described.is_simulated,
    )
