from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from monitor.sources import ReadReport, read_positions

BODY = "AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0"
PGHP = "$PGHP,1,2008,5,9,0,0,0,10,338,2,,1,09*17"
NO_CLOCK = re.compile(r"![A-Z]{5},\d,\d,\d?,[AB]?,(?![4;])")
NO_TIME = "no time (give start_date)"


def checked(body: str, start: str = "!") -> str:
    value = 0
    for byte in body.encode():
        value ^= byte
    return f"{start}{body}*{value:02X}"


def tagged(tag: str, sentence: str) -> str:
    return f"\\{checked(tag, '')}\\{sentence}"


def read(tmp_path: Path, *lines: str, start_date: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    path = tmp_path / "log.nmea"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    positions, report = read_positions(path, start_date=start_date)
    assert report.rows == report.positions + sum(report.rejected.values()) + sum(report.other.values())
    return positions, report


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (tagged("s:r01,c:1428621738", checked(BODY)), "2015-04-09T23:22:18Z"),
        (tagged("c:1428621738500,s:r01", checked(BODY)), "2015-04-09T23:22:18.5Z"),
        (checked(BODY) + ",1428621738", "2015-04-09T23:22:18Z"),
        (checked(BODY) + ",b003669794,1428621738", "2015-04-09T23:22:18Z"),
        (checked(BODY) + ",1daasd4218,,1428621738", "2015-04-09T23:22:18Z"),
        ("1428621738 " + checked(BODY), "2015-04-09T23:22:18Z"),
        ("1428621738.250," + checked(BODY), "2015-04-09T23:22:18.25Z"),
        ("2015-04-09T23:22:18Z " + checked(BODY), "2015-04-09T23:22:18Z"),
        ("mmsi 230907000 at 2015-04-09 23:22:18+0000: " + checked(BODY), "2015-04-09T23:22:18Z"),
        ("230907000 1428621738 " + checked(BODY), "2015-04-09T23:22:18Z"),
        ("<20150409T232218> " + checked(BODY), "2015-04-09T23:22:18Z"),
        (checked(BODY) + ";2015-04-09 23:22:18", "2015-04-09T23:22:18Z"),
    ],
)
def test_every_kind_of_time_stamp_is_read(tmp_path: Path, line: str, expected: str) -> None:
    positions, _ = read(tmp_path, line)
    assert positions["t"].tolist() == [pd.Timestamp(expected)]


def test_a_pghp_line_times_the_next_sentence_and_no_other(tmp_path: Path) -> None:
    positions, report = read(tmp_path, PGHP, checked(BODY), checked(BODY))
    assert positions["t"].tolist() == [pd.Timestamp("2008-05-09T00:00:00.010Z")]
    assert report.rejected == {NO_TIME: 1}
    assert report.other == {"time line": 1}


def test_a_tag_block_on_its_own_line_times_the_next_sentence(tmp_path: Path) -> None:
    positions, _ = read(tmp_path, tagged("c:1428621738", ""), checked(BODY))
    assert len(positions) == 1


def test_talkers_other_than_ai_are_read(tmp_path: Path) -> None:
    lines = [
        tagged(f"c:{1428621738 + i}", checked(BODY.replace("AIVDM", t)))
        for i, t in enumerate(("BSVDM", "SAVDM", "ABVDM", "AIVDO", "--VDM"))
    ]
    positions, _ = read(tmp_path, *lines)
    assert len(positions) == 5


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (checked(BODY)[:-2] + "00", "checksum"),
        ("!AIVDM,1,1,,B,15N4cJ005Jrek0H@9nDW5608EP,013", "bad line"),
        (checked("AAVDM,0,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0"), "bad line"),
        (checked("AIVDM,1,1,,B,,0"), "empty payload"),
        (checked("AIVDM,1,1,,B,15NBj>PP,0"), "bad payload"),
        (checked("AIVDM,2,2,1,B,15NBj>PP,0"), "orphan fragment"),
        ("$GPGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000*6D", "other sentence"),
        ("foobar", "bad line"),
        ("\x01\x02\x7f\udcff".encode("utf-8", "replace").decode(), "bad line"),
        (checked("AIVDM,1,1,,B,402R3Wiuef:dO0tgkNOgc?A00HBd,0"), "base station"),
        (checked("AIVDM,1,1,,A,E4eGk5?2Qh;Pb2a@8bPV4b<h1:WsVHh1>3t4p00000dP0V@,2"), "aid to navigation"),
        (checked("AIVDM,1,1,,A,Dh3Owp@35N>4,0"), "other message"),
        (tagged("c:12415440354", checked(BODY)), "impossible time"),
    ],
)
def test_a_bad_line_is_counted_and_the_stream_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    good = [tagged(f"c:{1428621738 + i}", checked(BODY)) for i in (0, 1)]
    positions, report = read(tmp_path, good[0], line, good[1])
    assert len(positions) == 2
    assert report.rejected == {reason: 1}


def test_a_time_whose_tag_block_is_damaged_is_not_believed(tmp_path: Path) -> None:
    _, report = read(tmp_path, "\\c:1428621738*00\\" + checked(BODY))
    assert report.rejected == {NO_TIME: 1}


def test_fragments_of_several_messages_may_be_mixed(shared_data: Path) -> None:
    positions, report = read_positions(shared_data / "ais" / "nmea" / "tagblock.nmea")
    assert report.vessels[["mmsi", "name", "callsign"]].to_numpy().tolist() == [[219005012, "ROSINANTE", "XPD5019"]]
    assert positions["t"].dt.strftime("%H%M%S").tolist() == ["004153", "003522", "003241"]
    same, _ = read_positions(shared_data / "ais" / "nmea" / "tagblock.json")
    same = same.sort_values("t").reset_index(drop=True)
    ours = positions.sort_values("t").reset_index(drop=True)
    assert np.allclose(ours[["lon", "lat"]], same[["lon", "lat"]], atol=1e-4)
    assert ours["mmsi"].tolist() == same["mmsi"].tolist()


def test_a_bare_log_is_timed_from_its_start_date(tmp_path: Path) -> None:
    from pyais.encode import encode_dict

    seconds = [50, 58, 57, 2, 30, 59, 1]
    lines = [
        encode_dict({"type": 1, "mmsi": 440000001 + i, "lon": 130, "lat": 42, "second": s})[0]
        for i, s in enumerate(seconds)
    ]
    untimed, report = read(tmp_path, *lines)
    assert untimed.empty
    assert report.rejected == {NO_TIME: 7}
    positions, _ = read(tmp_path, *lines, start_date="2020-05-01T10:00:49Z")
    assert positions["t"].dt.strftime("%H:%M:%S").tolist() == [
        "10:00:50",
        "10:00:58",
        "10:00:57",
        "10:01:02",
        "10:01:30",
        "10:01:59",
        "10:02:01",
    ]


@pytest.mark.parametrize(
    ("name", "positions", "rejected"),
    [
        ("replay_dump.txt", 45, {"base station": 2}),
        ("tagblock.nmea", 3, {}),
        ("timestamped.ais", 2, {NO_TIME: 2}),
        ("gatehouse.nmea", 2, {NO_TIME: 2}),
        ("messages.ais", 0, {NO_TIME: 6}),
        ("mixed.txt", 1, {NO_TIME: 9, "other sentence": 4, "bad line": 3}),
        ("small_cb_example.txt", 4, {"other sentence": 1, "other message": 2, "duplicate": 1, "orphan fragment": 1}),
        (
            "nmea_data_sample.txt",
            754,
            {
                "empty payload": 100,
                "orphan fragment": 20,
                "base station": 6,
                "other message": 8,
                "no position": 4,
                "duplicate": 4,
            },
        ),
    ],
)
def test_real_logs_lose_nothing_without_a_reason(
    shared_data: Path, name: str, positions: int, rejected: dict[str, int]
) -> None:
    table, report = read_positions(shared_data / "ais" / "nmea" / name)
    assert len(table) == report.positions == positions
    assert report.rejected == rejected
    assert report.rows == report.positions + sum(report.rejected.values()) + sum(report.other.values())


def test_base_stations_in_a_real_bare_log_go_before_a_start_date(shared_data: Path) -> None:
    table, report = read_positions(shared_data / "ais" / "nmea" / "nmea_data_sample.txt", start_date="2020-01-01")
    assert table["t"].min() == pd.Timestamp("2015-06-21T09:30:08Z")
    assert "start_date left out" in report.notes[0]


def test_sentences_with_and_without_something_before_them_are_read_alike(tmp_path: Path, shared_data: Path) -> None:
    log = (shared_data / "ais" / "nmea" / "decode_encode_messages.txt").read_text().splitlines()
    timed = [f"{line},{1_700_000_000 + i}" for i, line in enumerate(log) if NO_CLOCK.match(line)]
    wrong = [line.replace(",A,1", ",A,2", 1) if i % 9 == 0 else line for i, line in enumerate(timed)]
    plain, counted = read(tmp_path, *wrong)
    behind, same = read(tmp_path, *(f" x {line}" for line in wrong))
    assert len(plain) > 300
    assert counted.rejected["checksum"] > 5
    pd.testing.assert_frame_equal(plain, behind)
    assert counted.rejected == same.rejected
