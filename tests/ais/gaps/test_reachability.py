from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import LineString, MultiPolygon, Point, box

from monitor.ais import find_gaps
from monitor.ais.gaps.reachability import USUAL_KN, gap_calls, usual_speeds
from monitor.ais.sea.routes import Coast, Sea, shipped_coast, shipped_sea
from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import GAP_CALLS, GAPS
from tests.ais.conftest import fixes

RAJIN, DUNAI = (130.2826, 42.2271), (132.3494, 42.9047)
PORTS = pd.DataFrame({"port_id": ["rajin", "dunai"], "lon": [130.2826, 132.3494], "lat": [42.2271, 42.9047]})


@pytest.fixture(scope="module")
def sea() -> Sea:
    return shipped_sea()


@pytest.fixture(scope="module")
def wall() -> Sea:
    """A wall from the south that leaves a way round its northern end."""
    return Sea.of(Coast(box(10.48, -1.0, 10.52, 0.6), (10.0, 0.0, 11.0, 1.0)), cell_deg=0.02)


def test_a_way_around_land_is_longer_than_the_straight_line_and_crosses_no_land(wall: Sea) -> None:
    start, end = (10.3, 0.1), (10.7, 0.1)
    route = wall.route(start, end)
    corner = float(distance_m(*start, 10.48, 0.6) + distance_m(10.48, 0.6, 10.52, 0.6) + distance_m(10.52, 0.6, *end))
    assert route.by_water
    assert not route.line.intersects(wall.coast.land)
    assert corner <= route.distance_m < corner * 1.02
    assert route.line.coords[0] == start
    assert route.line.coords[-1] == end


def test_a_clear_way_is_the_geodesic(wall: Sea) -> None:
    route = wall.route((10.1, 0.1), (10.4, 0.9))
    assert route.distance_m == pytest.approx(float(distance_m(10.1, 0.1, 10.4, 0.9)))
    assert len(route.line.coords) == 2


def test_there_and_back_are_equally_far(sea: Sea) -> None:
    assert sea.route(RAJIN, DUNAI).distance_m == pytest.approx(sea.route(DUNAI, RAJIN).distance_m, rel=0.01)


def test_rajin_to_dunai_by_water(sea: Sea) -> None:
    route = sea.route(RAJIN, DUNAI)
    miles = route.distance_m / 1852.0
    assert 102.0 < miles < 110.0
    inner = LineString(list(route.line.coords)[1:-1])
    assert not inner.intersects(sea.coast.land)
    lengths, by_water = sea.distances_m(RAJIN, [DUNAI])
    assert by_water.all()
    assert lengths[0] == pytest.approx(route.distance_m, rel=0.03)


def test_off_the_box_the_distance_is_geodesic_and_says_so(sea: Sea) -> None:
    far = (140.0, 42.0)
    route = sea.route(RAJIN, far)
    assert not route.by_water
    assert route.distance_m == pytest.approx(float(distance_m(*RAJIN, *far)))
    lengths, by_water = sea.distances_m(RAJIN, [far])
    assert not by_water.any()
    assert lengths[0] == pytest.approx(route.distance_m)


def test_a_place_far_inland_has_no_way_by_water(sea: Sea) -> None:
    assert not sea.route(RAJIN, (130.0, 43.5)).by_water


def test_an_islet_smaller_than_a_cell_is_not_crossed() -> None:
    islet = Point(10.5051, 0.5049).buffer(0.004)
    small = Sea.of(Coast(islet, (10.0, 0.0, 11.0, 1.0)), cell_deg=0.02)
    route = small.route((10.49, 0.505), (10.52, 0.505))
    assert not route.line.intersects(islet)


def test_all_land_is_refused() -> None:
    with pytest.raises(DataError, match="no water"):
        Sea.of(Coast(box(9, -1, 12, 2), (10.0, 0.0, 11.0, 1.0)), cell_deg=0.1)


def test_open_water_needs_no_land() -> None:
    assert Sea.of(Coast(MultiPolygon(), (10.0, 0.0, 11.0, 1.0)), cell_deg=0.1).route((10.2, 0.2), (10.8, 0.8)).by_water


def test_the_shipped_coast_carries_its_notice() -> None:
    assert "OpenStreetMap" in shipped_coast().attribution
    assert "ODbL" in shipped_coast().attribution
    assert shipped_coast().land.is_valid


def silence(hours: float, *, lon: float = 132.2, lat: float = 42.7) -> pd.DataFrame:
    return find_gaps(fixes(440000001, [0, hours], lon=lon, lat=lat))


def test_a_long_silence_off_dunai_leaves_time_for_rajin_and_back(sea: Sea) -> None:
    calls = gap_calls(silence(48), PORTS, sea=sea).set_index("port_id")
    rajin = calls.loc["rajin"]
    assert rajin["is_feasible"]
    assert rajin["by_water"]
    assert rajin["there_m"] == pytest.approx(rajin["back_m"])
    assert rajin["travel_h"] == pytest.approx((rajin["there_m"] + rajin["back_m"]) / 1852.0 / USUAL_KN)
    assert rajin["spare_h"] == pytest.approx(48.0 - rajin["travel_h"])
    assert calls.loc["dunai", "rank"] == 1
    assert rajin["rank"] == 2


def test_a_short_silence_does_not(sea: Sea) -> None:
    calls = gap_calls(silence(13), PORTS, sea=sea).set_index("port_id")
    assert not calls.loc["rajin", "is_feasible"]
    assert calls.loc["rajin", "needed_kn"] > USUAL_KN
    faster = gap_calls(silence(13), PORTS, sea=sea, speeds_kn={440000001: 20.0}).set_index("port_id")
    assert faster.loc["rajin", "is_feasible"]


def test_without_a_coast_the_distance_is_geodesic() -> None:
    calls = gap_calls(silence(48), PORTS)
    assert not calls["by_water"].any()


def test_an_open_gap_has_no_way_back(sea: Sea) -> None:
    gaps = find_gaps(fixes(440000001, [0], lon=132.2, lat=42.7), until=fixes(1, [48])["t"][0])
    rajin = gap_calls(gaps, PORTS, sea=sea).set_index("port_id").loc["rajin"]
    assert np.isnan(rajin["back_m"])
    assert rajin["travel_h"] == pytest.approx(rajin["there_m"] / 1852.0 / USUAL_KN)


def test_gaps_without_a_place_are_not_feasible_and_say_nothing(sea: Sea) -> None:
    calls = gap_calls(find_gaps(fixes(440000001, [0, 48])[["mmsi", "t"]]), PORTS, sea=sea)
    assert calls[["there_m", "spare_h"]].isna().all(axis=None)
    assert not calls["is_feasible"].any()


def test_several_anchor_points_of_a_port_count_once(sea: Sea) -> None:
    more = pd.concat([PORTS, PORTS.assign(lon=PORTS["lon"] + 0.02)])
    calls = gap_calls(silence(48), more, sea=sea)
    assert len(calls) == 2


def test_no_gaps_or_ports_give_the_empty_table() -> None:
    assert_frame_equal(gap_calls(GAPS.empty(), PORTS), GAP_CALLS.empty())
    assert_frame_equal(gap_calls(silence(48), PORTS.iloc[:0]), GAP_CALLS.empty())
    with pytest.raises(DataError, match="port_id"):
        gap_calls(silence(48), PORTS.drop(columns="port_id"))


def test_a_ships_own_speed_is_what_it_has_shown() -> None:
    track = fixes(440000001, [h / 10 for h in range(20)], east_kn=14.0)
    brief = fixes(440000002, [0, 1], east_kn=14.0)
    assert usual_speeds(pd.concat([track, brief])) == {440000001: 14.0}
