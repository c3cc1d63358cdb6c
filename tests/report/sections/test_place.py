"""What the brief says of a port: its berths and its stacks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from monitor.core.schema import Schema
from monitor.core.tables import STACKS, VISITS
from monitor.report import build_brief
from monitor.report.page.blocks import Section, Table, Text
from tests.report.made import SCENES, brief_input, no_pixels

AT = pd.Timestamp(SCENES[1])


def stays_at_once(count: int) -> pd.DataFrame:
    """Ships that one observation showed at the berth."""
    unknown = pd.Series(pd.NaT, index=range(count), dtype="datetime64[us, UTC]")
    return VISITS.conform(
        pd.DataFrame(
            {
                "visit_id": [f"b1|{n}" for n in range(count)],
                "aoi_id": "rajin",
                "berth_id": "b1",
                "arrived_not_before": unknown,
                "arrived_not_after": AT,
                "departed_not_before": AT,
                "departed_not_after": unknown,
                "observations": 1,
                "mmsi": None,
                "length_m": 75.0,
                "length_low_m": 60.0,
                "length_high_m": 90.0,
                "is_open": True,
                "detection_ids": "",
                "evidence": "imagery",
                "probability": 0.9,
            }
        )
    )


def stacks(change_m2: float, area_m2: float = 5_000.0) -> pd.DataFrame:
    """One yard in one observation."""
    row = {
        "scene_id": "s2_20231010",
        "aoi_id": "rajin",
        "yard_id": "y1",
        "acquired_at": AT,
        "sensor": "s2",
        "state": "observed",
        "length_m": 200.0,
        "length_low_m": 150.0,
        "length_high_m": 250.0,
        "area_m2": area_m2,
        "area_low_m2": 0.0,
        "area_high_m2": 2 * area_m2,
        "share": 0.3,
        "share_low": 0.2,
        "share_high": 0.4,
        "change_m2": change_m2,
        "previous_scene_id": "",
        "teu_low": 300.0,
        "teu_high": 900.0,
    }
    return STACKS.conform(pd.DataFrame([row]))


def section(schema: Schema, table: pd.DataFrame) -> Section:
    given = brief_input()
    made = build_brief(replace(given, tables=given.tables | {schema: table}), no_pixels)
    return next(each for each in made.sections if each.id == "port-rajin")


def test_ships_of_one_observation_are_not_said_to_be_earlier_than_one_another() -> None:
    (table,) = [block for block in section(VISITS, stays_at_once(6)).blocks if isinstance(block, Table)]
    ships = table.rows[0][table.columns.index("Ships, at least these")].text
    assert ships.split("; ") == ["10 Oct, still there, 75 m"] * 4 + ["2 more"]


@pytest.mark.parametrize(
    ("change_m2", "area_m2", "words"),
    [
        (np.nan, 5_000.0, "were seen, with no earlier observation to compare."),
        (10.0, 5_000.0, "stood without a change that can be measured."),
        (np.nan, 0.0, "were not found."),
    ],
)
def test_stacks_are_said_to_have_stood_only_where_two_observations_compare(
    change_m2: float, area_m2: float, words: str
) -> None:
    blocks = section(STACKS, stacks(change_m2, area_m2)).blocks
    said = [words for block in blocks if isinstance(block, Text) for words in block.paragraphs]
    assert f"Container stacks {words}" in said
