from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from monitor.core.tables import VISITS
from monitor.fuse import VisitRule, detectability, occupancy, visits
from monitor.fuse.stays.rules import OccupancyRule
from monitor.fuse.stays.visits import visits_and_occupancy
from tests.fuse.conftest import AT

DAY0 = pd.Timestamp(AT)


def _states(text: str, *, berth: str = "b1", step_h: float = 24.0, doubt: float = 0.01) -> pd.DataFrame:
    """One observation a letter: O occupied, E empty, - not observed; `doubt` is how likely each state is wrong."""
    words = {"O": "occupied", "E": "empty", "-": "not observed"}
    return pd.DataFrame(
        {
            "scene_id": [f"s{n}" for n in range(len(text))],
            "aoi_id": "rajin",
            "berth_id": berth,
            "acquired_at": [DAY0 + timedelta(hours=step_h * n) for n in range(len(text))],
            "state": [words[letter] for letter in text],
            "probability": [{"O": 1.0 - doubt, "E": doubt}.get(letter, np.nan) for letter in text],
        }
    )


def _hulls(lengths: list[float | None], *, step_h: float = 24.0, east_m: list[float] | None = None) -> pd.DataFrame:
    rows = [
        {
            "detection_id": f"d{n}",
            "scene_id": f"s{n}",
            "zone_id": "b1",
            "class_name": "vessel",
            "length_m": length,
            "length_low_m": length * 0.9,
            "length_high_m": length * 1.1,
            "acquired_at": DAY0 + timedelta(hours=step_h * n),
            "geometry": Point(130.3 + (east_m[n] if east_m else 0.0) / 82_000.0, 42.2).buffer(4e-4),
        }
        for n, length in enumerate(lengths)
        if length is not None
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")


def _day(n: float) -> pd.Timestamp:
    return DAY0 + timedelta(days=n)


def test_a_stay_lies_between_the_empty_observations_around_it() -> None:
    row = visits(_states("EOOE")).iloc[0]
    assert row["arrived_not_before"] == _day(0)
    assert row["arrived_not_after"] == _day(1)
    assert row["departed_not_before"] == _day(2)
    assert row["departed_not_after"] == _day(3)
    assert row["observations"] == 2
    assert not row["is_open"]


def test_observations_that_saw_nothing_bound_nothing() -> None:
    row = visits(_states("E-O-E")).iloc[0]
    assert row["arrived_not_before"] == _day(0)
    assert row["departed_not_after"] == _day(4)
    assert row["observations"] == 1


def test_a_ship_there_from_the_first_observation_has_no_earliest_arrival() -> None:
    assert pd.isna(visits(_states("OE"))["arrived_not_before"].iloc[0])


def test_a_ship_still_there_is_open() -> None:
    row = visits(_states("EO")).iloc[0]
    assert row["is_open"]
    assert pd.isna(row["departed_not_after"])


def test_an_empty_observation_parts_two_stays() -> None:
    assert len(visits(_states("EOEOE"))) == 2


def test_sightings_too_far_apart_are_two_stays_whose_bounds_meet() -> None:
    table = visits(_states("EO-----OE"))
    assert len(table) == 2
    assert table["departed_not_after"].iloc[0] == _day(7)
    assert table["arrived_not_before"].iloc[1] == _day(1)


def test_a_hull_of_another_length_is_another_ship() -> None:
    table = visits(_states("EOOE"), _hulls([None, 120.0, 60.0, None]))
    assert table["length_m"].tolist() == [120.0, 60.0]
    assert table["departed_not_after"].iloc[0] == _day(2)


def test_two_hulls_at_one_berth_are_two_stays() -> None:
    one, two = _hulls([120.0, 120.0]), _hulls([90.0, 90.0], east_m=[160.0, 160.0])
    two["detection_id"] = ["e0", "e1"]
    table = visits(_states("OO"), pd.concat([one, two], ignore_index=True))
    assert sorted(table["length_m"]) == [90.0, 120.0]
    assert table["observations"].tolist() == [2, 2]


def test_a_hull_missed_in_one_observation_within_hours_never_left() -> None:
    table = visits(_states("EOEOE", step_h=6.0, doubt=0.2), _hulls([None, 120.0, None, 121.0, None], step_h=6.0))
    assert len(table) == 1
    assert table["observations"].iloc[0] == 2


def test_another_mmsi_is_another_ship() -> None:
    matches = pd.DataFrame({"detection_id": ["d1", "d2"], "mmsi": [1, 2], "status": "matched"})
    table = visits(_states("EOOE"), _hulls([None, 120.0, 120.0, None]), matches)
    assert table["mmsi"].tolist() == [1, 2]


def test_ships_that_lie_at_the_same_time_are_counted_also_under_cloud() -> None:
    one = _states("EOO-OE")
    both = pd.concat([one, _states("EEOOOE", berth="b2")], ignore_index=True)
    table = occupancy(both).set_index(["berth_id", "acquired_at"])
    assert table.loc[("b1", _day(3)), "occupied"] > 0.9
    assert table.loc[("b1", _day(0)), "occupied"] < 0.1
    assert table.loc[("", _day(3)), "ships"] == pytest.approx(2.0, abs=0.2)
    assert table.loc[("", _day(4)), "ships_low"] >= 1
    assert table.loc[("", _day(4)), "ships_high"] == 2
    assert table.loc[("", _day(1)), "ships"] == pytest.approx(1.0, abs=0.2)
    assert occupancy(_states("EE")).empty


def test_port_calls_narrow_the_interval() -> None:
    matches = pd.DataFrame({"detection_id": ["d1"], "mmsi": [1], "status": "matched"})
    calls = pd.DataFrame(
        {"mmsi": [1], "port_id": "rajin", "arrived_at": [_day(0.8)], "departed_at": [_day(1.3)], "confidence": 4}
    )
    row = visits(_states("EOE"), _hulls([None, 120.0, None]), matches, port_calls=calls).iloc[0]
    assert row["arrived_not_before"] == _day(0.8)
    assert row["departed_not_after"] == _day(1.3)
    assert row["evidence"] == "both"


def test_states_come_from_coverage_when_there_are_none() -> None:
    states = _states("EEEOEEE")
    coverage = states.rename(columns={"berth_id": "zone_id"}).assign(kind="berth", state="observed", sensor="s2")
    table = visits(states.iloc[:0], _hulls([*[None] * 3, 120.0, *[None] * 3]), coverage=coverage)
    assert table["arrived_not_after"].tolist() == [_day(3)]
    assert table["arrived_not_before"].iloc[0] >= _day(0)


def test_berths_never_seen_occupied_give_an_empty_table() -> None:
    assert list(visits(_states("EE--")).columns) == list(VISITS.columns)
    assert visits(_states("EE--")).empty
    assert visits(_states("EE").iloc[:0]).empty


def test_running_again_gives_the_same_ids_also_with_more_observations() -> None:
    first, more = visits(_states("EOE")), visits(_states("EOEOE"))
    assert first["visit_id"].iloc[0] in set(more["visit_id"])


def test_the_rule_decides_how_long_ships_stay() -> None:
    short, long = (VisitRule(occupancy=OccupancyRule(stays_h=(h,), stay_shares=(1.0,))) for h in (24.0, 600.0))
    hulls = _hulls([None, 120.0, *[None] * 5, 120.0, None])
    assert len(visits(_states("EO-----OE"), hulls, rule=short)) == 2
    assert len(visits(_states("EO-----OE"), hulls, rule=long)) == 1


def test_what_is_told_is_as_likely_as_it_says() -> None:
    """Ships that come at random for one to three days, an observation a day and a half that misses a fifth of them."""
    told, true = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        arrivals = np.cumsum(rng.exponential(5.0, 30))
        calls = [(a, a + rng.uniform(1.0, 3.0), rng.lognormal(np.log(110), 0.3)) for a in arrivals]
        calls = [call for n, call in enumerate(calls) if n == 0 or call[0] > calls[n - 1][1]]
        ship, lengths, letters = [], [], ""
        for n in range(60):
            here = [k for k, (came, went, _) in enumerate(calls) if came <= 1.5 * n < went]
            seen = bool(here) and rng.random() < 0.8
            false = not here and rng.random() < 0.04
            letters += "O" if seen or false else "E"
            ship.append(here[0] if seen else -1 - n)
            length = calls[here[0]][2] * np.exp(rng.normal(0, 0.06)) if seen else 80.0 * np.exp(rng.normal(0, 0.5))
            lengths.append(float(length) if seen or false else None)
        table = visits(_states(letters, step_h=36.0, doubt=0.1), _hulls(lengths, step_h=36.0))
        for row in table.to_dict("records"):
            told.append(row["probability"])
            ships = {ship[int(name[1:])] for name in row["detection_ids"].split()}
            true.append(len(ships) == 1 and min(ships) >= 0)
    assert len(told) > 100
    assert np.mean(told) == pytest.approx(np.mean(true), abs=0.07)


def test_daily_observations_catch_half_of_the_stays_of_twelve_hours() -> None:
    table = detectability(_states("E" * 31), start=_day(0), end=_day(30), stays_h=(12.0, 24.0, 48.0))
    assert table["share"].tolist() == pytest.approx([0.5, 1.0, 1.0], abs=0.01)
    assert table["observations"].tolist() == [30, 30, 30]


def test_observations_that_saw_nothing_catch_nothing() -> None:
    table = detectability(_states("-" * 10), start=_day(0), end=_day(10))
    assert (table["share"] == 0).all()
    assert (table["observations"] == 0).all()


def test_the_share_is_what_a_simulation_gives() -> None:
    random = np.random.default_rng(3)
    states = _states("E-E--EE---E-EE")
    table = detectability(states, start=_day(0), end=_day(14), stays_h=(30.0,))
    observations = states.loc[states["state"] == "empty", "acquired_at"]
    begun = [_day(0) + timedelta(days=float(d)) for d in random.uniform(0, 14, 4000)]
    met = [bool(((observations >= b) & (observations <= b + timedelta(hours=30))).any()) for b in begun]
    assert table["share"].iloc[0] == pytest.approx(np.mean(met), abs=0.02)


def test_a_hull_that_nearly_every_observation_shows_for_weeks_never_left() -> None:
    text = "OO-OOEOOO--OOOO" * 2
    lengths = [120.0 if letter == "O" else None for letter in text]
    table = visits(_states(text, step_h=48.0, doubt=0.2), _hulls(lengths, step_h=48.0))
    assert len(table) == 1
    assert table["observations"].iloc[0] == text.count("O")


def test_an_observation_that_may_have_missed_the_ship_bounds_nothing_while_a_farther_one_does() -> None:
    row = visits(_states("EEEEOEEEE", doubt=0.2)).iloc[0]
    assert _day(0) <= row["arrived_not_before"] < _day(3)
    assert _day(5) < row["departed_not_after"] <= _day(8)


def test_an_observation_that_could_not_have_missed_the_ship_bounds_it() -> None:
    states = _states("EEOEE").assign(probability=[0.0, 0.0, 0.9, 0.0, 0.0])
    row = visits(states).iloc[0]
    assert row["arrived_not_before"] == _day(1)
    assert row["departed_not_after"] == _day(3)


def test_a_hull_that_its_score_hardly_calls_a_ship_is_less_likely_a_visit_than_the_one_beside_it() -> None:
    hulls = _hulls([None, None, 120.0, None, None, None]).assign(score=0.9)
    beside = _hulls([None, None, 110.0, None, None, None], east_m=[200.0] * 6).assign(score=0.2, detection_id="faint")
    table = visits(_states("EEOEEE", step_h=48.0, doubt=0.05), pd.concat([hulls, beside], ignore_index=True))
    chance = dict(zip(table["detection_ids"], table["probability"], strict=True))
    assert chance["d2"] > 0.8
    assert chance.get("faint", 0.5) < chance["d2"] - 0.2


def test_a_false_hull_beside_a_ship_that_stays_does_not_part_its_stay() -> None:
    """A ship of 120 m for six weeks, seen some 20 m off its place each time, and once a false hull 40 m from it."""
    rng = np.random.default_rng(6)
    hulls = _hulls([120.0] * 21, step_h=48.0, east_m=list(rng.normal(0.0, 20.0, 21)))
    false = _hulls([None, None, 60.0], step_h=48.0, east_m=[0.0, 0.0, 40.0]).assign(detection_id="false")
    table = visits(_states("O" * 21, step_h=48.0, doubt=0.1), pd.concat([hulls, false], ignore_index=True))
    longest = table.loc[table["observations"].idxmax()]
    assert longest["observations"] >= 20
    assert longest["probability"] > 0.8


def test_a_part_of_a_berth_that_shows_no_ship_bounds_a_stay_less_than_all_of_it() -> None:
    states = _states("EEEOEEE", step_h=12.0, doubt=0.05)
    partly = states.assign(state=["empty", "not observed", "not observed", "occupied", *["not observed"] * 2, "empty"])
    coverage = partly.rename(columns={"berth_id": "zone_id"}).assign(kind="berth")
    hulls = _hulls([*[None] * 3, 120.0], step_h=12.0)
    clear = visits(states, hulls).iloc[0]
    shown = {
        share: visits(
            partly, hulls, coverage=coverage.assign(observed_fraction=[1.0, share, share, 1.0, share, share, 1.0])
        )
        for share in (0.0, 0.6)
    }
    assert clear["arrived_not_before"] >= _day(0.5)
    assert shown[0.0]["arrived_not_before"].iloc[0] == _day(0)
    assert _day(0) <= shown[0.6]["arrived_not_before"].iloc[0] <= clear["arrived_not_before"]
    assert len(occupancy(partly, hulls, coverage=coverage.assign(observed_fraction=0.6))) == 2 * 7
    assert not shown[0.6]["is_open"].iloc[0]


def test_where_ais_names_every_ship_a_nameless_sighting_is_less_likely_one() -> None:
    text = "EEOEEE" * 8
    hulls = _hulls([120.0 if letter == "O" else None for letter in text], step_h=48.0)
    names = list(hulls["detection_id"])
    states = _states(text, step_h=48.0, doubt=0.2)
    all_but_last = pd.DataFrame({"detection_id": names[:-1], "mmsi": range(1, len(names)), "status": "matched"})
    alone, among = visits(states, hulls), visits(states, hulls, all_but_last)
    last = alone["detection_ids"] == names[-1]
    told = among.loc[among["detection_ids"] == names[-1], "probability"]
    assert told.sum() < float(alone.loc[last, "probability"].iloc[0]) - 0.03


def test_long_ships_are_missed_less_often() -> None:
    """An empty observation between two sightings: a ship of 60 m was there all the same sooner than one of 250 m."""
    there = {}
    for length in (60.0, 250.0):
        table = occupancy(_states("EEOEOEE", doubt=0.2), _hulls([None, None, length, None, length, None, None]))
        there[length] = table.loc[(table["berth_id"] == "b1") & (table["acquired_at"] == _day(3)), "occupied"].iloc[0]
    assert there[60.0] > there[250.0] + 0.1


def test_both_tables_at_once_are_those_of_each_alone() -> None:
    states, hulls = _states("EOOEEOE"), _hulls([None, 120.0, 118.0, None, None, 60.0, None])
    stays, ships = visits_and_occupancy(states, hulls)
    pd.testing.assert_frame_equal(stays, visits(states, hulls))
    pd.testing.assert_frame_equal(ships, occupancy(states, hulls))


def test_a_silent_ship_that_comes_again_and_again_where_others_are_named_keeps_its_stays_apart() -> None:
    """At b1 a nameless ship of 115 m each ten days for two days; at b2 ships that AIS names."""
    text = "EEOEEEEE" * 9
    states, hulls = (
        _states(text, step_h=30.0, doubt=0.05),
        _hulls([115.0 if c == "O" else None for c in text], step_h=30.0),
    )
    others = hulls.assign(detection_id="b2" + hulls["detection_id"], zone_id="b2")
    names = pd.DataFrame({"detection_id": others["detection_id"], "mmsi": range(1, 10), "status": "matched"})
    both = pd.concat([states, states.assign(berth_id="b2")], ignore_index=True)
    table = visits(both, pd.concat([hulls, others], ignore_index=True), names)
    assert table["berth_id"].value_counts().to_dict() == {"b1": 9, "b2": 9}


def test_a_false_hull_does_not_drive_a_named_ship_from_its_place() -> None:
    """Two ships side by side, then a named one where the first lay; beside its second sighting a false hull."""
    states = _states("OEEOOE")
    ships = _hulls([210.0, None, None, 214.0, 212.0], east_m=[0.0, 0.0, 0.0, 0.0, 10.0])
    beside = _hulls([200.0], east_m=[60.0]).assign(detection_id="beside")
    false = _hulls([None] * 4 + [46.0], east_m=[0.0] * 4 + [-95.0]).assign(detection_id="false")
    names = pd.DataFrame({"detection_id": ["d3", "d4"], "mmsi": [7, 7], "status": "matched"})
    table = visits(states, pd.concat([ships, beside, false], ignore_index=True), names)
    assert table.loc[table["mmsi"] == 7, "detection_ids"].tolist() == ["d3 d4"]


def _visits_at_b1(spread_m: float) -> int:
    """Visits at b1: a quarter of the observations show a nameless hull about one spot; named ships lie at b2."""
    rng = np.random.default_rng(3)
    seen = rng.random(60) < 0.25
    text = "".join("O" if s else "E" for s in seen)
    lengths = [float(100.0 * np.exp(rng.normal(0.0, 0.1))) if s else None for s in seen]
    states = _states(text, step_h=60.0, doubt=0.15)
    hulls = _hulls(lengths, step_h=60.0, east_m=list(spread_m * rng.normal(0.0, 1.0, 60)))
    others = _hulls(lengths, step_h=60.0, east_m=list(rng.normal(0.0, 30.0, 60)))
    others = others.assign(detection_id="b2" + others["detection_id"], zone_id="b2")
    others["geometry"] = others.geometry.translate(yoff=0.01)
    mmsi = [pd.NA if n % 4 == 0 else 1000 + n for n in range(len(others))]
    names = pd.DataFrame({"detection_id": others["detection_id"], "mmsi": mmsi, "status": "matched"})
    both = pd.concat([states, states.assign(berth_id="b2")], ignore_index=True)
    table = visits(both, pd.concat([hulls, others], ignore_index=True), names)
    return int((table["berth_id"] == "b1").sum())


def test_what_is_seen_at_one_spot_now_and_then_where_ships_lie_apart_is_no_ship() -> None:
    assert _visits_at_b1(spread_m=5.0) <= 1
    assert _visits_at_b1(spread_m=30.0) >= 8
