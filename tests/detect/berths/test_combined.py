"""One state of a berth from radar and optics that observed it within a day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from monitor.detect.berths.combined import CombineRule, combine_sensors
from monitor.fuse.stays.visits import visits
from tests.detect.berths.seasons import PORTS, judged

BEGIN = pd.Timestamp("2023-06-01T02:00", tz="UTC")
Seen = tuple[float, str, float]


def rows(*seen: Seen, berth: str = "b") -> pd.DataFrame:
    """States by one scene each: hours, sensor and probability, NaN where it was not observed."""
    return pd.DataFrame(
        {
            "scene_id": [f"{sensor} {hours}" for hours, sensor, _ in seen],
            "berth_id": berth,
            "acquired_at": [BEGIN + pd.Timedelta(hours=hours) for hours, *_ in seen],
            "sensor": [sensor for _, sensor, _ in seen],
            "probability": [chance for *_, chance in seen],
            "prior": 0.3,
            "has_past": True,
        }
    )


def other(*seen: Seen) -> list[float]:
    return [float(p) for p in combine_sensors(rows(*seen), CombineRule())["probability"]]


def test_radar_and_optics_together_err_less_than_either_alone() -> None:
    states = pd.concat([judged(port, seed) for seed in (91, 92) for port in PORTS])
    states = states[states["combined_with"] != ""]
    assert len(states) > 300
    true = states["occupied"].astype(float)
    together = (states["probability"] - true) ** 2
    alone = (states["alone"] - true) ** 2
    by_sensor = alone.groupby(states["sensor"]).mean()
    assert set(by_sensor.index) == {"s1", "s2"}
    assert together.mean() < by_sensor.min()
    wrong = (states["state"] == "occupied") != states["occupied"]
    wrong_alone = ((states["alone"] >= 0.5) != states["occupied"]).groupby(states["sensor"]).mean()
    assert wrong.mean() < wrong_alone.min()


def test_sensors_that_agree_are_surer_and_one_that_disagrees_is_less_so() -> None:
    assert other((0, "s1", 0.8), (3, "s2", 0.8))[0] > 0.85
    assert other((0, "s1", 0.1), (3, "s2", 0.1))[0] < 0.05
    assert 0.1 < other((0, "s1", 0.1), (3, "s2", 0.95))[0] < 0.95


def test_what_the_other_saw_counts_less_the_more_hours_lie_between() -> None:
    near, far, beyond = (other((0, "s1", 0.3), (hours, "s2", 0.97))[0] for hours in (1, 20, 25))
    assert near > far > beyond == pytest.approx(0.3)


def test_where_ships_come_and_go_fast_a_day_is_longer_than_where_they_lie_for_weeks() -> None:
    flicker = [(12.0 * k, "s1", 0.99 if k % 2 else 0.01) for k in range(20)]
    steady = [(12.0 * k, "s1", 0.99 if k < 10 else 0.01) for k in range(20)]
    after = ((231.0, "s2", 0.3),)
    assert other(*steady, *after)[-1] < other(*flicker, *after)[-1]


def test_scenes_of_one_kind_and_berths_not_observed_stay_as_they_are() -> None:
    assert other((0, "s2", 0.8), (1, "planet", 0.8)) == [0.8, 0.8]
    made = combine_sensors(rows((0, "s1", np.nan), (1, "s2", 0.8), (2, "s1", np.nan)), CombineRule())
    assert made["probability"].isna().tolist() == [True, False, True]
    assert made["probability"][1] == pytest.approx(0.8)
    assert set(made["combined_with"]) == {""}


def test_a_row_names_the_scene_that_it_takes_in_and_what_its_own_shows() -> None:
    made = combine_sensors(rows((0, "s1", 0.2), (5, "s2", 0.9), (8, "s1", 0.2)), CombineRule())
    assert made["combined_with"].tolist() == ["s2 5", "s1 8", "s2 5"]
    assert made["alone"].tolist() == [0.2, 0.9, 0.2]


def test_stays_weigh_each_scene_once() -> None:
    """A stay reads the observations one after the other: states that are combined already would count twice."""
    states = judged("rajin", 91).drop(columns="occupied")
    shown = states["alone"].notna()
    own = states.assign(combined_with="", probability=states["alone"])
    own["state"] = np.where(shown, np.where(own["alone"] >= 0.5, "occupied", "empty"), "not observed")
    assert (own["state"] != states["state"]).any()
    pd.testing.assert_frame_equal(visits(states), visits(own))
