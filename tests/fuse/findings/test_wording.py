import pandas as pd
import pytest

from monitor.core.findings import LIKELIHOODS, likelihood_word
from monitor.fuse.findings import wording
from monitor.fuse.findings.rules import FindingRule
from tests.fuse.conftest import AT


def test_every_sentence_ends_and_names_its_hour_in_utc() -> None:
    sentences = [
        wording.observed_vessel("Pier 2", "about 120 m", AT),
        wording.not_seen("vessel", "Pier 2", AT),
        wording.matched("Pier 2", 1, AT),
        wording.potential("Pier 2", 1, AT),
        wording.unmatched("Pier 2", AT),
        wording.dark("Pier 2", "about 120 m", AT, 3),
        wording.ais_only(1, "Pier 2", AT),
        wording.stack("Yard", 88.0, (180.0, 420.0), AT),
    ]
    assert all(sentence.endswith(".") and "5 Oct 2023 02:16 UTC" in sentence for sentence in sentences)


def test_no_sentence_says_dark_ship_or_speaks_of_intent() -> None:
    text = wording.dark("Pier 2", "about 120 m", AT, 3) + wording.unmatched("Pier 2", AT)
    assert "dark" not in text
    assert "switched" not in text


def test_counts_are_at_least() -> None:
    assert wording.visits_counted("Rajin", 3, 14, 0.42, 48.0) == (
        "At least 3 visits to Rajin in 14 clear observations, which would have met 42% of stays of 48 h."
    )


def test_a_stack_is_a_range_of_boxes_never_a_number() -> None:
    assert "180–420 20-ft boxes" in wording.stack("Yard", 88.0, (180.0, 420.0), AT)


def test_no_clear_observation_is_not_observed_never_zero() -> None:
    assert (
        wording.vessels_per_observation("Rajin", 0, 0, (float("nan"),) * 3)
        == "Rajin had no clear observation: not observed."
    )


def test_a_stay_without_a_bound_does_not_invent_one() -> None:
    sentence = wording.stay("Pier 2", "about 120 m", (pd.NaT, AT, AT, pd.NaT))
    assert "had arrived by" in sentence
    assert "was still there" in sentence


def test_size_alone_never_names_a_ship() -> None:
    sentence = wording.consistent_with(["Angara", "Adler"], ["Lady R"])
    assert "one of Angara or Adler" in sentence
    assert "any other ship of that length" in sentence
    assert "Elsewhere at the time: Lady R" in sentence


def test_likelihood_and_confidence_stand_in_different_sentences() -> None:
    assert "onfidence" not in wording.likelihood_line("very likely")
    assert "ikelihood" not in wording.confidence_line("low", ("one observation",))


@pytest.mark.parametrize(("word", "low", "high"), LIKELIHOODS)
def test_a_words_range_is_said_by_the_word(word: str, low: float, high: float) -> None:
    assert likelihood_word((low + high) / 2) == word


def test_an_interval_too_wide_to_help_is_said_as_not_known_and_stands_in_the_note() -> None:
    rule = FindingRule()
    assert rule.is_wide(3, 172)
    assert not rule.is_wide(21, 24)
    assert wording.shuttle("A", "B", (21.0, 3.0, 172.0), None, is_wide=True) == (
        "One ship went to and fro between A and B, at least 3 crossings; how many more is not known."
    )
    assert wording.crossings_interval((21.0, 3.0, 172.0)) == "90 % interval of the crossings 3 to 172, median 21"
    assert "21 to 24 crossings" in wording.shuttle("A", "B", (22.0, 21.0, 24.0), 1)
