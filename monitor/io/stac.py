"""What STAC items state, as values; the item is a scene's only description. `stac_item` writes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from affine import Affine
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import ArchiveError, DataError
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

_APPLIED = "earthsearch:boa_offset_applied"
_BASELINES = ("s2:processing_baseline", "processing:version")
_FIRST_WITH_OFFSET = (4, 0)


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
        relative_orbit=None if orbit is None else _whole(orbit),
        orbit_state=cast("str | None", properties.get("sat:orbit_state")),
        cloud_cover=None if cloud is None else float(cast("float", cloud)) / 100.0,
        level=cast("str | None", properties.get("processing:level")),
        simulated=bool(properties.get("monitor:simulated")),
    )


def _whole(value: object) -> int:
    try:
        return int(cast("int", value))
    except OverflowError as error:
        raise ValueError(f"{value} is no whole number") from error


def asset_bands(asset: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The bands of an asset, in order: ``bands`` of STAC 1.1 with ``raster:bands`` and ``eo:bands``; empty without."""
    lists = [cast("list[Mapping[str, object]]", asset.get(key) or []) for key in ("eo:bands", "raster:bands", "bands")]
    most = max(len(bands) for bands in lists)
    full = [bands for bands in lists if len(bands) == most]
    return [{key: value for band in row for key, value in band.items()} for row in zip(*full, strict=True)]


def reflectance_scale(
    properties: Mapping[str, object], assets: Sequence[Mapping[str, object]], *, where: str
) -> tuple[float | None, float] | None:
    """What turns the numbers of an item's assets into reflectance: number × scale + offset; None where nothing says.

    Since processing baseline 04.00 (25 January 2022) Sentinel-2 products carry an offset of −1000. Catalogs differ:
    some leave it in the numbers and state it with the bands, some have taken it out and state that in a property (and
    still carry the old offset with the bands), some state the baseline alone; then the scale is None.

    Parameters
    ----------
    properties : mapping of str to object
        Of the item.
    assets : sequence of mapping
        Those that are read.
    where : str
        Names the item in the error.

    Raises
    ------
    DataError
        The bands disagree.
    """
    found = {stated for asset in assets for stated in _stated(asset)}
    known = {stated for stated in found if stated != (None, None)}
    if len(known) > 1:
        raise DataError(f"{where}: its bands have different scales or offsets {sorted(map(str, known))}")
    scale, offset = known.pop() if known else (None, None)
    baseline = next((str(properties[key]) for key in _BASELINES if properties.get(key)), None)
    if properties.get(_APPLIED) is True:
        return (1e-4 if scale is None else scale), 0.0
    if offset is not None or scale is not None:
        return scale, offset or 0.0
    return None if baseline is None else (None, -0.1 if _version(baseline) >= _FIRST_WITH_OFFSET else 0.0)


def _stated(asset: Mapping[str, object]) -> Iterator[tuple[float | None, float | None]]:
    """Scale and offset of each of an asset's bands, or of the asset."""
    for band in asset_bands(asset) or [asset]:
        both = [{**asset, **band}.get(key, {**asset, **band}.get(f"raster:{key}")) for key in ("scale", "offset")]
        scale, offset = (None if value is None else float(cast("float", value)) for value in both)
        yield scale, offset


def _version(text: str) -> tuple[int, int]:
    major, _, minor = text.strip().partition(".")
    return (int(major), int(minor or 0)) if major.isdigit() and (minor or "0").isdigit() else (0, 0)


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
