"""Where labelled vessels lie, in the zones that detections are put into."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from shapely import minimum_rotated_rectangle

from monitor.core.scenes.scene import Raster
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context.placement import place
from monitor.detect.context.water import shows_water
from monitor.detect.evaluation.matching import Truth


def with_zones(truth: Truth, raster: Raster) -> Truth:
    """The labels with a `zone` for each vessel: ``berth`` | ``inshore`` | ``open``.

    Alongside is by the label's `situation`; the others are inshore or open by the shore as the scene's own
    pixels show it, as for detections. Where no band shows it, the zone is "".
    """
    vessels = truth.vessels
    if vessels.empty:
        return replace(truth, vessels=vessels.assign(zone=[]))
    if not shows_water(raster):
        return replace(truth, vessels=vessels.assign(zone=""))
    back = ~raster.grid.transform
    rings = []
    for shape in vessels["geometry"]:
        x, y = np.array(minimum_rotated_rectangle(shape).exterior.coords)[:4].T
        rings.append(np.column_stack(back @ (x, y)))
    number, length = np.arange(len(rings), dtype=np.float64), vessels["length_m"].to_numpy(float)
    boxes = Boxes(
        class_name=(VESSEL,) * len(rings),
        rings=tuple(rings),
        score=number,
        length_m=length,
        length_low_m=length,
        length_high_m=length,
        angle=np.zeros(len(rings)),
    )
    kept, found = place(boxes, raster, None)
    zone = np.full(len(rings), "inshore", dtype=object)
    zone[kept.score.astype(int)] = found
    zone[zone == "berth"] = "inshore"
    zone[vessels["situation"].to_numpy(object) == "berthed"] = "berth"
    return replace(truth, vessels=vessels.assign(zone=zone))
