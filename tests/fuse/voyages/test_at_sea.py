from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.geo.geodesy import azimuth_deg, destination, distance_m
from monitor.fuse import link_voyages
from monitor.fuse.voyages.at_sea import underway_fixes
from tests.fuse.voyages.test_links import PORTS, _at, season, shuttle, strangers

PLACES = {aoi.id: (aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in PORTS}
WAY_M = float(distance_m(*PLACES["rajin"], *PLACES["dunai"]))


def _heard(
    mmsi: int, left: float, *, start: float, stop: float, back: bool = False, knots: float = 11.0
) -> pd.DataFrame:
    """Fixes over a part (0–1) of the straight way from Rajin to Dunai, or back, by a ship that left on a day."""
    a, b = (PLACES["dunai"], PLACES["rajin"]) if back else (PLACES["rajin"], PLACES["dunai"])
    share = np.arange(start, stop, 0.01)
    lon, lat = destination(*a, float(azimuth_deg(*a, *b)), share * WAY_M)
    hours = share * WAY_M / 1852.0 / knots
    return pd.DataFrame({"mmsi": mmsi, "t": [_at(left + h / 24.0) for h in hours], "lon": lon, "lat": lat})


def test_a_ship_heard_in_the_middle_tells_when_it_left_and_will_arrive() -> None:
    underway_fix = underway_fixes(_heard(5, 1.0, start=0.3, stop=0.6), PLACES)[0]
    assert (underway_fix.mmsi, underway_fix.from_port, underway_fix.to_port) == (5, "rajin", "dunai")
    assert abs(underway_fix.left - _at(1.0)) < timedelta(hours=1)
    assert abs(underway_fix.arrives - _at(1.0 + WAY_M / 1852.0 / 11.0 / 24.0)) < timedelta(hours=1)


def test_the_way_back_is_told_from_the_way_out() -> None:
    underway_fix = underway_fixes(_heard(5, 1.0, start=0.3, stop=0.6, back=True), PLACES)[0]
    assert (underway_fix.from_port, underway_fix.to_port) == ("dunai", "rajin")


@pytest.mark.parametrize(("start", "stop"), [(0.0, 0.6), (0.4, 1.0)])
def test_a_ship_heard_in_a_port_is_no_glimpse(start: float, stop: float) -> None:
    assert underway_fixes(_heard(5, 1.0, start=start, stop=stop), PLACES) == []


def test_a_ship_on_another_course_is_no_glimpse() -> None:
    away = _heard(5, 1.0, start=0.3, stop=0.6)
    away["lat"] = away["lat"].iloc[0] - (away["lat"] - away["lat"].iloc[0]) * 3.0
    assert underway_fixes(away, PLACES) == []


def test_a_ship_that_drifts_is_no_glimpse() -> None:
    assert underway_fixes(_heard(5, 1.0, start=0.3, stop=0.6, knots=1.5), PLACES) == []


def test_a_silent_ship_received_on_its_way_again_and_again_is_told_by_its_name() -> None:
    """In port it is silent, and observations are days apart: what AIS receives between makes the shuttle sure."""
    stays = shuttle(np.random.default_rng(4))
    visits, states = season(stays, every=3.0)
    heard = [
        _heard(5, one[2] + 0.02, start=0.3, stop=0.6, back=one[0] == "dunai")
        for n, one in enumerate(stays[:-1])
        if n % 4 and 0 < one[2] < 88
    ]
    alone = link_voyages(visits, PORTS, berth_states=states).shuttles
    row = link_voyages(visits, PORTS, berth_states=states, positions=pd.concat(heard)).shuttles.iloc[0]
    assert row["mmsi"] == 5
    assert 0.9 < row["probability"] < 0.95
    assert row["crossings_low_90"] <= len(stays) - 1 <= row["crossings_high_90"]
    (without,) = alone.to_dict("records")
    assert pd.isna(without["mmsi"])
    assert without["probability"] < row["probability"]
    width, known = (ship["crossings_high_90"] - ship["crossings_low_90"] for ship in (without, row))
    assert known <= 0.5 * width


def test_a_ship_received_on_its_way_once_is_no_shuttle() -> None:
    rng = np.random.default_rng(2)
    visits, states = season([*strangers(rng, "rajin"), *strangers(rng, "dunai")], every=2.0)
    linked = link_voyages(visits, PORTS, berth_states=states, positions=_heard(5, 40.0, start=0.3, stop=0.6))
    assert linked.shuttles.empty


def test_a_ship_that_sails_by_a_port_to_one_beyond_is_not_told_to_call_there() -> None:
    """It lies in Dunai, silent, and goes on past Rajin, where as many other ships of like length call."""
    rng = np.random.default_rng(4)
    own = shuttle(rng)
    visits, states = season([*(stay for stay in own if stay[0] == "dunai"), *strangers(rng, "rajin")], every=2.0)
    heard = [
        _heard(5, one[2] + 0.02, start=0.3, stop=0.6, back=one[0] == "dunai")
        for n, one in enumerate(own[:-1])
        if n % 4 and 0 < one[2] < 88
    ]
    linked = link_voyages(visits, PORTS, berth_states=states, positions=pd.concat(heard))
    assert linked.shuttles.empty
    assert linked.voyages.empty


def test_no_positions_give_no_glimpses() -> None:
    assert underway_fixes(_heard(5, 1.0, start=0.3, stop=0.6).iloc[:0], PLACES) == []
