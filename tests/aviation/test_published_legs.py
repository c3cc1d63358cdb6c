"""Every published leg that carries times, drawn as a trace and read back: field, time and the wording it deserves."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from monitor.core.geo.geodesy import distance_m
from monitor.sources.aviation.published import read_claims
from tests.aviation.rendering import Leg, calls_of, cut_below, draw, local, place, write_traces

V, S = "Asia/Vladivostok", "Asia/Shanghai"


def at(calls: pd.DataFrame, airfield_id: str) -> pd.DataFrame:
    return calls[calls["candidates"].str.split().map(lambda c: airfield_id in c)]


def one(calls: pd.DataFrame, airfield_id: str, status: str) -> pd.Series:
    found = at(calls, airfield_id)
    found = found[found["status"].isin(["landed", "consistent", "contested"])]
    assert found["status"].tolist() == [status]
    return found.iloc[0]


def holds(row: pd.Series, side: str, instant: datetime, slack: timedelta = timedelta(minutes=2)) -> bool:
    low, high = row[f"{side}_not_before"], row[f"{side}_not_after"]
    return bool((pd.isna(low) or low - slack <= instant) and (pd.isna(high) or instant <= high + slack))


LANDED = [
    ("15521f", "RA-86559", Leg("UUMU", "ZKPY", local("2023-08-01T00:30"), local("2023-08-01T09:20")), "2023-08-01-arr"),
    (
        "15521f",
        "RA-86559",
        Leg("UUMU", "ZKPY", local("2023-09-26T00:10"), local("2023-09-26T09:00")),
        "2023-09-26-nknews",
    ),
    ("155221", "RA-86561", Leg("UHWW", "ZKPY", local("2024-01-20T10:30"), local("2024-01-20T12:00")), "2024-01-leg"),
    ("14fc12", "RA-64530", Leg("ULLI", "ZKPY", local("2024-09-13T00:30"), local("2024-09-13T09:30")), "2024-09-13-arr"),
    ("15521f", "RA-86559", Leg("UHWW", "ZKPY", local("2024-09-20T10:00"), local("2024-09-20T11:37")), None),
    ("15521f", "RA-86559", Leg("UHWW", "ZKPY", local("2024-09-22T19:25"), local("2024-09-22T21:00")), "2024-09-22-arr"),
    ("15770e", "RA-96014", Leg("UUWW", "ZKPY", local("2024-10-23T05:00"), local("2024-10-23T14:30")), "2024-10-23-arr"),
    ("15770e", "RA-96014", Leg("UUWW", "ZKPY", local("2025-06-17T02:10"), local("2025-06-17T11:30")), "2025-06-17-arr"),
]


@pytest.mark.parametrize(
    ("icao24", "tail", "leg", "claim_id"), LANDED, ids=[str(row[2].arrives.date()) for row in LANDED]
)
def test_a_leg_seen_to_the_runway_is_landed(
    tmp_path: Path, icao24: str, tail: str, leg: Leg, claim_id: str | None
) -> None:
    assert leg.arrives is not None
    calls = calls_of(write_traces(tmp_path, icao24, tail, [draw(leg)]))
    call = one(calls, "ZKPY", "landed")
    assert holds(call, "arrived", leg.arrives)
    assert call["claim"].endswith("it landed there.")
    assert tail in call["claim"]
    departure = one(calls, leg.origin, "landed")
    assert holds(departure, "departed", leg.start)
    if claim_id is not None:
        claim = read_claims().set_index("claim_id").loc[claim_id]
        assert claim["not_before"] <= leg.arrives <= claim["not_after"]
        assert claim["to_field"] == "ZKPY"


def test_the_first_visit_lasts_about_36_hours_and_the_photograph_lies_within_it(tmp_path: Path) -> None:
    out = draw(Leg("UUMU", "ZKPY", local("2023-08-01T00:30"), local("2023-08-01T09:20")))
    back = draw(Leg("ZKPY", "UUMU", local("2023-08-02T21:20")))
    calls = calls_of(write_traces(tmp_path, "15521f", "RA-86559", [out, back]))
    call = one(calls, "ZKPY", "landed")
    assert 35.0 < call["ground_low_h"] <= call["ground_high_h"] < 37.0
    seen = read_claims().set_index("claim_id").loc["2023-08-02-seen", "not_before"]
    assert call["arrived_not_after"] < seen < call["departed_not_before"]


def test_the_an124_that_went_silent_is_only_consistent_with_a_landing(tmp_path: Path) -> None:
    """21 March 2024: off 02:30 local, then no transponder; heard again on the way back, early in the morning."""
    start = local("2024-03-21T02:30", V)
    out = draw(Leg("UHWW", "ZKPY", start))
    back = draw(Leg("ZKPY", "UHWW", local("2024-03-21T05:10", V)))
    silent = [(start + timedelta(minutes=18), local("2024-03-21T05:45", V))]
    calls = calls_of(write_traces(tmp_path, "15406e", "RA-82030", [out, back], silent=silent))
    call = one(calls, "ZKPY", "consistent")
    assert "consistent with a landing at" in call["claim"]
    assert "was not seen" in call["claim"]
    assert "it landed there" not in call["claim"]
    assert call["light"] == "night"
    assert "ZKWS" in call["candidates"] + call["alternatives"]
    assert "reception" in call["alternatives"]
    home = at(calls, "UHWW")
    assert home["status"].tolist() == ["landed", "landed"]


def test_a_signal_lost_toward_wonsan_is_no_landing(tmp_path: Path) -> None:
    """19 September 2024: off Vladivostok 19:30, signal off 20:19 near the coast, and nothing after it."""
    start, lost = local("2024-09-19T19:30"), local("2024-09-19T20:19")
    out = draw(Leg("UHWW", "ZKWS", start))
    calls = calls_of(write_traces(tmp_path, "154f53", "RA-85843", [out], silent=[(lost, lost + timedelta(days=1))]))
    found = at(calls, "ZKWS")
    assert found["status"].tolist() == ["track ends"]
    assert "Where it landed is not known" in found["claim"].iloc[0]
    assert "heading toward it" in found["claim"].iloc[0]
    assert abs(found["arrived_not_before"].iloc[0] - lost) < timedelta(minutes=2)


def test_the_same_flight_with_a_return_is_consistent_with_a_landing(tmp_path: Path) -> None:
    start, lost = local("2024-09-19T19:30"), local("2024-09-19T20:19")
    out, back = draw(Leg("UHWW", "ZKWS", start)), draw(Leg("ZKWS", "UHWW", local("2024-09-20T09:00")))
    silent = [(lost, local("2024-09-20T09:20"))]
    call = one(calls_of(write_traces(tmp_path, "154f53", "RA-85843", [out, back], silent=silent)), "ZKWS", "consistent")
    assert call["candidates"].split()[0] == "ZKWS"
    assert holds(call, "arrived", local("2024-09-19T20:45"))


def test_an_hour_on_the_ground_and_on_to_khabarovsk(tmp_path: Path) -> None:
    """20 September 2024: about an hour at Pyongyang, off 12:37, Khabarovsk 14:21."""
    legs = [
        draw(Leg("UHWW", "ZKPY", local("2024-09-20T10:00"), local("2024-09-20T11:37"))),
        draw(Leg("ZKPY", "UHHH", local("2024-09-20T12:37"), local("2024-09-20T14:21"))),
    ]
    calls = calls_of(write_traces(tmp_path, "15521f", "RA-86559", legs))
    stay = one(calls, "ZKPY", "landed")
    assert 0.9 < stay["ground_low_h"] <= stay["ground_high_h"] < 1.1
    assert holds(stay, "departed", local("2024-09-20T12:37"))
    assert holds(one(calls, "UHHH", "landed"), "arrived", local("2024-09-20T14:21"))


def test_a_night_stop_of_four_hours_then_a_track_lost_near_yaroslavl(tmp_path: Path) -> None:
    """22 September 2024: landed 21:00, left about four hours later to Vladivostok, then west; lost near Yaroslavl."""
    west = draw(Leg("UHWW", "UUMU", local("2024-09-23T04:00")))
    lon, lat, _ = place("UUDL")
    near = int(distance_m(lon, lat, west.lon, west.lat).argmin())
    lost = pd.Timestamp(float(west.t_s[near]), unit="s", tz="UTC").to_pydatetime()
    legs = [
        draw(Leg("UHWW", "ZKPY", local("2024-09-22T19:25"), local("2024-09-22T21:00"))),
        draw(Leg("ZKPY", "UHWW", local("2024-09-23T01:00"))),
        west,
    ]
    paths = write_traces(tmp_path, "15521f", "RA-86559", legs, silent=[(lost, lost + timedelta(days=1))])
    calls = calls_of(paths)
    stay = one(calls, "ZKPY", "landed")
    assert 3.8 < stay["ground_low_h"] < 4.2
    assert stay["light"] == "night"
    end = calls.iloc[-1]
    assert end["status"] == "track ends"
    assert "Where it landed is not known" in end["claim"]


def test_a_first_seen_point_names_no_airfield_of_departure(tmp_path: Path) -> None:
    """23 October 2024: the track home begins in the air; the i paper read an airfield into its first point."""
    back = cut_below(draw(Leg("ZKPY", "UUWW", local("2024-10-23T22:00"))), 7000.0)
    calls = calls_of(write_traces(tmp_path, "15770e", "RA-96014", [back]))
    first = calls.iloc[0]
    assert first["status"] == "track begins"
    assert "Where it took off is not known" in first["claim"]
    assert not calls["status"].isin(["landed", "consistent"]).any()


def test_wonsan_presumed_and_a_track_that_ends_over_farmland(tmp_path: Path) -> None:
    """27 October 2024: Vladivostok 21:00, off again 23:30, Vladivostok, then Saratov region: its end is no landing."""
    legs = [
        cut_below(draw(Leg("UHWW", "ZKWS", local("2024-10-27T21:00"))), 5000.0),
        cut_below(draw(Leg("ZKWS", "UHWW", local("2024-10-27T23:30"))), 5000.0),
        draw(Leg("UHWW", "UWSG", local("2024-10-28T04:00"))),
    ]
    lost = pd.Timestamp(float(legs[2].t_s[legs[2].altitude_m > 3000.0][-1]), unit="s", tz="UTC").to_pydatetime()
    paths = write_traces(tmp_path, "155221", "RA-86561", legs, silent=[(lost, lost + timedelta(days=1))])
    calls = calls_of(paths)
    wonsan = one(calls, "ZKWS", "consistent")
    assert wonsan["candidates"].split()[0] == "ZKWS"
    assert holds(wonsan, "departed", local("2024-10-27T23:30"))
    assert calls.iloc[-1]["status"] == "track ends"
    saratov = at(calls, "UWSG")
    assert not saratov["status"].isin(["landed", "consistent"]).any()
