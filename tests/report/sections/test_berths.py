"""The stays of a period, those with unknown bounds among them."""

from dataclasses import replace

import pandas as pd

from monitor.core.tables import VISITS
from monitor.report.charts.timeline import timeline_chart, visit_rows
from monitor.report.sections.berths import visits
from tests.report.made import PERIOD, brief_input

INSTANTS = ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after")
BOUNDS = {
    "no bound on the arrival": (None, None, "2023-10-12", None),
    "before and after the period": ("2023-09-01", "2023-09-02", "2023-11-01", "2023-11-02"),
    "left before it": ("2023-09-01", "2023-09-02", "2023-09-03", "2023-09-04"),
    "arrived after it": ("2023-11-01", "2023-11-02", "2023-11-03", "2023-11-04"),
}


def stays() -> pd.DataFrame:
    rows = [
        {
            "visit_id": name,
            "aoi_id": "rajin",
            "berth_id": name,
            **dict(
                zip(
                    ("arrived_not_before", "arrived_not_after", "departed_not_before", "departed_not_after"),
                    at,
                    strict=True,
                )
            ),
            "observations": 3,
            "mmsi": None,
            "length_m": 120.0,
            "length_low_m": 100.0,
            "length_high_m": 140.0,
            "is_open": False,
            "detection_ids": "",
            "evidence": "imagery",
            "probability": 0.8,
        }
        for name, at in BOUNDS.items()
    ]
    table = pd.DataFrame(rows)
    return VISITS.conform(table.assign(**{c: pd.to_datetime(table[c], utc=True) for c in INSTANTS}))


def test_a_stay_that_may_lie_in_the_period_is_shown() -> None:
    given = brief_input()
    table = visits(replace(given, tables=given.tables | {VISITS: stays()}), given.aois[0])
    assert {row[0].text for row in table.rows} == {"no bound on the arrival", "before and after the period"}
    bounds = {row[0].text: row[1].text for row in table.rows}
    assert bounds["no bound on the arrival"] == "not bounded"


def test_the_timeline_draws_a_stay_without_a_known_arrival() -> None:
    chart = timeline_chart("t", visit_rows(stays(), until=pd.Timestamp(PERIOD.end)), PERIOD)
    first = next(row for row in chart.details.rows if row[4].text == "no bound on the arrival")
    assert first[0].text == "not known"
    assert "2 visit" in chart.alt
