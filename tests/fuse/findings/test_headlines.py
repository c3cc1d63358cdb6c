"""Every sentence that the first screen can make."""

from __future__ import annotations

import inspect
import re
from itertools import product

import pandas as pd
import pytest

from monitor.core.findings import LIKELIHOODS
from monitor.fuse.findings import headlines

FIRST, LAST = pd.Timestamp("2023-10-05T02:16Z"), pd.Timestamp("2023-10-21T02:16Z")
WORDS = tuple(word for word, _, _ in LIKELIHOODS)
PLACES = ("Rajin", "Pier 2, Rajin")


def made() -> dict[str, list[str]]:
    """Each function's sentences and phrases, those without a subject given one."""
    phrases = {
        "lay_without_ais": [headlines.lay_without_ais(place, FIRST) for place in PLACES],
        "went_to_and_fro": [
            headlines.went_to_and_fro("Rajin", "Dunai", bounds, is_wide=is_wide)
            for bounds, is_wide in (((21, 24), False), ((1, 1), False), ((3, 172), True), ((0, 9), True))
        ]
        + [
            headlines.went_to_and_fro("Rajin", "Dunai", (21, 24), is_wide=is_wide, since=FIRST)
            for is_wide in (False, True)
        ],
        "sailed": [headlines.sailed("Rajin", "Dunai", (FIRST, LAST))],
        "stayed": [headlines.stayed(place, (FIRST, last)) for place, last in product(PLACES, (FIRST, LAST))],
    }
    whole = {
        name: [headlines.stated("One ship", word, verb) for word, verb in product((*WORDS, ""), verbs)]
        for name, verbs in phrases.items()
    }
    stated = [text for some in whole.values() for text in some]
    return whole | {
        "stated": stated,
        "hedged": [headlines.hedged(word, "this was one stay of one ship") for word in (*WORDS, "")],
        "no_ais_fits": [headlines.no_ais_fits(number) for number in (1, 5)],
        "compared": [
            headlines.compared("Rajin", (2.3, 1.1), likelihood=word, is_clear=is_clear, weeks=12)
            for word, is_clear in (("very likely", True), ("almost certain", True), ("likely", False))
        ],
        "looked_like_ships": [headlines.looked_like_ships("Rajin", number, FIRST) for number in (0, 1, 4)],
        "nothing_observed": [headlines.nothing_observed("Rajin or Dunai")],
        "only_observed": [headlines.only_observed("Tikhoretsk or Tumangang")],
        "unseen": [
            headlines.unseen("Rajin", passes, blind)
            for passes, blind in product(((0, 0), (0, 1), (0, 3), (2, 5), (3, 3)), (None, (FIRST, LAST)))
        ],
    }


def test_no_function_is_left_out() -> None:
    public = {name for name, value in inspect.getmembers(headlines, inspect.isfunction) if not name.startswith("_")}
    own = {name for name in public if getattr(headlines, name).__module__ == headlines.__name__}
    assert own == set(made())


@pytest.mark.parametrize("name", sorted(made()))
def test_each_sentence_is_short_plain_and_names_no_id(name: str) -> None:
    for text in made()[name]:
        assert text[0].isupper() or text[0].isdigit(), text
        assert len(text.split()) <= 32, text
        assert not re.search(r"[_|]|\bnan\b|NaT|None|  |\.\.", text), text
        assert not re.search(r"\b(dark|switched|prove\w*|intent\w*|UTC)\b", text), text
        assert "onfidence" not in text


def test_an_inference_always_has_its_word_and_an_observation_none() -> None:
    for word in WORDS:
        assert word.removeprefix("almost certain") in headlines.stated("One ship", word, "crossed")
    assert headlines.stated("One ship", "almost certain", "crossed") == "One ship almost certainly crossed"
    assert headlines.stated("One ship", "unlikely", "crossed") == "It is unlikely that one ship crossed"
    assert headlines.stated("One ship", "", "crossed") == "One ship crossed"


def test_a_port_is_fuller_only_when_the_difference_is_clear() -> None:
    clear = headlines.compared("Rajin", (2.3, 1.1), likelihood="very likely", is_clear=True, weeks=12)
    assert "very likely fuller" in clear
    vague = headlines.compared("Rajin", (2.3, 1.1), likelihood="likely", is_clear=False, weeks=12)
    assert "no clear difference" in vague
    assert "fuller" not in vague


def test_what_an_interval_does_not_tell_is_said_as_not_known() -> None:
    wide = headlines.went_to_and_fro("A", "B", (3, 172), is_wide=True)
    assert wide.endswith("at least 3 crossings; how many more is not known")
    assert "172" not in wide


def test_crossings_from_before_the_period_say_since_when() -> None:
    words = headlines.went_to_and_fro("A", "B", (21, 24), is_wide=False, since=FIRST)
    assert words.endswith("21 to 24 crossings since 5 Oct 2023")
