"""The flights part, the route map and the one timeline."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from monitor.aviation import air_timeline, clean, find_calls, find_conflicts, repeated_tails
from monitor.core.tables import SHUTTLES, STACKS, VISITS
from monitor.core.tables.aviation import (
    AIR_CALLS,
    AIR_CLAIMS,
    AIR_CONFLICTS,
    AIR_REPEATS,
    AIR_TRACKS,
    AIRFIELDS,
    TIMELINE,
)
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.report.charts.flight_map import air_map
from monitor.report.charts.timeline import merged, shuttle_rows, stack_rows, timeline_chart, timeline_html, visit_rows
from monitor.report.page.blocks import Chart, Table, Text, TileFigure
from monitor.report.sections.flights import FlightsInput, flights_section
from monitor.sources.aviation.published import read_claims
from tests.aviation.rendering import FIELDS, WATCH, Leg, cut_below, draw, local, write_traces
from tests.sources.aviation.files import read_air_files

PERIOD = TimeRange.parse("2024-09-18/2024-09-26")
T0 = pd.Timestamp("2024-09-19T00:00Z")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder: Path = tmp_path_factory.mktemp("traces")
    legs = [Leg("UHWW", "ZKPY", local("2024-09-20T10:00")), Leg("ZKPY", "UHWW", local("2024-09-20T15:00"))]
    paths = write_traces(folder, "15521f", "RA-86559", [cut_below(draw(leg), 2000.0) for leg in legs])
    positions, _, _ = read_air_files(paths)
    tracks, _ = clean(positions, watchlist=WATCH)
    return tracks, find_calls(tracks, FIELDS, watchlist=WATCH)


def visits() -> pd.DataFrame:
    row = {
        "visit_id": "v1",
        "aoi_id": "rajin",
        "berth_id": "rajin_b1",
        "arrived_not_before": T0,
        "arrived_not_after": T0 + pd.Timedelta(days=1),
        "departed_not_before": T0 + pd.Timedelta(days=2),
        "departed_not_after": pd.NaT,
        "observations": 2,
        "mmsi": pd.NA,
        "length_m": 120.0,
        "length_low_m": 110.0,
        "length_high_m": 130.0,
        "is_open": True,
        "detection_ids": "d1 d2",
        "evidence": "imagery",
        "probability": 0.8,
    }
    table = pd.DataFrame([row])
    return VISITS.conform(table.assign(departed_not_after=pd.to_datetime(table["departed_not_after"], utc=True)))


def test_the_part_shows_calls_with_their_alternatives_and_both_sides_of_a_conflict(
    made: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    tracks, calls = made
    claims = read_claims()
    rows = merged(air_timeline(calls, claims), visit_rows(visits(), until=pd.Timestamp(PERIOD.end)))
    given = TableSet(
        {
            AIRFIELDS: FIELDS,
            AIR_TRACKS: tracks,
            AIR_CALLS: calls,
            AIR_CLAIMS: claims,
            AIR_CONFLICTS: find_conflicts(claims, FIELDS),
            AIR_REPEATS: repeated_tails(calls),
            TIMELINE: rows,
        }
    )
    section = flights_section(FlightsInput(PERIOD, given))
    tables = {b.caption: b for b in section.blocks if isinstance(b, Table)}
    words = [cell.text for cell in tables["Calls at airfields in closed airspace"].rows[0]]
    assert "consistent with a landing" in words[0]
    assert "a field that is not listed" in words[6]
    assert len(tables["Sources that disagree"].rows) == 2
    assert "Both are kept" in tables["Sources that disagree"].rows[0][0].text
    assert any(isinstance(b, TileFigure) for b in section.blocks)
    assert any(isinstance(b, Chart) for b in section.blocks)


def test_an_empty_part_says_so_and_keeps_its_limits() -> None:
    section = flights_section(FlightsInput(PERIOD, TableSet({AIRFIELDS: FIELDS})))
    assert "prove no cargo" in section.blocks[0].paragraphs[0]
    assert isinstance(section.blocks[1], Text)
    assert "No trace in the period" in section.blocks[1].paragraphs[0]


def test_the_map_is_a_picture_whose_alt_counts_what_it_shows(made: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    tracks, calls = made
    picture = air_map(tracks, calls, FIELDS, title="Flights")
    image = Image.open(io.BytesIO(picture.data))
    assert (image.format, image.size) == ("WEBP", (picture.width, picture.height))
    assert "1 consistent" in picture.alt
    assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 50


def test_a_made_up_map_says_simulated_in_its_pixels(made: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    tracks, calls = made
    plain, marked = air_map(tracks, calls, FIELDS), air_map(tracks, calls, FIELDS, simulated=True)
    assert plain.data != marked.data
    assert air_map(tracks, calls, FIELDS).data == plain.data


def test_a_map_of_nothing_still_shows_the_airfields() -> None:
    picture = air_map(AIR_TRACKS.empty(), AIR_CALLS.empty(), FIELDS)
    assert "no tracks" in picture.alt
    assert picture.width > 500


def test_rows_of_every_room_stand_on_one_axis(made: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    shuttle = {
        "shuttle_id": "s1",
        "port_a": "rajin",
        "port_b": "dunai",
        "mmsi": pd.NA,
        "legs": 4,
        "legs_low": 4,
        "legs_high": 6,
        "first": T0,
        "last": T0 + pd.Timedelta(days=4),
        "period_days": 2.0,
        "length_m": 120.0,
        "voyage_ids": "",
    }
    stacks = (
        STACKS.empty()
        .reindex([0, 1])
        .assign(
            scene_id=["a", "b"],
            aoi_id="rajin",
            yard_id="y",
            acquired_at=T0,
            sensor="s2",
            state="",
            previous_scene_id="",
            change_m2=[2000.0, 50.0],
        )
    )
    rows = merged(
        air_timeline(made[1]),
        visit_rows(visits(), until=pd.Timestamp(PERIOD.end)),
        shuttle_rows(SHUTTLES.conform(pd.DataFrame([shuttle])), names={shuttle["port_a"]: "Port A"}),
        stack_rows(STACKS.conform(stacks)),
    )
    assert "between Port A and" in rows.loc[rows["lane"] == "shuttle", "claim"].iloc[0]
    assert rows["start"].is_monotonic_increasing
    assert set(rows["lane"]) == {"flight", "visit", "shuttle", "stack"}
    assert (rows["lane"] == "stack").sum() == 1
    chart = timeline_chart("t", rows, PERIOD)
    assert chart.svg.count("<rect") == len(chart.details.rows) == len(rows)
    assert "cause" in chart.caption
    assert rows.loc[rows["lane"] == "visit", "end"].iloc[0] == pd.Timestamp(PERIOD.end)


def test_the_timeline_as_a_fragment_holds_the_drawing_and_the_escaped_table() -> None:
    row = ("e1", T0, T0, "event", "", "a <vote>", "", "a <vote>", "", "")
    rows = pd.DataFrame([row], columns=list(TIMELINE.columns))
    fragment = timeline_html(TIMELINE.conform(rows), PERIOD, id="line")
    assert '<figure id="line"' in fragment
    assert fragment.count("<rect") == 1
    assert fragment.count("a &lt;vote&gt;") >= 2
    assert "<vote>" not in fragment
    assert "<script" not in fragment
    assert "Nothing in this period." in timeline_html(TIMELINE.empty(), PERIOD)


def test_a_timeline_of_nothing_is_empty() -> None:
    chart = timeline_chart("t", TIMELINE.empty(), PERIOD)
    assert chart.details.rows == ()
    assert "nothing" in chart.alt
    pd.testing.assert_frame_equal(merged(), TIMELINE.empty())
