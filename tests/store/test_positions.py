from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from monitor.ais import find_gaps, gaps_by_batch
from monitor.core.errors import ArchiveError
from monitor.core.tables import DIMENSIONS, POSITIONS, VESSELS
from monitor.core.timerange import TimeRange
from monitor.store import position_parts as module
from monitor.store.ingested import encode_marker
from monitor.store.positions import PositionStore

START = datetime(2024, 3, 1, tzinfo=UTC)


def table(rows: int = 200, *, seed: int = 1, hours: float = 72.0, vessels: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    seconds = np.sort(rng.integers(0, int(hours * 3600), rows))
    return POSITIONS.conform(
        pd.DataFrame(
            {
                "mmsi": 440000001 + rng.integers(0, vessels, rows),
                "t": pd.to_datetime(START) + pd.to_timedelta(seconds, unit="s").as_unit("us"),
                "lon": 130.0 + rng.random(rows),
                "lat": 42.0 + rng.random(rows),
                "sog_kn": 5.0,
                "cog_deg": 10.0,
                "heading_deg": np.nan,
                "nav_status": pd.array([0] * rows, dtype="Int16"),
                "length_m": 100.0,
                "receiver": "",
                "source_file": "a.csv",
            }
        )
    )


def ordered(df: pd.DataFrame) -> pd.DataFrame:
    return df.sort_values(["mmsi", "t", "lon", "lat"]).reset_index(drop=True)


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    store = PositionStore(tmp_path / "positions")
    made = table()
    done = store.append([made[:90], made[90:]], key="abc", file="a.csv")
    assert_frame_equal(store.read(), ordered(made))
    assert store.days() == (date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3))
    assert done.positions == 200


def test_an_empty_store_reads_as_the_empty_table(tmp_path: Path) -> None:
    store = PositionStore(tmp_path / "none")
    assert_frame_equal(store.read(), POSITIONS.empty())
    assert_frame_equal(store.vessels(), VESSELS.empty())
    assert store.days() == ()
    assert store.ingested() == ()


def test_appending_does_not_touch_earlier_parts(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table()], key="one")
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in tmp_path.rglob("one-*.parquet")}
    store.append([table(seed=2)], key="two")
    assert {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in before} == before
    assert len(store.read()) == 400


def test_positions_that_two_files_share_are_read_once(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    made = table()
    store.append([made], key="one")
    store.append([made[50:]], key="two")
    assert_frame_equal(store.read(), ordered(made))


def test_one_position_rounded_by_two_feeds_is_read_once(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    made = table()
    store.append([made], key="one")
    store.append([made.assign(lon=made["lon"] + 4e-5, lat=made["lat"] - 4e-5)], key="two")
    assert len(store.read()) == len(made)
    store.append([made.assign(lon=made["lon"] + 0.01)], key="three")
    assert len(store.read()) == 2 * len(made)


def test_ingesting_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table()], key="one")
    parts = {p.name: p.read_bytes() for p in tmp_path.rglob("*.parquet")}
    store.append([table()], key="one")
    assert {p.name: p.read_bytes() for p in tmp_path.rglob("*.parquet")} == parts
    assert store.has("one")
    assert not store.has("two")


def test_a_failure_midway_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_ROWS", 50)
    store = PositionStore(tmp_path)

    def broken() -> Iterator[pd.DataFrame]:
        yield table(100)
        raise ArchiveError("the file ends here")

    with pytest.raises(ArchiveError):
        store.append(broken(), key="one")
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_an_ingest_cut_off_before_its_record_is_not_seen_and_can_be_done_again(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table(seed=5)], key="one")
    whole = store.read()
    store.append([table(hours=400.0)], key="two")
    (tmp_path / "ingested" / "two.json").unlink()
    part = next((tmp_path / "date=2024-03-01").glob("one-*.parquet"))
    (part.parent / f".tmp-0-1-{part.name}").write_bytes(b"half a par")
    assert_frame_equal(store.read(), whole)
    assert sum(len(batch) for batch, _ in store.day_batches()) == len(whole)
    store.append([table(hours=400.0)], key="two")
    assert len(store.read()) == len(whole) + 200


def test_parts_are_flushed_as_they_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_ROWS", 50)
    store = PositionStore(tmp_path)
    made = table()
    store.append((made[i : i + 20] for i in range(0, 200, 20)), key="one")
    assert len(list(tmp_path.rglob("*.parquet"))) > 3
    assert_frame_equal(store.read(), ordered(made))


def test_period_bounds_and_mmsi_narrow_the_reading(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    made = table()
    store.append([made], key="one")
    period = TimeRange(START + timedelta(hours=20), START + timedelta(hours=30))
    inside = made[(made["t"] >= period.start) & (made["t"] < period.end)]
    assert_frame_equal(store.read(period), ordered(inside))
    west = made[made["lon"] <= 130.5]
    assert_frame_equal(store.read(bounds=(129.0, 41.0, 130.5, 44.0)), ordered(west))
    assert_frame_equal(store.read(mmsi=[440000001]), ordered(made[made["mmsi"] == 440000001]))


def test_bounds_may_cross_the_antimeridian(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    made = table()
    made["lon"] = np.where(made["lon"] > 130.5, 179.5, -179.5)
    store.append([made.assign(lon=made["lon"].where(made.index > 10, 0.0))], key="one")
    assert len(store.read(bounds=(179.0, 40.0, -179.0, 44.0))) == 189


def test_gaps_day_by_day_equal_gaps_over_everything(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    made = table(60, hours=240.0, vessels=5)
    store.append([made], key="one")
    until = START + timedelta(days=11)
    days = [*store.day_batches(), (made.iloc[:0], until)]
    daily = pd.concat(list(gaps_by_batch(days))).sort_values(["start", "mmsi"]).reset_index(drop=True)
    whole = find_gaps(made, until=until)
    assert len(whole) > 5
    assert_frame_equal(daily, whole)


def test_buckets_share_the_vessels_out(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table()], key="one")
    seen = [set(pd.concat([b for b, _ in store.day_batches(bucket=(i, 3))])["mmsi"]) for i in range(3)]
    assert set.union(*seen) == {440000001, 440000002, 440000003, 440000004}
    assert sum(map(len, seen)) == 4


def test_late_positions_mark_the_scenes_of_their_hours(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    times = pd.to_datetime([START - timedelta(days=3), START + timedelta(hours=30)], utc=True)
    scenes = pd.DataFrame({"scene_id": ["early", "near"], "acquired_at": times})
    store.append([table(hours=24.0)], key="one")
    one = store.files_used()
    assert store.late_scenes(scenes, used=one) == []
    store.append([table(hours=24.0, seed=3)], key="two")
    both = store.files_used()
    assert store.late_scenes(scenes, used=one) == ["near"]
    assert store.late_scenes(scenes, used=both) == []
    store.withdraw("two")
    assert store.late_scenes(scenes, used=both) == ["near"]
    store.append([table(hours=24.0, seed=4)], key="two")
    assert store.late_scenes(scenes, used=both) == ["near"]
    store.append([table(hours=24.0, seed=3)], key="two")
    assert store.late_scenes(scenes, used=both) == []


@pytest.mark.parametrize("years", [-10, 10])
def test_the_clock_of_an_ingest_does_not_decide_what_is_late(tmp_path: Path, years: int) -> None:
    store = PositionStore(tmp_path)
    scenes = pd.DataFrame({"scene_id": ["near"], "acquired_at": pd.to_datetime([START], utc=True)})
    store.append([table(hours=24.0)], key="one", now=START + timedelta(days=365 * years))
    assert store.late_scenes(scenes, used={}) == ["near"]


def test_vessels_keep_the_last_word_of_each(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    row = {
        "mmsi": 440000001,
        "imo": "9000001",
        "name": "A",
        "callsign": "",
        "ship_type": 70,
        "length_m": 100.0,
        "width_m": np.nan,
        "source_file": "a",
    }
    store.write_vessels(VESSELS.conform(pd.DataFrame([row]).astype({"ship_type": "Int16"})))
    newer = pd.DataFrame([{**row, "imo": "", "name": "B", "length_m": np.nan}]).astype({"ship_type": "Int16"})
    store.write_vessels(VESSELS.conform(newer))
    assert store.vessels()[["imo", "name", "length_m"]].to_numpy().tolist() == [["9000001", "B", 100.0]]


def test_parts_of_a_version_without_dimensions_still_read(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table(20)], key="one")
    for part in tmp_path.rglob("*.parquet"):
        pd.read_parquet(part).drop(columns=list(DIMENSIONS)).to_parquet(part, index=False)
    (marker,) = store.ingested()
    path = tmp_path / "ingested" / "one.json"
    path.write_bytes(encode_marker(replace(marker, parts={})))  # such a version wrote no checksums either
    old = store.read()
    assert list(old.columns) == list(POSITIONS.columns)
    assert old[list(DIMENSIONS)].isna().all(axis=None)
    store.append([table(20).assign(mmsi=440000009, to_bow_m=90.0, to_stern_m=30.0)], key="two")
    assert store.read(mmsi=[440000009])["to_bow_m"].tolist() == [90.0] * 20


def test_the_report_of_an_ingest_comes_back(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    done = store.append([table(20)], key="one", file="a.csv", now=START)
    (again,) = store.ingested()
    assert again == done


def test_damage_is_named_with_what_to_do(tmp_path: Path) -> None:
    store = PositionStore(tmp_path)
    store.append([table(20)], key="one")
    part = next(tmp_path.rglob("*.parquet"))
    part.write_bytes(b"PAR1")
    with pytest.raises(ArchiveError, match="ingest its file again"):
        store.read()
    (tmp_path / "ingested" / "one.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ArchiveError, match=r"one\.json"):
        store.ingested()


def test_a_key_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot name a file"):
        PositionStore(tmp_path).append([], key="../x")
