"""Where radar shows a moving ship: off its place, along the satellite's course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import KNOT_MS

EARTH_RADIUS_M = 6_371_000.0
SENTINEL1_HEIGHT_M = 693_000.0
SENTINEL1_SPEED_MS = 7_590.0
SENTINEL1_INCLINATION_DEG = 98.18
MID_SWATH_INCIDENCE_DEG = 38.0
_ROTATION_RAD_S = 7.2921e-5
_INERTIAL_SPEED_MS = 7_512.0
"""Along the orbit, the earth's turning left out: √(GM / (R + h))."""
_STILL_KN = 0.5
_ROUNDS = 12
"""Steps by which the latitude below the satellite is found; each leaves less than a fifth of the error."""


@dataclass(frozen=True, slots=True)
class RadarGeometry:
    """How a right-looking radar saw a place.

    Attributes
    ----------
    course_deg : float
        Course along which the image of the place runs (`satellite_course_deg`), clockwise from true north.
    incidence_deg : float
        Incidence at the place, from the ellipsoid's normal.
    slant_range_m : float
        Distance from antenna to place.
    speed_ms : float
        The satellite's speed.
    doubt : float
        Relative doubt of metres per knot: 0.02 when the incidence is known, 0.15 when mid-swath stands for it.
    """

    course_deg: float
    incidence_deg: float
    slant_range_m: float
    speed_ms: float = SENTINEL1_SPEED_MS
    doubt: float = 0.02


def azimuth_shift(
    sog_kn: npt.ArrayLike,
    cog_deg: npt.ArrayLike,
    *,
    satellite_course_deg: npt.ArrayLike,
    incidence_deg: npt.ArrayLike,
    slant_range_m: npt.ArrayLike,
    satellite_speed_ms: npt.ArrayLike,
) -> Floats:
    """Metres by which a moving ship's image lies ahead of the ship along the satellite's course.

    Positive is forward, with the satellite; add it to the AIS position to get the place in the image. Arguments
    broadcast; the result has their common shape (0-d for scalars). NaN speed or course gives NaN.

    Parameters
    ----------
    sog_kn, cog_deg : array of float
        The ship's speed, and course over ground clockwise from true north.
    satellite_course_deg : array of float
        At the ship (see the function of this name), clockwise from true north.
    incidence_deg : array of float
        At the ship, from the ellipsoid's normal.
    slant_range_m : array of float
        Distance from antenna to ship.
    satellite_speed_ms : array of float
        Along the orbit.

    Notes
    -----
    For a right-looking radar the speed away from it is ``v_r = SOG sin(COG - course) sin(incidence)``, and the image
    moves by ``-R v_r / V``: a ship that recedes is imaged behind its place, one that approaches ahead of it.
    Sentinel-1 gives 27–47 m a knot of ground-range speed over its swath.
    """
    away = np.deg2rad(np.asarray(cog_deg, dtype=np.float64) - np.asarray(satellite_course_deg, dtype=np.float64))
    across = np.sin(np.deg2rad(np.asarray(incidence_deg, dtype=np.float64)))
    receding_ms = np.asarray(sog_kn, dtype=np.float64) * KNOT_MS * np.sin(away) * across
    reach = np.asarray(slant_range_m, dtype=np.float64) / np.asarray(satellite_speed_ms, dtype=np.float64)
    return np.asarray(-reach * receding_ms)


def image_shift_m(sog_kn: npt.ArrayLike, cog_deg: npt.ArrayLike, observation: RadarGeometry) -> Floats:
    """`azimuth_shift` for one observation.

    Zero for ships that lie still (under half a knot) or whose motion is unknown.

    Parameters
    ----------
    sog_kn, cog_deg : array of float
        The ships' speed and course over ground.
    observation : RadarGeometry
        How the radar saw the place; one for all ships.
    """
    sog = np.asarray(sog_kn, dtype=np.float64)
    shift = azimuth_shift(
        sog,
        cog_deg,
        satellite_course_deg=observation.course_deg,
        incidence_deg=observation.incidence_deg,
        slant_range_m=observation.slant_range_m,
        satellite_speed_ms=observation.speed_ms,
    )
    return np.where((sog >= _STILL_KN) & np.isfinite(shift), shift, 0.0)


def slant_range_m(incidence_deg: float, *, height_m: float = SENTINEL1_HEIGHT_M) -> float:
    """Distance from the antenna to the ground in metres, on a sphere, from the incidence there."""
    incidence = np.deg2rad(incidence_deg)
    nadir = np.arcsin(EARTH_RADIUS_M / (EARTH_RADIUS_M + height_m) * np.sin(incidence))
    return float(EARTH_RADIUS_M * np.sin(incidence - nadir) / np.sin(nadir))


def satellite_course_deg(orbit_state: str, lat: float, *, incidence_deg: float = MID_SWATH_INCIDENCE_DEG) -> float:
    """Course along which Sentinel-1's image of a place runs, in degrees clockwise from true north at that place.

    Parameters
    ----------
    orbit_state : {"ascending", "descending"}
        Of the pass.
    lat : float
        Latitude of the place in degrees.
    incidence_deg : float
        At the place; 0 gives the track on the ground below the satellite.

    Raises
    ------
    DataError
        `orbit_state` is neither ``ascending`` nor ``descending``, or the orbit does not reach the latitude.

    Notes
    -----
    A place is seen when it lies abeam to the right of the satellite's course over the turning earth, and what lies at
    one range runs at right angles to the line of sight. That line meets the meridian of the place at another angle
    than the meridian below the satellite, some 400 to 700 km away: 3 to 5 degrees at 42 degrees north. On a sphere
    and a circular orbit; Sentinel-1 is steered to zero Doppler.
    """
    if orbit_state not in ("ascending", "descending"):
        raise DataError(f"orbit state {orbit_state!r} is neither 'ascending' nor 'descending'")
    across = np.deg2rad(incidence_deg) - _look_rad(incidence_deg)
    below = np.deg2rad(lat)
    for _ in range(_ROUNDS):
        course = _course_rad(orbit_state, float(below), lat)
        reached = np.arcsin(np.sin(below) * np.cos(across) - np.cos(below) * np.sin(across) * np.sin(course))
        below = below + np.deg2rad(lat) - reached
    course = _course_rad(orbit_state, float(below), lat)
    ray_east = np.cos(below) * np.cos(course)
    ray_north = -np.sin(below) * np.sin(across) - np.cos(below) * np.cos(across) * np.sin(course)
    return float(np.rad2deg(np.arctan2(-ray_north, ray_east)) % 360.0)


def _course_rad(orbit_state: str, below_rad: float, lat: float) -> float:
    """The satellite's course over the turning earth, at the latitude below it."""
    east = np.cos(np.deg2rad(SENTINEL1_INCLINATION_DEG)) / np.cos(below_rad)
    if abs(east) > 1.0:
        raise DataError(f"latitude {lat:.2f} lies beyond the reach of an orbit of {SENTINEL1_INCLINATION_DEG}°")
    north_ms = _INERTIAL_SPEED_MS * np.sqrt(1.0 - east**2) * (1.0 if orbit_state == "ascending" else -1.0)
    turning_ms = _ROTATION_RAD_S * (EARTH_RADIUS_M + SENTINEL1_HEIGHT_M) * np.cos(below_rad)
    return float(np.arctan2(_INERTIAL_SPEED_MS * east - turning_ms, north_ms))


def _look_rad(incidence_deg: float) -> float:
    """Angle at the antenna between nadir and a place, on a sphere."""
    ratio = EARTH_RADIUS_M / (EARTH_RADIUS_M + SENTINEL1_HEIGHT_M)
    return float(np.arcsin(ratio * np.sin(np.deg2rad(incidence_deg))))


def sentinel1_geometry(orbit_state: str, lat: float, *, incidence_deg: float | None = None) -> RadarGeometry:
    """How Sentinel-1 saw a latitude; without an incidence mid-swath stands for it, with the doubt that this brings.

    Parameters
    ----------
    orbit_state : {"ascending", "descending"}
        Of the pass.
    lat : float
        Latitude of the place in degrees.
    incidence_deg : float, optional
        At the place.

    Raises
    ------
    DataError
        See `satellite_course_deg`.
    """
    incidence = MID_SWATH_INCIDENCE_DEG if incidence_deg is None else incidence_deg
    doubt = 0.15 if incidence_deg is None else 0.02
    course = satellite_course_deg(orbit_state, lat, incidence_deg=incidence)
    return RadarGeometry(course, incidence, slant_range_m(incidence), doubt=doubt)
