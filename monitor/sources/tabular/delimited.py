"""Delimited text to cells, block after block."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pacsv

from monitor.core.errors import DataError
from monitor.sources.tabular.cells import BLANKS, Cells
from monitor.sources.tabular.layouts import Layout

_HEADER_LINES = 50
"""Lines among which the header is searched for; chosen."""
_MANY = 1000
"""Bad lines of a block that are passed over one by one; more are removed together, which is faster."""
_UNIT = re.compile(r"(?<=\S)\s*[([](?:utc|gmt|deg|degrees|°|kn|kts|knots)[)\]]$")
"""Behind a column's name: units that are those of the fields."""
_QUOTE, _LINE_FEED, _RETURN = 34, 10, 13
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Header:
    """The layout of a table, its column names in lower case and in order, and how many first lines are not rows."""

    layout: Layout
    names: tuple[str, ...]
    delimiter: str
    lines: int


def read_header(head: bytes, find: Callable[[Sequence[str]], Layout], where: str, data: str) -> Header:
    """The header among the first lines; comments and titles before it are skipped.

    Parameters
    ----------
    head : bytes
        The beginning of the file.
    find : callable
        The layout of a header; raises DataError where there is none.
    where : str
        Names the file in errors.
    data : str
        What is searched for, for errors: AIS or aircraft.

    Raises
    ------
    DataError
        No line is the header of a known layout; the error is that of the line with most columns.
    """
    lines = head.decode("utf-8-sig", "replace").split("\n")[:_HEADER_LINES]
    failed: list[tuple[int, DataError]] = []
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip("#").strip()
        delimiter = max(",;\t|", key=text.count)
        if not text.count(delimiter):
            continue
        names = tuple(_UNIT.sub("", name.strip().strip('"').strip().lower()) for name in text.split(delimiter))
        try:
            return Header(find(names), names, delimiter, number)
        except DataError as error:
            failed.append((-len(names), error))
    if failed:
        raise min(failed, key=lambda pair: pair[0])[1]
    raise DataError(f"{where}: no known {data} layout; its first line is {lines[0].strip()[:80] if lines else ''!r}")


def read_cells(blocks: Iterator[bytes], header: Header) -> Iterator[Cells]:
    """Cells of the columns that the layout reads; lines with too many or too few columns are counted as bad.

    Raises
    ------
    DataError
        A block is no delimited text.
    """
    skip = header.lines
    for block in blocks:
        while skip and block:
            _, _, block = block.partition(b"\n")
            skip -= 1
        if block.strip():
            yield _cells(block, header)


def _cells(block: bytes, header: Header) -> Cells:
    block, bad = _balanced(_utf8(block))
    found = header.layout.found(header.names)
    wanted = list(dict.fromkeys(name for names in found.values() for name in names))
    if block.strip():
        table, skipped = _parsed(block, header, wanted, _MANY)
        if table is None:
            block, removed = _of_width(block, header)
            table, skipped = _parsed(block, header, wanted, len(block)) if block.strip() else (None, 0)
            skipped += removed
        bad += skipped
        if table is not None:
            return Cells({name: joined(table.column(name)) for name in wanted}, table.num_rows, bad)
    return Cells({name: pa.array([], pa.string()) for name in wanted}, 0, bad)


def _parsed(block: bytes, header: Header, wanted: Sequence[str], most: int) -> tuple[pa.Table | None, int]:
    """The rows of a block and how many lines were none; no rows where there are more than `most` such lines."""
    bad = 0

    def skip(_: object) -> str:
        nonlocal bad
        bad += 1
        return "error" if bad > most else "skip"

    try:
        table = pacsv.read_csv(
            io.BytesIO(block),
            read_options=pacsv.ReadOptions(
                column_names=_unique(header.names), use_threads=True, block_size=len(block) + 1
            ),
            parse_options=pacsv.ParseOptions(delimiter=header.delimiter, invalid_row_handler=skip),
            convert_options=pacsv.ConvertOptions(
                include_columns=wanted,
                column_types={name: pa.string() for name in wanted},
                null_values=list(BLANKS),
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        if bad > most:
            return None, 0
        raise DataError(f"not delimited text ({error}); look at the file in an editor") from error
    return table, bad


def joined(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    whole = column.combine_chunks()
    return whole if isinstance(whole, pa.Array) else pa.concat_arrays(column.chunks)


def _utf8(block: bytes) -> bytes:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return block.decode("utf-8", "replace").encode("utf-8")
    return block


def _unique(names: Sequence[str]) -> list[str]:
    seen: Counter[str] = Counter()
    out = []
    for name in names:
        out.append(name if not seen[name] else f"{name}.{seen[name]}")
        seen[name] += 1
    return out


def _balanced(block: bytes) -> tuple[bytes, int]:
    """The block without the lines that open a quotation mark and never close it, and how many these were."""
    if b'"' not in block:
        return block, 0
    data = np.frombuffer(block, dtype=np.uint8)
    return _kept(data, _counts(data, data == _QUOTE) % 2 == 0)


def _of_width(block: bytes, header: Header) -> tuple[bytes, int]:
    """The block without lines of too many or too few columns; every quotation mark in it is closed on its line."""
    data = np.frombuffer(block, dtype=np.uint8)
    outside = np.cumsum(data == _QUOTE) % 2 == 0
    widths = _counts(data, (data == ord(header.delimiter)) & outside)
    blank = _counts(data, (data != _LINE_FEED) & (data != _RETURN)) == 0
    block, removed = _kept(data, (widths == len(header.names) - 1) & ~blank)
    return block, removed - int(blank.sum())


def _starts(data: Bytes) -> npt.NDArray[np.int64]:
    """Where the lines begin."""
    starts = np.concatenate([[0], np.flatnonzero(data == _LINE_FEED) + 1])
    return starts[starts < len(data)]


def _counts(data: Bytes, marked: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many bytes of each line are marked."""
    return np.add.reduceat(marked, _starts(data), dtype=np.int64)


def _kept(data: Bytes, keep: npt.NDArray[np.bool_]) -> tuple[bytes, int]:
    """The lines to be kept, and how many are not."""
    if keep.all():
        return data.tobytes(), 0
    return data[np.repeat(keep, np.diff(_starts(data), append=len(data)))].tobytes(), int((~keep).sum())
