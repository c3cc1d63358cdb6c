"""Berths: by the detector alone, and against their own past."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from monitor.core.aoi import Aoi
from monitor.core.tables import BERTH_STATES, COVERAGE, DETECTIONS
from monitor.detect.berths.occupancy import berth_states
from tests.detect.quays import Look, coverage, detections, lonlat, port, profiles, season


@cache
def looks_at(sensor: str, share: float, seed: int, winter: bool = False) -> tuple[Look, ...]:
    return tuple(season(sensor, looks=30, share=share, seed=seed, winter=winter))


@cache
def profiled(looks: tuple[Look, ...], shift_m: float) -> pd.DataFrame:
    return profiles(list(looks), port(shift_m))


def states(looks: tuple[Look, ...], shift_m: float = 0.0, scores: list[float | None] | None = None) -> pd.DataFrame:
    found = detections(list(looks), scores or [None] * len(looks))
    return berth_states(
        port(shift_m),
        [x.acquisition for x in looks],
        detections=found,
        coverage=coverage(list(looks)),
        profiles=profiled(looks, shift_m),
    )


def rates(looks: tuple[Look, ...], table: pd.DataFrame) -> tuple[int, int, int, int]:
    """Ships found, ships, empty berths claimed, empty berths; where the past was long enough."""
    there = np.array([x.ship_at_m is not None for x in looks])
    judged = (table["looks"] > 0).to_numpy()
    said = (table["state"] == "occupied").to_numpy()
    return (
        int((said & there & judged).sum()),
        int((there & judged).sum()),
        int((said & ~there & judged).sum()),
        int((~there & judged).sum()),
    )


def test_the_detector_alone_decides_while_there_is_no_past() -> None:
    looks = looks_at("s2", 0.3, 1)[:3]
    found = detections(list(looks), [0.9, None, 0.6])
    table = berth_states(port(), [x.acquisition for x in looks], detections=found, coverage=coverage(list(looks)))
    assert list(table["state"]) == ["occupied", "empty", "occupied"]
    assert table["probability"][0] > 0.85 > table["probability"][2] > 0.5 > table["probability"][1]
    assert set(table["method"]) == {"detector"}
    assert set(table["looks"]) == {0}
    assert table["detection_ids"][0] == found["detection_id"][0]


def test_a_berth_that_was_not_seen_is_neither_occupied_nor_empty() -> None:
    looks = list(looks_at("s2", 0.3, 1)[:2])
    for unseen in ("not observed", "partly"):
        table = berth_states(
            port(), [x.acquisition for x in looks], detections=DETECTIONS.empty(), coverage=coverage(looks, unseen)
        )
        assert set(table["state"]) == {"not observed"}
        assert table["probability"].isna().all()


def test_no_coverage_row_means_not_observed() -> None:
    looks = looks_at("s2", 0.3, 1)[:2]
    table = berth_states(
        port(), [x.acquisition for x in looks], detections=DETECTIONS.empty(), coverage=COVERAGE.empty()
    )
    assert set(table["state"]) == {"not observed"}


def test_a_ship_seen_at_a_berth_half_under_cloud_is_a_ship() -> None:
    looks = list(looks_at("s2", 0.3, 1)[:1])
    table = berth_states(
        port(), [looks[0].acquisition], detections=detections(looks, [0.8]), coverage=coverage(looks, "partly")
    )
    assert table["state"][0] == "occupied"


def test_boats_moored_close_together_fill_no_berth() -> None:
    looks = looks_at("s2", 0.3, 1)[:1]
    found = detections(list(looks), [0.9])
    at = {"detections": found, "coverage": coverage(list(looks))}
    assert berth_states(port(), [looks[0].acquisition], **at)["state"][0] == "occupied"
    found["length_m"] = 36.0
    told = berth_states(port(), [looks[0].acquisition], **at)
    assert told["state"][0] == "empty"
    assert told["detection_ids"][0] == ""


def test_a_ship_counts_for_one_berth_only() -> None:
    aoi = port()
    second = aoi.zones[1].__class__("b2", "berth", "Next", lonlat(245, 150, 290, 450))
    both = Aoi(aoi.id, aoi.name, aoi.geometry, (*aoi.zones, second), aoi.epsg)
    looks = list(looks_at("s2", 0.3, 1)[:1])
    seen = pd.concat([coverage(looks), coverage(looks).assign(zone_id="b2")])
    table = berth_states(both, [looks[0].acquisition], detections=detections(looks, [0.9]), coverage=seen)
    assert dict(zip(table["berth_id"], table["state"], strict=True)) == {"b1": "occupied", "b2": "empty"}


@pytest.mark.parametrize("shift_m", [0.0, 20.0, -20.0])
def test_radar_finds_ships_that_no_detector_saw_even_where_the_strip_is_drawn_off(shift_m: float) -> None:
    looks = looks_at("s1", 0.3, 2)
    found, ships, claimed, empty = rates(looks, states(looks, shift_m))
    assert ships >= 4
    assert found == ships
    assert claimed <= 0.05 * empty


def test_radar_holds_at_a_berth_that_is_occupied_most_of_the_time() -> None:
    looks = looks_at("s1", 0.75, 3)
    scores = [0.6 if x.ship_at_m is not None and n % 5 else None for n, x in enumerate(looks)]
    table = states(looks, 0.0, scores)
    found, ships, claimed, empty = rates(looks, table)
    assert ships >= 10
    assert found >= 0.95 * ships
    assert claimed <= 0.05 * empty


@pytest.mark.parametrize("sensor", ["s1", "s2"])
def test_a_berth_that_is_always_empty_is_never_called_occupied(sensor: str) -> None:
    looks = looks_at(sensor, 0.0, 4)
    table = states(looks)
    assert not (table["state"] == "occupied").any()
    assert (table["method"] == "both").sum() > 15


def test_a_berth_that_is_never_empty_leaves_the_word_to_the_detector() -> None:
    looks = looks_at("s1", 1.0, 5)
    table = states(looks, 0.0, [0.7] * len(looks))
    assert set(table["state"]) == {"occupied"}
    assert set(table["method"][12:]) == {"detector"}


def test_winter_sun_and_ice_do_not_fill_an_empty_berth() -> None:
    looks = looks_at("s2", 0.3, 6, winter=True)
    found, ships, claimed, empty = rates(looks, states(looks))
    assert claimed <= 0.05 * empty
    assert found >= 0.75 * ships


def test_the_past_outweighs_one_false_claim_and_a_low_score_alike() -> None:
    looks = looks_at("s1", 0.0, 4)
    alone = detections(list(looks), [None] * 29 + [0.3])
    with_past = states(looks, 0.0, [None] * 29 + [0.3])
    without = berth_states(port(), [x.acquisition for x in looks], detections=alone, coverage=coverage(list(looks)))
    assert without["state"].iloc[-1] == "occupied"
    assert with_past["state"].iloc[-1] == "empty"
    assert with_past["detection_ids"].iloc[-1]


def test_a_look_rests_on_earlier_ones_of_its_viewing_and_the_first_ones_borrow_later_ones() -> None:
    looks = looks_at("s1", 0.0, 4)
    table = states(looks)
    assert list(table["looks"]) == [8] * 9 + list(range(9, 30))
    shorter = states(looks[:20])
    pd.testing.assert_frame_equal(table.iloc[:20], shorter)
    assert set(states(looks[:4])["method"]) == {"detector"}


def test_optics_want_a_longer_past_than_radar_before_they_overrule_the_detector() -> None:
    assert set(states(looks_at("s2", 0.0, 4)[:8])["method"]) == {"detector"}
    assert set(states(looks_at("s2", 0.0, 4)[:9])["method"]) == {"both"}
    assert set(states(looks_at("s1", 0.0, 4)[:8])["method"]) == {"both"}


def test_a_port_without_berths_has_no_states() -> None:
    looks = looks_at("s2", 0.3, 1)[:1]
    bare = Aoi("rajin", "Rajin", port().geometry, (), port().epsg)
    table = berth_states(bare, [looks[0].acquisition], detections=DETECTIONS.empty(), coverage=COVERAGE.empty())
    assert list(table.columns) == list(BERTH_STATES.columns)
    assert table.empty
    assert profiles(list(looks), bare).empty
