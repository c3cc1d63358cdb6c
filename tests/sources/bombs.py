"""Small files that were made to fill memory or time, and how each is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
import zstandard
from affine import Affine
from rasterio.windows import Window

from monitor.core.aoi import parse_aoi
from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange
from monitor.io.vectors import read_outlines
from monitor.sources import read_positions
from monitor.sources.aviation.lists import read_aircraft_watchlist
from monitor.sources.aviation.reader import read_air
from monitor.sources.imagery.local.image import read_image
from monitor.sources.imagery.local.source import FolderSource

HEADER = b"mmsi,timestamp,lon,lat,speed\n"
ROW = b"440000001,2023-10-05T00:00:00Z,130.5,42.25,5.1\n"
SENTENCE = b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\n"
ENTRY = b"[0,43.0,131.0,1000,300.0,230.0,0,640,null],"
PORT = parse_aoi(
    {"type": "Polygon", "coordinates": [[[129, 42.1], [129.1, 42.1], [129.1, 42.2], [129, 42.2], [129, 42.1]]]},
    id="port",
)
GRID = {"crs": "EPSG:32652", "transform": Affine(10, 0, 500_000, 0, -10, 4_700_000), "dtype": "uint16"}
Bomb = tuple[Callable[[Path], None], str, Callable[[Path], object]]


def repeated(unit: bytes, size: int) -> Iterator[bytes]:
    """About `size` bytes of one unit."""
    piece = unit * (max((8 << 20) // len(unit), 1))
    for _ in range(size // len(piece)):
        yield piece


def zstd(head: bytes, unit: bytes, size: int, tail: bytes = b"") -> Callable[[Path], None]:
    """A zstandard file of repeated units."""

    def write(path: Path) -> None:
        with path.open("wb") as raw, zstandard.ZstdCompressor(level=3).stream_writer(raw) as out:
            out.write(head)
            for piece in repeated(unit, size):
                out.write(piece)
            out.write(tail)

    return write


def opened(
    kind: Callable[..., io.IOBase], head: bytes, unit: bytes, size: int, tail: bytes = b""
) -> Callable[[Path], None]:
    """A file of repeated units in gzip, bzip2 or xz."""

    def write(path: Path) -> None:
        with kind(path, "wb") as out:
            out.write(head)
            for piece in repeated(unit, size):
                out.write(piece)
            out.write(tail)

    return write


def zipped(
    name: str, head: bytes, unit: bytes, size: int, method: int = zipfile.ZIP_DEFLATED, *more: tuple[str, bytes]
):
    """A zip file with a member of repeated units, and small ones."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", method) as archive:
            for other, content in more:
                archive.writestr(other, content)
            with archive.open(name, "w", force_zip64=True) as out:
                out.write(head)
                for piece in repeated(unit, size):
                    out.write(piece)

    return write


def plain(head: bytes, unit: bytes, size: int, tail: bytes = b"") -> Callable[[Path], None]:
    """A file of repeated units as they are."""

    def write(path: Path) -> None:
        with path.open("wb") as out:
            out.write(head)
            out.write(unit * (size // len(unit)))
            out.write(tail)

    return write


def rows_above() -> Callable[[Path], None]:
    """JSON whose rows lie below very many names that stand above all of them."""

    def write(path: Path) -> None:
        above = ",".join(f'"k{n}":1' for n in range(150_000))
        row = '{"mmsi":440000001,"timestamp":"2023-10-05T00:00:00Z","lon":130.5,"lat":42.2,"speed":5}'
        path.write_text(f'{{{above},"rows":[{",".join([row] * 20_000)}]}}')

    return write


def parquet(rows: int) -> Callable[[Path], None]:
    """Very many equal rows."""

    def write(path: Path) -> None:
        part = 4_000_000
        values = {"mmsi": 440000001, "timestamp": 1696464000, "lon": 130.5, "lat": 42.25, "speed": 5.1}
        table = pa.table({name: pa.array(np.full(part, value)) for name, value in values.items()})
        with pq.ParquetWriter(path, table.schema, compression="zstd") as out:
            for _ in range(rows // part):
                out.write_table(table)

    return write


def picture(side: int, block: int | None = None, bands: int = 5) -> Callable[[Path], None]:
    """A sparse picture; with `block` one of very large tiles."""

    def write(path: Path) -> None:
        tiles = {"tiled": True, "blockxsize": block, "blockysize": block} if block else {}
        size = {"width": side, "height": side, "count": bands, "driver": "GTiff", "sparse_ok": True}
        with rasterio.open(path, "w", **size, **GRID, **tiles, compress="deflate", bigtiff="YES") as out:
            out.descriptions = ("B02", "B03", "B04", "B08", "B11")[:bands]
            if not block:
                out.write(np.full((bands, 16, 16), 800, np.uint16), window=Window(0, 0, 16, 16))

    return write


def survey(path: Path) -> object:
    """What a folder source makes of the file; its problem is raised."""
    source = FolderSource(path.parent)
    found = source.survey(PORT, TimeRange.parse("2023"))
    for acquisition in found.acquisitions:
        return source.fetch(acquisition, PORT)
    raise DataError(found.problems[0].reason)


SAFE = "S2B_MSIL2A_20231005T021510_N0509_R003_T52TEM_20231005T043812.SAFE"
KML = b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
GB = 1 << 30
NAMES = b"{" + b",".join(b'"k%d":1' % n for n in range(60_000)) + b"}\n"
TRACE = b'{"icao":"15521f","timestamp":1696464000,"trace":['
END = b"[]]}"
FLIGHT = b'{"icao24":"a","firstSeen":1696464000,"lastSeen":1696464000},'
STATE = b'["a","",0,1696464000,0,1,1,0,0,0,0,0],'
FEATURES = b'{"type":"FeatureCollection","features":['
XML, TILE = f"{SAFE}/MTD_MSIL2A.xml", (f"{SAFE}/G/MTD_TL.xml", b"<a/>")
LISTED = "port_S2_20230905T021609.tif"
BZIP2, LZMA, DEFLATED = zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED
BOMBS: dict[str, Bomb] = {
    "zstd of one row": (zstd(HEADER, ROW, GB), "a.csv.zst", read_positions),
    "zstd of zeros": (zstd(b"", bytes(1 << 20), 4 * GB), "a.csv.zst", read_positions),
    "zstd of empty lines": (zstd(HEADER + ROW, b"\n", 2 * GB), "a.csv.zst", read_positions),
    "zstd of quotes": (zstd(HEADER, b'"\n', GB), "a.csv.zst", read_positions),
    "zstd of commas": (zstd(HEADER, b",\n", GB), "a.csv.zst", read_positions),
    "zstd without a line's end": (zstd(HEADER, b"4", 2 * GB), "a.csv.zst", read_positions),
    "zstd of sentences": (zstd(b"", b"1696464000 " + SENTENCE, GB), "a.nmea.zst", read_positions),
    "gzip of one row": (opened(gzip.open, HEADER, ROW, GB // 4), "a.csv.gz", read_positions),
    "bzip2 of one row": (opened(bz2.open, HEADER, ROW, GB // 4), "a.csv.bz2", read_positions),
    "xz of one row": (opened(lzma.open, HEADER, ROW, GB // 4), "a.csv.xz", read_positions),
    "zip of one row": (zipped("a.csv", HEADER, ROW, GB // 4), "a.zip", read_positions),
    "zip, bzip2 of zeros": (
        zipped("a.csv", HEADER, bytes(1 << 20), 2 * GB, zipfile.ZIP_BZIP2),
        "a.zip",
        read_positions,
    ),
    "zip, lzma of one row": (zipped("a.csv", HEADER, ROW, GB // 4, LZMA), "a.zip", read_positions),
    "JSON of empty lists": (plain(b"[", b"[],", 48 << 20, b"[]]"), "a.json", read_positions),
    "JSON of objects": (plain(b"[", b'{"":{}},', 40 << 20, b"{}]"), "a.json", read_positions),
    "JSON of numbers": (plain(b"[", b"12,", 64 << 20, b"1]"), "a.json", read_positions),
    "JSON of rows below names": (rows_above(), "a.json", read_positions),
    "JSON of deep lists": (plain(b"", b"[", 32 << 20), "a.json", read_positions),
    "JSON lines of names, zstd": (zstd(b"", NAMES, GB // 2), "a.jsonl.zst", read_positions),
    "gzip of JSON": (opened(gzip.open, b"[", b'{"a":[1,2]},', GB // 4, b"{}]"), "a.json.gz", read_positions),
    "Parquet of one row": (parquet(100_000_000), "a.parquet", read_positions),
    "air: gzip of a trace": (opened(gzip.open, TRACE, ENTRY, GB // 4, b"[]]}"), "t.json.gz", read_air),
    "air: a trace of zeros": (plain(TRACE, b"[0,0,0,0],", 16 << 20, b"[]]}"), "t.json", read_air),
    "air: a long trace": (plain(TRACE, b"[0,0,0,0],", 64 << 20, b"[]]}"), "t.json", read_air),
    "air: states": (plain(b'{"time":1,"states":[', STATE, 32 << 20, b"[]]}"), "s.json", read_air),
    "air: flights": (plain(b"[", FLIGHT, 40 << 20, b'{"firstSeen":1}]'), "f.json", read_air),
    "air: rows below names": (rows_above(), "a.json", read_air),
    "air: zstd of zeros": (zstd(b"", bytes(1 << 20), 4 * GB), "a.json.zst", read_air),
    "air: Parquet": (parquet(100_000_000), "a.parquet", read_air),
    "watch list": (plain(b"icao24,registration\n", b"a,\n", 64 << 20), "w.csv", read_aircraft_watchlist),
    "KMZ": (zipped("doc.kml", KML, b"<Placemark/>", GB), "p.kmz", read_outlines),
    "KML": (plain(KML, b"<a/>", 40 << 20, b"</Document></kml>"), "p.kml", read_outlines),
    "GeoJSON": (plain(FEATURES, b"[],", 64 << 20, b"[]]}"), "p.geojson", read_outlines),
    "SAFE zip": (zipped(XML, b"<a>", b"<b/>", 2 * GB, DEFLATED, TILE), f"{SAFE.removesuffix('.SAFE')}.zip", survey),
    "sparse picture": (picture(60_000), "a.tif", read_image),
    "sparse picture by folder": (picture(60_000), LISTED, survey),
    "huge tiles": (picture(40_000, 32_768, 1), "a.tif", read_image),
    "huge tiles by folder": (picture(40_000, 32_768), LISTED, survey),
}
