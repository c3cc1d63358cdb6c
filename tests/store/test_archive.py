from __future__ import annotations

import errno
import json
import multiprocessing
import os
import shutil
import sqlite3
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pystac
import pytest
import rasterio
from shapely.geometry import Point

from monitor.core.errors import ArchiveError
from monitor.core.tables import COUNTS, DETECTIONS
from monitor.core.timerange import TimeRange
from monitor.io.atomic import _host, temporary_name
from monitor.store import index
from monitor.store.archive import Archive
from monitor.store.records import Record

ID = "S2B_20231005T021609_R003_rajin"


def detections(scene_id=ID, count=2):
    n = range(count)
    frame = {column: [np.nan for _ in n] for column, dtype in DETECTIONS.dtypes.items() if dtype == "float64"}
    frame |= {column: ["x" for _ in n] for column, dtype in DETECTIONS.dtypes.items() if dtype == "str"}
    frame |= {"detection_id": [f"{scene_id}-{i}" for i in n], "scene_id": [scene_id for _ in n]}
    frame |= {"acquired_at": pd.to_datetime([datetime(2023, 10, 5, tzinfo=UTC) for _ in n], utc=True)}
    points = gpd.GeoSeries([Point(130 + i, 42).buffer(0.001) for i in n], crs=4326)
    return DETECTIONS.conform(gpd.GeoDataFrame(frame, geometry=points, crs=4326))


def test_a_folder_that_cannot_be_listed_costs_an_error_and_no_scene(tmp_path, make_acquisition, raster, monkeypatch):
    archive, real = Archive(tmp_path), os.scandir
    archive.write_scene(make_acquisition(), raster)

    def failing(path):
        if str(path).endswith("scenes/rajin"):
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", failing)
        with pytest.raises(ArchiveError, match="Input/output error"):
            archive.recover()
        with pytest.raises(ArchiveError, match="Input/output error"):
            archive.item_marks()
    assert archive.recover() == 0
    assert [scene.id for scene in archive.scenes()] == [ID]


def test_a_scene_comes_back_as_it_was_written(tmp_path, make_acquisition, raster):
    archive, acquisition = Archive(tmp_path), make_acquisition()
    scene = archive.write_scene(acquisition, raster, {"evalscript": "sha256:1"})
    assert scene.path == tmp_path / "scenes/rajin/s2/2023/10" / ID
    assert archive.scene(ID) == scene
    back = archive.read_raster(ID)
    assert np.array_equal(back.data, raster.data)
    assert back.data.dtype == np.uint16
    assert np.array_equal(back.valid, raster.valid)
    assert np.array_equal(back.cloud, raster.cloud)
    assert (back.bands, back.grid, back.scale, back.offset) == (raster.bands, raster.grid, raster.scale, raster.offset)
    assert back.tags == {"processor": "N0509"}
    [again] = archive.acquisitions()
    assert replace(again, footprint=None) == replace(acquisition, footprint=None)
    assert again.footprint.equals_exact(acquisition.footprint, 1e-9)
    assert json.loads((scene.path / "request.json").read_text()) == {"evalscript": "sha256:1"}


def test_no_cloud_information_stays_no_cloud_information(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), replace(raster, cloud=None))
    assert archive.read_raster(ID).cloud is None


def test_pixels_are_a_cog_with_named_bands(tmp_path, make_acquisition, raster):
    scene = Archive(tmp_path).write_scene(make_acquisition(), raster)
    with rasterio.open(scene.path / "pixels.tif") as source:
        assert source.descriptions == raster.bands
        assert source.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert source.tags(ns="IMAGE_STRUCTURE")["COMPRESSION"] == "DEFLATE"


def test_simulated_pixels_say_so(tmp_path, make_acquisition, raster):
    scene = Archive(tmp_path).write_scene(make_acquisition(simulated=True), raster)
    with rasterio.open(scene.path / "pixels.tif") as source:
        assert source.tags()["SIMULATED"] == "YES"
    assert json.loads((scene.path / "item.json").read_text())["properties"]["monitor:simulated"] is True


def test_the_item_is_stac(tmp_path, make_acquisition, raster):
    scene = Archive(tmp_path).write_scene(make_acquisition(), raster)
    item = pystac.Item.from_file(str(scene.path / "item.json"))
    assert item.datetime == make_acquisition().acquired_at
    assert item.properties["sat:relative_orbit"] == 3
    assert item.properties["eo:cloud_cover"] == 25
    assert item.properties["proj:code"] == "EPSG:32652"
    assert [band["name"] for band in item.assets["data"].extra_fields["bands"]] == list(raster.bands)


def test_an_uncertain_hour_stays_uncertain(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    scene = archive.write_scene(make_acquisition(exact=False), raster)
    assert json.loads((scene.path / "item.json").read_text())["properties"]["datetime"] is None
    assert not archive.acquisitions()[0].is_exact


def test_scenes_are_found_by_period_and_port(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    for day in (10, 0, 5):
        archive.write_scene(make_acquisition(f"scene{day}", day=day), raster)
    assert [scene.id for scene in archive.scenes()] == ["scene0", "scene5", "scene10"]
    assert [a.id for a in archive.acquisitions("rajin", TimeRange.parse("2023-10-10/2023-10-15"))] == ["scene5"]
    assert archive.scenes("dunai") == []
    assert archive.scenes(sensor="s1") == []


def test_only_acquisitions_without_a_scene_are_missing(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    offered = [make_acquisition(f"scene{day}", day=day) for day in range(3)]
    assert archive.missing(offered) == offered
    archive.write_scene(offered[1], raster)
    assert archive.missing(offered) == [offered[0], offered[2]]


def test_an_empty_archive_is_empty_and_writes_nothing(tmp_path):
    archive = Archive(tmp_path / "none")
    assert archive.scenes() == []
    assert archive.read_scene_tables("detections", "yolo", DETECTIONS, []).empty
    assert archive.records("review") == archive.records("run") == []
    assert archive.read_table("counts", COUNTS).empty
    assert not (tmp_path / "none").exists()
    with pytest.raises(ArchiveError, match="no scene x"):
        archive.scene("x")


def test_reindex_restores_a_lost_index(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    archive.record(Record("review", "d1", datetime(2023, 10, 6, tzinfo=UTC), {"decision": "confirmed"}))
    scenes, reviews = archive.scenes(), archive.records("review")
    archive.index.path.unlink()
    assert archive.reindex() == 1
    assert archive.scenes() == scenes
    assert archive.records("review") == reviews
    archive.index.path.unlink()
    assert archive.scenes() == scenes


def test_reindex_replaces_a_damaged_index(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    archive.index.path.write_bytes(b"this is no database" * 100)
    with pytest.raises(ArchiveError, match="monitor reindex"):
        archive.scenes()
    assert archive.reindex() == 1
    assert len(archive.scenes()) == 1


def test_a_scene_whose_writer_died_before_the_index_is_found(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    archive.index.forget(ID)
    assert archive.missing([make_acquisition()]) == []
    assert archive.scene(ID).id == ID


def test_a_scene_without_item_is_not_archived(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    scene = archive.write_scene(make_acquisition(), raster)
    (scene.path / "item.json").unlink()
    assert archive.reindex() == 0
    assert archive.missing([make_acquisition()]) == [make_acquisition()]
    archive.write_scene(make_acquisition(), raster)
    assert archive.reindex() == 1


def test_damaged_pixels_name_the_file_and_the_cure(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    scene = archive.write_scene(make_acquisition(), raster)
    whole = (scene.path / "pixels.tif").read_bytes()
    (scene.path / "pixels.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError, match=r"pixels\.tif: damaged .* pull it again"):
        archive.read_raster(ID)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("at", range(5))
def test_a_failing_disk_leaves_nothing_half_written(tmp_path, make_acquisition, raster, monkeypatch, code, at):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition("before"), raster)
    calls, fsync = [], os.fsync

    def failing(descriptor):
        calls.append(descriptor)
        if len(calls) == at + 1:
            raise OSError(code, os.strerror(code))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(ArchiveError, match=str(tmp_path)) as caught:
        archive.write_scene(make_acquisition(), raster)
    assert any(word in str(caught.value) for word in ("full", "read-only", "permission"))
    monkeypatch.undo()
    assert not list(tmp_path.rglob(".tmp-*"))
    assert [a.id for a in archive.missing([make_acquisition()])] == [ID]
    archive.write_scene(make_acquisition(), raster)
    assert np.array_equal(archive.read_raster(ID).data, raster.data)
    assert archive.reindex() == 2


def test_a_table_write_that_fails_keeps_the_old_table(tmp_path, monkeypatch):
    archive = Archive(tmp_path)
    archive.write_scene_table("detections", "yolo", ID, detections(count=2))
    before = (tmp_path / "detections/yolo" / f"{ID}.parquet").read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ArchiveError, match="disk is full"):
        archive.write_scene_table("detections", "yolo", ID, detections(count=1))
    assert (tmp_path / "detections/yolo" / f"{ID}.parquet").read_bytes() == before
    assert not list(tmp_path.rglob(".tmp-*"))


def test_leftovers_of_dead_processes_go_and_of_living_ones_stay(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    made = multiprocessing.get_context("spawn").Process(target=int)
    made.start()
    made.join()
    dead = archive.scene(ID).path / f".tmp-{_host()}-{made.pid}-00000000-pixels.tif"
    alive = archive.scene(ID).path / f".tmp-{_host()}-{os.getpid()}-00000000-pixels.tif"
    other = archive.scene(ID).path / f".tmp-00000000-{made.pid}-00000000-pixels.tif"
    for path in (dead, alive, other):
        path.touch()
    archive.reindex()
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()


def test_an_archive_of_a_newer_version_is_refused(tmp_path, make_acquisition, raster):
    scene = Archive(tmp_path).write_scene(make_acquisition(), raster)
    item = json.loads((scene.path / "item.json").read_text())
    item["properties"] |= {"monitor:format": 4}
    item["properties"].pop("monitor:sha256")
    (scene.path / "item.json").write_text(json.dumps(item))
    with pytest.raises(ArchiveError, match="written by archive format 4, this is 1; upgrade monitor"):
        Archive(tmp_path).reindex()
    (tmp_path / "archive.json").write_text('{"format": 4}')
    with pytest.raises(ArchiveError, match=r"archive\.json: written by archive format 4.*upgrade monitor"):
        Archive(tmp_path)


def test_an_index_of_a_newer_version_is_refused(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    db = sqlite3.connect(archive.index.path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ArchiveError, match=r"index of version 99.*upgrade monitor"):
        archive.scenes()


def test_an_empty_table_means_looked_and_found_none(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    scenes = [archive.write_scene(make_acquisition(f"scene{day}", day=day), raster) for day in range(3)]
    archive.write_detections("yolo", "scene0", DETECTIONS.empty())
    archive.write_detections("yolo", "scene1", detections("scene1"))
    ids = [scene.id for scene in scenes]
    assert archive.scenes_without("detections", "yolo", ids) == ["scene2"]
    assert archive.scenes_without("detections", "cfar", ids) == ids
    found = archive.read_scene_tables("detections", "yolo", DETECTIONS, scenes)
    pd.testing.assert_frame_equal(found, detections("scene1"))
    assert found.crs.to_epsg() == 4326
    assert archive.read_scene_tables("detections", "yolo", DETECTIONS, scenes[:1]).empty


def test_detection_files_are_geoparquet(tmp_path):
    Archive(tmp_path).write_detections("yolo", ID, detections())
    assert len(gpd.read_parquet(tmp_path / "detections/yolo" / f"{ID}.parquet")) == 2


def test_a_replaced_scene_loses_its_detections_and_names_the_old_product(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    archive.write_detections("yolo", ID, detections())
    brighter = replace(raster, data=raster.data + np.uint16(1))
    archive.write_scene(make_acquisition(product_ids=("S2B_MSIL2A_N0510_T52TEM",)), brighter)
    assert archive.item(ID)["properties"]["monitor:replaces"] == ["S2B_MSIL2A_N0509_T52TEM"]
    assert archive.scenes_without("detections", "yolo", [ID]) == [ID]
    assert np.array_equal(archive.read_raster(ID).data, brighter.data)
    assert len(archive.scenes()) == 1


def test_writing_an_equal_table_again_writes_nothing(tmp_path):
    archive = Archive(tmp_path)
    assert archive.write_table("detections", detections())
    before = archive.digest("derived")
    assert not archive.write_table("detections", detections())
    assert archive.digest("derived") == before
    assert archive.write_table("detections", detections(count=1))
    assert archive.digest("derived") != before
    pd.testing.assert_frame_equal(archive.read_table("detections", DETECTIONS), detections(count=1))


def test_notes_come_back(tmp_path):
    archive = Archive(tmp_path)
    assert archive.read_note("inputs") == ""
    archive.write_note("inputs", "abc")
    assert archive.read_note("inputs") == "abc"


def test_a_table_without_a_column_is_refused(tmp_path):
    archive = Archive(tmp_path)
    archive.write_table("counts", pd.DataFrame({"aoi_id": ["rajin"]}))
    with pytest.raises(ArchiveError, match=r"counts\.parquet: not a readable counts table.*run --due"):
        archive.read_table("counts", COUNTS)
    (tmp_path / "derived/counts.parquet").write_bytes(b"")
    with pytest.raises(ArchiveError, match=r"counts\.parquet: not a readable"):
        archive.read_table("counts", COUNTS)


@pytest.mark.parametrize("name", ["", "../etc", "a/b", ".hidden", "a b", "x" * 300])
def test_names_that_leave_the_archive_are_refused(tmp_path, name):
    with pytest.raises(ArchiveError, match="cannot name a file"):
        Archive(tmp_path).write_table(name, pd.DataFrame())


def test_the_last_record_of_an_id_counts(tmp_path):
    archive, t = Archive(tmp_path), datetime(2023, 10, 6, tzinfo=UTC)
    archive.record(Record("review", "d1", t, {"decision": "confirmed"}))
    archive.record(Record("review", "d1", t + timedelta(days=1), {"decision": "rejected"}))
    archive.record(Record("review", "d2", t, {"decision": "confirmed"}))
    assert [(r.id, r.body["decision"]) for r in archive.records("review")] == [("d1", "rejected"), ("d2", "confirmed")]
    assert len((tmp_path / "ledger/review.jsonl").read_text().splitlines()) == 3
    before = archive.records("review")
    archive.reindex()
    assert archive.records("review") == before


def test_a_note_may_hold_any_character(tmp_path):
    archive = Archive(tmp_path)
    note = 'line\u2028separator, next\x85line, newline\n, quote" and 나진'
    archive.record(Record("review", "d1", datetime(2023, 10, 6, tzinfo=UTC), {"note": note}))
    archive.reindex()
    assert archive.records("review")[0].body["note"] == note


def test_records_need_no_index(tmp_path):
    archive = Archive(tmp_path)
    archive.record(Record("review", "d1", datetime(2023, 10, 6, tzinfo=UTC), {}))
    archive.record(Record("run", "r1", datetime(2023, 10, 7, tzinfo=UTC), {"did": 0}))
    assert not archive.index.path.exists()
    assert [r.id for r in archive.records("review")] == ["d1"]
    assert [r.id for r in archive.records("run")] == ["r1"]


def test_a_later_record_holds_whatever_the_clock_showed(tmp_path):
    archive, t = Archive(tmp_path), datetime(2023, 10, 6, tzinfo=UTC)
    archive.record(Record("review", "d1", t, {"decision": "keep"}), Record("review", "d2", t, {}))
    archive.record(Record("review", "d1", t - timedelta(minutes=10), {"decision": "reject"}))
    assert [(r.id, r.body.get("decision")) for r in archive.records("review")] == [("d2", None), ("d1", "reject")]


def test_records_count_while_another_process_has_the_index_locked(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    with closing(sqlite3.connect(archive.index.path, isolation_level=None)) as db:
        db.execute("BEGIN EXCLUSIVE")
        archive.record(Record("review", "d1", datetime(2023, 10, 6, tzinfo=UTC), {}))
        assert [r.id for r in archive.records("review")] == ["d1"]


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_records_that_do_not_fit_on_the_disk_leave_no_line(tmp_path, monkeypatch, fault):
    archive, t = Archive(tmp_path), datetime(2023, 10, 6, tzinfo=UTC)
    archive.record(Record("alert", "a1", t, {}))
    before = (tmp_path / "ledger/alert.jsonl").read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(fault))
    with pytest.raises(ArchiveError if isinstance(fault, OSError) else KeyboardInterrupt):
        archive.record(Record("alert", "a2", t, {}), Record("alert", "a3", t, {}))
    assert (tmp_path / "ledger/alert.jsonl").read_bytes() == before


def test_a_flipped_bit_in_a_record_is_an_error_and_no_other_decision(tmp_path):
    archive, path = Archive(tmp_path), tmp_path / "ledger/review.jsonl"
    archive.record(Record("review", "d1", datetime(2023, 10, 6, tzinfo=UTC), {"decision": "keep", "note": "나진"}))
    archive.record(Record("review", "d2", datetime(2023, 10, 6, tzinfo=UTC), {"decision": "reject"}))
    whole, records = path.read_bytes(), archive.records("review")
    for bit in range(0, 8 * len(whole), 7):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        if bit // 8 == len(whole) - 1:  # the last line's end: the line itself is whole
            assert archive.records("review") == records
            continue
        with pytest.raises(ArchiveError, match=r"review\.jsonl: line [12] is damaged"):
            archive.records("review")


def test_recovery_follows_the_files(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    assert archive.recover() == 0
    for name in ("one", "two"):
        archive.write_scene(make_acquisition(name), raster)
    archive.index.forget("one")
    shutil.rmtree(archive.scene("two").path)
    left = tmp_path / "derived" / temporary_name(Path("x")).name.replace(str(os.getpid()), "999999999")
    left.parent.mkdir()
    left.touch()
    assert archive.recover() == 2
    assert [scene.id for scene in archive.scenes()] == ["one"]
    assert not left.exists()
    assert archive.recover() == 0


def test_an_index_of_an_older_version_is_built_anew(tmp_path, make_acquisition, raster):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition(), raster)
    archive.index.discard()
    with closing(sqlite3.connect(archive.index.path)) as db:
        db.executescript("CREATE TABLE scenes (scene_id); CREATE TABLE records (id); PRAGMA user_version = 1")
    assert [scene.id for scene in archive.scenes()] == [ID]
    assert archive.index.is_current()


def test_a_ledger_line_cut_by_a_crash_is_passed_over(tmp_path):
    archive, t = Archive(tmp_path), datetime(2023, 10, 6, tzinfo=UTC)
    archive.record(Record("review", "d1", t, {}))
    with (tmp_path / "ledger/review.jsonl").open("a") as file:
        file.write('{"kind": "review", "id": "d2", "at": "2023')
    archive.record(Record("review", "d3", t, {}))
    archive.reindex()
    assert [r.id for r in archive.records("review")] == ["d1", "d3"]


def _write_many(root: Path, seed: int, acquisitions, raster) -> int:
    archive, wrote = Archive(root), 0
    for acquisition in acquisitions[seed:] + acquisitions[:seed]:
        with archive.lock_scene(acquisition.id):
            if archive.missing([acquisition]):
                archive.write_scene(acquisition, raster)
                wrote += 1
    return wrote


def test_two_processes_on_one_archive_write_each_scene_once(tmp_path, make_acquisition, raster):
    offered = [make_acquisition(f"scene{day}", day=day) for day in range(8)]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(_write_many, tmp_path, seed, offered, raster) for seed in (0, 4)]
        assert sum(job.result() for job in jobs) == 8
    archive = Archive(tmp_path)
    assert len(archive.scenes()) == archive.reindex() == 8
    assert not list(tmp_path.rglob(".tmp-*"))
    for acquisition in offered:
        assert np.array_equal(archive.read_raster(acquisition.id).data, raster.data)


def _write_for_ever(root: Path, acquisition, raster) -> None:
    while True:
        Archive(root).write_scene(acquisition, raster)


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.03])
def test_a_killed_writer_loses_nothing(tmp_path, make_acquisition, raster, after_s):
    archive = Archive(tmp_path)
    archive.write_scene(make_acquisition("other"), raster)
    writer = multiprocessing.get_context("spawn").Process(
        target=_write_for_ever, args=(tmp_path, make_acquisition(), raster)
    )
    writer.start()
    while not archive.folder(make_acquisition()).exists():
        time.sleep(0.005)
    time.sleep(after_s)
    writer.kill()
    writer.join()
    for acquisition in archive.missing([make_acquisition("other"), make_acquisition()]):
        archive.write_scene(acquisition, raster)
    assert archive.reindex() == 2
    assert not list(tmp_path.rglob(".tmp-*"))
    for scene in archive.scenes():
        assert np.array_equal(archive.read_raster(scene.id).data, raster.data)


def test_the_listing_names_the_scenes_and_a_relative_root_has_the_same_marks(
    tmp_path, make_acquisition, raster, monkeypatch
):
    archive = Archive(tmp_path)
    scenes = [archive.write_scene(make_acquisition(f"scene{day}", day=day), raster) for day in range(2)]
    expected = [(s.id, s.acquisition.aoi_id, s.acquisition.sensor, s.acquisition.acquired_at) for s in scenes]
    assert archive.listed() == expected
    monkeypatch.chdir(tmp_path)
    here = Archive(Path())
    assert here.item_marks() == archive.item_marks() != {}
    assert here.recover() == 0


def test_a_scene_that_comes_in_while_the_index_is_read_is_no_damage(tmp_path, make_acquisition, raster, monkeypatch):
    archive, tally = Archive(tmp_path), index._tally
    archive.write_scene(make_acquisition("first", day=0), raster)

    def late(db):
        monkeypatch.setattr(index, "_tally", tally)
        archive.write_scene(make_acquisition("second", day=1), raster)
        return tally(db)

    monkeypatch.setattr(index, "_tally", late)
    assert [scene.id for scene in archive.listed()] == ["first"]
    assert [scene.id for scene in archive.listed()] == ["first", "second"]
