"""Tiles as a page shows them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.report import Brief, build_brief
from monitor.report.page.blocks import Film, FilmFrame, Pair, Section
from monitor.report.render.html import page, style
from monitor.report.tiles.tile import SIMULATED_LINE
from tests.browser import BROWSER, dumped
from tests.report.made import brief_input, read_pixels


@pytest.fixture(scope="module")
def brief() -> Brief:
    return build_brief(brief_input(), read_pixels)


@pytest.fixture(scope="module")
def html(brief: Brief) -> str:
    return page(brief, paper=False)


def figures(html: str) -> list[str]:
    return re.findall(r'<figure id="tile-.*?</figure>', html, re.S)


def test_the_plain_twin_stands_beside_its_tile_on_screen_and_paper(brief: Brief, html: str) -> None:
    for text in (html, page(brief, paper=True)):
        found = figures(text)
        assert found
        for figure in found:
            assert figure.count("<img") == 2
            assert "The same pixels without annotation" in figure


def test_the_credit_and_how_a_tile_was_made_can_be_read_at_any_size(html: str) -> None:
    for figure in figures(html):
        caption = re.search(r"<figcaption>(.*?)</figcaption>", figure, re.S)
        assert caption is not None
        assert "Contains modified Copernicus Sentinel data 2023" in caption[1]
    assert html.count("How this picture was made") == len(figures(html))
    assert re.search(r"<li>Centre 42\.\d+° N.*MGRS.*ground pixel 10 m</li>", html)


def test_a_simulated_tile_is_credited_as_simulated() -> None:
    html = page(build_brief(brief_input(simulated=True), read_pixels), paper=False)
    assert all(f'<span class="credit">{SIMULATED_LINE}</span>' in figure for figure in figures(html))


def test_the_page_has_a_dark_and_a_print_style() -> None:
    assert "prefers-color-scheme:dark" in style()
    assert style().index("@media screen and (prefers-color-scheme:dark)") > style().index("@media print")


def test_each_chart_offers_its_data_svg_and_png_once_scripts_run(html: str) -> None:
    charts = re.findall(r'<figure id="[^"]*" class="chart">.*?</figure>', html, re.S)
    assert charts
    for figure in charts:
        tools = re.search(r'<p class="tools" hidden>(.*?)</p>', figure, re.S)
        assert tools is not None
        assert re.findall(r'data-get="(\w+)"', tools[1]) == ["csv", "svg", "png"]


def test_paper_has_no_buttons(brief: Brief) -> None:
    assert "data-get" not in page(brief, paper=True)


@pytest.mark.skipif(BROWSER is None, reason="no chromium here")
def test_pairs_and_rows_of_pictures_offer_them_too(brief: Brief, tmp_path: Path) -> None:
    picture = brief.lead.picture
    assert isinstance(picture, Pair)
    row = Film("film-made", (FilmFrame(picture.before, "5 Oct", "observed"),), "Last observation.")
    out = tmp_path / "brief.html"
    out.write_text(page(replace(brief, sections=(Section("made", "Made", (row,)),), appendix=()), paper=False))
    figures = re.findall(r'<figure id="(?:lead|film-made)".*?</figure>', dumped(out, tmp_path), re.S)
    assert [re.findall(r'data-get="(\w+)"', figure) for figure in figures] == [["csv", "svg", "png"]] * 2
