from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from monitor.io import atomic
from monitor.pipeline.ais.ingest import ingest_files
from monitor.sources import PositionReader
from monitor.store.positions import PositionStore

KNOWN = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading\n366000001,2023-10-05T02:00:00,42.2,130.3,0,0,511\n"
OTHER = "ship;when;x;y\n366000002;2023-10-05 02:00:00;130.31;42.21\n"
COLUMNS = {"mmsi": "ship", "t": "when", "lon": "x", "lat": "y"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "known.csv").write_text(KNOWN)
    (tmp_path / "other.csv").write_text(OTHER)
    (tmp_path / "empty.csv").touch()
    return tmp_path


def test_each_file_is_told_and_a_bad_one_stops_no_other(folder: Path) -> None:
    store = PositionStore(folder / "store")
    report = ingest_files(store, sorted(folder.glob("*.csv")))
    assert [file.path.name for file in report.files] == ["known.csv"]
    assert [Path(path).name for path, _ in report.failures] == ["empty.csv", "other.csv"]
    assert "1 rows, 1 positions" in report.text()
    assert list(store.read()["mmsi"]) == [366000001]


def test_named_columns_are_for_unknown_layouts_alone(folder: Path) -> None:
    store = PositionStore(folder / "store")
    report = ingest_files(store, [folder / "known.csv", folder / "other.csv"], columns=COLUMNS)
    assert [file.counts["format"] for file in report.files] == ["marinecadastre", "column map"]
    assert list(store.read()["mmsi"]) == [366000001, 366000002]


def test_a_file_that_is_in_is_not_read_again_wherever_it_lies(folder: Path) -> None:
    store = PositionStore(folder / "store")
    ingest_files(store, [folder / "known.csv"])
    moved = (folder / "known.csv").rename(folder / "renamed.csv")
    again = ingest_files(store, [moved])
    assert again.files[0].known
    assert again.new == 0
    assert len(store.read()) == 1


STATIC = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length\n"
NAMED = STATIC + "366000001,2023-10-05T02:00:00,42.2,130.3,0,0,511,ANGARA,IMO9179842,UBXY,70,0,120\n"


@pytest.mark.parametrize("target", ["write_bytes", "replacing", "locked"])
def test_names_of_ships_survive_a_kill_at_any_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    (tmp_path / "a.csv").write_text(NAMED)
    whole = PositionStore(tmp_path / "whole")
    ingest_files(whole, [tmp_path / "a.csv"])
    assert list(whole.vessels()["name"]) == ["ANGARA"]
    for calls in range(8):
        store, real = PositionStore(tmp_path / f"{target}{calls}"), getattr(atomic, target)
        left = iter(range(calls))

        def fatal(*args: object, left=left, real=real, **named: object) -> object:
            if next(left, None) is None:
                raise SystemExit
            return real(*args, **named)

        with monkeypatch.context() as patch, suppress(SystemExit):
            patch.setattr(atomic, target, fatal)
            ingest_files(store, [tmp_path / "a.csv"])
        ingest_files(store, [tmp_path / "a.csv"])
        pd.testing.assert_frame_equal(store.vessels(), whole.vessels())
        pd.testing.assert_frame_equal(store.read(), whole.read())


def test_a_full_disk_is_named_and_the_next_ingest_takes_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text(NAMED)
    store, calls = PositionStore(tmp_path / "store"), 0

    def full(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        report = ingest_files(store, [tmp_path / "a.csv"])
    assert "the disk is full; free some space and run again" in report.failures[0][1]
    assert ingest_files(store, [tmp_path / "a.csv"]).new == 1
    assert list(store.vessels()["name"]) == ["ANGARA"]


def test_an_error_that_no_reader_foresees_is_its_files_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = PositionReader.batches

    def odd(self: PositionReader, path: Path, *args: object, **named: object) -> object:
        if path.name == "other.csv":
            raise RecursionError("too deep")
        return real(self, path, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(PositionReader, "batches", odd)
    report = ingest_files(PositionStore(folder / "store"), sorted(folder.glob("*.csv")))
    assert [file.path.name for file in report.files] == ["known.csv"]
    assert "cannot be read (RecursionError: too deep)" in report.failures[1][1]
    assert "Traceback" in caplog.text


def test_a_name_that_is_no_text_is_no_obstacle(folder: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.csv"))
    odd.write_text(KNOWN)
    store = PositionStore(folder / "store")
    assert ingest_files(store, [odd]).new == 1
    assert set(store.read()["source_file"]) == {"caf?.csv"}
