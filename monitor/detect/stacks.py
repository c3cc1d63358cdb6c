"""Container stacks of a yard by observation: length, area, change, and an interval of boxes, never a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor, hypot

import numpy as np
import pandas as pd
from shapely import minimum_rotated_rectangle
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.aoi import Aoi, Zone
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Acquisition
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import STACKS
from monitor.detect.base import CONTAINER_STACK

EDGE_M = 10.0
"""A pixel, here of Sentinel-2: how far the outline of a stack may be off, 90 %, both its sides together."""


@dataclass(frozen=True, slots=True)
class OutlineError:
    """How far the stacks under an outline may differ from it, in pixels: 90 %.

    Attributes
    ----------
    inside, outside : float
        By which each side may lie further in or out.
    shorter, longer : float
        By which the sum of the lengths may be less or more: rows side by side may come out as one.
    """

    inside: float = 0.5
    outside: float = 0.5
    shorter: float = 1.0
    longer: float = 1.0


DRAWN_WIDE = OutlineError(inside=1.0, shorter=5.0, longer=3.0)
"""Of harbour26 on pixels of 10 m, which learnt outlines with the lanes between stacks: fitted to 110 clear yards with
stacks in rendered scenes (seeds 31-33)."""


@dataclass(frozen=True, slots=True)
class StackRule:
    """Sizes that bound how many 20-ft boxes (ISO 668) stand in a stack.

    Attributes
    ----------
    box_m, pitch_m : float
        Length of a box, and from box to box with the gap between them.
    row_m : float
        Width of a row.
    rows, tiers : tuple of int
        Fewest and most; rows where the width is not known (chosen).
    """

    box_m: float = 6.06
    pitch_m: float = 6.4
    row_m: float = 2.5
    rows: tuple[int, int] = (4, 8)
    tiers: tuple[int, int] = (1, 3)


STACK = StackRule()


@dataclass(frozen=True, slots=True)
class Boxes20ft:
    """Bounds on how many 20-ft boxes stand in a stack. There is no best value between them."""

    low: float
    high: float

    def __contains__(self, count: float) -> bool:
        """Whether a count lies within the bounds."""
        return self.low <= count <= self.high


def teu_interval(length_m: float, *, width_m: float | None = None, edge_m: float = EDGE_M) -> Boxes20ft:
    """Bounds on the 20-ft boxes of a stack of some length.

    Parameters
    ----------
    length_m : float
        Along the boxes; 0 gives 0–0.
    width_m : float, optional
        Bounds the rows, plus or minus a pixel on each side; without it 4 to 8 rows are allowed for.
    edge_m : float
        How far the width may be off.

    Raises
    ------
    DataError
        A negative length or width.

    Notes
    -----
    Bays of 6.4 m (box and gap) to 6.06 m (boxes end to end), rows of 2.5 m, 1–3 tiers: a stack of 90 m holds 56 to 336,
    and both published lengths, 80 m and 90 m, contain the published "about 300" (White House, 13 October 2023; VOA, 17
    and 21 October 2023). At 10 m a box is 0.15 pixel and tiers cannot be seen, so nothing narrower is honest.
    """
    if length_m < 0 or (width_m is not None and width_m < 0):
        raise DataError(f"a stack of {length_m} m by {width_m} m: lengths cannot be negative")
    if length_m == 0:
        return Boxes20ft(0.0, 0.0)
    few, many = STACK.rows
    if width_m is not None:
        few = max(1, floor((width_m - edge_m) / STACK.row_m))
        many = max(few, floor((width_m + edge_m) / STACK.row_m))
    bays = max(1, floor(length_m / STACK.pitch_m)), max(1, floor(length_m / STACK.box_m))
    return Boxes20ft(float(bays[0] * few * STACK.tiers[0]), float(bays[1] * many * STACK.tiers[1]))


def stack_states(
    aoi: Aoi,
    acquisitions: Sequence[Acquisition],
    *,
    detections: pd.DataFrame,
    coverage: pd.DataFrame,
    pixel_m: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """STACKS of every optical observation at every yard of a port, in order of time.

    Parameters
    ----------
    aoi : Aoi
        Its yards get a row for each observation.
    acquisitions : sequence of Acquisition
        Any order. Radar observations are left out: no stack is measured in them.
    detections : DETECTIONS table
        Outlines of class ``container_stack`` in these observations; what lies outside every yard is not counted
        here.
    coverage : COVERAGE table
        Of these observations. A yard that was not observed has no length and no area; one observed in part has no
        change.
    pixel_m : mapping of str to float, optional
        Size of each scene's pixels: outlines may be off by one on each side. That of Sentinel-2 where not given.

    Notes
    -----
    `length_m` is the sum over the stacks of a yard. The change is against the last observation by the same sensor that
    showed the whole yard: outlines by pixels of another size differ for that alone.
    """
    seen = dict(zip(zip(coverage["scene_id"], coverage["zone_id"], strict=True), coverage["state"], strict=True))
    stacks = detections[detections["class_name"] == CONTAINER_STACK]
    by_scene = {name: list(group.geometry) for name, group in stacks.groupby("scene_id")}
    observations = sorted((a for a in acquisitions if sensor(a.sensor).optical), key=lambda a: (a.acquired_at, a.id))
    rows: list[dict[str, object]] = []
    for yard in aoi.of_kind("yard"):
        previous: dict[str, tuple[str, float]] = {}
        for observation in observations:
            state = seen.get((observation.id, yard.id), "not observed")
            edge_m = (pixel_m or {}).get(observation.id, EDGE_M)
            row = _row(observation, aoi, yard, state=state, shapes=by_scene.get(observation.id, []), edge_m=edge_m)
            area = float(str(row["area_m2"]))
            before, was = previous.get(observation.sensor, ("", np.nan))
            row["change_m2"] = area - was if state == "observed" else np.nan
            row["previous_scene_id"] = before
            if state == "observed":
                previous[observation.sensor] = (observation.id, area)
            rows.append(row)
    return STACKS.conform(pd.DataFrame(rows)) if rows else STACKS.empty()


def _row(
    observation: Acquisition, aoi: Aoi, yard: Zone, *, state: str, shapes: Sequence[BaseGeometry], edge_m: float
) -> dict[str, object]:
    length, area, teu = _measure([s for s in shapes if s.intersects(yard.geometry)], yard, aoi.epsg, edge_m)
    if state == "not observed":
        length = area = teu = (np.nan, np.nan, np.nan)
    share = np.minimum(np.array(area) / reproject(yard.geometry, WGS84, aoi.epsg).area, 1.0)
    return {
        "scene_id": observation.id,
        "aoi_id": aoi.id,
        "yard_id": yard.id,
        "acquired_at": pd.Timestamp(observation.acquired_at),
        "sensor": observation.sensor,
        "state": state,
        "length_m": length[0],
        "length_low_m": length[1],
        "length_high_m": length[2],
        "area_m2": area[0],
        "area_low_m2": area[1],
        "area_high_m2": area[2],
        "share": share[0],
        "share_low": share[1],
        "share_high": share[2],
        "teu_low": teu[1],
        "teu_high": teu[2],
    }


Bounded = tuple[float, float, float]


def _measure(shapes: Sequence[BaseGeometry], yard: Zone, epsg: int, edge_m: float) -> tuple[Bounded, Bounded, Bounded]:
    """Value, low and high of the length, the area and (value unused) the boxes of the stacks inside a yard."""
    inside = reproject(yard.geometry, WGS84, epsg)
    joined = unary_union([reproject(shape, WGS84, epsg).buffer(0) for shape in shapes]).intersection(inside)
    parts = [part for part in getattr(joined, "geoms", [joined]) if part.area > 0]
    length, area, teu = np.zeros(3), np.zeros(3), np.zeros(3)
    error = DRAWN_WIDE if edge_m >= 0.8 * EDGE_M else OutlineError()
    for part in parts:
        long_m, wide_m = _sides(part)
        length += (long_m, max(long_m - error.shorter * edge_m, 0.0), long_m + error.longer * edge_m)
        area += (part.area, part.buffer(-error.inside * edge_m).area, part.buffer(error.outside * edge_m).area)
        in_m, out_m = 2 * error.inside * edge_m, 2 * error.outside * edge_m
        teu[1] += teu_interval(max(long_m - in_m, 0.0), width_m=wide_m, edge_m=in_m).low
        teu[2] += teu_interval(long_m + out_m, width_m=wide_m, edge_m=out_m).high
    return _three(length), _three(area), _three(teu)


def _three(values: np.ndarray) -> Bounded:
    return float(values[0]), float(values[1]), float(values[2])


def _sides(part: BaseGeometry) -> tuple[float, float]:
    """Long side of the smallest rectangle around an outline, and the outline's mean width."""
    corners = list(minimum_rotated_rectangle(part).exterior.coords)
    sides = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners[:3])]
    long_m = max(sides)
    return long_m, min(min(sides), part.area / long_m) if long_m else 0.0
