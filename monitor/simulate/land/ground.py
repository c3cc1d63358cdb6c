"""What covers each pixel of a made-up place before anything moves or grows: shares of the pixel, which add up to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from shapely import area, contains_properly, intersection, intersects, prepare, union_all
from shapely import box as boxes
from shapely.affinity import rotate, translate
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.arrays import Pixels
from monitor.core.geo.grid import Grid
from monitor.simulate.land.layout import EPSG, Layout
from monitor.simulate.land.places import layouts
from monitor.simulate.render.noise import fractal
from monitor.simulate.rng import generator

COVERS = (
    "meadow", "wood", "conifer", "field", "town", "gravel", "ballast", "roof", "mound", "tank", "pier", "water",
    "low", "bare ground", "structure", "cleared", "burnt",
)  # fmt: skip
"""Kinds of cover; the last four come with changes of the ground."""
_ROAD_M = 7.0
"""Width of roads, which are of gravel (chosen)."""
_FIELD_M, _GAP_M, _REACH_M = (310.0, 230.0), 12.0, 2400.0
_PAINT: Mapping[str, str] = {
    "town": "town",
    "storage": "gravel",
    "water": "water",
    "pier": "pier",
    "road": "gravel",
    "ballast": "ballast",
    "mound": "mound",
    "shed": "roof",
    "open_storage": "gravel",
    "tank": "tank",
    "low ground": "low",
}
"""Cover of each kind of part; a store's ground is gravel between its bank and its shed."""


@dataclass(frozen=True, slots=True, eq=False)
class LandGround:
    """The ground of a made-up place.

    Attributes
    ----------
    grid : Grid
    shares : array of float
        (cover, row, col) share of the pixel under each of `COVERS`.
    field : array of int
        (row, col) number of the field, -1 for none.
    grain, patch : array of float
        (row, col) fine and coarse texture, mean 0, deviation 1.
    """

    grid: Grid
    shares: Pixels
    field: npt.NDArray[np.int64]
    grain: Pixels
    patch: Pixels


def painted(shares: Pixels, cover: str, share: Pixels) -> None:
    """Lay a cover over all others, in place.

    Parameters
    ----------
    shares : array of float
        (cover, row, col).
    cover : str
        One of `COVERS`.
    share : array of float
        (row, col) of the pixel that it takes.
    """
    shares *= 1.0 - share
    shares[COVERS.index(cover)] += share


@lru_cache(maxsize=4)
def ground_of_place(aoi: Aoi, seed: int) -> LandGround:
    """The ground of a made-up place on its AOI's grid; kept for the next scene."""
    layout, grid = layouts()[aoi.id], Grid.covering(aoi.geometry, epsg=aoi.epsg)
    rng = generator(seed, "land", aoi.id)
    shares = np.zeros((len(COVERS), *grid.shape), dtype=np.float32)
    shares[0] = 1.0
    fields = fields_of(layout)
    number = np.full(grid.shape, -1, dtype=np.int64)
    for n, field in enumerate(fields):
        share = area_share(field, grid)
        painted(shares, "field", share)
        number[share > 0.5] = n
    built = _built(rng, layout, grid)
    clear = ndimage.binary_dilation(np.max([share for _, share in built], axis=0) > 0)
    wooded = fractal(rng, grid.shape, slope=3.0, longest_px=90.0)
    wood = np.clip((wooded - 0.45) * 6.0, 0.0, 1.0) * (1.0 - shares[COVERS.index("field")]) * ~clear
    fir = np.clip((fractal(rng, grid.shape, slope=2.6, longest_px=50.0) - 0.6) * 3.0, 0.0, 1.0)
    painted(shares, "wood", (wood * (1.0 - fir)).astype(np.float32))
    painted(shares, "conifer", (wood * fir).astype(np.float32))
    for cover, share in built:
        painted(shares, cover, share)
    grain = fractal(rng, grid.shape, slope=1.0, longest_px=30.0)
    patch = fractal(rng, grid.shape, slope=2.4, longest_px=60.0)
    return LandGround(grid, shares, number, grain, patch)


def _built(rng: np.random.Generator, layout: Layout, grid: Grid) -> list[tuple[str, Pixels]]:
    """Cover and share of all that is no meadow, field or wood, in the order in which it lies upon each other.

    Trees stand no nearer than a pixel to it.
    """
    made = []
    for part in layout.parts:
        if part.kind not in _PAINT:
            continue
        shape = part.geometry.buffer(_ROAD_M / 2) if part.kind == "road" else part.geometry
        share = area_share(shape, grid)
        if part.kind == "town":
            share *= np.clip(0.65 + 0.35 * fractal(rng, grid.shape, slope=1.4, longest_px=16.0), 0.15, 1.0)
        made.append((_PAINT[part.kind], share))
    return made


def fields_of(layout: Layout) -> tuple[Polygon, ...]:
    """The fields about a place: parcels in rows, clear of what is built, a few left to grass and wood."""
    rng = generator(0, "fields", layout.id)
    busy = _union([p.geometry.buffer(18.0) for p in layout.built()])
    first = [p.geometry for p in layout.of_kind("site")][:1]
    busy = _union([busy, *(site.buffer(25.0) for site in first)])
    low = _union([p.geometry.buffer(10.0) for p in layout.of_kind("low ground")])
    centre = layout.extent.centroid
    length, width = _FIELD_M
    made = []
    for y in np.arange(-_REACH_M, _REACH_M, width):
        offset = float(rng.uniform(0, length))
        for x in np.arange(-_REACH_M - offset, _REACH_M, length):
            kept = rng.random() < 0.72
            parcel = box(x, y, x + length - _GAP_M, y + width - _GAP_M)
            placed = translate(rotate(parcel, layout.turn_deg, origin=(0, 0)), centre.x, centre.y)
            free = placed.difference(busy).difference(low)
            largest = max(getattr(free, "geoms", (free,)), key=lambda g: g.area)
            if kept and largest.area > 0.5 * parcel.area and largest.intersects(layout.extent):
                made.append(largest)
    return tuple(made)


def _union(shapes: list[BaseGeometry]) -> BaseGeometry:
    """One geometry of all, on a grid of a centimetre: edges that nearly meet would make it invalid."""
    return union_all(shapes, grid_size=0.01)


def area_share(shape: BaseGeometry, grid: Grid) -> Pixels:
    """(row, col) share of each pixel inside a geometry in metres of `layout.EPSG`: of its area, to rounding.

    Parameters
    ----------
    shape : BaseGeometry
        Polygons.
    grid : Grid
        North up, in the same CRS.
    """
    assert grid.epsg == EPSG
    made: Pixels = np.zeros(grid.shape, dtype=np.float32)
    west, south, east, north = shape.bounds
    (c0, r0), (c1, r1) = ~grid.transform @ (west, north), ~grid.transform @ (east, south)
    rows, cols = (
        np.arange(np.clip(np.floor(low), 0, most), np.clip(np.ceil(high), 0, most), dtype=int)
        for low, high, most in ((r0, r1, grid.shape[0]), (c0, c1, grid.shape[1]))
    )
    row, col = (v.ravel() for v in np.meshgrid(rows, cols, indexing="ij"))
    (left, top), (right, bottom) = grid.xy(row, col), grid.xy(row + 1, col + 1)
    pixels = boxes(left, bottom, right, top)
    prepare(shape)
    met = intersects(shape, pixels)
    whole = contains_properly(shape, pixels)
    edge = met & ~whole
    made[row[whole], col[whole]] = 1.0
    made[row[edge], col[edge]] = area(intersection(pixels[edge], shape)) / grid.gsd_m**2
    return made
