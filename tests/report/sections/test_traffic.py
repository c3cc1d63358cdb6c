"""What the brief says of AIS gaps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from monitor.core.tables import GAP_CALLS, GAP_RULES, GAPS
from monitor.report.page.blocks import Table
from monitor.report.sections.traffic import gaps
from tests.report.made import brief_input

RULE = {
    "gap_id": "gap-1",
    "mmsi": 445000009,
    "open_sea": "not met",
    "coastal": "met",
    "reasons": "",
    "shore_nmi": 9.0,
    "others_before": 3,
    "others_during": 4,
    "own_per_hour": 6.0,
}
CALL = {
    "gap_id": "gap-1",
    "mmsi": 445000009,
    "port_id": "rajin",
    "rank": 1,
    "is_feasible": True,
    "there_m": 2e4,
    "back_m": 2e4,
    "by_water": True,
    "speed_kn": 11.0,
    "needed_kn": 0.5,
    "travel_h": 2.0,
    "spare_h": 48.0,
}


def cells(given_calls: list[dict[str, object]]) -> list[list[str]]:
    given = brief_input()
    tables = given.tables | {
        GAP_RULES: GAP_RULES.conform(pd.DataFrame([RULE])),
        GAP_CALLS: GAP_CALLS.conform(pd.DataFrame(given_calls)),
    }
    table = next(block for block in gaps(replace(given, tables=tables)).blocks if isinstance(block, Table))
    return [[cell.text for cell in row] for row in table.rows]


def test_a_gap_shows_who_else_was_heard_what_the_rules_say_and_which_call_it_left_time_for() -> None:
    rows = cells([CALL])
    explained = next(row for row in rows if row[-2] != "–")
    assert explained[-3:-1] == ["4", "met · not met"]
    assert explained[-1].endswith("48.0 h to spare")
    assert [row[-3:] for row in rows if row[-2] == "–"] == [["–", "–", "none of these ports"]]


def test_a_port_that_is_too_far_is_not_named() -> None:
    rows = cells([CALL | {"is_feasible": False, "spare_h": -3.0, "by_water": False, "back_m": np.nan}])
    assert all(row[-1] == "none of these ports" for row in rows)


def test_gaps_of_far_waters_and_of_ships_long_gone_are_a_number_with_its_rule() -> None:
    given = brief_input()
    near = given.tables[GAPS].iloc[:1]
    far = near.assign(gap_id="far", start_lon=-74.0, start_lat=40.6)
    old = near.assign(gap_id="old", start=pd.Timestamp(given.period.start) - pd.Timedelta(days=150))
    tables = given.tables | {GAPS: GAPS.join([near, far, GAPS.conform(old.astype({"start": near["start"].dtype}))])}
    table = next(block for block in gaps(replace(given, tables=tables)).blocks if isinstance(block, Table))
    assert len(table.rows) == 1
    assert "2 more in the period left no time for a call here at 20 kn" in table.note
    none_near = given.tables | {GAPS: GAPS.conform(far)}
    table = next(block for block in gaps(replace(given, tables=none_near)).blocks if isinstance(block, Table))
    assert not table.rows
    assert "1 more in the period left no time for a call here at 20 kn" in table.empty
