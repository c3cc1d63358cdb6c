"""A hull that never leaves is no empty berth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.detect.berths.occupancy import berth_states
from monitor.detect.berths.permanent import PermanentRule, hull_like, permanent_probability
from tests.detect.quays import START, Observation, coverage, detections, optical, port, profiles, radar, season

QUIET = -12.0


def level(*stretches: tuple[int, int, float], bins: int = 16) -> np.ndarray:
    """(bin, feature) decibels in VV and VH above open water, with some bins raised."""
    out = np.full((bins, 4), np.nan)
    out[:, 2], out[:, 3] = QUIET, QUIET - 8.0
    for first, last, above in stretches:
        out[first:last, 2:] += above
    return out


def observations(
    ships: Sequence[float | None], *, orbit: int = 54, first_day: int = 0, sensor: str = "s1"
) -> list[Observation]:
    """Observations six days apart, with a ship of 115 m at a place or none."""
    rng = np.random.default_rng(orbit)
    made = []
    for number, at in enumerate(ships):
        model = season(sensor, observations=1, share=0.0)[0].acquisition
        instant = START + timedelta(days=first_day + 6 * number)
        observation = replace(
            model, id=f"{sensor}-{orbit}-{number:03d}", start=instant, end=instant, relative_orbit=orbit
        )
        made.append(Observation(observation, radar(rng, at) if sensor == "s1" else optical(rng, at), at))
    return made


def states(several: list[Observation], scores: list[float | None] | None = None) -> pd.DataFrame:
    found = detections(several, scores or [None] * len(several))
    return berth_states(
        port(),
        [x.acquisition for x in several],
        detections=found,
        coverage=coverage(several),
        profiles=profiles(several, port()),
    ).set_index("scene_id")


@pytest.mark.parametrize(
    "stretches", [(), ((3, 5, 15.0),), ((2, 4, 9.0), (7, 10, 9.0)), ((4, 9, 4.0),), ((0, 16, 12.0),)]
)
def test_bare_quays_cranes_and_berths_bright_all_along_are_no_hull(
    stretches: tuple[tuple[int, int, float], ...],
) -> None:
    assert not hull_like(level(*stretches), PermanentRule()).any()


def test_the_longest_stretch_is_taken_and_bins_never_seen_are_left_out() -> None:
    berth = level((1, 3, 20.0), (6, 11, 11.0))
    assert list(np.flatnonzero(hull_like(berth, PermanentRule()))) == [6, 7, 8, 9, 10]
    berth[8] = np.nan
    assert not hull_like(berth, PermanentRule()).any()


def test_another_viewing_that_shows_the_stretch_bare_speaks_for_a_ship_and_optics_speak_either_way() -> None:
    rule, berth = PermanentRule(), level((6, 11, 11.0))

    def probability(*others: np.ndarray, optical: tuple[int, int] = (0, 0)) -> float | None:
        return permanent_probability(berth, berth, others, optical=optical, rule=rule)

    assert probability(level()) == rule.came
    assert probability(berth) == probability() == pytest.approx(rule.stays)
    assert probability(optical=(6, 0)) == pytest.approx(0.15)
    assert probability(optical=(6, 6)) == pytest.approx(0.9)
    assert permanent_probability(level(), berth, [], optical=(0, 0), rule=rule) is None


def test_a_hulk_that_no_detector_sees_is_not_called_an_empty_berth() -> None:
    table = states(observations([250.0] * 10))
    assert set(table["state"]) == {"occupied"}
    assert set(table["method"]) == {"baseline"}
    assert (table["probability"] < 0.7).all()


def test_the_observation_after_a_hulk_is_gone_is_empty() -> None:
    table = states(observations([*[250.0] * 12, None]))
    assert table["state"].iloc[-1] == "empty"
    assert table["state"].iloc[-2] == "occupied"


def test_a_ship_that_one_track_always_meets_is_known_from_the_other_track() -> None:
    here = observations([250.0] * 8)
    table = states([*here, *observations([None] * 8, orbit=127, first_day=3)])
    met = [x.acquisition.id for x in here]
    assert set(table.loc[met, "state"]) == {"occupied"}
    assert (table.loc[met, "probability"] > 0.7).mean() >= 0.75
    assert set(table.drop(met)["state"]) == {"empty"}


def test_a_structure_where_optics_never_see_a_vessel_is_an_empty_berth_in_radar() -> None:
    pictures = observations([None] * 8, orbit=3, first_day=-60, sensor="s2")
    both = [*pictures, *observations([250.0] * 8)]
    assert set(states(both)["state"]) == {"empty"}


@pytest.mark.parametrize("sensor", ["s1", "s2"])
def test_a_miss_does_not_empty_a_berth_that_is_never_empty_and_a_departure_does(sensor: str) -> None:
    several = observations([250.0] * 13 + [None], sensor=sensor)
    table = states(several, [0.7] * 9 + [None] + [0.7] * 3 + [None])
    assert table["state"].iloc[9] == "occupied"
    assert table["detection_ids"].iloc[9] == ""
    assert table["state"].iloc[13] == "empty"
