"""Sentinel-2 products as ESA distributes them: SAFE folders and zips, L2A and L1C."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath, PurePosixPath
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.sensors import S2_BANDS
from monitor.core.timerange import utc
from monitor.io.documents import parse_xml, read_document
from monitor.io.packed import member_names, read_member
from monitor.io.rasters import JPEG2000, check_window, open_raster
from monitor.sources.imagery.grouping import Item, optical_item

_BAND = re.compile(r".*_(B\d[\dA]|SCL)(?:_(10|20|60)m)?\.jp2", re.IGNORECASE)
_ORDER = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
_QUANTIFICATION = {"BOA_QUANTIFICATION_VALUE", "QUANTIFICATION_VALUE"}
_OFFSETS = {"BOA_ADD_OFFSET", "RADIO_ADD_OFFSET"}
_ADVICE = "download the product again, or remove it"
_DAMAGED = (LookupError, ValueError, OSError)
"""What damaged metadata raise."""

Numbers = npt.NDArray[np.uint16]
Classes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Product:
    """One tile of one data take: GDAL's path of each band, what turns its numbers into DN, and when it was acquired.

    `limits` are those of reading it.
    """

    where: str
    name: str
    bands: Mapping[str, str]
    quantification: float
    offsets: Mapping[str, float]
    sensed: datetime
    epsg: int
    footprint: BaseGeometry
    limits: Limits = DEFAULT_LIMITS


def is_product(path: Path) -> bool:
    """Whether a path is a Sentinel-2 product: a folder with its metadata, however it is named, or a zip of one."""
    if path.is_dir():
        return any(path.glob("MTD_MSIL*.xml")) or _is_named(path, ".SAFE")
    if path.suffix.lower() != ".zip" or not path.is_file():
        return False
    if _is_named(path, ".zip"):
        return True
    try:
        return any(PurePosixPath(name).match("MTD_MSIL*.xml") for name in member_names(path))
    except DataError:
        return False


def _is_named(path: PurePath, ending: str) -> bool:
    name = path.name.upper()
    return name.startswith("S2") and "_MSIL" in name and name.endswith(ending.upper())


def read_product(path: Path, where: str, *, limits: Limits = DEFAULT_LIMITS) -> Product:
    """The product in a SAFE folder or zip.

    Parameters
    ----------
    path : Path
        The folder or zip.
    where : str
        Names it in errors and ids.
    limits : Limits, optional
        What its metadata and pixels may take.

    Raises
    ------
    DataError
        It is damaged, lacks its metadata, a band, or is no L1C or L2A.
    """
    try:
        return _product(path, where, limits)
    except DataError:
        raise
    except _DAMAGED as error:
        raise DataError(f"{where}: its metadata is damaged ({error}); {_ADVICE}") from error


def _product(path: Path, where: str, limits: Limits) -> Product:
    names, read, prefix = _contents(path, where, limits)
    product_xml = _only(names, "MTD_MSIL*.xml", where)
    tile_xml = _only(names, "MTD_TL.xml", where)
    product, tile = (parse_xml(read(name), f"{where}: {name}") for name in (product_xml, tile_xml))
    bands = {band: prefix + name for band, name in _finest(names).items()}
    missing = [band for band in S2_BANDS if band not in bands]
    if missing:
        raise DataError(f"{where}: band {', '.join(missing)} missing; {_ADVICE}")
    epsg, footprint = _place(bands["B02"], where)
    name = re.sub(r"(\.SAFE)?(\.zip)?$", "", _product_uri(product) or path.name, flags=re.IGNORECASE)
    if not _is_named(PurePosixPath(f"{name}.SAFE"), ".SAFE"):
        raise DataError(f"{where}: it was renamed, and its metadata have no PRODUCT_URI; give it ESA's name again")
    quantification = _values(product, _QUANTIFICATION)
    return Product(
        where=where,
        name=name,
        bands={band: bands[band] for band in (*S2_BANDS, "SCL") if band in bands},
        quantification=next(iter(quantification.values()), 10_000.0),
        offsets={_ORDER[int(index)]: value for index, value in _values(product, _OFFSETS).items()},
        sensed=_sensed(tile, where),
        epsg=epsg,
        footprint=footprint,
        limits=limits,
    )


def product_item(product: Product) -> Item:
    """The product as an item of a catalog, so that tiles of one pass become one acquisition."""
    return optical_item(product.where, product.name, product.sensed, product.footprint)


def read_tile(product: Product, grid: Grid) -> tuple[Numbers, Classes | None, str]:
    """(band, row, col) reflectance × 10000 on a grid with 0 for no data, the scene classes of an L2A, and a note.

    In the grid's own zone pixels are taken as they are (20 m ones twice each way), from another zone they are warped:
    cubic for bands, nearest for classes.

    Raises
    ------
    DataError
        A band cannot be read to the end.
    """
    same = product.epsg == grid.epsg
    how = Resampling.nearest if same else Resampling.cubic
    data = np.stack([_band(product, band, grid, how) for band in S2_BANDS])
    scale = 10_000.0 / product.quantification
    for number, band in enumerate(S2_BANDS):
        stored = data[number]
        values = np.rint((stored.astype(np.float32) + np.float32(product.offsets.get(band, 0.0))) * np.float32(scale))
        data[number] = np.where(stored == 0, 0, np.clip(values, 1, 65535)).astype(np.uint16)
    classes = _band(product, "SCL", grid, Resampling.nearest).astype(np.uint8) if "SCL" in product.bands else None
    resampled = "as stored" if same else f"warped from EPSG:{product.epsg} (cubic, masks nearest)"
    return data, classes, f"offset {product.offsets.get('B02', 0.0):g} applied, {resampled}"


def _contents(path: Path, where: str, limits: Limits) -> tuple[list[str], Callable[[str], bytes], str]:
    """Names of the files, a function that reads one, and what GDAL needs before a name."""
    if path.is_dir():
        names = [file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()]
        return names, lambda name: read_document(path / name, limits=limits), f"{path}/"
    try:
        names = member_names(path)
    except DataError as error:
        raise DataError(f"{where}: not a whole zip ({error.__cause__}); {_ADVICE}") from error

    return names, lambda name: read_member(path, name, limits=limits), f"/vsizip/{path}/"


def _only(names: Sequence[str], pattern: str, where: str) -> str:
    found = [name for name in names if PurePosixPath(name).match(pattern)]
    if len(found) != 1:
        raise DataError(f"{where}: {len(found)} files {pattern} in it, one is needed; {_ADVICE}")
    return found[0]


def _finest(names: Sequence[str]) -> dict[str, str]:
    """Band to its file of the finest resolution."""
    found: dict[str, tuple[int, str]] = {}
    for name in names:
        match = _BAND.fullmatch(PurePosixPath(name).name)
        if match and "IMG_DATA" in name:
            gsd = int(match[2] or 0)
            band = match[1].upper()
            if band not in found or gsd < found[band][0]:
                found[band] = (gsd, name)
    return {band: name for band, (_, name) in found.items()}


def _values(root: ElementTree.Element, tags: set[str]) -> dict[str, float]:
    """Numbers under tags, by their ``band_id`` (or their place)."""
    found: dict[str, float] = {}
    for element in root.iter():
        if element.tag.rpartition("}")[2] in tags and element.text:
            found[element.get("band_id") or str(len(found))] = float(element.text)
    return found


def _product_uri(root: ElementTree.Element) -> str:
    """The name that ESA gave the product, "" where its metadata have none: a folder may have been renamed."""
    texts = (element.text for element in root.iter() if element.tag.rpartition("}")[2] == "PRODUCT_URI")
    return next((text.strip() for text in texts if text), "")


def _sensed(tile: ElementTree.Element, where: str) -> datetime:
    for element in tile.iter():
        if element.tag.rpartition("}")[2] == "SENSING_TIME" and element.text:
            return utc(element.text.strip())
    raise DataError(f"{where}: MTD_TL.xml has no SENSING_TIME; {_ADVICE}")


def _place(path: str, where: str) -> tuple[int, BaseGeometry]:
    try:
        with open_raster(path, drivers=JPEG2000) as source:
            code = source.crs.to_epsg() if source.crs else None
            if code is None:
                raise DataError(f"{where}: its bands have no CRS; {_ADVICE}")
            return int(code), box(*transform_bounds(source.crs, 4326, *source.bounds, densify_pts=21))
    except RasterioError as error:
        raise DataError(f"{where}: {PurePosixPath(path).name} cannot be read ({error}); {_ADVICE}") from error


def _band(product: Product, band: str, grid: Grid, how: Resampling) -> npt.NDArray[np.generic]:
    path = product.bands[band]
    rows, cols = grid.shape
    place = {"crs": f"EPSG:{grid.epsg}", "transform": grid.transform, "width": cols, "height": rows}
    try:
        with open_raster(path, drivers=JPEG2000) as source:
            check_window(source, limits=product.limits)
            with WarpedVRT(source, **place, resampling=how, src_nodata=0, nodata=0) as warped:
                return np.asarray(warped.read(1))
    except RasterioError as error:
        raise DataError(
            f"{product.where}: {PurePosixPath(path).name} cannot be read to the end ({error}); {_ADVICE}"
        ) from error
