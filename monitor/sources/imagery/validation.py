"""Whether pixels are what was promised; pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import sensor
from monitor.sources.errors import BadResponse, NoData

_TOLERANCE_M = 1e-3


def check_bands(bands: Sequence[str], needed: Sequence[str], *, where: str) -> None:
    """Raise unless every needed band is there, and none twice.

    Parameters
    ----------
    bands : sequence of str
        The bands of a file.
    needed : sequence of str
        Those without which it is refused.
    where : str
        Names the file in the error.

    Raises
    ------
    DataError
        A band is missing, or is there twice.
    """
    missing = [band for band in needed if band not in bands]
    if missing:
        raise DataError(
            f"{where}: band {', '.join(missing)} missing, it has {', '.join(bands) or 'none that is known'}; name the "
            "bands in the file's band descriptions, or give a scene that has them"
        )
    twice = sorted({band for band in bands if list(bands).count(band) > 1})
    if twice:
        raise DataError(f"{where}: band {', '.join(twice)} is there twice; keep one of each")


def check_grid(found: Grid, promised: Grid, *, where: str) -> None:
    """Raise when pixels lie on another grid than was requested (edges within a millimetre).

    Parameters
    ----------
    found : Grid
        Of the response.
    promised : Grid
        Of the request.
    where : str
        Names the response in the error.

    Raises
    ------
    BadResponse
        CRS, size or place differ.
    """
    if found.epsg != promised.epsg:
        raise BadResponse(f"{where}: in EPSG:{found.epsg}, requested was EPSG:{promised.epsg}; nothing was kept")
    if found.shape != promised.shape:
        raise BadResponse(
            f"{where}: {found.shape[1]} × {found.shape[0]} px, "
            f"requested were {promised.shape[1]} × {promised.shape[0]}; nothing was kept"
        )
    shift = np.abs(np.array(found.transform[:6]) - np.array(promised.transform[:6])).max()
    if shift > _TOLERANCE_M:
        raise BadResponse(f"{where}: its pixels are {shift:.3f} m off the requested grid; nothing was kept")


def check_archivable(raster: Raster, sensor_id: str, *, where: str) -> None:
    """Raise unless a raster may be archived for a sensor.

    Parameters
    ----------
    raster : Raster
        Over an AOI.
    sensor_id : str
        ``s2`` or ``s1``.
    where : str
        Names the scene in the error.

    Raises
    ------
    DataError
        Bands or the number format are not the sensor's.
    NoData
        No pixel is valid, or every valid one is zero: an empty picture is not an observation.
    """
    kind = sensor(sensor_id)
    known = [band for band in raster.bands if band in kind.bands]
    if not known or len(known) != len(raster.bands):
        raise DataError(f"{where}: bands {', '.join(raster.bands)} are not {kind.name}'s {', '.join(kind.bands)}")
    if str(raster.data.dtype) not in kind.dtypes:
        raise DataError(f"{where}: numbers are {raster.data.dtype}, {kind.name} is kept as {' or '.join(kind.dtypes)}")
    if not raster.valid.any():
        raise NoData(f"{where}: no valid pixel over the AOI; not observed, so nothing was archived")
    if not raster.data[:, raster.valid].any():
        raise NoData(f"{where}: every pixel over the AOI is zero; not observed, so nothing was archived")
