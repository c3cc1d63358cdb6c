"""Profiles of berths: a few numbers every 20 m along the quay, stored so that a berth has a past."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from shapely import minimum_rotated_rectangle
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi, Zone
from monitor.core.arrays import Mask
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.core.schema import UTC, Column, Schema
from monitor.detect.context.water import shows_water, water_mask

BIN_M = 20.0
FEATURES = ("near_infrared", "shortwave", "vv_db", "vh_db")

BERTH_PROFILES = Schema(
    name="berth_profiles",
    text=(
        "A few numbers for each 20 m of a berth at an observation. Those of one viewing are comparable. Optical "
        "ones are above the open water of the same observation, radar ones above it with a floor added: wind "
        "changes the water and not what stands at the berth. NaN where the observation has no such band or did "
        "not see the bin, and in near infrared where ice outshines any hull."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "berth_id": Column("str", "", "Id of the berth."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | s1 | planet | hires | a free name."),
        "viewing": Column("str", "", 'Sensor, relative orbit and direction, "?" for what is unknown.'),
        "bin": Column("int64", "", "Number of the bin along the quay, from 0."),
        "along_m": Column("float64", "m", "Distance of the bin's middle from the beginning of the quay."),
        "clear": Column("float64", "", "Share of the bin's pixels that was seen clear, 0–1."),
        "near_infrared": Column("float64", "", "Reflectance in B08 above that of the open water."),
        "shortwave": Column("float64", "", "Reflectance in B11 above that of the open water."),
        "vv_db": Column("float64", "dB", "Sigma nought in VV above that of the open water, with a floor."),
        "vh_db": Column("float64", "dB", "Sigma nought in VH above that of the open water, with a floor."),
    },
    key=("scene_id", "berth_id", "bin"),
    time=("acquired_at", "acquired_at"),
)

_BANDS: Mapping[str, str] = {"near_infrared": "B08", "shortwave": "B11", "vv_db": "VV", "vh_db": "VH"}
_FLOOR: Mapping[str, float] = {"vv_db": 0.02, "vh_db": 0.004}
_ICE_INFRARED = 0.15
_OPTICAL = frozenset({"near_infrared", "shortwave"})


def viewing(acquisition: Acquisition) -> str:
    """Sensor, relative orbit and direction in one word; ``?`` for what is not known."""
    orbit = "?" if acquisition.relative_orbit is None else str(acquisition.relative_orbit)
    return f"{acquisition.sensor}-{orbit}-{acquisition.orbit_state or '?'}"


def berth_profiles(acquisition: Acquisition, raster: Raster, aoi: Aoi) -> pd.DataFrame:
    """BERTH_PROFILES of one observation: every berth of the port, in bins along its quay; none of a pointed satellite.

    Parameters
    ----------
    acquisition : Acquisition
    raster : Raster
        A berth outside it has bins with ``clear`` 0.
    aoi : Aoi

    Notes
    -----
    A sensor that flies no track again sees a quay from another side each time, and numbers of 8 bit are stretched anew
    for each picture: neither has a past to compare with.

    Nothing is masked by land: permanent structures are in every observation, and the comparison with the berth's own
    past removes them.
    """
    if sensor(acquisition.sensor).repeat_days is None or raster.is_picture:
        return BERTH_PROFILES.empty()
    clear = raster.valid if raster.cloud is None else raster.valid & ~raster.cloud
    shown = aoi.has_berths and (aoi.water is not None or shows_water(raster))
    wet = water_mask(raster, water=aoi.water) & clear if shown else clear
    levels = {name: _level(raster, band, wet) for name, band in _BANDS.items() if raster.has(band)}
    rows = [
        pd.DataFrame(
            {
                "scene_id": acquisition.id,
                "aoi_id": aoi.id,
                "berth_id": berth.id,
                "acquired_at": pd.Timestamp(acquisition.acquired_at),
                "sensor": acquisition.sensor,
                "viewing": viewing(acquisition),
                **_bins(berth, raster, clear, levels=levels),
            }
        )
        for berth in aoi.berths
    ]
    return BERTH_PROFILES.conform(pd.concat(rows, ignore_index=True)) if rows else BERTH_PROFILES.empty()


def _level(raster: Raster, band: str, wet: Mask) -> npt.NDArray[np.float32]:
    """A band above the open water of the same observation."""
    values = raster.band(band)
    if not wet.any():
        return values
    if band == "B08" and np.median(values[wet]) > _ICE_INFRARED:
        return np.full_like(values, np.nan)
    return values - np.float32(np.median(values[wet]))


def _bins(
    berth: Zone, raster: Raster, clear: Mask, *, levels: Mapping[str, npt.NDArray[np.float32]]
) -> dict[str, npt.NDArray[np.generic]]:
    origin, axis, length = _quay(reproject(berth.geometry, WGS84, raster.grid.epsg), berth.azimuth_deg)
    count = max(1, round(length / BIN_M))
    rows, cols = np.nonzero(raster.grid.mask(berth.geometry))
    x, y = raster.grid.xy(rows + 0.5, cols + 0.5)
    along = (x - origin[0]) * axis[0] + (y - origin[1]) * axis[1]
    where = np.clip((along / length * count).astype(int), 0, count - 1)
    observed = clear[rows, cols]
    whole = max(float(berth_pixels(berth.geometry, raster)) / count, 1.0)
    inside = np.bincount(where, observed, count)
    out: dict[str, npt.NDArray[np.generic]] = {
        "bin": np.arange(count),
        "along_m": (np.arange(count) + 0.5) * length / count,
        "clear": np.minimum(inside / np.maximum(np.bincount(where, minlength=count), 0.5 * whole), 1.0),
    }
    for name in FEATURES:
        values = np.full(count, np.nan)
        if name in levels:
            total = np.bincount(where, np.where(observed, levels[name][rows, cols], 0.0), count)
            np.divide(total, inside, out=values, where=inside > 0)
            if name not in _OPTICAL:
                values = 10.0 * np.log10(np.maximum(values, 0.0) + _FLOOR[name])
        out[name] = values
    return out


def berth_pixels(geometry: BaseGeometry, raster: Raster) -> float:
    """How many pixels of the raster's size a longitude/latitude polygon holds, inside its grid or not."""
    return float(reproject(geometry, WGS84, raster.grid.epsg).area) / raster.grid.gsd_m**2


def _quay(local: BaseGeometry, azimuth_deg: float | None) -> tuple[tuple[float, float], tuple[float, float], float]:
    """Where the quay begins, its unit direction and length, in the grid's CRS.

    The strip's long side, or the side nearest to the zone's own azimuth where it has one.
    """
    corners = np.array(minimum_rotated_rectangle(local).exterior.coords)[:3]
    sides = np.diff(corners, axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    pick = int(np.argmax(lengths))
    if azimuth_deg is not None and lengths.max() < 2.0 * lengths.min():
        toward = np.array([np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg))])
        pick = int(np.argmax(np.abs(sides @ toward) / lengths))
    unit = sides[pick] / lengths[pick]
    points = np.array(minimum_rotated_rectangle(local).exterior.coords)
    start = float((points @ unit).min())
    origin = unit * start
    return (float(origin[0]), float(origin[1])), (float(unit[0]), float(unit[1])), float(lengths[pick])
