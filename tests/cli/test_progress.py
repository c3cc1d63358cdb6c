"""Bars on a terminal, silence elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from monitor.cli.progress import bars
from monitor.core.parallel import each


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [Terminal, io.StringIO])
def test_a_long_step_is_counted_in_a_terminal_alone(kind: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = kind()
    monkeypatch.setattr(sys, "stderr", shown)
    with bars("evaluate"):
        each(abs, [1, 2, 3], step="detect")
        each(abs, [1, 2, 3])
        each(abs, [1], step="pull")
    text = shown.getvalue()
    assert ("detect" in text, "1/3" in text, "evaluate" in text) == (shown.isatty(),) * 3
    assert "pull" not in text
