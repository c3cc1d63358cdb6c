from datetime import UTC, datetime, timedelta

import pandas as pd

from monitor.core.tables import CHANGES, COUNTS
from monitor.fuse import change_findings, feed_findings, unseen_findings

T0 = datetime(2023, 10, 1, tzinfo=UTC)
NAMES = {"rajin": "Rajin"}


def _day(number: float) -> datetime:
    return T0 + timedelta(days=number)


def _spans(*days: tuple[float, float]) -> list[tuple[datetime, datetime]]:
    return [(_day(first), _day(last)) for first, last in days]


def test_a_feed_that_never_rests_gives_no_finding() -> None:
    assert feed_findings(_spans((1.0, 1.99), (0.0, 0.99), (2.0, 2.5)), as_of=_day(3)) == ()


def test_a_hole_in_the_feed_is_told_with_its_ends() -> None:
    found = feed_findings(_spans((0.0, 0.5), (3.0, 4.0)), as_of=_day(4.5))
    assert [(f.start, f.end) for f in found] == [(_day(0.5), _day(3.0))]
    assert "from 1 Oct 2023 12:00 UTC to 4 Oct 2023 00:00 UTC" in found[0].claim


def test_a_feed_that_has_fallen_silent_keeps_its_id_when_it_comes_back() -> None:
    silent = feed_findings(_spans((0.0, 0.5)), as_of=_day(5))
    assert "since 1 Oct 2023 12:00 UTC" in silent[0].claim
    back = feed_findings(_spans((0.0, 0.5), (6.0, 6.5)), as_of=_day(6.6))
    assert back[0].id == silent[0].id


def test_a_span_within_another_hides_no_hole() -> None:
    assert len(feed_findings(_spans((0.0, 2.0), (0.5, 0.6), (4.0, 5.0)), as_of=_day(5))) == 1


def test_without_any_position_there_is_no_feed_to_be_out() -> None:
    assert feed_findings([], as_of=_day(5)) == ()


def _counts(*rows: tuple[float, str]) -> pd.DataFrame:
    table = pd.DataFrame(
        [{"scene_id": f"s{d}", "acquired_at": pd.Timestamp(_day(d)), "state": state} for d, state in rows]
    )
    empty = {
        name: pd.array([pd.NA] * len(table), dtype="Int64") for name, dtype in COUNTS.dtypes.items() if dtype == "Int64"
    }
    shares = {name: 1.0 for name, dtype in COUNTS.dtypes.items() if dtype == "float64"}
    return COUNTS.conform(table.assign(aoi_id="rajin", sensor="s2", **empty, **shares))


def test_a_port_under_cloud_for_long_is_told_with_its_passes() -> None:
    found = unseen_findings(_counts((0, "observed"), (5, "not observed"), (10, "not observed")), NAMES, as_of=_day(16))
    assert found[0].claim.startswith("Rajin has not been seen for 16 days, since 1 Oct 2023 00:00 UTC")
    assert found[0].evidence == ("s5", "s10")
    assert found[0].reasons == ("2 passes since then, none of them clear",)


def test_a_port_seen_in_part_is_not_unseen() -> None:
    assert unseen_findings(_counts((0, "observed"), (10, "partly")), NAMES, as_of=_day(16)) == ()


def test_the_same_blindness_keeps_its_id_as_it_lasts() -> None:
    counts = _counts((0, "observed"), (10, "not observed"))
    ids = [unseen_findings(counts, NAMES, as_of=_day(day))[0].id for day in (16, 20)]
    assert ids[0] == ids[1]


def test_a_port_without_observations_gives_no_finding() -> None:
    assert unseen_findings(COUNTS.empty(), NAMES, as_of=_day(16)) == ()


def _changes(per_year: float) -> pd.DataFrame:
    return CHANGES.conform(
        pd.DataFrame(
            [
                {
                    "change_id": "change|rajin|vessels|x",
                    "aoi_id": "rajin",
                    "what": "vessels",
                    "changed_at": _day(2),
                    "not_before": _day(0),
                    "not_after": _day(4),
                    "raised_at": _day(9),
                    "rate_before": 3.04,
                    "rate_after": 0.5,
                    "observations_before": 12,
                    "observations_after": 14,
                    "mean_stay_d": 2.0,
                    "p_value": per_year / 3,
                    "false_alarms_per_year": per_year,
                }
            ]
        )
    )


def test_a_change_is_said_with_its_observations_and_without_a_likelihood() -> None:
    found = change_findings(_changes(0.003), NAMES)[0]
    assert found.claim == (
        "Vessels per clear observation at Rajin changed between 1 Oct 2023 and 5 Oct 2023, from 3.0 (12 "
        "observations) to 0.5 "
        "(14 observations)."
    )
    assert (found.kind, found.likelihood, found.confidence) == ("change", "", "high")
    assert found.reasons == (
        "12 observations before, 14 after; with stays of 2.0 days a port without a change shows one as clear "
        "0.003 times a year",
    )
    assert change_findings(_changes(0.3), NAMES)[0].confidence == "moderate"


def test_no_changes_give_no_findings() -> None:
    assert change_findings(CHANGES.empty(), NAMES) == ()
