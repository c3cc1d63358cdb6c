"""A picture whose place is damaged is refused in our own words."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from monitor.core.errors import DataError
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.reading import Reading


@pytest.mark.parametrize("pixel, west", [(1e300, 0.0), (10.0, float("inf")), (10.0, 1e12), (float("nan"), 0.0)])
def test_a_place_that_is_not_on_earth_is_named_as_damage(tmp_path: Path, pixel: float, west: float) -> None:
    path = tmp_path / "a.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=8,
        width=8,
        count=3,
        dtype="uint8",
        crs="EPSG:32652",
        transform=Affine(pixel, 0, west, 0, -pixel, 4_600_000),
    ) as out:
        out.write(np.full((3, 8, 8), 90, np.uint8))
    with pytest.raises(DataError, match=r"a.tif: damaged, its place is .*; georeference it again"):
        read_image(path, Reading(sensor="hires"))
