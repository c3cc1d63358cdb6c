"""Ways by water: shortest routes around land, over a grid of the sea."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree
from shapely.geometry import LineString, box, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.arrays import Floats, Ints
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m, inverse

SEA_CELL_DEG = 0.0075
FARTHEST_FROM_WATER_M = 10_000.0
"""A place further than this from the grid's water has no way by water."""
_COAST = "coast_nk_primorye.geojson"
_ROUNDS, _PARTS = 2, 6
_MOVES = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (1, -2), (2, -1))

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """A way between two places: its length in metres, its line in EPSG:4326, and whether it is known to be by water.

    Where `by_water` is False an end lies off the charted sea, and the length is the geodesic's, the least possible.
    """

    distance_m: float
    line: LineString
    by_water: bool


@dataclass(frozen=True, slots=True)
class Coast:
    """Land within ``(west, south, east, north)``, EPSG:4326; what lies in the box and is not land is water."""

    land: BaseGeometry
    bounds: tuple[float, float, float, float]
    attribution: str = ""


@lru_cache(maxsize=1)
def shipped_coast() -> Coast:
    """Land from the Tumen mouth and Rajin to Nakhodka, simplified from OpenStreetMap (ODbL) to about 100 m."""
    document = json.loads(files("monitor.ais").joinpath("data", _COAST).read_text(encoding="utf-8"))
    west, south, east, north = document["bbox"]
    land = unary_union([shape(feature["geometry"]) for feature in document["features"]])
    return Coast(land, (west, south, east, north), str(document["attribution"]))


@dataclass(frozen=True, slots=True, eq=False)
class Sea:
    """A grid of water cells and the ways between neighbours that cross no land.

    Steps go to 16 neighbours and lengths are geodesic, so a route is at most 3 % too long before `route` pulls it
    straight. Costs about a second to make; `shipped_sea` keeps one.
    """

    coast: Coast
    lon: Floats
    lat: Floats
    graph: csr_matrix
    tree: cKDTree
    _trees: dict[int, tuple[Floats, Ints]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, coast: Coast, *, cell_deg: float = SEA_CELL_DEG) -> Sea:
        """The sea of a coast; only its largest connected body of water.

        Raises
        ------
        DataError
            There is no water in the box.
        """
        west, south, east, north = coast.bounds
        across = cell_deg / max(np.cos(np.radians((south + north) / 2)), 0.05)
        lon, lat = np.meshgrid(np.arange(west, east, across) + across / 2, np.arange(south, north, cell_deg))
        shapely.prepare(coast.land)
        wet = ~shapely.contains_xy(coast.land, lon.ravel(), lat.ravel()).reshape(lon.shape)
        graph = _graph(lon, lat, wet, coast.land)
        count, water = connected_components(graph, directed=False)
        sizes = np.bincount(water[wet.ravel()], minlength=count)
        if not sizes.sum():
            raise DataError(f"coast {coast.bounds}: no water in the box")
        kept = np.flatnonzero((water == sizes.argmax()) & wet.ravel())
        x, y = lon.ravel()[kept], lat.ravel()[kept]
        return cls(coast, x, y, graph[kept][:, kept].tocsr(), cKDTree(_flat(coast, x, y)))

    def distances_m(self, place: LonLat, others: Sequence[LonLat]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Lengths by water from one place to others, and whether each is by water (else geodesic)."""
        lon, lat = (np.array([p[i] for p in others], dtype=np.float64) for i in (0, 1))
        straight = distance_m(place[0], place[1], lon, lat)
        start, hop = self._nearest(np.array([place[0]]), np.array([place[1]]))
        ends, hops = self._nearest(lon, lat)
        if start[0] < 0:
            return straight, np.zeros(len(others), dtype=bool)
        length = self._from(int(start[0]))[0][np.maximum(ends, 0)] + hop[0] + hops
        by_water = (ends >= 0) & np.isfinite(length)
        clear = np.array([self._clear([place, other]) for other in others], dtype=bool) & by_water
        near = by_water & (straight <= 2 * FARTHEST_FROM_WATER_M)
        length = np.where(clear | (near & (length < straight)), straight, np.maximum(length, straight))
        return np.where(by_water, length, straight), by_water

    def route(self, start: LonLat, end: LonLat) -> Route:
        """The shortest way between two places, pulled straight wherever no land is in between."""
        (a, b), _ = self._nearest(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
        if a < 0 or b < 0:
            return _along([start, end], by_water=False)
        if self._clear([start, end]):
            return _along([start, end], by_water=True)
        length, before = self._from(int(a))
        if not np.isfinite(length[b]):
            return _along([start, end], by_water=False)
        cells = [int(b)]
        while cells[-1] != a:
            cells.append(int(before[cells[-1]]))
        path = [start, *((float(self.lon[i]), float(self.lat[i])) for i in reversed(cells)), end]
        for _ in range(_ROUNDS):
            path = _divided(self._pulled(_divided(self._pulled(path))[::-1])[::-1])
        return _along(self._pulled(path), by_water=True)

    def _nearest(self, lon: Floats, lat: Floats) -> tuple[Ints, Floats]:
        """Nearest water cell of each place (-1 when too far or off the box) and the metres to it."""
        _, index = self.tree.query(_flat(self.coast, lon, lat))
        hop = distance_m(lon, lat, self.lon[index], self.lat[index])
        west, south, east, north = self.coast.bounds
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        return np.where(inside & (hop <= FARTHEST_FROM_WATER_M), index, -1).astype(np.int64), hop

    def _from(self, cell: int) -> tuple[Floats, Ints]:
        if cell not in self._trees:
            if len(self._trees) >= 64:
                self._trees.clear()
            length, before = dijkstra(self.graph, directed=False, indices=cell, return_predecessors=True)
            self._trees[cell] = (length, before)
        return self._trees[cell]

    def _clear(self, path: Sequence[LonLat]) -> bool:
        west, south, east, north = self.coast.bounds
        line = LineString(path)
        return not self.coast.land.intersects(line) and box(west, south, east, north).covers(line)

    def _pulled(self, path: list[LonLat]) -> list[LonLat]:
        """The path with every stretch that a straight line can replace replaced."""
        out, at = [path[0]], 0
        while at < len(path) - 1:
            low, high = at + 1, len(path) - 1
            while low < high:
                middle = (low + high + 1) // 2
                if self._clear([path[at], path[middle]]):
                    low = middle
                else:
                    high = middle - 1
            out.append(path[low])
            at = low
        return out


@lru_cache(maxsize=1)
def shipped_sea() -> Sea:
    """The sea of the shipped coast."""
    return Sea.of(shipped_coast())


def _divided(path: list[LonLat]) -> list[LonLat]:
    """The path with points along every leg, from which it can be pulled straighter."""
    out = path[:1]
    for (x0, y0), (x1, y1) in pairwise(path):
        out += [(x0 + (x1 - x0) * k / _PARTS, y0 + (y1 - y0) * k / _PARTS) for k in range(1, _PARTS)]
        out.append((x1, y1))
    return out


def _along(path: Sequence[LonLat], *, by_water: bool) -> Route:
    lon, lat = np.array([p[0] for p in path]), np.array([p[1] for p in path])
    return Route(float(inverse(lon[:-1], lat[:-1], lon[1:], lat[1:])[1].sum()), LineString(path), by_water)


def _graph(lon: Floats, lat: Floats, wet: npt.NDArray[np.bool_], land: BaseGeometry) -> csr_matrix:
    """Steps between water cells, in metres; those that touch land are left out."""
    rows, columns = lon.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    starts, ends = [], []
    for down, right in _MOVES:
        a = (slice(0, rows - down), slice(max(0, -right), columns - max(0, right)))
        b = (slice(down, rows), slice(max(0, right), columns + min(0, right)))
        both = wet[a] & wet[b]
        starts.append(index[a][both])
        ends.append(index[b][both])
    i, j = np.concatenate(starts), np.concatenate(ends)
    x, y = lon.ravel(), lat.ravel()
    near = _near_land(wet & ~_outline(lon, lat, land)).ravel()
    doubtful = np.flatnonzero(near[i] | near[j])
    lines = shapely.linestrings(
        np.stack(
            [np.column_stack([x[i[doubtful]], y[i[doubtful]]]), np.column_stack([x[j[doubtful]], y[j[doubtful]]])],
            axis=1,
        )
    )
    keep = np.ones(len(i), dtype=bool)
    keep[doubtful] = ~shapely.intersects(land, lines)
    i, j = i[keep], j[keep]
    return csr_matrix((distance_m(x[i], y[i], x[j], y[j]), (i, j)), shape=(x.size, x.size))


def _outline(lon: Floats, lat: Floats, land: BaseGeometry) -> npt.NDArray[np.bool_]:
    """Cells that a shore passes through, so that no islet falls between the cells' centres."""
    on_shore = np.zeros(lon.shape, dtype=bool)
    across, up = lon[0, 1] - lon[0, 0], lat[1, 0] - lat[0, 0]
    shore = shapely.get_coordinates(shapely.segmentize(land.boundary, float(up) / 2))
    column = np.rint((shore[:, 0] - lon[0, 0]) / across).astype(int)
    row = np.rint((shore[:, 1] - lat[0, 0]) / up).astype(int)
    inside = (column >= 0) & (column < lon.shape[1]) & (row >= 0) & (row < lon.shape[0])
    on_shore[row[inside], column[inside]] = True
    return on_shore


def _near_land(wet: npt.NDArray[np.bool_], reach: int = 2) -> npt.NDArray[np.bool_]:
    """Cells within a few cells of land."""
    dry = np.pad(~wet, reach)
    near = np.zeros_like(wet)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            near |= dry[down : down + wet.shape[0], right : right + wet.shape[1]]
    return near


def _flat(coast: Coast, lon: Floats, lat: Floats) -> Floats:
    return np.column_stack([lon * np.cos(np.radians((coast.bounds[1] + coast.bounds[3]) / 2)), lat])
