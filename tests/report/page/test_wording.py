"""The brief says beside its matches and stays what chance gives and what the observations could have met."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from monitor.core.tables import BERTH_STATES, DARK_EVENTS, MATCHES, NULL_TESTS
from monitor.report import build_brief
from monitor.report.page.blocks import Table, Text
from monitor.report.render.html import page
from monitor.report.sections.berths import detectable_stays
from monitor.report.sections.traffic import ais
from tests.report.made import brief_input, no_pixels

NULL = {
    "scene_id": "s2_20231010",
    "aoi_id": "rajin",
    "acquired_at": pd.Timestamp("2023-10-10T02:00Z"),
    "shift_h": 24.0,
    "detections": 40,
    "matched": 5,
    "by_chance": 1,
    "chance_rate": 0.025,
}


def with_nulls(*rows: dict[str, object]):
    given = brief_input()
    scene = given.acquisitions[-1]
    made = [row | {"acquired_at": pd.Timestamp(scene.acquired_at), "scene_id": scene.id} for row in rows]
    return replace(given, tables=given.tables | {NULL_TESTS: NULL_TESTS.conform(pd.DataFrame(made))})


def text_of(blocks) -> str:
    return " ".join(p for block in blocks if isinstance(block, Text) for p in block.paragraphs)


def test_the_page_tells_how_many_matches_chance_would_give() -> None:
    html = page(build_brief(with_nulls(NULL), no_pixels), paper=False)
    assert "By chance, with AIS shifted by a day, 1 of 40 detections (2.5%" in html
    assert "95 % interval 0.1%–13.2%" in html


def test_a_observation_shows_its_own_matches_by_chance() -> None:
    table = next(block for block in ais(with_nulls(NULL)).blocks if isinstance(block, Table))
    column = table.columns.index("By chance, AIS shifted by a day")
    assert [row[column].text for row in table.rows] == ["1 of 40"]


def test_a_observation_of_unknown_hour_or_without_detections_says_nothing_of_chance() -> None:
    blocks = ais(with_nulls(NULL | {"detections": 0, "by_chance": 0, "chance_rate": float("nan")})).blocks
    assert "is not known for this period" in text_of(blocks)
    assert "0 of 0" not in text_of(blocks)


def test_ais_shifted_by_other_than_a_day_is_left_out() -> None:
    assert "is not known for this period" in text_of(ais(with_nulls(NULL | {"shift_h": 48.0})).blocks)


def test_the_page_tells_which_stays_the_observations_could_have_met() -> None:
    html = page(build_brief(brief_input(), no_pixels), paper=False)
    assert "the clear observations would have met" in html


def test_the_share_of_stays_is_that_of_the_observations_in_the_period() -> None:
    given = brief_input()
    hours = given.period.duration.total_seconds() / 3600.0
    at = [pd.Timestamp(given.period.start) + pd.Timedelta(hours=hours * part) for part in (0.5, 0.75)]
    row = {
        "aoi_id": "rajin",
        "berth_id": "b1",
        "sensor": "s2",
        "state": "empty",
        "probability": 0.1,
        "observations": 3,
        "method": "both",
        "detection_ids": "",
    }
    states = pd.DataFrame([row | {"scene_id": f"s{n}", "acquired_at": t} for n, t in enumerate(at)])
    tables = given.tables | {BERTH_STATES: BERTH_STATES.conform(states)}
    (text,) = detectable_stays(replace(given, tables=tables), given.aois[0]).paragraphs
    for stay, met in ((12, 24.0), (24, 48.0), (48, 42.0 + 48.0)):
        assert f"{met / hours:.0%} of those of {stay} h" in text


def test_a_port_without_berths_claims_no_share() -> None:
    given = brief_input()
    tables = given.tables | {BERTH_STATES: BERTH_STATES.empty()}
    text = detectable_stays(replace(given, tables=tables), given.aois[0])
    assert text.kind == "limit"
    assert "%" not in text.paragraphs[0]


def test_a_berth_never_seen_could_have_met_no_stay() -> None:
    given = brief_input(("not observed", "not observed"))
    (text,) = detectable_stays(given, given.aois[0]).paragraphs
    assert "0% of those of 12 h" in text


@pytest.mark.parametrize("compared", [True, False])
def test_where_nothing_was_compared_with_ais_the_brief_does_not_say_that_ais_explains_all(compared: bool) -> None:
    given = brief_input()
    matches = given.tables[MATCHES] if compared else MATCHES.empty()
    tables = given.tables | {DARK_EVENTS: DARK_EVENTS.empty(), MATCHES: matches}
    html = page(build_brief(replace(given, tables=tables, findings=()), no_pixels), paper=False)
    assert ("No detection without AIS in this period" in html) is compared
    assert (html.count("Imagery was not compared with AIS in this period") == 0) is compared
