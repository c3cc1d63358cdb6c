"""How far the shore is, anywhere: the world's land coarsely, the ports' own coast finely."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from monitor.ais.sea.routes import shipped_coast
from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import METRES_PER_NAUTICAL_MILE, distance_m

_WORLD = "land_50m.json.gz"
_STEP_DEG = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Shore:
    """Points along a shore, two kilometres apart at most, and the land behind it."""

    lon: Floats
    lat: Floats
    tree: cKDTree
    land: tuple[BaseGeometry, ...]

    @classmethod
    def of(cls, *land: BaseGeometry) -> Shore:
        """The shore of some land, EPSG:4326.

        Raises
        ------
        DataError
            There is no land.
        """
        lines = [shapely.segmentize(part.boundary, _STEP_DEG) for part in land if not part.is_empty]
        if not lines:
            raise DataError("land: there is none; give a geometry with an area")
        place = shapely.get_coordinates(lines)
        for part in land:
            shapely.prepare(part)
        return cls(place[:, 0], place[:, 1], cKDTree(_unit(place[:, 0], place[:, 1])), land)

    def nmi(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Nautical miles from places to the nearest shore: 0 on land, NaN where there is no place.

        Within about a mile: the shore's points are two kilometres apart and the world's land is of 1:50 million.
        """
        x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
        out = np.full(len(x), np.nan)
        known = np.isfinite(x) & np.isfinite(y)
        if not known.any():
            return out
        _, index = self.tree.query(_unit(x[known], y[known]))
        miles = distance_m(x[known], y[known], self.lon[index], self.lat[index]) / METRES_PER_NAUTICAL_MILE
        ashore = np.zeros(len(miles), dtype=bool)
        for part in self.land:
            ashore |= shapely.contains_xy(part, x[known], y[known])
        out[known] = np.where(ashore, 0.0, miles)
        return out


@lru_cache(maxsize=1)
def shipped_shore() -> Shore:
    """The shore of the whole world, with that between the Tumen mouth, Rajin and Nakhodka to about 100 m.

    Natural Earth's land of 1:50 million (public domain, naturalearthdata.com, by way of world-atlas 2.0.2), its lines
    simplified by 0.02°, and `ais.sea.routes.shipped_coast`. Fit for the 50 nautical miles of a rule, not for
    navigation.
    """
    packed = files("monitor.ais").joinpath("data", _WORLD).read_bytes()
    return Shore.of(shape(json.loads(gzip.decompress(packed))), shipped_coast().land)


def _unit(lon: Floats, lat: Floats) -> Floats:
    a, b = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(b) * np.cos(a), np.cos(b) * np.sin(a), np.sin(b)])
