"""Labelled ports as values: pixels, hulls, stacks, areas that do not count."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Pixels

BANDS = ("B02", "B03", "B04", "B08", "B11")


@dataclass(frozen=True, slots=True)
class Hull:
    """One labelled vessel as an oriented box in pixels.

    `x`, `y` is the centre (column, row, corner based), `length_px` and `width_px` the sides, `angle` the direction of
    the long side in radians from +x towards +y (rows grow southwards), modulo pi.
    """

    x: float
    y: float
    length_px: float
    width_px: float
    angle: float
    sure: bool
    situation: str = "berthed"
    length_m: float = 0.0
    axis_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class LabelledPort:
    """One labelled scene.

    `dn` is (band, row, col) uint16 in the order of `BANDS`, reflectance x 10000, 0 where a band is missing or has no
    data; `has` marks the bands that are there. Rings are (n, 2) arrays of column, row. `small_craft` are marinas and
    other moorings of boats: no hull of 40 m and more is there but those labelled.
    """

    name: str
    dn: npt.NDArray[np.uint16]
    has: tuple[bool, ...]
    hulls: tuple[Hull, ...]
    stacks: tuple[Pixels, ...]
    doubtful_stacks: tuple[Pixels, ...]
    ignore: tuple[Pixels, ...]
    empty: tuple[Pixels, ...]
    transform: tuple[float, ...]
    epsg: int
    small_craft: tuple[Pixels, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.dn.shape[1], self.dn.shape[2]


def box_of(ring: Pixels) -> tuple[float, float, float, float, float]:
    """Centre x, y, length, width and angle of a four-cornered ring (closed or not)."""
    corners = ring[:4].astype(np.float64)
    centre = corners.mean(axis=0)
    side_a = (corners[1] - corners[0] + corners[2] - corners[3]) / 2
    side_b = (corners[2] - corners[1] + corners[3] - corners[0]) / 2
    length, width = float(np.hypot(*side_a)), float(np.hypot(*side_b))
    along = side_a if length >= width else side_b
    angle = math.atan2(along[1], along[0]) % math.pi
    return float(centre[0]), float(centre[1]), max(length, width), min(length, width), angle


def labelled_hull(ring: Pixels, properties: Mapping[str, Any]) -> Hull:
    """The hull of one `vessel` feature whose ring is in pixels."""
    x, y, length, width, angle = box_of(ring)
    return Hull(
        x=x,
        y=y,
        length_px=length,
        width_px=width,
        angle=angle,
        sure=properties.get("sure") != "low",
        situation=str(properties.get("situation") or "berthed"),
        length_m=float(properties.get("length_m") or length * 10),
        axis_deg=float(properties.get("axis_deg") or 0.0),
    )


def sort_features(rings: Sequence[tuple[Pixels, Mapping[str, Any]]]) -> dict[str, Any]:
    """Label features by what they are for: hulls, stacks, doubtful stacks, ignore, empty, small craft."""
    names = ("hulls", "stacks", "doubtful_stacks", "ignore", "empty", "small_craft")
    found: dict[str, Any] = {name: [] for name in names}
    for ring, properties in rings:
        kind = properties.get("kind")
        if kind == "vessel":
            found["hulls"].append(labelled_hull(ring, properties))
        elif kind == "container_stack":
            if properties.get("stack") == "ship_deck":
                continue
            found["doubtful_stacks" if properties.get("sure") == "low" else "stacks"].append(ring)
        elif kind in ("ignore", "small_craft"):
            found[kind].append(ring)
        elif kind == "berth_empty":
            found["empty"].append(ring)
    return {key: tuple(value) for key, value in found.items()}
