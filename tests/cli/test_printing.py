"""Long tables are cut with a word, and paged in a terminal."""

from __future__ import annotations

import pydoc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from monitor.cli.options import Session
from monitor.cli.printing import MOST_ROWS, echo, first_rows

AT = pd.Timestamp("2023-10-05T02:16:09Z")
LONG = pd.DataFrame({"mmsi": range(MOST_ROWS + 5)})


@pytest.mark.parametrize(
    "limit, json, rows",
    [(None, False, MOST_ROWS), (None, True, MOST_ROWS + 5), (0, False, MOST_ROWS + 5), (3, True, 3)],
)
def test_rows_are_left_out_with_their_number(limit: int | None, json: bool, rows: int) -> None:
    shown, note = first_rows(LONG, limit, json=json)
    assert len(shown) == rows
    left_out = f"the first {rows} of {len(LONG)} rows; --limit 0 prints all"
    assert note == ([left_out] if rows < len(LONG) else [])


def test_gaps_are_limited(printed: Callable[..., str], document: Callable[..., Any], ais_file: Path) -> None:
    printed("ingest", ais_file)
    text = printed("gaps", "--limit", "1")
    assert text.startswith("2 gaps longer than 12h")
    assert "the first 1 of 2 rows; --limit 0 prints all" in text
    assert len(document("gaps", "--limit", "1")) == 1
    assert len(document("gaps")) == 2


def test_only_what_is_longer_than_the_terminal_is_paged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paged: list[str] = []
    monkeypatch.setattr(pydoc, "pager", paged.append)
    monkeypatch.setenv("LINES", "10")
    long = "\n".join("row" for _ in range(20))
    echo(long)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    echo("short")
    echo(long)
    assert paged == [long]
    assert capsys.readouterr().out == f"{long}\nshort\n"


def test_scripts_get_null_for_what_is_missing_and_no_hour_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    day = pd.Timestamp("2023-06-11T11:59:59.500Z")
    Session(json=True).print({"rows": [{"at": day, "end": pd.NaT, "speed_kn": float("nan"), "t": AT}]}, "")
    assert capsys.readouterr().out == (
        '{"rows": [{"at": "2023-06-11", "end": null, "speed_kn": null, "t": "2023-10-05T02:16:09Z"}]}\n'
    )
