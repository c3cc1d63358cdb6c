"""Measures on the WGS 84 ellipsoid, and the way to a scene's UTM zone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Geod, Proj, Transformer
from shapely import transform
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats
from monitor.core.errors import DataError

METRES_PER_NAUTICAL_MILE = 1852.0
KNOT_MS = METRES_PER_NAUTICAL_MILE / 3600.0
WGS84 = 4326
"""EPSG code of longitude and latitude, in which geometry leaves a module."""
UTM_SOUTH_DEG, UTM_NORTH_DEG = -80.0, 84.0
"""Latitudes at which the UTM grid ends."""
_GEOD = Geod(ellps="WGS84")


def _flat(*values: npt.ArrayLike) -> tuple[list[Floats], tuple[int, ...]]:
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in values))
    return [np.ascontiguousarray(a).ravel() for a in arrays], arrays[0].shape


def inverse(
    lon0: npt.ArrayLike, lat0: npt.ArrayLike, lon1: npt.ArrayLike, lat1: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Azimuth and geodesic distance from places 0 to places 1.

    Parameters
    ----------
    lon0, lat0, lon1, lat1 : float or array of float
        Degrees; they broadcast. The antimeridian is no border.

    Returns
    -------
    tuple of array of float
        Degrees at 0, 0–360 clockwise from true north, and metres; NaN where a coordinate is.
    """
    flat, shape = _flat(lon0, lat0, lon1, lat1)
    azimuth, _, distance = _GEOD.inv(*flat)
    known = np.isfinite(np.sum(flat, axis=0))
    azimuth = np.where(known, np.mod(azimuth, 360.0), np.nan)
    return azimuth.reshape(shape), np.where(known, distance, np.nan).reshape(shape)


def distance_m(lon0: npt.ArrayLike, lat0: npt.ArrayLike, lon1: npt.ArrayLike, lat1: npt.ArrayLike) -> Floats:
    """Geodesic distance in metres from places 0 to places 1.

    Parameters
    ----------
    lon0, lat0, lon1, lat1 : float or array of float
        Degrees; they broadcast. NaN gives NaN.
    """
    return inverse(lon0, lat0, lon1, lat1)[1]


def azimuth_deg(lon0: npt.ArrayLike, lat0: npt.ArrayLike, lon1: npt.ArrayLike, lat1: npt.ArrayLike) -> Floats:
    """Azimuth at places 0 of the geodesic to places 1, degrees 0–360 clockwise from true north.

    Parameters
    ----------
    lon0, lat0, lon1, lat1 : float or array of float
        Degrees; they broadcast. NaN gives NaN.
    """
    return inverse(lon0, lat0, lon1, lat1)[0]


def destination(
    lon: npt.ArrayLike, lat: npt.ArrayLike, azimuth: npt.ArrayLike, distance: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Longitude and latitude reached along a geodesic.

    Parameters
    ----------
    lon, lat : float or array of float
        Where it begins, degrees; all four broadcast.
    azimuth : float or array of float
        Degrees at the beginning, clockwise from true north.
    distance : float or array of float
        Metres; negative goes the other way.
    """
    flat, shape = _flat(lon, lat, azimuth, distance)
    lon1, lat1, _ = _GEOD.fwd(*flat)
    return np.asarray(lon1).reshape(shape), np.asarray(lat1).reshape(shape)


def area_m2(geometry: BaseGeometry) -> float:
    """Area of a longitude/latitude polygon on the ellipsoid, square metres; 0 for lines and points."""
    return abs(float(_GEOD.geometry_area_perimeter(geometry)[0])) if not geometry.is_empty else 0.0


def utm_epsg(lon: float, lat: float) -> int:
    """EPSG code of the WGS 84 / UTM zone that holds a place, with the exceptions off Norway and Svalbard.

    Raises
    ------
    DataError
        The latitude lies outside UTM (80° S to 84° N).
    """
    if not (UTM_SOUTH_DEG <= lat <= UTM_NORTH_DEG and -180.0 <= lon <= 180.0):
        raise DataError(f"({lon:.4f}, {lat:.4f}) lies outside UTM: longitude -180..180, latitude -80..84")
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    if 56.0 <= lat < 64.0 and 3.0 <= lon < 12.0:
        zone = 32
    elif lat >= 72.0 and 0.0 <= lon < 42.0:
        zone = 31 + 2 * int((lon + 3.0) // 12.0)
    return (32600 if lat >= 0 else 32700) + zone


@lru_cache(maxsize=64)
def transformer(from_epsg: int, to_epsg: int) -> Transformer:
    """A cached pyproj transformer, always x (east) before y (north)."""
    return Transformer.from_crs(from_epsg, to_epsg, always_xy=True)


def reproject(geometry: BaseGeometry, from_epsg: int, to_epsg: int) -> BaseGeometry:
    """The geometry in another CRS.

    Parameters
    ----------
    geometry : BaseGeometry
        Moved vertex by vertex: long edges are not densified.
    from_epsg, to_epsg : int
        EPSG codes; x is east and y north in both.
    """
    if from_epsg == to_epsg:
        return geometry
    change = transformer(from_epsg, to_epsg)

    def move(xy: Floats) -> Floats:
        return np.column_stack(change.transform(xy[:, 0], xy[:, 1]))

    return transform(geometry, move)


@lru_cache(maxsize=64)
def _projection(epsg: int) -> Proj:
    return Proj(CRS.from_epsg(epsg))


def convergence_deg(lon: float, lat: float, epsg: int) -> float:
    """Meridian convergence: grid north minus true north at a place, degrees clockwise.

    A direction of `a` degrees clockwise from grid north is ``a + convergence`` from true north.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    epsg : int
        Of the grid.
    """
    return float(_projection(epsg).get_factors(lon, lat).meridian_convergence)
