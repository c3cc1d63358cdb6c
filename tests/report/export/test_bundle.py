"""Bundles and workbooks: nothing in them runs, changes or goes unnoticed."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from monitor.core.errors import DataError
from monitor.report.export.bundle import checksums, write_bundle
from monitor.report.export.formats import safe_csv
from monitor.report.export.spreadsheet import MOST_LETTERS, workbook

NASTY = ["=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "a\x00b\x07c", "https://x.test", "0012", "plain"]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def cells(data: bytes, sheet: int = 1) -> list[tuple[str, str]]:
    """Type and value of every cell of a sheet, shared strings resolved."""
    files = parts(data)
    strings = [
        "".join(t.text or "" for t in item.iter(f"{MAIN}t"))
        for item in ElementTree.fromstring(files["xl/sharedStrings.xml"])
    ]
    found = []
    for cell in ElementTree.fromstring(files[f"xl/worksheets/sheet{sheet}.xml"]).iter(f"{MAIN}c"):
        kind, value = cell.get("t", "n"), str(cell.findtext(f"{MAIN}v"))
        found.append((kind, strings[int(value)] if kind == "s" else value))
    return found


def test_a_workbook_holds_texts_as_texts_and_no_formula_or_link() -> None:
    data = workbook({"odd": pd.DataFrame({"text": NASTY})})
    assert not [name for name, content in parts(data).items() if re.search(rb"<f[ >]|<hyperlink", content)]
    texts = [value for kind, value in cells(data) if kind == "s"][1:]
    assert len(cells(data)) == len(NASTY) + 1
    assert texts[:4] == NASTY[:4]
    assert texts[6] == "a\ufffdb\ufffdc"
    assert texts[8] == "0012"


def test_a_csv_starts_no_formula_with_the_same_texts() -> None:
    lines = safe_csv(pd.DataFrame({"text": NASTY})).decode()
    assert not re.search(r'(^|\n|,)"?[=+@\t-]', lines)


def test_numbers_instants_and_missing_values_are_what_they_are() -> None:
    at = pd.Timestamp("2023-10-05T02:16:09Z")
    table = pd.DataFrame(
        {"n": [-1.5, np.nan], "at": [at, pd.NaT], "yes": [True, False], "i": pd.array([7, None], "Int64")}
    )
    found = cells(workbook({"t": table}))[4:]
    assert found == [("n", "-1.5"), ("s", "2023-10-05T02:16:09Z"), ("b", "1"), ("n", "7"), ("b", "0")]


def test_a_text_too_long_for_a_cell_says_where_the_whole_is() -> None:
    (_, (_, text)) = cells(workbook({"t": pd.DataFrame({"wkt": ["x" * (MOST_LETTERS + 1)]})}))
    assert len(text) == MOST_LETTERS
    assert text.endswith("(whole in the CSV file)")


def test_the_same_tables_give_the_same_workbook() -> None:
    table = {"t": pd.DataFrame({"a": [1, 2]})}
    assert workbook(table) == workbook(table)


def test_a_folder_is_read_only_and_never_replaced(tmp_path: Path) -> None:
    members = {"README.txt": b"read me", "tables/a.csv": b"a"}
    out = write_bundle(members, tmp_path / "out")
    files = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    assert {name: path.read_bytes() for name, path in files.items()} == members
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o444}
    with pytest.raises(DataError, match="is there already"):
        write_bundle({"README.txt": b"other"}, out)
    assert (out / "README.txt").read_bytes() == b"read me"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_zip_has_the_same_bytes_again(tmp_path: Path) -> None:
    members = {"b": b"2", "a": b"1"}
    first, second = (write_bundle(members, tmp_path / f"{name}.zip").read_bytes() for name in "xy")
    assert first == second
    assert parts(first) == members


def test_checksums_are_those_that_sha256sum_reads() -> None:
    assert checksums({"b": b"", "a": b"1"}).decode().splitlines() == [
        "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b  a",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b",
    ]
