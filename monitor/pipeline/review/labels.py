"""Reviewed detections as labelled scene folders, for `monitor train` and `monitor evaluate`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import DETECTIONS, REVIEWS
from monitor.core.tableset import TableSet
from monitor.detect.base import VESSEL
from monitor.detect.evaluation.reader import OBJECTS
from monitor.fuse.reviews import ReviewDecisions
from monitor.io.atomic import write_bytes
from monitor.pipeline import snapshot
from monitor.pipeline.context import Context
from monitor.report.export.evidence import geotiff

LABELS = "labels.geojson"
SCALE = 1e-4
_AROUND_M = 100.0
_CELL_M = 250.0


def export_labels(
    context: Context, tables: TableSet, out: Path, *, sensors: Collection[str] | None = None
) -> list[Path]:
    """Write a folder for each optical scene with a reviewed detection: pixels, item and labels; the folders.

    Parameters
    ----------
    context : Context
        The archive gives pixels and items.
    tables : TableSet
        DETECTIONS and REVIEWS.
    out : Path
        The folder in which the scene folders are made.
    sensors : collection of str, optional
        Those whose scenes are written; every optical one without it.

    Raises
    ------
    DataError
        Nothing was reviewed that could be a label.

    Notes
    -----
    Kept detections become labels of their class (one that is no kind of label is ``ignore``), doubtful ones labels that
    carry no weight, rejected ones and fixed objects bare background. A reviewer judges single detections, never a whole
    scene: whatever is further than 100 m from a decided one is ``ignore``, so that a ship which nobody marked is not
    taught as water.
    """
    archive, found, decided = context.archive, tables[DETECTIONS], snapshot.decisions(tables)
    doubtful = _unsure(tables[REVIEWS])
    reviewed = decided.kept | decided.set_aside | doubtful
    wanted = [name for name in set(found["sensor"]) if sensor(name).optical and (sensors is None or name in sensors)]
    mine = found[found["detection_id"].isin(list(reviewed)) & found["sensor"].isin(wanted)]
    if mine.empty:
        of = "an optical scene" if sensors is None else f"a scene of {', '.join(sensors)}"
        raise DataError(f"no detection of {of} was reviewed; `monitor review ID keep` makes a label")
    roads = {zone.id for aoi in context.aois for zone in aoi.of_kind("anchorage")}
    written = []
    for scene_id in sorted(set(mine["scene_id"])):
        raster = archive.read_raster(str(scene_id))
        labels = labels_of(found[found["scene_id"] == scene_id], decided, doubtful, grid=raster.grid, anchorages=roads)
        folder = out / str(scene_id)
        made_up = archive.scene(str(scene_id)).acquisition.simulated
        write_bytes(folder / f"{scene_id}.tif", geotiff(writable(raster), simulated=made_up))
        write_bytes(folder / "item.json", _json(archive.item(str(scene_id))))
        write_bytes(folder / LABELS, _json(labels))
        written.append(folder)
    return written


def labels_of(
    detections: pd.DataFrame,
    decided: ReviewDecisions,
    doubtful: Iterable[str],
    *,
    grid: Grid,
    anchorages: Iterable[str] = (),
) -> dict[str, object]:
    """The labels of one scene as a FeatureCollection in longitude and latitude.

    Parameters
    ----------
    detections : DETECTIONS table
        Of the scene, all of them.
    decided : ReviewDecisions
        What reviewers decided.
    doubtful : iterable of str
        Ids that reviewers marked as unsure.
    grid : Grid
        The scene's; what nobody judged on it becomes ``ignore``.
    anchorages : iterable of str
        Ids of zones in which a ship is ``anchored``.
    """
    known, roads = frozenset(doubtful), frozenset(anchorages)
    features: list[dict[str, object]] = []
    clear, open_question = [], []
    for row in detections.to_dict("records"):
        name = str(row["detection_id"])
        if name in decided.kept or name in known:
            features.append(_feature(row["geometry"], _label(row, roads, sure=name in decided.kept)))
        if name in decided.kept or name in decided.set_aside:
            clear.append(reproject(row["geometry"], WGS84, grid.epsg).buffer(_AROUND_M))
        elif name not in known:
            open_question.append(row["geometry"])
    why = {"kind": "ignore", "reason": "nobody judged what is here"}
    features += [_feature(shape.convex_hull, why) for shape in open_question]
    features += [_feature(reproject(cell, grid.epsg, WGS84), why) for cell in unjudged(grid, clear)]
    return {"type": "FeatureCollection", "features": features}


def unjudged(grid: Grid, clear: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    """Rectangles in the grid's metres that cover it but for cells of 250 m that meet one of some shapes."""
    west, south, east, north = grid.bounds
    judged = unary_union(list(clear))
    made: list[BaseGeometry] = []
    for low in np.arange(south, north, _CELL_M):
        high = min(low + _CELL_M, north)
        start = west
        for left in np.arange(west, east, _CELL_M):
            right = min(left + _CELL_M, east)
            if judged.intersects(box(left, low, right, high)):
                if left > start:
                    made.append(box(start, low, left, high))
                start = right
        if start < east:
            made.append(box(start, low, east, high))
    return made


def _unsure(reviews: pd.DataFrame) -> frozenset[str]:
    doubt = reviews[reviews["stands"] & (reviews["decision"] == "unsure")]
    return frozenset(name for ids in doubt["detection_ids"] for name in str(ids).split())


def _label(row: Mapping[object, object], roads: frozenset[str], *, sure: bool) -> dict[str, object]:
    origin = {"sure": "high" if sure else "low", "source": f"review of {row['detection_id']}"}
    if row["class_name"] != VESSEL:
        return {"kind": row["class_name"], **origin} if row["class_name"] in OBJECTS else {"kind": "ignore"}
    lying = "berthed" if row["zone"] == "berth" else ("anchored" if row["zone_id"] in roads else "open")
    size = {name: round(float(str(row[name])), 1) for name in ("length_m", "axis_deg")}
    known_size = {name: value for name, value in size.items() if np.isfinite(value)}
    return {"kind": VESSEL, "situation": lying, **known_size, **origin}


def writable(raster: Raster) -> Raster:
    """The pixels as whole ten-thousandths of reflectance, 0 for no data; a picture of 8 bits as it is.

    Parameters
    ----------
    raster : Raster
    """
    if raster.data.dtype == np.uint8:
        return raster
    if raster.data.dtype == np.uint16 and (raster.scale, raster.offset) == (SCALE, 0.0):
        return raster
    values = (raster.data.astype(np.float64) * raster.scale + raster.offset) / SCALE
    data = np.where(raster.valid, np.clip(np.nan_to_num(values).round(), 1, 65535), 0).astype(np.uint16)
    return Raster(data, raster.bands, raster.valid, raster.grid, raster.cloud, SCALE, 0.0, raster.tags)


def _feature(shape: BaseGeometry, properties: Mapping[str, object]) -> dict[str, object]:
    return {"type": "Feature", "geometry": mapping(shape), "properties": dict(properties)}


def _json(values: object) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()
