"""A detector's boxes on a raster -> objects on the ground, without a table: a single image needs none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Floats
from monitor.core.geo.geodesy import area_m2, convergence_deg
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.detect.base import CONTAINER_STACK, VESSEL, Boxes, Detector
from monitor.detect.chance import Chance
from monitor.detect.context.aircraft import without_aircraft
from monitor.detect.context.motion import NOT_MEASURABLE, BandMotion, band_motion
from monitor.detect.context.placement import place
from monitor.detect.context.water import shows_water
from monitor.detect.past import comparable, new_hulls, with_new

_LETTER = {VESSEL: "v", CONTAINER_STACK: "s"}
"""What stands for a class in an id; other classes stand there by their name."""


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
        Gives `zone_id` (berth or yard), and water where `water` is not given.
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
    raster = raster.cleared()
    boxes, lags = detector(raster), sensor(acquisition.sensor).has_band_lag
    compared = comparable(raster, past)
    if compared:
        boxes = with_new(boxes, new_hulls(raster, compared, detector))
    boxes = without_aircraft(boxes, raster) if lags else boxes
    known = water if water is not None else (aoi.water if aoi is not None else None)
    if known is None and not shows_water(raster):
        where = [""] * len(boxes)
    else:
        boxes, where = place(boxes, raster, known)
    boxes, where = _with_chances(boxes, where, detector)
    if not len(boxes):
        return Objects(boxes)
    shapes = [Polygon(np.column_stack(raster.grid.lonlat(ring[:, 1], ring[:, 0]))) for ring in boxes.rings]
    shapes = [shape if shape.is_valid else shape.buffer(0) for shape in shapes]
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
            band_motion(raster, shape) if name == VESSEL and lags else NOT_MEASURABLE
            for shape, name in zip(shapes, boxes.class_name, strict=True)
        ),
        past_observations=len(compared),
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
    """The berth that a vessel covers most, else the anchorage; the yard or pier that all else does; "" for none."""
    if aoi is None:
        return [""] * len(shapes)
    moorings = (aoi.of_kind("berth"), aoi.of_kind("anchorage"))
    ashore = (aoi.of_kind("yard") + aoi.of_kind("pier"),)
    return [_most_covered(shape, moorings if floats else ashore) for shape, floats in zip(shapes, afloat, strict=True)]


def _most_covered(shape: BaseGeometry, choices: Sequence[Sequence[Zone]]) -> str:
    """The zone that shares most area with a shape, of the first choice that shares any; "" for none."""
    for zones_of_kind in choices:
        shares = [(zone.geometry.intersection(shape).area, zone.id) for zone in zones_of_kind]
        best = max(shares, default=(0.0, ""))
        if best[0] > 0:
            return best[1]
    return ""
