"""Damaged files end in an error of this package or in counts: nothing else, and soon."""

from __future__ import annotations

import gzip
import io
import random
import resource
import sys
import time
import zipfile
from pathlib import Path

import pytest
import zstandard

from monitor.core.errors import MonitorError
from monitor.core.instants import EARLIEST, latest_instant
from monitor.sources import read_positions
from monitor.sources.aviation.reader import read_air

CASES = Path(__file__).parents[1] / "cases"
TRACE = b'{"icao":"15521f","r":"A","timestamp":1726790400.0,"trace":[[10.0,43.0,131.0,1000,300.0,230.0,0,640,null]]}'
STATES = b'{"time":1696472169,"states":[["15521f","A","x",1696472169,1696472170,125.5,39.2,1524,false,102,90,5]]}'
PIECES = (
    *(b'"', b",", b";", b"\n", b"\r", b"\\", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"}", b"[", b"]", b"*00"),
    *(b"!AIVDM,1,1,,B,", b"$GPZDA,", b"null", b"NaN", b"1e999", b"9" * 30, b"1.7E+400", b"\\ud800", b"[[" * 500),
    *(b"2023-13-45T99:99:99Z", b"10/13/2023", b"9999-12-31T23:59:59+14:00", b"0001-01-01T00:00:00-14:00", b"45204.5"),
)


def packed(data: bytes) -> list[bytes]:
    """The same packed in each way."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README", "hello")
        archive.writestr("a.csv", data)
    return [gzip.compress(data), zstandard.compress(data), buffer.getvalue()]


def seeds(room: str) -> list[bytes]:
    """Good files of a room."""
    plain = [path.read_bytes() for path in sorted((CASES / room).rglob("*.*"))]
    return [*plain, *packed(plain[-1]), *([TRACE, STATES] if room == "air" else [])]


def mutate(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """Bytes changed, cut, doubled, mixed with those of another file, in one to eight places."""
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        begin = rng.randrange(len(made) + 1)
        end = min(len(made), begin + rng.choice((1, 2, 5, 20, 100)))
        other = rng.choice(others)
        at = rng.randrange(len(other) + 1)
        made[begin:end] = rng.choice(
            (b"", rng.choice(PIECES), made[begin:end] * rng.choice((2, 50)), other[at : at + 100], rng.randbytes(1))
        )
        if rng.random() < 0.1:
            del made[rng.randrange(len(made) + 1) :]
    return bytes(made)


@pytest.mark.parametrize("room", ["ais", "air"])
def test_a_damaged_file_is_refused_or_counted(room: str, tmp_path: Path) -> None:
    rng = random.Random(20231005)
    good = seeds(room)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.monotonic()
    refused = 0
    for number in range(300):
        path = tmp_path / f"{number % 5}.dat"
        path.write_bytes(mutate(rng, rng.choice(good), good))
        try:
            if room == "ais":
                table, report = read_positions(path)
                counted = report.positions + sum(report.rejected.values()) + sum(report.other.values())
                assert report.rows == counted, number
            else:
                table = read_air(path).positions
        except MonitorError:
            refused += 1
            continue
        assert table["t"].between(EARLIEST, latest_instant()).all(), number
    assert 30 < refused < 290
    assert time.monotonic() - begun < 120
    if sys.platform == "linux":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500 * 1024
