"""AIS position payloads to columns, many at a time.

The bit layouts are those of ITU-R M.1371-5, annex 8: messages 1, 2, 3 (class A), 18, 19 (class B) and 27 (long range).
Static messages go through pyais in the reader; position reports are nine tenths of every log, and only as arrays are
millions of them decoded in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.core.arrays import Floats, Ints

CLASS_A = b"123"
CLASS_B = b"BC"
LONG_RANGE = b"K"
_WIDTH = 28
_SHORTEST = {"a": 24, "b": 24, "k": 16}


@dataclass(frozen=True, slots=True)
class _Fields:
    """First bit and number of bits of each field; `scale` counts units in a degree."""

    sog: tuple[int, int]
    lon: tuple[int, int]
    lat: tuple[int, int]
    cog: tuple[int, int]
    heading: tuple[int, int] | None
    second: tuple[int, int] | None
    status: tuple[int, int] | None
    scale: float
    tenths: bool


_LAYOUTS = {
    "a": _Fields((50, 10), (61, 28), (89, 27), (116, 12), (128, 9), (137, 6), (38, 4), 600_000.0, True),
    "b": _Fields((46, 10), (57, 28), (85, 27), (112, 12), (124, 9), (133, 6), None, 600_000.0, True),
    "k": _Fields((79, 6), (44, 18), (62, 17), (85, 9), None, None, (40, 4), 600.0, False),
}


@dataclass(frozen=True, slots=True)
class Reports:
    """Decoded position reports, one element a payload; NaN where the message has no such field.

    Sentinels (511, 360, 102.3, 91 and 181) are still there; `ais.validation.screen` counts and removes them. `second`
    is the UTC second of the position, 60 and more when not available. `ok` is False where the payload is too short or
    holds characters that are not six-bit ASCII.
    """

    ok: npt.NDArray[np.bool_]
    mmsi: Ints
    lon: Floats
    lat: Floats
    sog_kn: Floats
    cog_deg: Floats
    heading_deg: Floats
    nav_status: Floats
    second: Ints


def decode_reports(payloads: Sequence[bytes]) -> Reports:
    """Position reports of the types 1, 2, 3, 18, 19 and 27; other types give rows that are not `ok`.

    Parameters
    ----------
    payloads : sequence of bytes
        Armoured payloads as in the sentence, fragments joined.
    """
    n = len(payloads)
    lon, lat, sog, cog, heading, status = (np.full(n, np.nan) for _ in range(6))
    out = Reports(
        ok=np.zeros(n, dtype=bool),
        mmsi=np.zeros(n, dtype=np.int64),
        lon=lon,
        lat=lat,
        sog_kn=sog,
        cog_deg=cog,
        heading_deg=heading,
        nav_status=status,
        second=np.full(n, 60, dtype=np.int64),
    )
    if not n:
        return out
    raw = np.frombuffer(b"".join(p[:_WIDTH].ljust(_WIDTH, b"0") for p in payloads), dtype=np.uint8)
    chars = raw.reshape(n, _WIDTH).astype(np.int64)
    legal = (((chars >= 48) & (chars <= 87)) | ((chars >= 96) & (chars <= 119))).all(axis=1)
    sixes = np.where(chars > 87, chars - 56, chars - 48)
    length = np.fromiter((len(p) for p in payloads), dtype=np.int64, count=n)
    for key, firsts in (("a", CLASS_A), ("b", CLASS_B), ("k", LONG_RANGE)):
        mine = np.isin(chars[:, 0], np.frombuffer(firsts, dtype=np.uint8)) & legal & (length >= _SHORTEST[key])
        if mine.any():
            _fill(out, sixes, mine, _LAYOUTS[key])
    return out


def _fill(out: Reports, sixes: Ints, mine: npt.NDArray[np.bool_], layout: _Fields) -> None:
    rows = sixes[mine]
    out.ok[mine] = True
    out.mmsi[mine] = _bits(rows, 8, 30)
    tenth = 0.1 if layout.tenths else 1.0
    sog = _bits(rows, *layout.sog)
    cog = _bits(rows, *layout.cog)
    out.sog_kn[mine] = np.round(sog * tenth, 1) if layout.tenths else np.where(sog == 63, 102.3, sog)
    out.cog_deg[mine] = np.round(cog * tenth, 1) if layout.tenths else np.where(cog == 511, 360.0, cog)
    out.lon[mine] = _signed(_bits(rows, *layout.lon), layout.lon[1]) / layout.scale
    out.lat[mine] = _signed(_bits(rows, *layout.lat), layout.lat[1]) / layout.scale
    if layout.heading:
        out.heading_deg[mine] = _bits(rows, *layout.heading)
    if layout.status:
        out.nav_status[mine] = _bits(rows, *layout.status)
    if layout.second:
        out.second[mine] = _bits(rows, *layout.second)


def _bits(sixes: Ints, first: int, count: int) -> Ints:
    begin, end = first // 6, (first + count - 1) // 6
    value = np.zeros(len(sixes), dtype=np.int64)
    for column in range(begin, end + 1):
        value = (value << 6) | sixes[:, column]
    spare = (end + 1) * 6 - (first + count)
    return (value >> spare) & ((1 << count) - 1)


def _signed(value: Ints, count: int) -> Ints:
    return np.where(value >= 1 << (count - 1), value - (1 << count), value)


def decode_clocks(payloads: Sequence[bytes]) -> list[tuple[int, int]]:
    """MMSI and UTC (microseconds since 1970) of messages 4 and 11; 0 for the time where none is stated.

    Parameters
    ----------
    payloads : sequence of bytes
        Armoured payloads as in the sentence.
    """
    if not payloads:
        return []
    raw = np.frombuffer(b"".join(p[:14].ljust(14, b"0") for p in payloads), dtype=np.uint8)
    chars = raw.reshape(len(payloads), 14).astype(np.int64)
    sixes = np.where(chars > 87, chars - 56, chars - 48)
    whole = np.array([len(p) >= 14 for p in payloads]) & ((sixes >= 0) & (sixes < 64)).all(axis=1)
    parts = [_bits(sixes, *bits) for bits in ((38, 14), (52, 4), (56, 5), (61, 5), (66, 6), (72, 6))]
    year, month, day, hour, minute, second = parts
    whole &= (year >= 1990) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    whole &= (hour < 24) & (minute < 60) & (second < 60)
    months = (np.where(whole, year, 1970) - 1970) * 12 + np.where(whole, month, 1) - 1
    firsts = months.astype("datetime64[M]").astype("datetime64[s]").astype(np.int64)
    lengths = ((months + 1).astype("datetime64[M]").astype("datetime64[s]").astype(np.int64) - firsts) // 86_400
    whole &= day <= lengths
    seconds = firsts + (day - 1) * 86_400 + hour * 3_600 + minute * 60 + second
    micros = np.where(whole, seconds * 1_000_000, 0)
    return [*zip(_bits(sixes, 8, 30).tolist(), micros.tolist(), strict=True)]
