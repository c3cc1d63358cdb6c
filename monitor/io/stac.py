"""Scenes as STAC items and back; the item is a scene's only description."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import pystac
from affine import Affine
from pystac.extensions.eo import EOExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterBand, RasterExtension
from pystac.extensions.sar import FrequencyBand, Polarization, SarExtension
from pystac.extensions.sat import ORBIT_STATE_PROP, SatExtension
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError
from monitor.core.grid import Grid
from monitor.core.scene import Acquisition, Raster, Scene
from monitor.core.sensors import sensor
from monitor.core.timerange import utc

FORMAT = 1
"""Version of the archive's layout; a larger one on disk was written by a newer monitor."""

PROCESSING = "https://stac-extensions.github.io/processing/v1.2.0/schema.json"
"""The processing extension, which pystac has no class for."""

SOURCE, PRODUCT_IDS = "monitor:source", "monitor:product_ids"
"""The properties that the index reads by SQL."""

_COG = "image/tiff; application=geotiff; profile=cloud-optimized"


class PixelFacts(NamedTuple):
    """What an item states of a scene's pixels.

    Attributes
    ----------
    grid : Grid
    bands : tuple of str
        In the order of ``pixels.tif``.
    dtype : str
        Of the stored numbers; physical value = stored number × `scale` + `offset`.
    scale, offset : float
    valid_fraction : float
        Share of pixels that the sensor saw, 0–1.
    cloud_fraction : float, optional
        Share of pixels under cloud, 0–1; None when the source has no cloud mask.
    """

    grid: Grid
    bands: tuple[str, ...]
    dtype: str
    scale: float
    offset: float
    valid_fraction: float
    cloud_fraction: float | None = None

    @classmethod
    def of(cls, raster: Raster) -> PixelFacts:
        """The facts of a raster in memory."""
        return cls(
            grid=raster.grid,
            bands=raster.bands,
            dtype=str(raster.data.dtype),
            scale=raster.scale,
            offset=raster.offset,
            valid_fraction=raster.valid_fraction,
            cloud_fraction=None if raster.cloud is None else float(raster.cloud.mean()),
        )


class PassFacts(NamedTuple):
    """What any STAC item states of an overpass; None or empty where it is silent. `cloud_cover` is 0–1."""

    start: datetime | None
    end: datetime | None
    platform: str
    relative_orbit: int | None
    orbit_state: str | None
    cloud_cover: float | None
    level: str | None
    simulated: bool


def scene_item(
    acquisition: Acquisition, pixels: PixelFacts | None = None, *, replaces: tuple[str, ...] = ()
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
    return cast("dict[str, object]", item.to_dict(include_self_link=False, transform_hrefs=False))


def read_item(folder: Path) -> dict[str, object]:
    """The item of a scene's folder.

    Raises
    ------
    ArchiveError
        It is missing or damaged.
    """
    path = folder / "item.json"
    try:
        return cast("dict[str, object]", json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ArchiveError(
            f"{path}: not readable ({error}); remove {folder}, run `monitor reindex` and pull it again"
        ) from error


def item_acquisition(item: Mapping[str, object]) -> Acquisition:
    """The acquisition that an item of ours describes.

    Raises
    ------
    ArchiveError
        The item was written by a newer version, or misses what ours have.
    """
    properties = cast("Mapping[str, object]", item.get("properties") or {})
    check_format(properties.get("monitor:format"), str(item.get("id")))
    try:
        facts = pass_facts(properties)
        return Acquisition(
            id=str(item["id"]),
            aoi_id=str(properties["monitor:aoi_id"]),
            sensor=str(properties["monitor:sensor"]),
            platform=facts.platform,
            start=cast("datetime", facts.start),
            end=cast("datetime", facts.end),
            footprint=_footprint(cast("Mapping[str, object]", item["geometry"])),
            relative_orbit=facts.relative_orbit,
            orbit_state=facts.orbit_state,
            cloud_cover=facts.cloud_cover,
            product_ids=tuple(cast("list[str]", properties.get(PRODUCT_IDS) or [])),
            level=facts.level,
            source=str(properties.get(SOURCE) or ""),
            simulated=facts.simulated,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(f"item {item.get('id')}: not an item of this archive ({error!r})") from error


def item_pixels(item: Mapping[str, object]) -> PixelFacts:
    """What an item of ours states of its pixels.

    Raises
    ------
    ArchiveError
        It misses what items of archived scenes have.
    """
    properties = cast("Mapping[str, object]", item.get("properties") or {})
    try:
        epsg = int(str(properties["proj:code"]).removeprefix("EPSG:"))
        rows, cols = cast("list[int]", properties["proj:shape"])
        assets = cast("Mapping[str, Mapping[str, object]]", item["assets"])
        return PixelFacts(
            grid=Grid(epsg, Affine(*cast("list[float]", properties["proj:transform"])[:6]), (rows, cols)),
            bands=tuple(cast("list[str]", properties["monitor:bands"])),
            dtype=str(assets["data"]["data_type"]),
            scale=float(cast("float", properties["monitor:scale"])),
            offset=float(cast("float", properties["monitor:offset"])),
            valid_fraction=float(cast("float", properties["monitor:valid_fraction"])),
            cloud_fraction=cast("float | None", properties.get("monitor:cloud_fraction")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"item {item.get('id')}: not an item of this archive ({error!r})") from error


def item_scene(item: Mapping[str, object], path: Path) -> Scene:
    """The scene that an item in folder `path` describes.

    Raises
    ------
    ArchiveError
        As `item_acquisition`.
    """
    acquisition, pixels = item_acquisition(item), item_pixels(item)
    return Scene(
        acquisition=acquisition,
        grid=pixels.grid,
        bands=pixels.bands,
        scale=pixels.scale,
        valid_fraction=pixels.valid_fraction,
        path=path,
    )


def archived_item(folder: Path) -> dict[str, object]:
    """The item of a scene's folder as `scene_item` makes it now, whichever version wrote it, with absolute hrefs.

    Raises
    ------
    ArchiveError
        The item is missing, damaged or not of an archive.
    """
    old = read_item(folder)
    replaces = cast("Mapping[str, list[str]]", old["properties"]).get("monitor:replaces") or []
    item = scene_item(item_acquisition(old), item_pixels(old), replaces=tuple(replaces))
    for asset in cast("dict[str, dict[str, str]]", item["assets"]).values():
        asset["href"] = (folder / asset["href"]).absolute().as_posix()
    return item


def pass_facts(properties: Mapping[str, object]) -> PassFacts:
    """The facts of an overpass in the properties of any STAC item, ours or not.

    Raises
    ------
    ValueError, TypeError
        A value is not of its kind.
    """
    start, end = properties.get("start_datetime"), properties.get("end_datetime")
    if not (start and end) and properties.get("datetime"):
        start = end = properties["datetime"]
    cloud, orbit = properties.get("eo:cloud_cover"), properties.get("sat:relative_orbit")
    return PassFacts(
        start=utc(str(start)) if start else None,
        end=utc(str(end)) if end else None,
        platform=str(properties.get("platform") or ""),
        relative_orbit=None if orbit is None else int(cast("int", orbit)),
        orbit_state=cast("str | None", properties.get("sat:orbit_state")),
        cloud_cover=None if cloud is None else float(cast("float", cloud)) / 100.0,
        level=cast("str | None", properties.get("processing:level")),
        simulated=bool(properties.get("monitor:simulated")),
    )


def asset_bands(asset: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The bands of an asset, in order: STAC 1.1's ``bands`` joined with ``raster:bands``; empty without either."""
    named, raster = (cast("list[Mapping[str, object]]", asset.get(key) or []) for key in ("bands", "raster:bands"))
    if not named or len(named) != len(raster):
        return named or raster
    return [{**one, **other} for one, other in zip(raster, named, strict=True)]


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


def _footprint(geometry: Mapping[str, object]) -> BaseGeometry:
    if geometry["type"] != "Polygon" or not geometry["coordinates"]:
        return shape(geometry)
    rings = [
        np.asarray(ring) for ring in cast("list[list[object]]", geometry["coordinates"])
    ]  # as arrays: a third of the time
    return Polygon(rings[0], rings[1:])


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
