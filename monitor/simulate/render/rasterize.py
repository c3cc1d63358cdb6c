"""Geometry to pixels: how much of each pixel an outline covers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Pixels
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid

_OVER = 4


def cover(geometry: BaseGeometry, grid: Grid, *, epsg: int = WGS84) -> Pixels:
    """(row, col) share of each pixel inside a geometry, 0–1, in sixteenths; empty geometry gives zeros.

    Outlines come out wider by a quarter of a pixel at most: the fine pixels that they pass through count as inside.

    Parameters
    ----------
    geometry : BaseGeometry
        Polygons.
    grid : Grid
    epsg : int
        Of the geometry.
    """
    rows, cols = grid.shape
    image = Image.new("L", (cols * _OVER, rows * _OVER), 0)
    draw = ImageDraw.Draw(image)
    back = ~grid.transform
    for polygon in _polygons(reproject(geometry, epsg, grid.epsg)):
        for ring, value in [(polygon.exterior, 1), *((hole, 0) for hole in polygon.interiors)]:
            x, y = np.asarray(ring.coords)[:, :2].T
            col, row = back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f
            points = np.column_stack([col, row]) * _OVER - 0.5
            draw.polygon([(float(a), float(b)) for a, b in points], fill=value)
    fine = np.asarray(image, dtype=np.float32)
    made: Pixels = fine.reshape(rows, _OVER, cols, _OVER).mean(axis=(1, 3))
    return made


def _polygons(geometry: BaseGeometry) -> Iterable[Polygon]:
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    if isinstance(geometry, MultiPolygon):
        return list(geometry.geoms)
    return [part for part in getattr(geometry, "geoms", []) if isinstance(part, Polygon)]
