"""Pictures of one made-up harbour, written in many ways."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

WEST, NORTH, EPSG = 500_000, 4_670_600, 32652
NAMES = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir"}


def harbour(bands: int, size: int, dtype: str) -> npt.NDArray[np.generic]:
    """A quay, water and one bright hull; every band another number, none of them 0."""
    top = 200 if dtype == "uint8" else 4000
    data = np.stack([np.full((size, size), top // 10 + 2 * band) for band in range(bands)])
    data[:, : size // 3] = top // 2
    data[:, size // 2 : size // 2 + 4, size // 2 : 3 * size // 4] = top
    return data.astype(dtype)


def write_picture(path: Path, data: npt.NDArray[np.generic], *, gsd: float = 3.0, **given: object) -> Path:
    """The picture in the format of its name; UTM at `gsd` from (WEST, NORTH) unless another place is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    driver = {".png": "PNG", ".jpg": "JPEG", ".jp2": "JP2OpenJPEG"}.get(path.suffix, "GTiff")
    names = given.pop("names", None)
    gcps, tags = given.pop("gcps", None), given.pop("tags", {})
    placed = {"crs": f"EPSG:{EPSG}", "transform": Affine(gsd, 0, WEST, 0, -gsd, NORTH)}
    if driver in ("PNG", "JPEG") or gcps:
        placed = {}
    if driver == "JP2OpenJPEG":
        placed |= {"QUALITY": "100", "REVERSIBLE": "YES"}
    size = {"count": len(data), "height": data.shape[1], "width": data.shape[2], "dtype": str(data.dtype)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver=driver, **size, **{**placed, **given}) as out:
            out.write(data)
            if names:
                out.descriptions = names
            if gcps:
                out.gcps = gcps
            if tags:
                out.update_tags(**tags)
    return path
