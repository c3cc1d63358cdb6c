"""The pixels of a GeoTIFF, whole or over an AOI: one reader for both ways in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.warp import reproject, transform_bounds
from rasterio.warp import transform as warp_points
from rasterio.windows import Window

from monitor.core.aoi import Aoi
from monitor.core.arrays import Mask
from monitor.core.errors import DataError, MonitorError
from monitor.core.geo.geodesy import distance_m, utm_epsg
from monitor.core.geo.grid import Grid
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.core.scenes.sensors import S1_BANDS
from monitor.core.scenes.validity import valid_pixels
from monitor.io.rasters import UNREADABLE, check_window, open_raster, stated_mask
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.geotiff import GeoTiffHeader

Numbers = npt.NDArray[np.generic]

_ALIGNED = 1e-6
_TRUE_SCALE = 0.005
"""A CRS whose metre is off by less is measured in as it is: UTM and national grids, never Web Mercator; chosen."""
_GSD_M = 10.0
_ADVICE = "replace it with a whole one, or remove it"


@dataclass(frozen=True, slots=True)
class Pixels:
    """Numbers as the file has them, north up.

    Attributes
    ----------
    data : array
        (band, row, col); 0 where nothing was seen.
    masks : mapping of str to array
        (row, col) by name.
    valid : Mask
        (row, col) bool: what the sensor saw (`valid_pixels`).
    grid : Grid
        Of all.
    how : str
        How they were resampled.
    """

    data: Numbers
    masks: Mapping[str, Numbers]
    valid: Mask
    grid: Grid
    how: str


def read_pixels(
    header: GeoTiffHeader,
    wanted: Sequence[str],
    *,
    aoi: Aoi | None = None,
    grid: Grid | None = None,
    masks: Sequence[str] = (),
    limits: Limits = DEFAULT_LIMITS,
) -> Pixels:
    """The bands and masks wanted, over an AOI's bounding box or all of them.

    Pixels are taken as they are where the file is in the AOI's own UTM zone: on the AOI's 10 m grid when the file
    shares it (with nothing where the file does not reach), else on the file's own. Without an AOI they are where a
    metre of the file's CRS is one on the ground. Any others are warped to UTM: cubic for bands (bilinear for radar),
    nearest for masks. South-up files are turned.

    Parameters
    ----------
    header : GeoTiffHeader
        Of the file.
    wanted : sequence of str
        Bands of the file, in the order of the result.
    aoi : Aoi, optional
        Its bounding box is read; the whole file without it.
    grid : Grid, optional
        What the pixels of an AOI are put on, in place of the AOI's grid or the file's.
    masks : sequence of str, optional
        Bands of the file that are masks.
    limits : Limits, optional
        How many pixels may be read at once.

    Raises
    ------
    NoData
        The file does not reach the AOI.
    DataError
        The pixels cannot be read to the end.
    """
    try:
        with open_raster(header.path) as source:
            reader = _Reader(source, header, tuple(wanted), tuple(masks), limits)
            if aoi is None:
                return reader.whole()
            straight = source.transform.b == source.transform.d == 0
            if header.epsg == aoi.epsg and straight:
                pixels = reader.cut(aoi)
                if grid in (None, pixels.grid):
                    return pixels
            return reader.warp(grid or Grid.covering(aoi.geometry, epsg=aoi.epsg), aoi.id)
    except MonitorError:
        raise
    except UNREADABLE as error:
        raise DataError(f"{header.path}: its pixels cannot be read ({error}); {_ADVICE}") from error


class _Reader:
    """An open file, and what is read of it."""

    def __init__(
        self,
        source: DatasetReader,
        header: GeoTiffHeader,
        wanted: tuple[str, ...],
        masks: tuple[str, ...],
        limits: Limits,
    ) -> None:
        self._source, self._header, self._masks, self._limits = source, header, masks, limits
        self._order = [header.bands.index(name) + 1 for name in (*wanted, *masks)]
        self._bands = len(wanted)
        t = source.transform
        straight = t.b == t.d == 0
        self._turned = (straight and t.e > 0, straight and t.a < 0)
        down = Affine(1, 0, 0, 0, -1, source.height) if self._turned[0] else Affine.identity()
        across = Affine(-1, 0, source.width, 0, 1, 0) if self._turned[1] else Affine.identity()
        self._transform = t @ down @ across

    def whole(self) -> Pixels:
        """All of the file."""
        gsd_m = _ground_m(self._source, self._header)
        shape = (self._source.height, self._source.width)
        if self._header.epsg is None or abs(gsd_m / _side(self._transform) - 1.0) > _TRUE_SCALE:
            middle = self._header.footprint.centroid
            gsd_m = _GSD_M if gsd_m <= 1.2 * _GSD_M else round(gsd_m, 1)
            utm = utm_epsg(middle.x, middle.y)
            return self.warp(Grid.covering(self._header.footprint, epsg=utm, gsd_m=gsd_m), "itself")
        grid = Grid(self._header.epsg, self._transform, shape)
        data, masks, valid = self._read(Window(0, 0, shape[1], shape[0]))
        return Pixels(data, masks, valid, grid, "as stored")

    def cut(self, aoi: Aoi) -> Pixels:
        """The part over an AOI of the same UTM zone, unchanged."""
        transform, gsd = self._transform, abs(self._transform.a)
        target = Grid.covering(aoi.geometry, epsg=aoi.epsg, gsd_m=gsd)
        shift = ((target.transform.c - transform.c) / gsd, (transform.f - target.transform.f) / abs(transform.e))
        col, row = round(shift[0]), round(shift[1])
        shares = max(abs(shift[0] - col), abs(shift[1] - row)) < _ALIGNED and transform.e == -transform.a
        if not shares:
            target = Grid(aoi.epsg, _shifted(transform, row, col), target.shape)
        rows, cols = target.shape
        self._limits.check_pixels(aoi.id, rows, cols)
        r0, r1 = max(row, 0), min(row + rows, self._source.height)
        c0, c1 = max(col, 0), min(col + cols, self._source.width)
        if r0 >= r1 or c0 >= c1:
            raise NoData(f"{self._source.name}: does not reach AOI {aoi.id}")
        part, masks, seen = self._read(Window(c0, r0, c1 - c0, r1 - r0))
        place = (slice(r0 - row, r1 - row), slice(c0 - col, c1 - col))
        data, valid = np.zeros((len(part), rows, cols), part.dtype), np.zeros((rows, cols), bool)
        data[:, *place], valid[place] = part, seen
        laid = {name: np.zeros((rows, cols), mask.dtype) for name, mask in masks.items()}
        for name, mask in masks.items():
            laid[name][place] = mask
        return Pixels(data, laid, valid, target, "as stored")

    def warp(self, target: Grid, place: str) -> Pixels:
        """The part under a grid of another CRS."""
        self._limits.check_pixels(self._source.name, *target.shape)
        window = self._window_under(target)
        if window is None:
            raise NoData(f"{self._source.name}: does not reach AOI {place}")
        part, masks, seen = self._read(window)
        radar = bool(set(self._header.bands) & set(S1_BANDS))
        smooth = Resampling.bilinear if radar else Resampling.cubic
        corner = _shifted(self._transform, int(window.row_off), int(window.col_off))

        def warped(layer: Numbers, how: Resampling) -> Numbers:
            out = np.zeros(target.shape, layer.dtype)
            reproject(
                layer,
                out,
                src_transform=corner,
                src_crs=self._source.crs,
                dst_transform=target.transform,
                dst_crs=f"EPSG:{target.epsg}",
                resampling=how,
                src_nodata=0 if how == smooth else None,
                dst_nodata=0,
            )
            return out

        valid = warped(seen.astype(np.uint8), Resampling.nearest) != 0
        data = np.stack([warped(band, smooth) for band in part])
        data[:, ~valid] = 0
        layers = {name: warped(mask, Resampling.nearest) for name, mask in masks.items()}
        return Pixels(data, layers, valid, target, f"warped from {self._source.crs} ({smooth.name}, masks nearest)")

    def _read(self, window: Window) -> tuple[Numbers, dict[str, Numbers], Mask]:
        """Bands, masks and validity under a window, given and returned north up."""
        r0, c0, rows, cols = int(window.row_off), int(window.col_off), int(window.height), int(window.width)
        r0 = self._source.height - r0 - rows if self._turned[0] else r0
        c0 = self._source.width - c0 - cols if self._turned[1] else c0
        stored = Window(c0, r0, cols, rows)
        turn = tuple(slice(None, None, -1 if turned else 1) for turned in self._turned)
        check_window(self._source, stored, limits=self._limits)
        part = self._source.read(self._order, window=stored)[:, *turn]
        seen = stated_mask(self._source, self._header.path, stored, limits=self._limits)
        masks = dict(zip(self._masks, part[self._bands :], strict=True))
        data, valid = valid_pixels(
            part[: self._bands], nodata=self._header.nodata, seen=None if seen is None else seen[turn], masks=masks
        )
        return np.ascontiguousarray(data), masks, np.ascontiguousarray(valid)

    def _window_under(self, target: Grid) -> Window | None:
        """The part under a grid of another CRS, with a margin for the resampling."""
        west, south, east, north = transform_bounds(
            f"EPSG:{target.epsg}", self._source.crs, *target.bounds, densify_pts=21
        )
        b = ~self._transform
        corners = ((west, south), (west, north), (east, south), (east, north))
        cols = [b.a * x + b.b * y + b.c for x, y in corners]
        rows = [b.d * x + b.e * y + b.f for x, y in corners]
        c0, c1 = max(int(min(cols)) - 4, 0), min(int(max(cols)) + 5, self._source.width)
        r0, r1 = max(int(min(rows)) - 4, 0), min(int(max(rows)) + 5, self._source.height)
        return Window(c0, r0, c1 - c0, r1 - r0) if c0 < c1 and r0 < r1 else None


def _side(transform: Affine) -> float:
    """Side of a pixel in units of the CRS."""
    return float(np.hypot(transform.a, transform.d))


def _ground_m(source: DatasetReader, header: GeoTiffHeader) -> float:
    """Side of a pixel on the ground, along the row in the middle of the file."""
    t, (rows, cols) = header.grid
    x, y = t @ (cols / 2, rows / 2)
    lon, lat = warp_points(source.crs, 4326, [x, x + t.a], [y, y + t.d])
    return float(distance_m(lon[0], lat[0], lon[1], lat[1]))


def _shifted(transform: Affine, row: int, col: int) -> Affine:
    t = transform
    return Affine(t.a, t.b, t.a * col + t.b * row + t.c, t.d, t.e, t.d * col + t.e * row + t.f)
