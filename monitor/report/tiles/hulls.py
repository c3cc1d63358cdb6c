"""How the objects of a tile are marked: rings, thin boxes, leader lines and ticks that leave every hull bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import Polygon as Patch
from matplotlib.patheffects import withStroke
from shapely import STRtree
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from monitor.report.page.style import STATUS_COLOUR, STATUS_MARKER
from monitor.report.tiles.annotations import PT
from monitor.report.tiles.marks import Mark, is_numbered, is_ship, place_labels

RING_PX = 26.0
"""A hull shorter than this in the picture gets a ring, where no neighbour lies in it; others a box."""
GAP_PX = 4.0
"""From a hull to the inner edge of its box or the tip of its tick, so that no line covers the hull."""
_CASING, _CASING_PX, _LINE_PX, _MANY = "#000000", 2.2, 1.1, 40


@dataclass(frozen=True, slots=True)
class View:
    """Size of a tile in scene pixels (rows, cols), picture pixels a scene pixel, metres a scene pixel."""

    shape: tuple[int, int]
    zoom: float
    gsd_m: float

    @property
    def metres(self) -> float:
        """Ground metres of one picture pixel."""
        return self.gsd_m / self.zoom


def frames(marks: Sequence[Mark], zoom: float) -> tuple[Polygon, ...]:
    """What is drawn around each mark, in scene pixels: a ring or a box outside the hull, a stack's own outline.

    Parameters
    ----------
    marks : sequence of Mark
        What is framed.
    zoom : float
        Picture pixels per scene pixel.
    """
    shapes = [_shape(mark.outline) for mark in marks]
    tree = STRtree(shapes)
    made = []
    for index, (mark, shape) in enumerate(zip(marks, shapes, strict=True)):
        west, south, east, north = shape.bounds
        half = float(np.hypot(east - west, north - south)) / 2
        ring = Point(*mark.centre).buffer(half + 1.5 * GAP_PX / zoom)
        alone = set(tree.query(ring, predicate="intersects")) <= {index}
        if not is_ship(mark):
            made.append(shape.buffer(0.5 / zoom, join_style="mitre"))
        elif 2 * half * zoom < RING_PX and alone:
            made.append(ring)
        else:
            gap = min(GAP_PX / zoom, max(_nearest(tree, index) / 2, 1.0 / zoom))
            made.append(shape.buffer(gap, join_style="mitre"))
    return tuple(made)


def _nearest(tree: STRtree, index: int) -> float:
    """Distance from one shape of a tree to the closest other one; infinite for the only one."""
    shape = tree.geometries[index]
    others = np.delete(tree.geometries, index)
    return float(shapely.distance(shape, others).min()) if len(others) else float("inf")


def draw_marks(axes: Axes, marks: tuple[Mark, ...], view: View) -> None:
    """Draw every mark with its status by symbol, letter and colour; the small ones of a coarse view as ticks.

    Parameters
    ----------
    axes : Axes
        Where it is drawn.
    marks : tuple of Mark
        What is marked.
    view : View
        Of the tile.
    """
    around = frames(marks, view.zoom)
    px = 15.0 if len(marks) <= _MANY else 12.5
    ticks = frozenset(mark.number for mark in marks if not is_numbered(mark, view.metres))
    spots = place_labels(
        marks, view.shape, char_px=0.7 * px / view.zoom, line_px=1.25 * px / view.zoom, frames=around, ticks=ticks
    )
    for mark, frame, spot in zip(marks, around, spots, strict=True):
        if mark.number in ticks and is_ship(mark):
            _tick(axes, mark, Point(*spot), view.zoom)
            continue
        _line(axes, np.asarray(frame.exterior.coords), mark, width=_LINE_PX)
        if mark.number in ticks:
            _symbol(axes, mark, spot, 6.5)
        else:
            _label(axes, mark, frame, spot, (px, view.zoom))


def _label(axes: Axes, mark: Mark, frame: Polygon, spot: tuple[float, float], size: tuple[float, float]) -> None:
    px, zoom = size
    (col, row), letter = spot, px * 0.66 / zoom
    left = col - letter * (len(mark.label) + 0.5) / 2
    words = box(left - letter / 2, row - 0.55 * px / zoom, col + letter * (len(mark.label) + 1.2) / 2, row)
    words = words.union(box(words.bounds[0], row, words.bounds[2], row + 0.55 * px / zoom))
    edge = frame.exterior
    leader = LineString([edge.interpolate(edge.project(Point(col, row))), (col, row)]).difference(words)
    if leader.length * zoom > 2.0 and leader.geom_type == "LineString":
        _line(axes, np.asarray(leader.coords), mark, width=0.9)
    _symbol(axes, mark, (left, row), 0.75 * px)
    axes.text(
        col + letter * 0.6,
        row,
        mark.label,
        fontsize=px * PT,
        color="white",
        fontweight="bold",
        ha="center",
        va="center",
        clip_on=True,
        path_effects=[withStroke(linewidth=2.6, foreground="black")],
        zorder=6,
    )


def _tick(axes: Axes, mark: Mark, spot: Point, zoom: float) -> None:
    """A short line that ends before the hull, with the status' symbol at its far end."""
    bare = _shape(mark.outline).buffer(GAP_PX / 2 / zoom)
    line = LineString([mark.centre, spot]).difference(bare)
    if not line.is_empty and line.geom_type == "LineString":
        _line(axes, np.asarray(line.coords), mark, width=0.9)
    _symbol(axes, mark, (spot.x, spot.y), 6.5)


def _line(axes: Axes, points: npt.NDArray[np.float64], mark: Mark, *, width: float) -> None:
    style = (0, (3, 2)) if mark.is_low else "-"
    for colour, wide, alpha, dash in (
        (_CASING, _CASING_PX, 0.55, "-"),
        (STATUS_COLOUR[mark.status], width, 1.0, style),
    ):
        axes.add_patch(
            Patch(
                points,
                closed=bool((points[0] == points[-1]).all()),
                fill=False,
                edgecolor=colour,
                linewidth=wide,
                linestyle=dash,
                alpha=alpha,
                zorder=3,
            )
        )


def _symbol(axes: Axes, mark: Mark, at: tuple[float, float], px: float) -> None:
    axes.plot(
        [at[0]],
        [at[1]],
        marker=STATUS_MARKER[mark.status],
        markersize=px * PT,
        markerfacecolor=STATUS_COLOUR[mark.status],
        markeredgecolor="black",
        markeredgewidth=0.8,
        zorder=5,
    )


def _shape(outline: npt.NDArray[np.float64]) -> BaseGeometry:
    """The outline as an area; one of a point or a line becomes a small one."""
    hull = Polygon(outline) if len(outline) > 3 else MultiPoint(outline).convex_hull
    return hull.buffer(0.0) if hull.area else hull.buffer(0.5)
