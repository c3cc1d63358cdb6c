"""Scenes as STAC items and back; the item is a scene's only description, pure and without disk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pystac
from affine import Affine
from shapely.geometry import mapping, shape

from monitor.core.errors import ArchiveError
from monitor.core.grid import Grid
from monitor.core.scene import Acquisition, Raster, Scene
from monitor.core.sensors import sensor
from monitor.core.timerange import utc

FORMAT = 1
"""Version of the archive's layout; a larger one on disk was written by a newer monitor."""

_EXTENSIONS = [
    "https://stac-extensions.github.io/projection/v2.0.0/schema.json",
    "https://stac-extensions.github.io/sat/v1.0.0/schema.json",
    "https://stac-extensions.github.io/processing/v1.1.0/schema.json",
]
_EO = "https://stac-extensions.github.io/eo/v1.1.0/schema.json"
_SAR = "https://stac-extensions.github.io/sar/v1.0.0/schema.json"
_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


def scene_item(acquisition: Acquisition, raster: Raster, *, replaces: tuple[str, ...] = ()) -> dict[str, object]:
    """The STAC 1.1 item of an archived scene, as JSON values.

    An acquisition whose hour is unknown has ``datetime: null`` between its start and end. What STAC has no field for
    stands under ``monitor:``. `replaces` are the product ids that this one supersedes.
    """
    item = pystac.Item(
        id=acquisition.id,
        geometry=mapping(acquisition.footprint),
        bbox=list(acquisition.footprint.bounds),
        datetime=acquisition.acquired_at if acquisition.is_exact else None,
        start_datetime=acquisition.start,
        end_datetime=acquisition.end,
        properties=_properties(acquisition, raster, replaces),
    )
    item.stac_extensions = [*_EXTENSIONS, _EO if sensor(acquisition.sensor).optical else _SAR]
    item.properties["start_datetime"] = _precise(acquisition.start)
    item.properties["end_datetime"] = _precise(acquisition.end)
    item.add_asset("data", pystac.Asset("./pixels.tif", media_type=_COG, roles=["data"], extra_fields=_bands(raster)))
    item.add_asset("mask", pystac.Asset("./mask.tif", media_type=_COG, roles=["data-mask"]))
    return cast("dict[str, object]", item.to_dict(include_self_link=False, transform_hrefs=False))


def item_acquisition(item: Mapping[str, object]) -> Acquisition:
    """The acquisition that an item of ours describes.

    Raises
    ------
    ArchiveError
        The item was written by a newer version, or lacks what ours have.
    """
    properties = cast("Mapping[str, object]", item.get("properties") or {})
    check_format(properties.get("monitor:format"), str(item.get("id")))
    try:
        cloud = properties.get("eo:cloud_cover")
        orbit = properties.get("sat:relative_orbit")
        return Acquisition(
            id=str(item["id"]),
            aoi_id=str(properties["monitor:aoi_id"]),
            sensor=str(properties["monitor:sensor"]),
            platform=str(properties.get("platform") or ""),
            start=utc(str(properties["start_datetime"])),
            end=utc(str(properties["end_datetime"])),
            footprint=shape(cast("dict[str, object]", item["geometry"])),
            relative_orbit=None if orbit is None else int(cast("int", orbit)),
            orbit_state=cast("str | None", properties.get("sat:orbit_state")),
            cloud_cover=None if cloud is None else float(cast("float", cloud)) / 100.0,
            product_ids=tuple(cast("list[str]", properties.get("monitor:product_ids") or [])),
            level=cast("str | None", properties.get("processing:level")),
            source=str(properties.get("monitor:source") or ""),
            simulated=bool(properties.get("monitor:simulated")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"item {item.get('id')}: not an item of this archive ({error!r})") from error


def item_scene(item: Mapping[str, object], path: Path) -> Scene:
    """The scene that an item in folder `path` describes.

    Raises
    ------
    ArchiveError
        As `item_acquisition`.
    """
    acquisition = item_acquisition(item)
    properties = cast("Mapping[str, object]", item["properties"])
    try:
        epsg = int(str(properties["proj:code"]).removeprefix("EPSG:"))
        rows, cols = cast("list[int]", properties["proj:shape"])
        grid = Grid(epsg, Affine(*cast("list[float]", properties["proj:transform"])[:6]), (rows, cols))
        bands = tuple(cast("list[str]", properties["monitor:bands"]))
        scale, valid = properties["monitor:scale"], properties["monitor:valid_fraction"]
        return Scene(acquisition, grid, bands, float(cast("float", scale)), float(cast("float", valid)), path)
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"{path}/item.json: not an item of this archive ({error!r})") from error


def check_format(version: object, where: str) -> None:
    """Refuse what a newer version wrote.

    Raises
    ------
    ArchiveError
        `version` is no number, or larger than `FORMAT`.
    """
    if not isinstance(version, int):
        raise ArchiveError(f"{where}: not written by monitor (no format version); is this the right folder?")
    if version > FORMAT:
        raise ArchiveError(f"{where}: written by archive format {version}, this is {FORMAT}; upgrade monitor")


def _properties(acquisition: Acquisition, raster: Raster, replaces: tuple[str, ...]) -> dict[str, object]:
    west, south, east, north = raster.grid.bounds
    known = {
        "platform": acquisition.platform or None,
        "constellation": {"s2": "sentinel-2", "s1": "sentinel-1"}.get(acquisition.sensor),
        "sat:relative_orbit": acquisition.relative_orbit,
        "sat:orbit_state": acquisition.orbit_state,
        "eo:cloud_cover": None if acquisition.cloud_cover is None else 100.0 * acquisition.cloud_cover,
        "processing:level": acquisition.level,
        "monitor:replaces": list(replaces) or None,
    }
    if not sensor(acquisition.sensor).optical:
        known |= {"sar:instrument_mode": "IW", "sar:frequency_band": "C", "sar:product_type": "GRD"}
        known |= {"sar:polarizations": [band for band in raster.bands if band in ("VV", "VH", "HH", "HV")]}
    return {
        "instruments": [sensor(acquisition.sensor).instrument.lower()],
        "gsd": raster.grid.gsd_m,
        **{key: value for key, value in known.items() if value is not None},
        "proj:code": f"EPSG:{raster.grid.epsg}",
        "proj:shape": list(raster.grid.shape),
        "proj:transform": list(raster.grid.transform)[:6],
        "proj:bbox": [west, south, east, north],
        "monitor:format": FORMAT,
        "monitor:aoi_id": acquisition.aoi_id,
        "monitor:sensor": acquisition.sensor,
        "monitor:source": acquisition.source,
        "monitor:simulated": acquisition.simulated,
        "monitor:product_ids": list(acquisition.product_ids),
        "monitor:bands": list(raster.bands),
        "monitor:scale": raster.scale,
        "monitor:offset": raster.offset,
        "monitor:valid_fraction": raster.valid_fraction,
        "monitor:cloud_fraction": None if raster.cloud is None else float(raster.cloud.mean()),
    }


def _bands(raster: Raster) -> dict[str, object]:
    return {
        "data_type": str(raster.data.dtype),
        "nodata": 0 if raster.data.dtype.kind in "ui" else "nan",
        "bands": [
            {"name": band, "raster:scale": raster.scale, "raster:offset": raster.offset} for band in raster.bands
        ],
    }


def _precise(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
