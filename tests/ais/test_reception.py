from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import box

from monitor.ais import find_gaps, gap_rules
from monitor.ais.reception import cell_name, reception_cells
from monitor.core.errors import DataError
from monitor.core.tables import GAP_RULES, GAPS, RECEPTION
from tests.ais.conftest import at, fixes

HALF_HOURS = [h / 2 for h in range(60)]
LAND = box(120.0, 40.0, 129.9, 44.0)


def others(count: int, *, lon: float = 130.05) -> list[pd.DataFrame]:
    return [fixes(440000100 + i, HALF_HOURS, lon=lon) for i in range(count)]


def silent() -> pd.DataFrame:
    return fixes(440000001, [h / 2 for h in range(9)] + [24.0])


def test_vessels_and_positions_are_counted_by_cell_and_hour() -> None:
    cells = reception_cells(pd.concat([fixes(1, [0, 0.5, 1.5]), fixes(2, [0.2]), fixes(3, [0.1], lon=140.0)]))
    assert cells[["vessels", "positions"]].to_numpy().tolist() == [[2, 3], [1, 1], [1, 1]]
    assert cells["hour"].tolist() == [pd.Timestamp(at(h)) for h in (0, 0, 1)]
    assert cells["cell"][0] == cell_name(1240, 528)
    assert abs(cells["lon"][0] - 130.0) <= 0.125


def test_rows_without_a_place_do_not_count_as_heard() -> None:
    assert_frame_equal(reception_cells(fixes(1, [0]).assign(lon=np.nan)), RECEPTION.empty())
    assert_frame_equal(reception_cells(fixes(1, [])), RECEPTION.empty())


def test_a_regular_ship_silent_among_neighbours_meets_the_coastal_rule() -> None:
    positions = pd.concat([silent(), *others(4)])
    (rule,) = gap_rules(find_gaps(silent()), positions, land=LAND).to_dict("records")
    assert rule["coastal"] == "met"
    assert rule["open_sea"] == "not met"
    assert rule["others_during"] == 4
    assert rule["own_per_hour"] == pytest.approx(9 / 4)
    assert rule["shore_nmi"] == pytest.approx(4.5, abs=0.3)
    assert "4 other vessels" in rule["reasons"]


def test_where_nobody_else_is_heard_the_rule_cannot_say() -> None:
    (rule,) = gap_rules(find_gaps(silent()), pd.concat([silent(), *others(4, lon=140.0)]), land=LAND).to_dict("records")
    assert rule["coastal"] == "cannot say"
    assert rule["others_during"] == 0


def test_a_ship_that_was_seldom_heard_does_not_meet_it() -> None:
    seldom = fixes(440000001, [0, 6, 30])
    (rule,) = gap_rules(find_gaps(seldom), pd.concat([seldom, *others(4)])).to_dict("records")
    assert rule["coastal"] == "not met"
    assert rule["open_sea"] == "cannot say" or rule["open_sea"] == "not met"


@pytest.mark.parametrize(("pings", "expected"), [(14, "met"), (13, "not met")])
def test_the_open_sea_rule_asks_for_fourteen_satellite_positions(pings: int, expected: str) -> None:
    ship = fixes(440000001, [*np.linspace(0, 6, pings).tolist(), 30.0], lon=135.0).assign(receiver="satellite")
    positions = pd.concat([ship, *(o.assign(receiver="satellite") for o in others(4, lon=135.05))])
    (rule,) = gap_rules(find_gaps(ship), positions, land=LAND).to_dict("records")
    assert rule["open_sea"] == expected


def test_the_open_sea_rule_needs_receivers_and_land() -> None:
    ship = fixes(440000001, [*np.linspace(0, 6, 20).tolist(), 30.0], lon=135.0)
    positions = pd.concat([ship, *others(4, lon=135.05)])
    assert gap_rules(find_gaps(ship), positions, land=LAND)["open_sea"].tolist() == ["cannot say"]
    assert gap_rules(find_gaps(ship), positions.assign(receiver="satellite"))["open_sea"].tolist() == ["cannot say"]


def test_gaps_without_a_place_are_judged_by_nothing_near() -> None:
    gaps = find_gaps(silent()[["mmsi", "t"]])
    (rule,) = gap_rules(gaps, pd.concat([silent(), *others(4)]), land=LAND).to_dict("records")
    assert rule["coastal"] == "cannot say"
    assert np.isnan(rule["shore_nmi"])


def test_no_gaps_give_the_empty_table() -> None:
    assert_frame_equal(gap_rules(GAPS.empty(), silent()), GAP_RULES.empty())
    with pytest.raises(DataError, match="lat"):
        gap_rules(GAPS.empty(), silent().drop(columns="lat"))
