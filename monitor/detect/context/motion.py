"""Moving or not: Sentinel-2 records its bands one after the other, and what moves is elsewhere in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import ndimage
from shapely import minimum_rotated_rectangle
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats, Mask
from monitor.core.geo.geodesy import KNOT_MS, WGS84, reproject
from monitor.core.scenes.scene import Raster

BAND_TIME_S: Mapping[str, float] = MappingProxyType({"B02": 0.0, "B08": 0.264, "B03": 0.527, "B04": 1.005})
"""Seconds after B02 at which a band records a place, by the mission handbook; real lags vary by 2 % (Binet 2022)."""

MOVING, STILL = "moving", "not moving"
_STUDENT = MappingProxyType({4: (2.132, 2.776), 5: (2.015, 2.571), 6: (1.943, 2.447)})
"""Student's t at 90 and 95 % (two-sided) by degrees of freedom; scipy.stats is slow to load."""


@dataclass(frozen=True, slots=True)
class MotionRule:
    """When the shift of a hull between bands is a movement.

    Attributes
    ----------
    noise_px : float
        Typical error of one band's place of a hull. Paint and deck cargo shift a hull from band to band: at 70 anchored
        and berthed hulls of Gdynia, Busan, Algiers and Athens the median scatter about a straight line was
        0.07–0.11 px, and 1.1 px at the worst tenth at berth.
    noise_freedom : int
        Degrees of freedom that it counts for beside the bands' own scatter.
    most_kn : float
        Where a faster movement is not excluded nothing was measured.
    still_kn : float
        A ship is said not to move only where this speed and any faster one are excluded (chosen).
    saturates : float
        Share of the hull's brightness above which superstructure and cargo count no more than plain deck.
    water : float
        Share of the darkest surroundings that is water even alongside, where half of them are quay.
    margin_px : int
        Surroundings that are read.
    least_s : float
        Least time between the first and the last band.
    """

    noise_px: float = 0.2
    noise_freedom: int = 4
    most_kn: float = 25.0
    still_kn: float = 2.0
    saturates: float = 0.25
    water: float = 0.25
    margin_px: int = 8
    least_s: float = 0.5


MOTION = MotionRule()


@dataclass(frozen=True, slots=True)
class BandMotion:
    """Whether an object moved while the bands were recorded.

    Attributes
    ----------
    state : str
        ``moving``, ``not moving`` (2 kn and more excluded), or "" for cannot tell: 0–18 kn fits a ship at anchor and
        one under way alike.
    speed_kn, low_kn, high_kn : float
        Speed and the bounds of its 90 % interval; NaN where it is not measurable.
    axis_deg : float
        The hull's own, 0–180 clockwise from grid north: which way along it stays open, since neighbouring detectors of
        the instrument record the bands in opposite order.
    """

    state: str
    speed_kn: float
    low_kn: float
    high_kn: float
    axis_deg: float


_NAN = float("nan")
NOT_MEASURABLE = BandMotion(state="", speed_kn=_NAN, low_kn=_NAN, high_kn=_NAN, axis_deg=_NAN)


def band_motion(raster: Raster, outline: BaseGeometry) -> BandMotion:
    """Whether the object in an outline moved between the bands of one observation.

    Parameters
    ----------
    raster : Raster
        Sentinel-2 in its native bands: a mosaic or a resampled product has no lag left.
    outline : BaseGeometry
        Longitude/latitude polygon of the object.

    Notes
    -----
    The hull's place along its own axis is read in each band from where it is brighter than its surroundings, with
    bright superstructure and cargo counted no more than plain deck; a straight line through the places over time is the
    speed, and the scatter about it (with `MotionRule.noise_px` as prior knowledge) its uncertainty. Some 11 kn show in
    the best case, so that hardly any ship can be said not to move. A movement is reported at 5 % probability of error.
    Alongside, the quay's edge cuts the hull and the uncertainty grows by itself. Callers leave out a hull of a raft:
    the bands see the gaps to its neighbours differently, and ships side by side lie still.
    """
    bands = [band for band in BAND_TIME_S if raster.has(band)]
    times = np.array([BAND_TIME_S[band] for band in bands])
    if len(bands) < 2 or np.ptp(times) < MOTION.least_s:
        return NOT_MEASURABLE
    part, axis = _around(raster, outline)
    if part is None:
        return NOT_MEASURABLE
    hull = part.grid.mask(outline)
    if hull.sum() < 3 or not part.valid.all() or (part.cloud is not None and bool((part.cloud & hull).any())):
        return NOT_MEASURABLE
    away = ndimage.distance_transform_cdt(~hull, metric="taxicab")
    near, ring = away <= 2, (away > 3) & (away <= 6)
    rows, cols = np.indices(hull.shape)
    along = cols * axis[0] + rows * axis[1]
    places = [_place(part.band(band).astype(np.float64), hull, near, ring, along=along) for band in bands]
    if any(place is None for place in places):
        return NOT_MEASURABLE
    return _line(times, np.array(places, dtype=np.float64), part.grid.gsd_m, axis)


def _line(times: Floats, places: Floats, gsd_m: float, axis: Floats) -> BandMotion:
    """The speed that a straight line of places (pixels) over times (seconds) amounts to."""
    after = times - times.mean()
    lever = float((after**2).sum())
    slope = float((places * after).sum()) / lever
    left = places - places.mean() - slope * after
    freedom = len(times) - 2 + MOTION.noise_freedom
    scatter = np.sqrt((float((left**2).sum()) + MOTION.noise_freedom * MOTION.noise_px**2) / freedom)
    to_kn = gsd_m / KNOT_MS
    speed, doubt = abs(slope) * to_kn, float(scatter / np.sqrt(lever)) * to_kn
    ninety, ninety_five = _STUDENT[freedom]
    reach = ninety * doubt
    low, high = max(speed - reach, 0.0), speed + reach
    axis_deg = float(np.degrees(np.arctan2(axis[0], -axis[1])) % 180.0)
    if speed > ninety_five * doubt:
        return BandMotion(state=MOVING, speed_kn=speed, low_kn=low, high_kn=high, axis_deg=axis_deg)
    if high > MOTION.most_kn:
        return NOT_MEASURABLE
    state = STILL if high < MOTION.still_kn else ""
    return BandMotion(state=state, speed_kn=speed, low_kn=0.0, high_kn=high, axis_deg=axis_deg)


def _around(raster: Raster, outline: BaseGeometry) -> tuple[Raster | None, Floats]:
    """The pixels around an outline (None where they reach beyond the raster), and its long axis (column, row)."""
    local = minimum_rotated_rectangle(reproject(outline, WGS84, raster.grid.epsg))
    back = ~raster.grid.transform
    corners = np.array([back @ (x, y) for x, y in local.exterior.coords])
    sides = np.diff(corners[:3], axis=0)
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    axis = longest / max(float(np.hypot(longest[0], longest[1])), 1e-9)
    west, north = np.floor(corners.min(axis=0)).astype(int) - MOTION.margin_px
    east, south = np.ceil(corners.max(axis=0)).astype(int) + MOTION.margin_px
    rows, cols = raster.grid.shape
    if west < 0 or north < 0 or south > rows or east > cols:
        return None, axis
    return raster.window(slice(int(north), int(south)), slice(int(west), int(east))), axis


def _place(band: Floats, hull: Mask, near: Mask, ring: Mask, *, along: Floats) -> float | None:
    """Where along its axis what stands out from the surroundings lies, in pixels; None when nothing does.

    `along` is how far along the axis each pixel lies.
    """
    around = band[ring]
    level = _quantile(around, MOTION.water)
    spread = level - _quantile(around, MOTION.water / 4.0)
    above = np.where(near, band - level - 3.0 * max(spread, 0.002), 0.0)
    peak = _quantile(above[hull], 0.8)
    if peak < 0.01:
        return None
    weight = np.clip(above / (MOTION.saturates * peak), 0.0, 1.0)
    return float((weight * along).sum() / weight.sum())


def _quantile(values: Floats, share: float) -> float:
    """`numpy.quantile`, whose checks take longer than a few hundred numbers do."""
    place = share * (values.size - 1)
    low = int(place)
    high = min(low + 1, values.size - 1)
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
