"""A small file that was made to fill memory or time is refused, and the message names the setting."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from monitor.core.errors import DataError, MonitorError
from monitor.core.limits import Limits
from monitor.sources import read_positions
from tests.benchmarks.bombs import peak_mb, reset_peak
from tests.sources.bombs import BOMBS, HEADER, ROW, zstd

QUICK = ("zstd of empty lines", "zip, bzip2 of zeros", "JSON of empty lists", "KML", "sparse picture")
SETTINGS = (
    "[limits] unpack_ratio",
    "[limits] document_mb",
    "[limits] megapixels",
    "packed with method",
    "another file",
)


def read(name: str, path: Path) -> tuple[str, float]:
    """What a bomb ends in, and the memory that it took."""
    reset_peak()
    try:
        BOMBS[name][2](path)
    except MonitorError as error:
        return str(error), peak_mb()
    return "", peak_mb()


@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in BOMBS])
def test_a_bomb_is_refused_within_a_gigabyte(name: str, tmp_path: Path) -> None:
    write, file, _ = BOMBS[name]
    write(tmp_path / file)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        error, peak = pool.apply(read, (name, tmp_path / file))
    assert peak < 1000
    if name not in (
        "zstd of zeros",
        "JSON of rows below names",
        "air: rows below names",
        "air: zstd of zeros",
        "air: a trace of zeros",
        "air: Parquet",  # its columns are of no layout, which is seen before any row is read
        "JSON of numbers",
        "JSON lines of names, zstd",
        "sparse picture by folder",
    ):
        assert any(setting in error for setting in SETTINGS), error


def test_a_user_raises_the_limit(tmp_path: Path) -> None:
    zstd(HEADER, ROW, 72 << 20)(tmp_path / "a.csv.zst")
    with pytest.raises(DataError, match=r"over 200 times its .* raise \[limits\] unpack_ratio"):
        read_positions(tmp_path / "a.csv.zst")
    table, report = read_positions(tmp_path / "a.csv.zst", limits=Limits(unpack_ratio=20_000))
    assert len(table) == 1
    assert report.rows == sum(report.rejected.values()) + 1
