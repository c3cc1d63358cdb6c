"""The swipe of two pictures, as HTML and in a browser where there is one."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from monitor.report.page.blocks import Pair
from monitor.report.page.style import lossless
from monitor.report.render.swipe import swipe_html, swipe_page

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pair() -> Pair:
    dark, light = (np.full((60, 90, 3), value, np.uint8) for value in (40, 220))
    return Pair(
        "pair-pier",
        lossless(dark, "Pier <1>, earlier"),
        lossless(light, "Pier <1>, later"),
        "5 Oct 2023",
        "10 Oct 2023",
        "Pier <1>: the same frame twice.",
    )


class Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def test_both_pictures_stand_there_with_their_words_and_escaped() -> None:
    html = swipe_html(pair())
    found = Reader(html)
    assert [image["alt"] for image in found.of("img")] == ["Pier <1>, earlier", "Pier <1>, later"]
    assert all(str(image["src"]).startswith("data:image/webp;base64,") for image in found.of("img"))
    assert "Before · 5 Oct 2023" in html
    assert "After · 10 Oct 2023" in html
    assert "<1>" not in html


def test_the_range_has_a_label_and_waits_for_the_script() -> None:
    found = Reader(swipe_html(pair()))
    (cut,) = found.of("input")
    assert cut["type"] == "range"
    assert "hidden" in cut
    assert [label["for"] for label in found.of("label")] == [cut["id"]]
    assert all(button["type"] == "button" for button in found.of("button"))


def test_its_page_fetches_nothing_and_allows_just_its_own_script() -> None:
    html = swipe_page(pair(), title="Pier", credit="Copernicus", simulated=False).html
    policy = unescape(str(re.search(r'Policy" content="([^"]*)', html)[1]))  # type: ignore[index]
    assert policy.startswith("default-src 'none'")
    for text in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", html, re.S):
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert not re.search(r'(?:src|href)="(?!data:|#)', html)
    assert "SIMULATED" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S)


def test_made_up_pixels_are_called_simulated() -> None:
    html = swipe_page(pair(), title="Pier", credit="", simulated=True).html
    assert "<title>SIMULATED · Pier</title>" in html
    assert 'aria-label="Simulated data"' in html


@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_a_browser_lays_them_over_each_other_from_a_file(tmp_path: Path) -> None:
    out = swipe_page(pair(), title="Pier", credit="", simulated=False).write(tmp_path / "pier.html")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    shown = subprocess.run(
        [str(BROWSER), *flags, out.as_uri()], capture_output=True, check=True, timeout=60, text=True
    ).stdout
    (cut,) = Reader(shown).of("input")
    assert "hidden" not in cut
    assert cut["aria-valuetext"] == "50 % earlier picture"
    assert 'class="swipe on"' in shown
