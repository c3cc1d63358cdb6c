"""Every sentence and phrase that the fixed wording can make, read by one rule of style."""

from __future__ import annotations

import inspect
import re
from itertools import product
from types import ModuleType

import pandas as pd
import pytest

from monitor.aviation import wording as flights
from monitor.core import findings as likelihoods
from monitor.core import wording as forms
from monitor.core.findings import LIKELIHOODS
from monitor.fuse.findings import wording as claims
from monitor.report.page import wording as page
from tests.report import made

FIRST, LAST = pd.Timestamp("2023-10-05T02:16Z"), pd.Timestamp("2023-10-21T02:16Z")
DAY = pd.Timestamp("2023-10-05T11:59:59.5Z")
INSTANTS = (FIRST, DAY)
NAN = float("nan")
LEVELS = ("low", "moderate", "high")
LENGTHS = ("about 120 m", "about 120 m (110–135 m)", "of unknown length")
MOST_WORDS = 60
"""Of one sentence with its caveat. Chosen: the longest is the base rate of a port."""

_BROKEN = re.compile(r"[_|{}]|\b(nan|NaN|NaT|None)\b|  |\.\.|^\s|\s$| [.,;:]|\(\)")
_OLD_WORDS = re.compile(r"\b(told|said|heard|hearing|ears|kept|catchable|ping|glimpse|looks?(?! like)|bring|brought)\b")
_CLAIMS_TOO_MUCH = re.compile(r"\b(dark ship|switched off|prov(?:es?|ed)|intended|smuggl\w*|certainly not)\b")
_ONE_OF_MANY = re.compile(
    r"\b(?<![.\d])1 (other |clear )?(vessels|ships|days|observations|crossings|visits|detections|passes|positions)\b"
)
_DENIES = ("not proof that AIS was switched off",)


def faults(text: str, *, is_sentence: bool) -> list[str]:
    """What breaks the style of a text."""
    found = [f"broken: {hit.group()!r}" for hit in _BROKEN.finditer(text)]
    found += [f"not a word of ours: {hit.group()!r}" for hit in _OLD_WORDS.finditer(text)]
    found += [f"one in the plural: {hit.group()!r}" for hit in _ONE_OF_MANY.finditer(text)]
    plain = text
    for denial in _DENIES:
        plain = plain.replace(denial, "")
    found += [f"claims too much: {hit.group()!r}" for hit in _CLAIMS_TOO_MUCH.finditer(plain)]
    if not is_sentence:
        return found
    if not (text[0].isupper() or text[0].isdigit()):
        found.append("begins small")
    if text[-1] not in ".”":
        found.append("has no end")
    if len(text.split()) > MOST_WORDS:
        found.append(f"{len(text.split())} words")
    return found


def of_claims() -> dict[str, list[str]]:
    """The sentences of the ladder, by function; the two notes under a shuttle are phrases and stand in `PHRASES`."""
    bounds = product((pd.NaT, FIRST), (FIRST,), (FIRST, LAST), (pd.NaT, LAST))
    reasons = ((), ("one observation",), ("one observation", "no AIS"))
    return {
        "observed_vessel": [claims.observed_vessel("Pier 2", n, t) for n, t in product(LENGTHS, INSTANTS)],
        "not_seen": [claims.not_seen("vessel", "Pier 2", t) for t in INSTANTS],
        "not_observed": [claims.not_observed("Rajin", FIRST, LAST)],
        "matched": [claims.matched("Pier 2", 440123456, t) for t in INSTANTS],
        "potential": [claims.potential("Pier 2", 440123456, t) for t in INSTANTS],
        "unmatched": [claims.unmatched("Pier 2", t) for t in INSTANTS],
        "uncompared": [claims.uncompared("Pier 2", DAY)],
        "dark": [claims.dark("Pier 2", n, FIRST, k) for n, k in product(LENGTHS, (0, 1, 7))],
        "base_rate": [claims.base_rate("Rajin", (0.1, 0.02, 0.3), 0.2, dark, 9) for dark in (0, 1, 4)],
        "ais_only": [claims.ais_only(440123456, "Pier 2", FIRST)],
        "stay": [claims.stay("Pier 2", n, b) for n, b in product(LENGTHS, bounds)],
        "visits_counted": [claims.visits_counted("Rajin", n, 14, 0.42, 48.0) for n in (0, 1, 3)]
        + [claims.visits_counted("Rajin", 1, 1, 0.42, 48.0)],
        "vessels_per_observation": [
            claims.vessels_per_observation("Rajin", n, clear, rate)
            for n, clear, rate in ((0, 0, (NAN, NAN, NAN)), (1, 1, (1.0, 0.1, 5.6)), (30, 14, (2.1, 1.4, 3.0)))
        ],
        "stack": [claims.stack("Yard", 88.0, (180.0, 420.0), t) for t in INSTANTS],
        "passage": [claims.passage("Rajin", "Dunai", (FIRST, LAST), n) for n in LENGTHS],
        "shuttle": [
            claims.shuttle("Rajin", "Dunai", crossings, mmsi, is_wide=wide)
            for crossings, mmsi, wide in product(
                ((22.0, 21.0, 24.0), (1.0, 1.0, 1.0), (9.0, 0.0, 90.0), (9.0, 1.0, 90.0)),
                (None, 273123456),
                (True, False),
            )
        ],
        "consistent_with": [
            claims.consistent_with(names, out)
            for names, out in product(([], ["Angara"], ["Angara", "Adler", "Baikal"]), ([], ["Lady R"]))
        ],
        "identified": [claims.identified("Angara", by) for by in ("AIS", "a reviewer")],
        "fewer_or_more": [claims.fewer_or_more("Rajin", rate, (1.0, 3.0)) for rate in (0.2, 2.0, 9.0)],
        "likelihood_line": [claims.likelihood_line(word) for word, _, _ in LIKELIHOODS],
        "confidence_line": [claims.confidence_line(level, why) for level, why in product(LEVELS, reasons)],
        "changed": [
            claims.changed(what, "Rajin", (2.0, 4.5), counts, (FIRST, LAST))
            for what, counts in product(
                ("vessels", "berth", "anchorage", "open", "under_way", "stacks"), ((1, 1), (9, 12))
            )
        ],
        "false_alarms": [claims.false_alarms(rate) for rate in (0.1, 1.0)],
        "feed_silent": [claims.feed_silent(FIRST, end) for end in (None, LAST)],
        "unseen_since": [claims.unseen_since("Rajin", FIRST, until) for until in (FIRST + pd.Timedelta(days=1), LAST)],
        "taken_back": [claims.taken_back(claims.matched("Pier 2", 440123456, FIRST), LAST)],
        "": [*claims.CAVEATS],
    }


def of_flights() -> dict[str, list[str]]:
    """What a flight may be reported in, each template filled in as a trace fills it."""
    who = [
        flights.who("71be01", registration, kind) for registration, kind in (("RA-1", "IL62"), ("RA-1", ""), ("", ""))
    ]
    fields = pd.DataFrame({"airfield_id": ["ZKPY"], "name": ["Pyongyang Sunan"], "timezone": ["Asia/Pyongyang"]})
    names = [flights.field_name(fields, place) for place in ("ZKPY", "")]
    zones = [flights.zone_of(fields, place) for place in ("ZKPY", "")]
    times = [flights.utc_and_local(FIRST.to_pydatetime(), zone) for zone in zones]
    given = {"before_km": 12.0, "after_km": 1200.0, "left": times[0], "back": times[1], "km": 3.0, "height": 9000.0}
    counted = {"hits": 3, "events": 9, "days": 2, "expected": 1.2, "low": 0, "high": 3}
    templates = {name: value for name, value in vars(flights).items() if name.isupper()}
    filled = {
        name: [
            text.format(**given, **counted, who=w, field=f, fields=f, when=t, toward=to)
            for w, f, t, to in product(who, names, times, ("", f", 30 km from {names[0]}"))
        ]
        for name, text in templates.items()
    }
    capital = {name: [text[:1].upper() + text[1:] for text in some] for name, some in filled.items()}
    return capital | {"who": who, "field_name": names, "zone_of": zones, "utc_and_local": times}


def of_forms() -> dict[str, list[str]]:
    """Instants, numbers, lengths and lists as sentences take them."""
    when = [*INSTANTS, LAST]
    return {
        **{
            name: [getattr(forms, name)(t) for t in when]
            for name in ("iso", "timestamp", "minute", "date_only", "day", "day_and_time")
        },
        "is_of_day": [],
        "local_time": [forms.local_time(t, zone) for t, zone in product(when, ("UTC", "", "Asia/Seoul", "no/zone"))],
        "coordinates": [forms.coordinates(lon, lat) for lon, lat in product((130.2, -70.0, NAN), (42.1, -33.0))],
        "measured_length": [forms.measured_length(*m) for m in ((118.0, 108.0, 128.0), (118.0, NAN, NAN), (NAN,) * 3)],
        "about_length": [forms.about_length(*m) for m in ((118.0, 108.0, 128.0), (118.0, NAN, NAN), (NAN,) * 3)],
        "number": [forms.number(v, 1, u) for v, u in product((0.0, 12345.6, NAN), ("", "m"))],
        "hours": [forms.hours(value) for value in (0.5, 71.9, 72.0, 400.0, NAN)],
        "plural": [forms.plural(n, "pass", "passes") for n in (0, 1, 2)],
        "at_least": [forms.at_least(n, "visit") for n in (0, 1, 2)],
        "either": [forms.either(names) for names in (["A"], ["A", "B"], ["A", "B", "C"])],
        "zone_word": [forms.zone_word(*zone) for zone in product(("berth", "inshore", "open"), ("", "p2"))],
    }


def of_page() -> dict[str, list[str]]:
    """What a brief adds of its own: times, platforms, limits and readings of the marks."""
    scenes = [made.acquisition(made.SCENES[0], exact=exact) for exact in (True, False)]
    port = made.port()
    return {
        "acquired": [page.acquired(scene, port) for scene in scenes],
        "when": [page.when(scene) for scene in scenes],
        "platform": [page.platform(scene, "Sentinel-2") for scene in scenes],
        "short": [page.short("a" * 64), page.short("")],
        "": [reading for _, reading in page.STATUS.values()],
        "limits": [value for name, value in vars(page).items() if name.endswith("_LIMIT") or name == "SIMULATED_LINE"],
    }


PHRASES = {
    "crossings_interval": [claims.crossings_interval((9.0, 1.0, 90.0))],
    "chance_of_shuttle": [claims.chance_of_shuttle(0.1, 0.02)],
    "chance_of_leg": [claims.chance_of_leg(0.02)],
}
READ: dict[ModuleType, tuple[dict[str, list[str]], bool]] = {
    claims: (of_claims(), True),
    flights: (of_flights(), False),
    forms: (of_forms(), False),
    page: (of_page(), False),
}
CASES = [
    pytest.param(texts, is_sentence, id=f"{module.__name__.removeprefix('monitor.')}:{name or 'constants'}")
    for module, (some, is_sentence) in READ.items()
    for name, texts in some.items()
]


@pytest.mark.parametrize("module", READ, ids=lambda module: module.__name__)
def test_no_function_that_makes_text_is_left_out(module: ModuleType) -> None:
    public = {
        name
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public <= {*READ[module][0], *PHRASES}


@pytest.mark.parametrize(("texts", "is_sentence"), CASES)
def test_each_text_is_whole_plain_and_claims_no_more_than_it_may(texts: list[str], is_sentence: bool) -> None:
    found = {text: wrong for text in texts if text and (wrong := faults(text, is_sentence=is_sentence))}
    assert not found


@pytest.mark.parametrize("name", PHRASES)
def test_a_note_is_a_phrase(name: str) -> None:
    for text in PHRASES[name]:
        assert not faults(text, is_sentence=False)
        assert text[-1] not in ".;,"


def test_a_report_of_a_flight_ends_as_a_sentence() -> None:
    some = of_flights()
    for name in (name for name in some if name.isupper()):
        for text in some[name]:
            assert not faults(text, is_sentence=True), text


def test_every_word_of_likelihood_stands_in_its_sentence() -> None:
    for word, low, high in LIKELIHOODS:
        assert word in claims.likelihood_line(likelihoods.likelihood_word((low + high) / 2))
