"""The first page: header, bottom line, coverage."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.aoi import Aoi
from monitor.core.findings import likelihood_word
from monitor.core.scenes.sensors import sensor
from monitor.core.tables import COUNTS
from monitor.core.wording import date_only, hours, minute, plural
from monitor.fuse.findings import headlines, wording
from monitor.report.charts.series import coverage_strip
from monitor.report.page.blocks import Cell, Section, Table
from monitor.report.page.model import BriefHeader, BriefInput, Statement
from monitor.report.page.wording import when
from monitor.report.sections.key_numbers import PAST_WEEKS, ObservedRate, Windows, observed_rate, probability_of_more
from monitor.report.sections.notable import plain_words, short_name, strongest
from monitor.report.tiles.observations import Observation, longest_blind, observations_of, within

MOST_CLAIMS = 3
_LONG_BLIND_H = 48.0
_LONG_BLIND_SHARE = 0.15
"""Of a period, from which a time without a clear observation is named on the first screen. Chosen."""
LEAST_DIFFERENCE = 0.8
"""Chance from which a port is said to be fuller or emptier than before: where "very likely" begins in ICD 203."""


def header(given: BriefInput) -> BriefHeader:
    """The facts at the top of a brief."""
    ports = ", ".join(aoi.name or aoi.id for aoi in given.aois)
    start, end = given.period.start, given.period.end
    week = ""
    if given.period.duration == timedelta(weeks=1) and start.isoweekday() == 1:
        week = f"ISO week {start.strftime('%G-W%V')}, "
    return BriefHeader(
        title=f"{'Port activity' if given.has_ships else 'Activity'}: {ports}",
        ports=ports,
        period=f"{week}{minute(start)} to {minute(end)}",
        issued_at=minute(given.issued_at),
        cut_off=minute(given.cut_off),
        status=f"REVIEWED by {given.reviewed_by}" if given.reviewed_by else f"DRAFT, {given.draft}",
        software=given.provenance.software,
        digest=given.digest(),
        simulated=given.is_simulated,
        credit=_credit(given),
        distribution=given.distribution,
    )


def _credit(given: BriefInput) -> str:
    """What the licences of the pictures ask to be shown, with the years; that of Sentinel without any picture."""
    years: dict[str, set[int]] = {}
    for acquisition in given.acquisitions:
        years.setdefault(sensor(acquisition.sensor).credit, set()).add(acquisition.start.year)
    if not years:
        years = {sensor("s2").credit: {given.period.start.year}}
    return " · ".join(
        f"{credit} {min(known)}–{max(known)}" if len(known) > 1 else f"{credit} {min(known)}"
        for credit, known in sorted(years.items())
    )


def statements(given: BriefInput) -> tuple[Statement, ...]:
    """At most four: what is most notable, how full the ports were against their past, and what could not be seen."""
    against = against_past(given) or newest(given)
    made = [
        Statement(
            claim=f.claim,
            likelihood=f.likelihood,
            confidence=f.confidence,
            reasons=f.reasons,
            alternatives=f.alternatives,
            evidence=f.evidence,
            sentence=plain_words(given, f).sentence,
            why=plain_words(given, f).why,
        )
        for f in strongest(given, MOST_CLAIMS - len(against))
    ]
    return (*made, *against, _unseen(given))


def against_past(given: BriefInput) -> tuple[Statement, ...]:
    """The port whose last week differs most from the twelve before; nothing where either had no observation."""
    windows, found = Windows.of(given.period), []
    for aoi in given.aois:
        counts = given.tables[COUNTS]
        counts = counts[counts["aoi_id"] == aoi.id]
        now, past = (observed_rate(counts, "vessels", span) for span in (windows.week, windows.past))
        probability = probability_of_more(now, past)
        if probability == probability:
            seen = COUNTS.within(counts, windows.week)
            seen = seen[seen["vessels"].notna()]
            found.append((abs(probability - 0.5), aoi.name or aoi.id, now, past, probability, tuple(seen["scene_id"])))
    if not found:
        return ()
    _, name, now, past, probability, scenes = max(found, key=lambda row: row[0])
    is_clear = max(probability, 1 - probability) >= LEAST_DIFFERENCE
    word = likelihood_word(max(probability, 1 - probability))
    claim = f"{name} held {_rate(now)} in the last week and {_rate(past)} in the {PAST_WEEKS} weeks before"
    claim += f"; it was {_fuller(probability)} than before" if is_clear else "; there is no clear difference"
    rates = (now.rate, past.rate)
    told_ = headlines.compared(short_name(name), rates, likelihood=word, is_clear=is_clear, weeks=PAST_WEEKS)
    sure = (
        "high"
        if min(now.observations, past.observations) >= 6
        else "moderate"
        if min(now.observations, past.observations) >= 3
        else "low"
    )
    return (
        Statement(
            claim=f"{claim}.",
            likelihood=word,
            confidence=sure,
            reasons=(f"{plural(now.observations, 'observation')} against {past.observations}",),
            alternatives=(
                "imagery is a snapshot: what came and went between observations was not seen",
                "one ship that stays counts in every observation",
            ),
            evidence=scenes,
            sentence=told_,
            why=f"{plural(now.observations, 'observation')} against {past.observations}",
        ),
    )


def newest(given: BriefInput) -> tuple[Statement, ...]:
    """What the newest observations show, for ports without a past to set them against.

    Empty where nothing was counted.
    """
    parts: list[str] = []
    short: list[str] = []
    scenes: list[str] = []
    for aoi in given.aois:
        observations = [k for k in within(observations_of(given, aoi.id), given.period) if k.was_seen]
        counts = given.tables[COUNTS]
        counts = counts[counts["scene_id"].isin([k.scene_id for k in observations]) & counts["vessels"].notna()]
        if counts.empty:
            continue
        row = counts.sort_values("acquired_at").iloc[-1]
        observation = next(k for k in observations if k.scene_id == row["scene_id"])
        at = when(observation.acquisition) if observation.acquisition else minute(observation.at)
        things = plural(int(row["vessels"]), "object")
        parts.append(f"{things} consistent with vessels were marked at {aoi.name or aoi.id}, {at}")
        short.append(headlines.looked_like_ships(short_name(aoi.name or aoi.id), int(row["vessels"]), observation.at))
        scenes.append(observation.scene_id)
    if not parts:
        return ()
    reasons = ("one observation at each port, and no earlier one to compare",)
    others = ("small craft and things on quays that resemble hulls", "hulls that were missed")
    return (
        Statement(
            claim=f"{'; '.join(parts)}.",
            likelihood="",
            confidence="low",
            reasons=reasons,
            alternatives=others,
            evidence=tuple(scenes),
            sentence=f"{'. '.join(short)}.",
            why="no earlier observation to compare",
        ),
    )


def _fuller(probability: float) -> str:
    return "fuller" if probability > 0.5 else "emptier"


def _rate(made: ObservedRate) -> str:
    low, high = made.interval
    return f"{made.rate:.1f} vessels a clear observation ({low:.1f}–{high:.1f})"


def _unseen(given: BriefInput) -> Statement:
    parts = []
    for aoi in given.aois:
        observations = within(observations_of(given, aoi.id), given.period)
        start, end = longest_blind(observations, given.period)
        name = aoi.name or aoi.id
        if not any(observation.was_seen for observation in observations):
            parts.append(f"{name} was not observed in this period: nothing is known of what lay there")
            continue
        clear, partly = (
            sum(observation.state == state for observation in observations) for state in ("observed", "partly")
        )
        part = "water" if aoi.has_water else "area"
        shown = f"{clear} of {plural(len(observations), 'pass', 'passes')} over {name} showed its {part} clearly"
        shown += f" and {partly} in part" if partly else ""
        blind = _hours(end, start)
        if blind >= _LONG_BLIND_H:
            shown += f"; nothing clear for {hours(blind)} from {date_only(start)} to {date_only(end)}"
        parts.append(shown)
    return Statement(
        claim=". ".join(parts) + ".",
        likelihood="",
        confidence="high",
        reasons=("counted from the list of passes below",),
        alternatives=(),
        evidence=(),
        sentence=f"{'; '.join(_hidden(given, aoi) for aoi in given.aois)}. {wording.SNAPSHOT}",
    )


def _hidden(given: BriefInput, aoi: Aoi) -> str:
    """What could not be seen of a port, in a clause."""
    seen = within(observations_of(given, aoi.id), given.period)
    blind, span = longest_blind(seen, given.period), _hours(given.period.end, given.period.start)
    is_long = _hours(blind[1], blind[0]) >= max(_LONG_BLIND_H, _LONG_BLIND_SHARE * span)
    lost = sum(not k.was_seen for k in seen)
    return headlines.unseen(short_name(aoi.name or aoi.id), (lost, len(seen)), blind if is_long and lost else None)


def _hours(end: object, start: object) -> float:
    return float((end - start) / timedelta(hours=1))  # type: ignore[operator]


def coverage(given: BriefInput, observations: dict[str, tuple[Observation, ...]]) -> Section:
    """Coverage, which stands before any count."""
    rows = [(aoi.name or aoi.id, within(observations[aoi.id], given.period)) for aoi in given.aois]
    chart = coverage_strip("coverage-strip", rows, given.period)
    made = []
    for aoi, (name, seen) in zip(given.aois, rows, strict=True):
        start, end = longest_blind(seen, given.period)
        clear = sum(observation.state == "observed" for observation in seen)
        made.append(
            (
                Cell(name),
                Cell(str(len(seen))),
                Cell(str(clear), "" if clear else "none"),
                Cell(str(sum(observation.state == "partly" for observation in seen))),
                Cell(str(sum(observation.state == "not observed" for observation in seen))),
                Cell(f"{hours(_hours(end, start))}: {minute(start)} to {minute(end)}"),
                Cell(str(sum(observation.at < given.period.start for observation in observations[aoi.id]))),
            )
        )
    table = Table(
        "Observations in the period",
        (
            "Place",
            "Passes",
            "Clear",
            "Partly seen",
            "Not observed",
            "Longest without a clear observation",
            "Earlier passes known",
        ),
        tuple(made),
        "No observation is not the same as no ship: where nothing was seen of the water, no count is given."
        if given.has_ships
        else "No observation is not the same as nothing there: where a zone was not seen, nothing is stated of it.",
        numeric=(1, 2, 3, 4, 6),
    )
    return Section("coverage", "What could be seen", (chart, table))
