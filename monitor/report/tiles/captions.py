"""What may be quoted beside a tile: claim, likelihood and confidence apart, evidence."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.findings import Finding
from monitor.core.tables import BERTH_STATES, DARK_EVENTS
from monitor.core.wording import plural
from monitor.report.page.model import BriefInput
from monitor.report.page.wording import STATUS
from monitor.report.tiles.marks import LOW_SCORE, Mark, is_ship
from monitor.report.tiles.observations import OBSERVED, Observation

_SURE = 0.7
_ROWS = "; the numbered objects in the table below"
StatementParts = tuple[tuple[str, str], ...]


def tally(shown: Sequence[Mark], *, afloat: bool = True) -> str:
    """How many marks of each kind a tile shows, in sentences; of vessels only where they are searched for (`afloat`).

    ``3 objects consistent with vessels are marked: 2 matched, 1 dark event. 1 container stack is marked.``
    """
    ships = [mark for mark in shown if is_ship(mark)]
    kinds_ashore = (("fixed", "fixed object"), ("stack", "container stack"), ("other", "other object"))
    count = {s: sum(mark.status == s for mark in ships) for s in STATUS}
    kinds = ", ".join(_counted(n, STATUS[s][1].split(":")[0]) for s, n in count.items() if n)
    if ships:
        sentence = (
            f"{plural(len(ships), 'object')} consistent with {'a vessel is' if len(ships) == 1 else 'vessels are'} "
        )
        sentence += f"marked: {kinds}."
    else:
        sentence = "No object consistent with a vessel is marked." if afloat else ""
    for status, word in kinds_ashore:
        number = sum(mark.status == status for mark in shown)
        sentence += f" {plural(number, word)} {'is' if number == 1 else 'are'} marked." if number else ""
    return sentence.strip() or "No object is marked; ships are not searched for here."


def _counted(number: int, word: str) -> str:
    return plural(number, word) if word.endswith("event") else f"{number} {word}"


def tile_statement(
    given: BriefInput, observation: Observation, found: pd.DataFrame, shown: Sequence[Mark]
) -> StatementParts:
    """The quotable parts for a tile.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    observation : Observation
        The pass that the tile shows.
    found : DETECTIONS table
        Numbered DETECTIONS of the observation's scene.
    shown : sequence of Mark
        The marks on the tile.

    Returns
    -------
    tuple of tuple of str
        Pairs of a part's name and its words. The likeliest dark event's finding where one lies on the tile; else what
        was observed, which carries no likelihood. Confidence always stands by itself.
    """
    numbers = {mark.number: mark for mark in shown}
    here = found[found["number"].isin(numbers)]
    labels = {str(r.detection_id): numbers[int(r.number)].label for r in here.itertuples()}
    events = given.tables[DARK_EVENTS]
    dark = set(events.loc[events["status"] == "dark", "event_id"])
    stated = [(name, f) for f in given.findings if f.id in dark for name in f.evidence if name in labels]
    if stated:
        name, finding = max(stated, key=lambda pair: _probability(given, pair[1]))
        return _inferred(labels[name], finding, len(stated) - 1)
    ships = {mark.number for mark in shown if is_ship(mark)}
    scores = here.loc[here["number"].isin(ships), "score"]
    return (
        ("Observed", tally(shown, afloat=observation.of_water)),
        ("Confidence", _confidence(observation, scores)),
        ("Evidence", f"scene {observation.scene_id}{_ROWS if observation.of_water else ''}"),
    )


def _inferred(label: str, finding: Finding, others: int) -> StatementParts:
    claim = f"No. {label}: {finding.claim}"
    if others > 0:
        claim += f" {plural(others, 'more dark event')} on this tile: see the table."
    parts = [("Claim", claim)]
    if finding.likelihood:
        parts.append(("Likelihood", f"{finding.likelihood}."))
    parts.append(("Confidence", f"{finding.confidence}: {'; '.join(finding.reasons)}."))
    if finding.alternatives:
        parts.append(("Other explanations", f"{'; '.join(finding.alternatives).rstrip('.')}."))
    parts.append(("Evidence", ", ".join(finding.evidence)))
    return tuple(parts)


def _probability(given: BriefInput, finding: Finding) -> float:
    events = given.tables[DARK_EVENTS]
    probability = events.loc[events["event_id"] == finding.id, "probability"]
    return float(probability.iloc[0]) if len(probability) and pd.notna(probability.iloc[0]) else 0.0


def _confidence(observation: Observation, scores: pd.Series) -> str:
    seen = observation.shown_part
    if not observation.of_water:
        return f"{'moderate' if observation.state == OBSERVED else 'low'}: {seen}."
    if not len(scores):
        return (
            f"{'moderate' if observation.state == OBSERVED else 'low'}: {seen}; small and low-contrast hulls "
            "can be missed."
        )
    least = float(scores.min())
    sure = "low" if least < LOW_SCORE or observation.state != OBSERVED else "high" if least >= _SURE else "moderate"
    return f"{sure}: {seen}; the least score is {least:.2f}."


def between(given: BriefInput, aoi: Aoi, before: str, after: str) -> str:
    """What berths that were seen in both of two scenes came to in between, in one sentence; "" without such berths.

    Parameters
    ----------
    given : BriefInput
        What the brief states.
    aoi : Aoi
        The port.
    before : str
        Id of the earlier scene.
    after : str
        Id of the later scene.
    """
    states = given.tables[BERTH_STATES]
    states = states[(states["aoi_id"] == aoi.id) & states["state"].isin(["occupied", "empty"])]
    first, last = (
        dict(zip(s["berth_id"], s["state"], strict=True))
        for s in (states[states["scene_id"] == before], states[states["scene_id"] == after])
    )
    names = {zone.id: zone.name or zone.id for zone in aoi.zones}
    both = [berth for berth in names if berth in first and berth in last]
    if not both:
        return ""
    came, left, stayed = (
        [names[b] for b in both if (first[b], last[b]) == pair]
        for pair in (("empty", "occupied"), ("occupied", "empty"), ("occupied", "occupied"))
    )
    changes = (("empty, then occupied", came), ("occupied, then empty", left), ("occupied in both", stayed))
    parts = [f"{word}: {', '.join(some)}" for word, some in changes if some]
    calm = f"all {plural(len(both), 'berth')} seen in both observations were empty"
    return f"Berths: {'; '.join(parts) or calm}. "
