"""Tables as an Excel workbook in which no text is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime

import pandas as pd
import xlsxwriter

from monitor.core.wording import iso

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 cannot hold."""
MOST_LETTERS, MOST_ROWS, _SHEET_LETTERS = 32_767, 1_048_575, 31
"""Limits of the format: letters in a cell, rows under the heading, letters of a sheet's name."""
_CUT = "… (whole in the CSV file)"
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,
}
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  the format has no zones


def workbook(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """A workbook with a sheet a table; the same tables give the same bytes.

    Texts are cells of text, whatever they begin with, so ``=``, ``+``, ``-`` and ``@`` start no formula; control
    characters become �, and a text too long for a cell says where the whole is. Instants are ISO 8601 text in UTC, the
    date alone where no hour is known; missing values are empty. A table longer than a sheet says in its last row how
    many rows it lacks.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        By the name of the sheet; without geometry.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _PLAIN) as book:
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True, "bottom": 1})
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:_SHEET_LETTERS])
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(table):
                sheet.write_string(0, column, _text(str(title)), head)
                for row, value in enumerate(table[title].iloc[:MOST_ROWS], 1):
                    _write(sheet, row, column, value)
            if len(table) > MOST_ROWS:
                sheet.write_string(MOST_ROWS, 0, f"{len(table) - MOST_ROWS + 1} more rows are in the CSV file")
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return
    if isinstance(value, datetime):
        sheet.write_string(row, column, iso(value))
    elif isinstance(value, bool) or type(value).__name__ == "bool_":
        sheet.write_boolean(row, column, bool(value))
    elif isinstance(value, int | float) or hasattr(value, "dtype"):
        number = float(value)  # type: ignore[arg-type]
        if abs(number) == float("inf"):
            sheet.write_string(row, column, str(number))
        else:
            sheet.write_number(row, column, number)
    else:
        sheet.write_string(row, column, _text(str(value)))


def _text(words: str) -> str:
    clean = _CONTROL.sub("\ufffd", words)
    return clean if len(clean) <= MOST_LETTERS else clean[: MOST_LETTERS - len(_CUT)] + _CUT
