from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import zstandard

from monitor.core.errors import DataError
from monitor.core.geo.geodesy import distance_m
from monitor.core.tables import POSITIONS, VESSELS
from monitor.sources import PositionReader, ReadReport, read_positions

HEADER = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo\n"
)
ROW = "440000001,2024-03-01T00:00:0{},42.5,130.5,10.5,90.0,511.0,A,IMO9000001,C,70,0,120,18,7,70\n"


def balances(report: ReadReport) -> bool:
    return report.rows == report.positions + sum(report.rejected.values()) + sum(report.other.values())


def write(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_a_classic_row_becomes_a_position(tmp_path: Path) -> None:
    positions, report = read_positions(write(tmp_path, HEADER + ROW.format(1)))
    row = positions.iloc[0]
    assert list(positions.columns) == list(POSITIONS.columns)
    assert (row["mmsi"], row["lon"], row["lat"], row["sog_kn"]) == (440000001, 130.5, 42.5, 10.5)
    assert row["t"] == pd.Timestamp("2024-03-01T00:00:01Z")
    assert np.isnan(row["heading_deg"])
    assert (row["nav_status"], row["length_m"], row["source_file"]) == (0, 120.0, "a.csv")
    assert report.unavailable == {"heading_deg": 1}
    assert report.format == "marinecadastre"


def test_vessels_are_what_the_ships_said_last(tmp_path: Path) -> None:
    text = HEADER + ROW.format(1) + ROW.format(2).replace(",A,", ",B,") + ROW.format(3).replace(",A,", ",,")
    _, report = read_positions(write(tmp_path, text))
    assert list(report.vessels.columns) == list(VESSELS.columns)
    assert report.vessels[["mmsi", "name", "imo", "ship_type"]].to_numpy().tolist() == [[440000001, "B", "9000001", 70]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("440000001", "44000000x"), "bad mmsi"),
        (("440000001", "1234"), "bad mmsi"),
        (("440000001", "4400000010"), "bad mmsi"),
        (("440000001", "1696472169000"), "bad mmsi"),
        (("440000001", "1e300"), "rounded mmsi (nine digits are needed)"),
        (("440000001", "002320001"), "base station"),
        (("440000001", "992351000"), "aid to navigation"),
        (("440000001", "111232501"), "SAR aircraft"),
        (("440000001", "970012345"), "distress beacon"),
        (("2024-03-01T00:00:01", "2024-03-01Txx:00:01"), "bad time"),
        (("2024-03-01T00:00:01", ""), "bad time"),
        (("2024-03-01T00:00:01", "2363-03-01T00:00:01"), "impossible time"),
        (("2024-03-01T00:00:01", "1970-01-01T00:00:01"), "impossible time"),
        (("42.5", "91.0"), "no position"),
        (("130.5", "181"), "no position"),
        (("130.5", ""), "no position"),
        (("42.5", "95"), "impossible position"),
        ((",70\n", ",70,1,2,3\n"), "bad line"),
        ((",7,70\n", "\n"), "bad line"),
        ((",A,", ',"A,'), "bad line"),
    ],
)
def test_a_bad_row_is_counted_by_its_reason_and_the_others_stay(
    tmp_path: Path, change: tuple[str, str], reason: str
) -> None:
    text = HEADER + ROW.format(0) + ROW.format(1).replace(*change) + ROW.format(2)
    positions, report = read_positions(write(tmp_path, text))
    assert report.rejected == {reason: 1}
    assert positions["t"].dt.second.tolist() == [0, 2]
    assert balances(report)


def test_sentinels_are_missing_values_and_counted(tmp_path: Path) -> None:
    text = HEADER + ROW.format(1).replace("10.5,90.0,511.0", "102.3,360.0,511.0")
    positions, report = read_positions(write(tmp_path, text))
    assert positions[["sog_kn", "cog_deg", "heading_deg"]].isna().all(axis=None)
    assert report.unavailable == {"sog_kn": 1, "cog_deg": 1, "heading_deg": 1}


def test_repeated_rows_are_counted_and_read_once(tmp_path: Path) -> None:
    positions, report = read_positions(write(tmp_path, HEADER + ROW.format(1) * 3))
    assert len(positions) == 1
    assert report.rejected == {"duplicate": 2}


def test_names_that_are_not_utf8_harm_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + ROW.format(1)).encode().replace(b",A,", b",\xff\xfe,"))
    positions, report = read_positions(path)
    assert len(positions) == 1
    assert len(report.vessels) == 1


def test_a_byte_order_mark_crlf_and_comments_are_passed_over(tmp_path: Path) -> None:
    text = "\ufeff# a comment\n" + HEADER + ROW.format(1)
    positions, _ = read_positions(write(tmp_path, text.replace("\n", "\r\n")))
    assert len(positions) == 1


def test_packed_files_read_like_plain_ones(tmp_path: Path) -> None:
    data = (HEADER + ROW.format(1) + ROW.format(2)).encode()
    plain, _ = read_positions(write(tmp_path, data.decode()))
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(data))
    (tmp_path / "c.csv.zst").write_bytes(zstandard.compress(data))
    (tmp_path / "e.csv.bz2").write_bytes(bz2.compress(data))
    (tmp_path / "f.csv.xz").write_bytes(lzma.compress(data))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("inner.csv", data)
    for name in ("b.csv.gz", "c.csv.zst", "d.zip", "e.csv.bz2", "f.csv.xz"):
        packed, report = read_positions(tmp_path / name)
        columns = [c for c in POSITIONS.columns if c != "source_file"]
        pd.testing.assert_frame_equal(packed[columns], plain[columns])
        assert report.rows == 2


def test_blocks_cut_anywhere_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(ROW.format(s % 10).replace("00:00:0", f"00:{s // 10:02d}:0") for s in range(300))
    path = write(tmp_path, HEADER + rows)
    whole, _ = read_positions(path)
    monkeypatch.setattr("monitor.sources.ais.reader.HEAD_BYTES", 300)
    monkeypatch.setattr("monitor.sources.tabular.streams.line_blocks.__defaults__", (b"", 1000))
    pieces, report = read_positions(path)
    pd.testing.assert_frame_equal(pieces, whole)
    assert report.rows == 300


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + ROW.format(1) * 1000)
    seen: list[tuple[int, int]] = []
    read_positions(path, progress=lambda done, size: seen.append((done, size)))
    assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_a_column_map_reads_an_unknown_layout(tmp_path: Path) -> None:
    path = write(
        tmp_path, "Ship|When|East|North\n440000001|1709251200|130.5|42.5\n440000001|1709251260000|130.6|42.5\n"
    )
    with pytest.raises(DataError, match="no known AIS layout"):
        read_positions(path)
    positions, report = read_positions(path, columns={"mmsi": "Ship", "t": "When", "lon": "East", "lat": "North"})
    assert positions["t"].tolist() == [pd.Timestamp("2024-03-01T00:00:00Z"), pd.Timestamp("2024-03-01T00:01:00Z")]
    assert report.format == "column map"
    with pytest.raises(DataError, match="lat missing"):
        read_positions(path, columns={"mmsi": "Ship", "t": "When", "lon": "East"})
    with pytest.raises(DataError, match="Nord"):
        read_positions(path, columns={"mmsi": "Ship", "t": "When", "lon": "East", "lat": "Nord"})


def test_a_nearly_known_header_says_what_it_lacks(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER.replace("BaseDateTime", "When") + ROW.format(1))
    with pytest.raises(DataError, match="without basedatetime"):
        read_positions(path)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"just some words\nand more\n", "no known AIS layout"),
        (b"a,b,c\n1,2,3\n", "no known AIS layout"),
        (b'{"a": 1', "JSON"),
        (b'{"a": 1}', "JSON without positions"),
        (b"PAR1 and nothing else", "Parquet"),
        (gzip.compress((HEADER + ROW.format(1) * 900).encode())[:-30], "damaged or cut short"),
        (zstandard.compress((HEADER + ROW.format(1) * 900).encode())[:-9], "damaged or cut short"),
        (bz2.compress((HEADER + ROW.format(1) * 900).encode())[:-9], "damaged or cut short"),
        (lzma.compress((HEADER + ROW.format(1) * 900).encode())[:-30], "damaged or cut short"),
        (b"PK\x03\x04 and nothing else", "damaged or cut short"),
    ],
)
def test_a_file_that_is_no_ais_gets_a_clear_error(tmp_path: Path, content: bytes, wrong: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=wrong) as caught:
        read_positions(path)
    assert "bad.csv" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv"):
        read_positions(tmp_path / "none.csv")


def test_a_header_alone_gives_the_empty_table(tmp_path: Path) -> None:
    positions, report = read_positions(write(tmp_path, HEADER))
    pd.testing.assert_frame_equal(positions, POSITIONS.empty())
    assert report.rows == 0


def test_garbage_in_the_middle_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    junk = b"\x01\x02\x7f\xff\xfe garbage\n"
    path.write_bytes(HEADER.encode() + ROW.format(0).encode() + junk + ROW.format(1).encode())
    positions, report = read_positions(path)
    assert len(positions) == 2
    assert report.rejected == {"bad line": 1}


def test_the_five_synthetic_layouts_agree(shared_data: Path) -> None:
    folder = shared_data / "ais" / "synthetic"
    tables = {path.name: read_positions(path) for path in sorted(folder.iterdir())}
    assert {report.format for _, report in tables.values()} == {
        "danish dma",
        "gfw track",
        "marinecadastre",
        "marinecadastre csv2",
        "nmea",
    }
    reference = tables["shuttle_4_legs_full_ais.dma.csv"][0]
    for name, (positions, report) in tables.items():
        assert report.rejected == {}, name
        assert balances(report), name
        assert (positions["mmsi"].to_numpy() == reference["mmsi"].to_numpy()).all(), name
        assert (positions["t"].to_numpy() == reference["t"].to_numpy()).all(), name
        apart = distance_m(positions["lon"], positions["lat"], reference["lon"], reference["lat"])
        assert apart.max() < 1.0, name
        assert np.allclose(positions["sog_kn"], reference["sog_kn"], atol=0.06), name
        assert positions["heading_deg"].isna().all(), name
        if name != "shuttle_4_legs_full_ais.gfw_track.csv":
            assert (positions["length_m"] == 120.0).all(), name


@pytest.mark.parametrize(
    ("name", "rows", "positions", "rejected"),
    [
        ("marinecadastre/noaa_test_track.csv", 999, 999, {}),
        ("marinecadastre/test_data_noaa_20230101.csv", 1000, 998, {"base station": 1, "group of ships": 1}),
        ("bad/badMMSIData.csv", 10, 9, {"bad mmsi": 1}),
        ("bad/badTimeData.csv", 10, 9, {"bad time": 1}),
        ("bad/ten.csv", 10, 10, {}),
        ("bad/track.csv", 12, 12, {}),
        (
            "exactearth/sample_200.csv",
            199,
            187,
            {"other message": 2, "base station": 1, "aid to navigation": 1, "SAR aircraft": 1},
        ),
    ],
)
def test_real_tables_are_read_row_for_row(
    shared_data: Path, name: str, rows: int, positions: int, rejected: dict[str, int]
) -> None:
    table, report = read_positions(shared_data / "ais" / name)
    assert (report.rows, report.positions, len(table)) == (rows, positions, positions)
    assert report.rejected == rejected
    assert balances(report)


def test_a_real_empty_table_is_refused(shared_data: Path) -> None:
    with pytest.raises(DataError, match=r"empty\.csv"):
        read_positions(shared_data / "ais" / "bad" / "empty.csv")


def test_a_real_table_under_plain_names_is_read(shared_data: Path) -> None:
    positions, report = read_positions(shared_data / "ais" / "bad" / "badHeaders.csv")
    assert (len(positions), report.format) == (10, "plain")


def test_danish_rows_follow_the_day_first_and_drop_what_is_no_ship(tmp_path: Path) -> None:
    header = (
        "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,"
        "Ship type,Cargo type,Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type"
    )
    row = (
        "02/01/2026 03:04:05,{kind},{mmsi},55.5,{lon},Moored,,0.1,90,511,Unknown,Unknown,Unknown,Undefined,,,,"
        "Undefined,,Unknown,,AIS"
    )
    rows = [
        row.format(kind="Class A", mmsi="219000001", lon="12.5"),
        row.format(kind="Base Station", mmsi="2190047", lon="12.5"),
        row.format(kind="AtoN", mmsi="219000002", lon="12.5"),
        row.format(kind="Class B", mmsi="219000003", lon="0").replace("55.5", "91"),
        row.format(kind="Class A", mmsi="219000001", lon=" "),
    ]
    positions, report = read_positions(write(tmp_path, "\n".join([header, *rows]) + "\n"))
    assert positions["t"].tolist() == [pd.Timestamp("2026-01-02T03:04:05Z")]
    assert positions["nav_status"].tolist() == [5]
    assert report.rejected == {"base station": 1, "aid to navigation": 1, "no position": 2}
    assert report.vessels.empty


def test_norwegian_rows_say_who_received_them(tmp_path: Path) -> None:
    text = (
        "mmsi;lon;lat;date_time_utc;sog;cog;true_heading;nav_status;rot;message_nr;source\n"
        "257000001;10.5;59.5;2024-01-01 00:00:00;1.5;10;12;0;;1;g\n"
        "257000001;10.6;59.5;2024-01-01 00:01:00;1.5;10;12;0;;27;s\n"
        "2570001;10.6;59.5;2024-01-01 00:01:00;;;;;;4;g\n"
    )
    positions, report = read_positions(write(tmp_path, text))
    assert positions["receiver"].tolist() == ["terrestrial", "satellite"]
    assert report.rejected == {"base station": 1}


def test_spire_rows_are_read(tmp_path: Path) -> None:
    text = (
        "created_at,timestamp,mmsi,msg_type,latitude,longitude,speed,course,heading,status,collection_type\n"
        "2024-01-01T00:00:09Z,2024-01-01T00:00:00Z,257000001,1,59.5,10.5,3.0,40.0,41,0,satellite\n"
    )
    positions, report = read_positions(write(tmp_path, text))
    assert report.format == "spire"
    assert positions["receiver"].tolist() == ["satellite"]


def test_our_own_parquet_comes_back_unchanged(tmp_path: Path) -> None:
    made, _ = read_positions(write(tmp_path, HEADER + ROW.format(1)))
    made.to_parquet(tmp_path / "p.parquet")
    again, report = read_positions(tmp_path / "p.parquet")
    pd.testing.assert_frame_equal(again.drop(columns="source_file"), made.drop(columns="source_file"))
    assert report.format == "parquet"


def test_gfw_events_reports_and_tracks_in_json_are_read(tmp_path: Path) -> None:
    vessel = '"vessel": {"ssvid": "440000001", "name": "A"}'
    gap = (
        '{"type": "gap", "start": "2024-03-01T00:00:00Z", "end": "2024-03-02T00:00:00Z", ' + vessel + ","
        '"position": {"lat": 1, "lon": 2}, "gap": {"offPosition": {"lat": 42.0, "lon": 130.0},'
        '"onPosition": {"lat": "42.5", "lon": "131.0"}}}'
    )
    events, report = read_positions(write(tmp_path, '{"entries": [' + gap + "]}", "e.json"))
    assert events["lon"].tolist() == [130.0, 131.0]
    assert report.vessels["name"].tolist() == ["A"]
    line = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"ssvid": "440000001",'
        '"coordinateProperties": {"times": [1709251200000, 1709251260000], "speed": [1.5, 2.5]}},'
        '"geometry": {"type": "LineString", "coordinates": [[130, 42], [130.1, 42]]}}]}'
    )
    track, _ = read_positions(write(tmp_path, line, "t.json"))
    assert track["sog_kn"].tolist() == [1.5, 2.5]


def test_the_api_samples_with_a_place_are_read(shared_data: Path) -> None:
    folder = shared_data / "ais" / "gfw_api"
    positions, _ = read_positions(folder / "fourwings" / "fourwings_report_item.json")
    assert positions[["mmsi", "lon", "lat"]].to_numpy().tolist() == [[273453380.0, 141.15, 49.33]]


def test_a_reader_survives_pickling(tmp_path: Path) -> None:
    import pickle

    reader = pickle.loads(pickle.dumps(PositionReader()))
    report = ReadReport("a.csv")
    assert sum(len(b) for b in reader.batches(write(tmp_path, HEADER + ROW.format(1)), report)) == 1


def test_decoded_messages_line_by_line_are_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = '{{"mmsi": 440000001, "lon": 130.5, "lat": 42.5, "timestamp": "2024-03-01T00:00:{:02d}Z", "speed": 3}}'
    rows = [line.format(s) for s in range(40)]
    rows.insert(20, "{broken")
    monkeypatch.setattr("monitor.sources.ais.reader.HEAD_BYTES", 300)
    monkeypatch.setattr("monitor.sources.tabular.streams.line_blocks.__defaults__", (b"", 300))
    positions, report = read_positions(write(tmp_path, "\n".join(rows), "m.json"))
    assert (len(positions), report.rows, report.format) == (40, 41, "plain, json lines")
    assert report.rejected == {"bad line": 1}
