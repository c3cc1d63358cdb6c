"""The interactive map of a port as data: newest picture as base, objects, tracks and gaps above it."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
from affine import Affine
from PIL import Image
from rasterio.crs import CRS
from rasterio.warp import Resampling, reproject, transform_bounds
from shapely.geometry import LineString, mapping

from monitor.core.geodesy import WGS84
from monitor.core.scene import Raster
from monitor.report.blocks import MapView, Picture
from monitor.report.features import json_value
from monitor.report.frames import Frame
from monitor.report.html import data_uri
from monitor.report.looks import Look
from monitor.report.pictures import Studio
from monitor.report.style import STATUS_COLOUR, Rgb
from monitor.report.tiles import stamp
from monitor.report.wording import STATUS, hours, length, when

_MERCATOR = CRS.from_epsg(3857)
_LONGEST_PX = 1100
_MOST_TRACKS, _MOST_POINTS, _MOST_GAPS = 60, 120, 40


def port_map(studio: Studio, look: Look, frame: Frame) -> MapView | None:
    """A map of one look at a port with the period's tracks and gaps; None without pixels."""
    raster = studio.cut(look.scene_id, frame)
    if raster is None or look.acquisition is None:
        return None
    colour = studio.stretch(look.sensor, look.scene_id, frame).colour(raster)
    if studio.given.simulated or look.acquisition.simulated:
        colour = stamp(colour)
    picture, bounds = mercator(colour, raster)
    at, name = when(look.acquisition), studio.aoi.name or studio.aoi.id
    west, south, east, north = bounds
    layers = [_zones(studio), _objects(studio, look), _tracks(studio), _gaps(studio)]
    made = {"image": data_uri(picture), "bounds": [[south, west], [north, east]], "base": f"{name}, {at}",
            "layers": [layer for layer in layers if layer["features"]]}  # fmt: skip
    alt = f"Map of {name}: picture of {at} with detections by AIS status, zones, tracks and gaps"
    caption = (
        f"{name}: the picture of {at}, its detections by AIS status, AIS tracks of the period and gaps that touch it. "
        "Straight dashed lines join the last position before a gap and the next; no ship is known to have sailed them. "
        "Arrow keys move the map, + and − zoom. The tiles below say the same without scripts."
    )
    return MapView(f"map-{studio.aoi.id}", json.dumps(made, ensure_ascii=False, default=json_value), alt, caption)


def mercator(colour: Rgb, raster: Raster) -> tuple[Picture, tuple[float, float, float, float]]:
    """Pixels warped to Web Mercator, for show alone, and their bounds in degrees (west, south, east, north)."""
    source = CRS.from_epsg(raster.grid.epsg)
    box = transform_bounds(source, _MERCATOR, *raster.grid.bounds, densify_pts=21)
    scale = _LONGEST_PX / max(box[2] - box[0], box[3] - box[1])
    width, height = round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale)
    bands = np.concatenate([np.moveaxis(colour, -1, 0), np.where(raster.valid, 255, 0).astype(np.uint8)[None]])
    out = np.zeros((4, height, width), np.uint8)
    onto = Affine(1 / scale, 0.0, box[0], 0.0, -1 / scale, box[3])
    reproject(bands, out, src_transform=raster.grid.transform, src_crs=source, dst_crs=_MERCATOR, dst_transform=onto,
              resampling=Resampling.nearest)  # fmt: skip
    memory = io.BytesIO()
    Image.fromarray(np.moveaxis(out, 0, -1)).save(memory, "WEBP", quality=78, method=3)
    bounds = transform_bounds(_MERCATOR, CRS.from_epsg(WGS84), *box)
    return Picture(memory.getvalue(), "image/webp", width, height, "map"), bounds


def _layer(name: str, features: list[dict[str, object]]) -> dict[str, object]:
    return {"name": name, "features": features}


def _feature(shape: dict[str, object], words: str, colour: str, dash: str = "") -> dict[str, object]:
    return {"type": "Feature", "geometry": shape, "properties": {"text": words, "colour": colour, "dash": dash}}


def _zones(studio: Studio) -> dict[str, object]:
    kinds = ("berth", "yard", "anchorage", "pier")
    return _layer("Zones", [
        _feature(mapping(z.geometry), f"{z.name} ({z.kind})", "#0072B2", "4 3")
        for kind in kinds for z in studio.aoi.of_kind(kind)
    ])  # fmt: skip


def _objects(studio: Studio, look: Look) -> dict[str, object]:
    made = []
    for row in studio.detections(look.scene_id).itertuples():
        status = studio.status[str(row.detection_id)]
        words = (
            f"{row.number}{STATUS[status][0]}: {STATUS[status][1].split(':')[0]}, "
            f"{length(row.length_m, row.length_low_m, row.length_high_m)}, score {row.score:.2f}"
        )
        made.append(_feature(mapping(row.geometry), words, STATUS_COLOUR[status]))
    return _layer("Detections", made)


def _tracks(studio: Studio) -> dict[str, object]:
    period, table = studio.given.period, studio.given.tables.positions
    west, south, east, north = studio.aoi.geometry.buffer(0.15).bounds
    near = table[(table["t"] >= pd.Timestamp(period.start)) & (table["t"] < pd.Timestamp(period.end))
                 & table["lon"].between(west, east) & table["lat"].between(south, north)]  # fmt: skip
    made = []
    for mmsi, track in list(near.sort_values(["mmsi", "t"]).groupby("mmsi"))[:_MOST_TRACKS]:
        for _, part in track.groupby((track["t"].diff() > pd.Timedelta(hours=2)).cumsum()):
            some = part.iloc[:: max(len(part) // _MOST_POINTS, 1)]
            if len(some) > 1:
                line = LineString(some[["lon", "lat"]].round(5).to_numpy())
                made.append(_feature(mapping(line), f"Track of MMSI {mmsi}", "#004f82"))
    return _layer("AIS tracks", made)


def _gaps(studio: Studio) -> dict[str, object]:
    period, table = studio.given.period, studio.given.tables.gaps
    placed = table[["start_lon", "start_lat", "end_lon", "end_lat"]].notna().all(axis=1) & table["is_closed"]
    touches = (table["start"] < pd.Timestamp(period.end)) & (table["end"] >= pd.Timestamp(period.start))
    table = table[placed & touches]
    made = []
    for r in table.sort_values(["duration_h", "gap_id"], ascending=[False, True]).head(_MOST_GAPS).itertuples():
        line = LineString([(r.start_lon, r.start_lat), (r.end_lon, r.end_lat)])
        made.append(_feature(mapping(line), f"AIS gap of MMSI {r.mmsi}, {hours(r.duration_h)}", "#D55E00", "8 6"))
    return _layer("AIS gaps", made)
