"""What changed for good in a made year is stated, and what only came with the season is not."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
import pytest

from monitor.core.findings import likelihood_word
from monitor.core.tables import LAND_CHANGES
from monitor.fuse.land.changes import land_changes
from monitor.fuse.land.rules import LandRule
from tests.fuse.land import places


@lru_cache(maxsize=2)
def made(seed: int, changes: int) -> tuple[places.Place, pd.DataFrame, pd.DataFrame]:
    place, profiles = places.make(seed, changes=changes)
    return place, profiles, land_changes(place.aoi, profiles)


def test_each_change_is_stated_with_the_interval_in_which_it_began() -> None:
    place, _, found = made(1, 4)
    for change in place.changes:
        outline = places.lonlat((change.rows.start, change.rows.stop), (change.cols.start, change.cols.stop))
        mine = found[[part.intersection(outline).area > 0.5 * outline.area for part in found.geometry]]
        assert len(mine) == 1, change
        row = mine.iloc[0]
        assert row["began_after"] <= change.at <= row["began_before"]
        assert row["kind"] == change.kind
        assert row["area_m2"] == pytest.approx(change.area_m2, rel=0.25)
        assert row["observations"] >= 2
        assert likelihood_word(row["probability"]) != "almost certain"  # 84 of 90 statements are right


def test_a_year_of_harvest_and_snow_alone_has_no_change() -> None:
    assert len(made(0, 0)[2]) == 0


def test_a_change_that_one_observation_shows_is_not_stated_yet() -> None:
    place, profiles, found = made(1, 4)
    last = found.sort_values("began_before").iloc[-1]
    until = profiles[profiles["acquired_at"] <= last["began_before"]]
    before = land_changes(place.aoi, until)
    assert not before.geometry.intersects(last.geometry.centroid).any()


def test_smaller_changes_than_the_user_asks_for_are_left_out() -> None:
    place, profiles, found = made(1, 4)
    least = float(found["area_m2"].max()) * 1.5
    assert len(land_changes(place.aoi, profiles, LandRule(least_area_m2=least))) == 0


def test_without_observations_the_table_is_empty() -> None:
    place, profiles, _ = made(1, 4)
    assert list(land_changes(place.aoi, profiles.iloc[:0]).columns) == list(LAND_CHANGES.columns)
