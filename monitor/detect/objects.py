"""A detector's boxes on a raster -> objects on the ground, without a table: a single image needs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import BERTH_KINDS, LAND_KINDS, Aoi
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import area_m2, convergence_deg
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes, Detector, finds
from monitor.detect.chance import Chance
from monitor.detect.context.aircraft import without_aircraft
from monitor.detect.context.motion import NOT_MEASURABLE, BandMotion, band_motion
from monitor.detect.context.placement import place
from monitor.detect.context.water import shows_water
from monitor.detect.past import comparable, new_hulls, with_new

_LETTER = {VESSEL: "v", CONTAINER_STACK: "s"}
"""What stands for a class in an id; other classes stand there by their name."""
_LIE_IN = (BERTH_KINDS, ("anchorage",), ("yard", "pier"), LAND_KINDS)
"""Kinds of zones that vessels lie in, the first choice first, and then those that all else does."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What was found in one scene; one entry each in every field.

    Attributes
    ----------
    boxes : Boxes
        In the raster's pixels.
    ids : tuple of str
        Unique within the scene; the same input gives the same.
    shapes : tuple of BaseGeometry
        Longitude/latitude polygons: an object's box or a stack's outline.
    axis_deg : tuple of float
        0–180 clockwise from true north; NaN for a box without axis.
    area_m2 : tuple of float
        NaN for all but stacks.
    zone : tuple of str
        ``berth`` | ``inshore`` | ``open``; "" where nothing tells water from land.
    zone_id : tuple of str
        The berth, anchorage, yard or pier it lies in, "" for none.
    motion : tuple of BandMotion
        Whether it moved between the bands.
    past_observations : int
        Earlier observations of the place that the scene was compared with; 0 when it was not.
    """

    boxes: Boxes
    ids: tuple[str, ...] = ()
    shapes: tuple[BaseGeometry, ...] = ()
    axis_deg: tuple[float, ...] = ()
    area_m2: tuple[float, ...] = ()
    zone: tuple[str, ...] = ()
    zone_id: tuple[str, ...] = ()
    motion: tuple[BandMotion, ...] = ()
    past_observations: int = 0

    def __len__(self) -> int:
        """How many."""
        return len(self.boxes)


def find_objects(
    raster: Raster,
    acquisition: Acquisition,
    detector: Detector,
    *,
    aoi: Aoi | None = None,
    water: BaseGeometry | None = None,
    past: Sequence[Raster] = (),
) -> Objects:
    """Everything a detector finds in a raster.

    Parameters
    ----------
    raster : Raster
    acquisition : Acquisition
        Where and when the pixels are from.
    detector : Detector
    aoi : Aoi, optional
        Gives `zone_id` (berth, yard, track or storage), and water where `water` is not given. At a place without
        water no vessel is marked.
    water : BaseGeometry, optional
        Longitude/latitude polygons of known water; without them, and without an AOI's, water is read from the
        scene.
    past : sequence of Raster
        Other observations of the place: vessels that are new against them are found too, where there are enough.

    Raises
    ------
    DetectorError
        The raster does not fit the detector.
    """
    raster, lags = raster.cleared(), sensor(acquisition.sensor).has_band_lag
    if aoi is not None and water is None and not aoi.has_water:
        boxes = _ashore(raster, detector, aoi)
        return _objects(boxes, [""] * len(boxes), raster, acquisition, aoi=aoi, lags=lags)
    boxes, compared = detector(raster), comparable(raster, past)
    if compared:
        boxes = with_new(boxes, new_hulls(raster, compared, detector))
    boxes = without_aircraft(boxes, raster) if lags else boxes
    known = water if water is not None else (aoi.water if aoi is not None else None)
    if known is None and not shows_water(raster):
        where = [""] * len(boxes)
    else:
        boxes, where = place(boxes, raster, known)
    boxes, where = _with_chances(boxes, where, detector)
    found = _objects(boxes, where, raster, acquisition, aoi=aoi, lags=lags)
    return replace(found, past_observations=len(compared)) if len(boxes) else found


def _ashore(raster: Raster, detector: Detector, aoi: Aoi) -> Boxes:
    """What a detector marks at a place without water: no vessel there is one, and a stack only in a yard."""
    yards = [zone.geometry for zone in aoi.of_kind("yard")]
    wanted = finds(detector) - ({VESSEL} if yards else {VESSEL, CONTAINER_STACK})
    if not wanted:
        return Boxes.empty()
    boxes, inside = detector(raster), []
    for index, name in enumerate(boxes.class_name):
        shape = _polygon(boxes.rings[index], raster.grid) if name == CONTAINER_STACK else None
        if name in wanted and (shape is None or any(yard.intersects(shape) for yard in yards)):
            inside.append(index)
    return boxes.take(inside)


def _polygon(ring: Floats, grid: Grid) -> BaseGeometry:
    made = Polygon(np.column_stack(grid.lonlat(ring[:, 1], ring[:, 0])))
    return made if made.is_valid else made.buffer(0)


def _objects(
    boxes: Boxes, where: Sequence[str], raster: Raster, acquisition: Acquisition, *, aoi: Aoi | None, lags: bool
) -> Objects:
    """Boxes as objects on the ground, with the zones that they lie in."""
    if not len(boxes):
        return Objects(boxes)
    shapes = [_polygon(ring, raster.grid) for ring in boxes.rings]
    middle = np.array([ring.mean(axis=0) for ring in boxes.rings])
    stacks = np.array([name == CONTAINER_STACK for name in boxes.class_name])
    afloat = np.array([name == VESSEL for name in boxes.class_name])
    pairs = list(zip(shapes, stacks, strict=True))
    return Objects(
        boxes=boxes,
        ids=tuple(_ids(acquisition.id, boxes, middle)),
        shapes=tuple(shapes),
        axis_deg=tuple(float(axis) for axis in axes_deg(boxes.angle, middle, raster.grid)),
        area_m2=tuple(area_m2(shape) if stack else float("nan") for shape, stack in pairs),
        zone=tuple(where),
        zone_id=tuple(_zone_ids(shapes, afloat, aoi)),
        motion=tuple(
            band_motion(raster, shape) if name == VESSEL and lags and hulls <= 1 else NOT_MEASURABLE
            for shape, name, hulls in zip(shapes, boxes.class_name, boxes.abreast_high, strict=True)
        ),
    )


def _with_chances(boxes: Boxes, zone: list[str], detector: Detector) -> tuple[Boxes, list[str]]:
    """Vessels with the chance that each is right as their score, where the detector's weights tell it.

    Those whose chance is below the detector's `least_score` are dropped.
    """
    chance = getattr(detector, "chance", Chance())
    if chance == Chance() or not len(boxes):
        return boxes, zone
    afloat = np.array([name == VESSEL for name in boxes.class_name])
    score = np.where(afloat, chance.of(boxes.score, zone, boxes.length_m), boxes.score)
    kept = np.flatnonzero(~afloat | (score >= getattr(detector, "least_score", 0.0))).tolist()
    return replace(boxes, score=score).take(kept), [zone[index] for index in kept]


def _ids(scene_id: str, boxes: Boxes, middle: Floats) -> list[str]:
    count: dict[str, int] = {}
    out = []
    for name, (col, row) in zip(boxes.class_name, middle, strict=True):
        base = f"{scene_id}-{_LETTER.get(name, name)}{int(row):05d}{int(col):05d}"
        count[base] = count.get(base, 0) + 1
        out.append(base if count[base] == 1 else f"{base}-{count[base]}")
    return out


def axes_deg(angle: Floats, middle: Floats, grid: Grid) -> Floats:
    """Axes in degrees 0–180 clockwise from true north.

    Parameters
    ----------
    angle : Floats
        Radians from +column towards +row; NaN stays NaN.
    middle : Floats
        (n, 2) column and row of where each axis is.
    grid : Grid
    """
    step = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    t = grid.transform
    east, north = t.a * step[:, 0] + t.b * step[:, 1], t.d * step[:, 0] + t.e * step[:, 1]
    lon, lat = grid.lonlat(middle[:, 1], middle[:, 0])
    turn = np.array([convergence_deg(float(x), float(y), grid.epsg) for x, y in zip(lon, lat, strict=True)])
    axis = np.mod(np.round(np.degrees(np.arctan2(east, north)) + turn, 6), 180.0)
    return np.asarray(axis, dtype=np.float64)


def _zone_ids(shapes: list[BaseGeometry], afloat: npt.NDArray[np.bool_], aoi: Aoi | None) -> list[str]:
    """The berth that a vessel covers most, else the anchorage; the zone ashore that all else does; "" for none."""
    if aoi is None:
        return [""] * len(shapes)
    grounds = [[(zone.id, zone.outline) for zone in aoi.zones if zone.kind in kinds] for kinds in _LIE_IN]
    moorings, ashore = grounds[:2], grounds[2:]
    return [_most_covered(shape, moorings if floats else ashore) for shape, floats in zip(shapes, afloat, strict=True)]


def _most_covered(shape: BaseGeometry, choices: Sequence[Sequence[tuple[str, BaseGeometry]]]) -> str:
    """The zone that shares most area with a shape, of the first choice that shares any; "" for none."""
    for grounds in choices:
        shares = [(ground.intersection(shape).area, zone_id) for zone_id, ground in grounds]
        best = max(shares, default=(0.0, ""))
        if best[0] > 0:
            return best[1]
    return ""
