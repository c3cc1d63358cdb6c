"""Fonts and what they can draw."""

from __future__ import annotations

import logging

import pytest
from matplotlib import font_manager

from monitor.report.page.style import HANGUL, drawable, families


def test_hangul_and_cyrillic_can_be_drawn_with_what_comes_along() -> None:
    assert families()[:2] == ("DejaVu Sans", HANGUL)
    own = [font_manager.get_font(font_manager.findfont(name)).get_charmap() for name in families()[:2]]
    assert all(any(ord(sign) in glyphs for glyphs in own) for sign in "나진 라진항 두만강 Дунай Владивосток ×²°–→")


def test_a_sign_that_no_font_has_is_told_by_a_question_mark() -> None:
    assert drawable("a\U000f0000b") == "a?b"
    assert drawable("\U000f0000", "otherwise") == "otherwise"


def test_bold_hangul_needs_no_font_of_the_machine(caplog: pytest.LogCaptureFixture) -> None:
    families()
    with caplog.at_level(logging.WARNING):
        found = font_manager.findfont(font_manager.FontProperties(family=HANGUL, weight="bold"))
    assert "hangul" in found
    assert not caplog.records
