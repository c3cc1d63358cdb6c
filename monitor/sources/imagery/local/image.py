"""Standalone GeoTIFFs, not of any archive, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S1_BANDS, S2_BANDS, SENSORS
from monitor.sources.imagery.local.geotiff import GeoTiffHeader, read_geotiff_header
from monitor.sources.imagery.local.item import Sidecar, read_sidecar
from monitor.sources.imagery.naming import read_name

UNKNOWN_START = datetime(1970, 1, 1, tzinfo=UTC)
"""Start and end of an acquisition whose instant is unknown."""

_CACHE_MB = 128
"""GDAL would keep a twentieth of the memory for blocks that are read once."""
_GUESSES: Mapping[int, tuple[str, ...]] = {5: S2_BANDS, 4: S2_BANDS[:4], 3: ("B04", "B03", "B02")}


def read_image(path: Path, *, sensor: str = "s2") -> tuple[Acquisition, Raster]:
    """The whole of one GeoTIFF, as stored, with instant and platform from its name and a STAC item beside it.

    Bands without descriptions are taken by their number: five are B02 B03 B04 B08 B11, four the first four of them,
    three red, green, blue. An acquisition whose instant is unknown starts and ends at 1970-01-01.

    Raises
    ------
    DataError
        The file is missing, damaged, without CRS or in one without metres, or its bands cannot be identified.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    header, sidecar = read_geotiff_header(path), read_sidecar(path)
    bands = _bands(header, sensor)
    if header.epsg is None:
        raise DataError(f"{path}: its CRS has no EPSG code; warp it to a UTM zone with gdalwarp -t_srs EPSG:326xx")
    grid = Grid(header.epsg, *header.grid)
    if grid.gsd_m < 0.01:
        raise DataError(
            f"{path}: pixels in degrees (EPSG:{header.epsg}); warp it to UTM with gdalwarp -t_srs EPSG:326xx"
        )
    wanted = [band for band in SENSORS[sensor].bands if band in bands]
    try:
        with rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS", GDAL_CACHEMAX=_CACHE_MB), rasterio.open(path) as source:
            data = source.read([bands.index(band) + 1 for band in wanted])
    except RasterioError as error:
        raise DataError(f"{path}: its pixels cannot be read ({error}); replace it with a whole one") from error
    valid = _valid(data, header.nodata)
    if not valid.any():
        raise DataError(f"{path}: every pixel is no-data; there is nothing to detect in")
    scale, offset = _scale(header, sidecar, sensor)
    raster = Raster(
        data=data,
        bands=tuple(wanted),
        valid=valid,
        grid=grid,
        cloud=None,
        scale=scale,
        offset=offset,
        tags=dict(header.tags),
    )
    return _acquisition(path, header, sidecar, sensor), raster


def _bands(header: GeoTiffHeader, sensor: str) -> tuple[str, ...]:
    if sensor not in SENSORS:
        raise DataError(f"{sensor!r} is no sensor: use one of {', '.join(SENSORS)}")
    known = SENSORS[sensor].bands
    if any(band in known for band in header.bands):
        return header.bands
    if any(band for band in header.bands):
        raise DataError(f"{header.path}: its bands {', '.join(header.bands)} are none of {', '.join(known)}")
    count = len(header.bands)
    if sensor == "s1" and count <= 2:
        return S1_BANDS[:count]
    if sensor == "s2" and count in _GUESSES:
        return _GUESSES[count]
    raise DataError(
        f"{header.path}: {count} bands without names; name them in the band descriptions ({', '.join(known)})"
    )


def _valid(data: npt.NDArray[np.generic], nodata: float | None) -> npt.NDArray[np.bool_]:
    seen = np.zeros(data.shape[1:], dtype=bool)
    for band in np.asarray(data):  # one at a time: a whole tile has 600 million numbers
        if band.dtype.kind == "f":
            seen |= np.isfinite(band) & (band != (0.0 if nodata is None or np.isnan(nodata) else nodata))
        else:
            seen |= band != (0 if nodata is None else nodata)
    return seen


def _scale(header: GeoTiffHeader, sidecar: Sidecar | None, sensor: str) -> tuple[float, float]:
    if header.scale is not None:
        return header.scale, header.offset or 0.0
    if sidecar is not None and sidecar.scale is not None:
        return sidecar.scale, sidecar.offset or 0.0
    return SENSORS[sensor].scale, 0.0


def _acquisition(path: Path, header: GeoTiffHeader, sidecar: Sidecar | None, sensor: str) -> Acquisition:
    start, end, name, platform = UNKNOWN_START, UNKNOWN_START, path.stem, ""
    try:
        named = read_name(path.stem)
        start, end, platform = named.start, named.end, named.platform or ""
    except DataError:
        pass
    if sidecar is not None:
        name, platform = sidecar.id or name, sidecar.platform or platform
        if sidecar.start is not None and sidecar.end is not None:
            start, end = sidecar.start, sidecar.end
    return Acquisition(
        id=name,
        aoi_id="",
        sensor=sensor,
        platform=platform,
        start=start,
        end=end,
        footprint=header.footprint,
        source="image",
        simulated="SIMULATED" in header.tags or (sidecar is not None and sidecar.simulated),
    )
