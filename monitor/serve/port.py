"""One port's page: what could be seen, the series, the berths, stays, stacks, gaps, voyages, flights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pandas as pd

from monitor.core.aoi import Aoi
from monitor.core.tables import AIR_CLAIMS, AIR_TRACKS, CHANGES, COUNTS, POSITIONS, VOYAGES
from monitor.core.timerange import TimeRange
from monitor.fuse.series.rates import RateRule, rates
from monitor.pipeline.aviation.derive import Flights, flights
from monitor.pipeline.aviation.section import flights_part, timeline_rows
from monitor.report.charts.series import coverage_strip, weekly_series
from monitor.report.charts.timeline import timeline_chart
from monitor.report.page.blocks import Block, Text
from monitor.report.page.model import BriefInput
from monitor.report.sections.berths import berth_calendar, stacks, visits
from monitor.report.sections.containers import containers
from monitor.report.sections.land.appendix import land_blocks, land_title
from monitor.report.sections.traffic import ais, gaps
from monitor.report.sections.voyages import voyages
from monitor.report.tiles.observations import observations_of, within
from monitor.serve.cache import PageCache, PageContent
from monitor.serve.render import blocks_html

TABS = {
    "overview": "Overview",
    "season": "Season",
    "berths": "Berths and visits",
    "stacks": "Stacks",
    "land": "Land",
    "voyages": "Voyages",
    "ais": "AIS and gaps",
    "flights": "Flights",
    "files": "Briefs and files",
}
"""The tabs of a port's page in order, by the name that its address gives them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the page with its fragment of HTML, and the tab of `TABS` that it stands in."""

    id: str
    title: str
    html: str
    tab: str


def parts(cache: PageCache, content: PageContent, aoi: Aoi) -> tuple[Part, ...]:
    """The parts of a port's page in order, coverage before any count; kept while the tables stay as they are.

    Parameters
    ----------
    cache : PageCache
        What the page is made from.
    content : PageContent
        The tables as they were read.
    aoi : Aoi
        The port.
    """

    def draw() -> object:
        given, found = _of_port(content.given, aoi), flights(cache.workspace.archive)
        drawn = _known(given, found)
        made: list[tuple[str, str, str, tuple[Block, ...]]] = [
            ("overview", "coverage", "What could be seen", (_coverage(given, aoi, drawn),)),
            *(_afloat(given, aoi) if aoi.has_water else ()),
            ("season", "timeline", "Timeline", (_timeline(given, found, drawn),)),
        ]
        if blocks := land_blocks(given, aoi):
            made.append(("land", "land", land_title(aoi), blocks))
        if not found.nothing:
            part = flights_part(found, drawn, simulated=given.is_simulated)
            made.append(("flights", "flights", "Flights", part.blocks))
        return tuple(Part(name, title, blocks_html(some), tab) for tab, name, title, some in made)

    return cast("tuple[Part, ...]", cache.draw(content, ("port", aoi.id), draw))


def _afloat(given: BriefInput, aoi: Aoi) -> tuple[tuple[str, str, str, tuple[Block, ...]], ...]:
    """What a place with water has besides: counts of vessels, berths, stacks, voyages, AIS."""
    return (
        ("season", "series", "Twenty-six weeks", (_series(given, aoi),)),
        ("berths", "berths", "Berths", berth_calendar(given, aoi)),
        ("berths", "visits", "Visits", (visits(given, aoi),)),
        ("stacks", "stacks", "Container stacks", stacks(given, aoi)),
        *(("stacks", "containers", part.title, part.blocks) for part in containers(given, aoi)),
        ("voyages", "voyages", "Voyages and shuttles", voyages(given).blocks),
        ("ais", "ais", "AIS and imagery", ais(given).blocks[:2]),
        ("ais", "gaps", "AIS gaps", gaps(given).blocks),
    )


def _of_port(given: BriefInput, aoi: Aoi) -> BriefInput:
    mine = tuple(a for a in given.acquisitions if a.aoi_id == aoi.id)
    tables = given.tables
    legs = tables[VOYAGES][(tables[VOYAGES]["from_port"] == aoi.id) | (tables[VOYAGES]["to_port"] == aoi.id)]
    near = tables.of(aoi.id) | {VOYAGES: legs.reset_index(drop=True)}
    return replace(given, aois=(aoi,), acquisitions=mine, tables=near, elsewhere=given.place_names)


def _known(given: BriefInput, found: Flights) -> TimeRange:
    """The part of the period from the first day of which anything is known: axes begin there."""
    known = [pd.Timestamp(acquisition.start) for acquisition in given.acquisitions]
    known += [found.tables[AIR_TRACKS]["t"].min(), found.tables[AIR_CLAIMS]["not_before"].min()]
    known += [given.tables[POSITIONS]["t"].min()]
    if all(pd.isna(at) for at in known):
        return given.period
    first = min(at for at in known if pd.notna(at)).floor("D").to_pydatetime()
    return TimeRange(min(max(first, given.period.start), given.period.end - timedelta(days=1)), given.period.end)


def _coverage(given: BriefInput, aoi: Aoi, drawn: TimeRange) -> Block:
    seen = within(observations_of(given, aoi.id), given.period)
    return coverage_strip("coverage-strip", [(aoi.name or aoi.id, seen)], drawn)


def _series(given: BriefInput, aoi: Aoi) -> Block:
    counts = given.tables[COUNTS]
    made = rates(counts[counts["aoi_id"] == aoi.id], period=given.period, rule=RateRule.of(given.false_alarms_per_year))
    made = made[made["what"] == "vessels"]
    if made.empty:
        return Text(("Not observed: no count for any of the last 26 weeks.",), "limit")
    changes = given.tables[CHANGES]
    changes = changes[(changes["aoi_id"] == aoi.id) & (changes["what"] == "vessels")]
    return weekly_series(f"series-{aoi.id}", made, changes, aoi.name or aoi.id)


def _timeline(given: BriefInput, found: Flights, drawn: TimeRange) -> Block:
    until, tables = pd.Timestamp(given.period.end), given.tables
    rows = timeline_rows(found, tables, given.aois, until=until, elsewhere=given.elsewhere)
    return timeline_chart("timeline-chart", rows, drawn)
