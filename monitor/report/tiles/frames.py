"""Frames: fixed rectangles on the ground, the same for every date of a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from affine import Affine

from monitor.core.aoi import LAND_KINDS, Aoi
from monitor.core.geo.geodesy import WGS84, reproject, transformer
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster

DETAIL_M = 2560.0
MOST_PX = 3000
"""Sides of a crop: two and a half times those of a tile; 30 km of Sentinel-2."""
_MARGIN = 1.06


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle centred on a place, its sides along the grid of whichever scene is cut by it."""

    id: str
    title: str
    lon: float
    lat: float
    width_m: float
    height_m: float

    def slices(self, grid: Grid) -> tuple[slice, slice]:
        """Rows and columns of the frame on a grid, whole pixels; may reach beyond the grid."""
        row, col = grid.rowcol(self.lon, self.lat)
        rows, cols = max(round(self.height_m / grid.gsd_m), 1), max(round(self.width_m / grid.gsd_m), 1)
        top, left = round(float(row) - rows / 2), round(float(col) - cols / 2)
        return slice(top, top + rows), slice(left, left + cols)


def crop(raster: Raster, frame: Frame, *, most_px: int = MOST_PX) -> Raster:
    """The pixels inside a frame, always of the frame's shape; what lies beyond the raster is not valid.

    Parameters
    ----------
    raster : Raster
        It may be far finer than a picture of the frame can show.
    frame : Frame
        What the picture shows.
    most_px : int, optional
        A crop of more pixels along a side is averaged over blocks of whole pixels.
    """
    rows, cols = frame.slices(raster.grid)
    shape = (rows.stop - rows.start, cols.stop - cols.start)
    data = np.zeros((len(raster.bands), *shape), dtype=raster.data.dtype)
    valid = np.zeros(shape, dtype=bool)
    cloud = None if raster.cloud is None else np.zeros(shape, dtype=bool)
    r0, r1 = max(rows.start, 0), min(rows.stop, raster.grid.shape[0])
    c0, c1 = max(cols.start, 0), min(cols.stop, raster.grid.shape[1])
    if r0 < r1 and c0 < c1:
        here = (slice(r0 - rows.start, r1 - rows.start), slice(c0 - cols.start, c1 - cols.start))
        data[(slice(None), *here)] = raster.data[:, r0:r1, c0:c1]
        valid[here] = raster.valid[r0:r1, c0:c1]
        if cloud is not None and raster.cloud is not None:
            cloud[here] = raster.cloud[r0:r1, c0:c1]
    grid = raster.grid.window(rows, cols)
    made = Raster(data, raster.bands, valid, grid, cloud, raster.scale, raster.offset, raster.tags)
    factor = -(-max(shape) // most_px)
    return made if factor == 1 else averaged(made, factor)


def averaged(raster: Raster, factor: int) -> Raster:
    """A raster with blocks of pixels as one: the mean of those that hold data; rows and columns left over are lost.

    Parameters
    ----------
    raster : Raster
        A block is under cloud where half of its pixels are.
    factor : int
        Pixels along a block's side.
    """
    rows, cols = (side // factor for side in raster.grid.shape)
    blocks = (rows, factor, cols, factor)
    valid = raster.valid[: rows * factor, : cols * factor].reshape(blocks)
    number = np.maximum(valid.sum(axis=(1, 3)), 1)
    data = np.empty((len(raster.bands), rows, cols), dtype=raster.data.dtype)
    for index, band in enumerate(raster.data):
        part = np.where(valid, band[: rows * factor, : cols * factor].reshape(blocks), 0)
        mean = part.sum(axis=(1, 3), dtype=np.float64) / number
        data[index] = mean if raster.data.dtype.kind == "f" else np.rint(mean)
    cloud = None
    if raster.cloud is not None:
        cloud = raster.cloud[: rows * factor, : cols * factor].reshape(blocks).mean(axis=(1, 3)) >= 0.5
    grid = Grid(raster.grid.epsg, raster.grid.transform @ Affine.scale(factor), (rows, cols))
    seen = np.asarray(valid.any(axis=(1, 3)), dtype=np.bool_)
    return Raster(data, raster.bands, seen, grid, cloud, raster.scale, raster.offset, raster.tags)


def overview(aoi: Aoi) -> Frame:
    """The whole watched area with a small margin."""
    west, south, east, north = reproject(aoi.geometry, WGS84, aoi.epsg).bounds
    lon, lat = transformer(aoi.epsg, WGS84).transform((west + east) / 2, (south + north) / 2)
    title = f"{aoi.name or aoi.id}: overview"
    return Frame(
        id=f"{aoi.id}-overview",
        title=title,
        lon=lon,
        lat=lat,
        width_m=(east - west) * _MARGIN,
        height_m=(north - south) * _MARGIN,
    )


def detail(aoi: Aoi, detections: pd.DataFrame) -> Frame | None:
    """The berths' frame, or that of tracks and storage, where they lie close together, else the busiest window.

    Parameters
    ----------
    aoi : Aoi
        The port.
    detections : DETECTIONS table
        Of every date at hand, so that the frame does not move from one date to the next.

    Returns
    -------
    Frame or None
        A square; None when the place has no such zones and nothing was ever detected, or the overview is as small.
    """
    harbour = [zone.outline for zone in (*aoi.berths, *aoi.of_kind("yard"), *aoi.of_kind("pier"))]
    places = harbour or [zone.outline for kind in LAND_KINDS for zone in aoi.of_kind(kind)]
    title = f"{aoi.name or aoi.id}: {'berths' if harbour else 'tracks and storage'}"
    whole = overview(aoi)
    if places:
        boxes = np.array([reproject(place, WGS84, aoi.epsg).bounds for place in places])
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        side = max(east - west, north - south) * 1.15
        if side <= 2 * DETAIL_M:
            return _square(aoi, title, (west + east) / 2, (south + north) / 2, max(side, 0.5 * DETAIL_M), whole)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        return _square(aoi, title, *_busiest(centres), DETAIL_M, whole)
    if detections.empty:
        return None
    lonlat = detections.geometry.centroid if detections.crs is None else _centres(detections)
    x, y = transformer(WGS84, aoi.epsg).transform(lonlat[:, 0], lonlat[:, 1])
    title = f"{aoi.name or aoi.id}: busiest {DETAIL_M / 1000:.1f} km"
    return _square(aoi, title, *_busiest(np.column_stack([x, y])), DETAIL_M, whole)


def around(id: str, title: str, lon: float, lat: float, *, side_m: float) -> Frame:  # noqa: A002
    """A square around one place.

    Parameters
    ----------
    id : str
        Of the frame.
    title : str
        Heading.
    lon : float
        Degrees east.
    lat : float
        Degrees north.
    side_m : float
        Of the square, in metres.
    """
    return Frame(id=id, title=title, lon=lon, lat=lat, width_m=side_m, height_m=side_m)


def _square(aoi: Aoi, title: str, x: float, y: float, side: float, whole: Frame) -> Frame | None:
    if side >= 0.85 * max(whole.width_m, whole.height_m):
        return None
    lon, lat = transformer(aoi.epsg, WGS84).transform(x, y)
    return Frame(id=f"{aoi.id}-detail", title=title, lon=float(lon), lat=float(lat), width_m=side, height_m=side)


def _centres(detections: pd.DataFrame) -> np.ndarray:
    return np.array([(g.envelope.centroid.x, g.envelope.centroid.y) for g in detections.geometry])


def _busiest(points: np.ndarray) -> tuple[float, float]:
    """Centre of the points inside the window, centred on one of them, that holds most; the first wins a tie."""
    points = points[np.lexsort((points[:, 1], points[:, 0]))]
    near = np.abs(points[:, None, :] - points[None, :, :]).max(axis=2) <= DETAIL_M / 2
    inside = points[near[int(near.sum(axis=1).argmax())]]
    middle = (inside.min(axis=0) + inside.max(axis=0)) / 2
    return float(middle[0]), float(middle[1])
