"""The response to a Process call, read to the last pixel and checked against what was requested."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.io import MemoryFile

from monitor.core.errors import DataError
from monitor.core.geo.grid import Grid
from monitor.core.timerange import isoformat, utc
from monitor.io.rasters import ALONE, check_window
from monitor.sources.errors import BadResponse, NoData
from monitor.sources.imagery.validation import check_grid

_SLACK = timedelta(seconds=30)
"""How far a tile's instant may lie from the catalog's; chosen: neighbouring tiles of a pass differ by seconds."""


@dataclass(frozen=True, slots=True)
class ExpectedResponse:
    """What was requested.

    Attributes
    ----------
    outputs : mapping of str to tuple of int and str
        TIFF identifier to band count and dtype.
    grid : Grid
        Where the pixels must lie.
    start, end : datetime
        Of the pass, as the catalog has it.
    where : str
        Names the request in errors.
    """

    outputs: Mapping[str, tuple[int, str]]
    grid: Grid
    start: datetime
    end: datetime
    where: str


@dataclass(frozen=True, slots=True)
class ProcessArrays:
    """(band, row, col) arrays by TIFF identifier, and the instants of the tiles that they were made from."""

    arrays: Mapping[str, npt.NDArray[np.generic]]
    tile_dates: tuple[datetime, ...]


def read_response(content: bytes, wanted: ExpectedResponse) -> ProcessArrays:
    """The arrays of a tar of TIFFs and ``userdata.json``.

    Raises
    ------
    BadResponse
        A member is missing, damaged, of another size, place, number format or band count, or made from tiles of
        another instant than the catalog's.
    NoData
        It was made from no tile.
    """
    members = _members(content, wanted.where)
    missing = [name for name in (*wanted.outputs, "userdata") if name not in members]
    if missing:
        raise BadResponse(
            f"{wanted.where}: the response lacks {', '.join(missing)} (has {', '.join(members) or 'nothing'}); "
            "it was cut short or is another service's. Run again",
            transient=True,
        )
    dates = _tile_dates(members["userdata"], wanted)
    arrays = {name: _tiff(members[name], name, wanted) for name in wanted.outputs}
    return ProcessArrays(arrays, dates)


def _members(content: bytes, where: str) -> dict[str, bytes]:
    members: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:  # never a compressed one, which may swell
            for member in tar:
                if member.issparse() or member.size > len(content):
                    raise BadResponse(f"{where}: {member.name[:80]!r} swells in unpacking; nothing was kept")
                file = tar.extractfile(member)
                if file is not None:
                    members[member.name.rpartition(".")[0].removeprefix("./")] = file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        start = content[:40].decode("latin-1").strip()
        raise BadResponse(
            f"{where}: the response is no tar archive ({len(content)} bytes, begins {start!r}); a login page or a "
            "proxy may stand between. Nothing was kept; run again",
            transient=True,
        ) from error
    return members


def _tile_dates(userdata: bytes, wanted: ExpectedResponse) -> tuple[datetime, ...]:
    try:
        orbits = cast("Sequence[Mapping[str, Sequence[Mapping[str, str]]]]", json.loads(userdata)["orbits"])
        dates = tuple(utc(tile["date"]) for orbit in orbits for tile in orbit["tiles"])
    except (ValueError, KeyError, TypeError, DataError) as error:
        raise BadResponse(f"{wanted.where}: userdata.json does not name the tiles ({error!r}); run again") from error
    if not dates:
        raise NoData(f"{wanted.where}: the service has no tile for this pass (yet); not observed, nothing was archived")
    wrong = [date for date in dates if not wanted.start - _SLACK <= date <= wanted.end + _SLACK]
    if wrong:
        raise BadResponse(
            f"{wanted.where}: made from a tile of {isoformat(wrong[0])}, the catalog has {isoformat(wanted.start)} to "
            f"{isoformat(wanted.end)}; nothing was kept"
        )
    return dates


def _tiff(content: bytes, name: str, wanted: ExpectedResponse) -> npt.NDArray[np.generic]:
    where, (bands, dtype) = f"{wanted.where}: {name}.tif", wanted.outputs[name]
    if not content:
        raise BadResponse(f"{where}: cannot be read, it is empty. Nothing was kept; run again", transient=True)
    try:
        with rasterio.Env(**ALONE), MemoryFile(content) as memory, memory.open(driver="GTiff") as source:
            epsg = source.crs.to_epsg() if source.crs else None
            found = Grid(epsg or 0, source.transform, (source.height, source.width))
            if (source.count, source.dtypes[0]) != (bands, dtype):
                raise BadResponse(
                    f"{where}: {source.count} bands of {source.dtypes[0]}, requested were {bands} of {dtype}; "
                    "nothing was kept"
                )
            check_grid(found, wanted.grid, where=where)
            check_window(source)
            return cast("npt.NDArray[np.generic]", source.read())
    except RasterioError as error:
        raise BadResponse(
            f"{where}: cannot be read to the end ({error}); it was cut short. Nothing was kept; run again",
            transient=True,
        ) from error
