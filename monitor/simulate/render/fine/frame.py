"""A place and a direction: shapes in metres ahead and to the right become outlines in the grid's CRS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry import Polygon

from monitor.core.arrays import Floats


@dataclass(frozen=True, slots=True)
class Frame:
    """An origin (east, north in metres) and the direction of its axis, radians clockwise from the grid's north.

    A mirrored frame has its left where the right is.
    """

    east: float
    north: float
    axis: float
    mirrored: bool = False

    def at(self, ahead: float, right: float) -> Floats:
        """(2,) east and north of a point."""
        side = -right if self.mirrored else right
        sine, cosine = np.sin(self.axis), np.cos(self.axis)
        return np.array(
            [self.east + ahead * sine + side * cosine, self.north + ahead * cosine - side * sine], dtype=np.float64
        )

    def moved(self, ahead: float, right: float, *, turn: float = 0.0) -> Frame:
        """The frame at another point of this one.

        Parameters
        ----------
        ahead, right : float
            Where, in metres.
        turn : float
            Radians clockwise.
        """
        east, north = self.at(ahead, right)
        return Frame(float(east), float(north), self.axis + turn, self.mirrored)

    def polygon(self, points: Sequence[tuple[float, float]]) -> Polygon:
        """An outline from points ahead and to the right."""
        return Polygon([self.at(ahead, right) for ahead, right in points])

    def rectangle(self, start: float, end: float, left: float, right: float) -> Polygon:
        """A rectangle whose first side runs along the axis.

        Parameters
        ----------
        start, end : float
            Metres ahead.
        left, right : float
            Metres to the right.
        """
        return self.polygon([(start, left), (end, left), (end, right), (start, right)])
