"""JSON to cells: one document however deep its rows lie, or one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import pyarrow as pa

from monitor.core.errors import DataError
from monitor.core.limits import DEFAULT_LIMITS, Limits
from monitor.sources.tabular.cells import Cells, blanks_null
from monitor.sources.tabular.layouts import Layout, LayoutBook

BATCH = 100_000
_BATCH_CELLS = 2_000_000
"""Cells of a batch, of some 120 bytes each; chosen."""
_LONGEST_LIST = 4
_FIRST_LINES = 5
_BEGIN = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*[\[{\]])")
_TOPIC = re.compile(rb"/(\d{9})/")
"""A ship's number in the topic before a message of MQTT."""
Record = dict[str, str]
"""One row: text by path in lower case, steps joined by dots. Numbers stand as they stood, so that no digit is lost."""
Expand = Callable[[Mapping[str, object]], Iterable[Record] | None]
"""Rows of an object that are not simply its values, or None."""


def is_json(head: bytes) -> bool:
    """Whether text begins as a JSON object or array, or with lines of one object each behind a prefix."""
    return bool(_BEGIN.match(head)) or is_lines(head)


def read_records(
    blocks: Iterator[bytes], book: LayoutBook, where: str, expand: Expand, limits: Limits = DEFAULT_LIMITS
) -> tuple[bool, Iterator[Record | None]]:
    """Whether it is one object a line, and its records; None stands for a bad line.

    Parameters
    ----------
    blocks : iterator of bytes
        Of the file.
    book : LayoutBook
        Which objects are rows.
    where : str
        Names the file in errors.
    expand : callable
        Rows of an object that are not simply its values, or None.
    limits : Limits, optional
        What a document may take in memory. Lines have no limit together.

    Raises
    ------
    DataError
        Not JSON, too deep, or one document too large to be parsed at once; depth may show only in the records.
    """
    first = next(blocks, b"")
    if is_lines(first):
        return True, _of_lines(chain([first], blocks), book, expand, limits)
    parts, size = [first], len(first)
    for block in blocks:
        parts.append(block)
        size += len(block)
        limits.check_size(where, 2 * size)
    text = b"".join(parts)
    parts.clear()
    limits.check_document(where, text)
    return False, _of_document(parse_json(text, where), book, where, expand)


def _of_document(document: object, book: LayoutBook, where: str, expand: Expand) -> Iterator[Record]:
    try:
        yield from rows_of(document, book, expand)
    except RecursionError as error:
        raise DataError(f"{where}: JSON nested too deep to be AIS or aircraft data") from error


def in_batches(records: Iterator[Record | None]) -> Iterator[list[Record | None]]:
    """Lists of `BATCH` records, shorter where these have many cells.

    Parameters
    ----------
    records : iterator of Record or None
        As `read_records` gives them.
    """
    batch: list[Record | None] = []
    cells = 0
    for record in records:
        batch.append(record)
        cells += len(record) if record else 1
        if len(batch) == BATCH or cells > _BATCH_CELLS:
            yield batch
            batch, cells = [], 0
    if batch:
        yield batch


def parse_json(text: bytes, where: str) -> object:
    """A JSON document whose numbers are text.

    Raises
    ------
    DataError
        Not JSON, or nested too deep.
    """
    try:
        return json.loads(text.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: not valid JSON ({error})") from error


def _object(line: bytes, limits: Limits = DEFAULT_LIMITS) -> Mapping[str, object] | None:
    """The object of a line, whatever stands before its first brace; None for any other line."""
    begin = line.find(b"{")
    try:
        limits.check_document("a line", line)
        value = parse_json(line[max(begin, 0) :], "")
    except DataError:
        return None
    if not isinstance(value, dict):
        return None
    topic = _TOPIC.search(line[: max(begin, 0)])
    return {"topic": {"mmsi": topic[1].decode()}, **value} if topic else value


def is_lines(head: bytes) -> bool:
    """Whether text holds an object a line, each perhaps behind a prefix."""
    lines = [*islice((line for line in head.splitlines() if line.strip()), _FIRST_LINES)]
    if not lines or b"{" not in lines[0]:
        return False
    found = [_object(line) is not None for line in lines]
    return (found[0] and (len(lines) > 1 or not lines[0].lstrip(b"\xef\xbb\xbf ").startswith(b"{"))) or sum(found) > 1


def _of_lines(blocks: Iterator[bytes], book: LayoutBook, expand: Expand, limits: Limits) -> Iterator[Record | None]:
    for block in blocks:
        for line in block.splitlines():
            if not line.strip():
                continue
            value = _object(line, limits)
            if value is None:
                yield None
                continue
            try:
                yield from rows_of(value, book, expand)
            except RecursionError:
                yield None


def rows_of(value: object, book: LayoutBook, expand: Expand, above: Record | None = None) -> Iterator[Record]:
    """Records of a document: objects that fit a layout, and those without objects below them.

    What a layout reads of what stands above a list of objects is added to each of them.

    Parameters
    ----------
    value : object
        Of `parse_json`.
    book : LayoutBook
        Which objects are rows.
    expand : callable
        Rows of an object that are not simply its values.
    above : mapping of str to str, optional
        What stands above.
    """
    if isinstance(value, list):
        for item in value:
            yield from rows_of(item, book, expand, above)
    elif isinstance(value, dict):
        special = expand(value)
        if special is not None:
            yield from special
            return
        flat, below = flatten(value)
        record = {**above, **flat} if above else flat
        if not below or book.fitting_names(frozenset(record)):
            yield record
            return
        known = {name: text for name, text in record.items() if book.knows(name)}
        for rows in below:
            yield from rows_of(rows, book, expand, known)


def flatten(value: Mapping[str, object], prefix: str = "") -> tuple[Record, list[list[object]]]:
    """The scalars of an object by path, and the lists of objects in it.

    Parameters
    ----------
    value : mapping
        The object.
    prefix : str
        The path to it, with a dot at its end.
    """
    flat: Record = {}
    below: list[list[object]] = []
    for key, item in value.items():
        path = prefix + str(key).lower()
        if isinstance(item, dict):
            inner, lists = flatten(item, path + ".")
            flat |= inner
            below += lists
        elif isinstance(item, list):
            if any(isinstance(part, dict | list) for part in item):
                below.append(item)
            elif len(item) <= _LONGEST_LIST:
                flat |= {f"{path}.{i}": str(part) for i, part in enumerate(item) if part is not None}
        elif item is not None:
            flat[path] = str(item)
    return flat, below


def to_cells(records: Sequence[Record], layout: Layout, bad_lines: int) -> Cells:
    """Cells of the columns that a layout reads.

    Parameters
    ----------
    records : sequence of Record
        Rows.
    layout : Layout
        Names the columns.
    bad_lines : int
        Lines that were no JSON.
    """
    keys = dict.fromkeys(key for record in records for key in record)
    wanted = dict.fromkeys(name for names in layout.found(keys).values() for name in names)
    texts = {name: [_clean(record.get(name)) for record in records] for name in wanted}
    columns = {name: blanks_null(pa.array(column, pa.string())) for name, column in texts.items()}
    return Cells(columns, len(records), bad_lines)


def _clean(text: str | None) -> str | None:
    """Text that can be written as UTF-8; a lone surrogate of an escape becomes a question mark."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")
