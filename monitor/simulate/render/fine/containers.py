"""Containers one by one: boxes of 6.1 and 12.2 m in bays, rows and tiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon
from shapely.ops import unary_union

from monitor.core.arrays import Floats, Pixels
from monitor.simulate.render.fine.frame import Frame
from monitor.simulate.render.fine.surface import Face
from monitor.simulate.render.spectra import STACK_COLOURS

LONG_M, SHORT_M, WIDE_M, TALL_M = 12.192, 6.058, 2.438, 2.591
"""Outer sides of containers of 40 and 20 feet (ISO 668)."""
ROW_GAP_M, BAY_GAP_M = 0.45, 0.6
"""Between rows and between bays (chosen: what reach stackers and straddle carriers leave)."""

_JOINED_M = 0.5
_TWIN_GAP_M = 0.08
_EMPTY, _TWINS = 0.05, 0.3
_TIERS = (0.3, 0.3, 0.25, 0.15)


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """The uppermost container of one place.

    Attributes
    ----------
    outline : Polygon
        In the grid's CRS.
    length_m : float
        6.1 or 12.2.
    tiers : int
        Containers on this place, itself included.
    stands_on : str
        ``yard`` | ``ship_deck`` | ``truck``.
    bottom_m : float
        Height above the water of what the lowest one stands on.
    colour : int
        Place in `simulate.render.spectra.STACK_COLOURS`.
    yard_id : str
        Of the yard; "" elsewhere.
    """

    outline: Polygon
    length_m: float
    tiers: int
    stands_on: str
    bottom_m: float
    colour: int
    yard_id: str = ""

    @property
    def top_m(self) -> float:
        """Height of its roof above the water."""
        return self.bottom_m + self.tiers * TALL_M


def block(
    rng: np.random.Generator,
    frame: Frame,
    *,
    size_m: tuple[float, float],
    stands_on: str,
    bottom_m: float,
    whole_m: tuple[float, float] | None = None,
    yard_id: str = "",
) -> list[Container]:
    """The containers of one block, rows along the frame's axis; what a block holds does not change as it fills.

    Parameters
    ----------
    rng : np.random.Generator
    frame : Frame
        Its origin is the block's corner, the block lies ahead of it and to its right.
    size_m : tuple of float
        Length and width that are filled.
    stands_on, yard_id : str
        As in `Container`.
    bottom_m : float
        As in `Container`.
    whole_m : tuple of float, optional
        Length and width of the block when full; `size_m` without it.
    """
    whole = whole_m or size_m
    bays = int((whole[0] + BAY_GAP_M + 1e-6) / (LONG_M + BAY_GAP_M))
    rows = int((whole[1] + ROW_GAP_M + 1e-6) / (WIDE_M + ROW_GAP_M))
    shape = (max(bays, 0), max(rows, 0))
    tiers = rng.choice(len(_TIERS), size=shape, p=_TIERS) + 1
    tiers = np.minimum(tiers, rng.integers(1, len(_TIERS) + 1, size=(shape[0], 1)))
    empty, twins = rng.random(shape) < _EMPTY, rng.random(shape) < _TWINS
    owner = rng.integers(len(STACK_COLOURS), size=(shape[0], 1))
    colours = rng.integers(len(STACK_COLOURS), size=(*shape, 2))
    colours = np.where(rng.random(colours.shape) < 0.35, owner[..., None], colours)
    made = []
    for bay, row in np.argwhere(~empty):
        start, side = bay * (LONG_M + BAY_GAP_M), row * (WIDE_M + ROW_GAP_M)
        spans = [(start, LONG_M)]
        if twins[bay, row]:
            spans = [(start, SHORT_M), (start + SHORT_M + _TWIN_GAP_M, SHORT_M)]
        for half, (s, length) in enumerate(spans):
            if s + length > size_m[0] + 1e-6 or side + WIDE_M > size_m[1] + 1e-6:
                continue
            outline = frame.rectangle(s, s + length, side, side + WIDE_M)
            colour = int(colours[bay, row, half])
            tall = int(tiers[bay, row])
            made.append(Container(outline, round(length, 1), tall, stands_on, bottom_m, colour, yard_id))
    return made


def container_faces(containers: Sequence[Container]) -> Iterable[Face]:
    """Roofs with a darker rim, from below to above."""
    for box in sorted(containers, key=lambda c: c.top_m):
        paint: Pixels = STACK_COLOURS[box.colour][:4]
        yield Face(box.outline, (paint * np.float32(0.72)).astype(np.float32), box.top_m)
        yield Face(inset(box.outline, 0.22), paint, box.top_m)


def yard_blocks(containers: Sequence[Container]) -> list[Polygon]:
    """The rectangles around containers that stand together in a yard, in the grid's CRS; empty without any."""
    near = [box.outline.buffer(_JOINED_M, join_style="mitre") for box in containers if box.stands_on == "yard"]
    joined = unary_union(near)
    parts = [part for part in getattr(joined, "geoms", [joined]) if not part.is_empty]
    return [part.minimum_rotated_rectangle for part in parts]


def inset(outline: Polygon, by_m: float) -> Polygon:
    """A rectangle smaller by `by_m` on every side."""
    corners: Floats = np.asarray(outline.exterior.coords)[:4]
    along, across = corners[1] - corners[0], corners[3] - corners[0]
    a, b = (by_m * side / np.hypot(*side) for side in (along, across))
    return Polygon([corners[0] + a + b, corners[1] - a + b, corners[2] - a - b, corners[3] + a - b])
