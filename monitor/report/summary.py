"""The first page: header, bottom line, coverage, key numbers."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from monitor.core.findings import Finding
from monitor.core.instants import TimeRange
from monitor.fuse.change import rates
from monitor.report.blocks import Cell, Section, Table, Text
from monitor.report.charts import coverage_strip, tally
from monitor.report.looks import Look, longest_blind, looks_of, within
from monitor.report.model import BriefInput, Header, Statement
from monitor.report.wording import NOT_OBSERVED, date_only, hours, minute, plural

WHAT = {
    "vessels": "Vessels, all", "berth": "… at berths", "anchorage": "… at anchorages", "open": "… in open water",
    "stacks": "Yards with container stacks",
}  # fmt: skip
_RANK = ("shuttle", "dark_event", "count", "voyage", "stack", "visit", "air_call", "gap")


def header(given: BriefInput) -> Header:
    """The facts at the top of a brief."""
    ports = ", ".join(aoi.name or aoi.id for aoi in given.aois)
    start, end = given.period.start, given.period.end
    week = ""
    if given.period.duration == timedelta(weeks=1) and start.isoweekday() == 1:
        week = f"ISO week {start.strftime('%G-W%V')}, "
    years = sorted({a.start.year for a in given.acquisitions})
    credit = "Contains modified Copernicus Sentinel data " + (
        f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0]) if years else str(start.year)
    )
    return Header(
        f"Port activity: {ports}", ports, f"{week}{minute(start)} to {minute(end)}", minute(given.issued_at),
        minute(given.cut_off), f"REVIEWED by {given.reviewed_by}" if given.reviewed_by else "DRAFT, not reviewed",
        given.provenance.software, given.digest(), given.is_simulated, credit,
    )  # fmt: skip


def statements(given: BriefInput) -> tuple[Statement, ...]:
    """At most three: the two that matter most, newest first and of different kinds, and what could not be seen."""
    known = [f for f in given.findings if f.kind in _RANK]
    ranked = sorted(known, key=lambda f: (_RANK.index(f.kind), -f.end.timestamp()))
    chosen: list[Finding] = []
    for finding in ranked:
        if len(chosen) < 2 and finding.kind not in {f.kind for f in chosen}:
            chosen.append(finding)
    chosen += [f for f in ranked if f not in chosen][: 2 - len(chosen)]
    made = [Statement(f.claim, f.likelihood, f.confidence, f.reasons, f.alternatives, f.evidence) for f in chosen]
    return (*made, _unseen(given))


def _unseen(given: BriefInput) -> Statement:
    parts = []
    for aoi in given.aois:
        looks = within(looks_of(given, aoi.id), given.period)
        start, end = longest_blind(looks, given.period)
        name = aoi.name or aoi.id
        exact = all(a.is_exact for a in given.acquisitions if a.aoi_id == aoi.id)
        told = minute if exact else date_only
        if not any(look.was_seen for look in looks):
            parts.append(f"{name} was not observed in this period: nothing can be said of what lay there")
        else:
            parts.append(
                f"{name}: {tally(looks)}; the longest stretch without a clear look is {hours(_hours(end, start))}, "
                f"from {told(start)} to {told(end)}"
            )
    return Statement(". ".join(parts) + ".", "", "high", ("counted from the list of passes below",), (), ())


def _hours(end: object, start: object) -> float:
    return float((end - start) / timedelta(hours=1))  # type: ignore[operator]


def coverage(given: BriefInput, looks: dict[str, tuple[Look, ...]]) -> Section:
    """Coverage, which stands before any count."""
    rows = [(aoi.name or aoi.id, within(looks[aoi.id], given.period)) for aoi in given.aois]
    chart = coverage_strip("coverage-strip", rows, given.period)
    made = []
    for aoi, (name, seen) in zip(given.aois, rows, strict=True):
        start, end = longest_blind(seen, given.period)
        clear = sum(look.state == "observed" for look in seen)
        made.append((
            Cell(name), Cell(str(len(seen))), Cell(str(clear), "" if clear else "none"),
            Cell(str(sum(look.state == "partly" for look in seen))),
            Cell(str(sum(look.state == "not observed" for look in seen))),
            Cell(f"{hours(_hours(end, start))}: {minute(start)} to {minute(end)}"),
            Cell(str(sum(look.at < given.period.start for look in looks[aoi.id]))),
        ))  # fmt: skip
    table = Table(
        "Looks in the period",
        ("Port", "Passes", "Clear", "Partly seen", "Not observed", "Longest without a clear look",
         "Earlier passes known"),
        tuple(made), "No look is not the same as no ship: where nothing was seen of the water, no count is given.",
        numeric=(1, 2, 3, 4, 6),
    )  # fmt: skip
    return Section("coverage", "What could be seen", (chart, table))


def key_numbers(given: BriefInput) -> Section:
    """Rates per clear look with intervals against the past; "not observed" where there was no look."""
    blocks = []
    for aoi in given.aois:
        counts = given.tables.counts
        counts = counts[counts["aoi_id"] == aoi.id]
        blocks.append(_table(given.period, counts, aoi.name or aoi.id))
    note = Text((
        "A rate is the number seen divided by the looks, a look seen in part counting by its seen share; intervals are "
        "95 % (Poisson). The same ship seen in several looks counts in each, so rates say how full the port was, not "
        "how many ships came; visits, which do, are lower bounds.",
    ), "note")  # fmt: skip
    return Section("numbers", "Key numbers per clear look", (*blocks, note))


def _table(period: TimeRange, counts: pd.DataFrame, name: str) -> Table:
    length = period.duration
    year = timedelta(weeks=52)
    windows = (
        period, TimeRange(period.start - length, period.start), TimeRange(period.start - year, period.end - year),
    )  # fmt: skip
    weeks = rates(counts[_in(counts, TimeRange(period.start - timedelta(weeks=12), period.start))],
                  period=TimeRange(period.start - timedelta(weeks=12), period.start))  # fmt: skip
    now = _window(counts, windows[0])
    before, last_year = (_window(counts, window) for window in windows[1:])
    rows = []
    for what, label in WHAT.items():
        past = weeks[(weeks["what"] == what) & (weeks["looks"] > 0)]["rate"]
        median = f"{past.median():.1f} ({plural(len(past), 'week')})" if len(past) else NOT_OBSERVED
        rows.append((
            Cell(label), _rate(now.get(what)), _rate(before.get(what)), Cell(median, "" if len(past) else "none"),
            _rate(last_year.get(what)),
        ))  # fmt: skip
    return Table(
        f"{name}: per clear look, 95 % interval and looks",
        ("What", "This period", "The period before", "Median of 12 weeks before", "52 weeks earlier"),
        tuple(rows),
    )


def _in(counts: pd.DataFrame, window: TimeRange) -> pd.Series:
    return (counts["acquired_at"] >= window.start) & (counts["acquired_at"] < window.end)


def _window(counts: pd.DataFrame, window: TimeRange) -> dict[str, dict[str, float]]:
    made = rates(counts[_in(counts, window)], period=window, every=window.duration)
    return {str(row["what"]): row for row in made.to_dict("records")}


def _rate(row: dict[str, float] | None) -> Cell:
    if row is None or not row["looks"] or not np.isfinite(row["rate"]):
        return Cell(NOT_OBSERVED, "none", "no look at this, so no number")
    interval = f"{row['rate_low']:.1f}–{row['rate_high']:.1f}"
    return Cell(f"{row['rate']:.1f} ({interval}), {plural(int(row['looks']), 'look')}")
