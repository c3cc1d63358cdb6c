"""Blocks of delimited text to raw rows, column by column."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from monitor.ais.static import dimensions
from monitor.core.errors import DataError
from monitor.core.tables import DIMENSIONS
from monitor.sources.ais.layouts import Layout, custom_layout, find_layout
from monitor.sources.ais.parsing import (
    MOBILE_KINDS,
    NAV_STATUS_CODES,
    RECEIVERS,
    SHIP_TYPES,
    coded,
    parse_instants,
    parse_numbers,
    take,
    words_of,
)

_BLANKS = ["", " ", "Unknown", "Undefined", "Unknown value", "None", "none", "null", "NULL", "NaN", "nan", "NA", "[]"]
_POSITION_TYPES = frozenset({1, 2, 3, 9, 18, 19, 27})
_TYPE_KINDS = {4: "base station", 9: "SAR aircraft", 11: "other message", 21: "aid to navigation"}
_STATIC_TEXT = ("name", "imo", "callsign")


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """The layout of a table, its column names in order, and how many of its first lines are not rows."""

    layout: Layout
    names: tuple[str, ...]
    lines: int


def read_csv_header(head: bytes, columns: Mapping[str, str] | None, where: str) -> CsvHeader:
    """The header among the first lines; comments before it are skipped.

    Parameters
    ----------
    head : bytes
        The beginning of the file.
    columns : mapping of str to str, optional
        A user's column map, field to column name; None to find the layout.
    where : str
        Names the file in errors.

    Raises
    ------
    DataError
        No known layout, and no column map that fits.
    """
    lines = head.decode("utf-8-sig", "replace").splitlines()[:50]
    first: DataError | None = None
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("#").strip()
        delimiter = max(",;\t|", key=text.count)
        if not text or not text.count(delimiter):
            continue
        names = tuple(name.strip().strip('"').strip().lower() for name in text.split(delimiter))
        try:
            layout = (
                custom_layout(columns, names, delimiter, where) if columns else find_layout(names, delimiter, where)
            )
            return CsvHeader(layout, names, number)
        except DataError as error:
            first = first or error
            if not line.lstrip("\ufeff \t").startswith("#"):
                raise error from None
    raise first or DataError(f"{where}: no known AIS layout; its first line is {lines[0][:80] if lines else ''!r}")


@dataclass(slots=True)
class Parsed:
    """Raw rows of one block (the columns of `ais.validation.RAW_COLUMNS`), its static rows, and counts."""

    raw: pd.DataFrame
    vessels: pd.DataFrame
    rows: int
    rejected: Counter[str] = field(default_factory=Counter)
    other: Counter[str] = field(default_factory=Counter)


def parse_blocks(blocks: Iterator[bytes], header: CsvHeader) -> Iterator[Parsed]:
    """Raw rows, block after block. Lines with too many or too few columns are counted as ``bad line``."""
    skip = header.lines
    for block in blocks:
        while skip and block:
            _, _, block = block.partition(b"\n")
            skip -= 1
        if block.strip():
            yield _parse(block, header)


def _parse(block: bytes, header: CsvHeader) -> Parsed:
    block, unbalanced = _balanced(_utf8(block))
    rejected: Counter[str] = Counter({"bad line": unbalanced} if unbalanced else {})
    bad = 0

    def skip(_: object) -> str:
        nonlocal bad
        bad += 1
        return "skip"

    wanted = {field: name for field, name in header.layout.columns.items() if name in header.names}
    distinct = list(dict.fromkeys(wanted.values()))
    names = list(header.names)
    table = (
        pacsv.read_csv(
            io.BytesIO(block),
            read_options=pacsv.ReadOptions(column_names=_unique(names), use_threads=True, block_size=len(block) + 1),
            parse_options=pacsv.ParseOptions(delimiter=header.layout.delimiter, invalid_row_handler=skip),
            convert_options=pacsv.ConvertOptions(
                include_columns=distinct,
                column_types={name: pa.string() for name in distinct},
                null_values=_BLANKS,
                strings_can_be_null=True,
            ),
        )
        if block.strip()
        else pa.table({name: pa.array([], pa.string()) for name in distinct})
    )
    text = {field: _text(table.column(name)) for field, name in wanted.items()}
    if bad:
        rejected["bad line"] += bad
    return _columns(text, header.layout, table.num_rows, rejected)


def _utf8(block: bytes) -> bytes:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return block.decode("utf-8", "replace").encode("utf-8")
    return block


def _unique(names: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        out.append(name if not seen[name] else f"{name}.{seen[name]}")
        seen[name] += 1
    return out


def _balanced(block: bytes) -> tuple[bytes, int]:
    """The block without the lines that open a quotation mark and never close it."""
    if b'"' not in block:
        return block, 0
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == 10)
    starts = np.concatenate([[0], ends + 1])
    starts = starts[starts < len(data)]
    odd = np.add.reduceat((data == 34).astype(np.int64), starts) % 2 == 1
    if not odd.any():
        return block, 0
    lines = block.splitlines(keepends=True) if len(starts) == block.count(b"\n") else block.split(b"\n")
    joiner = b"" if lines and lines[0].endswith(b"\n") else b"\n"
    return joiner.join(line for line, drop in zip(lines, odd, strict=False) if not drop), int(odd.sum())


def _text(column: pa.ChunkedArray) -> pa.Array:
    joined = column.combine_chunks()
    return joined if isinstance(joined, pa.Array) else pa.concat_arrays(column.chunks)


def _columns(text: Mapping[str, pa.Array], layout: Layout, rows: int, rejected: Counter[str]) -> Parsed:
    def numeric(field: str) -> npt.NDArray[np.float64]:
        return parse_numbers(text[field]) if field in text else np.full(rows, np.nan)

    mmsi = numeric("mmsi") if "mmsi" in text else _segment_mmsi(text["segment"])
    length, width = numeric("length_m"), numeric("width_m")
    if "bow_m" in text:
        overall = numeric("bow_m") + numeric("stern_m")
        length = np.where(np.isnan(length), overall, length)
        width = np.where(np.isnan(width), numeric("port_m") + numeric("starboard_m"), width)
    raw = pd.DataFrame(
        {
            "mmsi": mmsi,
            "t": parse_instants(text["t"], layout.time_format),
            "lon": numeric("lon"),
            "lat": numeric("lat"),
            "sog_kn": numeric("sog_kn"),
            "cog_deg": numeric("cog_deg"),
            "heading_deg": numeric("heading_deg"),
            "nav_status": coded(text.get("nav_status"), NAV_STATUS_CODES, rows),
            "length_m": length,
            "receiver": words_of(text.get("receiver"), RECEIVERS, rows, layout.default_receiver),
            "kind": words_of(text.get("kind"), MOBILE_KINDS, rows, ""),
            **{column: numeric(column.removeprefix("to_")) for column in DIMENSIONS},
        }
    )
    if "millisecond" in text:
        raw["t"] = raw["t"] + pd.to_timedelta(np.nan_to_num(numeric("millisecond")), unit="ms")
    vessels = _vessels(text, raw, width, rows)
    other: Counter[str] = Counter()
    if "message_type" in text:
        raw, other = _only_positions(raw, numeric("message_type"))
    return Parsed(raw, vessels, rows=rows + rejected["bad line"], rejected=rejected, other=other)


def _only_positions(raw: pd.DataFrame, kinds: npt.NDArray[np.float64]) -> tuple[pd.DataFrame, Counter[str]]:
    position = np.isin(kinds, list(_POSITION_TYPES)) | np.isnan(kinds) | np.isin(kinds, list(_TYPE_KINDS))
    static = np.isin(kinds, (5, 24))
    named = np.array([_TYPE_KINDS.get(int(k), "") if np.isfinite(k) else "" for k in kinds], dtype=object)
    raw = raw.assign(kind=np.where(named != "", named, raw["kind"].to_numpy(object)))
    rest = ~position & ~static
    raw.loc[rest, "kind"] = "other message"
    return raw[~static], Counter({"static": int(static.sum())} if static.any() else {})


def _segment_mmsi(column: pa.Array) -> npt.NDArray[np.float64]:
    encoded = pc.dictionary_encode(column)
    heads = [str(word).partition("-")[0] for word in encoded.dictionary.to_pylist()]
    return take(encoded, [float(head) if head.isdigit() else np.nan for head in heads], np.nan)


def _vessels(
    text: Mapping[str, pa.Array], raw: pd.DataFrame, width: npt.NDArray[np.float64], rows: int
) -> pd.DataFrame:
    """Distinct static rows of a block, in order of first appearance."""
    blank = pa.nulls(rows, pa.string())
    columns = {name: text.get(name, blank) for name in (*_STATIC_TEXT, "ship_type")}
    sizes = {name: raw[name].to_numpy() for name in ("mmsi", "length_m", *DIMENSIONS)}
    table = pa.table({**columns, **sizes, "width_m": width})
    distinct = table.group_by(table.column_names, use_threads=False).aggregate([])
    usable = distinct.filter(pc.greater(distinct["mmsi"], 0.0))
    kinds = coded(pc.cast(usable["ship_type"].combine_chunks(), pa.string()), SHIP_TYPES, usable.num_rows)
    frame = usable.drop_columns(["ship_type"]).to_pandas()
    whole = frame["mmsi"].to_numpy() == np.floor(frame["mmsi"].to_numpy())
    frame["ship_type"] = pd.array(np.where((kinds > 0) & (kinds < 10_000), np.floor(kinds), np.nan), dtype="Int16")
    for name in _STATIC_TEXT:
        frame[name] = frame[name].astype("str").fillna("").str.strip()
    frame["imo"] = frame["imo"].str.replace("IMO", "", regex=False).where(frame["imo"] != "0", "")
    for name in ("length_m", "width_m"):
        frame[name] = frame[name].where(frame[name] > 0)
    frame = frame.assign(**dimensions(frame))
    return frame[whole & (frame["mmsi"] < 1e9)].astype({"mmsi": "int64"})
