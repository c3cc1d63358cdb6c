from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.errors import ArchiveError
from monitor.io.atomic import append_lines, safe_name, sweep, temporary_name, write_bytes, write_if_changed


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(ArchiveError, match=r"a\.json: the disk is full"):
        write_bytes(path, b"new")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_equal_bytes_are_not_written_again(tmp_path):
    assert write_if_changed(tmp_path / "a", b"1")
    assert not write_if_changed(tmp_path / "a", b"1")
    assert write_if_changed(tmp_path / "a", b"2")


def test_a_half_line_is_closed_before_the_next(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("half")
    append_lines(path, ["whole"])
    assert path.read_text() == "half #cut\nwhole\n"


def test_sweep_leaves_the_files_of_living_processes(tmp_path):
    mine = temporary_name(tmp_path / "a")
    mine.write_bytes(b"")
    assert sweep(tmp_path) == 0
    assert mine.exists()


@pytest.mark.parametrize("name", ["", "../a", ".a", "a b"])
def test_names_that_are_no_file_names_are_refused(name):
    with pytest.raises(ArchiveError, match="cannot name a file"):
        safe_name(name)
