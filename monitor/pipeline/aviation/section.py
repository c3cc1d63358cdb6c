"""Flights on a page: their section, and their rows on the timeline that they share with ships."""

from __future__ import annotations

import pandas as pd

from monitor.core.timerange import TimeRange
from monitor.pipeline.aviation.derive import Flights, flight_rows
from monitor.pipeline.aviation.rates import co_occurrences, field_rates, rate_table
from monitor.report.charts.timeline import merged, shuttle_rows, stack_rows, visit_rows
from monitor.report.page.blocks import Section
from monitor.report.sections.flights import FlightsInput, flights_section


def timeline_rows(
    found: Flights, visits: pd.DataFrame, stacks: pd.DataFrame, shuttles: pd.DataFrame, *, until: pd.Timestamp
) -> pd.DataFrame:
    """TIMELINE rows of flights, visits, shuttles and stacks, in order of time.

    Parameters
    ----------
    found : Flights
        What traces and claims show.
    visits : VISITS table
        Stays at berths.
    stacks : STACKS table
        Container stacks by observation.
    shuttles : SHUTTLES table
        Repeated legs.
    until : Timestamp
        Where open visits end.
    """
    return merged(flight_rows(found), visit_rows(visits, until=until), shuttle_rows(shuttles), stack_rows(stacks))


def flights_part(found: Flights, period: TimeRange, *, simulated: bool = False) -> Section:
    """The part of a page about flights; the timeline that they share with ships is drawn elsewhere.

    Parameters
    ----------
    found : Flights
        What traces and claims show.
    period : TimeRange
        What the page is about.
    simulated : bool
        Whether any of it is made up.
    """
    rates = field_rates(found, period)
    given = FlightsInput(
        period,
        found.tables,
        sentences=co_occurrences(found, period),
        rate_tables=(rate_table(rates),) if rates else (),
        simulated=simulated,
    )
    return flights_section(given)
