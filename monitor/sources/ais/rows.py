"""Fields of AIS tables and messages to raw rows: vessel, time, place, motion, and the static data beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from monitor.ais.static import dimensions
from monitor.ais.validation import NO_MMSI, RAW_COLUMNS, vessel_number
from monitor.core.arrays import Floats
from monitor.core.instants import TimeStyle, parse_instants
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.words import MOBILE_KINDS, NAV_STATUS_CODES, RECEIVERS, SHIP_TYPES
from monitor.sources.tabular.cells import Fields, coded, parse_numbers, take, words_of

_POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
_TYPE_KINDS = {4: "base station", 9: "SAR aircraft", 11: "other message", 21: "aid to navigation"}
_STATIC_TEXT = ("name", "imo", "callsign")
_NINE_DIGITS = re.compile(r"\s*(\d)[.,](\d{8})0*[eE]\+?0*8\s*")


@dataclass(slots=True)
class Parsed:
    """Raw rows of one block (the columns of `ais.validation.RAW_COLUMNS`), its static rows, and counts."""

    raw: pd.DataFrame
    vessels: pd.DataFrame
    rows: int
    rejected: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)
    unread_time: str = ""
    """The first time that could not be read, as it stands in the file."""


def empty_raw() -> pd.DataFrame:
    """No raw rows."""
    raw = pd.DataFrame({name: pd.Series(dtype="float64") for name in RAW_COLUMNS})
    return raw.astype({"t": "datetime64[us, UTC]", "receiver": "str", "kind": "str"})


def to_rows(fields: Fields, style: TimeStyle, *, bad_lines: int, where: str, placeless_static: bool) -> Parsed:
    """Raw rows of some fields.

    Parameters
    ----------
    fields : Fields
        Text by field of `layouts.FIELDS`.
    style : TimeStyle
        How instants are written.
    bad_lines : int
        Lines that were no rows; counted as ``bad line``.
    where : str
        Names the file in errors.
    placeless_static : bool
        Whether a row without a place is static data, as in JSON, and not a position without one.

    Raises
    ------
    DataError
        The order of day and month cannot be told.
    """
    mmsi, rounded = _vessels_of(fields)
    length, width = fields.numbers("length_m"), fields.numbers("width_m")
    if "bow_m" in fields.text:
        overall = fields.numbers("bow_m") + fields.numbers("stern_m")
        length = np.where(np.isnan(length), overall, length)
        width = np.where(np.isnan(width), fields.numbers("port_m") + fields.numbers("starboard_m"), width)
    kind = words_of(fields.words("kind"), MOBILE_KINDS, "").to_numpy(object)
    kind[rounded] = "rounded mmsi (nine digits are needed)"
    t = parse_instants(fields.words("t"), style, where=where).t
    if not style.pattern and _are_days(fields.words("t")):
        kind[:] = "time without an hour"
    raw = pd.DataFrame(
        {
            "mmsi": mmsi,
            "t": t,
            "lon": fields.numbers("lon"),
            "lat": fields.numbers("lat"),
            "sog_kn": fields.numbers("sog_kn"),
            "cog_deg": fields.numbers("cog_deg"),
            "heading_deg": fields.numbers("heading_deg"),
            "nav_status": coded(fields.words("nav_status"), NAV_STATUS_CODES),
            "length_m": length,
            "receiver": words_of(fields.words("receiver"), RECEIVERS, fields.layout.receiver),
            "kind": pd.Series(kind, dtype="str"),
            **{column: fields.numbers(column.removeprefix("to_")) for column in DIMENSIONS},
        }
    )
    if "millisecond" in fields.text:
        raw["t"] = raw["t"] + pd.to_timedelta(np.nan_to_num(fields.numbers("millisecond")), unit="ms")
    vessels = _static(fields, raw, width)
    static = np.isin(fields.numbers("message_type"), (5, 24))
    if placeless_static:
        static |= np.asarray(pc.and_(pc.is_null(fields.words("lon")), pc.is_null(fields.words("lat"))))
    if "message_type" in fields.text:
        raw = _with_kinds(raw, fields.numbers("message_type"))
    raw = raw[~static] if static.any() else raw
    nothing = static & np.isnan(mmsi) & ~rounded if placeless_static else np.zeros(len(static), dtype=bool)
    counts = {"static": int((static & ~nothing).sum()), "no message": int(nothing.sum())}
    other = Counter({word: count for word, count in counts.items() if count})
    rejected = Counter({"bad line": bad_lines} if bad_lines else {})
    unread = _first_unread(fields.words("t"), t)
    return Parsed(raw, vessels, rows=fields.rows + bad_lines, rejected=rejected, other=other, unread_time=unread)


def _are_days(texts: pa.Array) -> bool:
    """Whether a column holds dates alone: at midnight no ship of them was where they say."""
    days = pc.match_substring_regex(texts, r"^\s*\d{1,4}[-/.]([A-Za-z]{3}|\d{1,2})[-/.]\d{1,4}\s*$")
    return bool(pc.all(days).as_py()) and texts.null_count < len(texts)


def _first_unread(texts: pa.Array, t: pd.Series) -> str:
    missing = np.flatnonzero(t.isna().to_numpy())
    return next((str(text) for i in missing[:100] if (text := texts[int(i)].as_py())), "")


def _with_kinds(raw: pd.DataFrame, types: Floats) -> pd.DataFrame:
    """Rows that say why their type of message is no vessel's position."""
    named = np.array([_TYPE_KINDS.get(int(k), "") if np.isfinite(k) else "" for k in types], dtype=object)
    unknown = (named == "") & ~np.isnan(types) & ~np.isin(types, (*_POSITION_TYPES, 5, 24))
    named[unknown] = "other message"
    return raw.assign(kind=pd.Series(np.where(named != "", named, raw["kind"].to_numpy(object)), dtype="str"))


def _vessels_of(fields: Fields) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The number of each row's vessel, and where the file holds it with fewer digits than it has."""
    if "mmsi" in fields.text:
        numbers, rounded = _mmsi(fields.text["mmsi"])
        return np.where(numbers < NO_MMSI, numbers, np.nan), rounded
    if "segment" in fields.text:
        numbers = _by_word(fields.text["segment"], lambda word: _digits(word.partition("-")[0]))
    else:
        numbers = _by_word(fields.text["vessel_id"], lambda word: float(vessel_number(word)))
    return numbers, np.zeros(len(numbers), dtype=bool)


def _digits(text: str) -> float:
    return float(text) if re.fullmatch(r"[0-9]{1,15}", text) else np.nan


def _by_word(column: pa.Array, number: Callable[[str], float]) -> Floats:
    encoded = pc.dictionary_encode(column)
    return take(encoded, [number(str(word).strip()) for word in encoded.dictionary.to_pylist()], np.nan)


def _mmsi(column: pa.Array) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Numbers as written; those that a spreadsheet wrote with an exponent only where all nine digits are there."""
    powers = pc.fill_null(pc.match_substring_regex(column, "[eE]"), False)
    if not pc.any(powers).as_py():
        return parse_numbers(column), np.zeros(len(column), dtype=bool)
    whole = pd.Series(column.to_pylist(), dtype=object).map(
        lambda text: found[1] + found[2] if text and (found := _NINE_DIGITS.fullmatch(text)) else text
    )
    column = pa.array(whole, pa.string())
    numbers = parse_numbers(column)
    rounded = np.asarray(pc.fill_null(pc.match_substring_regex(column, "[eE]"), False)) & np.isfinite(numbers)
    return np.where(rounded, np.nan, numbers), rounded


def _static(fields: Fields, raw: pd.DataFrame, width: Floats) -> pd.DataFrame:
    """Distinct static rows of a block, in order of first appearance. An id that is no MMSI is the name of its ship."""
    columns = {name: fields.words(name) for name in (*_STATIC_TEXT, "ship_type")}
    if "vessel_id" in fields.text and "mmsi" not in fields.text:
        columns["name"] = pc.coalesce(columns["name"], fields.text["vessel_id"])
    numbers = {name: raw[name].to_numpy() for name in ("mmsi", "length_m", *DIMENSIONS)}
    table = pa.table({**columns, **numbers, "width_m": width})
    distinct = table.group_by(table.column_names, use_threads=False).aggregate([])
    usable = distinct.filter(pc.greater(distinct["mmsi"], 0.0))
    kinds = coded(pc.cast(usable["ship_type"].combine_chunks(), pa.string()), SHIP_TYPES)
    frame = usable.drop_columns(["ship_type"]).to_pandas()
    whole = frame["mmsi"].to_numpy() == np.floor(frame["mmsi"].to_numpy())
    frame["ship_type"] = pd.array(np.where((kinds > 0) & (kinds < 10_000), np.floor(kinds), np.nan), dtype="Int16")
    for name in _STATIC_TEXT:
        frame[name] = frame[name].astype("str").fillna("").str.strip()
    frame["imo"] = frame["imo"].str.replace("IMO", "", regex=False).where(frame["imo"] != "0", "")
    for name in ("length_m", "width_m"):
        frame[name] = frame[name].where(frame[name] > 0)
    frame = frame.assign(**dimensions(frame))
    return frame[whole & (frame["mmsi"] < 2**53)].astype({"mmsi": "int64"})
