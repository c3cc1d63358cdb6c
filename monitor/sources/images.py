"""Loose GeoTIFFs, outside any archive: read them, and run a detector on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from rasterio.errors import RasterioError
from rasterio.features import shapes as trace
from shapely import union_all
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from monitor.core.errors import DataError
from monitor.core.geodesy import WGS84, reproject
from monitor.core.grid import Grid
from monitor.core.instants import isoformat
from monitor.core.scene import Acquisition, Raster
from monitor.core.sensors import S1_BANDS, S2_BANDS, SENSORS
from monitor.core.tables import DETECTIONS
from monitor.detect.apply import detect
from monitor.detect.base import Detector
from monitor.sources.geotiff import Header, read_header
from monitor.sources.names import read_name
from monitor.sources.sidecar import Sidecar, read_sidecar

_GUESSES: Mapping[int, tuple[str, ...]] = {5: S2_BANDS, 4: S2_BANDS[:4], 3: ("B04", "B03", "B02")}
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def read_image(path: Path, *, sensor: str = "s2") -> tuple[Acquisition, Raster]:
    """The whole of one GeoTIFF, as stored, with what its name and a STAC item beside it say of when and where.

    Bands without descriptions are taken by their number: five are B02 B03 B04 B08 B11, four the first four of them,
    three red, green, blue. An acquisition whose instant nobody says starts and ends at 1970-01-01.

    Raises
    ------
    DataError
        The file is missing, damaged, without CRS or in one without metres, or its bands cannot be told.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    header, sidecar = read_header(path), read_sidecar(path)
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
        with rasterio.open(path) as source:
            data = source.read([bands.index(band) + 1 for band in wanted])
    except RasterioError as error:
        raise DataError(f"{path}: its pixels cannot be read ({error}); replace it with a whole one") from error
    valid = _valid(data, header.nodata)
    if not valid.any():
        raise DataError(f"{path}: every pixel is no-data; there is nothing to look at")
    scale, offset = _scale(header, sidecar, sensor)
    raster = Raster(data, tuple(wanted), valid, grid, None, scale, offset, dict(header.tags))
    return _acquisition(path, header, sidecar, sensor), raster


def _bands(header: Header, sensor: str) -> tuple[str, ...]:
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


def _scale(header: Header, sidecar: Sidecar | None, sensor: str) -> tuple[float, float]:
    if header.scale is not None:
        return header.scale, header.offset or 0.0
    if sidecar is not None and sidecar.scale is not None:
        return sidecar.scale, sidecar.offset or 0.0
    return SENSORS[sensor].scale, 0.0


def _acquisition(path: Path, header: Header, sidecar: Sidecar | None, sensor: str) -> Acquisition:
    start, end, name, platform = _UNKNOWN, _UNKNOWN, path.stem, ""
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
        name, "", sensor, platform, start, end, header.footprint, source="image",
        simulated="SIMULATED" in header.tags or (sidecar is not None and sidecar.simulated),
    )  # fmt: skip


def detect_images(
    paths: Sequence[Path], detector: Detector, *, sensor: str = "s2", land: BaseGeometry | None = None,
    weights_sha256: str = "",
) -> dict[str, object]:  # fmt: skip
    """A GeoJSON FeatureCollection (RFC 7946) of what a detector finds in loose GeoTIFFs.

    Parameters
    ----------
    paths : GeoTIFFs, each a scene
    land : longitude/latitude geometry, optional
        Where land is known to be; water is the rest of each image.

    Returns
    -------
    dict
        The collection, with foreign members `observed` (footprint of valid pixels), `observed_fraction` (of the
        images' area), `detector`, `weights_sha256`, `software`.

    Raises
    ------
    DataError
        A file is not readable; the message names it.
    DetectorError
        Its pixels do not fit the detector.
    """
    tables, seen, valid, pixels = [], [], 0, 0
    when: dict[str, Acquisition] = {}
    for path in paths:
        acquisition, raster = read_image(path, sensor=sensor)
        when[acquisition.id] = acquisition
        water = raster.grid.footprint().difference(land) if land is not None else None
        tables.append(detect(raster, acquisition, detector, water=water))
        seen.append(observed(raster))
        valid, pixels = valid + int(raster.valid.sum()), pixels + raster.valid.size
    filled = [table for table in tables if len(table)]
    table = pd.concat(filled, ignore_index=True) if filled else DETECTIONS.empty()
    return {
        "type": "FeatureCollection",
        "features": features(table, when),
        "observed": mapping(_wound(union_all(seen))),
        "observed_fraction": round(valid / max(pixels, 1), 6),
        "detector": detector.key,
        "weights_sha256": weights_sha256,
        "software": f"maritime-monitor {_version()}",
    }


def _version() -> str:
    try:
        return version("maritime-monitor")
    except PackageNotFoundError:
        return "unknown"


def observed(raster: Raster) -> BaseGeometry:
    """The footprint of a raster's valid pixels in longitude and latitude, without gaps below 25 pixels."""
    mask = raster.valid.astype(np.uint8)
    if mask.all():
        return raster.grid.footprint()
    parts = [shape(geometry) for geometry, value in trace(mask, transform=raster.grid.transform) if value == 1]
    gsd = raster.grid.gsd_m
    whole = union_all([Polygon(part.exterior, _holes(part, 25 * gsd**2)) for part in parts]).simplify(gsd / 2)
    return reproject(whole, raster.grid.epsg, WGS84)


def _holes(part: Polygon, least_m2: float) -> list[list[tuple[float, ...]]]:
    return [list(ring.coords) for ring in part.interiors if Polygon(ring).area >= least_m2]


def _wound(geometry: BaseGeometry) -> BaseGeometry:
    """Outer rings anticlockwise, as RFC 7946 wants."""
    if isinstance(geometry, Polygon):
        return orient(geometry)
    parts = [orient(part) for part in getattr(geometry, "geoms", []) if isinstance(part, Polygon)]
    return type(geometry)(parts)


def features(detections: pd.DataFrame, acquisitions: Mapping[str, Acquisition]) -> list[dict[str, object]]:
    """GeoJSON features of a DETECTIONS table, coordinates to 1e-7 degrees.

    `acquired_at` is null when the instant is not known to a minute; what is known stands in `acquired_start` and
    `acquired_end`.
    """
    out = []
    for row in detections.itertuples():
        rounded = json.loads(json.dumps(mapping(_wound(row.geometry))), parse_float=lambda text: round(float(text), 7))
        when = acquisitions[row.scene_id]
        known = when.start != _UNKNOWN
        out.append(
            {
                "type": "Feature", "geometry": rounded,
                "properties": {
                    "detection_id": row.detection_id, "class_name": row.class_name, "score": row.score,
                    "length_m": _number(row.length_m), "length_low_m": _number(row.length_low_m),
                    "length_high_m": _number(row.length_high_m), "axis_deg": _number(row.axis_deg),
                    "area_m2": _number(row.area_m2), "zone": row.zone, "scene_id": row.scene_id,
                    "acquired_at": isoformat(when.acquired_at) if known and when.is_exact else None,
                    "acquired_start": isoformat(when.start) if known else None,
                    "acquired_end": isoformat(when.end) if known else None,
                    "motion": row.motion or "not measurable", "speed_low_kn": _number(row.speed_low_kn),
                    "speed_high_kn": _number(row.speed_high_kn), "detector": row.detector,
                },
            }
        )  # fmt: skip
    return out


def _number(value: float) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 1)


def write_collection(collection: Mapping[str, object], out: Path) -> None:
    """Write a collection in one step: the file is whole or not there."""
    temporary = out.with_name(f".{out.name}.part")
    temporary.write_text(json.dumps(collection, allow_nan=False), encoding="utf-8")
    temporary.replace(out)
