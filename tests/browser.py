"""A browser without a window, where there is one."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_WAIT_S = 120


def dumped(page: Path, home: Path, *, width: int = 1400) -> str:
    """A page's document after its scripts have run.

    Parameters
    ----------
    page : Path
        An HTML file.
    home : Path
        Where the browser may write.
    width : int, optional
        Of its window.
    """
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home / 'profile'}", "--dump-dom"]
    sight = [f"--window-size={width},1200", "--virtual-time-budget=20000"]
    command = [str(BROWSER), *flags, *sight, page.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, timeout=_WAIT_S, text=True).stdout


_LOOK_IN = """(async function () {
  const found = {};
  const script = document.getElementById("axe").textContent;
  for (const [name, text] of Object.entries(JSON.parse(document.getElementById("pages").textContent))) {
    const frame = document.createElement("iframe");
    frame.title = name;
    frame.style.cssText = "border:0;width:100%;height:1200px";
    await new Promise((done) => { frame.onload = done; frame.srcdoc = text; document.body.replaceChildren(frame); });
    frame.contentWindow.eval(script);
    const seen = await frame.contentWindow.axe.run(frame.contentDocument);
    found[name] = seen.violations.map((one) =>
      one.id + ": " + one.nodes.map((node) => node.html.slice(0, 120)).join(" | "));
  }
  const made = document.createElement("pre");
  made.id = "axe-found";
  made.textContent = JSON.stringify(found);
  document.body.replaceChildren(made);
})();"""
_PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def axe_violations(pages: Mapping[str, str], home: Path, *, width: int, dark: bool = False) -> dict[str, list[str]]:
    """What axe-core names in each of some pages, all looked at in one start of the browser; skips where it is missing.

    Pages are stripped of their content policy for that, and of the pixels of their pictures.

    Parameters
    ----------
    pages : mapping of str to str
        HTML that needs no other file, by a name.
    home : Path
        Where the browser may write.
    width : int
        Of its window.
    dark : bool, optional
        As a reader with dark colours sees them.
    """
    carried = importlib.util.find_spec("axe_core_python")
    if BROWSER is None or carried is None or carried.origin is None:
        pytest.skip("no chromium or no axe-core-python here")
    script = (Path(carried.origin).parent / "axe.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    made = {name: _bare(html, dark=dark) for name, html in pages.items()}
    out = home / f"axe-{width}.html"
    out.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><body><script type="text/plain" id="axe">{script}</script>'
        f'<script type="application/json" id="pages">{_inert(made)}</script>'
        f"<script>{_LOOK_IN}</script></body>",
        encoding="utf-8",
    )
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', dumped(out, home, width=width), re.S)
    assert found is not None, "axe did not end"
    return {str(name): [str(one) for one in some] for name, some in json.loads(unescape(found[1])).items()}


def _inert(pages: Mapping[str, str]) -> str:
    return json.dumps(pages).replace("</", "<\\/").replace("<!--", "<\\u0021--")


def _bare(html: str, *, dark: bool) -> str:
    html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    html = re.sub(r"data:image/[a-z]+;base64,[^\"')]+", _PIXEL, html)
    return html.replace("prefers-color-scheme:dark", "min-width:1px") if dark else html
