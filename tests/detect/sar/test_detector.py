"""Ships in radar: made seas, and a real anchorage."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from shapely.geometry import Polygon

from monitor.core.aoi import Aoi, Zone
from monitor.core.errors import DetectorError
from monitor.core.geo.geodesy import WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Raster
from monitor.detect.sar.cfar import bright_pixels
from monitor.detect.sar.detector import RadarDetector
from monitor.detect.sar.hulls import HullRule

EPSG, SIDE = 32652, 220
GRID = Grid(EPSG, Affine(10, 0, 600_000, 0, -10, 4_670_000), (SIDE, SIDE))
LABELS = Path(__file__).parent / "port_la_s1_20210105_ships.csv"


def sea(
    ships: list[tuple[float, float, float, float, float]],
    *,
    level_db: float = -20.0,
    land: int = 0,
    seed: int = 0,
    texture: float = 8.0,
) -> Raster:
    """VV and VH over K-distributed water; ships as (row, col, length_m, angle in degrees from +column, dB)."""
    rng = np.random.default_rng(seed)
    fine = 2
    rows, cols = np.mgrid[0 : SIDE * fine, 0 : SIDE * fine] / fine + 0.25
    power = np.full(rows.shape, 10 ** (level_db / 10))
    power[:, : land * fine] = 10**-0.4
    for row, col, length_m, angle, level in ships:
        along = (cols - col) * np.cos(np.radians(angle)) + (rows - row) * np.sin(np.radians(angle))
        across = (rows - row) * np.cos(np.radians(angle)) - (cols - col) * np.sin(np.radians(angle))
        power[(np.abs(along) <= length_m / 20) & (np.abs(across) <= 0.9)] = 10 ** (level / 10)
    blurred = ndimage.gaussian_filter(power, 0.9 * fine).reshape(SIDE, fine, SIDE, fine).mean(axis=(1, 3))
    blurred = blurred * rng.gamma(texture, 1 / texture, blurred.shape)
    bands = [blurred * scale * rng.gamma(4.4, 1 / 4.4, blurred.shape) for scale in (1.0, 0.2)]
    return Raster(np.stack(bands).astype(np.float32), ("VV", "VH"), np.ones(GRID.shape, bool), GRID)


def bay(land: int) -> Aoi:
    """A port whose water begins at column `land`."""
    x, y = GRID.xy([0, 0, SIDE, SIDE], [land, SIDE, SIDE, land])
    water = reproject(Polygon(zip(x, y, strict=True)), EPSG, WGS84)
    return Aoi("bay", "Bay", GRID.footprint(), (Zone("w", "water", "w", water),), EPSG)


SHIPS = [
    (40, 60, 120, 20, 3),
    (40, 150, 200, 90, 5),
    (120, 60, 90, 135, 2),
    (160, 160, 150, 0, 4),
    (190, 40, 60, 45, 3),
]


def test_every_ship_on_open_water_is_found_once_with_its_axis_and_within_its_length_interval() -> None:
    boxes = RadarDetector()(sea(SHIPS))
    assert len(boxes) == len(SHIPS)
    centres = np.array([ring.mean(axis=0) for ring in boxes.rings])
    held = 0
    for row, col, length_m, angle, _ in SHIPS:
        away = np.hypot(centres[:, 1] - row, centres[:, 0] - col)
        best = int(np.argmin(away))
        assert away[best] < 3.0
        turn = abs((np.degrees(boxes.angle[best]) - angle + 90) % 180 - 90)
        assert turn < 15.0
        assert abs(boxes.length_m[best] - length_m) <= 35.0
        held += boxes.length_low_m[best] <= length_m <= boxes.length_high_m[best]
    assert held >= len(SHIPS) - 1


def test_boats_come_out_as_boats_though_the_blur_is_longer_than_they_are() -> None:
    boats = [(40 + 50 * k, 60 + 60 * k, length, 30 * k, 0) for k, length in enumerate((16, 24, 28))]
    boxes = RadarDetector()(sea(boats))
    assert len(boxes) == 3
    assert (boxes.length_m < 40.0).all()
    assert len(RadarDetector()(sea([(100, 100, 70, 20, 2)]))) == 1
    assert RadarDetector()(sea([(100, 100, 70, 20, 2)])).length_m[0] > 50.0


@pytest.mark.parametrize("level_db", [-24.0, -14.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_empty_water_calm_or_rough_gives_nothing(level_db: float, seed: int) -> None:
    assert len(RadarDetector()(sea([], level_db=level_db, seed=seed))) == 0


def test_a_ship_alongside_is_found_with_the_port_s_water_and_the_quay_is_not() -> None:
    land = 60
    detector = RadarDetector((bay(land),))
    boxes = detector(sea([(110, 62.5, 120, 90, 4)], land=land))
    assert len(boxes) == 1
    assert abs(boxes.rings[0].mean(axis=0) - (62.5, 110)).max() < 3.5
    assert len(detector(sea([], land=land, seed=4))) == 0


def test_a_short_bright_spot_of_the_quay_is_no_boat_and_a_boat_of_that_size_afloat_is() -> None:
    land = 60
    detector = RadarDetector((bay(land),))
    spot, boat = (110, 63.0, 10, 90, 3), (110, 150.0, 10, 90, 3)
    assert len(detector(sea([spot], land=land))) == 0
    boxes = detector(sea([spot, boat], land=land))
    assert [round(ring.mean(axis=0)[0], -1) for ring in boxes.rings] == [150]
    assert len(RadarDetector((bay(land),), hulls=HullRule(quay_least_m=0.0))(sea([spot], land=land))) == 1


def test_a_given_land_polygon_keeps_the_shore_out() -> None:
    x, y = GRID.xy([0, 0, SIDE, SIDE], [0, 60, 60, 0])
    land = reproject(Polygon(zip(x, y, strict=True)), EPSG, WGS84)
    assert len(RadarDetector(land=land)(sea([(110, 150, 120, 0, 4)], land=60))) == 1


def test_the_cross_of_a_strong_target_is_not_a_fleet() -> None:
    raster = sea([(110, 110, 200, 0, 20)])
    power = raster.data.copy()
    for step in range(20, 60, 4):
        fade = 10 ** ((20 - 20 - step / 4) / 10)
        lean = round(step * np.tan(np.radians(12)))
        power[:, 110 - lean, 110 + step : 112 + step] += fade
        power[:, 110 - step : 112 - step, 110 - lean] += fade
    boxes = RadarDetector()(Raster(power, raster.bands, raster.valid, GRID))
    assert len(boxes) == 1


def test_an_azimuth_ambiguity_is_left_out_and_a_like_smear_elsewhere_stays() -> None:
    shape = (800, 300)
    power = 0.01 * np.random.default_rng(9).gamma(4.4, 1 / 4.4, shape)
    power[100:103, 54:66] = 100.0
    grid = Grid(EPSG, Affine(10, 0, 600_000, 0, -10, 4_670_000), shape)
    away = 480 * np.array([np.cos(np.radians(12)), np.sin(np.radians(12))])
    for offset, count in ((0, 1), (80, 2)):
        smeared = power.copy()
        row, col = round(101 + away[0]), round(60 + away[1]) + offset
        smeared[row - 1 : row + 2, col - 6 : col + 6] = 0.4
        raster = Raster(smeared[None].astype(np.float32), ("VV",), np.ones(shape, bool), grid)
        assert len(RadarDetector()(raster)) == count


def test_ships_side_by_side_at_anchor_do_not_hide_one_another() -> None:
    fleet = [(60.0 + 40 * i, 60.0 + 40 * j, 120.0, 0.0, 6.0) for i in range(3) for j in range(3)]
    assert len(RadarDetector()(sea(fleet))) == 9


def test_decibels_give_the_same_ships_as_power() -> None:
    raster = sea(SHIPS)
    decibels = Raster(10 * np.log10(raster.data), raster.bands, raster.valid, GRID)
    power, turned = RadarDetector()(raster), RadarDetector()(decibels)
    assert len(turned) == len(SHIPS)
    assert np.allclose(power.length_m, turned.length_m)


def test_a_clutter_statistic_of_decibels_is_refused_and_so_is_a_raster_without_radar() -> None:
    raster = sea([])
    water = np.ones(GRID.shape, bool)
    decibels = Raster(10 * np.log10(raster.data), raster.bands, raster.valid, GRID)
    with pytest.raises(DetectorError, match="decibels"):
        bright_pixels(decibels, water)
    optical = Raster(raster.data, ("B08", "B11"), raster.valid, GRID)
    with pytest.raises(DetectorError, match="VV or VH"):
        bright_pixels(optical, water)


def test_a_raster_without_data_and_one_without_water_give_nothing() -> None:
    raster = sea(SHIPS)
    blind = Raster(raster.data, raster.bands, np.zeros(GRID.shape, bool), GRID)
    assert len(RadarDetector()(blind)) == 0
    assert not bright_pixels(raster, np.zeros(GRID.shape, bool)).mask.any()


def test_the_swath_s_edge_is_no_shore_and_no_ship() -> None:
    raster = sea([(110, 150, 120, 0, 4)])
    valid = raster.valid.copy()
    valid[:, :100] = False
    cut = Raster(np.where(valid, raster.data, 0).astype(np.float32), raster.bands, valid, GRID)
    boxes = RadarDetector()(cut)
    assert len(boxes) == 1
    assert boxes.rings[0].mean(axis=0)[0] == pytest.approx(150, abs=3)


def test_one_band_is_enough() -> None:
    raster = sea(SHIPS[:2])
    vv = Raster(raster.data[:1], ("VV",), raster.valid, GRID)
    assert len(RadarDetector()(vv)) == 2


def test_the_key_tells_settings_apart_and_the_detector_travels() -> None:
    detector = RadarDetector((bay(60),))
    assert detector.key == pickle.loads(pickle.dumps(detector)).key
    keys = {
        detector.key,
        RadarDetector().key,
        RadarDetector(threshold=0.5).key,
        RadarDetector(hulls=HullRule(20.0, 10.0)).key,
    }
    assert len(keys) == 4


def test_ships_at_anchor_off_los_angeles(shared_data: Path) -> None:
    """39 ships plain to the eye; 40 further spots that the eye could not decide on neither count nor cost."""
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(shared_data / "s1" / "port_la_s1_20210105_30m_db.tif") as source:
        decibels = source.read(1)
        grid = Grid(source.crs.to_epsg(), source.transform, source.shape)
    valid = decibels != 0
    raster = Raster((10 ** (decibels / 10)).astype(np.float32)[None], ("VV",), valid, grid)
    boxes = RadarDetector()(raster)
    with LABELS.open() as file:
        labels = list(csv.DictReader(file))
    sure = np.array([row["sure"] == "yes" for row in labels])
    row, col = grid.rowcol([float(x["lon"]) for x in labels], [float(x["lat"]) for x in labels])
    centres = np.array([ring.mean(axis=0) for ring in boxes.rings])
    distance = 30.0 * np.hypot(centres[:, :1] - col, centres[:, 1:] - row)
    box, label = linear_sum_assignment(np.minimum(distance, 1e4))
    near = distance[box, label] <= 200.0
    found = int(sure[label[near]].sum())
    false = len(boxes) - int(near.sum())
    assert int(sure.sum()) == 39
    assert found >= 37
    assert found / (found + false) >= 0.9
