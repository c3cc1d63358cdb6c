from datetime import timedelta

import pandas as pd

from monitor.core.scenes.scene import Acquisition
from monitor.core.tables import MATCHES
from monitor.fuse import latest, match, null_test, revise
from tests.fuse.conftest import AT, Found, Track

PLACE = (130.3, 42.2)


def test_late_ais_adds_a_version_and_says_when(optical: Acquisition, track: Track, found: Found) -> None:
    ships, none = found(PLACE), track(1, *PLACE).iloc[:0]
    first = revise(MATCHES.empty(), match(ships, none, scene=optical), as_of=AT)
    late = match(ships, track(1, *PLACE), scene=optical)
    both = revise(first, late, as_of=AT + timedelta(days=2))
    assert both["version"].tolist() == [1, 2]
    assert both["status"].tolist() == ["unmatched", "matched"]
    assert both["as_of"].iloc[1] == pd.Timestamp(AT + timedelta(days=2))
    assert latest(both)["status"].tolist() == ["matched"]


def test_matching_again_without_news_adds_nothing(optical: Acquisition, track: Track, found: Found) -> None:
    table = match(found(PLACE), track(1, *PLACE), scene=optical)
    first = revise(MATCHES.empty(), table, as_of=AT)
    pd.testing.assert_frame_equal(revise(first, table, as_of=AT + timedelta(days=1)), first)


def test_a_vessel_that_moves_away_with_late_ais_is_superseded(optical: Acquisition, track: Track, found: Found) -> None:
    before = revise(MATCHES.empty(), match(found(), track(1, *PLACE, length=120.0), scene=optical), as_of=AT)
    assert before["status"].tolist() == ["ais_only"]
    after = match(found((130.25, 42.15)), track(2, 130.25, 42.15), scene=optical)
    both = revise(before, after, as_of=AT + timedelta(days=1))
    assert set(both["status"]) == {"ais_only", "superseded", "matched"}
    assert latest(both)["status"].tolist() == ["matched"]


def test_other_scenes_are_left_alone(optical: Acquisition, track: Track, found: Found) -> None:
    one = revise(MATCHES.empty(), match(found(PLACE), track(1, *PLACE), scene=optical), as_of=AT)
    other = Acquisition("S2_2", "rajin", "s2", "Sentinel-2B", AT, AT, optical.footprint)
    two = match(found(PLACE), track(1, *PLACE), scene=other)
    assert latest(revise(one, two, as_of=AT))["scene_id"].tolist() == ["S2_1", "S2_2"]


def test_a_ship_that_passed_at_the_same_hour_yesterday_is_chance(
    optical: Acquisition, track: Track, found: Found
) -> None:
    ghost = track(3, *PLACE, 6.0, 45.0)
    ghost["t"] -= timedelta(days=1)
    row = null_test(found(PLACE), ghost, scene=optical).iloc[0]
    assert row["by_chance"] == 1
    assert row["chance_rate"] == 1.0


def test_a_ship_that_lies_there_both_days_is_not_chance(optical: Acquisition, track: Track, found: Found) -> None:
    row = null_test(found(PLACE), track(3, *PLACE, hours=(-30.0, 3.0)), scene=optical).iloc[0]
    assert row["matched"] == 1
    assert row["by_chance"] == 0


def test_no_detections_have_no_chance_rate(optical: Acquisition, track: Track, found: Found) -> None:
    assert pd.isna(null_test(found(), track(1, *PLACE), scene=optical)["chance_rate"].iloc[0])
