"""Water from geometry and from pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from shapely.geometry import shape

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.core.scenes.sensors import S2_BANDS
from monitor.detect.context.water import otsu, scene_water, ship_domain, water_mask

WATER = (0.06, 0.05, 0.035, 0.02, 0.012)
LAND = (0.10, 0.12, 0.14, 0.24, 0.28)
SHIP = (0.22, 0.21, 0.22, 0.20, 0.18)
SIDE = 160
GRID = Grid(32652, Affine(10, 0, 400_000, 0, -10, 4_670_000), (SIDE, SIDE))


def harbour(noise: float = 0.004, bands: tuple[str, ...] = S2_BANDS) -> Raster:
    """Sea in the east, land in the west, a hull of 120 m at anchor and one alongside."""
    pixels = np.empty((len(S2_BANDS), SIDE, SIDE), dtype=np.float32)
    pixels[:] = np.array(WATER)[:, None, None]
    pixels[:, :, :60] = np.array(LAND)[:, None, None]
    pixels[:, 80:82, 110:122] = np.array(SHIP)[:, None, None]
    pixels[:, 40:52, 60:62] = np.array(SHIP)[:, None, None]
    pixels += np.random.default_rng(1).normal(0, noise, pixels.shape).astype(np.float32)
    chosen = [S2_BANDS.index(band) for band in bands]
    return Raster(pixels[chosen], bands, np.ones(GRID.shape, bool), GRID)


@pytest.mark.parametrize("bands", [S2_BANDS, ("B08", "B11"), ("B03", "B08"), ("B08",)])
def test_the_sea_is_water_and_the_land_is_not_with_any_bands(bands: tuple[str, ...]) -> None:
    water = scene_water(harbour(bands=bands))
    assert water[:, 70:].mean() > 0.99
    assert water[:, :58].mean() < 0.01


def test_a_ship_at_anchor_counts_as_water() -> None:
    assert scene_water(harbour())[80:82, 110:122].all()


def test_a_ship_alongside_lies_in_the_ship_domain() -> None:
    domain = ship_domain(scene_water(harbour()), gsd_m=10.0)
    assert domain[40:52, 60:62].all()
    assert not domain[:, :53].any()


def test_an_islet_larger_than_a_ship_stays_land() -> None:
    raster = harbour()
    data = raster.data.copy()
    data[:, 100:130, 100:130] = np.array(LAND, dtype=np.float32)[:, None, None]
    assert not scene_water(Raster(data, raster.bands, raster.valid, GRID))[105:125, 105:125].any()


def test_a_scene_of_nothing_but_sea_is_all_water() -> None:
    data = np.random.default_rng(2).normal(0.02, 0.003, (5, SIDE, SIDE)).astype(np.float32)
    data[1] += 0.03
    assert scene_water(Raster(data, S2_BANDS, np.ones(GRID.shape, bool), GRID)).mean() > 0.98


def test_speckled_radar_sea_is_water_and_the_ship_on_it_too() -> None:
    rng = np.random.default_rng(3)
    power = np.where(np.arange(SIDE)[None, :] < 60, 0.1, 0.01) * rng.gamma(4.4, 1 / 4.4, (SIDE, SIDE))
    power[80:83, 110:122] = 3.0
    water = scene_water(Raster(power[None].astype(np.float32), ("VV",), np.ones(GRID.shape, bool), GRID))
    assert water[:, 75:].mean() > 0.97
    assert water[:, :45].mean() < 0.02
    assert water[80:83, 110:122].all()


def test_given_geometry_wins_over_the_pixels() -> None:
    raster = harbour()
    west = GRID.window(slice(0, SIDE), slice(0, 30)).footprint()
    assert water_mask(raster, water=west)[:, :29].all()
    assert not water_mask(raster, land=west)[:, :29].any()


def test_pixels_without_data_are_never_water() -> None:
    raster = harbour()
    valid = raster.valid.copy()
    valid[:30] = False
    cut = Raster(raster.data, raster.bands, valid, GRID)
    assert not water_mask(cut)[:30].any()
    assert not water_mask(cut, water=GRID.footprint())[:30].any()


def test_a_raster_without_infrared_or_radar_bands_is_refused() -> None:
    with pytest.raises(DataError, match="water or land polygon"):
        scene_water(harbour(bands=("B02",)))


def test_otsu_falls_between_two_groups_and_stays_within_its_limits() -> None:
    rng = np.random.default_rng(4)
    values = np.concatenate([rng.normal(0.02, 0.005, 4000), rng.normal(0.3, 0.05, 1000)])
    assert 0.05 < otsu(values, low=0.0, high=1.0) < 0.2
    assert otsu(values, low=0.0, high=0.04) == pytest.approx(0.04)
    assert otsu(np.array([]), low=0.0, high=1.0) == pytest.approx(0.5)


@pytest.mark.parametrize("port", ["busan", "casablanca", "algiers"])
def test_real_hulls_alongside_lie_in_the_ship_domain_and_empty_quays_in_water(shared_data: Path, port: str) -> None:
    rasterio = pytest.importorskip("rasterio")
    folder = shared_data / "s2_ports" / port
    with rasterio.open(next(folder.glob("*.tif"))) as source:
        data = source.read()
        grid = Grid(source.crs.to_epsg(), source.transform, source.shape)
        raster = Raster(data, source.descriptions, (data > 0).any(axis=0), grid, None, 1e-4)
    water = scene_water(raster)
    domain = ship_domain(water, gsd_m=10.0)
    features = json.loads((folder / "labels.geojson").read_text())["features"]
    hulls = [f for f in features if f["properties"]["kind"] == "vessel" and f["properties"]["sure"] != "low"]
    quays = [f for f in features if f["properties"]["kind"] == "berth_empty"]
    inside = [domain[grid.mask(shape(f["geometry"]))].mean() for f in hulls]
    assert np.min(inside) > 0.9
    wet = np.concatenate([water[grid.mask(shape(f["geometry"]))] for f in quays])
    assert wet.mean() > 0.85
