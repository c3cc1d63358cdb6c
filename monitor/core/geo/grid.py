"""Where the pixels are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

import numpy as np
import numpy.typing as npt
from affine import Affine
from shapely import contains_xy, prepare, segmentize
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats, Mask
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject, transformer

_REMEMBERED_PX = 1_000_000
"""Pixels of a grid up to which masks are remembered: a port of 10 km by 10 km at 10 m. Chosen."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A pixel grid: EPSG code, affine transform (pixel corner to world), shape ``(rows, cols)``.

    Rows and columns given to the methods are fractional and corner based: the first pixel's centre is (0.5, 0.5).
    """

    epsg: int
    transform: Affine
    shape: tuple[int, int]

    @classmethod
    def covering(cls, geometry: BaseGeometry, *, epsg: int, gsd_m: float = 10.0) -> Grid:
        """The smallest north-up grid over a longitude/latitude geometry, edges on multiples of `gsd_m`.

        Parameters
        ----------
        geometry : BaseGeometry
            Longitude and latitude in degrees. Edges are followed every 0.01° when projected.
        epsg : int
            Of the grid; a CRS in metres.
        gsd_m : float
            Side of a pixel.

        Raises
        ------
        DataError
            The geometry is empty.
        """
        if geometry.is_empty:
            raise DataError("cannot lay a grid over an empty geometry")
        west, south, east, north = reproject(segmentize(geometry, 0.01), WGS84, epsg).bounds
        left, top = floor(west / gsd_m) * gsd_m, ceil(north / gsd_m) * gsd_m
        cols, rows = ceil(round((east - left) / gsd_m, 6)), ceil(round((top - south) / gsd_m, 6))
        return cls(epsg, Affine(gsd_m, 0.0, left, 0.0, -gsd_m, top), (max(rows, 1), max(cols, 1)))

    @property
    def gsd_m(self) -> float:
        """Ground sampling distance: the side of a pixel in CRS units (metres in UTM)."""
        return float(np.hypot(self.transform.a, self.transform.d))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in the grid's CRS."""
        rows, cols = self.shape
        xs, ys = self.xy(np.array([0, 0, rows, rows]), np.array([0, cols, 0, cols]))
        return float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())

    def xy(self, row: npt.ArrayLike, col: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Coordinates in the grid's CRS of fractional pixels."""
        r, c = np.asarray(row, dtype=np.float64), np.asarray(col, dtype=np.float64)
        t = self.transform
        return t.a * c + t.b * r + t.c, t.d * c + t.e * r + t.f

    def lonlat(self, row: npt.ArrayLike, col: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Degrees east and north of fractional pixels."""
        lon, lat = transformer(self.epsg, WGS84).transform(*self.xy(row, col))
        return np.asarray(lon), np.asarray(lat)

    def rowcol(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Fractional pixels of degrees east and north; may lie outside the grid."""
        x, y = transformer(WGS84, self.epsg).transform(np.asarray(lon, float), np.asarray(lat, float))
        back = ~self.transform
        return back.d * x + back.e * y + back.f, back.a * x + back.b * y + back.c

    def footprint(self) -> Polygon:
        """The grid's outline in longitude and latitude, with vertices along the edges."""
        west, south, east, north = self.bounds
        step = max(east - west, north - south) / 8
        outline = reproject(segmentize(box(west, south, east, north), step), self.epsg, WGS84)
        assert isinstance(outline, Polygon)
        return outline

    def window(self, rows: slice, cols: slice) -> Grid:
        """The part of the grid under two slices (with start and stop, no step)."""
        shift = self.transform @ Affine.translation(cols.start, rows.start)
        return Grid(self.epsg, shift, (rows.stop - rows.start, cols.stop - cols.start))

    def mask(self, geometry: BaseGeometry) -> Mask:
        """(rows, cols) bool: pixels whose centre lies inside a longitude/latitude geometry. Empty gives all False."""
        inside = np.zeros(self.shape, dtype=bool)
        is_small = self.shape[0] * self.shape[1] <= _REMEMBERED_PX
        found = _remembered(self, geometry) if is_small else _centres_within(self, geometry)
        if found is not None:
            rows, cols, part = found
            inside[rows, cols] = part
        return inside

    def to_lonlat(self, rowcol: npt.ArrayLike) -> Polygon:
        """A longitude/latitude polygon from (n, 2) fractional (row, col) vertices."""
        points = np.asarray(rowcol, dtype=np.float64)
        lon, lat = self.lonlat(points[:, 0], points[:, 1])
        return Polygon(np.column_stack([lon, lat]))


def _centres_within(grid: Grid, geometry: BaseGeometry) -> tuple[slice, slice, Mask] | None:
    """Rows and columns around a longitude/latitude geometry, and which of their centres lie in it; None without any."""
    if geometry.is_empty:
        return None
    local = reproject(geometry, WGS84, grid.epsg)
    prepare(local)
    west, south, east, north = local.bounds
    back = ~grid.transform
    corners = [back @ p for p in ((west, south), (west, north), (east, south), (east, north))]
    c0 = max(floor(min(p[0] for p in corners)), 0)
    c1 = min(ceil(max(p[0] for p in corners)) + 1, grid.shape[1])
    r0 = max(floor(min(p[1] for p in corners)), 0)
    r1 = min(ceil(max(p[1] for p in corners)) + 1, grid.shape[0])
    if c0 >= c1 or r0 >= r1:
        return None
    rr, cc = np.mgrid[r0:r1, c0:c1]
    return slice(r0, r1), slice(c0, c1), contains_xy(local, *grid.xy(rr + 0.5, cc + 0.5))


_remembered = lru_cache(maxsize=256)(_centres_within)
"""The same for the zones of a port, which scene after scene has on one grid."""
