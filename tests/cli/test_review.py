from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_an_empty_workspace_has_nothing_to_review(printed: Callable[..., str], document: Callable[..., Any]) -> None:
    assert printed("review") == "0 listed; 0 of 0 findings and detections have a decision\n"
    assert document("review") == {"items": [], "decided": 0, "of": 0}


@pytest.mark.parametrize(
    "line", ["d1", "d1 keep", "d1 perhaps", "d1 keep --undo", "--undo", "--export out --undo", "--export out d1"]
)
def test_wrong_use_exits_with_2(line: str, printed: Callable[..., str], tmp_path: Path) -> None:
    printed("review", *line.replace("out", str(tmp_path / "out")).split(), code=2)
    assert not (tmp_path / "out").exists()
