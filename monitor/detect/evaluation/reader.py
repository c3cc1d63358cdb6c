"""Labelled scene folders on disk -> `LabelledPort`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import rasterio
from rasterio.errors import RasterioError
from rasterio.warp import transform as warp_points
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from monitor.core.arrays import Pixels
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.limits import DEFAULT_LIMITS
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import SENSORS
from monitor.core.scenes.validity import valid_pixels
from monitor.detect.base import CONTAINER_STACK, VESSEL, Detector
from monitor.detect.evaluation.dataset import BANDS, LabelledPort, sort_features
from monitor.detect.evaluation.matching import SceneScore, Truth, score_scene
from monitor.detect.evaluation.zones import with_zones
from monitor.detect.run import detect

LABELS_FILE = "labels.geojson"
OBJECTS = ("vessel", "container_stack", "container", "storage_tank", "aircraft", "vehicle", "train")
KINDS = (*OBJECTS, "ignore", "berth_empty", "small_craft")
"""What a label can be: objects, places that are not scored, quays known to be empty, and moorings of boats."""
_BY_NUMBER = {1: ("PAN",), 3: ("B04", "B03", "B02"), 4: ("B04", "B03", "B02", "B08")}
_MASKS = ("CLM", "SCL", "DATAMASK", "UDM", "CLOUD", "ALPHA")
"""Bands that are no pixels."""


def ring_pixels(coordinates: Any, dataset: rasterio.DatasetReader) -> Pixels:
    """The outer ring of a GeoJSON polygon in columns and rows of a raster."""
    lon, lat = np.asarray(coordinates[0], dtype=np.float64)[:, :2].T
    xs, ys = warp_points("EPSG:4326", dataset.crs, lon.tolist(), lat.tolist())
    inverse = ~dataset.transform
    cols, rows = inverse @ (np.asarray(xs), np.asarray(ys))
    return np.stack([cols, rows], axis=1).astype(np.float32)


def read_port(folder: Path, more: Path | None = None) -> LabelledPort:
    """One labelled port: the folder's one GeoTIFF and its labels, see `read_labels`."""
    image, document = image_of(folder), read_labels(folder, more)
    with _opened(image) as dataset:
        names = [name or "" for name in dataset.descriptions]
        dn = np.zeros((len(BANDS), *dataset.shape), dtype=np.uint16)
        for index, band in enumerate(BANDS):
            if band in names:
                dn[index] = dataset.read(names.index(band) + 1)
        rings = [
            (ring_pixels(part, dataset), feature["properties"])
            for feature in document["features"]
            for part in _parts(feature["geometry"])
        ]
        return LabelledPort(
            name=folder.name,
            dn=dn,
            has=tuple(band in names for band in BANDS),
            transform=tuple(dataset.transform)[:6],
            epsg=int(dataset.crs.to_epsg()),
            **sort_features(rings),
        )


@contextmanager
def _opened(image: Path) -> Iterator[rasterio.DatasetReader]:
    """A GeoTIFF by its own driver, alone, unless it has too many pixels to be read at once."""
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), rasterio.open(image, driver="GTiff") as source:
        for rows, cols in (source.shape, *source.block_shapes):
            DEFAULT_LIMITS.check_pixels(image, rows, cols)
        yield source


def _parts(geometry: dict[str, Any]) -> list[Any]:
    if geometry["type"] == "MultiPolygon":
        return list(geometry["coordinates"])
    return [geometry["coordinates"]]


def labelled_folders(folder: Path) -> list[Path]:
    """The labelled scene folders at or below a folder, in the order of their names.

    Raises
    ------
    DataError
        There is none.
    """
    found = [folder] if (folder / LABELS_FILE).is_file() else sorted(path.parent for path in folder.rglob(LABELS_FILE))
    if not found:
        raise DataError(f"{folder}: no labelled scene there; each needs a folder with a GeoTIFF and {LABELS_FILE}")
    return found


def image_of(folder: Path) -> Path:
    """The one GeoTIFF of a labelled scene.

    Raises
    ------
    DataError
        There is none, or more than one.
    """
    images = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".tif", ".tiff"))
    if len(images) != 1:
        raise DataError(f"{folder}: {len(images)} GeoTIFFs; a labelled scene has one")
    return images[0]


def read_labels(folder: Path, more: Path | None = None) -> dict[str, Any]:
    """The FeatureCollection of labels.

    Parameters
    ----------
    folder : Path
        With `labels.geojson`.
    more : Path, optional
        A folder with further labels of scenes, ``<name of the scene's folder>.geojson`` where there are any.

    Raises
    ------
    DataError
        A file cannot be read or a feature lacks its kind.
    """
    labels = _labels_of(folder / LABELS_FILE)
    beside = None if more is None else more / f"{folder.name}.geojson"
    if beside is None or not beside.is_file():
        return labels
    return {**labels, "features": [*labels["features"], *_labels_of(beside)["features"]]}


def _labels_of(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes()
        DEFAULT_LIMITS.check_document(path, text)
        document = json.loads(text.decode("utf-8-sig"))
    except DataError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: not readable GeoJSON ({error}); correct it") from error
    labels: dict[str, Any] = document if isinstance(document, dict) else {}
    features = labels.get("features")
    if not isinstance(features, list):
        raise DataError(f"{path}: no FeatureCollection; export the labels as GeoJSON")
    for number, feature in enumerate(features):
        kind = (feature.get("properties") or {}).get("kind")
        if kind not in KINDS:
            raise DataError(f"{path}: feature {number} has kind {kind!r}; use {', '.join(KINDS)}")
    return labels


def read_scene(folder: Path, sensor: str = "s2") -> tuple[Acquisition, Raster]:
    """The pixels of a labelled scene and, of when, no more than a day that is not known.

    Bands without names are taken by their number: red, green, blue, and then infrared. Numbers of 8 bits are a
    picture; others are reflectance times 10000, unless the sensor has another scale.

    Parameters
    ----------
    folder : Path
    sensor : str
        ``s2``, ``s1``, or any other name.

    Raises
    ------
    DataError
        The pixels cannot be read, or their bands are not known.
    """
    image = image_of(folder)
    try:
        with _opened(image) as source:
            names = [name or "" for name in source.descriptions]
            known = SENSORS[sensor].bands if sensor in SENSORS else ()
            bands = tuple(band for band in known if band in names) or _bands(names)
            if not bands:
                raise DataError(f"{image}: no band of {sensor} in its descriptions; name the bands")
            where = names if bands[0] in names else list(bands)
            data = source.read([where.index(band) + 1 for band in bands])
            grid = Grid(int(source.crs.to_epsg()), source.transform, (source.height, source.width))
    except RasterioError as error:
        raise DataError(f"{image}: its pixels cannot be read ({error}); replace it with a whole one") from error
    day = datetime(1970, 1, 1, tzinfo=UTC)
    acquisition = Acquisition(image.stem, folder.name, sensor, "", day, day, grid.footprint(), source="labelled")
    data, valid = valid_pixels(data)
    scale = SENSORS[sensor].scale if sensor in SENSORS else 1e-4
    return acquisition, Raster(data, bands, valid, grid, None, 1.0 if data.dtype == np.uint8 else scale)


def _bands(names: Sequence[str]) -> tuple[str, ...]:
    """The bands of a file of any optical sensor: as they are named, else by their number; empty when neither tells."""
    if any(names):
        return tuple(name for name in names if name and name.upper() not in _MASKS)
    return _BY_NUMBER.get(len(names), ())


def read_scene_truth(folder: Path, epsg: int, more: Path | None = None) -> Truth:
    """The labels of a scene in metres of its CRS.

    Parameters
    ----------
    folder : Path
        Of the scene.
    epsg : int
        Of its CRS.
    more : Path, optional
        As `read_labels` takes it.
    """
    names = ("stacks", "ignore", "empty", "blind", "small_craft")
    rings: dict[str, list[BaseGeometry]] = {name: [] for name in names}
    vessels, others = [], []
    for feature in read_labels(folder, more)["features"]:
        geometry = reproject(shape(feature["geometry"]), WGS84, epsg)
        geometry = geometry if geometry.is_valid else geometry.buffer(0)
        properties = feature["properties"]
        if properties["kind"] == "vessel":
            vessels.append({"geometry": geometry, **_vessel(properties)})
        elif properties["kind"] in OBJECTS and properties["kind"] != CONTAINER_STACK:
            others.append((geometry, properties["kind"], properties.get("sure") or "high"))
        elif part := _part(properties):
            rings[part].append(geometry)
    table = pd.DataFrame(vessels, columns=["geometry", "length_m", "axis_deg", "situation", "sure"])
    rest = pd.DataFrame(others, columns=["geometry", "class_name", "sure"])
    return Truth(folder.name, table, others=rest, **{name: tuple(parts) for name, parts in rings.items()})


def _vessel(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "length_m": float(properties["length_m"]),
        "axis_deg": float(properties.get("axis_deg", math.nan)),
        "situation": properties.get("situation") or "berthed",
        "sure": properties.get("sure") or "high",
    }


def _part(properties: Mapping[str, Any]) -> str:
    if properties["kind"] in ("ignore", "small_craft"):
        return str(properties["kind"])
    if properties["kind"] == "berth_empty":
        return "empty"
    if properties["kind"] != CONTAINER_STACK or properties.get("stack") == "ship_deck":
        return ""
    return "blind" if properties.get("sure") == "low" else "stacks"


def score_folder(
    folder: Path, detector: Detector, *, floor_m: float, sensor: str = "s2", more: Path | None = None
) -> list[SceneScore]:
    """The score of each labelled scene of a folder, after a run of the detector over them.

    Parameters
    ----------
    folder : Path
        A labelled scene folder, or a folder of such.
    detector : Detector
    floor_m : float
        See `evaluate`.
    sensor : str
        Of the scenes.
    more : Path, optional
        See `read_labels`.
    """
    return [_score(path, detector, floor_m, sensor, more) for path in labelled_folders(folder)]


def _score(folder: Path, detector: Detector, floor_m: float, sensor: str, more: Path | None) -> SceneScore:
    acquisition, raster = read_scene(folder, sensor)
    found = detect(raster, acquisition, detector)
    local = pd.DataFrame(found)
    local["geometry"] = [reproject(geometry, WGS84, raster.grid.epsg) for geometry in found.geometry]
    vessels = local[local["class_name"] == VESSEL].reset_index(drop=True)
    stacks = list(local.loc[local["class_name"] == CONTAINER_STACK, "geometry"])
    truth = with_zones(read_scene_truth(folder, raster.grid.epsg, more), raster)
    others = local[~local["class_name"].isin([VESSEL, CONTAINER_STACK])].reset_index(drop=True)
    return score_scene(vessels, stacks, truth, floor_m=floor_m, others=others)
