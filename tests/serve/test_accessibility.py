"""What axe-core finds in the pages of a workspace, where it and a browser are installed."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from tests.browser import axe_violations

pytestmark = [pytest.mark.slow, pytest.mark.weights, pytest.mark.loopback]

TABS = ("season", "berths", "stacks", "voyages", "ais", "files")
KINDS = (
    "/",
    "/ports/made",
    *(f"/ports/made?tab={tab}" for tab in TABS),
    "/review?show=detections",
    "/activity",
    "/api",
)


def alone(client: httpx.Client, address: str) -> str:
    """A page with its style inside; what its scripts add is left out."""
    html, style = client.get(address).text, client.get("/static/page.css").text
    html = re.sub(r'<script src="[^"]*" defer></script>', "", html)
    return html.replace('<link rel="stylesheet" href="/static/page.css">', f"<style>{style}</style>")


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (390, True)])
def test_axe_finds_nothing_on_any_page(reader: httpx.Client, tmp_path: Path, width: int, dark: bool) -> None:
    evidence = re.search(r'href="(/evidence/[^"]+)"', reader.get("/review?show=detections").text)
    assert evidence is not None
    pages = {address: alone(reader, address) for address in (*KINDS, evidence[1], "/nowhere")}
    assert axe_violations(pages, tmp_path, width=width, dark=dark) == {address: [] for address in pages}
