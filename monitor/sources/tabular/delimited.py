"""Delimited text to cells, block after block."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from monitor.core.errors import DataError
from monitor.sources.tabular.cells import BLANKS, Cells
from monitor.sources.tabular.layouts import Layout

_HEADER_LINES = 50
"""Lines among which the header is searched for; chosen."""


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
        names = tuple(name.strip().strip('"').strip().lower() for name in text.split(delimiter))
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

    def skip(_: object) -> str:
        nonlocal bad
        bad += 1
        return "skip"

    found = header.layout.found(header.names)
    wanted = list(dict.fromkeys(name for names in found.values() for name in names))
    if not block.strip():
        return Cells({name: pa.array([], pa.string()) for name in wanted}, 0, bad)
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
        raise DataError(f"not delimited text ({error}); look at the file in an editor") from error
    return Cells({name: joined(table.column(name)) for name in wanted}, table.num_rows, bad)


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
    lines = [block[a:b] for a, b in zip(starts, [*starts[1:], len(block)], strict=True)]
    return b"".join(line for line, drop in zip(lines, odd, strict=True) if not drop), int(odd.sum())
