"""GDAL repeats itself at each opening of a file; the log does not."""

from __future__ import annotations

import logging
import struct
from pathlib import Path

import pytest

from monitor.io.rasters import open_raster
from tests.sources.imagery.local.pictures import harbour, write_picture


def with_a_broken_tag(path: Path) -> Path:
    """A picture whose date and time tag is of a wrong type, which GDAL warns of at each opening."""
    write_picture(path, harbour(3, 30, "uint8"), tags={"TIFFTAG_DATETIME": "2023:09:05 02:16:09"})
    content = bytearray(path.read_bytes())
    at = content.index(struct.pack("<HHI", 306, 2, 20))
    content[at : at + 4] = struct.pack("<HH", 306, 12)
    path.write_bytes(bytes(content))
    return path


def test_what_gdal_says_of_a_file_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    said = []
    for name in ("a.tif", "b.tif"):
        path = with_a_broken_tag(tmp_path / name)
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                with open_raster(path) as source:
                    source.tags()
        said.append([record.getMessage() for record in caplog.records])
        caplog.clear()
    assert [len(messages) for messages in said] == [1, 1]
    assert "a.tif" in said[0][0]
