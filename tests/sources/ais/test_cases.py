"""Small files of every layout that users hold: all but a few tell of one ship at one instant."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from pyais.encode import encode_dict

from monitor.core.errors import DataError
from monitor.sources import read_positions
from monitor.sources.tabular.layouts import LayoutTable

CASES = Path(__file__).parents[2] / "cases" / "ais"
SHIP = {"mmsi": 440000001, "lon": 130.5, "lat": 42.25, "sog_kn": 10.5, "cog_deg": 90.5, "heading_deg": 91.0}
INSTANT = pd.Timestamp("2023-10-05T02:16:09Z")


@pytest.mark.parametrize("path", sorted((CASES / "read").iterdir()), ids=lambda path: path.name)
def test_every_layout_gives_the_same_ship(path: Path) -> None:
    positions, report = read_positions(path)
    assert len(positions) == report.positions == 1
    row = positions.iloc[0]
    assert {name: pytest.approx(row[name], abs=1e-5) for name in SHIP} == SHIP
    assert abs(row["t"] - INSTANT) < pd.Timedelta("1ms")
    assert report.rows == report.positions + sum(report.rejected.values()) + sum(report.other.values())


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("dates_ambiguous.csv", "--dates day-first or --dates month-first"),
        ("gpsd_without_time.jsonl", "gpspipe -w"),
        ("speed_in_tenths.csv", "kn/10"),
        ("speed_in_kmh.csv", "1.9 times"),
    ],
)
def test_what_is_refused_names_the_cure(name: str, cure: str) -> None:
    with pytest.raises(DataError, match=cure) as caught:
        read_positions(CASES / "refused" / name)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reason"), [("date_alone.csv", "time without an hour"), ("year_first_of_two_digits.csv", "bad time")]
)
def test_a_time_that_is_none_gives_no_position(name: str, reason: str) -> None:
    positions, report = read_positions(CASES / "refused" / name)
    assert positions.empty
    assert report.rejected == {reason: 1}
    assert report.is_rejected


def test_signal_k_names_its_ships() -> None:
    _, report = read_positions(CASES / "read" / "signalk_delta.jsonl")
    assert report.vessels[["name", "ship_type"]].to_numpy().tolist() == [["MADE UP", 70]]


def test_an_order_of_dates_may_be_given() -> None:
    path = CASES / "refused" / "dates_ambiguous.csv"
    days = [read_positions(path, dates=order)[0]["t"].dt.day.tolist() for order in ("day first", "month first")]  # type: ignore[arg-type]
    assert days == [[5], [10]]


def test_a_users_layout_goes_before_the_shipped_ones() -> None:
    columns = {"mmsi": "mmsi", "t": "timestamp", "lon": "lon", "lat": "lat", "sog_kn": "speed"}
    mine = {"mine": LayoutTable.model_validate({"columns": columns, "units": {"sog_kn": "km/h"}})}
    positions, report = read_positions(CASES / "refused" / "speed_in_kmh.csv", layouts=mine)
    assert report.format == "mine"
    assert positions["sog_kn"].tolist() == pytest.approx([18.5 / 1.852] * 40)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ({"columns": {"mmsi": "a", "t": "b", "lon": "c", "lat": "d", "speed": "e"}}, "unknown field speed"),
        ({"columns": {"mmsi": "a", "t": "b", "lon": "c"}}, "lat missing"),
        ({"columns": {"mmsi": "a", "t": "b", "lon": "c", "lat": "d"}, "units": {"sog_kn": "knots"}}, "units of it are"),
        ({"columns": {"mmsi": "a", "t": "b", "lon": "c", "lat": "d"}, "time": "soon"}, "day first, month first"),
    ],
)
def test_a_users_layout_that_cannot_be_is_named(tmp_path: Path, table: dict[str, object], wrong: str) -> None:
    (tmp_path / "a.csv").write_text("a,b,c,d\n1,2,3,4\n")
    with pytest.raises(DataError, match=wrong):
        read_positions(tmp_path / "a.csv", layouts={"mine": LayoutTable.model_validate(table)})


def test_an_id_that_is_no_mmsi_is_kept_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "t,vessel_id,lon,lat,speed\n1696472169000,0a1b2c,130.5,42.25,9.8\n1696472170000,ff,130.5,42.25,9.8\n"
    )
    positions, report = read_positions(path)
    assert (positions["mmsi"] > 10**12).all()
    assert positions["mmsi"].nunique() == 2
    names = report.vessels.set_index("mmsi")["name"]
    assert names[positions["mmsi"]].tolist() == ["0a1b2c", "ff"]
    again, _ = read_positions(path)
    assert again["mmsi"].tolist() == positions["mmsi"].tolist()


def test_an_mmsi_that_lost_its_last_digits_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mmsi,timestamp,lon,lat\n2.73E+08,2023-10-05 02:16:09,130.5,42.25\n")
    _, report = read_positions(path)
    assert report.rejected == {"rounded mmsi (nine digits are needed)": 1}
    assert report.is_rejected
    path.write_text('{"mmsi": 2.73e8, "lon": 130.5, "lat": 42.25, "timestamp": "2023-10-05 02:16:09"}')
    assert read_positions(path)[1].rejected == {"rounded mmsi (nine digits are needed)": 1}


def test_a_file_is_lost_when_its_positions_are_though_a_ship_named_itself(tmp_path: Path) -> None:
    named = encode_dict({"type": 24, "partno": 0, "mmsi": 273000001, "shipname": "AMBER"}, talker_id="AI")
    placed = encode_dict({"type": 1, "mmsi": 273000001, "lon": 130.5, "lat": 42.25}, talker_id="AI")
    path = tmp_path / "a.nmea"
    path.write_text("\n".join([*named, *placed]))
    _, report = read_positions(path)
    assert (len(report.vessels), report.rejected) == (1, {"no time (give start_date)": 1})
    assert report.is_rejected
    path.write_text("\n".join(named))
    assert not read_positions(path)[1].is_rejected


def test_times_that_are_not_understood_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mmsi,timestamp,lon,lat\n440000001,05~10~23,130.5,42.25\n")
    _, report = read_positions(path)
    assert report.rejected == {"bad time": 1}
    assert report.notes == ["times such as '05~10~23' are not understood: give time in [ais.layouts.NAME]"]
    columns = {"mmsi": "mmsi", "t": "timestamp", "lon": "lon", "lat": "lat"}
    mine = {"mine": LayoutTable.model_validate({"columns": columns, "time": "%d~%m~%y"})}
    assert read_positions(path, layouts=mine)[0]["t"].tolist() == [pd.Timestamp("2023-10-05T00:00:00Z")]


def test_a_zip_with_a_readme_beside_tables_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("README.txt", "Positions of October, see our site.\n")
        archive.write(CASES / "read" / "plain_ms.csv", "one.csv")
        archive.write(CASES / "read" / "zda.nmea", "two.nmea")
        archive.writestr("empty/", "")
    positions, report = read_positions(tmp_path / "a.zip")
    assert positions["mmsi"].tolist() == [440000001]
    assert report.rejected["duplicate"] == 1
    assert "README.txt in it is not recognised" in report.notes
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("README.txt", "Positions of October, see our site.\n")
    with pytest.raises(DataError, match=r"README\.txt"):
        read_positions(tmp_path / "b.zip")


def test_dates_that_an_early_block_does_not_show_are_settled_by_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"440000001,10/{day:02d}/2023 00:00:00,130.5,42.25\n" for day in range(1, 29))
    (tmp_path / "a.csv").write_text("mmsi,timestamp,lon,lat\n" + rows)
    monkeypatch.setattr("monitor.sources.ais.reader.HEAD_BYTES", 100)
    monkeypatch.setattr("monitor.sources.tabular.streams.line_blocks.__defaults__", (b"", 100))
    positions, _ = read_positions(tmp_path / "a.csv")
    assert positions["t"].dt.month.unique().tolist() == [10]
    assert len(positions) == 28


def test_a_table_of_another_order_than_its_layout_has_follows_its_dates(tmp_path: Path) -> None:
    text = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude\n10/{}/2023 00:00:00,Class A,440000001,42.25,130.5\n"
    for day, month in ((13, 10), (5, 5)):
        (tmp_path / "a.csv").write_text(text.format(day))
        assert read_positions(tmp_path / "a.csv")[0]["t"].dt.month.tolist() == [month]


def test_parquet_of_a_known_layout_is_read(tmp_path: Path) -> None:
    frame = pd.read_csv(CASES / "read" / "ungp.csv", parse_dates=["dt_pos_utc"])
    frame.to_parquet(tmp_path / "a.parquet")
    positions, report = read_positions(tmp_path / "a.parquet")
    assert (positions["t"].tolist(), positions["receiver"].tolist()) == ([INSTANT], ["satellite"])
    assert report.format == "ungp, parquet"


def test_a_pretty_document_reads_like_one_line(tmp_path: Path) -> None:
    for name in ("aishub.json", "digitraffic.json", "vesselfinder.json"):
        document = json.loads((CASES / "read" / name).read_text())
        (tmp_path / name).write_text("\ufeff" + json.dumps(document, indent=2))
        positions, _ = read_positions(tmp_path / name)
        assert positions["t"].tolist() == [INSTANT]


def test_the_samples_of_every_layout_are_read_or_refused_with_a_reason(shared_data: Path) -> None:
    read = {}
    for path in sorted((shared_data / "ais" / "layouts").iterdir()):
        if path.name == "gpsd.jsonl":
            with pytest.raises(DataError, match="gpspipe"):
                read_positions(path)
            continue
        positions, report = read_positions(path)
        read[path.name] = None if positions.empty else positions.iloc[0]
        assert len(positions) == 1 or report.rejected == {"no time (give start_date)": 1}
    assert [name for name, row in read.items() if row is None] == ["gofree.nmea"]
    times = {name: row["t"].isoformat() for name, row in read.items() if row is not None}
    assert times["aiscatcher_pylog.log"] == "2025-05-08T10:10:19+00:00"
    assert times["rmc.nmea"] == "2014-04-16T20:02:55+00:00"
    assert times["digitraffic_locations.json"] == "2022-11-10T10:10:25.123000+00:00"
    assert times["piraeus_unipi.csv"] == "2018-12-31T22:00:00+00:00"
    assert (read["marinetraffic_ps.csv"]["sog_kn"], read["marinetraffic_ps.json"]["sog_kn"]) == (7.4, 7.4)
    assert read["aiscatcher_o2.txt"]["lon"] == pytest.approx(24.915243, abs=1e-5)
