"""The pixels of a picture, whole or on a grid: one reader for both ways in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.enums import Resampling
from rasterio.io import DatasetReader
from rasterio.warp import reproject, transform_bounds
from rasterio.windows import Window

from monitor.core.arrays import Mask
from monitor.core.errors import DataError, MonitorError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.sensors import S1_BANDS
from monitor.core.scenes.validity import valid_pixels
from monitor.io.rasters import UNREADABLE, alpha_bands, check_window, stated_mask
from monitor.sources.errors import NoData
from monitor.sources.imagery.local.header import ALPHA, Header, open_picture
from monitor.sources.imagery.local.target import ALIGNED, native_grid

Numbers = npt.NDArray[np.generic]

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
    header: Header, wanted: Sequence[str], *, grid: Grid | None = None, masks: Sequence[str] = ()
) -> Pixels:
    """The bands and masks wanted, on a grid or all of the picture.

    Pixels are taken as they are where the grid is the picture's own or continues it; else they are warped: cubic for
    bands (bilinear for radar), nearest for masks. South-up pictures are turned. Of a scene that has a file a band
    each is read onto the grid of the finest.

    Parameters
    ----------
    header : Header
        Of the picture.
    wanted : sequence of str
        Bands of the picture, in the order of the result.
    grid : Grid, optional
        What the pixels are put on; the picture's own, or UTM at its pixel size, without it.
    masks : sequence of str, optional
        Bands of the picture that are masks.

    Raises
    ------
    NoData
        The picture does not reach the grid.
    DataError
        The pixels cannot be read to the end.
    """
    if header.others:
        return _band_by_band(header, wanted, grid=grid, masks=masks)
    try:
        with open_picture(header.path) as source:
            reader = _Reader(source, header, tuple(wanted), tuple(masks))
            return reader.onto(native_grid(header) if grid is None else grid)
    except MonitorError:
        raise
    except UNREADABLE as error:
        raise DataError(f"{header.path}: its pixels cannot be read ({error}); {_ADVICE}") from error


def _band_by_band(header: Header, wanted: Sequence[str], *, grid: Grid | None, masks: Sequence[str]) -> Pixels:
    """Bands and masks of files of one band each, on one grid."""
    files = {file.bands[0]: file for file in header.files}
    target = native_grid(header) if grid is None else grid
    parts = {name: read_pixels(files[name], (name,), grid=target) for name in wanted}
    layers = {name: read_pixels(files[name], (), grid=target, masks=(name,)).masks[name] for name in masks}
    data = np.concatenate([parts[name].data for name in wanted])
    valid: Mask = np.logical_or.reduce([part.valid for part in parts.values()])
    data, seen = valid_pixels(data, seen=valid, masks=layers)
    return Pixels(data, layers, seen, target, "; ".join(sorted({part.how for part in parts.values()})))


class _Reader:
    """An open file, and what is read of it."""

    def __init__(self, source: DatasetReader, header: Header, wanted: tuple[str, ...], masks: tuple[str, ...]) -> None:
        self._source, self._header, self._masks, self._wanted = source, header, masks, wanted
        self._order = [header.bands.index(name) + 1 for name in (*wanted, *masks)]
        t, straight = header.place.transform, header.place.is_straight
        self._turned = (straight and t.e > 0, straight and t.a < 0)
        down = Affine(1, 0, 0, 0, -1, source.height) if self._turned[0] else Affine.identity()
        across = Affine(-1, 0, source.width, 0, 1, 0) if self._turned[1] else Affine.identity()
        self._transform = t @ down @ across

    def onto(self, target: Grid) -> Pixels:
        """The part under a grid, on it."""
        self._header.limits.check_pixels(self._header.path, *target.shape)
        shift = self._shift(target)
        return self._warp(target) if shift is None else self._cut(target, shift)

    def _shift(self, target: Grid) -> tuple[int, int] | None:
        """How many rows and columns into the file a grid begins that continues the file's; None for any other."""
        if self._header.place.epsg != target.epsg or self._header.place.points:
            return None
        within = ~self._transform @ target.transform
        row, col = round(within.f), round(within.c)
        off = abs(np.array(within[:6]) - np.array(Affine.translation(col, row)[:6]))
        size = max(*target.shape, *self._header.size)
        return (row, col) if (off < [ALIGNED / size, ALIGNED / size, ALIGNED] * 2).all() else None

    def _cut(self, target: Grid, shift: tuple[int, int]) -> Pixels:
        """The part under a grid that continues the file's, unchanged; nothing where the file does not reach."""
        (row, col), (rows, cols) = shift, target.shape
        r0, r1 = max(row, 0), min(row + rows, self._source.height)
        c0, c1 = max(col, 0), min(col + cols, self._source.width)
        if r0 >= r1 or c0 >= c1:
            raise NoData(f"{self._source.name}: does not reach the port")
        part, masks, seen = self._read(Window(c0, r0, c1 - c0, r1 - r0))
        if part.shape[1:] == target.shape:
            return Pixels(part, masks, seen, target, "as stored")
        place = (slice(r0 - row, r1 - row), slice(c0 - col, c1 - col))
        data, valid = np.zeros((len(part), rows, cols), part.dtype), np.zeros((rows, cols), bool)
        data[:, *place], valid[place] = part, seen
        laid = {name: np.zeros((rows, cols), mask.dtype) for name, mask in masks.items()}
        for name, mask in masks.items():
            laid[name][place] = mask
        return Pixels(data, laid, valid, target, "as stored")

    def _warp(self, target: Grid) -> Pixels:
        """The part under any other grid."""
        window = self._window_under(target)
        if window is None:
            raise NoData(f"{self._source.name}: does not reach the port")
        part, masks, seen = self._read(window)
        radar = bool(set(self._header.bands) & set(S1_BANDS))
        smooth = Resampling.bilinear if radar else Resampling.cubic
        crs, where = self._header.place.crs, self._placed(window)

        def warped(layer: Numbers, how: Resampling) -> Numbers:
            out = np.zeros(target.shape, layer.dtype)
            reproject(
                layer,
                out,
                src_crs=crs,
                dst_transform=target.transform,
                dst_crs=f"EPSG:{target.epsg}",
                resampling=how,
                src_nodata=0 if how == smooth else None,
                dst_nodata=0,
                **where,
            )
            return out

        valid = warped(seen.astype(np.uint8), Resampling.nearest) != 0
        data = np.stack([warped(band, smooth) for band in part]) if len(part) else np.zeros((0, *target.shape))
        data[:, ~valid] = 0
        layers = {name: warped(mask, Resampling.nearest) for name, mask in masks.items()}
        return Pixels(data, layers, valid, target, f"warped from {crs} ({smooth.name}, masks nearest)")

    def _placed(self, window: Window) -> dict[str, object]:
        """Where the pixels under a window lie, as `reproject` takes it."""
        points = self._header.place.points
        row, col = int(window.row_off), int(window.col_off)
        if points:
            return {"gcps": [GroundControlPoint(row=p.row - row, col=p.col - col, x=p.x, y=p.y) for p in points]}
        return {"src_transform": self._transform @ Affine.translation(col, row)}

    def _read(self, window: Window) -> tuple[Numbers, dict[str, Numbers], Mask]:
        """Bands, masks and validity under a window, given and returned north up."""
        r0, c0, rows, cols = int(window.row_off), int(window.col_off), int(window.height), int(window.width)
        r0 = self._source.height - r0 - rows if self._turned[0] else r0
        c0 = self._source.width - c0 - cols if self._turned[1] else c0
        stored = Window(c0, r0, cols, rows)
        turn = tuple(slice(None, None, -1 if turned else 1) for turned in self._turned)
        part, seen = self._stored(stored)
        part, seen = part[:, *turn], None if seen is None else seen[turn]
        masks = dict(zip(self._masks, part[len(self._wanted) :], strict=True))
        known = dict(masks)
        if self._header.is_full or (part.dtype == np.uint8 and seen is not None):
            known["dataMask"] = np.ones(part.shape[1:], np.uint8)  # a picture has black pixels
        bands = part[: len(self._wanted)] if self._wanted else part
        data, valid = valid_pixels(bands, nodata=self._header.nodata, seen=seen, masks=known)
        return np.ascontiguousarray(data[: len(self._wanted)]), masks, np.ascontiguousarray(valid)

    def _stored(self, window: Window) -> tuple[Numbers, Mask | None]:
        """The numbers of bands and masks under a window as they are stored, and what the file states was seen."""
        check_window(self._source, window, limits=self._header.limits)
        if self._header.palette:
            colours = np.zeros((256, 4), np.uint8)
            for number, colour in self._source.colormap(1).items():
                colours[number] = colour
            whole = colours[self._source.read(1, window=window)].transpose(2, 0, 1)
            return whole[[number - 1 for number in self._order]], whole[3] != 0
        part = self._source.read(self._order, window=window)
        if alpha_bands(self._source) and ALPHA not in self._header.bands:
            return part, None  # the user says that it is none
        return part, stated_mask(self._source, self._header.path, window, limits=self._header.limits)

    def _window_under(self, target: Grid) -> Window | None:
        """The part under a grid of another CRS, with a margin for the resampling."""
        if self._header.place.points:
            return Window(0, 0, self._source.width, self._source.height)
        west, south, east, north = transform_bounds(
            f"EPSG:{target.epsg}", self._header.place.crs, *target.bounds, densify_pts=21
        )
        b = ~self._transform
        corners = ((west, south), (west, north), (east, south), (east, north))
        cols = [b.a * x + b.b * y + b.c for x, y in corners]
        rows = [b.d * x + b.e * y + b.f for x, y in corners]
        c0, c1 = max(int(min(cols)) - 4, 0), min(int(max(cols)) + 5, self._source.width)
        r0, r1 = max(int(min(rows)) - 4, 0), min(int(max(rows)) + 5, self._source.height)
        return Window(c0, r0, c1 - c0, r1 - r0) if c0 < c1 and r0 < r1 else None
