"""One GeoTIFF on disk: what it holds, and its pixels over an AOI."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader
from rasterio.warp import reproject, transform_bounds
from rasterio.windows import Window
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S1_BANDS
from monitor.sources.errors import NoData
from monitor.sources.imagery.naming import band_name

Numbers = npt.NDArray[np.generic]

_ALIGNED = 1e-6
_ADVICE = "replace it with a whole one, or remove it"


@dataclass(frozen=True, slots=True)
class GeoTiffHeader:
    """What a file states before its pixels are read.

    Attributes
    ----------
    path : Path
        The file.
    bands : tuple of str
        The known names in the file's order, ``""`` where a band has none.
    epsg : int or None
        None for a CRS without a code.
    grid : tuple of Affine and tuple of int
        Transform, and (rows, cols).
    footprint : BaseGeometry
        The file's rectangle; EPSG:4326.
    dtype : str
        Of the first band.
    nodata, scale, offset : float or None
        The file's own; None when it states none.
    tags : mapping of str to str
        The file's metadata.
    """

    path: Path
    bands: tuple[str, ...]
    epsg: int | None
    grid: tuple[Affine, tuple[int, int]]
    footprint: BaseGeometry
    dtype: str
    nodata: float | None
    scale: float | None
    offset: float | None
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pixels:
    """Numbers as the file has them.

    Attributes
    ----------
    data : array
        (band, row, col).
    inside : (row, col) bool array
        Where the file reaches.
    grid : Grid
        Of both.
    how : str
        How they were resampled.
    """

    data: Numbers
    inside: npt.NDArray[np.bool_]
    grid: Grid
    how: str


def read_geotiff_header(path: Path) -> GeoTiffHeader:
    """The header of a GeoTIFF.

    Raises
    ------
    DataError
        The file is empty, truncated, no GeoTIFF, or has no CRS; the message names it.
    """
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty (zero bytes); {_ADVICE}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as source:
                return _header(source, path)
    except RasterioError as error:
        raise DataError(f"{path}: not a readable GeoTIFF ({error}); {_ADVICE}") from error


def read_pixels(header: GeoTiffHeader, aoi: Aoi, wanted: Sequence[str], *, masks: Sequence[str] = ()) -> Pixels:
    """The bands and masks wanted, over the AOI's bounding box.

    In the AOI's own UTM zone the pixels are taken as they are: on the AOI's 10 m grid when the file shares it (with
    nothing where the file does not reach), else on the file's own. From another CRS they are warped to the AOI's
    grid: cubic for bands, nearest for masks.

    Parameters
    ----------
    header : GeoTiffHeader
        Of the file.
    aoi : Aoi
        Its bounding box is read.
    wanted : sequence of str
        Bands of the file, in the order of the result.
    masks : sequence of str, optional
        Bands of the file that are masks; they follow.

    Raises
    ------
    NoData
        The file does not reach the AOI.
    DataError
        The pixels cannot be read to the end.
    """
    order = [header.bands.index(name) + 1 for name in (*wanted, *masks)]
    try:
        with rasterio.open(header.path) as source:
            if header.epsg == aoi.epsg and source.transform.b == source.transform.d == 0:
                return _cut(source, aoi, order)
            return _warp(source, aoi, order, len(wanted))
    except RasterioError as error:
        raise DataError(f"{header.path}: its pixels cannot be read ({error}); {_ADVICE}") from error


def _header(source: DatasetReader, path: Path) -> GeoTiffHeader:
    if source.driver not in ("GTiff", "COG"):
        raise DataError(f"{path}: a {source.driver} file, not a GeoTIFF; convert it with gdal_translate")
    if source.crs is None:
        raise DataError(f"{path}: no CRS, so its place is unknown; set it with `gdal_edit -a_srs EPSG:… {path.name}`")
    if source.transform == Affine.identity():
        raise DataError(f"{path}: no geotransform, so its place is unknown; export it again with georeferencing")
    scales, offsets = set(source.scales), set(source.offsets)
    if len(scales) > 1 or len(offsets) > 1:
        raise DataError(f"{path}: its bands have different scales or offsets; store them alike")
    scale, offset = scales.pop(), offsets.pop()
    stated = (scale, offset) != (1.0, 0.0)
    return GeoTiffHeader(
        path=path,
        bands=tuple(band_name(text) or "" for text in source.descriptions),
        epsg=source.crs.to_epsg(),
        grid=(source.transform, (source.height, source.width)),
        footprint=box(*transform_bounds(source.crs, 4326, *source.bounds, densify_pts=21)),
        dtype=str(source.dtypes[0]),
        nodata=source.nodata,
        scale=scale if stated else None,
        offset=offset if stated else None,
        tags={key: value for key, value in source.tags().items() if key != "AREA_OR_POINT"},
    )


def _cut(source: DatasetReader, aoi: Aoi, order: list[int]) -> Pixels:
    transform, gsd = source.transform, abs(source.transform.a)
    target = Grid.covering(aoi.geometry, epsg=aoi.epsg, gsd_m=gsd)
    shift = ((target.transform.c - transform.c) / gsd, (transform.f - target.transform.f) / gsd)
    col, row = round(shift[0]), round(shift[1])
    shares = max(abs(shift[0] - col), abs(shift[1] - row)) < _ALIGNED and transform.e == -transform.a
    if not shares:
        target = Grid(aoi.epsg, _shifted(transform, row, col), target.shape)
    rows, cols = target.shape
    r0, r1 = max(row, 0), min(row + rows, source.height)
    c0, c1 = max(col, 0), min(col + cols, source.width)
    if r0 >= r1 or c0 >= c1:
        raise NoData(f"{source.name}: does not reach AOI {aoi.id}")
    part = source.read(order, window=Window(c0, r0, c1 - c0, r1 - r0))
    data = np.zeros((len(order), rows, cols), part.dtype)
    inside = np.zeros((rows, cols), bool)
    place = (slice(r0 - row, r1 - row), slice(c0 - col, c1 - col))
    data[:, *place], inside[place] = part, True
    return Pixels(data, inside, target, "as stored")


def _warp(source: DatasetReader, aoi: Aoi, order: list[int], bands: int) -> Pixels:
    target = Grid.covering(aoi.geometry, epsg=aoi.epsg)
    window = _source_window(source, target)
    if window is None:
        raise NoData(f"{source.name}: does not reach AOI {aoi.id}")
    part = source.read(order, window=window)
    place = _shifted(source.transform, window.row_off, window.col_off)
    radar = bool({band_name(text) for text in source.descriptions} & set(S1_BANDS))
    smooth = Resampling.bilinear if radar else Resampling.cubic
    data = np.zeros((len(order), *target.shape), part.dtype)
    for number in range(len(order)):
        _reproject(part[number], data[number], source, place, target, smooth if number < bands else Resampling.nearest)
    inside = np.zeros(target.shape, np.uint8)
    _reproject(np.ones(part.shape[1:], np.uint8), inside, source, place, target, Resampling.nearest)
    known = _known(part[:bands], source.nodata)
    seen = np.zeros(target.shape, np.uint8)
    _reproject(known.astype(np.uint8), seen, source, place, target, Resampling.nearest)
    data[:bands, seen == 0] = 0 if source.nodata is None else source.nodata
    how = f"warped from {source.crs} ({smooth.name}, masks nearest)"
    return Pixels(data, inside.astype(bool), target, how)


def _reproject(
    part: Numbers, out: Numbers, source: DatasetReader, place: Affine, target: Grid, how: Resampling
) -> None:
    reproject(
        part,
        out,
        src_transform=place,
        src_crs=source.crs,
        dst_transform=target.transform,
        dst_crs=f"EPSG:{target.epsg}",
        resampling=how,
        src_nodata=source.nodata if how != Resampling.nearest else None,
        dst_nodata=source.nodata if how != Resampling.nearest and source.nodata is not None else 0,
    )


def _shifted(transform: Affine, row: int, col: int) -> Affine:
    t = transform
    return Affine(t.a, t.b, t.a * col + t.b * row + t.c, t.d, t.e, t.d * col + t.e * row + t.f)


def _known(part: Numbers, nodata: float | None) -> npt.NDArray[np.bool_]:
    if part.dtype.kind == "f":
        known = np.isfinite(part)
        known = known if nodata is None or np.isnan(nodata) else known & (part != nodata)
    else:
        known = part != (nodata or 0)
    return np.asarray(known.any(axis=0), dtype=bool)


def _source_window(source: DatasetReader, target: Grid) -> Window | None:
    """The part of a file under a grid of another CRS, with a margin for the resampling."""
    west, south, east, north = transform_bounds(f"EPSG:{target.epsg}", source.crs, *target.bounds, densify_pts=21)
    b = ~source.transform
    corners = ((west, south), (west, north), (east, south), (east, north))
    cols = [b.a * x + b.b * y + b.c for x, y in corners]
    rows = [b.d * x + b.e * y + b.f for x, y in corners]
    c0, c1 = max(int(min(cols)) - 4, 0), min(int(max(cols)) + 5, source.width)
    r0, r1 = max(int(min(rows)) - 4, 0), min(int(max(rows)) + 5, source.height)
    return Window(c0, r0, c1 - c0, r1 - r0) if c0 < c1 and r0 < r1 else None
