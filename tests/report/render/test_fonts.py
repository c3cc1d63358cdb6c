"""Signs that many machines lack come with the page."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html import unescape

import pytest
from fontTools.ttLib import TTFont

from monitor.report import build_brief
from monitor.report.render.fonts import font_faces
from monitor.report.render.html import page
from tests.report.made import brief_input, no_pixels


def fonts(text: str) -> dict[str, TTFont]:
    faces = re.findall(r'font-family:"([^"]+)";src:url\("data:font/woff2?;base64,([^"]+)"\)', text)
    return {family: TTFont(io.BytesIO(base64.b64decode(data))) for family, data in faces}


def test_a_page_brings_just_the_hangul_and_cyrillic_signs_it_uses() -> None:
    given = brief_input()
    named = replace(given, aois=tuple(replace(aoi, name="라진 Дунай") for aoi in given.aois))
    html = page(build_brief(named, no_pixels), paper=False)
    found = fonts(html)
    assert set(map(ord, "라진")) <= set(found["Monitor Hangul"].getBestCmap())
    assert set(map(ord, "Дунай")) <= set(found["Monitor Cyrillic"].getBestCmap())
    assert len(found["Monitor Hangul"].getBestCmap()) < 40
    policy = re.search(r'Content-Security-Policy" content="([^"]*)', html)
    assert policy is not None
    assert "font-src data:" in unescape(policy[1])


@pytest.mark.parametrize("text", ["Rajin", "", "日本 ελ", "\ud7fe"])
def test_without_such_signs_there_is_no_font(text: str) -> None:
    assert font_faces(iter([text])) == ""


def test_the_same_signs_give_the_same_small_bytes() -> None:
    made = font_faces(iter(["두만강", "라진 나진항"]))
    assert made == font_faces(iter(["나진항", "두만강 라진"]))
    assert 500 < len(made) < 8000
