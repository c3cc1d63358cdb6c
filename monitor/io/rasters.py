"""Rasters are opened here: by a stated driver, alone, and without the network.

GDAL would try every driver it has on a file and open what lies or is named beside it (``.msk``, ``.ovr``,
``.aux.xml``), whatever that is: a text of a few lines that is named ``scene.tif`` or ``scene.tif.msk`` makes it ask a
server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from monitor.core.arrays import Mask
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.io.gdal_log import log_once

GEOTIFF = ("GTiff",)
"""The driver of loose pictures and of the archive; it reads cloud-optimised ones too."""
JPEG2000 = ("JP2OpenJPEG", "JP2KAK", "JP2ECW", "JP2MrSID")
"""The drivers of the bands in a SAFE product; which of them is there depends on GDAL."""

UNREADABLE = (RasterioError, CRSError, CPLE_BaseError, ValueError, TypeError, OverflowError, MemoryError)
"""What opening and reading a damaged raster raises; a `DataError` is a ValueError too, and is let through first."""

ALONE = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_NUM_THREADS": "ALL_CPUS", "GDAL_CACHEMAX": 128}
"""No file beside the one that is opened; and 128 MB, since GDAL would keep blocks in a twentieth of the memory."""

log_once()


@contextmanager
def open_raster(path: Path | str, *, drivers: Sequence[str] = GEOTIFF) -> Iterator[DatasetReader]:
    """The raster in a file, open for reading; nothing but the file itself is read.

    Parameters
    ----------
    path : Path or str
        The file, or GDAL's path of a file in a zip.
    drivers : sequence of str, optional
        What it is read with: the first that this GDAL has.

    Raises
    ------
    rasterio.errors.RasterioError
        The file is missing, damaged or in another format.
    """
    with rasterio.Env(**ALONE) as env:
        here = env.drivers()
        driver = next((name for name in drivers if name in here), drivers[0])
        with rasterio.open(path, driver=driver) as source:
            yield source


def check_window(source: DatasetReader, window: Window | None = None, *, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse to read more pixels at once than the limits allow; a block of the file is unpacked whole.

    Parameters
    ----------
    source : DatasetReader
        The file, open.
    window : Window, optional
        The part to be read; all of it by default.
    limits : Limits, optional
        What may be read at once.

    Raises
    ------
    DataError
        The window or a block of the file has too many pixels.
    """
    part = Window(0, 0, source.width, source.height) if window is None else window
    for rows, cols in ((int(part.height), int(part.width)), *source.block_shapes):
        limits.check_pixels(source.name, rows, cols)


def alpha_bands(source: DatasetReader) -> list[int]:
    """The numbers, from 1, of a file's alpha bands: by colour interpretation or by the description ``alpha``."""
    pairs = enumerate(zip(source.colorinterp, source.descriptions, strict=True), 1)
    return [n for n, (kind, text) in pairs if kind == ColorInterp.alpha or (text or "").strip().lower() == "alpha"]


def stated_mask(
    source: DatasetReader, path: Path, window: Window | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> Mask | None:
    """(row, col) bool: False where a file's mask, its alpha band or ``.msk`` beside it says that nothing was seen.

    None when it has none of them.

    Parameters
    ----------
    source : DatasetReader
        The file, open.
    path : Path
        Where it lies.
    window : Window, optional
        The part that is read; all of it by default.
    limits : Limits, optional
        What may be read at once of the ``.msk``.

    Raises
    ------
    rasterio.errors.RasterioError
        A mask cannot be read, or the ``.msk`` is no GeoTIFF.
    """
    alphas = alpha_bands(source)
    found: list[Mask] = []
    found += [np.asarray(source.read(number, window=window) != 0, dtype=bool) for number in alphas]
    if not alphas and any(MaskFlags.per_dataset in flags for flags in source.mask_flag_enums):
        found.append(np.asarray(source.dataset_mask(window=window) != 0, dtype=bool))
    beside = path.with_name(f"{path.name}.msk")
    if beside.is_file():
        with open_raster(beside) as mask:
            check_window(mask, window, limits=limits)
            found.append(np.asarray((mask.read(window=window) != 0).all(axis=0), dtype=bool))
    return np.logical_and.reduce(found) if found else None
