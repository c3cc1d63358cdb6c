from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from monitor.core.statistics import poisson_interval
from monitor.core.tables import COUNTS, RATES
from monitor.core.timerange import TimeRange
from monitor.fuse import rates
from monitor.fuse.series.rates import RateRule

START = datetime(2023, 1, 1, tzinfo=UTC)


def _counts(numbers: list[int | None], *, every_d: float = 2.5) -> pd.DataFrame:
    table = pd.DataFrame({"vessels": pd.array(numbers, dtype="Int64")})
    for name in ("berth", "anchorage", "open", "stacks", "unmatched"):
        table[name] = pd.array([pd.NA] * len(table), dtype="Int64")
    table["scene_id"] = [f"s{n}" for n in range(len(table))]
    table["acquired_at"] = pd.to_datetime([START + timedelta(days=every_d * n) for n in range(len(table))], utc=True)
    seen = table["vessels"].notna()
    return COUNTS.conform(
        table.assign(
            aoi_id="rajin",
            sensor="s2",
            state=np.where(seen, "observed", "not observed"),
            observed_fraction=seen.astype(float),
        )
    )


def _draw(mean: float, size: int, seed: int = 1) -> list[int | None]:
    return [int(n) for n in np.random.default_rng(seed).poisson(mean, size)]


def test_the_exact_interval_of_no_sighting_is_not_zero() -> None:
    assert poisson_interval(0, 10.0) == (0.0, pytest.approx(0.3689, abs=1e-4))
    assert all(np.isnan(poisson_interval(0, 0.0)))


def test_a_week_without_a_observation_has_no_rate() -> None:
    table = rates(_counts([2, None, None, None, None, None, 3]), period=TimeRange.parse("2023-01-04/2023-01-11"))
    assert table["observations"].tolist() == [0]
    assert table["rate"].isna().all()


def test_a_rate_is_per_clear_observation() -> None:
    row = rates(_counts([2, None, 4]), period=TimeRange.parse("2023-01-01/2023-01-08")).iloc[0]
    assert (row["seen"], row["observations"], row["rate"]) == (6, 2, 3.0)
    assert row["rate_low"] < 3.0 < row["rate_high"]


def test_too_little_past_expects_nothing() -> None:
    row = rates(_counts([2] * 6), period=TimeRange.parse("2023-01-08/2023-01-15")).iloc[0]
    assert row["model"] == ""
    assert pd.isna(row["expected"])
    assert not row["is_change"]


def test_a_week_like_its_past_is_no_change_and_a_crowd_is() -> None:
    past = _draw(3.0, 60)
    period = TimeRange(START + timedelta(days=150), START + timedelta(days=157))
    calm = rates(_counts([*past, 3, 2, 4]), period=period).iloc[0]
    crowd = rates(_counts([*past, 12, 11, 13]), period=period).iloc[0]
    assert calm["expected"] == pytest.approx(3.0, abs=0.6)
    assert not calm["is_change"]
    assert crowd["is_change"]
    assert crowd["p_value"] < 0.001


def test_a_past_that_scatters_widens_what_is_expected() -> None:
    random = np.random.default_rng(2)
    wild = [int(n) for n in random.poisson(random.gamma(1.0, 3.0, 60))]
    period = TimeRange(START + timedelta(days=150), START + timedelta(days=157))
    tame, loose = (rates(_counts([*past, 3, 3, 3]), period=period).iloc[0] for past in (_draw(3.0, 60), wild))
    assert (tame["model"], loose["model"]) == ("poisson", "negative binomial")
    assert loose["expected_high"] > tame["expected_high"]


def test_a_yearly_season_is_followed() -> None:
    days = np.arange(0, 800, 2.5)
    mean = 4.0 + 3.0 * np.cos(2 * np.pi * days / 365.25)
    counts = _counts([int(n) for n in np.random.default_rng(4).poisson(mean)])
    winter = rates(counts, period=TimeRange.parse("2025-01-01/2025-01-08")).iloc[0]
    summer = rates(counts, period=TimeRange.parse("2024-07-01/2024-07-08")).iloc[0]
    assert winter["expected"] > 5.0
    assert summer["expected"] < 2.5


def test_ninety_five_percent_of_weeks_lie_in_what_is_expected() -> None:
    counts = _counts(_draw(3.0, 400, seed=8))
    table = rates(counts, period=TimeRange(START + timedelta(days=300), START + timedelta(days=950)))
    assert 0.9 <= 1.0 - table["is_change"].mean() <= 1.0


def test_never_a_ship_before_expects_none() -> None:
    period = TimeRange(START + timedelta(days=75), START + timedelta(days=80))
    row = rates(_counts([*[0] * 30, 3, 3]), period=period).iloc[0]
    assert row["expected"] == 0.0
    assert row["is_change"]


def test_a_past_that_always_counted_as_many_expects_as_many_and_warns_of_nothing(
    recwarn: pytest.WarningsRecorder,
) -> None:
    period = TimeRange(START + timedelta(days=75), START + timedelta(days=80))
    row = rates(_counts([*[8] * 30, 8, 8]), period=period).iloc[0]
    assert row["expected"] == pytest.approx(8.0)
    assert not row["is_change"]
    assert [str(each.message) for each in recwarn] == []


def test_a_week_of_one_ship_that_stays_is_no_change() -> None:
    past = ([0] * 6 + [1] * 8 + [0] * 10) * 4
    period = TimeRange(START + timedelta(days=96), START + timedelta(days=103))
    row = rates(_counts([*past, *[1] * 7], every_d=1.0), period=period).iloc[0]
    assert row["seen"] == 7
    assert row["p_value"] > 0.05
    assert not row["is_change"]


def test_the_user_sets_how_often_a_calm_week_may_stand_out() -> None:
    counts = _counts(_draw(3.0, 300, seed=11))
    period = TimeRange(START + timedelta(days=100), START + timedelta(days=740))
    calm, lively = (rates(counts, period=period, rule=RateRule.of(allowed)) for allowed in (0.5, 50.0))
    assert calm["is_change"].sum() <= 1
    assert lively["is_change"].sum() > 3
    assert lively["p_value"].equals(calm["p_value"])


def test_no_counts_give_no_rates() -> None:
    assert list(rates(COUNTS.empty(), period=TimeRange.parse("2023-01"))) == list(RATES.columns)


def test_ships_at_berths_are_reckoned_per_share_of_berths_seen() -> None:
    counts = _counts([4, 4]).assign(berth=pd.array([2, 2], dtype="Int64"), berth_fraction=0.5)
    table = rates(counts, period=TimeRange.parse("2023-01-01/2023-01-08")).set_index("what")
    assert table.loc["berth", ["exposure", "rate"]].tolist() == [1.0, 4.0]
    assert table.loc["vessels", ["exposure", "rate"]].tolist() == [2.0, 4.0]
