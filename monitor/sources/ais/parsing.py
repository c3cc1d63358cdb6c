"""Numbers, instants and our own words from cells of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MOBILE_KINDS = {
    "class a": "",
    "class b": "",
    "": "",
    "base station": "base station",
    "aton": "aid to navigation",
    "search and rescue transponder": "distress beacon",
    "sart": "distress beacon",
    "sar airborne": "SAR aircraft",
    "man overboard device": "distress beacon",
    "epirb": "distress beacon",
}
RECEIVERS = {
    "g": "terrestrial",
    "s": "satellite",
    "t": "terrestrial",
    "terrestrial": "terrestrial",
    "satellite": "satellite",
}
NAV_STATUS_CODES = {
    "under way using engine": 0,
    "underway using engine": 0,
    "underway using engines": 0,
    "at anchor": 1,
    "not under command": 2,
    "restricted maneuverability": 3,
    "restricted manoeuverability": 3,
    "restricted manoeuvrability": 3,
    "constrained by her draught": 4,
    "constrained by draught": 4,
    "moored": 5,
    "aground": 6,
    "engaged in fishing": 7,
    "under way sailing": 8,
    "underway sailing": 8,
    "power-driven vessel towing astern": 11,
    "power-driven vessel pushing ahead or towing alongside": 12,
    "ais-sart is active": 14,
}
SHIP_TYPES = {
    "fishing": 30,
    "towing": 31,
    "towing long/wide": 32,
    "dredging": 33,
    "diving": 34,
    "military": 35,
    "sailing": 36,
    "pleasure": 37,
    "hsc": 40,
    "pilot": 50,
    "sar": 51,
    "tug": 52,
    "port tender": 53,
    "anti-pollution": 54,
    "law enforcement": 55,
    "medical": 58,
    "passenger": 60,
    "cargo": 70,
    "tanker": 80,
    "other": 90,
}
_EPOCH_S = 1e8
_EPOCH_MS = 1e11
"""Numbers above the first are epochs in seconds, from the second on in milliseconds: both are March 1973."""


def parse_numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    """Floats of a text column; NaN where a cell is blank or no number."""
    try:
        cast = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        coerced = pd.to_numeric(pd.Series(column.to_pylist(), dtype=object), errors="coerce")
        return np.asarray(coerced.to_numpy(np.float64, na_value=np.nan), dtype=np.float64)
    return np.asarray(cast.to_numpy(zero_copy_only=False), dtype=np.float64)


def parse_instants(column: pa.Array, time_format: str) -> pd.Series:
    """UTC instants of a text column; NaT where a cell is blank or no time.

    ``iso`` takes ISO 8601 (without an offset: UTC) and epochs in seconds or milliseconds.
    """
    if time_format != "iso":
        parsed = pc.strptime(column, format=time_format, unit="us", error_is_null=True)
        return pd.Series(parsed.to_pandas()).astype("datetime64[us]").dt.tz_localize("UTC")
    for kind in (pa.timestamp("us"), pa.timestamp("us", "UTC")):
        try:
            series = pc.cast(column, kind).to_pandas().astype(f"datetime64[us{', UTC' if kind.tz else ''}]")
        except pa.ArrowInvalid:
            continue
        return series if kind.tz else series.dt.tz_localize("UTC")
    texts = pd.Series(column.to_pylist(), dtype=object)
    seconds = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    epoch = np.isfinite(seconds) & (np.abs(seconds) > _EPOCH_S)
    seconds = np.where(np.abs(seconds) >= _EPOCH_MS, seconds / 1e3, seconds)
    epoch &= np.abs(seconds) < _EPOCH_MS
    parsed = pd.to_datetime(texts.mask(pd.Series(epoch)), errors="coerce", utc=True, format="ISO8601")
    parsed = parsed.astype("datetime64[us, UTC]")
    micros = np.where(epoch, np.round(np.where(epoch, seconds, 0.0) * 1e6), 0.0).astype(np.int64)
    stamps = pd.Series(micros.astype("datetime64[us]")).dt.tz_localize("UTC")
    return parsed.where(~pd.Series(epoch), stamps)


def coded(column: pa.Array | None, words: Mapping[str, int], rows: int) -> npt.NDArray[np.float64]:
    """Numbers of a column that holds codes, or words for them; NaN where a cell is neither.

    Parameters
    ----------
    column : pa.Array or None
        Text; None when the file has no such column.
    words : mapping of str to int
        Word in lower case to code.
    rows : int
        Length of the result.
    """
    if column is None:
        return np.full(rows, np.nan)
    encoded = pc.dictionary_encode(column)
    values = []
    for word in encoded.dictionary.to_pylist():
        try:
            values.append(float(word))
        except ValueError:
            values.append(float(words.get(word.strip().lower(), np.nan)))
    return take(encoded, values, np.nan)


def take(encoded: pa.DictionaryArray, values: Sequence[float], missing: float) -> npt.NDArray[np.float64]:
    """The value of each cell's word.

    Parameters
    ----------
    encoded : pa.DictionaryArray
        Words of a column, each once, and which cell has which.
    values : sequence of float
        One a word of the dictionary.
    missing : float
        Where a cell is blank.
    """
    index = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    return np.asarray(np.asarray([*values, missing], dtype=np.float64)[index])


def words_of(column: pa.Array | None, words: Mapping[str, str], rows: int, default: str) -> pd.Series:
    """A column's words translated into ours.

    Parameters
    ----------
    column : pa.Array or None
        Text; None when the file has no such column.
    words : mapping of str to str
        Word in lower case to ours.
    rows : int
        Length of the result.
    default : str
        For words that are not in the table, and for blank cells.
    """
    if column is None:
        return pd.Series(np.full(rows, default, dtype=object), dtype="str")
    encoded = pc.dictionary_encode(column)
    translated = [words.get(str(word).strip().lower(), default) for word in encoded.dictionary.to_pylist()]
    index = encoded.indices.fill_null(len(translated)).to_numpy(zero_copy_only=False)
    return pd.Series(np.asarray([*translated, default], dtype=object)[index], dtype="str")
