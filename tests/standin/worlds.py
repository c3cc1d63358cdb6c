"""What there is to see, as functions of world coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from monitor.core.geo.geodesy import transformer
from monitor.core.scenes.scene import Raster

Array = npt.NDArray[np.generic]
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Product:
    """One tile or slice that the catalog lists."""

    id: str
    collection: str
    at: datetime
    footprint: BaseGeometry
    properties: dict[str, object] = field(default_factory=dict)

    def feature(self) -> dict[str, object]:
        west, south, east, north = self.footprint.bounds
        return {
            "type": "Feature",
            "stac_version": "1.0.0",
            "id": self.id,
            "collection": self.collection,
            "geometry": mapping(self.footprint),
            "bbox": [west, south, east, north],
            "properties": {"datetime": self.at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", **self.properties},
            "links": [],
            "assets": {},
        }


class World(Protocol):
    """Products, and their bands at places."""

    products: Sequence[Product]

    def sample(self, product: Product, band: str, x: Coordinates, y: Coordinates, epsg: int) -> Array:
        """Numbers of a band (DN, classes, linear power) at coordinates of a CRS; 0 where the product does not reach."""


class Sea:
    """A made-up sea: every number follows from band, product and the 10 m cell it lies in."""

    def __init__(self, products: Sequence[Product]) -> None:
        self.products = tuple(products)

    def sample(self, product: Product, band: str, x: Coordinates, y: Coordinates, epsg: int) -> Array:
        i, j = np.floor(x / 10).astype(np.int64), np.floor(y / 10).astype(np.int64)
        seed = sum(map(ord, product.id + band)) + len(product.id)
        noise = ((i * 73_856_093) ^ (j * 19_349_663) ^ (seed * 83_492_791)) % 1000
        lon, lat = transformer(epsg, 4326).transform(x, y)
        west, south, east, north = product.footprint.bounds
        inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        if band == "dataMask":
            return inside.astype(np.uint8)
        if band == "SCL":
            return np.where(inside, np.where((i // 20 + j // 20) % 7 == 0, 9, 6), 0).astype(np.uint8)
        if band == "CLM":
            return np.where(inside, ((i // 20 + j // 20) % 7 == 0).astype(int), 255).astype(np.uint8)
        if band in ("VV", "VH"):
            return np.where(inside, noise.astype(np.float32) / 20_000.0 + 1e-4, 0.0).astype(np.float32)
        if band == "localIncidenceAngle":
            return np.where(inside, 38.5, 0.0).astype(np.float32)
        return np.where(inside, 100 + noise, 0).astype(np.uint16)


class Scenes:
    """Rasters that somebody already has, such as the embedded season's or real ports', one a product."""

    def __init__(self, scenes: Sequence[tuple[Product, Raster]]) -> None:
        self.products = tuple(product for product, _ in scenes)
        self.rasters = {product.id: raster for product, raster in scenes}

    def sample(self, product: Product, band: str, x: Coordinates, y: Coordinates, epsg: int) -> Array:
        raster = self.rasters[product.id]
        x, y = transformer(epsg, raster.grid.epsg).transform(x, y)
        t = raster.grid.transform
        cols, rows = np.floor((x - t.c) / t.a).astype(int), np.floor((y - t.f) / t.e).astype(int)
        inside = (rows >= 0) & (rows < raster.grid.shape[0]) & (cols >= 0) & (cols < raster.grid.shape[1])
        rows, cols = np.where(inside, rows, 0), np.where(inside, cols, 0)
        seen = inside & raster.valid[rows, cols]
        if band == "dataMask":
            return seen.astype(np.uint8)
        if band == "SCL":
            cloud = np.zeros_like(seen) if raster.cloud is None else raster.cloud[rows, cols]
            return np.where(seen, np.where(cloud, 9, 6), 0).astype(np.uint8)
        values = raster.data[raster.bands.index(band)][rows, cols]
        return np.where(seen, values, 0).astype(values.dtype)


def s2_product(
    at: datetime,
    footprint: BaseGeometry,
    *,
    tile: str = "52TEM",
    orbit: int = 3,
    baseline: str = "0509",
    satellite: str = "B",
    cloud: float = 12.5,
    level: str = "2A",
) -> Product:
    """A Sentinel-2 tile as the catalog names it; its data take began eight minutes before."""
    take = at - timedelta(minutes=8)
    made = at + timedelta(hours=2, minutes=int(baseline[-2:]))
    name = f"S2{satellite}_MSIL{level}_{take:%Y%m%dT%H%M%S}_N{baseline}_R{orbit:03d}_T{tile}_{made:%Y%m%dT%H%M%S}.SAFE"
    more = {"eo:cloud_cover": cloud, "platform": f"sentinel-2{satellite.lower()}", "constellation": "sentinel-2"}
    return Product(name, f"sentinel-2-l{level.lower()}", at, footprint, more)


def s1_product(
    at: datetime, footprint: BaseGeometry, *, absolute: int = 50_580, state: str = "descending", satellite: str = "A"
) -> Product:
    """A Sentinel-1 slice of 25 s as the catalog names it."""
    end = at + timedelta(seconds=25)
    name = f"S1{satellite}_IW_GRDH_1SDV_{at:%Y%m%dT%H%M%S}_{end:%Y%m%dT%H%M%S}_{absolute:06d}_0616C9_5C9A"
    more = {"sar:instrument_mode": "IW", "s1:polarization": "DV", "s1:resolution": "HIGH", "s1:timeliness": "NRT-3h"}
    return Product(name, "sentinel-1-grd", at, footprint, {**more, "sat:orbit_state": state})
