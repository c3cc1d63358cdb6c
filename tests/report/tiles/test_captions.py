"""What may be quoted beside a tile, and the berths and yards under it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from monitor.core.tables import BERTH_STATES, DARK_EVENTS, STACKS
from monitor.report.page.blocks import Table, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.berths import stacks
from monitor.report.tiles.captions import between, tally, tile_statement
from monitor.report.tiles.frames import overview
from monitor.report.tiles.marks import Mark
from monitor.report.tiles.observations import observations_of
from monitor.report.tiles.studio import Studio
from tests.report.made import brief_input, port, read_pixels


def mark(number: int, status: str) -> Mark:
    return Mark(number, status, np.zeros((4, 2)), False)


def captions_of(given: BriefInput) -> dict[str, str]:
    studio, observation = Studio(given, port(), read_pixels), observations_of(given, "rajin")[-1]
    made = studio.tile(observation, overview(port()))
    assert made is not None
    return dict(tile_statement(given, observation, studio.detections(observation.scene_id), made[2]))


def test_a_tile_is_tallied_in_words() -> None:
    shown = (mark(1, "matched"), mark(2, "dark"), mark(3, "dark"), mark(4, "fixed"), mark(5, "stack"))
    assert tally(shown) == (
        "3 objects consistent with vessels are marked: 1 matched, 2 dark events. 1 fixed object is marked. "
        "1 container stack is marked."
    )
    assert tally(()) == "No object consistent with a vessel is marked."


def test_a_dark_event_is_quoted_with_likelihood_confidence_and_evidence_apart() -> None:
    parts = captions_of(brief_input())
    assert parts["Claim"].startswith("No. 2D: A vessel lay there & no AIS fits it.")
    assert parts["Likelihood"] == "likely."
    assert parts["Confidence"].startswith("moderate: ")
    assert "s2_20231010-1" in parts["Evidence"]


def test_without_a_dark_event_the_quote_is_an_observation_without_likelihood() -> None:
    given = brief_input()
    events = given.tables[DARK_EVENTS].assign(status="unmatched, reception unknown")
    parts = captions_of(replace(given, tables=given.tables | {DARK_EVENTS: events}))
    assert "Likelihood" not in parts
    assert parts["Observed"].startswith("2 objects consistent with vessels")
    assert parts["Confidence"].startswith("low: ")


def test_a_pair_says_what_berths_came_to_in_between() -> None:
    given = brief_input()
    states = given.tables[BERTH_STATES].assign(state=["empty", "occupied"])
    made = replace(given, tables=given.tables | {BERTH_STATES: BERTH_STATES.conform(states)})
    assert between(made, port(), "s2_20231005", "s2_20231010") == "Berths: empty, then occupied: Pier 1, berth 1. "
    assert between(made, port(), "s2_20231005", "nosuch") == ""


def test_observations_without_a_stack_are_a_sentence_and_not_a_table_of_zeros() -> None:
    rows = pd.DataFrame(
        [
            {
                "scene_id": f"s{i}",
                "aoi_id": "rajin",
                "yard_id": "b1",
                "sensor": "s2",
                "state": "observed",
                "acquired_at": pd.Timestamp(f"2023-10-{10 + i}", tz="UTC"),
                "length_m": area / 10,
                "length_low_m": 0.0,
                "length_high_m": area / 5,
                "area_m2": area,
                "area_low_m2": 0.0,
                "area_high_m2": 2 * area,
                "share": area / 2000,
                "share_low": 0.0,
                "share_high": area / 1000,
                "change_m2": np.nan,
                "previous_scene_id": "",
                "teu_low": area / 15,
                "teu_high": area / 5,
            }
            for i, area in enumerate((0.0, 0.0, 900.0))
        ]
    )
    given = brief_input()
    table, note = stacks(replace(given, tables=given.tables | {STACKS: STACKS.conform(rows)}), port())
    assert isinstance(table, Table)
    assert [row[table.columns.index("Area (interval)")].text for row in table.rows] == ["900 m² (0–1,800)"]
    assert [row[table.columns.index("In use")].text for row in table.rows] == ["about half (0.0–0.9)"]
    assert isinstance(note, Text)
    assert note.paragraphs == ("Pier 1, berth 1: 3 observations of 3 passes, no stack found in 2.",)
