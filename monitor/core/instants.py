"""Instants as files write them, to UTC: one reader of time columns for AIS and aircraft, and one range of belief."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from monitor.core.errors import DataError

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No AIS message and no ADS-B message is older."""
_NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""What lies after this is no instant that will come; chosen."""
AHEAD = timedelta(days=1)
"""How far a clock may run ahead of ours; chosen."""

Order = Literal["", "day first", "month first"]
_SCALES = (1.0, 1e3, 1e6, 1e9)
_SERIAL_FIRST, _SERIAL_LAST, _SERIAL_EPOCH = 32_874.0, 73_050.0, 25_569.0
"""Serial dates of spreadsheets (days since 1899-12-30) from 1990 to 2099, and that of 1970-01-01."""
_LONGEST_S = 8e12
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_CALENDAR = re.compile(r"(?:19|20)\d{6}(?:\d{6})?")
_WRITTEN = re.compile(
    r"""\[?(?:(?P<year>\d{4})(?:(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})|(?P<month2>\d\d)(?P<day2>\d\d))
    |(?P<first>\d{1,2})(?P<cut>[-/.\ ])(?P<second>\d{1,2}|[A-Za-z]{3})[A-Za-z]*(?P=cut)(?P<year2>\d{4}|\d\d(?!\d)))
    (?:(?:[T_]|,?\s+)(?P<h>\d{1,2}):?(?P<m>\d\d)(?::?(?P<s>\d\d))?(?P<early>\s*(?:Z|UTC)(?=[.,]))?(?:[.,](?P<f>\d+))?
    \s*(?P<half>[AaPp][Mm])?)?\s*(?P<zone>(?:Z|z|UTC|GMT|[-+]\d\d:?(?:\d\d)?)?)\s*(?:UTC|GMT)?\]?""",
    re.VERBOSE,
)
_PAIR = re.compile(r"\[?(\d{1,2})(?:([-/.])(\d{1,2})\2\d{4}|([/.])(\d{1,2})\4\d\d(?!\d))")
_MONTHS = {
    name: i
    for i, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStyle:
    """How a file writes its instants, as far as the file itself does not show it.

    Attributes
    ----------
    pattern : str
        A strptime pattern; empty: by content.
    order : {"", "day first", "month first"}
        Of dates such as 10/11/2023; empty: the column must show it.
    zone : str
        IANA name of the zone of instants that carry none; empty: UTC.
    """

    pattern: str = ""
    order: Order = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Instants:
    """`t`: UTC to the microsecond, NaT where unreadable; `clock`: ``utc`` | ``stated`` | ``unstated``, one a row.

    An epoch is ``utc``, an instant with an offset or in a zone that is named is ``stated``, any other ``unstated``.
    """

    t: pd.Series
    clock: npt.NDArray[np.object_]


def latest_instant(now: datetime | None = None) -> datetime:
    """The last instant that is believed: a day after `now`, by the clock when it is not given."""
    return (now or datetime.now(tz=UTC)) + AHEAD


def believable(t: pd.Series, latest: datetime) -> npt.NDArray[np.bool_]:
    """Which instants lie from 1990 to `latest`; False for NaT."""
    return np.asarray(((t >= pd.Timestamp(EARLIEST)) & (t <= pd.Timestamp(latest))).to_numpy(), dtype=np.bool_)


def first_ahead(t: pd.Series, latest: datetime) -> datetime | None:
    """The first instant after `latest`, which a clock that was set back may have made of a good one; None without."""
    ahead = t[(t > pd.Timestamp(latest)) & (t < pd.Timestamp(_NEVER))]
    return ahead.min().to_pydatetime() if len(ahead) else None


def from_epoch(seconds: npt.ArrayLike) -> pd.Series:
    """UTC instants of seconds since 1970; NaT where there is no number or it is beyond any calendar."""
    values = np.asarray(seconds, dtype=np.float64)
    usable = np.isfinite(values) & (np.abs(values) < _LONGEST_S)
    micros = np.round(np.where(usable, values, 0.0) * 1e6).astype("int64").astype("datetime64[us]")
    return pd.Series(np.where(usable, micros, np.datetime64("NaT", "us"))).dt.tz_localize("UTC")


def date_orders(column: pa.Array) -> frozenset[Order]:
    """Which orders of day and month the dates of a text column prove; "" among them where some prove none.

    A number above 12 is a day. Dates with dots prove none and need none: they are written day first wherever they are
    written.
    """
    days = pc.unique(pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(column), 0, 10)).to_pylist()
    pairs = [_PAIR.match(day) for day in days if day]
    found: set[Order] = set()
    for first, cut, second in ((p[1], p[2] or p[4], p[3] or p[5]) for p in pairs if p):
        if int(first) > 12 >= int(second):
            found.add("day first")
        elif int(second) > 12 >= int(first):
            found.add("month first")
        elif cut != "." and first != second:
            found.add("")
    return frozenset(found)


def settle_order(orders: frozenset[Order], default: Order, where: str) -> Order:
    """The order of day and month: what the dates prove, else the default; "" where no date needs one.

    Parameters
    ----------
    orders : frozenset of str
        What `date_orders` found.
    default : {"", "day first", "month first"}
        Where they prove none or both; "" for none.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        The dates prove neither or both, and there is no default.
    """
    proven = orders - {""}
    if len(proven) == 1:
        return next(iter(proven))
    if not orders or default:
        return default
    state = "some dates prove each" if proven else "no day above 12 shows which comes first"
    raise DataError(
        f"{where}: day and month cannot be told apart ({state}); name the order with --dates day-first or "
        "--dates month-first"
    )


def parse_instants(
    column: pa.Array, style: TimeStyle | None = None, *, zones: Sequence[str] = (), where: str = "times"
) -> Instants:
    """UTC instants of a text column.

    Understood without a pattern: ISO 8601 with any offset, ``UTC`` or ``GMT`` behind it or none; year first with
    dashes, slashes, dots or nothing between; day or month first with a year of four digits, or of two behind slashes,
    dots and names of months; 12-hour clocks; epochs in seconds, milliseconds, microseconds and nanoseconds; serial
    dates of spreadsheets, where every small number of the column is one.

    Parameters
    ----------
    column : pa.Array
        Text; null or blank where there is none.
    style : TimeStyle, optional
        What the file does not show.
    zones : sequence of str, optional
        IANA name for each row without an offset; "" for the style's.
    where : str
        Names the column in errors.

    Raises
    ------
    DataError
        The order of day and month cannot be told, or a zone is no IANA name.
    """
    style = style or TimeStyle()
    if not zones and (quick := _quick(column, style)) is not None:
        return quick
    encoded = pc.dictionary_encode(pc.utf8_trim_whitespace(column))
    texts = pd.Series(encoded.dictionary.to_pylist(), dtype=object)
    order = style.order or settle_order(date_orders(encoded.dictionary), "", where)
    micros, clock = _read(texts, replace(style, order=order))
    index = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    local = pd.Series(np.append(micros, np.datetime64("NaT", "us"))[index])
    clocks = np.append(clock, "unstated").astype(object)[index]
    return _localised(local, clocks, style.zone, zones)


def _quick(column: pa.Array, style: TimeStyle) -> Instants | None:
    """Whole columns of one plain form, by pyarrow; None where that fails."""
    patterns = {"day first": "%d/%m/%Y %H:%M:%S", "month first": "%m/%d/%Y %H:%M:%S"}
    pattern = style.pattern or patterns.get(style.order, "")
    clock = np.full(len(column), "unstated", dtype=object)
    if pattern:
        if "%f" in pattern or "%z" in pattern:
            return _by_pandas(column, pattern, style.zone)
        try:
            parsed = pc.strptime(column, format=pattern, unit="us", error_is_null=True)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise DataError(f"time format {pattern!r}: {error}; give a strptime pattern") from error
        if not style.pattern and (parsed.null_count > column.null_count or _is_short(parsed)):
            return None
        return _localised(parsed.to_pandas(), clock, style.zone, ())
    try:
        return _localised(pc.cast(column, pa.timestamp("us")).to_pandas(), clock, style.zone, ())
    except pa.ArrowInvalid:
        pass
    try:
        stated = pc.cast(column, pa.timestamp("us", "UTC")).to_pandas()
    except pa.ArrowInvalid:
        return None
    return Instants(stated.astype("datetime64[us, UTC]"), np.full(len(column), "stated", dtype=object))


def _is_short(parsed: pa.Array) -> bool:
    """Whether years of two digits were taken for those of the first century."""
    first = pc.min(pc.year(parsed)).as_py()
    return first is not None and first < 1000


def _by_pandas(column: pa.Array, pattern: str, zone: str) -> Instants:
    """A pattern with fractions of a second or an offset."""
    zoned = "%z" in pattern
    try:
        parsed = pd.to_datetime(pd.Series(column.to_pylist()), format=pattern, errors="coerce", utc=zoned)
    except ValueError as error:
        raise DataError(f"time format {pattern!r}: {error}; give a strptime pattern") from error
    clock = np.full(len(column), "stated" if zoned else "unstated", dtype=object)
    return Instants(parsed.astype("datetime64[us, UTC]"), clock) if zoned else _localised(parsed, clock, zone, ())


def _read(texts: pd.Series, style: TimeStyle) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.object_]]:
    """Instants of distinct texts, still in local time where the clock is unstated."""
    micros = np.full(len(texts), np.datetime64("NaT", "us"))
    clock = np.full(len(texts), "unstated", dtype=object)
    numeric = np.array([bool(_NUMBER.fullmatch(text)) for text in texts], dtype=bool)
    calendar = numeric & np.array([bool(_CALENDAR.fullmatch(text)) for text in texts], dtype=bool)
    numeric &= ~calendar
    if numeric.any():
        micros[numeric], clock[numeric] = _numbers(texts[numeric])
    if calendar.any():
        micros[calendar] = pd.to_datetime(
            texts[calendar].str.ljust(14, "0"), format="%Y%m%d%H%M%S", errors="coerce"
        ).to_numpy("datetime64[us]")
    for i in np.flatnonzero(~numeric & ~calendar):
        found = _WRITTEN.fullmatch(texts[i])
        if found:
            micros[i], clock[i] = _written(found, style.order)
    return micros, clock


def _numbers(texts: pd.Series) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.object_]]:
    values = np.array([float(text.replace(",", ".")) for text in texts])
    rounded = np.array([_is_rounded(text) for text in texts])
    first = EARLIEST.timestamp()
    small = np.abs(values) < 1e5
    serial = small & (values >= _SERIAL_FIRST) & (values < _SERIAL_LAST)
    fractions = float(np.mean(values[serial] % 1 != 0)) if serial.any() else 0.0
    serial &= bool((serial == small).all()) and fractions >= 0.5
    seconds = values.copy()
    for scale in _SCALES:
        fits = (values >= first * scale) & (values < first * scale * 1e3)
        seconds = np.where(fits, values / scale, seconds)
    seconds = np.where(serial, np.round((values - _SERIAL_EPOCH) * 86_400.0, 3), seconds)
    usable = np.isfinite(seconds) & (np.abs(seconds) < _LONGEST_S) & ~rounded
    micros = np.round(np.where(usable, seconds, 0.0) * 1e6).astype("int64").astype("datetime64[us]")
    return np.where(usable, micros, np.datetime64("NaT", "us")), np.where(serial, "unstated", "utc").astype(object)


def _is_rounded(text: str) -> bool:
    """Whether a number in scientific notation has lost its last digits, as 1.71E+09 has."""
    mantissa, mark, exponent = text.lower().partition("e")
    digits = mantissa.replace(",", ".").lstrip("+-").replace(".", "")
    return bool(mark) and int(exponent[:4] or 0) >= len(digits)


def _written(found: re.Match[str], order: Order) -> tuple[np.datetime64, str]:
    """One instant in words and digits; NaT where a part is out of range."""
    part = found.groupdict()
    if part["year"]:
        year, month, day = part["year"], part["month"] or part["month2"], part["day"] or part["day2"]
    else:
        year, day, month = part["year2"], part["first"], part["second"]
        if len(year) == 2:
            if part["cut"] == "-" and month.isdigit():  # as often written year first
                return np.datetime64("NaT", "us"), "unstated"
            year = f"{19 if int(year) >= 90 else 20}{year}"
        if order == "month first" and month.isdigit():
            day, month = month, day
    hour = int(part["h"] or 0)
    if part["half"]:
        hour = hour % 12 + 12 * (part["half"].lower() == "pm") if 1 <= hour <= 12 else 99
    try:
        number = int(month) if month.isdigit() else _MONTHS[month.lower()]
        whole = datetime(int(year), number, int(day), hour, int(part["m"] or 0), int(part["s"] or 0), tzinfo=UTC)
        shift = _offset(part["zone"])
        instant = whole.replace(tzinfo=None) - shift
    except (ValueError, KeyError, OverflowError):
        return np.datetime64("NaT", "us"), "unstated"
    micro = int((part["f"] or "")[:6].ljust(6, "0"))
    clock = "stated" if part["zone"] or part["early"] or found[0].rstrip("] ").endswith(("UTC", "GMT")) else "unstated"
    return np.datetime64(instant, "us") + np.timedelta64(micro, "us"), clock


def _offset(zone: str) -> timedelta:
    """The distance of an offset such as +09:00, +0900 or +09 from UTC."""
    if not zone or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    if int(digits[:2]) > 14 or int(digits[2:]) > 59:
        raise ValueError(zone)
    return (1 if zone[0] == "+" else -1) * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))


def _localised(local: pd.Series, clock: npt.NDArray[np.object_], zone: str, zones: Sequence[str]) -> Instants:
    """Unstated instants moved from their zone to UTC; those that a change of the clock repeats or skips become NaT."""
    t = local.astype("datetime64[us]").dt.tz_localize("UTC")
    names = np.asarray([name or zone for name in zones] if zones else [zone] * len(local), dtype=object)
    for name in sorted(set(names[clock == "unstated"]) - {""}):
        mine = (clock == "unstated") & (names == name)
        moved = local[mine].dt.tz_localize(zone_of(name), ambiguous="NaT", nonexistent="NaT")
        t[mine] = moved.dt.tz_convert("UTC")
        clock[mine] = "stated"
    return Instants(t, clock)


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises
    ------
    DataError
        There is none of this name.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise DataError(f"time zone {name!r} is not an IANA name such as Asia/Pyongyang") from error
