"""Radar pixels: where a moving ship's image falls, and how bright sea, land and ships are."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.fuse import azimuth_shift
from monitor.simulate.render.ground import make_ground
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.sar import forward_shift_m, render_radar
from tests.simulate.render.conftest import grid_of

ASCENDING, INCIDENCE = 346.1, 37.0


def test_a_ship_at_rest_or_along_the_track_is_not_displaced() -> None:
    where = {"satellite_deg": ASCENDING, "incidence_deg": INCIDENCE}
    assert forward_shift_m(0.0, 90.0, **where) == 0.0
    assert forward_shift_m(12.0, ASCENDING, **where) == pytest.approx(0.0, abs=1e-6)


def test_a_receding_ship_falls_behind_and_an_approaching_one_ahead() -> None:
    away = ASCENDING + 90.0
    behind = forward_shift_m(10.0, away, satellite_deg=ASCENDING, incidence_deg=INCIDENCE)
    ahead = forward_shift_m(10.0, away + 180.0, satellite_deg=ASCENDING, incidence_deg=INCIDENCE)
    assert behind < -200.0
    assert ahead == pytest.approx(-behind)


def test_the_shift_is_the_one_that_matching_corrects() -> None:
    drawn = forward_shift_m(11.0, 75.0, satellite_deg=ASCENDING, incidence_deg=INCIDENCE)
    incidence = np.radians(INCIDENCE)
    nadir = np.arcsin(6_371_000.0 / (6_371_000.0 + 693_000.0) * np.sin(incidence))
    slant = 6_371_000.0 * np.sin(incidence - nadir) / np.sin(nadir)
    corrected = azimuth_shift(
        11.0,
        75.0,
        satellite_course_deg=ASCENDING,
        incidence_deg=INCIDENCE,
        slant_range_m=slant,
        satellite_speed_ms=7590.0,
    )
    assert drawn == pytest.approx(float(corrected), rel=0.01)


def image(*hulls: DrawnHull):
    rng = np.random.default_rng(2)
    grid = grid_of(96, 96)
    dry = np.zeros(grid.shape, dtype=np.float32)
    dry[:, :24] = 1.0
    ground = make_ground(np.random.default_rng(4), grid, water=1.0 - dry, pier=np.zeros_like(dry))
    empty = np.zeros(grid.shape, dtype=np.float32)
    return render_radar(rng, ground, hulls, empty, course_deg=ASCENDING, incidence_deg=INCIDENCE)


def test_land_outshines_the_sea_and_a_ship_outshines_both() -> None:
    hull = DrawnHull(
        row=50.0,
        col=70.0,
        length=12.0,
        width=2.0,
        bow=0.3,
        kind="bulk",
        livery="red",
        height_px=0.9,
        speed_kn=0.0,
        seed=3,
    )
    vv = image(hull)[0]
    sea, land = np.median(vv[:, 40:60]), np.median(vv[:, :20])
    assert land > 2.0 * sea
    assert vv[40:60, 60:80].max() > 20.0 * sea
    assert image()[0][40:60, 60:80].max() < 10.0 * sea


def test_every_pixel_is_above_zero_and_vh_is_below_vv() -> None:
    vv, vh = image()
    assert min(vv.min(), vh.min()) > 0.0
    assert np.median(vh) < np.median(vv)
