import numpy as np
import pytest

from monitor.core.errors import DataError
from monitor.fuse import azimuth_shift, sentinel1_geometry
from monitor.fuse.matching.azimuth_shift import image_shift_m, satellite_course_deg, slant_range_m
from tests.independent_quays.orbit import view

GEOMETRY = {"incidence_deg": 38.0, "slant_range_m": 850_000.0, "satellite_speed_ms": 7590.0}


def test_a_ship_that_recedes_is_imaged_behind_its_place() -> None:
    assert azimuth_shift(10.0, 90.0, satellite_course_deg=0.0, **GEOMETRY) < 0


def test_a_ship_that_approaches_is_imaged_ahead_of_its_place() -> None:
    assert azimuth_shift(10.0, 270.0, satellite_course_deg=0.0, **GEOMETRY) > 0


def test_a_descending_pass_turns_the_shift_of_the_same_ship() -> None:
    up = azimuth_shift(10.0, 90.0, satellite_course_deg=346.0, **GEOMETRY)
    down = azimuth_shift(10.0, 90.0, satellite_course_deg=194.0, **GEOMETRY)
    assert up < 0 < down


def test_a_ship_along_the_satellites_course_is_not_shifted() -> None:
    assert azimuth_shift(15.0, 346.0, satellite_course_deg=346.0, **GEOMETRY) == pytest.approx(0.0, abs=1e-9)


def test_the_shift_is_slant_range_times_radial_speed_over_satellite_speed() -> None:
    expected = -850_000.0 * 10 * 1852 / 3600 * np.sin(np.radians(38.0)) / 7590.0
    assert azimuth_shift(10.0, 90.0, satellite_course_deg=0.0, **GEOMETRY) == pytest.approx(expected)


@pytest.mark.parametrize(("incidence", "metres"), [(30.0, 27.0), (46.0, 47.0)])
def test_sentinel_1_shifts_by_27_to_47_m_a_knot(incidence: float, metres: float) -> None:
    shift = azimuth_shift(
        1.0,
        270.0,
        satellite_course_deg=0.0,
        incidence_deg=incidence,
        slant_range_m=slant_range_m(incidence),
        satellite_speed_ms=7590.0,
    )
    assert shift == pytest.approx(metres, abs=1.5)


def test_the_shift_takes_arrays() -> None:
    shift = azimuth_shift([0.0, 10.0, np.nan], [90.0, 90.0, 0.0], satellite_course_deg=0.0, **GEOMETRY)
    assert shift.shape == (3,)
    assert shift[0] == 0.0
    assert np.isnan(shift[2])


def test_a_ship_at_berth_is_not_shifted() -> None:
    observation = sentinel1_geometry("ascending", 42.2)
    assert image_shift_m([0.0, 0.3, np.nan], [90.0, 90.0, 90.0], observation).tolist() == [0.0, 0.0, 0.0]


def test_below_the_satellite_it_flies_north_by_west_going_up_and_south_by_west_going_down() -> None:
    assert satellite_course_deg("ascending", 42.2, incidence_deg=0.0) == pytest.approx(346.1, abs=0.1)
    assert satellite_course_deg("descending", 42.2, incidence_deg=0.0) == pytest.approx(193.9, abs=0.1)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize(("lat", "incidence"), [(42.2, 31.0), (42.2, 46.0), (-20.0, 38.0), (65.0, 46.0)])
def test_the_course_at_a_place_is_that_of_an_orbit_flown_step_by_step(
    lat: float, incidence: float, *, ascending: bool
) -> None:
    expected, _, reach, speed = view(lat, ascending=ascending, incidence_deg=incidence)
    state = "ascending" if ascending else "descending"
    assert satellite_course_deg(state, lat, incidence_deg=incidence) == pytest.approx(expected, abs=0.02)
    assert slant_range_m(incidence) == pytest.approx(reach, rel=1e-3)
    assert sentinel1_geometry(state, lat).speed_ms == pytest.approx(float(np.linalg.norm(speed)), rel=2e-3)


def test_the_course_at_a_place_lies_3_to_5_degrees_off_the_track_below() -> None:
    below = satellite_course_deg("ascending", 42.2, incidence_deg=0.0)
    near, far = (satellite_course_deg("ascending", 42.2, incidence_deg=i) for i in (31.0, 46.0))
    assert near - below == pytest.approx(3.0, abs=0.1)
    assert far - below == pytest.approx(5.0, abs=0.1)


def test_an_unknown_orbit_direction_is_refused() -> None:
    with pytest.raises(DataError, match="sideways"):
        satellite_course_deg("sideways", 42.2)


def test_a_latitude_that_the_orbit_does_not_reach_is_refused() -> None:
    with pytest.raises(DataError, match="88"):
        satellite_course_deg("ascending", 88.0)
