"""What a detector marks at a place without water."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from affine import Affine
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, parse_aoi
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.detect.base import CONTAINER, CONTAINER_STACK, VESSEL, Boxes
from monitor.detect.objects import find_objects

GRID = Grid(32652, Affine(10.0, 0.0, 605_000.0, 0.0, -10.0, 4_676_000.0), (60, 60))
AT = datetime(2024, 5, 1, 2, tzinfo=UTC)
SCENE = Acquisition("s", "depot", "s2", "sentinel-2a", AT, AT, GRID.footprint())


def ground(rows: tuple[int, int], cols: tuple[int, int]) -> BaseGeometry:
    return GRID.to_lonlat([[rows[0], cols[0]], [rows[0], cols[1]], [rows[1], cols[1]], [rows[1], cols[0]]])


def depot(**zones: BaseGeometry) -> Aoi:
    shapes = {"aoi": ground((0, 60), (0, 60)), "rail": ground((40, 44), (5, 55)), **zones}
    features = [
        {"type": "Feature", "properties": {"id": kind, "kind": kind}, "geometry": mapping(shape)}
        for kind, shape in shapes.items()
    ]
    return parse_aoi({"type": "FeatureCollection", "features": features}, id="depot")


@dataclass(frozen=True)
class Marks:
    """A detector that marks one thing of each class; it counts how often it is called."""

    classes: tuple[str, ...]
    calls: list[int]
    key: str = "marks"

    def __call__(self, raster: Raster) -> Boxes:
        self.calls.append(1)
        rings = [np.array([[10, r], [20, r], [20, r + 3], [10, r + 3]], dtype=float) for r in (10, 20, 41)]
        names = (VESSEL, CONTAINER_STACK, CONTAINER)
        kept = [n for n, name in enumerate(names) if name in self.classes]
        some = np.full(len(kept), 0.9)
        lengths = some * 100.0
        return Boxes(
            tuple(names[n] for n in kept), tuple(rings[n] for n in kept), some, lengths, lengths, lengths, some * 0.0
        )


def image() -> Raster:
    data = np.full((2, *GRID.shape), 0.2, dtype=np.float32)
    data[:, 25:] = 0.02  # flooded rice, dark as a harbour
    return Raster(data, ("B03", "B08"), np.ones(GRID.shape, bool), GRID)


def test_a_detector_of_ships_and_stacks_is_not_even_asked() -> None:
    marks = Marks((VESSEL, CONTAINER_STACK), [])
    assert len(find_objects(image(), SCENE, marks, aoi=depot())) == 0
    assert marks.calls == []


def test_stacks_are_those_in_a_yard_and_other_things_have_their_zone() -> None:
    marks = Marks((VESSEL, CONTAINER_STACK, CONTAINER), [])
    found = find_objects(image(), SCENE, marks, aoi=depot(yard=ground((18, 26), (5, 30))))
    assert list(zip(found.boxes.class_name, found.zone_id, found.zone, strict=True)) == [
        (CONTAINER_STACK, "yard", ""),
        (CONTAINER, "rail", ""),
    ]
    outside = find_objects(image(), SCENE, marks, aoi=depot(yard=ground((2, 5), (5, 30))))
    assert outside.boxes.class_name == (CONTAINER,)


def test_at_a_port_the_same_things_are_found_as_before() -> None:
    marks = Marks((VESSEL, CONTAINER_STACK), [])
    found = find_objects(image(), SCENE, marks, aoi=depot(water=ground((5, 16), (0, 60))))
    assert VESSEL in found.boxes.class_name
