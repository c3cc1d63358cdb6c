"""A quay with ships of known presence, as radar and optical observations, made here and now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine
from scipy import ndimage
from shapely.geometry import Polygon, box

from monitor.core.aoi import Aoi, Zone
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS
from monitor.core.tables import COVERAGE, DETECTIONS
from monitor.detect.berths.profiles import berth_profiles

EPSG, X, Y = 32652, 600_000.0, 4_670_000.0
ROWS, COLS, FINE = 60, 80, 5
GRID = Grid(EPSG, Affine(10, 0, X, 0, -10, Y), (ROWS, COLS))
START = datetime(2023, 8, 1, 2, tzinfo=UTC)
QUAY_M = 200.0
"""The quay's edge lies this far from the western edge of the grid; land is west of it."""


def lonlat(west: float, north: float, east: float, south: float) -> Polygon:
    """A rectangle in metres east and south of the grid's corner."""
    return reproject(box(X + west, Y - south, X + east, Y - north), EPSG, WGS84)


def port(shift_m: float = 0.0) -> Aoi:
    """One berth of 300 m at the quay, its strip of 45 m drawn `shift_m` off."""
    strip = lonlat(QUAY_M + shift_m, 150, QUAY_M + 45 + shift_m, 450)
    water = Zone("water", "water", "Water", lonlat(QUAY_M + shift_m, 0, 800, 600))
    return Aoi("rajin", "Rajin", GRID.footprint(), (water, Zone("b1", "berth", "Berth 1", strip)), EPSG)


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One observation and what was there: the ship's northern end in metres south of the corner, None for no ship."""

    acquisition: Acquisition
    raster: Raster
    ship_at_m: float | None


def _fine(ship_at_m: float | None, length_m: float, beam_m: float, off_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Land and ship on a grid of 2 m."""
    land = np.zeros((ROWS * FINE, COLS * FINE), dtype=bool)
    land[:, : int(QUAY_M / 2)] = True
    ship = np.zeros_like(land)
    if ship_at_m is not None:
        first, west = int(ship_at_m / 2), int((QUAY_M + off_m) / 2)
        ship[first : first + int(length_m / 2), west : west + int(beam_m / 2)] = True
    return land, ship


def _coarse(fine: np.ndarray) -> np.ndarray:
    return fine.reshape(ROWS, FINE, COLS, FINE).mean(axis=(1, 3))


def radar(rng: np.random.Generator, ship_at_m: float | None, *, length_m: float = 115.0) -> Raster:
    """Sea, quay and ship as Sentinel-1 sees them: 20 × 22 m resolution, 4.4 looks, cranes that change a
    little.
    """
    land, ship = _fine(ship_at_m, length_m, 18.0, float(rng.uniform(0, 6)))
    clutter = np.random.default_rng(7).gamma(0.7, 1 / 0.7, land.shape)
    power = np.where(land, 10**-0.2 * clutter * rng.gamma(8, 1 / 8, land.shape), 10 ** (rng.uniform(-22, -14) / 10))
    power = np.where(ship, 10 ** (rng.normal(3, 1.5) / 10) * rng.gamma(1.0, 1.0, land.shape), power)
    blurred = _coarse(ndimage.gaussian_filter(power, (22 / 2.355 / 2, 20 / 2.355 / 2)))
    bands = [blurred * scale * rng.gamma(4.4, 1 / 4.4, blurred.shape) for scale in (1.0, 0.2)]
    return Raster(np.stack(bands).astype(np.float32), S1_BANDS, np.ones(GRID.shape, bool), GRID)


def optical(
    rng: np.random.Generator, ship_at_m: float | None, *, length_m: float = 115.0, sun: float = 1.0, ice: bool = False
) -> Raster:
    """Sea, quay and ship in reflectance; `sun` dims what is lit, `ice` whitens the water in the visible."""
    land, ship = _fine(ship_at_m, length_m, 18.0, float(rng.uniform(0, 6)))
    sea = np.array([0.45, 0.45, 0.42, 0.30, 0.03] if ice else [0.06, 0.05, 0.035, 0.02, 0.012])
    hull = np.array([0.17, 0.16, 0.17, 0.16, 0.15]) * rng.uniform(0.8, 1.3) * sun
    haze = rng.uniform(0, 0.02)
    pixels = []
    for band in range(5):
        ground = np.where(land, 0.22 * sun, sea[band])
        scene = np.where(ship, hull[band], ground)
        shifted = ndimage.shift(ndimage.gaussian_filter(scene, 2.5), rng.normal(0, 1.5, 2), order=1, mode="nearest")
        pixels.append(_coarse(shifted) + haze + rng.normal(0, 0.004, GRID.shape))
    return Raster(np.stack(pixels).astype(np.float32), S2_BANDS, np.ones(GRID.shape, bool), GRID)


def season(
    sensor: str, *, observations: int, share: float, seed: int = 0, length_m: float = 115.0, winter: bool = False
) -> list[Observation]:
    """Observations six days apart at a quay that is occupied a `share` of them; stays of one to four observations."""
    rng = np.random.default_rng(seed)
    out: list[Observation] = []
    stay, at = 0, None
    for number in range(observations):
        if stay == 0:
            at = float(rng.uniform(155, 440 - length_m)) if rng.random() < share else None
            stay = int(rng.integers(1, 4))
        stay -= 1
        instant = START + timedelta(days=6 * number)
        acquisition = Acquisition(
            f"{sensor}-{number:03d}", "rajin", sensor, "x", instant, instant, GRID.footprint(), 54, "descending"
        )
        if sensor == "s1":
            raster = radar(rng, at, length_m=length_m)
        else:
            cold = winter and number > observations // 2
            raster = optical(rng, at, length_m=length_m, sun=0.5 if cold else 1.0, ice=cold and number % 3 == 0)
        out.append(Observation(acquisition, raster, at))
    return out


def profiles(observations: list[Observation], aoi: Aoi) -> pd.DataFrame:
    """Every observation's BERTH_PROFILES."""
    return pd.concat([berth_profiles(x.acquisition, x.raster, aoi) for x in observations], ignore_index=True)


def coverage(observations: list[Observation], state: str = "observed") -> pd.DataFrame:
    """The berth was seen at every observation."""
    return COVERAGE.conform(
        pd.DataFrame(
            {
                "scene_id": [x.acquisition.id for x in observations],
                "aoi_id": "rajin",
                "acquired_at": [pd.Timestamp(x.acquisition.acquired_at) for x in observations],
                "sensor": [x.acquisition.sensor for x in observations],
                "zone_id": "b1",
                "kind": "berth",
                "state": state,
                "observed_fraction": 1.0,
                "reason": "",
            }
        )
    )


def detections(observations: list[Observation], scores: list[float | None], *, length_m: float = 115.0) -> pd.DataFrame:
    """A vessel where the ship lies (or at the berth's north end) wherever a score is given."""
    found = [(x, s) for x, s in zip(observations, scores, strict=True) if s is not None]
    if not found:
        return DETECTIONS.empty()
    at = [x.ship_at_m if x.ship_at_m is not None else 160.0 for x, _ in found]
    table = gpd.GeoDataFrame(
        {
            "detection_id": [f"{x.acquisition.id}-v" for x, _ in found],
            "scene_id": [x.acquisition.id for x, _ in found],
            "aoi_id": "rajin",
            "acquired_at": [pd.Timestamp(x.acquisition.acquired_at) for x, _ in found],
            "sensor": [x.acquisition.sensor for x, _ in found],
            "class_name": "vessel",
            "score": [s for _, s in found],
            "length_m": length_m,
            "length_low_m": length_m - 25,
            "length_high_m": length_m + 25,
            "axis_deg": 0.0,
            "area_m2": np.nan,
            "zone": "berth",
            "zone_id": "b1",
            "detector": "t",
        },
        geometry=[lonlat(QUAY_M + 2, a, QUAY_M + 20, a + length_m) for a in at],
        crs=WGS84,
    )
    return DETECTIONS.conform(table)


def clouded(observation: Observation) -> Observation:
    """The same observation under a cloud."""
    return replace(observation, raster=replace(observation.raster, cloud=np.ones(GRID.shape, bool)))
