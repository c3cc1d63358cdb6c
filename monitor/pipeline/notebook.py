"""What a notebook shows of the archive: a port's map, a brief, what is there."""

from __future__ import annotations

from monitor.core.aoi import Aoi
from monitor.core.errors import DataError
from monitor.core.timerange import TimeRange
from monitor.pipeline.freshness import Ports
from monitor.pipeline.outcome import Table
from monitor.pipeline.report import brief_input, with_flights
from monitor.report import build_brief
from monitor.report.map.port_map import port_map
from monitor.report.render.notebook import Page, brief_page, map_page, table_html
from monitor.report.tiles.frames import overview
from monitor.report.tiles.observations import choose, observations_of
from monitor.report.tiles.studio import Studio
from monitor.store.archive import Archive
from monitor.store.positions import PositionStore


def show_map(archive: Archive, store: PositionStore, ports: Ports, period: TimeRange, aoi: Aoi) -> Page:
    """The map of a port at its newest clear observation of a period.

    Raises
    ------
    DataError
        No observation of the period shows anything of the port.
    """
    given = brief_input(archive, store, ports, period)
    observations = observations_of(given, aoi.id)
    latest = choose(observations, period).latest
    studio, frame = Studio(given, aoi, archive.read_raster), overview(aoi)
    earlier = (
        ()
        if latest is None
        else tuple(k for k in reversed(observations) if k.was_seen and k.sensor == latest.sensor and k.at < latest.at)
    )
    made = None if latest is None else port_map(studio, latest, frame, earlier=earlier)
    if made is None:
        raise DataError(f"{aoi.id}: no observation of {period} shows the port; pull scenes, or choose another period")
    return map_page(made)


def show_brief(archive: Archive, store: PositionStore, ports: Ports, period: TimeRange) -> Page:
    """The brief of some ports as a page; nothing is written."""
    given = brief_input(archive, store, ports, period)
    return brief_page(with_flights(build_brief(given, archive.read_raster), archive, given))


def show_status(there: Table, last_run: str) -> str:
    """What a workspace holds as an HTML table, with when it last ran."""
    return table_html(f"Workspace {there.title}; last run: {last_run or 'none'}", there.rows)
