"""Where the image should show each vessel that AIS knows of."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from shapely import contains_xy
from shapely.geometry.base import BaseGeometry

from monitor.ais.tracks import track_at
from monitor.core.columns import floats, require
from monitor.core.geo.geodesy import destination
from monitor.core.scenes.scene import Acquisition, Scene
from monitor.core.tables import DIMENSIONS, TRACK_POINTS
from monitor.fuse.matching.azimuth_shift import RadarGeometry, image_shift_m, sentinel1_geometry
from monitor.fuse.matching.likelihood import nearest_fix_s

IMAGE_COLUMNS = ("image_lon", "image_lat", "image_doubt_m", "shift_m", *DIMENSIONS)


def acquisition_of(scene: Acquisition | Scene) -> Acquisition:
    """The overpass of a scene, or the overpass itself."""
    return scene.acquisition if isinstance(scene, Scene) else scene


def observed_area(scene: Acquisition | Scene) -> BaseGeometry:
    """Longitude/latitude area whose pixels were observed: the grid's within the footprint."""
    footprint = acquisition_of(scene).footprint
    return footprint.intersection(scene.grid.footprint()) if isinstance(scene, Scene) else footprint


def around(positions: pd.DataFrame, instant: pd.Timestamp, hours: float) -> pd.DataFrame:
    """The positions within so many hours of an instant, as they stand.

    Parameters
    ----------
    positions : POSITIONS table
        In any order; only the time decides.
    instant : Timestamp
        UTC.
    hours : float
        Before and after, both ends included.

    Raises
    ------
    DataError
        A column of ``mmsi, t, lon, lat`` is missing.
    """
    require(positions, ("mmsi", "t", "lon", "lat"), "positions")
    if positions.empty:
        return positions
    reach = timedelta(hours=hours)
    return positions[(positions["t"] >= instant - reach) & (positions["t"] <= instant + reach)]


def radar_geometry(acquisition: Acquisition) -> RadarGeometry | None:
    """How radar saw the AOI; None for optical scenes, or when the orbit's direction is not known."""
    if acquisition.sensor != "s1" or acquisition.orbit_state is None:
        return None
    return sentinel1_geometry(acquisition.orbit_state, float(acquisition.footprint.centroid.y))


def vessels_at(
    positions: pd.DataFrame,
    scene: Acquisition | Scene,
    *,
    observation: RadarGeometry | None = None,
    within_h: float = 12.0,
) -> pd.DataFrame:
    """TRACK_POINTS at the scene's instant, with where the image should show the antenna of each vessel.

    Parameters
    ----------
    positions : POSITIONS table
        Needs ``mmsi, t, lon, lat``; the rest is used where present.
    scene : Acquisition or Scene
        Gives the instant and its doubt, and for radar the orbit.
    observation : RadarGeometry, optional
        For radar, where incidence and course are known; else they come from the orbit.
    within_h : float
        Vessels whose nearest fix is further in time are left out.

    Returns
    -------
    TRACK_POINTS table
        With `IMAGE_COLUMNS`: ``image_lon``, ``image_lat`` (degrees), what radar adds to the place and to its standard
        error (``shift_m``, ``image_doubt_m``; 0 for optics), and the dimensions where sent. One row a vessel; empty
        when nothing was received.
    """
    acquisition = acquisition_of(scene)
    instant = pd.Timestamp(acquisition.acquired_at)
    near = around(positions, instant, within_h)
    points = track_at(near, acquisition.acquired_at) if len(near) else TRACK_POINTS.empty()
    points = points[nearest_fix_s(points) <= within_h * 3600.0].reset_index(drop=True)
    sizes = [column for column in ("length_m", *DIMENSIONS) if column in near]
    sent = near.groupby("mmsi")[sizes].last()
    for column in ("length_m", *DIMENSIONS):
        points[column] = points["mmsi"].map(sent.get(column, {})).astype(np.float64)
    observation = observation or radar_geometry(acquisition)
    return _imaged(points, observation)


def _imaged(points: pd.DataFrame, observation: RadarGeometry | None) -> pd.DataFrame:
    if observation is None:
        still = np.zeros(len(points))
        return points.assign(image_lon=points["lon"], image_lat=points["lat"], image_doubt_m=still, shift_m=still)
    sog = floats(points, "sog_kn")
    shift = image_shift_m(sog, floats(points, "cog_deg"), observation)
    lon, lat = destination(
        floats(points, "lon"), floats(points, "lat"), np.full(len(points), observation.course_deg), shift
    )
    per_knot = np.abs(
        image_shift_m(np.ones(len(points)), np.full(len(points), observation.course_deg + 90.0), observation)
    )
    motion = per_knot * np.where(np.isfinite(sog), 0.05 * sog, 2.0)
    doubt = np.hypot(observation.doubt * shift, motion)
    return points.assign(image_lon=lon, image_lat=lat, image_doubt_m=doubt, shift_m=shift)


def inside(points: pd.DataFrame, area: BaseGeometry) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(n,) bool: vessels whose place in the image lies within a longitude/latitude area."""
    if points.empty or area.is_empty:
        return np.zeros(len(points), dtype=bool)
    return np.asarray(contains_xy(area, floats(points, "image_lon"), floats(points, "image_lat")), dtype=bool)
