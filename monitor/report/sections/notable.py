"""One ranking of what is notable, for the first screen and the cards alike, and its findings as plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from monitor.core.findings import LIKELIHOODS, Finding
from monitor.core.schema import Schema
from monitor.core.tables import CHAINS, DARK_EVENTS, LAND_CHANGES, LAND_STATES, SHUTTLES, VESSELS, VISITS, VOYAGES
from monitor.core.wording import about_length, either
from monitor.fuse.findings import headlines
from monitor.fuse.findings.land import wording as ground
from monitor.fuse.findings.rules import FindingRule
from monitor.report.page.model import BriefInput

_RANK = (
    "shuttle",
    "dark_event",
    "chain",
    "land_change",
    "voyage",
    "first_train",
    "stack",
    "oil_stay",
    "visit",
    "land_state",
    "air_call",
    "gap",
)
_CONFIDENCE = ("high", "moderate", "low")
_RULE = FindingRule()


@dataclass(frozen=True, slots=True)
class PlainWords:
    """A finding in plain words: a headline without full stop, a sentence or two, and one reason of the confidence."""

    headline: str
    sentence: str
    why: str = ""


def ranked(given: BriefInput) -> tuple[Finding, ...]:
    """The findings that may open a brief, the strongest first: by kind, confidence, chance, score, then the newest.

    The score of a zone on land is the least share that is occupied. A dark event without a likelihood, where reception
    is not shown, is none of them.
    """
    notable = [f for f in given.findings if f.kind in _RANK and (f.likelihood or f.kind != "dark_event")]
    events = given.tables[DARK_EVENTS]
    chances = dict(zip(events["event_id"], zip(events["probability"], events["score"], strict=True), strict=True))
    shares = given.tables[LAND_STATES][["scene_id", "zone_id", "share_low"]].itertuples(index=False)
    chances |= {f"land_state|{scene}|{zone}": (0.0, share) for scene, zone, share in shares}
    return tuple(sorted(notable, key=lambda f: _key(f, chances)))


def _key(finding: Finding, chances: Mapping[str, tuple[float, float]]) -> tuple[int, int, float, float, float]:
    words = {word: low for word, low, _ in LIKELIHOODS}
    sure = _CONFIDENCE.index(finding.confidence) if finding.confidence in _CONFIDENCE else len(_CONFIDENCE)
    chance, score = chances.get(finding.id, (words.get(finding.likelihood, 0.0), 0.0))
    chance, score = (0.0 if pd.isna(value) else float(value) for value in (chance, score))
    return _RANK.index(finding.kind), sure, -chance, -score, -finding.end.timestamp()


def strongest(given: BriefInput, most: int) -> tuple[Finding, ...]:
    """The first of the ranking, of different kinds while there are any."""
    order = ranked(given)
    firsts = [next(f for f in order if f.kind == kind) for kind in dict.fromkeys(f.kind for f in order)]
    return tuple([*firsts, *(f for f in order if f not in firsts)][:most])


def short_name(name: str) -> str:
    """A port's name without what stands in brackets, for running text."""
    return name.split(" (")[0]


def names_of(given: BriefInput) -> dict[str, str]:
    """The short names of ports, and of their zones, by id."""
    zones = {zone.id: zone.name or zone.id for aoi in given.aois for zone in aoi.zones}
    return zones | {place: short_name(name) for place, name in given.place_names.items()}


def all_names(given: BriefInput) -> str:
    """The ports of a brief in one phrase: ``Rajin or Dunai``."""
    names = names_of(given)
    return either([names[aoi.id] for aoi in given.aois])


def plain_words(given: BriefInput, finding: Finding) -> PlainWords:
    """A finding as headline and sentence, from its row where its kind has one, else from its claim."""
    made = _BY_KIND.get(finding.kind)
    row = None if made is None else _row(given, made[0], made[1], finding.id)
    if made is None or row is None:
        claim = finding.claim.split(". ")[0].rstrip(".")
        for name in (aoi.name for aoi in given.aois if aoi.name):
            claim = claim.replace(name, short_name(name))
        lower = claim[:1].lower() + claim[1:]
        sentence = headlines.hedged(finding.likelihood, lower) if finding.likelihood else claim
        return PlainWords(claim, f"{sentence}.", _why(finding))
    return made[2](given, finding, row)


def _why(finding: Finding) -> str:
    return finding.reasons[0].rstrip(".") if finding.reasons else ""


def _row(given: BriefInput, schema: Schema, key: str, name: str) -> dict[str, object] | None:
    table = given.tables[schema]
    found = table[table[key] == name]
    return {str(k): v for k, v in found.iloc[0].items()} if len(found) else None


def _ship(row: Mapping[str, object]) -> str:
    length = about_length(float(str(row["length_m"])))
    return "A ship" if length.startswith("of unknown") else f"A ship of {length}"


def _place(given: BriefInput, row: Mapping[str, object], key: str) -> str:
    names, aoi, zone = names_of(given), str(row["aoi_id"]), str(row[key])
    port, berth = names.get(aoi, aoi), names.get(zone, "")
    if not berth:
        return port
    return berth if port.lower() in berth.lower() else f"{berth}, {port}"


def _dark(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    place = _place(given, row, "zone_id")
    verb = headlines.lay_without_ais(place, finding.start)
    ship, received = _ship(row), row["reception_vessels"]
    sentence = f"{headlines.stated(ship, finding.likelihood, verb)}."
    if not pd.isna(received):
        sentence += f" {headlines.no_ais_fits(int(float(str(received))))}"
    return PlainWords(headlines.stated(ship, finding.likelihood, verb), sentence)


def _shuttle(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    names = names_of(given)
    ports = [names.get(str(row[key]), str(row[key])) for key in ("port_a", "port_b")]
    bounds = (float(str(row["crossings_low_90"])), float(str(row["crossings_high_90"])))
    since = finding.start if finding.start < given.period.start else None
    verb = headlines.went_to_and_fro(ports[0], ports[1], bounds, is_wide=_RULE.is_wide(*bounds), since=since)
    headline = headlines.stated(vessel(given, row["mmsi"]), finding.likelihood, verb)
    return PlainWords(headline, f"{headline}.", _why(finding))


def vessel(given: BriefInput, mmsi: object) -> str:
    """How a ship is named: what it broadcasts, its MMSI without that, ``One ship`` when AIS does not name it."""
    if pd.isna(mmsi):
        return "One ship"
    vessels = given.tables[VESSELS]
    name = vessels.loc[vessels["mmsi"] == mmsi, "name"]
    if len(name) and str(name.iloc[0]).strip():
        return f"The ship broadcasting as {str(name.iloc[0]).strip()}"
    return f"The ship with MMSI {mmsi}"


def _voyage(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    names, visits = names_of(given), given.tables[VISITS]
    ports = [names.get(str(row[key]), str(row[key])) for key in ("from_port", "to_port")]
    left = visits[visits["visit_id"] == row["from_visit"]]
    ship = _ship({"length_m": left["length_m"].iloc[0] if len(left) else float("nan")})
    verb = headlines.sailed(ports[0], ports[1], (finding.start, finding.end))
    headline = headlines.stated(ship, finding.likelihood, verb)
    return PlainWords(headline, f"{headline}.", _why(finding))


def _visit(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    headline = f"{_ship(row)} {headlines.stayed(_place(given, row, 'berth_id'), (finding.start, finding.end))}"
    if finding.start == finding.end or not finding.likelihood:
        return PlainWords(headline, f"{headline}.", _why(finding))
    one = headlines.hedged(finding.likelihood, "this was one stay of one ship")
    return PlainWords(headline, f"{headline}. {one}.", _why(finding))


def _ground(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    areas = [float(str(row[name])) for name in ("area_m2", "area_low_m2", "area_high_m2")]
    subject = ground.ground_subject(str(row["kind"]), areas[0])
    verb = ground.appeared(_place(given, row, "zone_id"), (finding.start, finding.end))
    headline = headlines.stated(subject, finding.likelihood, verb)
    return PlainWords(headline, f"{headline}.", _why(finding))


def _chain(given: BriefInput, finding: Finding, row: Mapping[str, object]) -> PlainWords:
    names = names_of(given)
    places = [names.get(str(row[key]), str(row[key])) for key in ("from_aoi", "to_aoi")]
    headline = ground.chain_headline((str(row["from_kind"]), str(row["to_kind"])), (places[0], places[1]))
    numbers = [float(str(row[key])) for key in ("followed", "chance_followed", "fit_low_days", "fit_high_days")]
    counts = (numbers[0], int(str(row["departures"])))
    rests_on = ground.chain_numbers(counts, numbers[1], (numbers[2], numbers[3]))
    return PlainWords(headline, f"{headline}. {rests_on}", _why(finding))


_Writer = Callable[[BriefInput, Finding, Mapping[str, object]], PlainWords]
_BY_KIND: Mapping[str, tuple[Schema, str, _Writer]] = {
    "dark_event": (DARK_EVENTS, "event_id", _dark),
    "shuttle": (SHUTTLES, "shuttle_id", _shuttle),
    "voyage": (VOYAGES, "voyage_id", _voyage),
    "chain": (CHAINS, "chain_id", _chain),
    "land_change": (LAND_CHANGES, "change_id", _ground),
    "visit": (VISITS, "visit_id", _visit),
    "oil_stay": (VISITS, "visit_id", _visit),
}
