"""Flights as they stand in a page: their part, and their rows on the timeline that they share with ships."""

from __future__ import annotations

import pandas as pd

from monitor.core.tables import SHUTTLES
from monitor.core.timerange import TimeRange
from monitor.pipeline.aviation.derive import Flights, flight_rows
from monitor.pipeline.aviation.rates import co_occurrences, field_rates, rate_table
from monitor.report.charts.timeline import merged, shuttle_rows, stack_rows, visit_rows
from monitor.report.page.blocks import Section
from monitor.report.sections.flights import FlightsInput, flights_section
from monitor.store.archive import Archive


def timeline_rows(
    archive: Archive, found: Flights, visits: pd.DataFrame, stacks: pd.DataFrame, *, until: pd.Timestamp
) -> pd.DataFrame:
    """TIMELINE rows of flights, visits (open ones to `until`), shuttles and stacks, in order of time."""
    shuttles = shuttle_rows(archive.read_table("shuttles", SHUTTLES))
    return merged(flight_rows(found), visit_rows(visits, until=until), shuttles, stack_rows(stacks))


def flights_part(found: Flights, period: TimeRange, *, simulated: bool = False) -> Section:
    """The part of a page about flights; the timeline that they share with ships is drawn elsewhere."""
    rates = field_rates(found, period)
    given = FlightsInput(
        found.airfields,
        period,
        found.tracks,
        found.calls,
        found.claims,
        found.conflicts,
        found.repeats,
        sentences=co_occurrences(found, period),
        simulated=simulated,
        tables=(rate_table(rates),) if rates else (),
    )
    return flights_section(given)
