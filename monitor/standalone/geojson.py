"""What a detector finds in standalone images, as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from rasterio.features import shapes as trace
from shapely import union_all
from shapely.geometry import Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.timerange import isoformat
from monitor.detect.base import Detector
from monitor.detect.context.motion import BandMotion
from monitor.detect.objects import Objects, find_objects
from monitor.io.atomic import write_bytes
from monitor.sources.imagery.local.image import UNKNOWN_START

_LEAST_HOLE_PX = 25
"""Smaller gaps in an image do not show in its footprint; chosen."""


def collection(
    observations: Iterable[tuple[Acquisition, Raster]],
    detector: Detector,
    *,
    land: BaseGeometry | None = None,
    weights_sha256: str = "",
) -> dict[str, object]:
    """A GeoJSON FeatureCollection (RFC 7946) of what a detector finds in scenes, one after the other.

    Parameters
    ----------
    observations : iterable of tuple of Acquisition and Raster
        Each with its pixels.
    detector : Detector
        Runs on each raster.
    land : BaseGeometry, optional
        Where land is known to be, in EPSG:4326; water is the rest of each image.
    weights_sha256 : str, optional
        Goes into the collection.

    Returns
    -------
    dict
        The collection, with foreign members `observed` (footprint of valid pixels), `observed_fraction` (of the
        images' area), `detector`, `weights_sha256`, `software`.

    Raises
    ------
    DetectorError
        The pixels do not fit the detector.
    """
    found: list[dict[str, object]] = []
    areas, valid, pixels = [], 0, 0
    for acquisition, raster in observations:
        water = raster.grid.footprint().difference(land) if land is not None else None
        objects = find_objects(raster, acquisition, detector, water=water)
        found += features(objects, acquisition, detector.key)
        areas.append(valid_footprint(raster))
        valid, pixels = valid + int(np.count_nonzero(raster.valid)), pixels + raster.valid.size
    return {
        "type": "FeatureCollection",
        "features": found,
        "observed": mapping(_wound(union_all(areas))),
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


def valid_footprint(raster: Raster) -> BaseGeometry:
    """The footprint of a raster's valid pixels in longitude and latitude, without gaps below `_LEAST_HOLE_PX`."""
    mask = raster.valid.view(np.uint8)
    if mask.all():
        return raster.grid.footprint()
    parts = [shape(geometry) for geometry, value in trace(mask, transform=raster.grid.transform) if value == 1]
    gsd = raster.grid.gsd_m
    whole = union_all([Polygon(part.exterior, _holes(part, _LEAST_HOLE_PX * gsd**2)) for part in parts]).simplify(
        gsd / 2
    )
    return reproject(whole, raster.grid.epsg, WGS84)


def _holes(part: Polygon, least_m2: float) -> list[list[tuple[float, ...]]]:
    return [list(ring.coords) for ring in part.interiors if Polygon(ring).area >= least_m2]


def _wound(geometry: BaseGeometry) -> BaseGeometry:
    """Outer rings anticlockwise, as in RFC 7946."""
    if isinstance(geometry, Polygon):
        return orient(geometry)
    parts = [orient(part) for part in getattr(geometry, "geoms", []) if isinstance(part, Polygon)]
    return type(geometry)(parts)


def features(objects: Objects, acquisition: Acquisition, detector: str) -> list[dict[str, object]]:
    """GeoJSON features of what was found in one scene, coordinates to 1e-7 degrees.

    `acquired_at` is null when the instant is not known to a minute; `acquired_start` and `acquired_end` hold what is
    known.

    Parameters
    ----------
    objects : Objects
        Found in the scene.
    acquisition : Acquisition
        Of the scene.
    detector : str
        Key of the detector.
    """
    known = acquisition.start != UNKNOWN_START
    when = {
        "scene_id": acquisition.id,
        "acquired_at": isoformat(acquisition.acquired_at) if known and acquisition.is_exact else None,
        "acquired_start": isoformat(acquisition.start) if known else None,
        "acquired_end": isoformat(acquisition.end) if known else None,
    }
    boxes = objects.boxes
    return [
        {
            "type": "Feature",
            "geometry": _rounded(objects.shapes[row]),
            "properties": {
                "detection_id": objects.ids[row],
                "class_name": boxes.class_name[row],
                "score": float(boxes.score[row].round(4)),
                "length_m": _number(boxes.length_m[row]),
                "length_low_m": _number(boxes.length_low_m[row]),
                "length_high_m": _number(boxes.length_high_m[row]),
                "width_m": _number(boxes.width_m[row]),
                "abreast_low": int(boxes.abreast_low[row]),
                "abreast_high": int(boxes.abreast_high[row]),
                "axis_deg": _number(objects.axis_deg[row]),
                "area_m2": _number(objects.area_m2[row]),
                "zone": objects.zone[row],
                **when,
                **_moving(objects.motion[row]),
                "detector": detector,
                "weights_sha256": boxes.weights_sha256,
            },
        }
        for row in range(len(objects))
    ]


def _moving(motion: BandMotion) -> dict[str, object]:
    low, high = _number(motion.low_kn), _number(motion.high_kn)
    return {"motion": motion.state or "cannot tell", "speed_low_kn": low, "speed_high_kn": high}


def _rounded(geometry: BaseGeometry) -> dict[str, object]:
    """A GeoJSON geometry with coordinates to 1e-7 degrees."""
    document = mapping(_wound(geometry))
    return {**document, "coordinates": _to_7(document["coordinates"])}


def _to_7(value: object) -> object:
    return [_to_7(part) for part in value] if isinstance(value, (list, tuple)) else round(float(value), 7)  # type: ignore[arg-type]


def _number(value: float) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 1)


def write_collection(collection: Mapping[str, object], out: Path) -> None:
    """Write a collection in one step: the file is whole or not there.

    Raises
    ------
    ArchiveError
        The file cannot be written.
    """
    write_bytes(out, json.dumps(collection, allow_nan=False).encode())
