"""The grid on which pictures are read: their own where it is one in metres, else UTM at their pixel size."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10

import numpy as np
from affine import Affine
from shapely import segmentize, union_all

from monitor.core.aoi import Aoi
from monitor.core.geo.geodesy import WGS84, reproject, utm_epsg
from monitor.core.geo.grid import Grid
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.header import Header

ALIGNED = 1e-6
"""Share of a pixel by which two grids may be apart and still be one."""
_TRUE_SCALE = 0.005
"""A CRS whose metre is off by less is measured in as it is: UTM and national grids, never Web Mercator; chosen."""
_SQUARE = 1e-3
"""Sides of a pixel that differ by less are equal, and as little are they off a right angle; chosen."""
_SENTINEL_M, _SENTINEL_SHARE = 10.0, 0.25
"""Pixels within this share of 10 m are read at 10 m: Sentinel-2 warped to degrees has 8 to 12 m on the ground."""
_CROPPED_M = 8.0
"""Finer pictures are read where they lie and not all over a port, most of which would be empty; chosen."""


def native_gsd_m(header: Header) -> float:
    """Side of the pixels that a picture is read at: its own, or about its own where it is warped."""
    if _is_metric(header):
        return _side(header)
    if abs(header.gsd_m / _SENTINEL_M - 1.0) <= _SENTINEL_SHARE:
        return _SENTINEL_M
    return round(header.gsd_m, 1 - floor(log10(header.gsd_m)))


def native_grid(header: Header) -> Grid:
    """The grid of a whole picture: its own, turned north up if it is south up, or UTM at its pixel size."""
    if not _is_metric(header):
        middle = header.footprint.centroid
        return Grid.covering(header.footprint, epsg=utm_epsg(middle.x, middle.y), gsd_m=native_gsd_m(header))
    t, (rows, cols) = header.place.transform, header.size
    if header.place.is_straight:
        west, north = (t.c + t.a * cols if t.a < 0 else t.c), (t.f + t.e * rows if t.e > 0 else t.f)
        t = Affine(abs(t.a), 0.0, west, 0.0, -abs(t.e), north)
    assert header.place.epsg is not None
    return Grid(header.place.epsg, t, header.size)


def grid_over(aoi: Aoi, headers: Sequence[Header]) -> Grid:
    """The grid on which pictures of one pass over a port are read together.

    In the port's UTM zone at the first picture's pixel size; on its pixels where it is straight in that zone, so that
    they are not resampled. Over the port's bounding box, or the part of it where fine pictures lie.

    Parameters
    ----------
    aoi : Aoi
        The port.
    headers : sequence of Header
        Of the pictures, the first of which decides.

    Raises
    ------
    NoData
        No picture reaches the port.
    """
    first, gsd = headers[0], native_gsd_m(headers[0])
    own = first.place.transform if _is_metric(first) and first.place.epsg == aoi.epsg else None
    origin = (0.0, 0.0) if own is None or not first.place.is_straight else (own.c, own.f)
    if gsd < _CROPPED_M:
        seen = aoi.geometry.envelope.intersection(union_all([header.footprint for header in headers]))
        if seen.is_empty:
            raise NoData(f"{first.path}: does not reach AOI {aoi.id}")
        return _snapped(reproject(segmentize(seen, 0.01), WGS84, aoi.epsg).bounds, aoi.epsg, gsd, origin=origin)
    target = Grid.covering(aoi.geometry, epsg=aoi.epsg, gsd_m=gsd)
    off = ((target.transform.c - origin[0]) / gsd, (target.transform.f - origin[1]) / gsd)
    if max(abs(part - round(part)) for part in off) < ALIGNED:
        return target
    moved = Affine(gsd, 0.0, origin[0] + gsd * round(off[0]), 0.0, -gsd, origin[1] + gsd * round(off[1]))
    return Grid(aoi.epsg, moved, target.shape)


def _snapped(
    bounds: tuple[float, float, float, float], epsg: int, gsd_m: float, *, origin: tuple[float, float]
) -> Grid:
    """The smallest grid over bounds whose pixels continue those of an origin; a hundredth of one is rounding."""
    west, south, east, north = bounds
    c0, c1 = (round((x - origin[0]) / gsd_m, 2) for x in (west, east))
    r0, r1 = (round((origin[1] - y) / gsd_m, 2) for y in (north, south))
    col, row = floor(c0), floor(r0)
    shape = (max(ceil(r1) - row, 1), max(ceil(c1) - col, 1))
    return Grid(epsg, Affine(gsd_m, 0.0, origin[0] + col * gsd_m, 0.0, -gsd_m, origin[1] - row * gsd_m), shape)


def _side(header: Header) -> float:
    return float(np.hypot(header.place.transform.a, header.place.transform.d))


def _is_metric(header: Header) -> bool:
    """Whether the picture's own grid has square pixels whose metres are metres on the ground."""
    t = header.place.transform
    down = float(np.hypot(t.b, t.e))
    square = abs(down / _side(header) - 1.0) < _SQUARE and abs(t.a * t.b + t.d * t.e) < _SQUARE * down**2
    exact = header.place.epsg is not None and not header.place.points
    return square and exact and abs(header.gsd_m / _side(header) - 1.0) <= _TRUE_SCALE
