"""Long tables: how many rows are printed, and a pager where standard output is a terminal."""

from __future__ import annotations

import pydoc
import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 1000
"""Rows that are printed as text without ``--limit``; chosen."""

LimitOption = Annotated[
    int | None, typer.Option("--limit", min=0, help="Most rows to print; 0: all.", show_default="1000; with --json all")
]


def first_rows(table: pd.DataFrame, limit: int | None, *, json: bool) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a table that are printed, and a line on those that are not; no line when all are.

    Parameters
    ----------
    table : DataFrame
        In the order in which it is printed.
    limit : int or None
        As `LimitOption` takes it.
    json : bool
        Whether it is printed for scripts, which get all rows unless a limit is given.
    """
    most = limit if limit is not None else 0 if json else MOST_ROWS
    if not most or len(table) <= most:
        return table, []
    return table.head(most), [f"the first {most} of {len(table)} rows; --limit 0 prints all"]


def echo(text: str) -> None:
    """Print a text on standard output, by a pager when it is longer than the terminal's window."""
    if sys.stdout.isatty() and sys.stdin.isatty() and text.count("\n") >= shutil.get_terminal_size().lines:
        pydoc.pager(text)
    else:
        typer.echo(text)
