"""What a notebook shows of the archive: a port's map, a brief, what is there."""

from __future__ import annotations

from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange
from monitor.pipeline import snapshot
from monitor.pipeline.aviation.derive import flights
from monitor.pipeline.context import Context
from monitor.pipeline.outcome import Table
from monitor.pipeline.report import brief_input, compose
from monitor.report.map.port_map import port_map
from monitor.report.render.notebook import Page, brief_page, map_page, table_html
from monitor.report.tiles.frames import overview
from monitor.report.tiles.observations import choose, observations_of
from monitor.report.tiles.studio import Studio


def show_map(context: Context, period: TimeRange) -> Page:
    """The map of the context's first port at its newest clear observation of a period.

    Raises
    ------
    DataError
        No observation of the period shows anything of the port.
    """
    aoi, given = context.aois[0], brief_input(context, snapshot.read(context), period)
    known = observations_of(given, aoi.id)
    latest = choose(known, period).latest
    none = DataError(f"{aoi.id}: no observation of {period} shows the port; pull scenes, or choose another period")
    studio, frame = Studio(given, aoi, context.archive.read_raster), overview(aoi)
    if latest is None:
        raise none
    earlier = [k for k in known if k.was_seen and k.sensor == latest.sensor and k.at < latest.at]
    made = port_map(studio, latest, frame, earlier=tuple(reversed(earlier)))
    if made is None:
        raise none
    return map_page(made)


def show_brief(context: Context, period: TimeRange) -> Page:
    """The brief of the context's ports as a page; nothing is written."""
    tables = snapshot.read(context)
    return brief_page(compose(context, brief_input(context, tables, period), tables, flights(context.archive)))


def show_status(there: Table, last_run: str) -> str:
    """What a workspace holds as an HTML table, with when it last ran."""
    return table_html(f"Workspace {there.title}; last run: {last_run or 'none'}", there.rows)
