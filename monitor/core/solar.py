"""Where the sun stood."""

from __future__ import annotations

from datetime import UTC, datetime
from math import asin, atan2, cos, degrees, radians, sin

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAY_S = 86400.0


def sun_elevation_deg(lon: float, lat: float, at: datetime) -> float:
    """Elevation of the sun's centre above the horizon in degrees, without refraction; negative at night.

    Parameters
    ----------
    lon, lat : degrees east and north
    at : aware instant

    Notes
    -----
    Low-precision solar coordinates of the Astronomical Almanac (page C5): good to 0.02° between 1950 and 2050.
    """
    days = (at.astimezone(UTC) - _J2000).total_seconds() / _DAY_S
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = radians(357.528 + 0.9856003 * days)
    ecliptic = radians(mean_longitude + 1.915 * sin(anomaly) + 0.020 * sin(2.0 * anomaly))
    tilt = radians(23.439 - 4e-7 * days)
    declination = asin(sin(tilt) * sin(ecliptic))
    ascension = atan2(cos(tilt) * sin(ecliptic), cos(ecliptic))
    sidereal = 280.46062 + 360.98564737 * days
    hour_angle = radians(sidereal + lon) - ascension
    height = sin(radians(lat)) * sin(declination) + cos(radians(lat)) * cos(declination) * cos(hour_angle)
    return degrees(asin(max(-1.0, min(1.0, height))))
