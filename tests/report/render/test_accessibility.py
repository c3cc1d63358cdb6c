"""What axe-core finds in a brief and in a comparison, where it and a browser are installed."""

from __future__ import annotations

import importlib.util
import json
import re
from html import unescape
from pathlib import Path

import pytest

from monitor.report import build_brief
from monitor.report.render.html import page
from monitor.report.render.swipe import swipe_page
from tests.browser import BROWSER, dumped
from tests.report.made import brief_input, read_pixels
from tests.report.render.test_swipe import pair

_RUN = """setTimeout(function () { axe.run().then(function (found) {
  var made = document.createElement("pre");
  made.id = "axe-found";
  made.textContent = JSON.stringify(found.violations.map(function (one) {
    return one.id + ": " + one.nodes.map(function (node) { return node.html.slice(0, 120); }).join(" | ");
  }));
  document.body.appendChild(made);
}); }, 300);"""


def _axe() -> str:
    """The script of axe-core, which `axe-core-python` carries."""
    found = importlib.util.find_spec("axe_core_python")
    if BROWSER is None or found is None or found.origin is None:
        pytest.skip("no chromium or no axe-core-python here")
    return (Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")


def _violations(html: str, home: Path, *, width: int, dark: bool) -> list[str]:
    """What axe names in a page, which is stripped of its content policy for that."""
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    if dark:
        html = html.replace("prefers-color-scheme:dark", "min-width:1px")
    out = home / "page.html"
    out.write_text(
        html.replace("</body>", f"<script>{_axe()}</script><script>{_RUN}</script></body>"), encoding="utf-8"
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', dumped(out, home, width=width), re.S)
    assert found is not None, "axe did not end"
    return [str(one) for one in json.loads(unescape(found[1]))]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1400, False), (390, True)])
def test_axe_finds_nothing_in_a_brief(tmp_path: Path, width: int, dark: bool) -> None:
    html = page(build_brief(brief_input(simulated=True), read_pixels), paper=False)
    assert _violations(html, tmp_path, width=width, dark=dark) == []


@pytest.mark.slow
def test_axe_finds_nothing_in_a_comparison(tmp_path: Path) -> None:
    html = swipe_page(pair(), title="Pier", credit="Copernicus", simulated=True).html
    assert _violations(html, tmp_path, width=1400, dark=False) == []


@pytest.mark.slow
def test_axe_finds_a_picture_without_words(tmp_path: Path) -> None:
    html = swipe_page(pair(), title="Pier", credit="Copernicus", simulated=True).html
    broken = html.replace('alt="Pier &lt;1&gt;, later"', "")
    assert broken != html
    assert any(one.startswith("image-alt") for one in _violations(broken, tmp_path, width=1400, dark=False))
