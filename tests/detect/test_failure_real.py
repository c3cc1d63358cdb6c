"""Where detectors go wrong, on real pixels: what the data's notes and labels name, in small windows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from monitor.core.errors import DetectorError
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.tables import COVERAGE
from monitor.detect.base import VESSEL
from monitor.detect.context.infrastructure import mark_fixed
from monitor.detect.context.water import water_mask
from monitor.detect.evaluation.reader import read_scene
from monitor.detect.run import detect
from monitor.detect.sar.detector import RadarDetector
from monitor.detect.yolo.checks import check_fits_weights
from monitor.detect.yolo.detector import YoloDetector
from monitor.detect.yolo.weights import read_weights

PORTS = ("algiers", "athens", "busan", "cartagena", "casablanca", "gdynia", "hedland", "klang", "marseille", "valencia")
HALF = 64


@cache
def scene(folder: Path) -> tuple[Acquisition, Raster]:
    return read_scene(folder)


def around(folder: Path, row: int, col: int) -> tuple[Acquisition, Raster]:
    """A window about a place."""
    observation, raster = scene(folder)
    rows, cols = (slice(max(at - HALF, 0), at + HALF) for at in (row, col))
    return observation, raster.window(rows, cols)


def vessels_near(folder: Path, row: int, col: int, within_m: float) -> gpd.GeoDataFrame:
    """Vessels of 45 m and more with their middle so near to a pixel of the whole scene."""
    observation, part = around(folder, row, col)
    found = detect(part, observation, YoloDetector())
    grid = scene(folder)[1].grid
    local = found.to_crs(grid.epsg).geometry.centroid
    x, y = grid.xy(np.array([row + 0.5]), np.array([col + 0.5]))
    near = np.hypot(local.x - x[0], local.y - y[0]) <= within_m
    return found[near & (found["class_name"] == VESSEL) & (found["length_m"] >= 45)].reset_index(drop=True)


def test_the_aeroplane_over_algiers_is_no_ship(shared_data: Path) -> None:
    assert vessels_near(shared_data / "s2_ports" / "algiers", 732, 468, 200.0).empty


def test_the_hull_shaped_islet_off_athens_is_set_aside_once_it_was_found_again_and_again(shared_data: Path) -> None:
    """One observation cannot separate it from a hull at anchor; that it never leaves does."""
    found = vessels_near(shared_data / "s2_ports" / "athens", 173, 339, 120.0)
    observations = [
        found.assign(
            scene_id=f"scene-{n}",
            detection_id=[f"{n}-{k}" for k in range(len(found))],
            acquired_at=found["acquired_at"] + timedelta(days=12 * n),
        )
        for n in range(6)
    ]
    table = gpd.GeoDataFrame(pd.concat(observations, ignore_index=True), geometry="geometry", crs=found.crs)
    marked = mark_fixed(table, COVERAGE.empty())
    assert marked["is_fixed"].all()
    assert len(marked) == 6 * len(found)


@pytest.mark.parametrize("port", PORTS)
def test_real_scenes_in_another_scale_or_order_are_refused_and_as_they_are_accepted(
    shared_data: Path, port: str
) -> None:
    _, raster = scene(shared_data / "s2_ports" / port)
    weights = read_weights("harbour26")
    check_fits_weights(raster, weights)
    reflectance, picture = raster.data / 10_000, np.clip(raster.data / 10_000 / 0.4 * 255, 0, 255)
    for other in (reflectance.astype(np.float32), picture.astype(np.uint8), raster.data.astype(np.float32) * 100):
        with pytest.raises(DetectorError, match="reflectance"):
            check_fits_weights(replace(raster, data=other), weights)
    with pytest.raises(DetectorError, match="swapped"):
        check_fits_weights(replace(raster, data=raster.data[[3, 2, 1, 0, 4]]), weights)


@pytest.mark.parametrize(
    ("port", "places"),
    [
        pytest.param("algiers", ((710, 277), (709, 257), (691, 257)), id="algiers"),
        pytest.param("valencia", ((300, 316),), id="valencia"),
        pytest.param("casablanca", ((202, 150),), id="casablanca"),
    ],
)
def test_ships_beside_container_stacks_are_found(
    shared_data: Path, port: str, places: tuple[tuple[int, int], ...]
) -> None:
    found = [not vessels_near(shared_data / "s2_ports" / port, row, col, 60.0).empty for row, col in places]
    assert sum(found) >= 0.6 * len(found)


def test_radar_takes_the_edge_of_the_data_for_no_ship(shared_data: Path) -> None:
    """A cut through the anchorage adds nothing on open water; a ghost whose ship was cut away may come back."""
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(shared_data / "s1" / "port_la_s1_20210105_30m_db.tif") as source:
        decibels = source.read(1)
        grid = Grid(source.crs.to_epsg(), source.transform, source.shape)
    there = decibels != 0
    power = np.where(there, 10.0 ** (decibels / 10.0), 0.0).astype(np.float32)[None]
    rows, cols = np.mgrid[0 : grid.shape[0], 0 : grid.shape[1]]
    left = there & (cols + 0.2 * rows < 0.6 * grid.shape[1])
    whole = Raster(power, ("VV",), there, grid)
    parts = [Raster(np.where(seen, power, 0.0), ("VV",), seen, grid) for seen in (left, there & ~left)]
    found, *cut = (
        np.array([ring.mean(axis=0) for ring in RadarDetector()(raster).rings]) for raster in (whole, *parts)
    )
    afloat = ndimage.distance_transform_edt(water_mask(whole) | ~there) * grid.gsd_m > 150.0
    for centres in cut:
        inside = centres[afloat[centres[:, 1].astype(int), centres[:, 0].astype(int)]]
        assert len(inside) >= 10
        assert sum(np.hypot(*(found - centre).T).min() > 10.0 for centre in inside) <= 1
