"""What a picture on disk states, before its pixels are read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import DatasetReader
from shapely.geometry.base import BaseGeometry

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.io.rasters import GEOTIFF, JPEG2000, UNREADABLE, alpha_bands, open_raster
from monitor.sources.imagery.local.place import Place, find_place
from monitor.sources.imagery.local.reading import AS_STATED, NO_NUMBER, Reading
from monitor.sources.imagery.naming import are_numbers, band_names

ALPHA = "alpha"
"""Name of a band that says where the picture is, and is none of it."""
DRIVERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys((".tif", ".tiff"), GEOTIFF),
    **dict.fromkeys((".jp2", ".j2k"), JPEG2000),
    ".png": ("PNG",),
    **dict.fromkeys((".jpg", ".jpeg"), ("JPEG",)),
}
"""What a picture is read with, by the ending of its name; none of them opens anything but the file."""
_ADVICE = "replace it with a whole one, or remove it"
_LEAST_M, _MOST_M = 0.001, 100_000.0
"""Pixels that are smaller or larger are of no picture of a port; chosen wide."""
_RGB = ("B04", "B03", "B02")


@dataclass(frozen=True, slots=True)
class Header:
    """What a file states before its pixels are read.

    Attributes
    ----------
    path : Path
        The file.
    bands : tuple of str
        The known names in the file's order, ``""`` where a band has none and `ALPHA` for the alpha band.
    descriptions : tuple of str
        What the file calls each band, known or not; ``""`` for nothing, and for bands that are merely counted.
    place : Place
        Where it lies.
    size : tuple of int
        Rows and columns.
    footprint : BaseGeometry
        The file's outline; EPSG:4326.
    gsd_m : float
        Side of a pixel on the ground.
    dtype : str
        Of the first band.
    nodata, scale, offset : float or None
        The file's own; None when it states none.
    tags : mapping of str to str
        The file's metadata.
    coloured : tuple of str
        The names by the bands' colours, where no description names any.
    palette : bool
        Whether its one band is of numbers of colours.
    is_full : bool
        Whether every number is the picture's own, 0 too.
    limits : Limits
        How many pixels may be read at once.
    others : tuple of Header
        The other files of a scene that has a file a band; `bands` names theirs after its own.
    """

    path: Path
    bands: tuple[str, ...]
    descriptions: tuple[str, ...]
    place: Place
    size: tuple[int, int]
    footprint: BaseGeometry
    gsd_m: float
    dtype: str
    nodata: float | None
    scale: float | None
    offset: float | None
    tags: Mapping[str, str]
    coloured: tuple[str, ...] = ()
    palette: bool = False
    is_full: bool = False
    limits: Limits = DEFAULT_LIMITS
    others: tuple[Header, ...] = ()

    @property
    def is_named(self) -> bool:
        """Whether any band has a known name."""
        return any(name not in ("", ALPHA) for name in self.bands)

    @property
    def files(self) -> tuple[Header, ...]:
        """The header of each file of the scene, with its own bands alone."""
        own = len(self.bands) - len(self.others)
        return (replace(self, bands=self.bands[:own], others=()), *self.others)

    @property
    def count(self) -> int:
        """How many bands it has, the alpha band not counted."""
        return len(self.bands) - self.bands.count(ALPHA)

    def with_names(self, names: tuple[str, ...]) -> Header:
        """The header with other names for its bands, the alpha band not counted; itself when none are given.

        Raises
        ------
        DataError
            There are more or fewer bands than names.
        """
        if not names:
            return self
        if len(names) == len(self.bands):
            return replace(self, bands=names)
        if len(names) != self.count:
            raise DataError(
                f"{self.path}: {self.count} bands, and {len(names)} names for them ({', '.join(names)}); give "
                "a name to each, and - to one that is none of them"
            )
        left = iter(names)
        return replace(self, bands=tuple(ALPHA if name == ALPHA else next(left) for name in self.bands))


def read_header(path: Path, given: Reading = AS_STATED) -> Header:
    """The header of a picture.

    Parameters
    ----------
    path : Path
        A GeoTIFF, JPEG 2000, PNG or JPEG.
    given : Reading, optional
        What the user states of it.

    Raises
    ------
    DataError
        The file is empty, truncated, in no format that is read, or its place is unknown; the message names it.
    """
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty (zero bytes); {_ADVICE}")
    try:
        with open_picture(path) as source:
            return _header(source, path, given)
    except DataError:
        raise
    except UNREADABLE as error:
        kind = "GeoTIFF" if _drivers(path) == GEOTIFF else "picture of its kind"
        raise DataError(
            f"{path}: not a readable {kind} ({error}); {_ADVICE}, or convert it with gdal_translate -of GTiff"
        ) from error


@contextmanager
def open_picture(path: Path) -> Iterator[DatasetReader]:
    """The picture in a file, open for reading by the driver of its name; one without a place too.

    Raises
    ------
    rasterio.errors.RasterioError
        The file is missing, damaged or in another format.
    """
    with ExitStack() as stack:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            source = stack.enter_context(open_raster(path, drivers=_drivers(path)))
        yield source


def _drivers(path: Path) -> tuple[str, ...]:
    """What a picture is read with; the GeoTIFF driver for a name that tells nothing."""
    return DRIVERS.get(path.suffix.lower(), GEOTIFF)


def _header(source: DatasetReader, path: Path, given: Reading) -> Header:
    place, size = find_place(source, path, given), (source.height, source.width)
    footprint, gsd_m = place.footprint(size), place.gsd_m(size)
    if not (_LEAST_M < gsd_m < _MOST_M and footprint.is_valid and np.isfinite(footprint.bounds).all()):
        raise DataError(f"{path}: its pixels lie nowhere on the ground ({gsd_m:g} m each); correct its place")
    counted = are_numbers(source.descriptions)
    scales, offsets = set(source.scales), set(source.offsets)
    if len(scales) > 1 or len(offsets) > 1:
        raise DataError(f"{path}: its bands have different scales or offsets; store them alike")
    scale, offset = scales.pop(), offsets.pop()
    stated = (scale, offset) != (1.0, 0.0)
    colours = source.colorinterp
    names = band_names(source.descriptions)
    alphas = alpha_bands(source)
    palette = source.count == 1 and colours[0] == ColorInterp.palette
    bands = tuple(ALPHA if number in alphas else name for number, name in enumerate(names, 1))
    coloured = band_names(("",) * source.count, [colour.name for colour in colours])
    return Header(
        path=path,
        bands=_RGB if palette else bands,
        descriptions=("",) * source.count if counted else tuple(text or "" for text in source.descriptions),
        place=place,
        size=size,
        footprint=footprint,
        gsd_m=gsd_m,
        dtype=str(source.dtypes[0]),
        nodata=source.nodata if given.nodata is None else given.nodata if isinstance(given.nodata, float) else None,
        scale=scale if stated else None,
        offset=offset if stated else None,
        tags={key: value for key, value in source.tags().items() if key != "AREA_OR_POINT"},
        coloured=tuple(name for number, name in enumerate(coloured, 1) if number not in alphas),
        palette=palette,
        is_full=given.nodata == NO_NUMBER,
        limits=given.limits,
    )
