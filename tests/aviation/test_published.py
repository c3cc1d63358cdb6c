"""Published claims: conflicts are kept, and time zones are tried before a conflict is called one."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from monitor.aviation.published import dates_fit_one_flight, find_conflicts
from monitor.core.tables.aviation import AIR_CLAIMS, AIR_CONFLICTS
from monitor.sources.aviation.published import read_claims
from tests.aviation.rendering import FIELDS


def test_september_2023_keeps_both_dates_and_zones_explain_the_first_day_alone() -> None:
    """Charter97 says 25 to 27 September, NK News and Bloomberg 26 to 28: one end is a matter of zones, one is not."""
    claims = read_claims()
    found = find_conflicts(claims, FIELDS)
    found = found[found["registration"] == "RA-86559"].set_index("date_a")
    assert found.loc["2023-09-25", ["date_b", "explained"]].tolist() == ["2023-09-26", "time zone"]
    assert found.loc["2023-09-27", ["date_b", "explained"]].tolist() == ["2023-09-28", "no"]
    for _, row in found.iterrows():
        both = claims[claims["claim_id"].isin([row["claim_a"], row["claim_b"]])]
        assert len(both) == 2
        assert both["citation"].nunique() == 2
        assert row["citation_a"] in row["wording"]
        assert row["citation_b"] in row["wording"]
        assert "Both are kept" in row["wording"]


def test_a_date_without_a_zone_spans_the_zones_of_both_ends() -> None:
    claims = read_claims().set_index("claim_id")
    bare, zoned = claims.loc["2023-09-25-charter97"], claims.loc["2023-09-26-nknews"]
    assert bare["time_zone"] == ""
    assert bare["not_after"] - bare["not_before"] == pd.Timedelta(hours=30)
    assert zoned["time_zone"] == "Asia/Pyongyang"
    assert zoned["not_before"] == pd.Timestamp("2023-09-25T20:00Z")


def test_claims_that_agree_or_are_far_apart_do_not_conflict() -> None:
    claims = read_claims()
    one = claims[claims["claim_id"] == "2023-09-26-nknews"]
    same = one.assign(claim_id="again", citation="https://example.org")
    later = one.assign(claim_id="later", citation="https://example.org", date_local="2023-10-26")
    table = AIR_CLAIMS.conform(pd.concat([one, same, later], ignore_index=True))
    pd.testing.assert_frame_equal(find_conflicts(table, FIELDS), AIR_CONFLICTS.empty())
    assert find_conflicts(AIR_CLAIMS.empty(), FIELDS).empty


@pytest.mark.parametrize(
    ("left", "reached", "dates", "fits"),
    [
        ("UUMU", "ZKPY", {date(2023, 9, 25): "either", date(2023, 9, 26): "arrived"}, True),
        ("ZKPY", "UUMU", {date(2023, 9, 27): "either", date(2023, 9, 28): "departed"}, False),
        ("UUMU", "ZKPY", {date(2023, 9, 25): "either", date(2023, 9, 27): "arrived"}, False),
        ("ZKPY", "UHWW", {date(2023, 9, 25): "departed", date(2023, 9, 26): "arrived"}, True),
    ],
)
def test_local_dates_of_one_flight(left: str, reached: str, dates: dict[date, str], fits: bool) -> None:
    ends = [FIELDS[FIELDS["airfield_id"] == field] for field in (left, reached)]
    assert dates_fit_one_flight(dates, *ends) is fits


def test_a_place_that_is_none_of_ours_leaves_the_question_open() -> None:
    dates = {date(2023, 9, 25): "either", date(2023, 9, 26): "either"}
    assert not dates_fit_one_flight(dates, FIELDS.iloc[:0], FIELDS)
