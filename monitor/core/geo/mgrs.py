"""The military grid reference (MGRS) of a place."""

from __future__ import annotations

from math import floor

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import UTM_NORTH_DEG, UTM_SOUTH_DEG, WGS84, transformer, utm_epsg

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"


def mgrs(lon: float, lat: float, *, digits: int = 4) -> str:
    """``52TEM 23412 75210``: the MGRS square and the place in it, cut (not rounded) to a power of ten metres.

    Parameters
    ----------
    lon, lat : float
        Degrees on WGS 84.
    digits : int
        Of easting and northing each; 5 is a metre, 4 ten metres.

    Raises
    ------
    DataError
        The place lies outside 80° S to 84° N, where MGRS uses another grid.
    """
    if not UTM_SOUTH_DEG <= lat < UTM_NORTH_DEG:
        raise DataError(f"latitude {lat}: MGRS squares of UTM end at 80° S and 84° N; give the place in degrees")
    epsg = utm_epsg(lon, lat)
    zone = epsg % 100
    east, north = transformer(WGS84, epsg).transform(lon, lat)
    band = _BANDS[min(int((lat - UTM_SOUTH_DEG) // 8), 19)]
    column = _COLUMNS[(zone - 1) % 3][floor(east / 100_000) - 1]
    row = _ROWS[(floor(north / 100_000) + (0 if zone % 2 else 5)) % 20]
    step = 10 ** (5 - digits)
    inside = [f"{floor(value % 100_000 / step):0{digits}d}" for value in (east, north)]
    return f"{zone}{band}{column}{row} {' '.join(inside)}"
