"""Profiles of land: the reflectance of each cell and track at one observation, stored so that it has a past."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.arrays import Floats, Ints, Pixels
from monitor.core.geo.geodesy import transformer
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import sensor
from monitor.core.schema import UTC, Column, Schema
from monitor.detect.land.layout import Places, has_land, layout

BANDS = ("B02", "B03", "B04", "B08", "B11", "B12")
CLEAR, CLOUD, NO_DATA, SNOW, WATER = range(5)
"""What a place showed; only `CLEAR` is compared with its past."""
SNOW_INDEX, SNOW_GREEN, SNOW_INFRARED = 0.2, 0.15, 0.11
"""Least NDSI, B03 and B08 of a place with snow: the wider of Sen2Cor's two NDSI thresholds, since snow in patches hides
ground too, and Hall's near infrared (as for ice)."""
WATER_INFRARED = 0.11
"""Most B08 of a place under water, where NDSI is as high as that of snow."""
ABSENT = -32768
_UNIT = 1e4

LAND_PROFILES = Schema(
    name="land_profiles",
    text=(
        "Reflectance of the land of a place at an observation: cells of its ground and of its surroundings, and of "
        "each rail and open-storage zone, one row a part. Numbers are packed, since a depot has 10 000 cells; "
        "`detect.land.layout` says where each lies."
    ),
    columns={
        "scene_id": Column("str", "", "Id of the scene."),
        "aoi_id": Column("str", "", "Id of the AOI."),
        "zone_id": Column("str", "", 'Id of the rail or open-storage zone, "" for ground.'),
        "part": Column("str", "", "ground | around | track | lot."),
        "acquired_at": Column(UTC, "UTC", "When the scene was acquired."),
        "sensor": Column("str", "", "Sensor of the scene: s2 | landsat."),
        "bands": Column("str", "", "Names of the bands, separated by spaces."),
        "places": Column("int64", "", "Places of the part."),
        "values": Column("object", "", "int16 (band, place) little-endian, reflectance × 10 000; none: −32768."),
        "flags": Column("object", "", "uint8 (place,): 0 clear, 1 cloud or its shadow, 2 no data, 3 snow, 4 water."),
    },
    key=("scene_id", "part", "zone_id"),
    time=("acquired_at", "acquired_at"),
)


def land_profiles(acquisition: Acquisition, raster: Raster, aoi: Aoi) -> pd.DataFrame:
    """LAND_PROFILES of one observation; none without land zones, and none of a sensor whose numbers have no past.

    Parameters
    ----------
    acquisition : Acquisition
    raster : Raster
        Optical, in reflectance, of a sensor that flies its tracks again; at least B04 and B08.
    aoi : Aoi
    """
    kind = sensor(acquisition.sensor)
    bands = tuple(band for band in BANDS if raster.has(band))
    if kind.repeat_days is None or not kind.optical or raster.is_picture or not has_land(aoi):
        return LAND_PROFILES.empty()
    if not {"B04", "B08"} <= set(bands):
        return LAND_PROFILES.empty()
    rows = []
    for places in layout(aoi):
        values, flags = _sampled(places, raster, bands, epsg=aoi.epsg)
        rows.append(
            {
                "scene_id": acquisition.id,
                "aoi_id": aoi.id,
                "zone_id": places.zone_id,
                "part": places.part,
                "acquired_at": pd.Timestamp(acquisition.acquired_at),
                "sensor": acquisition.sensor,
                "bands": " ".join(bands),
                "places": len(places.xy),
                "values": _packed(values),
                "flags": flags.astype(np.uint8).tobytes(),
            }
        )
    return LAND_PROFILES.conform(pd.DataFrame(rows)) if rows else LAND_PROFILES.empty()


def unpacked(values: bytes, bands: int) -> Pixels:
    """(band, place) float32 reflectance of a row's `values`; NaN for none.

    Parameters
    ----------
    values : bytes
        As the column `values`.
    bands : int
        How many.
    """
    raw = np.frombuffer(values, dtype="<i2").reshape(bands, -1)
    made = raw.astype(np.float32) / np.float32(_UNIT)
    made[raw == ABSENT] = np.nan
    return made


def _packed(values: Pixels) -> bytes:
    whole = np.clip(np.rint(np.nan_to_num(values, nan=0.0) * _UNIT), -32000, 32000)
    return np.where(np.isnan(values), ABSENT, whole).astype("<i2").tobytes()


def _sampled(
    places: Places, raster: Raster, bands: tuple[str, ...], *, epsg: int
) -> tuple[Pixels, npt.NDArray[np.integer]]:
    """Values (band, place) and flags (place,) of one part."""
    row, col, inside = _pixels(_points(places, raster.grid.gsd_m), raster, epsg)
    hidden = np.full(inside.shape, NO_DATA)
    at = (row[inside], col[inside])
    cloudy = np.zeros(len(at[0]), dtype=bool) if raster.cloud is None else raster.cloud[at]
    hidden[inside] = np.where(~raster.valid[at], NO_DATA, np.where(cloudy, CLOUD, CLEAR))
    worst = hidden.max(axis=1)
    values = np.full((len(bands), len(worst)), np.nan, dtype=np.float32)
    for number, band in enumerate(bands):
        seen = np.full(inside.shape, np.nan, dtype=np.float32)
        seen[inside] = _stored(raster, band, at)
        values[number] = seen.mean(axis=1)
    values[:, worst > CLEAR] = np.nan
    return values, np.where(worst == CLEAR, _surface(values, bands), worst)


def _points(places: Places, gsd_m: float) -> Floats:
    """(place, sample, 2) the points whose pixels make up each cell."""
    number = int(np.clip(round(places.side_m / gsd_m), 1, 7))
    step = (np.arange(number) - (number - 1) / 2) * places.side_m / number
    grid = np.stack(np.meshgrid(step, step), axis=-1).reshape(-1, 2)
    made: Floats = places.xy[:, None] + grid[None]
    return made


def _pixels(points: Floats, raster: Raster, epsg: int) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Row and column of the pixel under each point, and whether the raster has it."""
    x, y = points[..., 0], points[..., 1]
    if epsg != raster.grid.epsg:
        x, y = transformer(epsg, raster.grid.epsg).transform(x, y)
    back = ~raster.grid.transform
    col = np.floor(back.a * x + back.b * y + back.c).astype(np.int64)
    row = np.floor(back.d * x + back.e * y + back.f).astype(np.int64)
    rows, cols = raster.grid.shape
    return row, col, (row >= 0) & (row < rows) & (col >= 0) & (col < cols)


def _stored(raster: Raster, band: str, at: tuple[Ints, Ints]) -> Pixels:
    """Reflectance of a band at some pixels; the rest of the band is not converted."""
    made: Pixels = raster.data[raster.bands.index(band)][at].astype(np.float32) * np.float32(raster.scale)
    return made + np.float32(raster.offset)


def _surface(values: Pixels, bands: tuple[str, ...]) -> npt.NDArray[np.integer]:
    """Whether snow or water covers each place; clear where the bands cannot show it."""
    if not {"B03", "B08", "B11"} <= set(bands):
        return np.zeros(values.shape[1], dtype=int)
    green, infrared, shortwave = (values[bands.index(name)] for name in ("B03", "B08", "B11"))
    with np.errstate(invalid="ignore", divide="ignore"):
        wet = (green - shortwave) / (green + shortwave) > SNOW_INDEX
    snow = wet & (green > SNOW_GREEN) & (infrared > SNOW_INFRARED)
    water = wet & (infrared < WATER_INFRARED)
    return np.where(snow, SNOW, np.where(water, WATER, CLEAR))
