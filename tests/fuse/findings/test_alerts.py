from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.findings import Finding
from monitor.core.tables import ALERTS
from monitor.fuse import AlertRule, Stays, alerts
from monitor.fuse.findings.alerts import still_held

NOW = datetime(2023, 10, 6, tzinfo=UTC)
STAYS = Stays({"d1": "v1", "d2": "v1"}, {"v1": "pier_2"})


def _finding(
    name: str,
    kind: str = "dark_event",
    aoi: str = "rajin",
    *,
    word: str = "likely",
    days: float = 0.0,
    evidence: tuple[str, ...] = (),
) -> Finding:
    at = NOW - timedelta(days=days)
    return Finding(name, kind, aoi, at, at, "A vessel lay there.", word, "low", ("seen once",), evidence, ("a rock",))


def test_a_finding_is_told_once() -> None:
    first = alerts([_finding("a")], now=NOW)
    assert first["state"].tolist() == ["new"]
    assert alerts([_finding("a")], first, now=NOW + timedelta(days=20), as_of=NOW).empty


def test_the_next_of_the_same_kind_and_place_stays_quiet_until_the_cool_down_ends() -> None:
    first = alerts([_finding("a"), _finding("b")], now=NOW)
    assert sorted(first["state"]) == ["new", "quiet"]
    early = alerts([_finding("c", days=-2)], first, now=NOW + timedelta(days=2))
    assert early["state"].tolist() == ["quiet"]
    assert early["quiet_until"].tolist() == [NOW + timedelta(days=5)]
    late = alerts([_finding("d", days=-4)], pd.concat([first, early]), now=NOW + timedelta(days=4))
    assert late["state"].tolist() == ["new"]


@pytest.mark.parametrize("ahead", [timedelta(days=3650), timedelta(minutes=10), -timedelta(days=3650)])
def test_the_clock_of_an_earlier_run_decides_no_alert(ahead: timedelta) -> None:
    first = alerts([_finding("a")], now=NOW + ahead, as_of=NOW)
    near, far = _finding("b", days=-1), _finding("c", days=-5)
    assert alerts([near], first, now=NOW, as_of=NOW)["state"].tolist() == ["quiet"]
    assert alerts([far], first, now=NOW, as_of=NOW)["state"].tolist() == ["new"]


def test_what_was_sent_or_failed_cools_down_as_well() -> None:
    first = alerts([_finding("a")], now=NOW)
    for state in ("sent", "failed"):
        after = alerts([_finding("b")], first.assign(state=state), now=NOW + timedelta(days=1))
        assert after["state"].tolist() == ["quiet"]


def test_of_several_at_one_place_the_newest_is_told() -> None:
    table = alerts([_finding("older", days=2.0), _finding("newer")], now=NOW).set_index("finding_id")
    assert table["state"].to_dict() == {"older": "quiet", "newer": "new"}


def test_another_port_is_told_at_once() -> None:
    table = alerts([_finding("a"), _finding("b", aoi="dunai")], now=NOW)
    assert table["state"].tolist() == ["new", "new"]


def test_a_ship_that_stays_is_told_at_its_first_dark_observation_only() -> None:
    first = alerts([_finding("a", evidence=("d1",))], now=NOW, stays=STAYS)
    assert first["subject"].tolist() == ["pier_2"]
    assert alerts([_finding("b", evidence=("d2",))], first, now=NOW + timedelta(days=9), stays=STAYS).empty


def test_a_visit_is_told_where_its_berth_or_port_is_watched_and_nowhere_else() -> None:
    visit = _finding("v1", "visit")
    assert alerts([visit], now=NOW, stays=STAYS).empty
    for place in ("pier_2", "rajin"):
        assert len(alerts([visit], now=NOW, stays=STAYS, rule=AlertRule(berths=(place,)))) == 1
    assert alerts([visit], now=NOW, stays=STAYS, rule=AlertRule(berths=("pier_3",))).empty


def test_what_is_less_likely_than_asked_is_not_told_but_may_be_later() -> None:
    assert alerts([_finding("a", word="roughly even chance")], now=NOW).empty
    assert len(alerts([_finding("a", word="likely")], ALERTS.empty(), now=NOW)) == 1
    assert alerts([_finding("a")], now=NOW, rule=AlertRule(least_likelihood="very likely")).empty


def test_unmatched_where_reception_is_not_shown_is_told_only_when_asked_for() -> None:
    unknown = _finding("a", word="")
    assert alerts([unknown], now=NOW).empty
    assert alerts([unknown], now=NOW, rule=AlertRule(rules=("unmatched",)))["rule"].tolist() == ["unmatched"]


def test_a_long_past_is_recorded_and_not_told() -> None:
    table = alerts([_finding("a", days=40.0), _finding("b", days=1.0)], now=NOW).set_index("finding_id")
    assert table["state"].to_dict() == {"a": "old", "b": "new"}
    season = alerts([_finding("a", days=40.0)], now=NOW, as_of=NOW - timedelta(days=30))
    assert season["state"].tolist() == ["new"]


def test_a_change_point_that_moves_by_a_observation_is_the_same_change() -> None:
    first = alerts([_finding("change|rajin|vessels|1", "change", word="", days=20)], now=NOW)
    assert first["subject"].tolist() == ["rajin|vessels"]
    moved = _finding("change|rajin|vessels|2", "change", word="", days=15)
    other = _finding("change|rajin|stacks|2", "change", word="", days=15)
    later = alerts([moved, other], first, now=NOW + timedelta(days=10))
    assert later["subject"].tolist() == ["rajin|stacks"]


def test_plain_visits_raise_no_alert() -> None:
    assert list(alerts([_finding("a", kind="gap")], now=NOW)) == list(ALERTS.columns)


def test_a_row_says_what_it_rests_on_and_that_it_is_made_up() -> None:
    row = alerts([_finding("a")], now=NOW, simulated=True).iloc[0]
    assert (row["likelihood"], row["confidence"], row["reasons"]) == ("likely", "low", "seen once")
    assert row["alternatives"] == "a rock"
    assert row["is_simulated"]


@pytest.mark.parametrize("given", [{"rules": ("rumour",)}, {"least_likelihood": "maybe"}])
def test_a_rule_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(DataError, match=r"rumour|maybe"):
        AlertRule(**given)  # type: ignore[arg-type]


def test_stays_come_from_visits() -> None:
    table = pd.DataFrame({"visit_id": ["v"], "berth_id": ["b"], "detection_ids": ["d1 d2"]})
    assert Stays.of(table) == Stays({"d1": "v", "d2": "v"}, {"v": "b"})


def test_a_shuttle_or_visit_under_a_new_id_is_still_the_same_and_a_dark_event_is_not() -> None:
    rule = AlertRule(berths=("rajin",))
    raised = alerts(
        [_finding("s1", "shuttle"), _finding("v1", "visit"), _finding("a")], now=NOW, rule=rule, stays=STAYS
    )
    renamed = [_finding("s2", "shuttle"), _finding("v2", "visit"), _finding("b")]
    stays = Stays({}, {"v2": "pier_2"})
    held = dict(zip(raised["finding_id"], still_held(raised, renamed, stays), strict=True))
    assert held == {"s1": True, "v1": True, "a": False}
    later = [_finding("s2", "shuttle", days=-9.0)]
    assert not still_held(raised, later, stays).any()
