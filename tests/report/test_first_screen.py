"""The first screen, the order of a brief, and its length."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from monitor.core.tables import DARK_EVENTS
from monitor.report import Brief, build_brief
from monitor.report.page.blocks import Cards, Pair, TileFigure
from monitor.report.render.html import page
from tests.report.made import brief_input, no_pixels, read_pixels

MOST_WORDS_OF_A_SCENE, MOST_WORDS_OF_A_WEEK = 400, 900


def before_the_appendix(html: str) -> str:
    return html[html.index("<body") : html.index('<section id="appendix"')]


def text_of(html: str) -> str:
    """What a reader sees, the labels of drawings too; not tooltips, styles and scripts."""
    shown = re.sub(r"<(style|script|title)\b.*?</\1>", " ", html, flags=re.S).replace("</text>", " ")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


@pytest.fixture(scope="module")
def brief() -> Brief:
    return build_brief(brief_input(), read_pixels)


@pytest.fixture(scope="module")
def html(brief: Brief) -> str:
    return page(brief, paper=False)


def test_the_headline_is_the_only_top_heading_and_says_the_strongest_finding(html: str) -> None:
    (headline,) = re.findall(r"<h1[^>]*>(.*?)</h1>", html)
    assert headline == "A ship of about 90 m likely lay at Rajin 라진 &lt;b&gt; on 10 Oct 2023 without AIS"


def test_the_picture_shows_the_finding_beside_the_same_place_before_it(brief: Brief, html: str) -> None:
    picture = brief.lead.picture
    assert isinstance(picture, Pair)
    assert (picture.before_label, picture.after_label) == ("2023-10-05 02:16 UTC", "2023-10-10 02:16 UTC")
    assert "the ship is marked on the later picture" in picture.caption
    assert picture.before.data != picture.after.data
    assert html.index("<h1") < html.index('id="lead"') < html.index('id="season"')


@pytest.mark.parametrize("states", [("observed", "observed"), ("not observed", "observed"), ("observed", "partly")])
def test_without_a_finding_the_berths_are_the_picture_and_stand_there_once(states: tuple[str, ...]) -> None:
    made = build_brief(replace(brief_input(states), findings=()), read_pixels)
    picture = made.lead.picture
    assert isinstance(picture, TileFigure)
    text = page(made, paper=False)
    assert text.count(f'id="{picture.id}"') == 1
    assert text.index("<h1") < text.index(f'id="{picture.id}"') < text.index('id="season"')
    assert len(text_of(before_the_appendix(text)).split()) <= MOST_WORDS_OF_A_SCENE


def test_each_claim_leads_to_its_evidence(brief: Brief, html: str) -> None:
    assert 1 <= len(brief.lead.claims) <= 3
    for number in range(1, len(brief.statements) + 1):
        assert f'href="#e{number}">[E{number}]</a>' in html
        assert f'<li id="e{number}">' in html[html.index('<section id="appendix"') :]


def test_no_id_stands_in_running_text(html: str) -> None:
    text = text_of(before_the_appendix(html))
    assert not re.search(r"s2_2023|dark-1|\bb1\b|gap-1", text)


def test_a_brief_is_short_before_its_appendix(html: str) -> None:
    assert len(text_of(before_the_appendix(html)).split()) <= MOST_WORDS_OF_A_WEEK


def test_a_single_scene_is_shorter() -> None:
    one = page(build_brief(brief_input(("observed",)), read_pixels), paper=False)
    assert len(text_of(before_the_appendix(one)).split()) <= MOST_WORDS_OF_A_SCENE


def test_one_fact_has_one_confidence(brief: Brief) -> None:
    card = next(c for s in brief.sections for b in s.blocks if isinstance(b, Cards) for c in b.cards)
    assert dict(card.facts)["Confidence"] == brief.statements[0].confidence


def test_anchors_of_earlier_briefs_still_lead_somewhere(html: str) -> None:
    parts = ("tiles", "series", "berths", "stacks", "visits")
    known = (
        "coverage",
        "numbers",
        "port-rajin",
        "ais",
        "dark",
        "gaps",
        "voyages",
        "corrections",
        "method",
        "provenance",
    )
    for anchor in (*known, *(f"rajin-{part}" for part in parts), "event-dark-1", "bottom-line"):
        assert f'id="{anchor}"' in html, anchor


def test_the_appendix_is_folded_on_a_page_and_open_on_paper(brief: Brief, html: str) -> None:
    assert html.count('<details class="fold">') >= 10
    paper = page(brief, paper=True)
    assert "<details" not in paper
    assert 'id="provenance"' in paper


def test_nothing_seen_is_the_headline_of_a_period_without_observations() -> None:
    text = page(build_brief(brief_input(()), no_pixels), paper=False)
    assert "No satellite image shows Rajin" in text
    assert 'class="picture"' not in text


def test_an_event_without_a_card_keeps_its_anchor() -> None:
    given = brief_input()
    events = given.tables[DARK_EVENTS]
    unlikely = events.assign(event_id="dark-2", status="unmatched, dark not likely")
    tables = given.tables | {DARK_EVENTS: DARK_EVENTS.join([events, unlikely])}
    text = page(build_brief(replace(given, tables=tables), no_pixels), paper=False)
    assert text.count('id="event-dark-2"') == 1
    assert '<th id="event-dark-2"' in text
