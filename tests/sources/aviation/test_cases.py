"""Small files of every layout of aircraft that users hold: all tell of one aircraft at one instant."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.sources.aviation.lists import read_aircraft_watchlist
from monitor.sources.aviation.reader import air_paths, read_air
from monitor.sources.tabular.layouts import LayoutTable

CASES = Path(__file__).parents[2] / "cases" / "air"
INSTANT = pd.Timestamp("2023-10-05T02:16:09Z")
PLACE = {"lon": 125.5, "lat": 39.25, "altitude_m": 1524.0, "speed_kn": 200.0, "track_deg": 90.0}


@pytest.mark.parametrize("path", sorted((CASES / "read").iterdir()), ids=lambda path: path.name)
def test_every_layout_gives_the_same_aircraft(path: Path) -> None:
    file = read_air(path)
    assert len(file.positions) == 1
    row = file.positions.iloc[0]
    assert {name: pytest.approx(row[name], abs=1e-4) for name in PLACE} == PLACE
    assert abs(row["t"] - INSTANT) < pd.Timedelta("1ms")
    assert row["icao24"] == ("~kor151" if path.name == "fr24_standard.csv" else "15521f")
    assert pd.isna(row["climb_ms"]) or row["climb_ms"] == pytest.approx(5.08)
    assert file.report.rows == 1 + sum(file.report.rejected.values())


@pytest.mark.parametrize(
    ("name", "cure"),
    [("climb_960_ms.csv", r"rate of climb is 2.* times"), ("dates_ambiguous.csv", "--dates day-first")],
)
def test_what_is_refused_names_the_cure(name: str, cure: str) -> None:
    with pytest.raises(DataError, match=cure):
        read_air(CASES / "refused" / name)


def test_a_median_climb_of_960_metres_a_second_is_refused_without_heights(tmp_path: Path) -> None:
    rows = "".join(f"15521f,{1696472169 + i},39.25,125.5,960\n" for i in range(10))
    (tmp_path / "a.csv").write_text("icao24,time,lat,lon,climb_ms\n" + rows)
    with pytest.raises(DataError, match="over 960 m/s"):
        read_air(tmp_path / "a.csv")
    columns = {"icao24": "icao24", "t": "time", "lon": "lon", "lat": "lat", "climb_ms": "climb_ms"}
    table = LayoutTable.model_validate({"columns": columns, "units": {"climb_ms": "ft/min"}})
    read = read_air(tmp_path / "a.csv", layouts={"mine": table})
    assert read.positions["climb_ms"].tolist() == pytest.approx([960 * 0.00508] * 10)


def test_instants_that_cannot_be_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("icao24,time,lat,lon\n15521f,0,39.25,125.5\n15521f,12415440354,39.25,125.5\n")
    file = read_air(tmp_path / "a.csv")
    assert file.positions.empty
    assert file.report.rejected == {"impossible time": 2}
    (tmp_path / "t.json").write_text('{"icao": "15521f", "timestamp": 1696472169000, "trace": [[0, 39.0, 125.0, 100]]}')
    assert read_air(tmp_path / "t.json").report.rejected == {"impossible time": 1}


def test_rows_of_other_aircraft_are_counted(tmp_path: Path) -> None:
    watch = read_aircraft_watchlist()
    assert read_air(CASES / "read" / "traffic.json", watchlist=watch).report.positions == 1
    report = read_air(CASES / "read" / "fr24_standard.csv", watchlist=watch).report
    assert (report.rows, report.positions, dict(report.rejected)) == (1, 0, {"not on the watch list": 1})


def test_a_watch_list_may_name_a_call_sign(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("icao24\n~kor151\n")
    watch = read_aircraft_watchlist(tmp_path / "w.csv")
    assert read_air(CASES / "read" / "fr24_standard.csv", watchlist=watch).report.positions == 1


def test_a_zip_with_a_readme_beside_tables_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("README.txt", "Flights of October.\n")
        archive.write(CASES / "read" / "milliseconds.csv", "a.csv")
        archive.write(CASES / "read" / "traffic.json", "b.json")
    file = read_air(tmp_path / "a.zip")
    assert file.report.positions == 2
    assert file.report.rejected == {"member not recognised": 1}
    assert air_paths([tmp_path]) == [tmp_path / "a.zip"]


def test_lines_ended_by_carriage_returns_are_read(tmp_path: Path) -> None:
    text = (CASES / "read" / "milliseconds.csv").read_text()
    (tmp_path / "a.csv").write_bytes(text.replace("\n", "\r").encode())
    assert read_air(tmp_path / "a.csv").report.positions == 1


def test_parquet_is_read(tmp_path: Path) -> None:
    frame = pd.read_csv(CASES / "read" / "opensky_nan.csv")
    frame["time"] = pd.to_datetime(frame["time"], unit="s", utc=True)
    frame.to_parquet(tmp_path / "a.parquet")
    file = read_air(tmp_path / "a.parquet")
    assert file.positions["t"].tolist() == [INSTANT]
    assert file.report.format == "opensky Parquet"


@pytest.mark.parametrize(
    ("name", "rows", "positions"),
    [
        ("fr24_granular.csv", 1999, 1779),
        ("fr24_playback.json", 305, 305),
        ("fr24_standard.csv", 305, 305),
        ("opensky_trino.parquet", 3600, 3600),
        ("traffic_time_issue.json.gz", 8294, 8294),
    ],
)
def test_the_samples_are_read_row_for_row(shared_data: Path, name: str, rows: int, positions: int) -> None:
    file = read_air(shared_data / "air" / name)
    assert (file.report.rows, file.report.positions) == (rows, positions)
    assert file.positions["climb_ms"].abs().max() < 31 or file.positions["climb_ms"].isna().all()


def test_two_downloads_of_one_flight_agree(shared_data: Path) -> None:
    granular, playback = (
        read_air(shared_data / "air" / name).positions for name in ("fr24_granular.csv", "fr24_playback.json")
    )
    near = pd.merge_asof(playback, granular, on="t", direction="nearest", tolerance=pd.Timedelta("2s")).dropna(
        subset="lon_y"
    )
    assert len(near) > 10
    assert (near["lat_x"] - near["lat_y"]).abs().max() < 0.01
    assert (near["altitude_m_x"] - near["altitude_m_y"]).abs().max() < 60
