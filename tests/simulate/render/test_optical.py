"""Optical pixels: hulls, stacks, glint and snow are where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.simulate.render.clouds import make_sky
from monitor.simulate.render.ground import make_ground
from monitor.simulate.render.hulls import DrawnHull
from monitor.simulate.render.optical import SeaSurface, Year, light_of, render_optical
from tests.simulate.render.conftest import grid_of

CALM = SeaSurface(green=0.2, turbid=0.0, glint=0.0, wind=0.1, swell_px=8.0, swell_deg=0.0)
SUN = (150.0, 50.0)
HULL = DrawnHull(
    row=40.0,
    col=60.0,
    length=14.0,
    width=2.4,
    bow=np.pi / 2,
    kind="bulk",
    livery="red",
    height_px=0.9,
    speed_kn=0.0,
    seed=1,
)


def drawn(*hulls: DrawnHull, stacks=None, share=0.0, year=Year()):  # noqa: B008
    grid = grid_of(80, 96)
    dry = np.zeros(grid.shape, dtype=np.float32)
    dry[:, :20] = 1.0
    ground = make_ground(np.random.default_rng(4), grid, water=1.0 - dry, pier=np.zeros_like(dry))
    rng = np.random.default_rng(2)
    sky = make_sky(rng, grid.shape, share, gsd_m=10.0, away_from_sun=(-1.0, 0.0), shadow_per_height=0.8)
    empty = np.zeros(grid.shape, dtype=np.float32)
    stacks = empty if stacks is None else stacks
    return render_optical(np.random.default_rng(9), ground, hulls, stacks, sky=sky, sea=CALM, sun=SUN, year=year)


def test_a_hull_shines_in_the_infrared_where_it_lies_and_nowhere_else() -> None:
    change = drawn(HULL)[3].astype(int) - drawn()[3].astype(int)
    assert change[39:41, 55:65].min() > 300
    assert np.abs(change[:30]).max() < 100


def test_a_stack_of_containers_changes_the_pixels_under_it() -> None:
    stacks = np.zeros((80, 96), dtype=np.float32)
    stacks[30:34, 60:66] = 1.0
    change = np.abs(drawn(stacks=stacks).astype(int) - drawn().astype(int)).sum(axis=0)
    assert change[31:33, 61:65].min() > 10 * np.median(change)


def test_an_overcast_sky_is_bright_and_hides_the_hull() -> None:
    hidden = drawn(HULL, share=1.0)
    assert np.median(hidden[0]) > 3000
    assert abs(int(np.median(hidden[3, 39:41, 55:65])) - int(np.median(hidden[3]))) < 800


def test_snow_whitens_the_land_alone() -> None:
    snowy, plain = drawn(year=Year(snow=1.0)), drawn()
    assert np.median(snowy[0, :, :15]) > 2 * np.median(plain[0, :, :15])
    assert np.median(snowy[0, :, 60:]) == pytest.approx(np.median(plain[0, :, 60:]), rel=0.05)


def test_no_pixel_is_0_which_means_no_data() -> None:
    assert drawn().min() >= 1


@pytest.mark.parametrize(("azimuth", "rows", "cols"), [(180.0, -1.0, 0.0), (90.0, 0.0, -1.0), (0.0, 1.0, 0.0)])
def test_shadows_fall_away_from_the_sun(azimuth: float, rows: float, cols: float) -> None:
    light = light_of(azimuth, 45.0)
    assert (light.rows, light.cols) == (pytest.approx(rows, abs=1e-9), pytest.approx(cols, abs=1e-9))
    assert light.per_height == pytest.approx(1.0)
