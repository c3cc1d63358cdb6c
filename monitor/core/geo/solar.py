"""Where the sun stood."""

from __future__ import annotations

from datetime import datetime
from typing import overload

import numpy as np
import numpy.typing as npt
import pandas as pd

_J2000 = pd.Timestamp(2000, 1, 1, 12)
_DAYS_PER_CENTURY = 36525.0


@overload
def sun_elevation_deg(lon: float, lat: float, at: datetime) -> float: ...
@overload
def sun_elevation_deg(lon: npt.ArrayLike, lat: npt.ArrayLike, at: pd.DatetimeIndex) -> npt.NDArray[np.float64]: ...
def sun_elevation_deg(
    lon: npt.ArrayLike, lat: npt.ArrayLike, at: datetime | pd.DatetimeIndex
) -> float | npt.NDArray[np.float64]:
    """Elevation of the sun's centre above the horizon in degrees, without refraction; negative at night.

    Parameters
    ----------
    lon, lat : float or array of float
        Degrees east and north; broadcast against `at`.
    at : datetime or pd.DatetimeIndex
        With a time zone, any.

    Returns
    -------
    float or array of float
        A number for one instant, an array of the length of `at` for several.

    Notes
    -----
    The series of NOAA's solar calculator (after J. Meeus, *Astronomical Algorithms*, 2nd ed., ch. 25), good to about
    0.01° between 1900 and 2100. Kept here instead of a dependency: forty lines, and arrays in one call.
    """
    instants = pd.DatetimeIndex([at] if isinstance(at, datetime) else at)
    days = (instants.tz_convert("UTC").tz_localize(None) - _J2000) / pd.Timedelta(days=1)
    d = np.asarray(days, dtype=np.float64)
    declination, equation_of_time_min = _coordinates(d / _DAYS_PER_CENTURY)
    minutes = np.mod((d - 0.5) % 1.0 * 1440.0 + equation_of_time_min + 4.0 * np.asarray(lon, dtype=np.float64), 1440.0)
    hour_angle = np.radians(minutes / 4.0 - 180.0)
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    sine = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
    elevation = np.asarray(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))), dtype=np.float64)
    return float(elevation[0]) if isinstance(at, datetime) else elevation


def _coordinates(c: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Declination in radians and equation of time in minutes, at Julian centuries since J2000."""
    mean_longitude = np.radians(np.mod(280.46646 + c * (36000.76983 + 0.0003032 * c), 360.0))
    anomaly = np.radians(np.mod(357.52911 + c * (35999.05029 - 0.0001537 * c), 360.0))
    eccentricity = 0.016708634 - c * (0.000042037 + 0.0000001267 * c)
    centre = np.radians(
        np.sin(anomaly) * (1.914602 - c * (0.004817 + 0.000014 * c))
        + np.sin(2 * anomaly) * (0.019993 - 0.000101 * c)
        + np.sin(3 * anomaly) * 0.000289
    )
    node = np.radians(125.04 - 1934.136 * c)
    longitude = mean_longitude + centre - np.radians(0.00569 + 0.00478 * np.sin(node))
    obliquity = np.radians(
        23.0 + (26.0 + (21.448 - c * (46.815 + c * (0.00059 - c * 0.001813))) / 60.0) / 60.0 + 0.00256 * np.cos(node)
    )
    y = np.tan(obliquity / 2) ** 2
    equation_of_time_min = 4 * np.degrees(
        y * np.sin(2 * mean_longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * mean_longitude)
        - 0.5 * y * y * np.sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    return np.arcsin(np.sin(obliquity) * np.sin(longitude)), equation_of_time_min
