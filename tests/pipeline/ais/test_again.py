"""A file is read again where that gives something else, and the new reading takes the place of the old one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyais.encode import encode_dict

from monitor.core.version import VERSION
from monitor.pipeline.ais.ingest import ingest_files, withdraw_files
from monitor.sources import PositionReader
from monitor.sources.tabular.layouts import LayoutTable
from monitor.store.positions import PositionStore


@pytest.fixture
def store(tmp_path: Path) -> PositionStore:
    return PositionStore(tmp_path / "store")


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_another_start_date_replaces_the_first(store: PositionStore, tmp_path: Path) -> None:
    line = encode_dict({"type": 1, "mmsi": 440000001, "lon": 130, "lat": 42, "second": 9})[0]
    log = write(tmp_path / "a.nmea", f"{line}\n")
    for day in (1, 2):
        report = ingest_files(store, [log], reader=PositionReader(start_date=datetime(2023, 10, day, tzinfo=UTC)))
        assert report.new == 1
    assert store.read()["t"].dt.day.tolist() == [2]
    assert ingest_files(store, [log], reader=PositionReader(start_date=datetime(2023, 10, 2, tzinfo=UTC))).new == 0


def test_another_order_zone_or_layout_replaces_the_first(store: PositionStore, tmp_path: Path) -> None:
    table = write(tmp_path / "a.csv", "mmsi,timestamp,lon,lat,speed\n440000001,10/11/2023 12:00:00,130.5,42.25,5\n")
    assert ingest_files(store, [table]).failed
    ingest_files(store, [table], reader=PositionReader(dates="day first"))
    assert store.read()["t"].dt.month.tolist() == [11]
    ingest_files(store, [table], reader=PositionReader(dates="month first", time_zone="Asia/Seoul"))
    assert store.read()["t"].dt.strftime("%m-%d %H").tolist() == ["10-11 03"]
    columns = {"mmsi": "mmsi", "t": "timestamp", "lon": "lon", "lat": "lat", "sog_kn": "speed"}
    mine = LayoutTable.model_validate({"columns": columns, "units": {"sog_kn": "km/h"}, "time": "day first"})
    ingest_files(store, [table], reader=PositionReader(layouts={"mine": mine}))
    assert store.read()["sog_kn"].tolist() == pytest.approx([5 / 1.852])


def test_a_file_of_which_nothing_is_kept_is_a_fault_each_time(store: PositionStore, tmp_path: Path) -> None:
    table = write(tmp_path / "a.csv", "mmsi,timestamp,lon,lat\n440000001,soon,130.5,42.25\n")
    for known in (False, True):
        report = ingest_files(store, [table])
        assert report.files[0].known is known
        assert report.failed
        assert "bad time 1" in report.text()
        assert report.faults[0][0] == str(table)


def test_a_newer_reader_reads_what_gave_nothing(
    store: PositionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write(tmp_path / "a.csv", "mmsi,timestamp,lon,lat\n440000001,soon,130.5,42.25\n")
    ingest_files(store, [table])
    monkeypatch.setattr("monitor.pipeline.ais.ingest.VERSION", VERSION + ".1")
    assert ingest_files(store, [table]).new == 1


def test_a_file_may_be_withdrawn(store: PositionStore, tmp_path: Path) -> None:
    table = write(tmp_path / "a.csv", "mmsi,timestamp,lon,lat\n440000001,2023-10-05 00:00:00,130.5,42.25\n")
    ingest_files(store, [table])
    assert withdraw_files(store, [table]) == (table,)
    assert store.read().empty
    assert withdraw_files(store, [table]) == ()
    assert ingest_files(store, [table]).new == 1


def test_the_drift_of_a_clock_is_reported(store: PositionStore, tmp_path: Path) -> None:
    line = encode_dict({"type": 1, "mmsi": 440000001, "lon": 130, "lat": 42, "second": 9})[0]
    log = write(tmp_path / "a.nmea", f"$GPZDA,021609.00,05,10,2023,00,00*6D\n{line}\n")
    assert "1 time line" in ingest_files(store, [log]).text()


def test_a_file_read_by_a_clock_that_was_behind_is_read_again(
    store: PositionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write(tmp_path / "a.csv", "mmsi,timestamp,lon,lat\n440000001,2023-10-05T12:00:00Z,130.5,42.25\n")
    behind = datetime(2013, 1, 1, tzinfo=UTC)
    with monkeypatch.context() as clock:
        clock.setattr("monitor.sources.ais.reader.latest_instant", lambda: behind)
        clock.setattr("monitor.pipeline.ais.ingest.latest_instant", lambda: behind)
        assert ingest_files(store, [table]).failed
        assert ingest_files(store, [table]).files[0].known
    assert ingest_files(store, [table]).new == 1
    assert len(store.read()) == 1
    assert ingest_files(store, [table]).new == 0
