"""Numbers and our own words from cells of text, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from monitor.core.arrays import Floats
from monitor.sources.tabular.layouts import Layout

BLANKS = ("", " ", "Unknown", "Undefined", "Unknown value", "None", "none", "null", "NULL", "NaN", "nan", "NA", "[]")
"""Cells that hold nothing."""
_DAY = r"^\s*\S{6,11}\s*$"
_HOUR = r"^\s*\d{1,2}:?\d\d(:?\d\d([.,]\d+)?)?\s*([AaPp][Mm])?\s*(Z|UTC|GMT|[-+]\d\d:?\d\d)?\s*$"
_DECIMAL_COMMA = r"^\s*([-+]?\d*),(\d+)\s*$"


@dataclass(frozen=True, slots=True)
class Cells:
    """Some rows of a table: text by column name in lower case, null where a cell is blank; and lines that were none."""

    columns: Mapping[str, pa.Array]
    rows: int
    bad_lines: int = 0


@dataclass(frozen=True, slots=True)
class Fields:
    """Some rows of a table by what its columns mean in a layout."""

    text: Mapping[str, pa.Array]
    layout: Layout
    rows: int

    def numbers(self, field: str) -> Floats:
        """Numbers of a field in its own unit; NaN where a cell is blank or no number, or where there is no column."""
        if field not in self.text:
            return np.full(self.rows, np.nan)
        numbers = parse_numbers(self.text[field])
        factor = self.layout.factors.get(field, 1.0)
        if factor == 1.0:
            return numbers
        return np.where(self._scaled(), numbers * factor, numbers)

    def _scaled(self) -> npt.NDArray[np.bool_]:
        """The rows in which the factors of the layout hold."""
        holds = np.ones(self.rows, dtype=bool)
        for name, pattern in self.layout.factors_if.items():
            holds &= np.asarray(pc.fill_null(pc.match_substring_regex(self.words(name), pattern), False), dtype=bool)
        return holds

    def words(self, field: str) -> pa.Array:
        """Text of a field; null where a cell is blank or there is no column."""
        return self.text.get(field, pa.nulls(self.rows, pa.string()))


def by_field(cells: Cells, layout: Layout) -> Fields:
    """Cells by what their columns mean: of several columns for a field the first that is not blank."""
    text, found = {}, layout.found(cells.columns.keys())
    for field, names in found.items():
        columns = [cells.columns[name] for name in names]
        text[field] = columns[0] if len(columns) == 1 else pc.coalesce(*columns)
    apart = {*found.get("date", ()), *found.get("clock", ())}
    if "date" in text and "clock" in text and apart >= {*found.get("t", ())}:
        text["t"] = _day_and_hour(text["date"], text["clock"], text.get("t"))
    return Fields(text, layout, cells.rows)


def _day_and_hour(date: pa.Array, clock: pa.Array, whole: pa.Array | None) -> pa.Array:
    """Instants of two columns, in rows in which these hold a day and an hour; elsewhere what one column states."""
    apart = pc.and_(pc.match_substring_regex(date, _DAY), pc.match_substring_regex(clock, _HOUR))
    other = pa.nulls(len(date), pa.string()) if whole is None else whole
    return pc.if_else(pc.fill_null(apart, False), pc.binary_join_element_wise(date, clock, " "), other)


def blanks_null(column: pa.Array) -> pa.Array:
    """A text column with null in place of words for nothing."""
    blank = pc.fill_null(pc.is_in(column, value_set=pa.array(BLANKS)), True)
    return pc.if_else(blank, pa.scalar(None, pa.string()), column) if pc.any(blank).as_py() else column


def parse_numbers(column: pa.Array) -> Floats:
    """Floats of a text column, with a decimal point or comma; NaN where a cell is blank or no number."""
    try:
        cast = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        plain = pc.replace_substring_regex(column, _DECIMAL_COMMA, r"\1.\2")
        coerced = pd.to_numeric(pd.Series(plain.to_pylist(), dtype=object), errors="coerce")
        return np.asarray(coerced.to_numpy(np.float64, na_value=np.nan), dtype=np.float64)
    return np.asarray(cast.to_numpy(zero_copy_only=False), dtype=np.float64)


def coded(column: pa.Array, words: Mapping[str, int]) -> Floats:
    """Numbers of a column that holds codes, or words for them; NaN where a cell is neither.

    Parameters
    ----------
    column : pa.Array
        Text.
    words : mapping of str to int
        Word in lower case to code.
    """
    encoded = pc.dictionary_encode(column)
    values = []
    for word in encoded.dictionary.to_pylist():
        try:
            values.append(float(word))
        except ValueError:
            values.append(float(words.get(word.strip().lower(), np.nan)))
    return take(encoded, values, np.nan)


def take(encoded: pa.DictionaryArray, values: Sequence[float], missing: float) -> Floats:
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


def words_of(column: pa.Array, words: Mapping[str, str], default: str) -> pd.Series:
    """A column's words translated into ours.

    Parameters
    ----------
    column : pa.Array
        Text.
    words : mapping of str to str
        Word in lower case to ours.
    default : str
        For words that are not in the table, and for blank cells.
    """
    encoded = pc.dictionary_encode(column)
    translated = [words.get(str(word).strip().lower(), default) for word in encoded.dictionary.to_pylist()]
    index = encoded.indices.fill_null(len(translated)).to_numpy(zero_copy_only=False)
    return pd.Series(np.asarray([*translated, default], dtype=object)[index], dtype="str")


def unit_ratio(stated: npt.ArrayLike, implied: npt.ArrayLike, *, least: float) -> float:
    """How many times a stated rate is what changes of place or height imply; NaN where that cannot be told.

    The median ratio of pairs in which both are at least `least`, if there are 20 such pairs and the middle half of the
    ratios spans less than a factor of 1.5: a wrong unit shifts all of them alike, noise spreads them.

    Parameters
    ----------
    stated, implied : array
        Rates, one a pair of rows, signs ignored.
    least : float
        Slower pairs say nothing.
    """
    a, b = np.abs(np.asarray(stated, dtype=np.float64)), np.abs(np.asarray(implied, dtype=np.float64))
    with np.errstate(invalid="ignore"):
        usable = (b >= least) & (a > 0) & np.isfinite(a) & np.isfinite(b)
    if usable.sum() < 20:
        return float("nan")
    low, middle, high = np.percentile(np.log(a[usable] / b[usable]), (25, 50, 75))
    return float(np.exp(middle)) if high - low < np.log(1.5) else float("nan")


def is_wrong_unit(ratio: float, *, largest: float) -> bool:
    """Whether a ratio of `unit_ratio` shows another unit; one beyond `largest` (or its inverse) shows broken data.

    From a factor of 1.6 on: m/s for knots gives 0.51, km/h 1.85.
    """
    return 1.6 < max(ratio, 1 / ratio) <= largest if ratio > 0 else False
