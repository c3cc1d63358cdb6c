"""Files written whole or not at all."""

from pathlib import Path

import pytest

from monitor.core.errors import ArchiveError
from monitor.io.atomic import replacing, write_bytes


def half_write(out: Path) -> None:
    with replacing(out, ".gpkg") as temporary:
        assert temporary.suffix == ".gpkg"
        temporary.write_bytes(b"ha")
        raise ValueError("half way")


def test_a_write_that_fails_keeps_the_old_file_and_leaves_no_other(tmp_path: Path) -> None:
    out = write_bytes(tmp_path / "new" / "brief.html", b"old")
    with pytest.raises(ValueError, match="half way"):
        half_write(out)
    assert out.read_bytes() == b"old"
    assert list(out.parent.iterdir()) == [out]


def test_a_place_that_is_taken_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match=r"brief\.html: .* choose another place"):
        write_bytes(tmp_path / "file" / "brief.html", b"")
