"""From a catalog's items, tile by tile and slice by slice, to acquisitions: one overpass of one AOI; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import numpy as np
from shapely import get_coordinates, make_valid, unary_union
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.scenes.scene import Acquisition
from monitor.core.timerange import utc
from monitor.sources.errors import BadItems, BadResponse
from monitor.sources.imagery.naming import platform_name, safe_id, short_platform

ONE_PASS = timedelta(minutes=30)
"""Items of one satellite and orbit closer than this are of one overpass; two of Sentinel-2 are never within 50 min."""

_S2 = re.compile(r"S2([A-Z])_MSIL(1C|2A)_(\d{8}T\d{6})_N(\d{4})_R(\d{3})_T(\w{5})(?:_(\d{8}T\d{6}))?")
_S1 = re.compile(r"S1([A-Z])_IW_GRD\w_\w{4}_(\d{8}T\d{6})_(\d{8}T\d{6})_(\d{6})")
_LANDSAT = re.compile(r"(L[COE]0[89])_(L\w{3})_(\d{3})(\d{3})_(\d{8})")
_S1_FIRST_ORBIT = {"a": 73, "b": 27, "c": 172}
_S1_CYCLE = 175


@dataclass(frozen=True, slots=True)
class Item:
    """One tile or slice as a catalog lists it.

    Attributes
    ----------
    id : str
        Of the item.
    platform : str
        Such as ``sentinel-2a``.
    start, end : datetime
        When it was acquired.
    geometry : BaseGeometry
        Outline; EPSG:4326.
    relative_orbit : int or None
        Its number.
    orbit_state : str or None
        ``ascending`` or ``descending``.
    cloud_cover : float or None
        0–1.
    level : str
        Such as ``L2A``.
    take : str
        Data take or absolute orbit, the same whenever and however often it was processed.
    product : str
        What it is a processing of; equal for all baselines of one tile.
    version : tuple of str
        Orders the processings of one product.
    baseline : str
        Of the processing; "" when unknown.
    """

    id: str
    platform: str
    start: datetime
    end: datetime
    geometry: BaseGeometry
    relative_orbit: int | None
    orbit_state: str | None
    cloud_cover: float | None
    level: str
    take: str
    product: str
    version: tuple[str, ...]
    baseline: str = ""


def read_item(feature: Mapping[str, object], *, sensor: str) -> Item:
    """The item of a catalog's GeoJSON feature.

    Raises
    ------
    BadResponse
        The feature has no id, instant or outline.
    """
    try:
        given = cast("Mapping[str, object]", feature["properties"])
        id_ = str(feature["id"]).removesuffix(".SAFE")
        at = given.get("datetime")
        start = utc(str(at or given["start_datetime"]))
        end = utc(str(at or given["end_datetime"]))
        outline = shape(cast("dict[str, object]", feature["geometry"]))
        if not len(points := get_coordinates(outline)) or not np.isfinite(points).all():
            raise ValueError("its outline has no numbers")
        outline = outline if outline.is_valid else make_valid(outline)
        return (_radar if sensor == "s1" else _optical)(id_, given, start, end, outline)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, ShapelyError) as error:
        name = feature.get("id") if isinstance(feature, Mapping) else feature
        raise BadResponse(f"catalog item {name}: not a STAC item with instant and outline ({error!r})") from error


def read_items(features: Iterable[Mapping[str, object]], *, sensor: str) -> tuple[list[Item], list[BadResponse]]:
    """The items of a catalog's features, and what is wrong with those that are none; one such hides no other.

    Parameters
    ----------
    features : iterable of mapping
        GeoJSON features.
    sensor : str
        ``s2`` or ``s1``.
    """
    items, faults = list[Item](), list[BadResponse]()
    for feature in features:
        try:
            items.append(read_item(feature, sensor=sensor))
        except BadResponse as error:
            faults.append(error)
    return items, faults


def report_faults(faults: Sequence[BadResponse], found: Sequence[Acquisition]) -> None:
    """Raise `BadItems` with the acquisitions that were found when some items could not be read."""
    if faults:
        more = f", and {len(faults) - 3} more items" if len(faults) > 3 else ""
        raise BadItems("; ".join(str(fault) for fault in faults[:3]) + more, found=tuple(found))


def group_acquisitions(items: Iterable[Item], aoi: Aoi, *, sensor: str, source: str) -> list[Acquisition]:
    """One acquisition an overpass, in order of time.

    Items that do not touch the AOI are left out. Of several processings of one tile those of the newest baseline stay:
    several of one baseline are datastrips of one take, each with a part of the tile. The id is made from satellite and
    data take (radar: absolute orbit), so that a late or newer tile does not change it.

    Parameters
    ----------
    items : iterable of Item
        In any order.
    aoi : Aoi
        Whose overpasses they are.
    sensor : str
        ``s2`` or ``s1``.
    source : str
        Goes into each acquisition.
    """
    near = [item for item in items if item.geometry.intersects(aoi.geometry)]
    newest: dict[str, tuple[str, ...]] = {}
    for item in near:
        newest[item.product] = max(newest.get(item.product, ()), item.version)
    kept = [item for item in near if _is_newest(item, newest[item.product])]
    groups: list[list[Item]] = []
    key = _order
    for item in sorted(kept, key=key):
        last = groups[-1][-1] if groups else None
        if last and key(last)[:3] == key(item)[:3] and item.start - last.start < ONE_PASS:
            groups[-1].append(item)
        else:
            groups.append([item])
    found = [_acquisition(group, aoi, sensor=sensor, source=source) for group in groups]
    return sorted(found, key=lambda a: (a.start, a.id))


def _is_newest(item: Item, newest: tuple[str, ...]) -> bool:
    return item.version == newest or (item.baseline != "" and item.baseline == newest[0])


def one_a_pass(acquisitions: Iterable[Acquisition]) -> list[Acquisition]:
    """Acquisitions of one AOI, those of one overpass made one, in order of time.

    A copy, another processing or another tile of an overpass is no further observation: one satellite passes a port
    once within `ONE_PASS`. Images of one sensor of which only the day is known, and no more than one satellite is
    named, are one too. Its id is the shortest of theirs, so that a copy that comes later does not change it; its
    instant is the best known; its footprint is that of all.

    Parameters
    ----------
    acquisitions : iterable of Acquisition
        In any order.
    """
    groups: list[list[Acquisition]] = []
    for acquisition in sorted(acquisitions, key=lambda a: (a.end - a.start, a.start, len(a.id), a.id)):
        same = next((group for group in groups if _is_one_pass(group[0], acquisition)), None)
        if same is None:
            groups.append([acquisition])
        else:
            same.append(acquisition)
    return sorted((_one(group) for group in groups), key=lambda a: (a.start, a.id))


def _is_one_pass(first: Acquisition, other: Acquisition) -> bool:
    """Whether two acquisitions, the first no worse dated, are of one satellite's one overpass."""
    orbits = {a.relative_orbit for a in (first, other)} - {None}
    if first.sensor != other.sensor or not _may_be_one(first.platform, other.platform) or len(orbits) > 1:
        return False
    if other.end - other.start < ONE_PASS:
        return max(first.start, other.start) - min(first.end, other.end) < ONE_PASS
    is_same = (first.start, first.end) == (other.start, other.end)
    once_a_day = first.sensor == "s2" or first.platform == other.platform != ""
    return is_same or (once_a_day and other.start <= first.start <= other.end)


def _may_be_one(first: str, other: str) -> bool:
    """Whether two names of platforms may mean one satellite: equal, none, or ``sentinel-2`` and ``sentinel-2a``."""
    short, long = sorted((first, other), key=len)
    return short in ("", long) or (long[:-1] == short and long[-1:].isalpha())


def _one(group: Sequence[Acquisition]) -> Acquisition:
    named = min(group, key=lambda a: (len(a.id), a.id))
    best = group[0]
    return replace(
        named,
        platform=max((a.platform for a in group), key=len),
        start=best.start,
        end=best.end,
        footprint=unary_union([a.footprint for a in group]) if len(group) > 1 else named.footprint,
        relative_orbit=next((a.relative_orbit for a in group if a.relative_orbit is not None), None),
        product_ids=tuple(sorted(name for a in group for name in a.product_ids)),
        simulated=any(a.simulated for a in group),
    )


def newest_first(names: Iterable[str]) -> list[str]:
    """Names of products and files, later processings before earlier ones and copies last."""

    def version(name: str) -> tuple[str, str]:
        found = _S2.search(name)
        return (found[4], found[7] or "") if found else ("", "")

    return sorted(sorted(names, key=lambda name: (len(name), name)), key=version, reverse=True)


def optical_item(name: str, product: str, at: datetime, outline: BaseGeometry) -> Item:
    """The item of a Sentinel-2 product on disk.

    Parameters
    ----------
    name : str
        Its place below the source's folder; the item's id.
    product : str
        ESA's name of it.
    at : datetime
        When it was acquired.
    outline : BaseGeometry
        EPSG:4326.
    """
    return _optical(name, {"s2:product_uri": product, "platform": product[:3]}, at, at, outline)


def _order(item: Item) -> tuple[str, int, str, datetime, str]:
    return item.platform, item.relative_orbit or 0, item.orbit_state or "", item.start, item.id


def _acquisition(group: Sequence[Item], aoi: Aoi, *, sensor: str, source: str) -> Acquisition:
    first = group[0]
    outline = unary_union([item.geometry for item in group])
    clouds = [item.cloud_cover for item in group if item.cloud_cover is not None]
    orbit = "" if first.relative_orbit is None else f"_R{first.relative_orbit:03d}"
    take = min(item.take for item in group)
    return Acquisition(
        id=safe_id(f"{take}_{first.level}{orbit}_{aoi.id}"),
        aoi_id=aoi.id,
        sensor=sensor,
        platform=first.platform,
        start=min(item.start for item in group),
        end=max(item.end for item in group),
        footprint=outline,
        relative_orbit=first.relative_orbit,
        orbit_state=first.orbit_state,
        cloud_cover=sum(clouds) / len(clouds) if clouds else None,
        product_ids=tuple(sorted(item.id for item in group)),
        level=first.level,
        source=source,
    )


def _optical(id_: str, given: Mapping[str, object], start: datetime, end: datetime, outline: BaseGeometry) -> Item:
    platform = platform_name(str(given.get("platform") or id_[:3]))
    cloud, orbit = given.get("eo:cloud_cover"), given.get("sat:relative_orbit")
    level = str(given.get("processing:level") or "").upper()
    take, product = f"{start:%Y%m%dT%H%M%S}Z_{short_platform(platform)}", id_
    version: tuple[str, ...] = (id_,)
    baseline = ""
    if found := _LANDSAT.match(id_):
        path = int(found[3])
        orbit, level = path, "L2" if found[2].startswith("L2") else "L1"
        take = f"{start:%Y%m%d}_{short_platform(platform)}_P{path:03d}"
        product = f"{found[1]}_{found[3]}{found[4]}_{found[5]}"
    name = str(given.get("s2:product_uri") or id_).removesuffix(".SAFE")
    if found := _S2.fullmatch(name):
        level, orbit = f"L{found[2]}", int(found[5])
        take = f"{found[3]}Z_S2{found[1]}"
        product, version, baseline = f"{take}_{found[2]}_{found[6]}", (found[4], found[7] or ""), found[4]
    return Item(
        id_,
        platform,
        start,
        end,
        outline,
        None if orbit is None else int(cast("int", orbit)),
        cast("str | None", given.get("sat:orbit_state")),
        None if cloud is None else float(cast("float", cloud)) / 100.0,
        level.removeprefix("LEVEL-") or "L2A",
        take,
        product,
        version,
        baseline,
    )


def _radar(id_: str, given: Mapping[str, object], start: datetime, end: datetime, outline: BaseGeometry) -> Item:
    platform = platform_name(str(given.get("platform") or id_[:3]))
    state, orbit = cast("str | None", given.get("sat:orbit_state")), given.get("sat:relative_orbit")
    take, product, absolute = f"{start:%Y%m%dT%H%M%S}Z_{short_platform(platform)}", id_, None
    if found := _S1.match(id_):
        absolute = int(found[4])
        start, end = (utc(found[n]) for n in (2, 3))
        platform = f"sentinel-1{found[1].lower()}"
        direction = f"_{state[:3].upper()}" if state else ""
        take, product = f"S1{found[1]}_O{found[4]}{direction}", f"S1{found[1]}_{found[2]}_{found[3]}"
    first = _S1_FIRST_ORBIT.get(platform[-1])
    if orbit is None and absolute is not None and first is not None:
        orbit = (absolute - first) % _S1_CYCLE + 1
    version = (
        str(given.get("s1:timeliness") != "NRT-3h"),
        str(given.get("updated") or given.get("created") or ""),
        id_,
    )
    return Item(
        id_,
        platform,
        start,
        end,
        outline,
        None if orbit is None else int(cast("int", orbit)),
        state,
        None,
        "GRD",
        take,
        product,
        version,
    )
