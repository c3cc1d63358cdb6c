"""The brief, as values and as a page."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from monitor.core.tables import DETECTIONS
from monitor.core.tableset import TableSet
from monitor.report import Brief, build_brief, write_html
from monitor.report.render.html import page
from monitor.report.sections.summary import statements
from tests.report.made import brief_input, no_pixels, read_pixels


@pytest.fixture(scope="module")
def brief() -> Brief:
    return build_brief(brief_input(), read_pixels)


@pytest.fixture(scope="module")
def html(brief: Brief) -> str:
    return page(brief, paper=False)


class Reader(HTMLParser):
    """Collects tags with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_what_could_not_be_seen_stands_before_any_count(html: str) -> None:
    assert html.index('id="unseen"') < html.index('id="season"') < html.index('id="port-rajin"')
    assert html.index('id="coverage"') < html.index('id="numbers"') < html.index('id="rajin-series"')


def test_nothing_is_fetched_from_anywhere(html: str) -> None:
    for tag, attributes in Reader(html).tags:
        for name in ("src", "href", "action", "poster", "srcset"):
            value = attributes.get(name)
            if value is not None:
                assert value.startswith(("data:", "#")), (tag, value[:60])
    css = re.search(r"<style>(.*?)</style>", html, re.S)
    assert css is not None
    assert all(target.startswith('"data:') for target in re.findall(r"url\(([^)]*)", css[1]))
    assert "@import" not in css[1]


def test_the_policy_allows_just_the_scripts_and_styles_that_are_there(html: str) -> None:
    found = re.search(r'Content-Security-Policy" content="([^"]*)', html)
    assert found is not None
    policy = unescape(found[1])
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    parts = re.findall(r"<(style|script)>(.*?)</\1>", html, re.S)
    assert [tag for tag, _ in parts] == ["style", "script", "script"]
    for _, text in parts:
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert not [a for _, a in Reader(html).tags if "style" in a or any(k.startswith("on") for k in a)]


def test_names_are_escaped(html: str) -> None:
    assert "라진 &lt;b&gt;" in html
    assert "라진 <b>" not in html


def test_accessibility_basics_hold(html: str) -> None:
    tags = Reader(html).tags
    assert ("html", {"lang": "en"}) in tags
    assert sum(tag == "h1" for tag, _ in tags) == 1
    assert all(a.get("alt") for tag, a in tags if tag == "img")
    assert all(a.get("scope") in ("col", "row") for tag, a in tags if tag == "th")
    ids = [a["id"] for _, a in tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_links_within_the_page_lead_somewhere(html: str) -> None:
    tags = Reader(html).tags
    ids = {a["id"] for _, a in tags if "id" in a}
    assert all(a["href"][1:] in ids for tag, a in tags if tag == "a" and a["href"].startswith("#"))  # type: ignore[index, union-attr]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, brief: Brief) -> None:
    again = build_brief(brief_input(), read_pixels)
    assert write_html(brief, tmp_path / "a.html").read_bytes() == write_html(again, tmp_path / "b.html").read_bytes()


def test_a_changed_input_changes_its_digest() -> None:
    given = brief_input()
    assert given.digest() == brief_input().digest()
    assert given.digest() != replace(given, reviewed_by="A. Reader").digest()
    assert given.digest() != replace(given, tables=TableSet()).digest()


def test_no_observation_says_not_observed_and_never_zero() -> None:
    html = page(build_brief(brief_input(()), no_pixels), paper=False)
    numbers = html[html.index('id="numbers"') : html.index('id="rajin-tiles"')]
    assert "not observed" in numbers
    assert not re.search(r"<td[^>]*>0", numbers)
    assert "was not observed in this period" in html


def test_a_clouded_pass_is_no_observation() -> None:
    html = page(build_brief(brief_input(("observed", "not observed")), read_pixels), paper=False)
    numbers = html[html.index('id="numbers"') : html.index('id="rajin-tiles"')]
    assert numbers.split("<tbody>")[1].count("not observed") >= 4


def test_pixels_that_are_lost_get_a_sentence_and_no_tile() -> None:
    html = page(build_brief(brief_input(), no_pixels), paper=False)
    assert "are not in the archive" in html
    assert 'class="tile"' not in html


def test_simulated_is_said_on_every_page_and_tile() -> None:
    brief = build_brief(brief_input(simulated=True), read_pixels)
    html = page(brief, paper=False)
    assert re.search('<div class="banner"[^>]*><strong>SIMULATED</strong>', html)
    assert "<title>SIMULATED" in html
    assert "Contains modified Copernicus" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S)


def test_an_unknown_hour_is_printed_as_such() -> None:
    assert "date only, hour unknown" in page(build_brief(brief_input(exact=False), read_pixels), paper=False)


def test_local_time_stands_beside_utc(html: str) -> None:
    assert "2023-10-10 02:16:09 UTC · 11:16 local (UTC+09:00, Asia/Pyongyang)" in html


def test_likelihood_and_confidence_stand_in_separate_sentences(html: str) -> None:
    assert "Likelihood: <strong>likely</strong>." in html
    assert "Confidence: <strong>moderate</strong>" in html


def test_the_fixed_wording_on_unmatched_and_gaps_is_there(html: str) -> None:
    assert "It is not proof that AIS was switched off" in html
    assert "says nothing of intent" in html


def test_how_often_chance_raises_a_change_is_said_beside_the_series() -> None:
    given = replace(brief_input(), false_alarms_per_year=0.25)
    text = unescape(page(build_brief(given, no_pixels), paper=False))
    assert "a port in which nothing changes raises 0.25 a year at most on average, all its counts together" in text
    assert given.digest() != brief_input().digest()


def test_a_port_without_a_past_says_what_its_newest_observation_shows() -> None:
    result = statements(brief_input(("not observed", "observed")))
    assert result[1].claim == "2 objects consistent with vessels were marked at Rajin 라진 <b>, 2023-10-10 02:16 UTC."
    assert (result[1].likelihood, result[1].confidence) == ("", "low")


def test_what_reception_does_not_show_is_no_bottom_line() -> None:
    given = brief_input(("not observed", "observed"))
    doubtful = replace(given, findings=tuple(replace(f, likelihood="") for f in given.findings))
    assert not any("no AIS fits it" in s.claim for s in statements(doubtful))


def test_a_tile_says_what_moved_and_how_fast() -> None:
    given = brief_input()
    found = given.tables[DETECTIONS]
    ships = found["class_name"] == "vessel"
    moved = found.assign(
        motion=ships.map({True: "moving", False: ""}).astype("str"), speed_low_kn=8.0, speed_high_kn=12.0
    )
    result = page(build_brief(replace(given, tables=given.tables | {DETECTIONS: moved}), read_pixels), paper=False)
    assert "vessel, moving 8–12 kn" in result
    assert "container stack, moving" not in result


def test_a_ship_without_measured_motion_is_said_to_be_under_the_least_speed_that_shows() -> None:
    given = brief_input()
    still = given.tables[DETECTIONS].assign(motion="not moving")
    result = page(build_brief(replace(given, tables=given.tables | {DETECTIONS: still}), read_pixels), paper=False)
    assert "vessel, no motion measured (under 2 kn)" in result
    assert "not moving" not in result


def test_on_paper_long_tables_stand_in_the_appendix_and_twins_are_left_out(brief: Brief, html: str) -> None:
    paper = page(brief, paper=True)
    assert "the numbers behind the figures" in paper
    assert "the numbers behind the figures" not in html
    assert paper.index('id="behind"') < paper.index("vessels per clear observation by week</caption>")
    assert "Play as an animation" not in paper
    assert paper.count('class="tile"') < html.count('class="tile"')


def test_who_may_read_it_stands_in_the_header_when_said(html: str) -> None:
    result = page(build_brief(replace(brief_input(), distribution="for <staff> only"), no_pixels), paper=False)
    assert "<dt>Distribution</dt><dd>for &lt;staff&gt; only</dd>" in result
    assert "Distribution" not in html


def test_a_card_gives_likelihood_and_confidence_apart_and_the_grid_reference(html: str) -> None:
    card = html[html.index('id="event-dark-1"') :].split("</article>")[0]
    assert "<dt>Likelihood</dt><dd>likely</dd>" in card
    assert "<dt>Confidence</dt><dd>moderate</dd>" in card
    assert re.search(r"MGRS 52TFM \d{3} \d{3}", card)


def test_evidence_leads_to_the_card_that_shows_it(html: str) -> None:
    assert '<a href="#event-dark-1">s2_20231010-1</a>' in html


def test_downloads_hold_what_they_say(html: str) -> None:
    link = next(a["href"] for t, a in Reader(html).tags if t == "a" and a.get("download") == "detections.geojson")
    assert link is not None
    assert "s2_20231010-1" in link


def test_pictures_decode(brief: Brief) -> None:
    html = page(brief, paper=False)
    pictures = [a["src"] for t, a in Reader(html).tags if t == "img"]
    assert len(pictures) >= 6
    for source in pictures:
        assert source is not None
        assert base64.b64decode(source.split(",", 1)[1])[:4] in (b"RIFF", b"\x89PNG", b"GIF8")


@pytest.mark.slow
def test_the_pdf_is_tagged_and_reproducible(tmp_path: Path, brief: Brief) -> None:
    pytest.importorskip("weasyprint")
    from monitor.report import write_pdf

    first = write_pdf(brief, tmp_path / "a.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    headers = [part for part in unpacked(first).split(b"endobj") if b"/S /TH" in part]
    assert {scope for part in headers for scope in re.findall(rb"/Scope (/\w+)", part)} == {b"/Column", b"/Row"}
    assert all(b"/Scope" in part for part in headers)
    assert first == write_pdf(brief, tmp_path / "b.pdf").read_bytes()


def unpacked(data: bytes) -> bytes:
    """A PDF with its deflated streams in the clear."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S)
    return data + b"".join(zlib.decompress(s) for s in streams if s[:1] == b"x")


@pytest.mark.slow
def test_a_pdf_brings_its_own_fonts_for_hangul_and_cyrillic(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint")
    from monitor.report import write_pdf

    given = brief_input()
    named = replace(given, aois=tuple(replace(aoi, name="라진 Дунай") for aoi in given.aois))
    data = write_pdf(build_brief(named, no_pixels), tmp_path / "a.pdf").read_bytes()
    fonts = set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z-]+)", unpacked(data)))
    assert {b"Monitor-Hangul", b"DejaVu-Sans"} <= fonts
