from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.aoi import Zone
from monitor.core.errors import DataError
from monitor.core.tables import BERTH_STATES, COVERAGE, OBSERVATIONS, STACKS
from monitor.core.tables import VISITS as VISITS_SCHEMA
from monitor.core.tableset import TableSet
from monitor.fuse import compare, read_observations
from monitor.fuse.ledger.compare import _piers
from monitor.fuse.ledger.observations import EVENTS, observed_span
from tests.fuse.voyages.test_links import PORTS, _at, _visits


def _reported(event: str, day: float, port: str = "Rajin", days: float = 1.0, **columns: str) -> pd.DataFrame:
    blank = dict.fromkeys(("berth", "vessel", "ais_status", "source", "confidence", "note"), "")
    return OBSERVATIONS.conform(
        pd.DataFrame(
            [
                {
                    **blank,
                    **columns,
                    "observation_id": "o1",
                    "origin": "published",
                    "start": _at(day),
                    "end": _at(day + days),
                    "port": port,
                    "event": event,
                    "containers_low": None,
                    "containers_high": None,
                }
            ]
        )
    )


def _states(*days: float, state: str = "empty") -> pd.DataFrame:
    return pd.DataFrame(
        [{"scene_id": f"s{d}", "aoi_id": "rajin", "berth_id": "b", "acquired_at": _at(d), "state": state} for d in days]
    )


def _seen(
    visits: pd.DataFrame | None = None,
    berth_states: pd.DataFrame | None = None,
    stacks: pd.DataFrame | None = None,
    coverage: pd.DataFrame | None = None,
) -> TableSet:
    given = {VISITS_SCHEMA: visits, BERTH_STATES: berth_states, STACKS: stacks, COVERAGE: coverage}
    return TableSet({schema: table for schema, table in given.items() if table is not None})


VISITS = _visits(("rajin", 0.0, 1.0, 2.0, 3.0, 120.0))


def _verdict(observation: pd.DataFrame, seen: TableSet) -> str:
    return str(compare(observation, PORTS, seen).iloc[0]["verdict"])


def test_a_published_stay_within_ours_is_seen_by_both() -> None:
    table = compare(_reported("docked", 1.2), PORTS, _seen(visits=VISITS))
    assert table["verdict"].tolist() == ["matched"]
    assert table["visit_id"].tolist() == ["rajin|0"]


def test_a_published_stay_where_our_clear_observations_show_none_is_only_there() -> None:
    assert _verdict(_reported("docked", 9.0), _seen(berth_states=_states(9.5))) == "external_only"


def test_a_published_stay_on_a_cloudy_day_was_not_observable_and_says_why() -> None:
    coverage = pd.DataFrame({"scene_id": ["s"], "aoi_id": "rajin", "acquired_at": [_at(9.5)], "reason": "cloud"})
    table = compare(
        _reported("docked", 9.0), PORTS, _seen(berth_states=_states(9.5, state="not observed"), coverage=coverage)
    )
    assert table["verdict"].tolist() == ["not_observable"]
    assert "cloud" in table["reason"].iloc[0]


def test_a_published_absence_against_our_stay_is_only_here() -> None:
    assert _verdict(_reported("absent", 1.2), _seen(visits=VISITS)) == "monitor_only"


def test_a_published_absence_and_our_empty_observation_agree() -> None:
    assert _verdict(_reported("absent", 9.0), _seen(berth_states=_states(9.5))) == "matched"


def test_totals_and_other_ports_are_not_compared() -> None:
    assert _verdict(_reported("aggregate", 1.0), _seen(visits=VISITS)) == "not_comparable"
    assert _verdict(_reported("docked", 1.0, port="Vostochny"), _seen()) == "not_comparable"


def test_our_stay_that_nobody_published_is_only_here() -> None:
    table = compare(_reported("aggregate", 1.0), PORTS, _seen(visits=VISITS))
    assert table["verdict"].tolist() == ["not_comparable", "monitor_only"]


def test_stacks_published_are_compared_with_stacks_seen() -> None:
    stacks = pd.DataFrame({"aoi_id": ["rajin"], "acquired_at": [_at(1.5)], "area_m2": [900.0]})
    assert _verdict(_reported("containers_seen", 1.0), _seen(stacks=stacks)) == "matched"
    never = compare(_reported("containers_seen", 1.0), PORTS, _seen(stacks=stacks.assign(area_m2=0.0))).iloc[0]
    assert never["verdict"] == "external_only"
    assert "we never found any at this port" in never["reason"]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023-10-20", (2023, 10, 20), (2023, 10, 21)),
        ("2023-10", (2023, 10, 1), (2023, 11, 1)),
        ("2023-09/2023-12", (2023, 9, 1), (2024, 1, 1)),
        ("2023-08-26/2023-10-14", (2023, 8, 26), (2023, 10, 15)),
    ],
)
def test_a_date_is_as_wide_as_its_source_leaves_it(text: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    span = observed_span(text)
    assert span.start == datetime(*start, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert span.end == datetime(*end, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_an_hour_is_read_with_its_zone() -> None:
    assert observed_span("2023-10-20T11:01+09:00").start == datetime(2023, 10, 20, 2, 1, tzinfo=UTC)


def test_the_published_observations_read_and_each_has_a_source() -> None:
    table = read_observations()
    assert len(table) == 93
    assert table["source"].str.startswith("http").all()
    assert (table["source"] != "").all()
    assert (table["start"] < table["end"]).all()


HEAD = "date,port,event,source,confidence\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + "2023-10-01,Rajin,docked,me,high\nlast week,Rajin,docked,me,high\n", "line 3: 'last week'"),
        (HEAD + "2023-10-01,Rajin,sailed by,me,high\n", "line 2: 'sailed by' is no event; use absent"),
        (HEAD + "2023-10-01,Rajin,docked,me,high\n" * 2, "line 3: states the same"),
        ("date,port\n2023-10-01,Rajin\n", "column event, source, confidence missing"),
        ("", "not a readable list"),
    ],
)
def test_a_bad_list_of_sightings_names_the_line_and_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        read_observations(path)


def test_sightings_of_ones_own_need_few_columns_and_keep_their_ids_when_lines_are_added(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + "2023-10-05,rajin,docked,own look at Planet,medium\n")
    [before] = read_observations(path).to_dict("records")
    assert (before["origin"], before["confidence"]) == ("own", "medium")
    path.write_text(HEAD + "2023-10-01,rajin,absent,me,low\n2023-10-05,rajin,docked,own look at Planet,medium\n")
    assert before["observation_id"] in set(read_observations(path)["observation_id"])


def test_every_published_event_is_a_known_one() -> None:
    assert set(read_observations()["event"]) <= EVENTS


def test_before_the_archive_and_after_it_nothing_is_observable_whatever_a_stay_without_bounds_allows() -> None:
    never = VISITS["arrived_not_before"].shift(1)
    open_ended = VISITS.assign(arrived_not_before=never, departed_not_after=never)
    for day, cause in ((-100.0, "before archive"), (400.0, "after archive")):
        row = compare(_reported("docked", day), PORTS, _seen(visits=open_ended)).iloc[0]
        assert (row["verdict"], row["cause"], row["visit_id"]) == ("not_observable", cause, "")


def test_no_pass_in_the_time_says_when_the_nearest_clear_observations_were() -> None:
    row = compare(_reported("docked", 9.0), PORTS, _seen(berth_states=_states(8.0, 12.0))).iloc[0]
    assert (row["verdict"], row["cause"]) == ("not_observable", "no observation")
    assert "the one before" in row["reason"]
    assert "the one after" in row["reason"]


def test_a_hull_too_short_for_the_pixels_is_not_held_against_us() -> None:
    seen = _seen(berth_states=_states(9.5))
    short = compare(_reported("docked", 9.0, vessel="tanker (40 m)"), PORTS, seen).iloc[0]
    assert (short["verdict"], short["cause"]) == ("not_observable", "too small")
    assert compare(_reported("docked", 9.0, vessel="tanker (110 m)"), PORTS, seen).iloc[0]["verdict"] == "external_only"


def test_a_ship_of_another_length_is_not_the_one_that_they_saw() -> None:
    seen = _seen(VISITS.assign(length_low_m=105.0, length_high_m=135.0), _states(1.5, state="occupied"))
    fits, other, tug = (
        compare(_reported("docked", 1.2, vessel=f"unknown ({length} m)"), PORTS, seen).iloc[0]
        for length in (115, 190, 30)
    )
    assert (fits["verdict"], other["verdict"], tug["verdict"]) == ("matched", "external_only", "not_observable")
    assert "105–135 m" in fits["reason"]
    assert "of another length" in other["reason"]
    assert tug["cause"] == "too small"


def test_a_stay_at_the_named_pier_goes_before_one_between_it_and_the_next() -> None:
    two = pd.concat([VISITS, VISITS.assign(visit_id="other", berth_id="x_between")], ignore_index=True)
    zones = tuple(
        Zone(key, "berth", name, Point(130.285, 42.228).buffer(0.001))
        for key, name in (("rajin_b", "Pier 2 NE face"), ("x_between", "Basin head, piers 1–2"))
    )
    ports = (replace(PORTS[0], zones=zones), PORTS[1])
    row = compare(_reported("docked", 1.2, berth="Pier 2"), ports, _seen(visits=two)).iloc[0]
    assert row["visit_id"] == "rajin|0"


def test_piers_are_told_apart_by_number_and_by_letter() -> None:
    assert _piers('CSIS "Pier No. 2" and "Pier No. 3"') == {"2", "3"}
    assert _piers("Basin head, piers 1–2") == {"1", "2"}
    assert _piers("Pier A N face") == {"A"}
    assert _piers("naval pier") == set()


def test_a_total_is_not_compared_but_ours_stands_beside_it() -> None:
    row = compare(_reported("aggregate", 1.0, port="Rajin-Dunai"), PORTS, _seen(VISITS, _states(1.5))).iloc[0]
    assert row["verdict"] == "not_comparable"
    assert "at least 1 visit at rajin in 1 clear observation" in row["reason"]


def test_ours_and_theirs_never_share_a_row() -> None:
    table = compare(_reported("aggregate", 1.0), PORTS, _seen(visits=VISITS))
    assert table["origin"].tolist() == ["published", "ours"]
    assert (table.loc[table["origin"] == "ours", ["observation_id", "source", "confidence"]] == "").all(axis=None)


def test_a_stay_that_only_may_be_the_same_must_lie_at_the_pier_that_the_source_names() -> None:
    named = {"berth": "Pier 2"}
    other = compare(_reported("docked", 0.2, days=0.1, **named), PORTS, _seen(visits=VISITS)).iloc[0]
    anywhere = compare(_reported("docked", 0.2, days=0.1), PORTS, _seen(visits=VISITS)).iloc[0]
    assert (other["verdict"], anywhere["verdict"]) == ("not_observable", "matched")


def test_a_source_that_leaves_the_port_open_is_not_compared() -> None:
    row = compare(_reported("docked", 1.2, port="Rajin or Dunai"), PORTS, _seen(visits=VISITS)).iloc[0]
    assert (row["verdict"], row["reason"]) == ("not_comparable", "the source leaves the port open")
