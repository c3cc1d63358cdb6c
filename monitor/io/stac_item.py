"""STAC items of scenes, written by pystac with its extensions. Apart from the reader, since pystac is slow to load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pystac
from pystac.extensions.eo import EOExtension
from pystac.extensions.file import FileExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterBand, RasterExtension
from pystac.extensions.sar import FrequencyBand, Polarization, SarExtension
from pystac.extensions.sat import ORBIT_STATE_PROP, SatExtension
from shapely.geometry import mapping

from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor
from monitor.io import seal
from monitor.io.stac import (
    FORMAT,
    PRODUCT_IDS,
    SHA256,
    SOURCE,
    PixelFacts,
    item_acquisition,
    item_checks,
    item_pixels,
    read_item,
)

PROCESSING = "https://stac-extensions.github.io/processing/v1.2.0/schema.json"
"""The processing extension, which pystac has no class for."""

_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def scene_item(
    acquisition: Acquisition,
    pixels: PixelFacts | None = None,
    *,
    replaces: tuple[str, ...] = (),
    checks: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The STAC 1.1 item of an acquisition, as JSON values; with assets when its pixels are archived.

    Parameters
    ----------
    acquisition : Acquisition
        When its hour is unknown, ``datetime`` is null between the start and the end.
    pixels : PixelFacts, optional
        Of ``pixels.tif``, which lies beside the item with ``mask.tif`` and ``request.json``.
    replaces : tuple of str
        The product ids that this scene supersedes.
    checks : mapping of str to str, optional
        The SHA-256 of files beside the item, by name.

    Notes
    -----
    What STAC has no field for stands under ``monitor:``, which no extension declares.
    """
    item = pystac.Item(
        id=acquisition.id,
        geometry=mapping(acquisition.footprint),
        bbox=list(acquisition.footprint.bounds),
        datetime=acquisition.acquired_at if acquisition.is_exact else None,
        start_datetime=acquisition.start,
        end_datetime=acquisition.end,
        properties=_own_properties(acquisition, replaces),
    )
    item.properties["start_datetime"] = _precise(acquisition.start)
    item.properties["end_datetime"] = _precise(acquisition.end)
    _add_pass(item, acquisition)
    if pixels is not None:
        _add_pixels(item, acquisition, pixels)
    for asset in item.assets.values():
        if check := (checks or {}).get(asset.href.removeprefix("./")):
            FileExtension.ext(asset, add_if_missing=True).checksum = f"{SHA256}{check}"
    return cast("dict[str, object]", item.to_dict(include_self_link=False, transform_hrefs=False))


def encode_item(item: Mapping[str, object]) -> bytes:
    """The text of an item's file, with a checksum of itself among the properties."""
    properties = {**cast("Mapping[str, object]", item["properties"]), seal.KEY: seal.BLANK}
    return seal.sealed((json.dumps({**item, "properties": properties}, indent=1, ensure_ascii=False) + "\n").encode())


def archived_item(folder: Path) -> dict[str, object]:
    """The item of a scene's folder as `scene_item` makes it now, whichever version wrote it, with absolute hrefs.

    Raises
    ------
    ArchiveError
        The item is missing, damaged or not of an archive.
    """
    old = read_item(folder)
    replaces = cast("Mapping[str, list[str]]", old["properties"]).get("monitor:replaces") or []
    item = scene_item(item_acquisition(old), item_pixels(old), replaces=tuple(replaces), checks=item_checks(old))
    for asset in cast("dict[str, dict[str, str]]", item["assets"]).values():
        asset["href"] = (folder / asset["href"]).absolute().as_posix()
    return item


def _own_properties(acquisition: Acquisition, replaces: tuple[str, ...]) -> dict[str, object]:
    return {
        "monitor:format": FORMAT,
        "monitor:aoi_id": acquisition.aoi_id,
        "monitor:sensor": acquisition.sensor,
        "monitor:simulated": acquisition.simulated,
        SOURCE: acquisition.source,
        PRODUCT_IDS: list(acquisition.product_ids),
        **({"monitor:replaces": list(replaces)} if replaces else {}),
    }


def _add_pass(item: pystac.Item, acquisition: Acquisition) -> None:
    kind = sensor(acquisition.sensor)
    common = item.common_metadata
    common.platform = acquisition.platform or None
    common.constellation, common.instruments, common.gsd = kind.name.lower(), [kind.instrument.lower()], kind.gsd_m
    if acquisition.relative_orbit is not None or acquisition.orbit_state:
        SatExtension.ext(item, add_if_missing=True).relative_orbit = acquisition.relative_orbit
    if acquisition.orbit_state:
        item.properties[ORBIT_STATE_PROP] = acquisition.orbit_state
    if acquisition.cloud_cover is not None:
        EOExtension.ext(item, add_if_missing=True).cloud_cover = 100.0 * acquisition.cloud_cover
    if acquisition.level:
        item.stac_extensions.append(PROCESSING)
        item.properties["processing:level"] = acquisition.level


def _add_pixels(item: pystac.Item, acquisition: Acquisition, pixels: PixelFacts) -> None:
    item.common_metadata.gsd = pixels.grid.gsd_m
    ProjectionExtension.ext(item, add_if_missing=True).apply(
        code=f"EPSG:{pixels.grid.epsg}",
        shape=list(pixels.grid.shape),
        transform=list(pixels.grid.transform)[:6],
        bbox=list(pixels.grid.bounds),
    )
    if not sensor(acquisition.sensor).optical:
        SarExtension.ext(item, add_if_missing=True).apply(
            instrument_mode="IW",
            frequency_band=FrequencyBand.C,
            polarizations=[Polarization(band) for band in pixels.bands if band in ("VV", "VH", "HH", "HV")],
            product_type="GRD",
        )
    facts = {name: getattr(pixels, name) for name in ("scale", "offset", "valid_fraction", "cloud_fraction")}
    item.properties["monitor:bands"] = list(pixels.bands)
    item.properties |= {f"monitor:{name}": value for name, value in facts.items() if value is not None}
    nodata = 0 if pixels.dtype.startswith(("int", "uint")) else "nan"
    bands = {"data_type": pixels.dtype, "nodata": nodata, "bands": [{"name": band} for band in pixels.bands]}
    item.add_asset("data", pystac.Asset("./pixels.tif", media_type=_COG, roles=["data"], extra_fields=bands))
    item.add_asset("mask", pystac.Asset("./mask.tif", media_type=_COG, roles=["data-mask"]))
    item.add_asset("request", pystac.Asset("./request.json", media_type=pystac.MediaType.JSON, roles=["metadata"]))
    RasterExtension.ext(item.assets["data"], add_if_missing=True).bands = [
        RasterBand.create(data_type=pixels.dtype, nodata=nodata, scale=pixels.scale, offset=pixels.offset)
        for _ in pixels.bands
    ]


def _precise(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
