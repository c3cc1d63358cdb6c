"""Flights on a page: their section, and their rows on the timeline that they share with ships."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import CHAIN_LINKS, CHAINS, LAND_CHANGES, SHUTTLES, STACKS, VISITS
from monitor.core.tableset import TableSet
from monitor.core.timerange import TimeRange
from monitor.pipeline.aviation.derive import Flights, flight_rows
from monitor.pipeline.aviation.rates import co_occurrences, field_rates, rate_table
from monitor.report.charts.timeline import merged, shuttle_rows, stack_rows, visit_rows
from monitor.report.page.blocks import Section
from monitor.report.sections.flights import FlightsInput, flights_section
from monitor.report.sections.land.timeline import chain_rows, change_rows


def timeline_rows(
    found: Flights,
    tables: TableSet,
    aois: Sequence[Aoi],
    *,
    until: pd.Timestamp,
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> pd.DataFrame:
    """TIMELINE rows of flights, visits, oil stays, shuttles, stacks, changed ground and chains, in order of time.

    Parameters
    ----------
    found : Flights
        What traces and claims show.
    tables : TableSet
        VISITS, SHUTTLES, STACKS, LAND_CHANGES, CHAINS and CHAIN_LINKS are read.
    aois : sequence of Aoi
        The places; they say which berths are oil berths.
    until : Timestamp
        Where open visits end.
    elsewhere : mapping of str to str, optional
        Names of further places by id.
    """
    zones = {zone.id: zone.name or zone.id for aoi in aois for zone in aoi.zones}
    names = {**elsewhere, **zones, **{aoi.id: aoi.name or aoi.id for aoi in aois}}
    oil_berths = {zone.id for aoi in aois for zone in aoi.of_kind("oil_berth")}
    return merged(
        flight_rows(found),
        visit_rows(tables[VISITS], until=until, oil_berths=oil_berths, names=names),
        shuttle_rows(tables[SHUTTLES], names=names),
        stack_rows(tables[STACKS], names=names),
        change_rows(tables[LAND_CHANGES]),
        chain_rows(tables[CHAINS], tables[CHAIN_LINKS], names=names),
    )


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
