"""A small grid to draw on."""

from __future__ import annotations

from affine import Affine

from monitor.core.geo.grid import Grid


def grid_of(rows: int, cols: int) -> Grid:
    """10 m pixels in UTM 33N."""
    return Grid(32633, Affine(10.0, 0.0, 500_000.0, 0.0, -10.0, 4_700_000.0), (rows, cols))
