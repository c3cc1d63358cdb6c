from __future__ import annotations

from pathlib import Path

import pytest

from monitor.pipeline.ais.ingest import ingest_files
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
