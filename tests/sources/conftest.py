"""Scenes written to disk for the folder source."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from monitor.core.aoi import Aoi
from tests.sources.places import aoi_over

BANDS = ("B02", "B03", "B04", "B08", "B11")
WriteScene = Callable[..., Path]


@pytest.fixture
def aoi() -> Aoi:
    """60 × 50 px of 10 m near Rajin, its corner on a multiple of 10 m."""
    return aoi_over(500_000, 4_670_000, 500_600, 4_670_500)


@pytest.fixture
def write_scene(tmp_path: Path) -> WriteScene:
    """Writes a GeoTIFF of 100 × 100 px around the AOI; returns its path."""

    def write(
        name="port_S2_20230905T021609.tif",
        *,
        bands=BANDS,
        epsg=32652,
        west=499_800,
        north=4_670_700,
        gsd=10.0,
        shape=(100, 100),
        data=None,
        dtype="uint16",
        nodata=0,
        crs=True,
        item=None,
        tags=None,
    ) -> Path:
        path = tmp_path / "scenes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            data = np.random.default_rng(3).integers(1, 9000, (len(bands), *shape)).astype(dtype)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=data.shape[2],
            height=data.shape[1],
            count=len(data),
            dtype=data.dtype,
            crs=f"EPSG:{epsg}" if crs else None,
            transform=Affine(gsd, 0, west, 0, -gsd, north),
            nodata=nodata,
        ) as target:
            target.write(data)
            target.descriptions = bands
            target.update_tags(**(tags or {}))
        if item is not None:
            document = {"type": "Feature", "stac_version": "1.0.0", "id": path.stem, "geometry": None}
            document |= {"properties": item, "assets": {"data": {"href": f"./{path.name}"}}, "links": []}
            path.with_suffix(".json").write_text(json.dumps(document))
        return path

    return write


@pytest.fixture
def port() -> Aoi:
    """24 × 20 px."""
    return aoi_over(500_100, 4_670_000, 500_340, 4_670_200, name="rajin")


@pytest.fixture
def serve() -> Iterator[Callable[..., object]]:
    """Starts stand-ins for Sentinel Hub, and stops them at the end."""
    with ExitStack() as stack:

        def start(world=None, **options):
            from monitor.sources.imagery.sentinelhub import client
            from tests.sources.imagery.sentinelhub.hub_places import products
            from tests.standin.server import StandIn
            from tests.standin.worlds import Sea

            client._sessions.clear()
            return stack.enter_context(StandIn(world or Sea(products()), **options))

        yield start
