"""Moving or not: Sentinel-2 sees its bands one after the other, and what moves stands elsewhere in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy import ndimage
from shapely import minimum_rotated_rectangle
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Floats
from monitor.core.geodesy import KNOT_MS, WGS84, reproject
from monitor.core.grid import Mask
from monitor.core.scene import Raster

SEEN_AT_S: Mapping[str, float] = MappingProxyType({"B02": 0.0, "B08": 0.264, "B03": 0.527, "B04": 1.005})
"""Seconds after B02 at which a band sees a place, from the mission's handbook; real lags vary by 2 % (Binet 2022)."""

MOVING, STILL = "moving", "not moving"
NOISE_PX, NOISE_LOOKS = 0.2, 4
"""Typical error of one band's place of a hull, and how many degrees of freedom it counts for beside the bands' own
scatter. Paint and deck cargo shift a hull from band to band: at 70 anchored and berthed hulls of Gdynia, Busan,
Algiers and Athens the median scatter about a straight line was 0.07-0.11 px, and 1.1 px at the worst tenth at berth."""
_STUDENT = MappingProxyType({4: (2.132, 2.776), 5: (2.015, 2.571), 6: (1.943, 2.447)})
"""Student's t at 90 and 95 % (two-sided) by degrees of freedom; scipy.stats is slow to load."""
_MOST_KN = 25.0
_SATURATES = 0.25
_WATER = 0.25
"""Share of the darkest surroundings that is water even alongside, where half of them are quay."""
_MARGIN_PX = 8
_LEAST_S = 0.5


@dataclass(frozen=True, slots=True)
class BandMotion:
    """Whether an object moved while the bands were seen.

    `state` is ``moving``, ``not moving`` (no movement seen, and none above 25 kn possible), or "" where it cannot be
    told. `speed_kn` lies within `low_kn`-`high_kn` with 90 % probability, NaN where it cannot be told. `axis_deg` is
    the hull's own, 0-180 clockwise from grid north: which way along it stays open, since neighbouring detectors of
    the instrument see the bands in opposite order.
    """

    state: str
    speed_kn: float
    low_kn: float
    high_kn: float
    axis_deg: float


_NAN = float("nan")
NOT_MEASURABLE = BandMotion("", _NAN, _NAN, _NAN, _NAN)


def band_motion(raster: Raster, outline: BaseGeometry) -> BandMotion:
    """Whether the object in an outline moved between the bands of one observation.

    Parameters
    ----------
    raster : Sentinel-2 in its native bands
        A mosaic or a resampled product has no lag left to see.
    outline : longitude/latitude polygon of the object

    Notes
    -----
    The hull's place along its own axis is read in each band from where it stands out of its surroundings, with bright
    superstructure and cargo counted no more than plain deck; a straight line through the places over time is the
    speed, and the scatter about it (with `NOISE_PX` as what is known before) its doubt. Some 11 kn show in the best
    case. Moving is said at 5 % chance of error. Alongside, the quay's edge cuts the hull and the doubt grows by itself.
    """
    bands = [band for band in SEEN_AT_S if raster.has(band)]
    times = np.array([SEEN_AT_S[band] for band in bands])
    if len(bands) < 2 or np.ptp(times) < _LEAST_S:
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
    freedom = len(times) - 2 + NOISE_LOOKS
    scatter = np.sqrt((float((left**2).sum()) + NOISE_LOOKS * NOISE_PX**2) / freedom)
    to_kn = gsd_m / KNOT_MS
    speed, doubt = abs(slope) * to_kn, float(scatter / np.sqrt(lever)) * to_kn
    ninety, ninety_five = _STUDENT[freedom]
    reach = ninety * doubt
    low, high = max(speed - reach, 0.0), speed + reach
    axis_deg = float(np.degrees(np.arctan2(axis[0], -axis[1])) % 180.0)
    if speed > ninety_five * doubt:
        return BandMotion(MOVING, speed, low, high, axis_deg)
    return BandMotion(STILL, speed, 0.0, high, axis_deg) if high <= _MOST_KN else NOT_MEASURABLE


def _around(raster: Raster, outline: BaseGeometry) -> tuple[Raster | None, Floats]:
    """The pixels around an outline (None where they reach beyond the raster), and its long axis (column, row)."""
    local = minimum_rotated_rectangle(reproject(outline, WGS84, raster.grid.epsg))
    back = ~raster.grid.transform
    corners = np.array([back @ (x, y) for x, y in local.exterior.coords])
    sides = np.diff(corners[:3], axis=0)
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    axis = longest / max(float(np.hypot(longest[0], longest[1])), 1e-9)
    west, north = np.floor(corners.min(axis=0)).astype(int) - _MARGIN_PX
    east, south = np.ceil(corners.max(axis=0)).astype(int) + _MARGIN_PX
    rows, cols = raster.grid.shape
    if west < 0 or north < 0 or south > rows or east > cols:
        return None, axis
    return raster.window(slice(int(north), int(south)), slice(int(west), int(east))), axis


def _place(band: Floats, hull: Mask, near: Mask, ring: Mask, *, along: Floats) -> float | None:
    """Where along its axis what stands out from the surroundings lies, in pixels; None when nothing does.

    `along` is how far along the axis each pixel lies.
    """
    around = band[ring]
    level = _quantile(around, _WATER)
    spread = level - _quantile(around, _WATER / 4.0)
    above = np.where(near, band - level - 3.0 * max(spread, 0.002), 0.0)
    peak = _quantile(above[hull], 0.8)
    if peak < 0.01:
        return None
    weight = np.clip(above / (_SATURATES * peak), 0.0, 1.0)
    return float((weight * along).sum() / weight.sum())


def _quantile(values: Floats, share: float) -> float:
    """`numpy.quantile`, whose checks take longer than a few hundred numbers do."""
    place = share * (values.size - 1)
    low = int(place)
    high = min(low + 1, values.size - 1)
    ordered = np.partition(values, (low, high))
    return float(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
