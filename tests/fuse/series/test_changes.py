from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.tables import CHANGES, COUNTS
from monitor.fuse import change_points
from monitor.fuse.series.changes import ChangeRule

START = datetime(2022, 5, 1, tzinfo=UTC)


def _counts(vessels: list[int], *, every_d: float = 2.5, **others: list[int]) -> pd.DataFrame:
    table = pd.DataFrame({"vessels": pd.array(vessels, dtype="Int64")})
    for name in ("berth", "anchorage", "open", "under_way", "stacks", "unmatched"):
        table[name] = pd.array(others.get(name, [pd.NA] * len(table)), dtype="Int64")
    table["scene_id"] = [f"s{n}" for n in range(len(table))]
    table["acquired_at"] = pd.to_datetime([START + timedelta(days=every_d * n) for n in range(len(table))], utc=True)
    return COUNTS.conform(table.assign(aoi_id="rajin", sensor="s2", state="observed", observed_fraction=1.0))


def _draw(mean: float, size: int, seed: int) -> list[int]:
    return [int(n) for n in np.random.default_rng(seed).poisson(mean, size)]


def test_a_lull_is_dated_between_its_observations_and_raised_after_it() -> None:
    table = change_points(_counts([*_draw(4.0, 40, 1), *_draw(0.3, 30, 5)]))
    assert len(table) == 1
    row = table.iloc[0]
    truth = pd.Timestamp(START + timedelta(days=2.5 * 40))
    assert abs(row["changed_at"] - truth) <= timedelta(days=8)
    assert row["not_before"] < row["changed_at"] < row["not_after"] < row["raised_at"]
    assert row["rate_after"] < 1.0 < 3.0 < row["rate_before"]
    assert row["observations_before"] + row["observations_after"] == 70
    assert row["false_alarms_per_year"] <= 0.05


def test_a_change_keeps_its_id_as_observations_come_in() -> None:
    numbers = [*_draw(4.0, 40, 1), *_draw(0.3, 40, 5)]
    ids = [change_points(_counts(numbers[:until]))["change_id"].tolist() for until in (60, 70, 80)]
    assert len(ids[0]) == 1
    assert ids[0] == ids[1] == ids[2]


def test_a_lull_that_ends_changes_twice() -> None:
    table = change_points(_counts([*_draw(5.0, 40, 1), *_draw(0.3, 40, 5), *_draw(5.0, 40, 2)]))
    assert (table["rate_after"] < table["rate_before"]).tolist() == [True, False]


def test_one_ship_that_stays_for_a_fortnight_is_no_change() -> None:
    quiet = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0] * 4
    assert change_points(_counts([*quiet, 1, 1, 1, 1, 1, 1, *quiet])).empty


def test_the_user_sets_how_often_chance_may_raise_an_alarm() -> None:
    series = [_counts(_draw(3.0, 100, seed)) for seed in range(12)]
    found = [
        sum(len(change_points(counts, rule=ChangeRule.of(allowed))) for counts in series) for allowed in (0.02, 6.0)
    ]
    assert found[0] <= 1
    assert found[1] >= 6


def test_the_allowance_is_shared_by_all_counts_of_a_port() -> None:
    numbers = [*_draw(3.0, 40, 1), *_draw(1.6, 40, 5)]
    alone = change_points(_counts(numbers)).iloc[0]
    rows = change_points(_counts(numbers, berth=numbers, stacks=[3] * 80))
    together = rows[rows["what"] == "vessels"]
    assert together.empty or together.iloc[0]["raised_at"] >= alone["raised_at"]
    assert "stacks" not in set(rows["what"])


def test_the_same_counts_in_any_order_give_the_same_changes() -> None:
    counts = _counts([*_draw(4.0, 40, 1), *_draw(1.0, 40, 5)])
    pd.testing.assert_frame_equal(change_points(counts), change_points(counts.sample(frac=1.0, random_state=3)))


@pytest.mark.parametrize("number", [0, 1, 9])
def test_too_few_observations_show_no_change(number: int) -> None:
    assert list(change_points(_counts([5] * number))) == list(CHANGES.columns)
    assert change_points(_counts([5] * number)).empty


def test_a_port_that_was_always_empty_shows_no_change() -> None:
    assert change_points(_counts([0] * 60)).empty
