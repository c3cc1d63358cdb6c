"""Movement between the bands of one observation."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from scipy import ndimage
from shapely.geometry import Polygon, shape

from monitor.core.geo.geodesy import KNOT_MS, WGS84, reproject
from monitor.core.geo.grid import Grid
from monitor.core.scenes.scene import Acquisition, Raster
from monitor.core.scenes.sensors import S2_BANDS
from monitor.detect import detect
from monitor.detect.base import VESSEL, Boxes
from monitor.detect.context import motion as motion_module
from monitor.detect.context.motion import band_motion
from monitor.sources.imagery.local.image import read_image
from tests.detect.test_run import FixedDetector

SIDE = 60
GRID = Grid(32652, Affine(10, 0, 600_000, 0, -10, 4_670_000), (SIDE, SIDE))
LAGS = {"B02": 0.0, "B08": 0.264, "B03": 0.527, "B04": 1.005, "B11": 0.9}
OUTLINE = reproject(
    Polygon([(600_240, 4_669_720), (600_360, 4_669_720), (600_360, 4_669_690), (600_240, 4_669_690)]), 32652, WGS84
)


def scene(speed_kn: float, bands: tuple[str, ...] = S2_BANDS, seed: int = 0) -> Raster:
    """A hull of 120 m heading east at some speed."""
    rng = np.random.default_rng(seed)
    layers = []
    for band in bands:
        fine = np.full((SIDE * 10, SIDE * 10), 0.03)
        ahead = round(speed_kn * KNOT_MS * LAGS[band])
        fine[281:299, 241 + ahead : 359 + ahead] = 0.2
        blurred = ndimage.gaussian_filter(fine, 5).reshape(SIDE, 10, SIDE, 10).mean(axis=(1, 3))
        layers.append(blurred + rng.normal(0, 0.002, blurred.shape))
    return Raster(np.stack(layers).astype(np.float32), bands, np.ones(GRID.shape, bool), GRID)


@pytest.mark.parametrize("speed_kn", [16.0, 20.0, 24.0])
def test_a_fast_ship_moves_and_its_speed_lies_in_the_interval(speed_kn: float) -> None:
    motion = band_motion(scene(speed_kn), OUTLINE)
    assert motion.state == "moving"
    assert 0 < motion.low_kn < speed_kn < motion.high_kn
    assert motion.speed_kn == pytest.approx(speed_kn, abs=4.0)
    assert motion.axis_deg == pytest.approx(90.0, abs=1.0)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("speed_kn", [0.0, 4.0])
def test_of_a_slow_ship_no_one_can_tell_whether_it_moves(seed: int, speed_kn: float) -> None:
    motion = band_motion(scene(speed_kn, seed=seed), OUTLINE)
    assert motion.state != "not moving"
    assert motion.low_kn <= speed_kn < motion.high_kn < 16.0


def test_a_ship_is_still_only_where_two_knots_are_excluded(monkeypatch: pytest.MonkeyPatch) -> None:
    sharp = replace(motion_module.MOTION, noise_px=0.01, noise_freedom=4)
    monkeypatch.setattr(motion_module, "MOTION", sharp)
    clear = [band_motion(scene(0.0, seed=seed), OUTLINE) for seed in range(40)]
    assert any(motion.state == "not moving" for motion in clear)
    assert all(motion.high_kn < 2.0 for motion in clear if motion.state == "not moving")
    assert all(motion.high_kn >= 2.0 for motion in clear if motion.state == "")


def test_a_deck_of_many_colours_is_not_taken_for_movement() -> None:
    raster = scene(0.0)
    data = raster.data.copy()
    data[raster.bands.index("B04"), 27:31, 24:29] += 0.3
    data[raster.bands.index("B08"), 27:31, 24:29] += 0.3
    assert band_motion(Raster(data, raster.bands, raster.valid, GRID), OUTLINE).state != "moving"


@pytest.mark.parametrize("bands", [("B08", "B11"), ("B02", "B08"), ("B02",)])
def test_bands_seen_almost_at_once_say_nothing(bands: tuple[str, ...]) -> None:
    motion = band_motion(scene(18.0, bands), OUTLINE)
    assert motion.state == ""
    assert np.isnan([motion.speed_kn, motion.low_kn, motion.high_kn]).all()


def test_empty_water_and_the_edge_of_the_data_say_nothing() -> None:
    raster = scene(18.0)
    calm = Raster(np.full_like(raster.data, 0.03), raster.bands, raster.valid, GRID)
    assert band_motion(calm, OUTLINE).state == ""
    valid = raster.valid.copy()
    valid[:, 30:] = False
    assert band_motion(Raster(raster.data, raster.bands, valid, GRID), OUTLINE).state == ""
    cropped = raster.window(slice(0, 34), slice(0, SIDE))
    assert band_motion(cropped, OUTLINE).state == ""


@pytest.mark.parametrize(("hulls", "state"), [(1.0, "moving"), (4.0, "")])
def test_a_hull_of_a_raft_is_not_said_to_move(hulls: float, state: str) -> None:
    raster = scene(20.0)
    ring = np.array([[24.0, 28.0], [36.0, 28.0], [36.0, 31.0], [24.0, 31.0]])
    one = np.array([120.0])
    boxes = Boxes(
        (VESSEL,), (ring,), np.array([0.9]), one, one * 0.8, one * 1.2, np.zeros(1), abreast_high=np.array([hulls])
    )
    when = datetime(2023, 9, 5, 2, 16, tzinfo=UTC)
    acquisition = Acquisition("scene-1", "", "s2", "", when, when, raster.grid.footprint())
    assert detect(raster, acquisition, FixedDetector(boxes))["motion"].tolist() == [state]


@pytest.mark.parametrize("port", ["gdynia", "busan"])
def test_ships_at_anchor_and_at_berth_in_real_ports_are_not_said_to_move(shared_data: Path, port: str) -> None:
    image = next((shared_data / "s2_ports" / port).glob("*.tif"))
    _, raster = read_image(image)
    labels = json.loads((image.parent / "labels.geojson").read_text(encoding="utf-8"))["features"]
    still = [
        shape(f["geometry"])
        for f in labels
        if f["properties"].get("situation") in ("anchored", "berthed")
        and f["properties"]["sure"] != "low"
        and f["properties"]["length_m"] >= 60
    ]
    states = [band_motion(raster, outline).state for outline in still]
    assert len(states) > 15
    assert states.count("moving") <= 0.05 * len(states)
    assert states.count("not moving") == 0
