"""A made-up air season, and the score of calls on it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from monitor.aviation.calls.find import find_calls
from monitor.aviation.clean import clean
from monitor.aviation.reception import find_reception
from monitor.core.tables.aviation import AIR_CALLS, AIR_POSITIONS
from monitor.simulate.aviation.season import AIR_TRUTH, AirSeason, make_air_season
from monitor.simulate.scoring.aviation import score_air
from monitor.sources.aviation.lists import read_airfields

FIELDS = read_airfields()


def made(seed: int = 3) -> AirSeason:
    return make_air_season(FIELDS, seed=seed, days=8, others_per_day=4)


@pytest.fixture(scope="module")
def season() -> AirSeason:
    return made()


@pytest.fixture(scope="module")
def calls(season: AirSeason) -> pd.DataFrame:
    tracks, _ = clean(season.positions, watchlist=season.watchlist)
    reception = find_reception(season.positions, without=frozenset(season.watchlist["icao24"]))
    return find_calls(tracks, FIELDS, reception=reception, watchlist=season.watchlist)


def test_a_seed_makes_the_same_season(season: AirSeason) -> None:
    again = made()
    pd.testing.assert_frame_equal(season.positions, again.positions)
    pd.testing.assert_frame_equal(season.truth, again.truth)
    assert len(made(4).positions) != len(season.positions)


def test_the_season_conforms_and_holds_every_kind(season: AirSeason) -> None:
    pd.testing.assert_frame_equal(season.positions, AIR_POSITIONS.conform(season.positions))
    pd.testing.assert_frame_equal(season.truth, AIR_TRUTH.conform(season.truth))
    assert {"landing", "spoof"} <= set(season.truth["kind"])
    assert season.truth["airfield_id"].isin(["ZKPY", "ZKWS"]).any()
    assert not set(season.positions["icao24"]) <= set(season.watchlist["icao24"])


def test_most_calls_are_right_and_none_is_worded_too_strongly(season: AirSeason, calls: pd.DataFrame) -> None:
    score = score_air(calls, season, FIELDS)
    assert score.claims > 20
    assert score.precision >= 0.95
    assert score.recall >= 0.90
    assert (score.landed_unseen, score.wording) == (0, 0)


def test_the_spoofed_landing_is_contested_and_not_claimed(season: AirSeason, calls: pd.DataFrame) -> None:
    spoof = season.truth[season.truth["kind"] == "spoof"].iloc[0]
    near = calls[(calls["icao24"] == spoof["icao24"]) & (calls["airfield_id"] == "ZKPY")]
    near = near[(near["arrived_not_after"] - spoof["arrived"]).abs() < pd.Timedelta(hours=1)]
    assert near["status"].tolist() == ["contested"]


def test_no_calls_score_no_recall_and_no_precision(season: AirSeason) -> None:
    score = score_air(AIR_CALLS.empty(), season, FIELDS)
    assert score.recall == 0.0
    assert score.claims == 0
    assert pd.isna(score.precision)


def test_a_claim_at_the_wrong_field_counts_against_precision(season: AirSeason, calls: pd.DataFrame) -> None:
    wrong = calls.assign(candidates="RKSI", airfield_id="RKSI")
    assert score_air(wrong, season, FIELDS).right == 0


def test_a_landed_call_without_positions_is_found_out(season: AirSeason, calls: pd.DataFrame) -> None:
    landed = calls[calls["status"] == "landed"]
    far = season.positions.assign(lon=10.0, lat=10.0)
    assert score_air(landed, replace(season, positions=far), FIELDS).landed_unseen == len(landed)


def test_wording_that_says_too_much_is_counted(season: AirSeason, calls: pd.DataFrame) -> None:
    bold = calls.assign(claim="RA-1: it landed there.")
    expected = int((calls["status"] != "landed").sum())
    assert score_air(bold, season, FIELDS).wording == expected > 0
