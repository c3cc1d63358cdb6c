"""One meaning for numbers of many catalogs: DN = reflectance × 10000, offset applied; pure.

Since processing baseline 04.00 (25 January 2022) Sentinel-2 products carry an offset of −1000. Catalogs differ: some
leave it in the numbers and state it in ``raster:bands``, some have taken it out and state that in a property (and
still carry the old offset in ``raster:bands``), some state the baseline alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from monitor.core.scenes.sensors import S2_BANDS
from monitor.sources.errors import BadResponse
from monitor.sources.imagery.naming import band_name

Numbers = npt.NDArray[np.uint16]

_APPLIED = "earthsearch:boa_offset_applied"
_BASELINES = ("s2:processing_baseline", "processing:version")
_FIRST_WITH_OFFSET = (4, 0)


def asset_names(feature: Mapping[str, Any], *, where: str) -> dict[str, str]:
    """Band to asset: the five bands, and ``SCL`` when there is one.

    Raises
    ------
    BadResponse
        A band has no asset.
    """
    names: dict[str, str] = {}
    for name, asset in cast("Mapping[str, Mapping[str, Any]]", feature.get("assets") or {}).items():
        band = band_name(name)
        tiff = "tiff" in str(asset.get("type", "")) or str(asset.get("href", "")).lower().endswith((".tif", ".tiff"))
        if band and tiff and band not in names:
            names[band] = name
    missing = [band for band in S2_BANDS if band not in names]
    if missing:
        raise BadResponse(
            f"{where}: no GeoTIFF asset for {', '.join(missing)}; choose another [stac] collection, such as "
            "sentinel-2-c1-l2a of Earth Search"
        )
    return {band: names[band] for band in (*S2_BANDS, "SCL") if band in names}


def scale_offset(feature: Mapping[str, Any], *, where: str) -> tuple[float, float]:
    """What turns an item's numbers into reflectance: number × scale + offset.

    Raises
    ------
    BadResponse
        The bands disagree, or nothing states whether the offset is in the numbers.
    """
    given = cast("Mapping[str, object]", feature["properties"])
    found = {
        _stated(feature["assets"][name]) for band, name in asset_names(feature, where=where).items() if band != "SCL"
    }
    if len(found) > 1:
        raise BadResponse(f"{where}: its bands have different scales or offsets {sorted(map(str, found))}")
    stated = found.pop()
    scale = 1e-4 if stated is None else stated[0]
    if given.get(_APPLIED) is True:
        return scale, 0.0
    if stated is not None:
        return stated
    baseline = next((str(given[key]) for key in _BASELINES if given.get(key)), None)
    if baseline is None:
        raise BadResponse(f"{where}: states neither scale and offset nor a processing baseline; use another collection")
    return scale, -0.1 if _version(baseline) >= _FIRST_WITH_OFFSET else 0.0


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


def _stated(asset: Mapping[str, Any]) -> tuple[float, float] | None:
    bands = asset.get("raster:bands") or asset.get("bands") or [asset]
    first = cast("Mapping[str, float]", bands[0])
    scale = first.get("scale", first.get("raster:scale"))
    offset = first.get("offset", first.get("raster:offset"))
    return None if scale is None and offset is None else (float(scale or 1e-4), float(offset or 0.0))


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.strip().partition(".")
    return (int(major), int(minor or 0)) if major.isdigit() and (minor or "0").isdigit() else (0, 0)
