"""Rasters as cloud-optimised GeoTIFFs and back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import CRSError, RasterioError, RasterioIOError
from rasterio.io import MemoryFile

from monitor.core.errors import ArchiveError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.io.rasters import ALONE
from monitor.io.stac import read_file

_COG = {"driver": "COG", "compress": "DEFLATE", "predictor": "YES", "blocksize": 256, "overview_resampling": "NEAREST"}
_GDAL_TAGS = ("AREA_OR_POINT", "OVR_RESAMPLING_ALG")


def encode_pixels(raster: Raster, *, simulated: bool = False) -> bytes:
    """The COG of a raster's bands: band names as descriptions, tags as metadata, ``SIMULATED=YES`` when it is so."""
    tags = dict(raster.tags) | ({"SIMULATED": "YES"} if simulated else {})
    nodata = 0 if raster.data.dtype.kind in "ui" else float("nan")
    return _encode(raster.data, raster.bands, raster.grid, nodata=nodata, tags=tags)


def encode_mask(raster: Raster) -> bytes:
    """The COG beside it: ``valid`` and, when the source has a cloud mask, ``cloud``; 1 is true."""
    layers = {"valid": raster.valid} | ({} if raster.cloud is None else {"cloud": raster.cloud})
    data = np.stack([layer.astype(np.uint8) for layer in layers.values()])
    return _encode(data, tuple(layers), raster.grid, nodata=None, tags={})


def read_raster(folder: Path, *, scale: float, offset: float, checks: Mapping[str, str] | None = None) -> Raster:
    """The raster of a scene's folder.

    Parameters
    ----------
    folder : Path
        With ``pixels.tif`` and ``mask.tif``.
    scale, offset : float
        Physical value = stored number × scale + offset.
    checks : mapping of str to str, optional
        The SHA-256 that a file's bytes must have, by its name.

    Raises
    ------
    ArchiveError
        A file is missing or damaged.
    """
    known = checks or {}
    data, bands, grid, tags = _read(folder / "pixels.tif", known.get("pixels.tif", ""))
    mask, names, mask_grid, _ = _read(folder / "mask.tif", known.get("mask.tif", ""))
    if mask_grid.shape != grid.shape or "valid" not in names:
        raise ArchiveError(f"{folder}/mask.tif: does not fit pixels.tif; remove {folder} and run `monitor pull`")
    cloud = mask[names.index("cloud")] > 0 if "cloud" in names else None
    return Raster(data, bands, mask[names.index("valid")] > 0, grid, cloud, scale, offset, tags)


def _encode(
    data: npt.NDArray[np.generic], bands: tuple[str, ...], grid: Grid, *, nodata: float | None, tags: dict[str, str]
) -> bytes:
    count, rows, cols = data.shape
    with MemoryFile() as memory:
        with memory.open(
            **_COG,
            width=cols,
            height=rows,
            count=count,
            dtype=str(data.dtype),
            crs=f"EPSG:{grid.epsg}",
            transform=grid.transform,
            nodata=nodata,
        ) as target:
            target.write(data)
            target.descriptions = bands
            target.update_tags(**tags)
        return cast("bytes", memory.read())


def _read(path: Path, check: str) -> tuple[npt.NDArray[np.generic], tuple[str, ...], Grid, dict[str, str]]:
    content = read_file(path.parent, path.name, check)
    try:
        with rasterio.Env(**ALONE), MemoryFile(content) as memory, memory.open(driver="GTiff") as source:
            data = source.read()
            grid = Grid(int(source.crs.to_epsg()), source.transform, (source.height, source.width))
            tags = {key: value for key, value in source.tags().items() if key not in _GDAL_TAGS}
            return data, tuple(name or "" for name in source.descriptions), grid, tags
    except (RasterioError, RasterioIOError, CRSError, AttributeError, TypeError, ValueError) as error:
        raise ArchiveError(
            f"{path}: damaged or missing ({error}); remove {path.parent}, run `monitor reindex` and pull it again"
        ) from error
