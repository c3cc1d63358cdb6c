"""Container boxes that fine pixels show, by yard and stack: how many, between which bounds, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Scene
from monitor.core.tables import CONTAINER_COUNTS
from monitor.detect.base import CONTAINER, VESSEL
from monitor.detect.stacks import STACK
from monitor.fuse.series.boxes import BoxError, CountedBoxes, count_boxes, count_stacks, hidden_m2, named

FINEST_M = 1.0
"""Pixels of this size and finer, to a tenth, show single boxes: a 20-ft box is 2.4 m wide."""
ELSEWHERE = "elsewhere"
"""Prefix of the ids of stacks outside every drawn yard."""


@dataclass(slots=True)
class _Yard:
    """One yard while a sensor's observations are gone through in order of time; without a zone, all that is in none."""

    aoi: Aoi
    zone: Zone | None
    before: str = ""
    last: dict[str, CountedBoxes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one scene showed of a yard: the boxes in it in metres, the COVERAGE state, the share of it that was seen."""

    scene: Scene
    boxes: tuple[BaseGeometry, ...]
    state: str
    share: float
    error: BoxError | None


def container_counts(
    aoi: Aoi,
    scenes: Sequence[Scene],
    *,
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    errors: Mapping[str, BoxError] | None = None,
) -> gpd.GeoDataFrame:
    """CONTAINER_COUNTS of every observation with fine pixels at a port, in order of yard and time.

    Parameters
    ----------
    aoi : Aoi
        Its yards get a row for each observation, and one for each stack.
    scenes : sequence of Scene
        Of a detector that marks boxes, any order; those with pixels over `FINEST_M` are left out.
    detections : DETECTIONS table
        Of class ``container`` in these scenes. One outside every yard counts in a stack alone, and not at all where
        it lies on a vessel: deck cargo is no stack.
    coverage : COVERAGE table
        Of these scenes. A yard that was not observed has no count; one observed in part has no change, nor has a
        stack outside the yards, since nobody states what was seen there. Changes are by one sensor.
    errors : mapping of str to BoxError, optional
        By sensor, where the detector's error was measured; without it the bounds allow for hidden boxes alone.

    Notes
    -----
    A stack's outline is what its boxes cover with the gaps and holes between them. Ground in it that shows no box, and
    the part of a yard that was not seen, may hold boxes that are hidden, in shadow or lower: so many count in the upper
    bound. Where recall and precision were measured, negative binomial misses and binomial hits at the worse ends of
    their intervals widen the bounds. A box on top stands on up to three tiers (`monitor.detect.stacks.StackRule`).
    """
    fine = [s for s in scenes if s.acquisition.aoi_id == aoi.id and round(s.grid.gsd_m, 1) <= FINEST_M]
    fine.sort(key=lambda s: (s.acquisition.acquired_at, s.id))
    yards = coverage[coverage["kind"] == "yard"]
    shares = zip(yards["state"].astype(str), yards["observed_fraction"].astype(float), strict=True)
    shown = dict(zip(zip(yards["scene_id"], yards["zone_id"], strict=True), shares, strict=True))
    zones = aoi.of_kind("yard")
    areas = [reproject(zone.geometry, WGS84, aoi.epsg) for zone in zones]
    by_sensor = {s.acquisition.sensor: [*(_Yard(aoi, zone) for zone in zones), _Yard(aoi, None)] for s in fine}
    rows: list[list[dict[str, object]]] = [[] for _ in (*zones, None)]
    for scene in fine:
        error = (errors or {}).get(scene.acquisition.sensor)
        placed = _placed(detections[detections["scene_id"] == scene.id], areas, aoi.epsg)
        for index, (yard, boxes) in enumerate(zip(by_sensor[scene.acquisition.sensor], placed, strict=True)):
            state, share = ("partly", 1.0)
            if yard.zone is not None:
                state, share = shown.get((scene.id, yard.zone.id), ("not observed", 0.0))
            rows[index] += _rows(yard, _Shown(scene, boxes, state, share, error))
    flat = [row for part in rows for row in part]
    if not flat:
        return CONTAINER_COUNTS.empty()
    return CONTAINER_COUNTS.conform(gpd.GeoDataFrame(flat, geometry="geometry", crs=CONTAINER_COUNTS.crs))


def _placed(detections: pd.DataFrame, areas: Sequence[BaseGeometry], epsg: int) -> list[tuple[BaseGeometry, ...]]:
    """The boxes of one scene by the yard that their middle lies in; last those in none, without deck cargo."""
    marked = detections[detections["class_name"] == CONTAINER].geometry
    ships = [reproject(g, WGS84, epsg) for g in detections[detections["class_name"] == VESSEL].geometry]
    decks = unary_union(ships)
    found: list[list[BaseGeometry]] = [[] for _ in (*areas, None)]
    for box in (reproject(geometry, WGS84, epsg) for geometry in marked):
        middle: Point = box.centroid
        index = next((i for i, area in enumerate(areas) if area.contains(middle)), len(areas))
        if index < len(areas) or not decks.contains(middle):
            found[index].append(box)
    return [tuple(boxes) for boxes in found]


def _rows(yard: _Yard, shown: _Shown) -> list[dict[str, object]]:
    """The yard's row and those of its stacks at one observation; remembers one that showed the whole yard."""
    acquisition = shown.scene.acquisition
    base: dict[str, object] = {
        "scene_id": acquisition.id,
        "aoi_id": yard.aoi.id,
        "yard_id": "" if yard.zone is None else yard.zone.id,
        "acquired_at": pd.Timestamp(acquisition.acquired_at),
        "sensor": acquisition.sensor,
        "state": shown.state,
        "error": "not measured" if shown.error is None else "measured",
        "previous_scene_id": yard.before,
    }
    if shown.state == "not observed" and yard.zone is not None:
        return [base | _UNKNOWN | {"place_id": yard.zone.id, "kind": "yard", "geometry": yard.zone.geometry}]
    prefix = ELSEWHERE if yard.zone is None else yard.zone.id
    stacks = named(count_stacks(shown.boxes, shown.error), {k: v for k, v in yard.last.items() if k != prefix}, prefix)
    current = stacks if yard.zone is None else {yard.zone.id: _whole(yard.zone, yard.aoi, stacks, shown), **stacks}
    compared = shown.state == "observed" and bool(yard.before)
    left = {k: v.without_boxes() for k, v in yard.last.items() if compared and v.seen and k not in current}
    made = []
    for name, now in (current | left).items():
        before = yard.last.get(name, now.without_boxes()) if compared else None
        kind = "yard" if yard.zone is not None and name == yard.zone.id else "stack"
        outline = reproject(now.outline, yard.aoi.epsg, WGS84)
        made.append(base | _numbers(now, before) | {"place_id": name, "kind": kind, "geometry": outline})
    if yard.zone is None:
        yard.last |= current
    elif shown.state == "observed":
        yard.before, yard.last = acquisition.id, current
    return made


def _whole(zone: Zone, aoi: Aoi, stacks: Mapping[str, CountedBoxes], shown: _Shown) -> CountedBoxes:
    """All boxes of a yard; ground of it that was not seen could hold more."""
    outline = reproject(zone.geometry, WGS84, aoi.epsg)
    hidden = hidden_m2(list(stacks.values()), shown.boxes) + (1.0 - shown.share) * outline.area
    return replace(count_boxes(shown.boxes, outline, hidden, error=shown.error), place_id=zone.id)


_UNKNOWN: dict[str, object] = {
    "boxes_seen": pd.NA,
    "long_boxes": pd.NA,
    "boxes_low": np.nan,
    "boxes_high": np.nan,
    "containers_high": np.nan,
    "change": pd.NA,
    "change_low": np.nan,
    "change_high": np.nan,
}


def _numbers(now: CountedBoxes, before: CountedBoxes | None) -> dict[str, object]:
    known: dict[str, object] = {
        "boxes_seen": now.seen,
        "long_boxes": now.long,
        "boxes_low": now.low,
        "boxes_high": now.high,
        "containers_high": now.high * STACK.tiers[1],
    }
    if before is None:
        return _UNKNOWN | known
    change = {"change": now.seen - before.seen, "change_low": now.low - before.high}
    return _UNKNOWN | known | change | {"change_high": now.high - before.low}
