from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.geodesy import azimuth_deg, destination, distance_m
from monitor.fuse import link_voyages
from monitor.fuse.glimpses import glimpses
from tests.fuse.test_voyages import PORTS, _at, _visits

PLACES = {aoi.id: (aoi.geometry.centroid.x, aoi.geometry.centroid.y) for aoi in PORTS}
WAY_M = float(distance_m(*PLACES["rajin"], *PLACES["dunai"]))


def _heard(
    mmsi: int, left: float, *, start: float, stop: float, back: bool = False, knots: float = 11.0
) -> pd.DataFrame:  # fmt: skip
    """Fixes over a part (0–1) of the straight way from Rajin to Dunai, or back, by a ship that left on a day."""
    a, b = (PLACES["dunai"], PLACES["rajin"]) if back else (PLACES["rajin"], PLACES["dunai"])
    share = np.arange(start, stop, 0.01)
    lon, lat = destination(*a, float(azimuth_deg(*a, *b)), share * WAY_M)
    hours = share * WAY_M / 1852.0 / knots
    return pd.DataFrame({"mmsi": mmsi, "t": [_at(left + h / 24.0) for h in hours], "lon": lon, "lat": lat})


def test_a_ship_heard_in_the_middle_tells_when_it_left_and_will_arrive() -> None:
    glimpse = glimpses(_heard(5, 1.0, start=0.3, stop=0.6), PLACES)[0]
    assert (glimpse.mmsi, glimpse.from_port, glimpse.to_port) == (5, "rajin", "dunai")
    assert abs(glimpse.left - _at(1.0)) < timedelta(hours=1)
    assert abs(glimpse.arrives - _at(1.0 + WAY_M / 1852.0 / 11.0 / 24.0)) < timedelta(hours=1)


def test_the_way_back_is_told_from_the_way_out() -> None:
    glimpse = glimpses(_heard(5, 1.0, start=0.3, stop=0.6, back=True), PLACES)[0]
    assert (glimpse.from_port, glimpse.to_port) == ("dunai", "rajin")


@pytest.mark.parametrize(("start", "stop"), [(0.0, 0.6), (0.4, 1.0)])
def test_a_ship_heard_in_a_port_is_no_glimpse(start: float, stop: float) -> None:
    assert glimpses(_heard(5, 1.0, start=start, stop=stop), PLACES) == []


def test_a_ship_on_another_course_is_no_glimpse() -> None:
    away = _heard(5, 1.0, start=0.3, stop=0.6)
    away["lat"] = away["lat"].iloc[0] - (away["lat"] - away["lat"].iloc[0]) * 3.0
    assert glimpses(away, PLACES) == []


def test_a_ship_that_drifts_is_no_glimpse() -> None:
    assert glimpses(_heard(5, 1.0, start=0.3, stop=0.6, knots=1.5), PLACES) == []


def test_glimpses_tell_two_like_ships_apart() -> None:
    """Both leave Rajin and reach Dunai between the same looks; AIS hears each on other legs."""
    rows, berths, fixes = [], [], []
    for trip in range(5):
        for number, (name, lag) in enumerate((("x", 0.0), ("y", 0.3))):
            day = 6.0 * trip + lag
            rows.append(("rajin", 6.0 * trip - 0.4, 6.0 * trip + 0.4, 6.0 * trip + 1.1, 6.0 * trip + 1.7, 120.0))
            rows.append(("dunai", 6.0 * trip + 1.7, 6.0 * trip + 2.4, 6.0 * trip + 3.0, 6.0 * trip + 3.9, 120.0))
            berths += [f"rajin_{name}", f"dunai_{name}"]
            if trip % 2 == number:
                fixes.append(_heard(5 + number, day + 1.2, start=0.3, stop=0.6))
            else:
                fixes.append(_heard(5 + number, day + 3.2, start=0.3, stop=0.6, back=True))
    visits = _visits(*rows).assign(berth_id=berths)
    legs = link_voyages(visits, PORTS, positions=pd.concat(fixes, ignore_index=True)).links
    berth = dict(zip(visits["visit_id"], visits["berth_id"], strict=True))
    chosen = legs[legs["is_chosen"]]
    same = [berth[a][-1] == berth[b][-1] for a, b in zip(chosen["from_visit"], chosen["to_visit"], strict=True)]
    assert len(same) >= 10
    assert all(same)


def test_no_positions_give_no_glimpses() -> None:
    assert glimpses(_heard(5, 1.0, start=0.3, stop=0.6).iloc[:0], PLACES) == []
