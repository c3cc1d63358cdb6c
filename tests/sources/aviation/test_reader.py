"""Readers of aircraft files: units, joins, and every kind of bad input counted and never fatal."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.core.tables.aviation import AIR_POSITIONS
from monitor.sources.aviation.lists import read_aircraft_watchlist, read_airfields, read_events
from monitor.sources.aviation.published import read_claims
from monitor.sources.aviation.reader import read_air
from tests.sources.aviation.files import read_air_files

BASE = 1726790400.0  # 2024-09-20T00:00:00Z


def trace(rows: Sequence[object], *, icao: str = "15521f", base: float = BASE) -> bytes:
    return json.dumps({"icao": icao, "r": "RA-86559", "t": "IL62", "timestamp": base, "trace": list(rows)}).encode()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


ROW = [10.0, 43.0, 131.0, 1000, 300.0, 230.0, 0, 640, {"flight": "RFF1   ", "type": "adsb_icao"}]


def test_a_trace_comes_out_in_metres_and_utc(tmp_path: Path) -> None:
    file = read_air(write(tmp_path / "t.json", trace([ROW])))
    row = file.positions.iloc[0]
    assert row["t"] == pd.Timestamp("2024-09-20T00:00:10Z")
    assert (row["altitude_m"], row["climb_ms"]) == pytest.approx((304.8, 3.2512))
    assert (row["lon"], row["lat"], row["speed_kn"]) == (131.0, 43.0, 300.0)
    assert (row["callsign"], row["registration"], row["clock"]) == ("RFF1", "RA-86559", "utc")
    assert file.report.format == "readsb trace"
    assert not file.report.rejected


def test_gzip_without_its_ending_is_read(tmp_path: Path) -> None:
    assert len(read_air(write(tmp_path / "trace_full_15521f.json", gzip.compress(trace([ROW])))).positions) == 1


def test_a_gzip_cut_off_keeps_its_whole_entries(tmp_path: Path) -> None:
    rows = [[float(i), 43.0 + (i * 7919 % 1000) / 1e4, 131.0, 10000 + i, 400.0, 230.0, 0, 0, None] for i in range(2000)]
    data = gzip.compress(trace(rows))
    file = read_air(write(tmp_path / "t.json", data[: len(data) // 2]))
    assert 100 < len(file.positions) < 1900
    assert file.report.cut_off
    assert file.report.rejected["file cut off"] == 1


def test_a_gzip_damaged_in_the_middle_is_counted(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(trace([ROW] * 50)))
    data[20] ^= 0xFF
    report = read_air(write(tmp_path / "t.json", bytes(data[:30]))).report
    assert report.cut_off
    assert report.positions == 0


def test_null_heights_and_ground_are_told_apart(tmp_path: Path) -> None:
    rows = [
        [0, 43, 131, None, None, None, 0, None],
        [5, 43, 131, "ground", 12.0, 90.0, 0, None, None],
        [9, 43, 131, 2000, 200.0, 90.0, 9, None, None],
    ]
    table = read_air(write(tmp_path / "t.json", trace(rows))).positions
    assert table["on_ground"].isna().tolist() == [True, False, False]
    assert table["on_ground"].fillna(False).tolist() == [False, True, False]
    assert table["altitude_m"].isna().tolist() == [True, True, False]
    assert table["altitude_kind"].tolist() == ["", "", "geometric"]
    assert table["is_stale"].tolist() == [False, False, True]


def test_bad_entries_are_counted_by_reason(tmp_path: Path) -> None:
    rows = [ROW, [1], "x", [2, None, 131, 0, 0, 0, 0, 0], [None, 43, 131, 0, 0, 0, 0, 0]]
    file = read_air(write(tmp_path / "t.json", trace(rows)))
    assert len(file.positions) == 1
    assert file.report.rejected == {"entry too short": 2, "no position": 1, "no time": 1}


@pytest.mark.parametrize(
    "data", [trace([]), b"", b"{", gzip.compress(b"", mtime=0)[:5], b'{"trace": [], "timestamp": null}']
)
def test_nothing_to_read_is_an_empty_table_and_a_count(tmp_path: Path, data: bytes) -> None:
    file = read_air(write(tmp_path / "t.json", data))
    pd.testing.assert_frame_equal(file.positions, AIR_POSITIONS.empty())
    assert file.report.rejected


def test_two_days_of_one_flight_are_one_table_without_doubles(tmp_path: Path) -> None:
    before = [[86390.0, 43.0, 131.0, 30000, 400, 230, 0, 0, None], [86400.0, 42.9, 130.9, 30000, 400, 230, 0, 0, None]]
    after = [[0.0, 42.9, 130.9, 30000, 400, 230, 0, 0, None], [10.0, 42.8, 130.8, 30000, 400, 230, 0, 0, None]]
    write(tmp_path / "b.json", trace(after, base=BASE + 86400))
    write(tmp_path / "a.json", trace(before))
    positions, _, reports = read_air_files([tmp_path])
    assert len(positions) == 3
    assert positions["t"].is_monotonic_increasing
    assert sorted(r.positions for r in reports) == [2, 2]


def state(**changes: object) -> list[object]:
    keys = (
        "icao24",
        "callsign",
        "country",
        "t",
        "contact",
        "lon",
        "lat",
        "baro",
        "ground",
        "v",
        "track",
        "climb",
        "sensors",
        "geo",
        "squawk",
        "spi",
        "source",
    )
    values = (
        "15521F",
        "RFF1 ",
        "Russia",
        BASE,
        BASE + 1,
        131.0,
        43.0,
        3048.0,
        False,
        154.33,
        230.0,
        -5.0,
        None,
        3100.0,
        None,
        False,
        0,
    )
    return [{**dict(zip(keys, values, strict=True)), **changes}[key] for key in keys]


def test_opensky_states_turn_metres_a_second_into_knots(tmp_path: Path) -> None:
    rows = [state(), state(lon=None), state(t=None), state(contact=BASE + 60), [1, 2], state(baro=None)]
    file = read_air(write(tmp_path / "s.json", json.dumps({"time": BASE, "states": rows}).encode()))
    assert file.positions["speed_kn"].tolist() == pytest.approx([300.0] * 3, abs=0.1)
    assert file.positions["icao24"].tolist() == ["15521f"] * 3
    assert file.positions["is_stale"].tolist() == [False, True, False]
    assert file.positions["altitude_kind"].tolist() == ["barometric", "barometric", "geometric"]
    assert file.report.rejected == {"no position": 1, "no time": 1, "entry too short": 1}


def test_opensky_states_of_nobody_are_empty(tmp_path: Path) -> None:
    assert read_air(write(tmp_path / "s.json", b'{"time": 1, "states": null}')).positions.empty


def test_an_opensky_track_has_no_speed(tmp_path: Path) -> None:
    path = [[BASE, 43.0, 131.0, 3000.0, 230.0, False], [BASE + 60, 43.1, None, None, None, True]]
    file = read_air(write(tmp_path / "t.json", json.dumps({"icao24": "15521f", "path": path}).encode()))
    assert len(file.positions) == 1
    assert file.positions["speed_kn"].isna().all()


def test_opensky_flights_are_claims_and_no_positions(tmp_path: Path) -> None:
    flights = [
        {
            "icao24": "15521f",
            "firstSeen": BASE,
            "lastSeen": BASE + 9000,
            "estDepartureAirport": "UHWW",
            "estArrivalAirport": None,
        }
    ]
    file = read_air(write(tmp_path / "f.json", json.dumps(flights).encode()))
    assert file.positions.empty
    assert file.claims["event"].tolist() == ["first seen", "last seen"]
    assert set(file.claims["from_field"]) == {"UHWW"}


CSV = "hex,time,lat,lon,altitude_ft,gs,track,source_url\n"


def test_a_csv_clock_without_a_zone_is_flagged(tmp_path: Path) -> None:
    text = CSV + "15521F,2024-09-20T11:37:00,39.2,125.6,ground,10,90,https://example.org/a\n"
    path = write(tmp_path / "s.csv", text.encode())
    unstated, stated = read_air(path).positions, read_air(path, time_zone="Asia/Pyongyang").positions
    assert (unstated["clock"][0], stated["clock"][0]) == ("unstated", "stated")
    assert unstated["t"][0] - stated["t"][0] == pd.Timedelta(hours=9)
    assert stated["on_ground"].tolist() == [True]
    assert stated["citation"][0] == "https://example.org/a"


def test_a_csv_with_offsets_epochs_and_rubbish(tmp_path: Path) -> None:
    text = CSV + (
        "15521F,2024-09-20T11:37:00+09:00,39.2,125.6,1000,10,90,a\n"
        f"15521F,{int(BASE)},39.2,125.6,1000,10,90,a\n"
        "15521F,yesterday,39.2,125.6,1000,10,90,a\n"
        "15521F,2024-09-20T11:37:00Z,north,125.6,1000,10,90,a\n"
        "15521F,2024-09-20T11:37:00Z,39.2\n"
    )
    file = read_air(write(tmp_path / "s.csv", text.encode()))
    assert file.positions["clock"].tolist() == ["stated", "utc"]
    assert file.positions["t"].tolist() == [pd.Timestamp("2024-09-20T02:37:00Z"), pd.Timestamp("2024-09-20T00:00:00Z")]
    assert file.report.rejected == {"no time": 1, "no position": 1, "wrong number of fields": 1}


def test_a_zone_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", (CSV + "15521F,2024-09-20T11:37:00,39.2,125.6,0,10,90,a\n").encode())
    with pytest.raises(DataError, match="Asia/Nowhere"):
        read_air(path, time_zone="Asia/Nowhere")


def test_the_watch_list_and_a_box_keep_what_they_name(tmp_path: Path) -> None:
    text = CSV + "".join(
        f"{hex_},2024-09-20T11:37:00Z,{lat},125.6,1000,10,90,a\n"
        for hex_, lat in (("15521F", 10.0), ("abcdef", 39.2), ("abcdee", 10.0))
    )
    path = write(tmp_path / "s.csv.gz", gzip.compress(text.encode()))
    watch = read_aircraft_watchlist()
    assert read_air(path, watchlist=watch).positions["icao24"].tolist() == ["15521f"]
    near = read_air(path, watchlist=watch, around=[(125.0, 38.0, 127.0, 40.0)]).positions
    assert near["icao24"].tolist() == ["15521f", "abcdef"]


def test_a_csv_gzip_cut_off_keeps_its_rows(tmp_path: Path) -> None:
    rows = "".join(f"15521F,{int(BASE) + i},39.{i * 7919 % 99991:05d},125.6,1000,10,90,a\n" for i in range(400000))
    data = gzip.compress((CSV + rows).encode(), 1)
    file = read_air(write(tmp_path / "s.csv.gz", data[: len(data) * 9 // 10]))
    assert 0 < len(file.positions) < 400000
    assert file.report.cut_off


def test_a_file_of_another_kind_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="neither a readsb trace"):
        read_air(write(tmp_path / "x.csv", b"a,b\n1,2\n"))
    with pytest.raises(DataError, match="neither a readsb trace"):
        read_air(write(tmp_path / "x.json", b'{"a": 1}'))
    with pytest.raises(DataError, match="cannot be read"):
        read_air(tmp_path / "none.json")


def test_the_published_flights_read_as_claims(shared_data: Path) -> None:
    file = read_air(shared_data / "ports" / "flights.csv")
    assert (file.report.rows, file.report.claims) == (19, 19)
    assert (file.claims["citation"] != "").all()
    assert (file.claims["not_before"] < file.claims["not_after"]).all()


def test_claims_without_citation_or_date_are_counted(tmp_path: Path) -> None:
    text = "date_local,tail,from,to,source_url\n2024-09-20,RA-1,,ZKPY,\nsoon,RA-1,,ZKPY,x\n2024-09,RA-1,UHWW,ZKPY,x\n"
    file = read_air(write(tmp_path / "c.csv", text.encode()))
    assert file.report.rejected == {"no citation": 1, "no readable date": 1}
    assert file.claims["not_before"][0] == pd.Timestamp("2024-08-31T14:00Z")
    assert file.claims["not_after"][0] == pd.Timestamp("2024-09-30T15:00Z")


def test_shipped_lists_hold_the_published_facts(shared_data: Path) -> None:
    watch, fields, claims = read_aircraft_watchlist(), read_airfields().set_index("airfield_id"), read_claims()
    theirs = pd.read_csv(shared_data / "ports" / "aircraft_watchlist.csv", dtype=str)
    assert set(zip(watch["icao24"], watch["registration"], strict=True)) == set(
        zip(theirs["icao24"].str.lower(), theirs["registration"], strict=True)
    )
    assert watch.set_index("icao24").loc["15521f", "military"]
    assert (fields.loc["ZKPY", "lon"], fields.loc["ZKPY", "lat"]) == (125.67, 39.2241)
    assert set(fields.index[fields["closed"]]) == {"ZKPY", "ZKWS", "ZKSD", "ZKHM", "ZKSE"}
    assert {"UHWW", "UHHH", "UUWW", "UUMU"} <= set(fields.index)
    assert (claims["citation"] != "").all()


def test_lists_that_are_wrong_say_where(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 2"):
        read_aircraft_watchlist(write(tmp_path / "w.csv", b"icao24,registration\nzz,RA-1\n"))
    with pytest.raises(DataError, match="needs a column"):
        read_aircraft_watchlist(write(tmp_path / "v.csv", b"name\nx\n"))
    swapped = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": "A", "name": "A"},
                "geometry": {"type": "Point", "coordinates": [39.2, 125.7]},
            }
        ],
    }
    with pytest.raises(DataError, match="longitude first"):
        read_airfields(write(tmp_path / "a.geojson", json.dumps(swapped).encode()))
    with pytest.raises(DataError, match="date and event"):
        read_events(write(tmp_path / "e.csv", b"day,what\n2024-01-01,x\n"))


def test_dated_events_are_half_open_periods(tmp_path: Path) -> None:
    events = read_events(write(tmp_path / "e.csv", b"date,event\n2024-09-13,visit\n2024-10,vote month\n"))
    assert events["end"].tolist() == [pd.Timestamp("2024-09-14", tz="UTC"), pd.Timestamp("2024-11-01", tz="UTC")]


@pytest.mark.parametrize("document", [{"features": 3}, {"features": [{}]}, [1]])
def test_airfields_that_are_none_are_named(tmp_path: Path, document: object) -> None:
    with pytest.raises(DataError, match=r"a\.geojson: .*airfield"):
        read_airfields(write(tmp_path / "a.geojson", json.dumps(document).encode()))


def test_a_place_written_as_text_is_read_or_refused(tmp_path: Path) -> None:
    for lon, taken in (("131.5", True), ("east", False)):
        feature = {"geometry": {"coordinates": [lon, 43.1]}, "properties": {"id": "X", "name": "Made up"}}
        path = write(tmp_path / "a.geojson", json.dumps({"features": [feature]}).encode())
        if taken:
            assert read_airfields(path)["lon"].tolist() == [131.5]
        else:
            with pytest.raises(DataError, match="feature 1 is not an airfield"):
                read_airfields(path)


def test_a_row_that_ends_early_has_an_empty_event(tmp_path: Path) -> None:
    table = read_events(write(tmp_path / "e.csv", b"date,event\n2024-01-01,x\n2024-01-02\n"))
    assert table["event"].tolist() == ["x", ""]


def test_half_a_character_is_a_question_mark(tmp_path: Path) -> None:
    text = '{"features": [{"geometry": {"coordinates": [131, 43]}, "properties": {"id": "X", "name": "\\ud800"}}]}'
    assert read_airfields(write(tmp_path / "a.geojson", text.encode()))["name"].tolist() == ["?"]
