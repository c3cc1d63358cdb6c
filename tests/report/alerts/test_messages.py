from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.findings import Finding
from monitor.fuse import alerts
from monitor.report.alerts.messages import BriefPage, Message, message

AT = datetime(2023, 10, 6, tzinfo=UTC)
PAGE = BriefPage("brief.html", ("dark", "event-dark|d1", "voyages", "rajin-visits"))


def _message(
    kind: str = "dark_event", name: str = "dark|d1", *, word: str = "likely", made_up: bool = False
) -> Message:
    finding = Finding(
        name, kind, "rajin", AT, AT, "A vessel lay there.", word, "low", ("one observation",), (), ("a rock",)
    )
    row = alerts([finding], now=AT, simulated=made_up).iloc[0]
    return message({str(key): value for key, value in row.items()}, port="Rajin", brief=PAGE)


def test_claim_likelihood_and_confidence_stand_in_sentences_of_their_own() -> None:
    lines = _message().body.splitlines()
    assert lines[:4] == [
        "A vessel lay there.",
        "Likelihood: likely.",
        "Confidence: low — one observation.",
        "It could also be: a rock.",
    ]


def test_a_vessel_without_ais_comes_with_what_that_does_not_prove() -> None:
    assert "Unmatched is not proof that AIS was switched off." in _message().body


def test_an_observation_has_no_likelihood() -> None:
    assert "Likelihood" not in _message("change", "change|rajin|vessels|x", word="").body


def test_the_link_leads_to_the_event_or_else_to_its_section() -> None:
    assert "Brief: brief.html#event-dark%7Cd1" in _message().body
    assert "Brief: brief.html#dark\n" in _message(name="dark|d2").body
    assert "Brief: brief.html#voyages" in _message("shuttle", "s1").body


def test_without_a_brief_there_is_no_link() -> None:
    assert BriefPage().link("dark_event", "rajin", "dark|d1") == ""


def test_what_is_made_up_says_so_in_title_and_body_and_what_is_not_does_not() -> None:
    made_up, real = _message(made_up=True), _message()
    assert made_up.title.startswith("SIMULATED")
    assert made_up.body.startswith("SIMULATED")
    assert "SIMULATED" not in real.text()
