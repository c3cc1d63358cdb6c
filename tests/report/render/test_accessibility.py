"""What axe-core finds in a brief and in a comparison, where it and a browser are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.report import build_brief
from monitor.report.render.html import page
from monitor.report.render.swipe import swipe_page
from tests.browser import axe_violations
from tests.report.made import brief_input, read_pixels
from tests.report.render.test_swipe import pair

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (390, True)])
def test_axe_finds_nothing_in_a_brief(tmp_path: Path, width: int, dark: bool) -> None:
    html = page(build_brief(brief_input(simulated=True), read_pixels), paper=False)
    assert axe_violations({"brief": html}, tmp_path, width=width, dark=dark) == {"brief": []}


def test_axe_finds_a_picture_without_words_and_nothing_else_in_a_comparison(tmp_path: Path) -> None:
    html = swipe_page(pair(), title="Pier", credit="Copernicus", simulated=True).html
    broken = html.replace('alt="Pier &lt;1&gt;, later"', "")
    assert broken != html
    found = axe_violations({"whole": html, "broken": broken}, tmp_path, width=1400)
    assert found["whole"] == []
    assert [one.split(":")[0] for one in found["broken"]] == ["image-alt"]
