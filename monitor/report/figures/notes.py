"""Arrows and labels of the reader's own, from a GeoJSON file.

A Point with the property ``text`` is a label; a LineString is an arrow from its first place to its last, with its
``text`` at the first. Any GIS draws such a file, and so does a text editor::

    {"type": "FeatureCollection", "features": [
      {"type": "Feature", "properties": {"text": "crane"},
       "geometry": {"type": "LineString", "coordinates": [[130.290, 42.235], [130.286, 42.230]]}}]}
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from shapely.errors import ShapelyError
from shapely.geometry import shape

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.text import plain
from monitor.io.documents import read_json
from monitor.report.page.style import YELLOW, drawable

MOST_LETTERS = 80
_HALO = withStroke(linewidth=3.0, foreground="black")
_PT = 0.72
_EDGE = 0.2
"""Share of a picture's width in which words are written away from its edge."""


@dataclass(frozen=True, slots=True)
class Note:
    """A label at one place (longitude, latitude), or an arrow from a place to another."""

    text: str
    places: tuple[tuple[float, float], ...]

    def inside(self, grid: Grid) -> bool:
        """Whether the place that it points to lies on a grid."""
        col, row = _pixels(self, grid)[-1]
        return 0 <= col <= grid.shape[1] and 0 <= row <= grid.shape[0]


def read_notes(path: Path) -> tuple[Note, ...]:
    """The arrows and labels of a GeoJSON file (EPSG:4326), in its order.

    Raises
    ------
    DataError
        The file is no GeoJSON of points and lines, has no features, or a label is missing or too long.
    """
    document = read_json(path)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise DataError(f"{path}: holds no features; give a GeoJSON FeatureCollection of points and lines")
    return tuple(_note(path, number, each) for number, each in enumerate(features, 1))


def _note(path: Path, number: int, given: Any) -> Note:
    where = f"{path}: feature {number}"
    try:
        geometry, properties = shape(given["geometry"]), given.get("properties") or {}
        places = tuple((float(x), float(y)) for x, y, *_ in geometry.coords)
    except (AttributeError, KeyError, TypeError, ValueError, NotImplementedError, ShapelyError) as error:
        raise DataError(f"{where}: neither a Point nor a LineString; labels are points, arrows are lines") from error
    text = properties.get("text", "")
    if not isinstance(text, str) or len(text) > MOST_LETTERS:
        raise DataError(f"{where}: `text` must be words of at most {MOST_LETTERS} letters")
    if not places or (len(places) == 1 and not text.strip()):
        raise DataError(f"{where}: a label needs its words; give the property `text`")
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in places):
        raise DataError(f"{where}: lies outside of longitude and latitude; save the file in EPSG:4326")
    return Note(plain(text.strip()), (places[0], places[-1]) if len(places) > 1 else places)


def draw_notes(axes: Axes, notes: tuple[Note, ...], grid: Grid, *, px: float) -> None:
    """Draw the notes that lie on a grid.

    Parameters
    ----------
    axes : Axes
        In pixels of the grid, rows downwards.
    notes : tuple of Note
        Others than those on the grid are left out.
    grid : Grid
        Of the pixels.
    px : float
        Height of a letter in pixels of the figure.
    """
    style: dict[str, Any] = {
        "fontsize": px * _PT,
        "color": YELLOW,
        "fontweight": "bold",
        "path_effects": [_HALO],
        "zorder": 9,
    }
    for note in notes:
        if not note.inside(grid):
            continue
        places = _pixels(note, grid)
        share = places[0][0] / grid.shape[1]
        style["ha"] = "left" if share < _EDGE else "right" if share > 1 - _EDGE else "center"
        if len(places) == 1:
            axes.text(*places[0], drawable(note.text), va="center", clip_on=True, **style)
            continue
        arrow: dict[str, Any] = {
            "arrowstyle": "-|>",
            "color": YELLOW,
            "linewidth": 2.4,
            "path_effects": [_HALO],
            "mutation_scale": 18,
        }
        axes.annotate(drawable(note.text), places[1], places[0], va="center", arrowprops=arrow, **style)


def _pixels(note: Note, grid: Grid) -> list[tuple[float, float]]:
    lon, lat = np.array(note.places).T
    row, col = grid.rowcol(lon, lat)
    return [(float(c), float(r)) for c, r in zip(np.atleast_1d(col), np.atleast_1d(row), strict=True)]
