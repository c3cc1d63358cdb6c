"""What lies beside a file and describes it: a STAC item; `vendor` reads what is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from monitor.core.errors import DataError
from monitor.io.documents import read_json
from monitor.io.stac import asset_bands, pass_facts, reflectance_scale
from monitor.sources.imagery.naming import band_name, platform_name, sensor_of

_PICTURES = (".tif", ".tiff", ".jp2", ".png", ".jpg", ".jpeg")
_SENSOR_WORDS = ("platform", "constellation", "instruments", "pl:item_type")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a STAC item, or a vendor's metadata, state of a file; None or empty where they state nothing.

    `cloud_cover` is 0–1; `scale` and `offset` turn stored numbers into reflectance, `scales` those of each band of the
    file; `unit` is ``linear`` or ``db``; `version` orders the processings of one scene; `mask` is the file's mask of
    usable data; `kind` says what stated it all.
    """

    id: str
    start: datetime | None
    end: datetime | None
    platform: str = ""
    relative_orbit: int | None = None
    orbit_state: str | None = None
    cloud_cover: float | None = None
    level: str | None = None
    bands: tuple[str, ...] = ()
    scale: float | None = None
    offset: float | None = None
    unit: str | None = None
    simulated: bool = False
    sensor: str | None = None
    scales: tuple[float, ...] = ()
    version: str = ""
    mask: Path | None = None
    kind: str = ""


def read_sidecar(image: Path) -> Sidecar | None:
    """The item of an image: ``<stem>.json``, or an ``item.json`` with an asset that points at it; None without.

    An ``item.json`` beside a single image belongs to it, whatever its assets are. JSON that is no STAC item is none.

    Raises
    ------
    DataError
        The item is not readable; the message names it.
    """
    own = image.with_suffix(".json")
    if own.is_file() and (item := load_feature(own)) is not None:
        return _sidecar(item, image, own)
    shared = image.parent / "item.json"
    if not shared.is_file() or (item := load_feature(shared)) is None:
        return None
    alone = sum(path.suffix.lower() in _PICTURES for path in image.parent.iterdir()) == 1
    return _sidecar(item, image, shared) if alone or _asset(item, image) else None


def load_feature(path: Path) -> Mapping[str, object] | None:
    """The GeoJSON feature with properties in a file; None where it holds other JSON.

    Raises
    ------
    DataError
        The file is no JSON.
    """
    item = read_json(path)
    if isinstance(item, dict) and item.get("type") == "Feature" and isinstance(item.get("properties"), dict):
        return item
    return None


def unused_json(image: Path) -> Path | None:
    """The JSON of an image's name that is no STAC item, and so is not used; None without any."""
    own = image.with_suffix(".json")
    return own if own.is_file() and load_feature(own) is None else None


def _asset(item: Mapping[str, object], image: Path) -> Mapping[str, object] | None:
    assets = cast("Mapping[str, Mapping[str, object]]", item.get("assets") or {})
    for asset in assets.values():
        if Path(str(asset.get("href", ""))).name == image.name:
            return asset
    return None


def _sidecar(item: Mapping[str, object], image: Path, where: Path) -> Sidecar:
    try:
        return _parse(item, _asset(item, image) or {}, image)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise DataError(f"{where}: not a valid STAC item ({error}); correct or remove it") from error


def _parse(item: Mapping[str, object], asset: Mapping[str, object], image: Path) -> Sidecar:
    given = cast("Mapping[str, object]", item["properties"])
    facts, bands = pass_facts(given), asset_bands(asset)
    names = [_name(band) for band in bands]
    words = (given.get(key) for key in _SENSOR_WORDS)
    unit = given.get("monitor:unit")
    scale, offset = reflectance_scale(given, [asset], where=image.name) or (None, None)
    return Sidecar(
        id=str(item.get("id") or image.stem),
        start=facts.start,
        end=facts.end,
        platform=platform_name(facts.platform),
        relative_orbit=facts.relative_orbit,
        orbit_state=facts.orbit_state,
        cloud_cover=facts.cloud_cover,
        level=facts.level,
        bands=tuple(names) if any(names) else (),
        scale=scale,
        offset=offset,
        unit=_unit(unit or next((band.get("unit") for band in bands if band.get("unit")), None)),
        simulated=facts.simulated,
        sensor=sensor_of(" ".join(str(word) for word in words if word)),
        version=str(given.get("updated") or given.get("published") or given.get("created") or ""),
        kind="STAC item",
    )


def _name(band: Mapping[str, object]) -> str:
    """The band's own name, else its common one; ``""`` for one that is not known."""
    texts = (str(band.get(key) or "") for key in ("name", "description", "eo:common_name", "common_name"))
    return next((name for text in texts if (name := band_name(text))), "")


def _unit(text: object) -> str | None:
    if text is None:
        return None
    low = str(text).lower()
    return "db" if low in ("db", "decibel", "decibels") else "linear" if low in ("linear", "1", "power") else None
