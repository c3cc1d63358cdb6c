"""One meaning for numbers of many catalogs: DN = reflectance × 10000, offset applied; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from monitor.core.errors import DataError
from monitor.core.scenes.sensors import S2_BANDS
from monitor.io.stac import reflectance_scale
from monitor.sources.errors import BadResponse
from monitor.sources.imagery.naming import band_name

Numbers = npt.NDArray[np.uint16]


_LANDSAT = {"blue": "B02", "green": "B03", "red": "B04", "nir08": "B08", "swir16": "B11", "qa_pixel": "QA_PIXEL"}
"""Landsat's assets by their common names; its ``nir08`` is what Sentinel-2 has as B08 and B8A."""
MASKS = ("SCL", "QA_PIXEL")


def asset_names(feature: Mapping[str, Any], *, where: str) -> dict[str, str]:
    """Band to asset: the five bands, and ``SCL`` or ``QA_PIXEL`` when there is one.

    Raises
    ------
    BadResponse
        A band has no asset.
    """
    names: dict[str, str] = {}
    is_landsat = str(feature["properties"].get("platform", "")).lower().startswith("landsat")
    for name, asset in cast("Mapping[str, Mapping[str, Any]]", feature.get("assets") or {}).items():
        band = _LANDSAT.get(name) if is_landsat else band_name(name)
        tiff = "tiff" in str(asset.get("type", "")) or str(asset.get("href", "")).lower().endswith((".tif", ".tiff"))
        if band and tiff and band not in names:
            names[band] = name
    missing = [band for band in S2_BANDS if band not in names]
    if missing:
        raise BadResponse(
            f"{where}: no GeoTIFF asset for {', '.join(missing)}; choose another [stac] collection, such as "
            "sentinel-2-c1-l2a of Earth Search"
        )
    return {band: names[band] for band in (*S2_BANDS, *MASKS) if band in names}


def scale_offset(feature: Mapping[str, Any], *, where: str) -> tuple[float, float]:
    """What turns an item's numbers into reflectance: number × scale + offset.

    Raises
    ------
    BadResponse
        The bands disagree, or nothing states whether the offset is in the numbers.
    """
    assets = [feature["assets"][name] for band, name in asset_names(feature, where=where).items() if band not in MASKS]
    try:
        found = reflectance_scale(feature["properties"], assets, where=where)
    except (DataError, TypeError, ValueError) as error:
        raise BadResponse(f"{error}; use another collection") from error
    if found is None:
        raise BadResponse(f"{where}: states neither scale and offset nor a processing baseline; use another collection")
    return (1e-4 if found[0] is None else found[0]), found[1]


def numbers_of(stored: npt.NDArray[np.generic], feature: Mapping[str, Any], *, where: str) -> tuple[Numbers, str]:
    """(band, row, col) reflectance × 10000 as uint16 with 0 for no data, and a note of what was applied.

    What the offset takes to zero or below becomes 1, since 0 is no data.

    Parameters
    ----------
    stored : array
        (band, row, col) numbers of the assets; 0 for no data.
    feature : mapping
        The STAC item.
    where : str
        Names the item in errors.

    Raises
    ------
    BadResponse
        As `scale_offset`.
    """
    scale, offset = scale_offset(feature, where=where)
    reflectance = stored.astype(np.float32) * np.float32(scale) + np.float32(offset)
    numbers = np.clip(np.rint(reflectance * 1e4), 1, 65535).astype(np.uint16)
    numbers[np.asarray(stored) == 0] = 0
    return numbers, f"scale {scale:g} and offset {offset:g} applied"
