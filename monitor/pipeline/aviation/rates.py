"""How unusual calls are, in words: each month against the field's own past, and beside the user's dated events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from monitor.aviation import call_rate, covered_days, near_events
from monitor.aviation.rates import CallRate
from monitor.core.tables import AIR_CALLS, AIR_EVENTS, AIR_RECEPTION, AIRFIELDS
from monitor.core.timerange import TimeRange
from monitor.core.wording import number, plural
from monitor.report.page.blocks import Cell, Table

if TYPE_CHECKING:
    from monitor.pipeline.aviation.derive import Flights

NOTE = (
    "A day counts where any aircraft was received within 400 km of the field; calls on other days count nowhere. A "
    "call that may have been at one of several fields counts at each. The past is all covered days before the month."
)


@dataclass(frozen=True, slots=True)
class FieldRate:
    """The calls at one field in one month, or part of one, against all that was before."""

    name: str
    period: TimeRange
    rate: CallRate

    def text(self) -> str:
        """One sentence."""
        r = self.rate
        if not r.days:
            return f"{self.name}, {_days(self.period)}: no aircraft was received near it; nothing can be stated."
        calls = (
            f"{self.name}, {_days(self.period)}: {plural(r.calls, 'call')} on {plural(int(r.days), 'covered day')} "
            f"({r.rate:.2f} a day, 95 % interval {r.low:.2f} to {r.high:.2f})"
        )
        if not r.past_days:
            return f"{calls}; no earlier covered day to compare with."
        return (
            f"{calls}; {plural(r.past_calls, 'call')} on {plural(int(r.past_days), 'covered day')} before would let "
            f"expect {r.expected:.1f} "
            f"(probability of as many or more: {r.p_value:.2f})."
        )


def field_rates(found: Flights, period: TimeRange, *, airfield_id: str | None = None) -> list[FieldRate]:
    """A row a month of the period for each closed field that a call names first, or for the field asked for.

    Parameters
    ----------
    found : Flights
        Calls and reception.
    period : TimeRange
        What it is about.
    airfield_id : str, optional
        One field; each closed one that a call names first when not given.
    """
    made = []
    for field in _fields(found, airfield_id):
        for month in months(period):
            rate = call_rate(found.tables[AIR_CALLS], field.id, period=month, covered=field.covered)
            made.append(FieldRate(field.label, month, rate))
    return made


@dataclass(frozen=True, slots=True)
class _Field:
    id: str
    label: str
    covered: pd.DatetimeIndex


def _fields(found: Flights, airfield_id: str | None) -> Iterator[_Field]:
    """The given field, or each closed one that a call names first, with its days of coverage."""
    fields, called = found.tables[AIRFIELDS], _called(found)
    chosen = fields[fields["airfield_id"] == airfield_id] if airfield_id else fields[fields["closed"]]
    for row in chosen.itertuples():
        place = str(row.airfield_id)
        if airfield_id is not None or place in called:
            covered = covered_days(found.tables[AIR_RECEPTION], float(row.lon), float(row.lat))
            yield _Field(place, f"{row.name} ({place})", covered)


def _called(found: Flights) -> frozenset[str]:
    """The fields that a call (landed or consistent) names first."""
    calls = found.tables[AIR_CALLS]
    return frozenset(calls.loc[calls["status"].isin(("landed", "consistent")), "airfield_id"])


def months(period: TimeRange) -> list[TimeRange]:
    """The parts of a period that are in one month each."""
    cuts = pd.date_range(pd.Timestamp(period.start), pd.Timestamp(period.end), freq="MS", normalize=True)
    inside = [cut.to_pydatetime() for cut in cuts if period.start < cut < period.end]
    ends = [period.start, *inside, period.end]
    return [TimeRange(a, b) for a, b in pairwise(ends)]


def rate_table(rates: Sequence[FieldRate]) -> Table:
    """The rates as a table of a brief."""
    rows = tuple(
        (
            Cell(r.name),
            Cell(_days(r.period)),
            Cell(f"{r.rate.days:.0f}"),
            Cell(str(r.rate.calls)),
            Cell("–" if np.isnan(r.rate.rate) else f"{r.rate.rate:.2f} ({r.rate.low:.2f} to {r.rate.high:.2f})"),
            Cell(f"{r.rate.past_calls} on {r.rate.past_days:.0f} days" if r.rate.past_days else "none"),
            Cell(number(r.rate.expected, 1)),
            Cell(number(r.rate.p_value, 2)),
        )
        for r in rates
    )
    columns = ("Field", "Days", "Covered", "Calls", "A day (95 %)", "Calls before", "Expected", "Chance of as many")
    return Table("Calls against the field's own past", columns, rows, NOTE, numeric=(2, 3, 6, 7))


def co_occurrences(
    found: Flights, period: TimeRange | None = None, *, airfield_id: str | None = None, within: timedelta | None = None
) -> tuple[str, ...]:
    """For each closed field that a call names first: how many dated events had a call near, and how many by chance.

    Events outside the period count nowhere; none gives no sentence.

    Parameters
    ----------
    found : Flights
        Calls and reception.
    period : TimeRange
        What it is about.
    airfield_id : str, optional
        One field; each closed one that a call names first when not given.
    within : timedelta, optional
        How near to an event a call counts as beside it; as found when not given.
    """
    events = found.tables[AIR_EVENTS]
    if period is not None:
        events = events[(events["start"] < period.end) & (events["end"] > period.start)]
    if events.empty:
        return ()
    sentences = []
    for field in _fields(found, airfield_id):
        beside = near_events(
            found.tables[AIR_CALLS], field.id, events, covered=field.covered, within=within or found.within
        )
        sentence = (
            beside.claim if beside.events else "No dated event falls on a day with coverage: nothing is compared."
        )
        left_out = f" On days without coverage, counted nowhere: {plural(beside.not_covered, 'event')}."
        sentences.append(f"{field.label}: {sentence}{left_out if beside.not_covered else ''}")
    return tuple(sentences)


def _days(period: TimeRange) -> str:
    last = period.end - timedelta(microseconds=1)
    return f"{period.start:%Y-%m-%d} to {last:%Y-%m-%d}"


def unusual_sentences(
    found: Flights, period: TimeRange | None = None, *, airfield_id: str | None = None, within: timedelta | None = None
) -> tuple[str, ...]:
    """Rates and co-occurrences as sentences.

    Parameters
    ----------
    found : Flights
        Calls and reception.
    period : TimeRange, optional
        All hours with reception when not given.
    airfield_id : str, optional
        One field; each closed one that a call names first when not given.
    within : timedelta, optional
        How near to an event a call counts as beside it; as found when not given.
    """
    chosen = period or _received(found)
    if chosen is None:
        return ()
    rates = field_rates(found, chosen, airfield_id=airfield_id)
    beside = co_occurrences(found, period, airfield_id=airfield_id, within=within)
    return (*(rate.text() for rate in rates), *beside)


def _received(found: Flights) -> TimeRange | None:
    hours = found.tables[AIR_RECEPTION]["hour"]
    if hours.empty:
        return None
    first, last = hours.min().floor("D"), hours.max().floor("D") + pd.Timedelta(days=1)
    return TimeRange(first.to_pydatetime(), last.to_pydatetime())
