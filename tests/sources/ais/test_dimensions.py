"""Where on the hull the antenna stands, from the file to POSITIONS."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyais import encode_dict

from monitor.ais.static import dimensions, with_static
from monitor.core.tables import DIMENSIONS, POSITIONS, VESSELS
from monitor.sources import read_positions

SHIP = 440000001
SIZES = {"to_bow": 101, "to_stern": 22, "to_port": 5, "to_starboard": 13}
SENT = [101.0, 22.0, 5.0, 13.0]
HERE = {"mmsi": SHIP, "lon": 130.3, "lat": 42.2, "speed": 0.1, "course": 40.0, "heading": 40, "second": 3}
STATIC: dict[str, Mapping[str, object]] = {
    "type 5": {"type": 5, "shipname": "TEST", **SIZES},
    "type 24, part B": {"type": 24, "partno": 1, "shiptype": 70, **SIZES},
    "type 19": {**HERE, "type": 19, "shipname": "TEST", **SIZES},
}


@pytest.mark.parametrize("message", STATIC.values(), ids=STATIC)
def test_a_static_message_gives_the_antennas_place_to_the_positions_after_it(
    tmp_path: Path, message: Mapping[str, object]
) -> None:
    sentences = [
        *encode_dict({"mmsi": SHIP, **message}, talker_id="AI"),
        *encode_dict({**HERE, "type": 1}, talker_id="AI"),
    ]
    path = tmp_path / "log.nmea"
    path.write_text("\n".join(sentences) + "\n")
    positions, report = read_positions(path, start_date="2024-03-01")
    assert positions[list(DIMENSIONS)].iloc[-1].tolist() == SENT
    assert positions["length_m"].iloc[-1] == 123.0
    assert report.vessels[list(DIMENSIONS)].to_numpy().tolist() == [SENT]


def test_a_danish_table_gives_the_antennas_place(tmp_path: Path) -> None:
    header = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,SOG,COG,Heading,Length,Width,A,B,C,D\n"
    row = "01/03/2024 00:00:0{},Class A,440000001,42.2,130.3,0.1,40,40,123,18,{}\n"
    path = tmp_path / "dma.csv"
    path.write_text(header + row.format(1, ",,,") + row.format(2, "101,22,5,13") + row.format(3, "0,0,0,0"))
    positions, report = read_positions(path)
    assert positions[list(DIMENSIONS)].to_numpy().tolist() == [SENT] * 3
    assert report.vessels[list(DIMENSIONS)].to_numpy().tolist() == [SENT]


def test_positions_written_as_csv_come_back_with_their_dimensions(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    columns = ["mmsi", "t", "lon", "lat", *DIMENSIONS]
    pd.DataFrame([[SHIP, "2024-03-01T00:00:01Z", 130.3, 42.2, *SENT]], columns=columns).to_csv(path, index=False)
    assert read_positions(path)[0][list(DIMENSIONS)].to_numpy().tolist() == [SENT]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ((0.0, 0.0, 0.0, 0.0), (np.nan, np.nan, np.nan, np.nan)),
        ((80.0, np.nan, 4.0, 4.0), (np.nan, np.nan, 4.0, 4.0)),
        ((0.0, 120.0, 0.0, 18.0), (0.0, 120.0, 0.0, 18.0)),
        ((-5.0, 120.0, 9.0, 9.0), (np.nan, np.nan, 9.0, 9.0)),
    ],
)
def test_what_is_not_available_is_missing(sent: tuple[float, ...], kept: tuple[float, ...]) -> None:
    found = dimensions(pd.DataFrame([sent], columns=list(DIMENSIONS)))
    np.testing.assert_array_equal([found[column][0] for column in DIMENSIONS], kept)


def test_an_antennas_distances_are_taken_together() -> None:
    t = pd.to_datetime(["2024-03-01T00:00:01Z"] * 2)
    rows = {"mmsi": [SHIP, SHIP], "t": t, "lon": 130.3, "lat": 42.2, "to_bow_m": [np.nan, 60.0]}
    whole = POSITIONS.columns.keys() - rows.keys()
    blank = {name: "" if POSITIONS.columns[name].dtype == "str" else np.nan for name in whole}
    positions = POSITIONS.conform(pd.DataFrame({**rows, **blank}))
    sent = dict(zip(DIMENSIONS, SENT, strict=True))
    vessel = {"mmsi": [SHIP], "imo": "", "name": "", "callsign": "", "ship_type": pd.NA, "source_file": ""}
    vessels = VESSELS.conform(pd.DataFrame({**vessel, "length_m": 123.0, "width_m": 18.0, **sent}))
    filled = with_static(positions, vessels)
    assert filled[list(DIMENSIONS)].iloc[0].tolist() == SENT
    assert filled["to_bow_m"].iloc[1] == 60.0
    assert filled[list(DIMENSIONS[1:])].iloc[1].isna().all()
    assert filled["length_m"].tolist() == [123.0, 123.0]
