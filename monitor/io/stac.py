"""What STAC items state, as values; the item is a scene's only description. `stac_item` writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from affine import Affine
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster, Scene
from monitor.core.timerange import utc
from monitor.io import seal

FORMAT = 1
"""Version of the archive's layout; a larger one on disk was written by a newer monitor."""

SOURCE, PRODUCT_IDS = "monitor:source", "monitor:product_ids"
"""The properties that name a scene's source and the products that it was made from."""


CHECKSUM, SHA256 = "file:checksum", "1220"
"""The checksum of an asset by the file extension, and what begins a SHA-256 there (a multihash in hexadecimal)."""

_REMEDY = "remove {}, run `monitor reindex` and pull it again"


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


def read_item(folder: Path) -> dict[str, object]:
    """The item of a scene's folder.

    Raises
    ------
    ArchiveError
        It is missing or damaged.
    """
    path = folder / "item.json"
    try:
        return cast("dict[str, object]", json.loads(seal.checked(path.read_bytes())))
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveError(f"{path}: not readable ({error}); {_REMEDY.format(folder)}") from error


def item_checks(item: Mapping[str, object]) -> dict[str, str]:
    """The SHA-256 of each file of an item of ours by the file's name; without those that an older version wrote."""
    assets = cast("Mapping[str, Mapping[str, str]]", item.get("assets") or {})
    return {
        str(asset.get("href")).removeprefix("./"): asset[CHECKSUM].removeprefix(SHA256)
        for asset in assets.values()
        if asset.get(CHECKSUM)
    }


def read_file(folder: Path, name: str, check: str = "") -> bytes:
    """The bytes of a file of a scene's folder.

    Parameters
    ----------
    folder : Path
    name : str
    check : str, optional
        The SHA-256 that they must have; "" compares nothing.

    Raises
    ------
    ArchiveError
        The file is missing, or its bytes are not those that were written.
    """
    path = folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"{path}: damaged or missing ({error}); {_REMEDY.format(folder)}") from error
    if check and hashlib.sha256(content).hexdigest() != check:
        raise ArchiveError(f"{path}: damaged (its checksum is not that of item.json); {_REMEDY.format(folder)}")
    return content


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
