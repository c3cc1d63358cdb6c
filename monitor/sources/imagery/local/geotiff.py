"""What a GeoTIFF on disk states, before its pixels are read."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.io.rasters import UNREADABLE, alpha_bands, open_raster
from monitor.sources.imagery.naming import are_numbers, band_names

ALPHA = "alpha"
"""Name of a band that says where the picture is, and is none of it."""
_ADVICE = "replace it with a whole one, or remove it"


@dataclass(frozen=True, slots=True)
class GeoTiffHeader:
    """What a file states before its pixels are read.

    Attributes
    ----------
    path : Path
        The file.
    bands : tuple of str
        The known names in the file's order, ``""`` where a band has none and `ALPHA` for the alpha band.
    descriptions : tuple of str
        What the file calls each band, known or not; ``""`` for nothing, and for bands that are merely counted.
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
    descriptions: tuple[str, ...]
    epsg: int | None
    grid: tuple[Affine, tuple[int, int]]
    footprint: BaseGeometry
    dtype: str
    nodata: float | None
    scale: float | None
    offset: float | None
    tags: Mapping[str, str]

    @property
    def is_named(self) -> bool:
        """Whether any band has a known name."""
        return any(name not in ("", ALPHA) for name in self.bands)

    def with_names(self, names: tuple[str, ...]) -> GeoTiffHeader:
        """The header with other names for its bands, the alpha band not counted; itself when none are given.

        Raises
        ------
        DataError
            There are more or fewer bands than names.
        """
        if not names:
            return self
        alpha = [name == ALPHA for name in self.bands]
        if len(names) == len(alpha):
            return replace(self, bands=names)
        if len(names) != alpha.count(False):
            raise DataError(
                f"{self.path}: {alpha.count(False)} bands, and {len(names)} names for them ({', '.join(names)}); give "
                "a name to each, and - to one that is none of them"
            )
        left = iter(names)
        return replace(self, bands=tuple(ALPHA if is_alpha else next(left) for is_alpha in alpha))


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
            with open_raster(path) as source:
                return _header(source, path)
    except DataError:
        raise
    except UNREADABLE as error:
        raise DataError(
            f"{path}: not a readable GeoTIFF ({error}); {_ADVICE}, or convert it with gdal_translate -of GTiff"
        ) from error


def _header(source: DatasetReader, path: Path) -> GeoTiffHeader:
    if source.crs is None:
        raise DataError(f"{path}: no CRS, so its place is unknown; set it with `gdal_edit -a_srs EPSG:… {path.name}`")
    if source.transform == Affine.identity():
        raise DataError(f"{path}: no geotransform, so its place is unknown; export it again with georeferencing")
    counted = are_numbers(source.descriptions)
    scales, offsets = set(source.scales), set(source.offsets)
    if len(scales) > 1 or len(offsets) > 1:
        raise DataError(f"{path}: its bands have different scales or offsets; store them alike")
    scale, offset = scales.pop(), offsets.pop()
    stated = (scale, offset) != (1.0, 0.0)
    names = band_names(source.descriptions, [colour.name for colour in source.colorinterp])
    alphas = alpha_bands(source)
    return GeoTiffHeader(
        path=path,
        bands=tuple(ALPHA if number in alphas else name for number, name in enumerate(names, 1)),
        descriptions=("",) * source.count if counted else tuple(text or "" for text in source.descriptions),
        epsg=source.crs.to_epsg(),
        grid=(source.transform, (source.height, source.width)),
        footprint=box(*transform_bounds(source.crs, 4326, *source.bounds, densify_pts=21)),
        dtype=str(source.dtypes[0]),
        nodata=source.nodata,
        scale=scale if stated else None,
        offset=offset if stated else None,
        tags={key: value for key, value in source.tags().items() if key != "AREA_OR_POINT"},
    )
