"""Berths: by the detector alone, and against their own past."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from monitor.core.aoi import Aoi
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS
from monitor.detect.berths.occupancy import berth_states
from tests.detect.quays import Observation, coverage, detections, lonlat, port, profiles, season


@cache
def observations_at(sensor: str, share: float, seed: int, winter: bool = False) -> tuple[Observation, ...]:
    return tuple(season(sensor, observations=30, share=share, seed=seed, winter=winter))


@cache
def profiled(observations: tuple[Observation, ...], shift_m: float) -> pd.DataFrame:
    return profiles(list(observations), port(shift_m))


def states(
    observations: tuple[Observation, ...], shift_m: float = 0.0, scores: list[float | None] | None = None
) -> pd.DataFrame:
    found = detections(list(observations), scores or [None] * len(observations))
    return berth_states(
        port(shift_m),
        [x.acquisition for x in observations],
        detections=found,
        coverage=coverage(list(observations)),
        profiles=profiled(observations, shift_m),
    )


def rates(observations: tuple[Observation, ...], table: pd.DataFrame) -> tuple[int, int, int, int]:
    """Ships found, ships, empty berths claimed, empty berths; where the past was long enough."""
    there = np.array([x.ship_at_m is not None for x in observations])
    judged = (table["observations"] > 0).to_numpy()
    occupied = (table["state"] == "occupied").to_numpy()
    return (
        int((occupied & there & judged).sum()),
        int((there & judged).sum()),
        int((occupied & ~there & judged).sum()),
        int((~there & judged).sum()),
    )


def test_a_model_that_finds_more_leaves_less_doubt_where_it_finds_nothing() -> None:
    observations = observations_at("s2", 0.3, 1)[:2]
    found = detections(list(observations), [None, 0.9])
    made = [
        berth_states(
            port(),
            [x.acquisition for x in observations],
            detections=found,
            coverage=coverage(list(observations)),
            finds=finds,
        )["probability"].tolist()
        for finds in ({"s2": 0.5}, None, {"s2": 0.95}, {"planet": 0.95})
    ]
    poor, usual, good, other = made
    assert poor[0] > usual[0] > good[0] > 0.01
    assert good[1] > usual[1] > poor[1]
    assert other == usual


def test_the_detector_alone_decides_while_there_is_no_past() -> None:
    observations = observations_at("s2", 0.3, 1)[:3]
    found = detections(list(observations), [0.9, None, 0.6])
    table = berth_states(
        port(), [x.acquisition for x in observations], detections=found, coverage=coverage(list(observations))
    )
    assert list(table["state"]) == ["occupied", "empty", "occupied"]
    assert table["probability"][0] > 0.85 > table["probability"][2] > 0.5 > table["probability"][1]
    assert set(table["method"]) == {"detector"}
    assert set(table["observations"]) == {0}
    assert table["detection_ids"][0] == found["detection_id"][0]


def test_a_berth_that_was_not_seen_is_neither_occupied_nor_empty() -> None:
    observations = list(observations_at("s2", 0.3, 1)[:2])
    for unseen in ("not observed", "partly"):
        table = berth_states(
            port(),
            [x.acquisition for x in observations],
            detections=DETECTIONS.empty(),
            coverage=coverage(observations, unseen),
        )
        assert set(table["state"]) == {"not observed"}
        assert table["probability"].isna().all()


def test_no_coverage_row_means_not_observed() -> None:
    observations = observations_at("s2", 0.3, 1)[:2]
    table = berth_states(
        port(), [x.acquisition for x in observations], detections=DETECTIONS.empty(), coverage=COVERAGE.empty()
    )
    assert set(table["state"]) == {"not observed"}


def test_a_ship_seen_at_a_berth_half_under_cloud_is_a_ship() -> None:
    observations = list(observations_at("s2", 0.3, 1)[:1])
    table = berth_states(
        port(),
        [observations[0].acquisition],
        detections=detections(observations, [0.8]),
        coverage=coverage(observations, "partly"),
    )
    assert table["state"][0] == "occupied"


def test_boats_moored_close_together_fill_no_berth() -> None:
    observations = observations_at("s2", 0.3, 1)[:1]
    found = detections(list(observations), [0.9])
    at = {"detections": found, "coverage": coverage(list(observations))}
    assert berth_states(port(), [observations[0].acquisition], **at)["state"][0] == "occupied"
    found["length_m"] = 36.0
    states = berth_states(port(), [observations[0].acquisition], **at)
    assert states["state"][0] == "empty"
    assert states["detection_ids"][0] == ""


def test_a_ship_counts_for_one_berth_only() -> None:
    aoi = port()
    second = aoi.zones[1].__class__("b2", "berth", "Next", lonlat(245, 150, 290, 450))
    both = Aoi(aoi.id, aoi.name, aoi.geometry, (*aoi.zones, second), aoi.epsg)
    observations = list(observations_at("s2", 0.3, 1)[:1])
    seen = pd.concat([coverage(observations), coverage(observations).assign(zone_id="b2")])
    table = berth_states(both, [observations[0].acquisition], detections=detections(observations, [0.9]), coverage=seen)
    assert dict(zip(table["berth_id"], table["state"], strict=True)) == {"b1": "occupied", "b2": "empty"}


@pytest.mark.parametrize("shift_m", [0.0, 20.0, -20.0])
def test_radar_finds_ships_that_no_detector_saw_even_where_the_strip_is_drawn_off(shift_m: float) -> None:
    observations = observations_at("s1", 0.3, 2)
    found, ships, claimed, empty = rates(observations, states(observations, shift_m))
    assert ships >= 4
    assert found == ships
    assert claimed <= 0.05 * empty


def test_radar_holds_at_a_berth_that_is_occupied_most_of_the_time() -> None:
    observations = observations_at("s1", 0.75, 3)
    scores = [0.6 if x.ship_at_m is not None and n % 5 else None for n, x in enumerate(observations)]
    table = states(observations, 0.0, scores)
    found, ships, claimed, empty = rates(observations, table)
    assert ships >= 10
    assert found >= 0.95 * ships
    assert claimed <= 0.05 * empty


@pytest.mark.parametrize("sensor", ["s1", "s2"])
def test_a_berth_that_is_always_empty_is_never_called_occupied(sensor: str) -> None:
    observations = observations_at(sensor, 0.0, 4)
    table = states(observations)
    assert not (table["state"] == "occupied").any()
    assert (table["method"] == "both").sum() > 15


def test_a_berth_that_is_never_empty_leaves_the_word_to_the_detector() -> None:
    observations = observations_at("s1", 1.0, 5)
    table = states(observations, 0.0, [0.7] * len(observations))
    assert set(table["state"]) == {"occupied"}
    assert set(table["method"][12:]) == {"detector"}


def test_winter_sun_and_ice_do_not_fill_an_empty_berth() -> None:
    observations = observations_at("s2", 0.3, 6, winter=True)
    found, ships, claimed, empty = rates(observations, states(observations))
    assert claimed <= 0.05 * empty
    assert found >= 0.75 * ships


def test_the_past_outweighs_one_false_claim_and_a_low_score_alike() -> None:
    observations = observations_at("s1", 0.0, 4)
    alone = detections(list(observations), [None] * 29 + [0.3])
    with_past = states(observations, 0.0, [None] * 29 + [0.3])
    without = berth_states(
        port(), [x.acquisition for x in observations], detections=alone, coverage=coverage(list(observations))
    )
    assert without["state"].iloc[-1] == "occupied"
    assert with_past["state"].iloc[-1] == "empty"
    assert with_past["detection_ids"].iloc[-1]


def test_a_observation_rests_on_earlier_ones_of_its_viewing_and_the_first_ones_borrow_later_ones() -> None:
    observations = observations_at("s1", 0.0, 4)
    table = states(observations)
    assert list(table["observations"]) == [8] * 9 + list(range(9, 30))
    shorter = states(observations[:20])
    pd.testing.assert_frame_equal(table.iloc[:20], shorter)
    assert set(states(observations[:4])["method"]) == {"detector"}


def test_optics_want_a_longer_past_than_radar_before_they_overrule_the_detector() -> None:
    assert set(states(observations_at("s2", 0.0, 4)[:8])["method"]) == {"detector"}
    assert set(states(observations_at("s2", 0.0, 4)[:9])["method"]) == {"both"}
    assert set(states(observations_at("s1", 0.0, 4)[:8])["method"]) == {"both"}


def test_a_port_without_berths_has_no_states() -> None:
    observations = observations_at("s2", 0.3, 1)[:1]
    bare = Aoi("rajin", "Rajin", port().geometry, (), port().epsg)
    table = berth_states(bare, [observations[0].acquisition], detections=DETECTIONS.empty(), coverage=COVERAGE.empty())
    assert list(table.columns) == list(BERTH_STATES.columns)
    assert table.empty
    assert profiles(list(observations), bare).empty
