"""Calls on traces drawn for one question each."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from monitor.aviation import wording
from monitor.aviation.calls.find import find_calls
from monitor.aviation.clean import clean
from monitor.aviation.legs import find_legs, repeated_tails, round_trips
from monitor.aviation.reception import field_reception, find_reception
from monitor.aviation.timeline import air_timeline, calls_at
from monitor.core.tables.aviation import AIR_LEGS, AIR_REPEATS, AIR_TRIPS, TIMELINE
from monitor.simulate.aviation.flight import fly
from monitor.sources.aviation.published import read_claims
from tests.aviation.rendering import FIELDS, WATCH, Leg, calls_of, cut_below, draw, local, place, write_traces
from tests.sources.aviation.files import read_air_files

GO, BACK = local("2024-09-20T10:00"), local("2024-09-20T15:00")


def hidden_trip(folder: Path) -> list[Path]:
    """To Pyongyang and back, heard above 3,000 m alone."""
    legs = [cut_below(draw(Leg("UHWW", "ZKPY", GO)), 3000.0), cut_below(draw(Leg("ZKPY", "UHWW", BACK)), 3000.0)]
    return write_traces(folder, "15521f", "RA-86559", legs)


def test_a_trace_that_ends_and_begins_again_is_consistent_with_a_landing(tmp_path: Path) -> None:
    calls = calls_of(hidden_trip(tmp_path))
    assert calls["status"].tolist() == ["track begins", "consistent", "track ends"]
    call = calls.iloc[1]
    assert call["candidates"] == "ZKPY"
    assert call["reception"].startswith("not examined")
    assert call["arrived_not_before"] < GO + timedelta(hours=2) < call["arrived_not_after"]
    assert call["departed_not_before"] <= BACK <= call["departed_not_after"]


def test_no_sentence_says_landed_unless_the_aircraft_was_seen_down(tmp_path: Path) -> None:
    for claim, status in calls_of(hidden_trip(tmp_path))[["claim", "status"]].itertuples(index=False):
        assert ("it landed there" in claim) == (status == "landed")


def test_a_silence_that_plain_flight_explains_is_no_call(tmp_path: Path) -> None:
    start = local("2024-09-20T02:00")
    silent = [(start + timedelta(hours=3), start + timedelta(hours=5))]
    calls = calls_of(write_traces(tmp_path, "15521f", "RA-86559", [draw(Leg("UUMU", "UHWW", start))], silent=silent))
    assert calls[["status", "airfield_id"]].to_numpy().tolist() == [["landed", "UUMU"], ["landed", "UHWW"]]


def test_passing_over_a_closed_field_is_an_overflight(tmp_path: Path) -> None:
    lon, lat, _ = place("ZKSE")
    path = fly(
        [place("UHWW"), (lon, lat, 0.0), place("ZYTX")], start_s=GO.timestamp(), cruise_m=10000.0, runway_deg=(10, 10)
    )
    calls = calls_of(write_traces(tmp_path, "15521f", "RA-86559", [path]))
    over = calls[calls["status"] == "overflight"]
    assert over["airfield_id"].tolist() == ["ZKSE"]
    assert "did not land" in over["claim"].iloc[0]
    assert not calls.loc[calls["status"] == "landed", "airfield_id"].eq("ZKSE").any()


def test_a_low_pass_is_no_landing(tmp_path: Path) -> None:
    down = cut_below(draw(Leg("UHWW", "ZKWS", GO)), 200.0)
    gone = draw(Leg("ZKWS", "UHWW", GO))
    shift = float(down.t_s[-1] - gone.t_s[gone.altitude_m >= 200.0][0]) + 40.0
    up = cut_below(gone, 200.0)
    up = type(up)(up.t_s + shift, up.lon, up.lat, up.altitude_m, up.speed_ms, up.track_deg, up.climb_ms, up.on_ground)
    calls = calls_of(write_traces(tmp_path, "15521f", "RA-86559", [down, up], every=1))
    wonsan = calls[calls["airfield_id"] == "ZKWS"]
    assert wonsan["status"].tolist() == ["overflight"]
    assert "no landing was seen" in wonsan["claim"].iloc[0]


def test_a_spoofed_landing_while_the_aircraft_is_elsewhere_claims_nothing(tmp_path: Path) -> None:
    real = write_traces(tmp_path, "15521f", "RA-86559", [draw(Leg("UUMU", "UNNT", GO))])
    false = draw(Leg("ZKWS", "ZKPY", GO + timedelta(minutes=20)))
    (tmp_path / "b").mkdir()
    calls = calls_of([*real, *write_traces(tmp_path / "b", "15521f", "RA-86559", [false], every=20)])
    pyongyang = calls[calls["airfield_id"] == "ZKPY"]
    assert pyongyang["status"].tolist() == ["contested"]
    assert "nothing is claimed" in pyongyang["claim"].iloc[0]
    assert "other-body" in pyongyang["flags"].iloc[0]


def test_other_traffic_says_what_could_be_heard(tmp_path: Path) -> None:
    positions, _, _ = read_air_files(hidden_trip(tmp_path))
    tracks, _ = clean(positions, watchlist=WATCH)
    (tmp_path / "o").mkdir()
    low = write_traces(tmp_path / "o", "780001", "", [draw(Leg("ZYTX", "ZKPY", GO + timedelta(hours=1)))])
    others, _, _ = read_air_files(low)
    empty = find_calls(tracks, FIELDS, reception=find_reception(others.iloc[:0]))
    full = find_calls(tracks, FIELDS, reception=find_reception(others))
    texts = [t.loc[t["status"] == "consistent", "reception"].iloc[0] for t in (empty, full)]
    assert "silence there proves nothing" in texts[0]
    assert "would have been received" in texts[1]


def test_reception_counts_aircraft_and_leaves_out_named_addresses(tmp_path: Path) -> None:
    positions, _, _ = read_air_files(hidden_trip(tmp_path))
    table = find_reception(positions)
    around = field_reception(table, 131.0, 42.5, within_m=150000.0)
    near = around.traffic(GO.timestamp(), GO.timestamp() + 3600.0, radius_m=150000.0)
    assert (near.aircraft, near.is_low) == (1, False)
    assert find_reception(positions, without=frozenset(["15521f"])).empty


def test_legs_round_trips_and_repeats_follow_from_calls(tmp_path: Path) -> None:
    legs_drawn = []
    for later in (timedelta(0), timedelta(days=2)):
        legs_drawn += [draw(Leg("UHWW", "ZKPY", GO + later)), draw(Leg("ZKPY", "UHWW", BACK + later))]
    positions, _, _ = read_air_files(write_traces(tmp_path, "15521f", "RA-86559", legs_drawn))
    tracks, _ = clean(positions, watchlist=WATCH)
    calls = find_calls(tracks, FIELDS)
    legs = find_legs(tracks, calls)
    assert legs[["from_field", "to_field"]].to_numpy().tolist() == [["UHWW", "ZKPY"], ["ZKPY", "UHWW"]] * 2
    assert legs["distance_km"].between(650, 800).all()
    trips = round_trips(legs, away=frozenset(["ZKPY"]))
    assert trips[["home_field", "away_field"]].to_numpy().tolist() == [["UHWW", "ZKPY"]] * 2
    assert trips["away_h"].between(6, 8).all()
    repeats = repeated_tails(calls).set_index("airfield_id")
    assert (repeats.loc["ZKPY", "calls"], round(repeats.loc["ZKPY", "median_days"], 1)) == (2, 2.0)


def test_the_tables_of_no_calls_are_empty(tmp_path: Path) -> None:
    tracks = clean(read_air_files([])[0])[0]
    none = find_calls(tracks, FIELDS)
    pd.testing.assert_frame_equal(find_legs(tracks, none), AIR_LEGS.empty())
    pd.testing.assert_frame_equal(round_trips(AIR_LEGS.empty()), AIR_TRIPS.empty())
    pd.testing.assert_frame_equal(repeated_tails(none), AIR_REPEATS.empty())
    pd.testing.assert_frame_equal(air_timeline(none), TIMELINE.empty())


def test_the_timeline_holds_calls_claims_and_events_in_order(tmp_path: Path) -> None:
    calls = calls_at(calls_of(hidden_trip(tmp_path)), frozenset(["ZKPY"]))
    events = pd.DataFrame({"event": ["visit"], "start": [pd.Timestamp(GO)], "end": [pd.Timestamp(BACK)]})
    table = air_timeline(calls, read_claims(), events=events)
    assert table["start"].is_monotonic_increasing
    assert {"flight", "published flight", "event"} == set(table["lane"])


def test_running_again_gives_the_same_calls(tmp_path: Path) -> None:
    paths = hidden_trip(tmp_path)
    pd.testing.assert_frame_equal(calls_of(paths), calls_of(paths[::-1]))


@pytest.mark.parametrize(
    "name", ["LANDED_AT_REST", "LANDED_LOW", "OVERFLIGHT", "TRACK_ENDS", "TRACK_BEGINS", "CONTESTED"]
)
def test_only_consistent_wording_speaks_of_a_landing_not_seen(name: str) -> None:
    assert "consistent with a landing" not in getattr(wording, name)
    assert "consistent with a landing" in wording.CONSISTENT


def test_a_single_position_is_a_trace_that_begins_and_ends(tmp_path: Path) -> None:
    positions, _, _ = read_air_files(hidden_trip(tmp_path))
    tracks, _ = clean(positions.iloc[:1])
    calls = find_calls(tracks, FIELDS)
    assert calls["status"].tolist() == ["track begins", "track ends"]
    assert find_legs(tracks, calls)["departed_not_before"].isna().all()


def test_on_the_ground_where_no_listed_field_lies_is_landed_at_no_name(tmp_path: Path) -> None:
    positions, _, _ = read_air_files(write_traces(tmp_path, "15521f", "RA-86559", [draw(Leg("UHWW", "ZKPY", GO))]))
    tracks, _ = clean(positions)
    calls = find_calls(tracks, FIELDS[FIELDS["airfield_id"] != "ZKPY"])
    last = calls.iloc[-1]
    assert (last["status"], last["airfield_id"]) == ("landed", "")
    assert "no listed airfield" in last["claim"]
    assert last["lat"] == pytest.approx(39.22, abs=0.05)


def test_without_any_height_nothing_is_landed_in_the_air(tmp_path: Path) -> None:
    positions, _, _ = read_air_files(hidden_trip(tmp_path))
    tracks, _ = clean(positions.assign(altitude_m=float("nan"), climb_ms=float("nan"), on_ground=pd.NA))
    assert not find_calls(tracks, FIELDS)["status"].eq("landed").any()
