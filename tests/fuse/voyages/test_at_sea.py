from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.geo.geodesy import azimuth_deg, destination, distance_m
from monitor.fuse import link_voyages
from monitor.fuse.voyages.at_sea import underway_fixes
from tests.fuse.voyages.test_links import PORTS, _at, _visits

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


@pytest.mark.parametrize(("left", "own"), [(1.2, "dunai|1"), (2.4, "dunai|2")])
def test_what_ais_hears_on_the_way_tells_which_of_two_arrivals_it_was(left: float, own: str) -> None:
    """A departure within two days, two like hulls that came after it: only AIS tells which of them had sailed."""
    rows = [
        ("rajin", -1.0, 0.2, 1.1, 3.0, 120.0),
        ("dunai", 1.4, 1.8, 3.0, 4.0, 120.0),
        ("dunai", 2.75, 3.0, 4.0, 5.0, 120.0),
    ]

    def chance(positions: pd.DataFrame | None) -> float:
        links = link_voyages(_visits(*rows), PORTS, positions=positions).links
        return float(links.loc[links["to_visit"] == own, "probability"].sum())

    known, guessed = chance(_heard(5, left, start=0.3, stop=0.6)), chance(None)
    assert known > guessed + 0.05
    assert known > 0.4


def test_no_positions_give_no_glimpses() -> None:
    assert underway_fixes(_heard(5, 1.0, start=0.3, stop=0.6).iloc[:0], PLACES) == []
