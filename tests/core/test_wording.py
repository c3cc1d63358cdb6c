from datetime import UTC, datetime

import pandas as pd
from shapely.geometry import box

from monitor.core import wording
from monitor.core.scenes.scene import Acquisition

AT = datetime(2023, 10, 5, 16, 30, 9, tzinfo=UTC)
NAN = float("nan")
DAY_END = datetime(2023, 6, 11, 23, 59, 59, tzinfo=UTC)


def test_an_instant_is_printed_in_utc_whatever_its_zone() -> None:
    there = pd.Timestamp(AT).tz_convert("Asia/Pyongyang")
    for instant in (AT, pd.Timestamp(AT), there):
        assert wording.timestamp(instant) == "2023-10-05 16:30:09 UTC"
        assert wording.minute(instant) == "2023-10-05 16:30 UTC"
        assert wording.date_only(instant) == "2023-10-05"
        assert wording.day(instant) == "5 Oct 2023"
        assert wording.day_and_time(instant) == "5 Oct 2023 16:30 UTC"
        assert wording.iso(instant) == "2023-10-05T16:30:09Z"
    assert wording.minute(pd.NaT) == wording.date_only(None) == "not known"


def test_local_time_names_its_zone_and_its_date_where_that_is_another() -> None:
    assert wording.local_time(AT, "Asia/Pyongyang") == "2023-10-06 01:30 local (UTC+09:00, Asia/Pyongyang)"
    assert wording.local_time(AT, "UTC") == wording.local_time(AT, "Nowhere/At_all") == ""


def test_what_is_missing_is_never_a_number() -> None:
    assert wording.number(NAN) == wording.hours(NAN) == "–"
    assert wording.coordinates(NAN, 1.0) == "not known"
    assert wording.measured_length(NAN, 1.0, 2.0) == "not measured"
    assert wording.about_length(NAN) == "of unknown length"


def test_numbers_and_lengths_carry_their_units() -> None:
    assert wording.number(12345.67, 1, "m²") == "12,345.7 m²"
    assert (wording.hours(36.0), wording.hours(124.8)) == ("36.0 h", "5.2 days")
    assert wording.measured_length(118.0, 108.0, 128.0) == "118 m (108–128)"
    assert wording.about_length(118.3, 106.0, 131.9) == "about 120 m (105–130 m)"
    assert wording.coordinates(130.2837, -42.2286) == "42.22860° S, 130.28370° E"


def test_counts_and_lists_agree_in_number() -> None:
    assert (wording.plural(1, "vessel"), wording.plural(3, "vessel")) == ("1 vessel", "3 vessels")
    assert wording.plural(2, "pass", "passes") == "2 passes"
    assert wording.at_least(1, "visit") == "at least 1 visit"
    assert [wording.either(names) for names in (["A"], ["A", "B"], ["A", "B", "C"])] == ["A", "A or B", "A, B or C"]


def test_no_hour_is_invented_for_a_scene_of_which_only_the_day_is_known() -> None:
    whole = Acquisition("s", "a", "s2", "", datetime(2023, 6, 11, tzinfo=UTC), DAY_END, box(0, 0, 1, 1))
    assert wording.minute(whole.acquired_at) == wording.timestamp(whole.acquired_at) == "2023-06-11, hour unknown"
    assert wording.minute(pd.Timestamp(whole.acquired_at)) == "2023-06-11, hour unknown"
    assert wording.minute(datetime(2023, 6, 11, 11, 59, 59, tzinfo=UTC)) == "2023-06-11 11:59 UTC"
    assert wording.minute(datetime(2023, 6, 11, 12, tzinfo=UTC)) == "2023-06-11 12:00 UTC"


def test_a_quay_that_is_not_drawn_is_no_berth() -> None:
    assert wording.zone_word("berth", "rajin_b1") == "berth"
    assert wording.zone_word("berth", "") == "alongside"
    assert wording.zone_word("inshore", "") == "inshore"
