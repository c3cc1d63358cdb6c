"""What a made-up place is built of, in metres of its UTM zone; the same for every seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shapely.affinity import rotate, translate
from shapely.geometry import LineString, MultiLineString, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

TRACK_APART_M = 5.0
"""Between the axes of two tracks of a yard (chosen; 4.5–5.3 m are usual)."""
BED_M = 2.6
"""Of ballast to either side of a track's axis (chosen; beds are 4.5–5.5 m wide)."""
EPSG = 32652
"""UTM zone of all made-up places: they lie in the open sea, where nothing real can be taken for them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on the ground.

    Attributes
    ----------
    kind : str
        Kind of zone (`core.aoi.KINDS`) for what is one, else shed | mound | ballast | town | low ground.
    id : str
        Of the zone, without the place's id; ``""`` for what is no zone.
    geometry : BaseGeometry
        In metres of `EPSG`.
    """

    kind: str
    id: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Layout:
    """A made-up place.

    Attributes
    ----------
    id, title : str
        Of the AOI.
    extent : Polygon
        The watched area.
    turn_deg : float
        Counter-clockwise, from the grid's east to the direction in which tracks run.
    parts : tuple of Part
        In the order in which they lie upon each other.
    """

    id: str
    title: str
    extent: Polygon
    turn_deg: float
    parts: tuple[Part, ...]

    def of_kind(self, kind: str) -> tuple[Part, ...]:
        """The parts of one kind, in their order."""
        return tuple(part for part in self.parts if part.kind == kind)

    def tracks(self) -> Mapping[str, tuple[LineString, ...]]:
        """The tracks of every rail zone by the id of the zone, place's id included."""
        return {
            f"{self.id}_{part.id}": tuple(getattr(part.geometry, "geoms", (part.geometry,)))
            for part in self.of_kind("rail")
        }

    def built(self) -> tuple[Part, ...]:
        """The parts on which nothing new is built; banks lie within their stores."""
        return tuple(part for part in self.parts if part.kind not in ("site", "low ground", "mound"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layout lies: its middle in metres of `EPSG`, turned counter-clockwise."""

    east: float
    north: float
    turn_deg: float

    def put(self, geometry: BaseGeometry) -> BaseGeometry:
        """A geometry, drawn about (0, 0) with tracks along x, where it lies."""
        return translate(rotate(geometry, self.turn_deg, origin=(0.0, 0.0)), self.east, self.north)

    def extent(self, half_width: float, half_height: float) -> Polygon:
        """A watched area along the grid, not turned."""
        return box(self.east - half_width, self.north - half_height, self.east + half_width, self.north + half_height)

    def parts(self, drawn: list[tuple[str, str, BaseGeometry]]) -> tuple[Part, ...]:
        """Parts where they lie: kind, id and geometry of each."""
        return tuple(Part(kind, name, self.put(shape)) for kind, name, shape in drawn)


def tracks(x0: float, x1: float, y: float, count: int) -> BaseGeometry:
    """Straight tracks beside each other; one alone is a line.

    Parameters
    ----------
    x0, x1 : float
        Where they begin and end.
    y : float
        Of the first; the others lie above it.
    count : int
    """
    lines = [LineString([(x0, y + n * TRACK_APART_M), (x1, y + n * TRACK_APART_M)]) for n in range(count)]
    return lines[0] if count == 1 else MultiLineString(lines)


def bed(line: BaseGeometry, *, apron_m: float = 0.0) -> BaseGeometry:
    """The ballast under tracks, `BED_M` to either side of each: between tracks of a yard it is closed.

    Parameters
    ----------
    line : BaseGeometry
        One track or several.
    apron_m : float
        How far it reaches beyond that, as in yards where people walk and lorries load.
    """
    reach = BED_M + apron_m
    return unary_union([each.buffer(reach, cap_style="flat") for each in getattr(line, "geoms", (line,))])
