"""Flights as they stand in a page: their part, and their rows on the timeline that they share with ships."""

from __future__ import annotations

import pandas as pd

from monitor.core.tables import AIR_CALLS, AIR_CLAIMS, AIR_CONFLICTS, AIR_REPEATS, AIR_TRACKS, AIRFIELDS, SHUTTLES
from monitor.core.tableset import TableSet
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
        period,
        TableSet(
            {
                AIRFIELDS: found.airfields,
                AIR_TRACKS: found.tracks,
                AIR_CALLS: found.calls,
                AIR_CLAIMS: found.claims,
                AIR_CONFLICTS: found.conflicts,
                AIR_REPEATS: found.repeats,
            }
        ),
        sentences=co_occurrences(found, period),
        rate_tables=(rate_table(rates),) if rates else (),
        simulated=simulated,
    )
    return flights_section(given)
