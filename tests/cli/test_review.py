from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_an_empty_workspace_has_nothing_to_review(printed: Callable[..., str], document: Callable[..., Any]) -> None:
    assert printed("review") == "0 listed; 0 of 0 findings and detections have a decision\n"
    assert document("review") == {"items": [], "decided": 0, "of": 0}


@pytest.mark.parametrize(
    "line, message",
    [
        ("d1", "review ID needs a decision: keep, reject, fixed or unsure"),
        ("d1 keep", "d1"),
        ("d1 perhaps", "d1: no detection or finding has this id"),
        ("d1 keep --undo", "--undo takes no decision"),
        ("--undo", "no decision"),
        ("--export out --undo", "--export takes no ID and no --undo"),
        ("--export out d1", "--export takes no ID and no --undo"),
    ],
)
def test_wrong_use_names_what_is_wrong(line: str, message: str, refused: Callable[..., str], tmp_path: Path) -> None:
    assert message in refused("review", *line.replace("out", str(tmp_path / "out")).split())
    assert not (tmp_path / "out").exists()
