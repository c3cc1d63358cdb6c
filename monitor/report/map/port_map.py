"""The interactive map of a port as data: newest clear picture as base, layers above it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from affine import Affine
from PIL import Image
from rasterio.crs import CRS
from rasterio.warp import Resampling, reproject, transform_bounds

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.errors import ArchiveError
from monitor.core.geo.geodesy import WGS84
from monitor.core.geo.geodesy import reproject as reproject_shape
from monitor.core.scenes.scene import Raster
from monitor.io.geojson import json_value
from monitor.report.map.layers import TRACK_DAYS, land, layers
from monitor.report.page.blocks import MapView, Picture
from monitor.report.page.style import Rgb
from monitor.report.page.wording import when
from monitor.report.render.html import data_uri
from monitor.report.tiles.frames import Frame
from monitor.report.tiles.observations import Observation
from monitor.report.tiles.studio import Studio
from monitor.report.tiles.tile import stamp

_MERCATOR = CRS.from_epsg(3857)
_LONGEST_PX = 1100
_BERTHS_M, _AROUND_DEG = 300.0, 0.25
_MOST_OBSERVATIONS, _LEAST_SHARE = 5, 0.002
_ABOUT_SHIPS = (
    f"Detections are those of {{at}} alone, by AIS status. Tracks are of the last {TRACK_DAYS} days; those of other "
    "craft, gaps with the area a ship could have been in, and cloud can be switched on. No ship is known to have "
    "sailed the straight lines that join the ends of a gap."
)


def port_map(
    studio: Studio, observation: Observation, frame: Frame, *, earlier: Sequence[Observation] = ()
) -> MapView | None:
    """A map of one observation at a port with the period's tracks and gaps; None without pixels.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observation : Observation
        The pass that is shown.
    frame : Frame
        What the picture shows.
    earlier : sequence of Observation, optional
        Observations of the same sensor, newest first.
        Where cloud hides the observation itself, the base picture is filled from the first of these that is clear
        there.
    """
    raster = studio.cut(observation.scene_id, frame)
    if raster is None or observation.acquisition is None:
        return None
    colour, valid, used = composite(studio, (observation, *earlier), frame)
    if studio.given.simulated or observation.acquisition.simulated:
        colour = stamp(colour)
    picture, bounds = mercator(colour, replace(raster, valid=valid))
    at, name = when(observation.acquisition), studio.aoi.name or studio.aoi.id
    filled = ", ".join(when(k.acquisition) for k in used[1:] if k.acquisition is not None)
    west, south, east, north = bounds
    ground, credit = land((west - _AROUND_DEG, south - _AROUND_DEG, east + _AROUND_DEG, north + _AROUND_DEG))
    made = {
        "image": data_uri(picture),
        "bounds": [[south, west], [north, east]],
        "base": f"Picture of {at}" + (", cloud filled" if filled else ""),
        "layers": [layer.document() for layer in layers(studio, observation, raster)],
        "home": home(studio.aoi) or [[south, west], [north, east]],
        "land": list(ground.features),
        "credit": credit,
    }
    start, keys = "berths" if studio.aoi.has_berths else "whole place", ", Tab goes from mark to mark"
    shown, ships = "detections by AIS status, berths, tracks and gaps", f" {_ABOUT_SHIPS.format(at=at)}"
    if not studio.aoi.has_water:
        shown, ships, keys = "its zones", " Cloud can be switched on.", ""
    alt = f"Map of {name}: picture of {at} with {shown}"
    caption = (
        f"{name}: the picture of {at}{'; cloud is filled from ' if filled else ''}{filled}.{ships} "
        f"Arrow keys move the map, + and − or Ctrl and the wheel zoom, Home goes back to the {start}{keys}."
    )
    return MapView(f"map-{studio.aoi.id}", json.dumps(made, ensure_ascii=False, default=json_value), alt, caption)


def home(aoi: Aoi) -> list[list[float]] | None:
    """South-west and north-east corner, latitude first, of a port's berths and 300 m; None without berths."""
    berths = [reproject_shape(zone.geometry, WGS84, aoi.epsg) for zone in aoi.berths]
    if not berths:
        return None
    around = reproject_shape(shapely.box(*shapely.total_bounds(berths)).buffer(_BERTHS_M), aoi.epsg, WGS84)
    west, south, east, north = around.bounds
    return [[south, west], [north, east]]


def composite(
    studio: Studio, observations: Sequence[Observation], frame: Frame
) -> tuple[Rgb, Mask, tuple[Observation, ...]]:
    """The newest clear picture of a frame: each pixel from the first observation that is clear there.

    Parameters
    ----------
    studio : Studio
        Draws the port's pictures.
    observations : sequence of Observation
        The shown one, then those that may fill its clouds, newest first.
    frame : Frame
        What the picture shows.

    Returns
    -------
    tuple
        `colour`, `valid`, `used`. Pixels that no observation shows clearly are those of the first observation, cloud
        and all; `valid` is False where none saw anything. `used` are the observations that gave pixels.
    """
    colour: Rgb | None = None
    valid = clear = np.zeros((0, 0), dtype=bool)
    used: list[Observation] = []
    for observation in observations[:_MOST_OBSERVATIONS]:
        raster = studio.cut(observation.scene_id, frame)
        if raster is None or (colour is not None and raster.valid.shape != valid.shape):
            continue
        seen = raster.valid if raster.cloud is None else raster.valid & ~raster.cloud
        drawn = studio.stretch(observation.sensor, observation.scene_id, frame).colour(raster)
        if colour is None:
            colour, valid, clear = drawn.copy(), raster.valid.copy(), seen.copy()
            used.append(observation)
        else:
            new = seen & ~clear
            if new.mean() > _LEAST_SHARE:
                colour[new] = drawn[new]
                used.append(observation)
                valid, clear = valid | new, clear | new
        if clear.mean() >= 1 - _LEAST_SHARE:
            break
    if colour is None:
        raise ArchiveError(f"{studio.aoi.id}: none of the observations has pixels in the archive; run `monitor pull`")
    return colour, valid, tuple(used)


def mercator(colour: Rgb, raster: Raster) -> tuple[Picture, tuple[float, float, float, float]]:
    """Pixels warped to Web Mercator, for show alone, and their bounds in degrees (west, south, east, north)."""
    source = CRS.from_epsg(raster.grid.epsg)
    box = transform_bounds(source, _MERCATOR, *raster.grid.bounds, densify_pts=21)
    scale = _LONGEST_PX / max(box[2] - box[0], box[3] - box[1])
    width, height = round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale)
    bands = np.concatenate([np.moveaxis(colour, -1, 0), np.where(raster.valid, 255, 0).astype(np.uint8)[None]])
    out = np.zeros((4, height, width), np.uint8)
    onto = Affine(1 / scale, 0.0, box[0], 0.0, -1 / scale, box[3])
    reproject(
        bands,
        out,
        src_transform=raster.grid.transform,
        src_crs=source,
        dst_crs=_MERCATOR,
        dst_transform=onto,
        resampling=Resampling.nearest,
    )
    memory = io.BytesIO()
    Image.fromarray(np.moveaxis(out, 0, -1)).save(memory, "WEBP", quality=78, method=2)
    bounds = transform_bounds(_MERCATOR, CRS.from_epsg(WGS84), *box)
    return Picture(memory.getvalue(), "image/webp", width, height, "map"), bounds
